// Copyright 2026 The duplex authors. MIT license.

// Package scripts_test runs the examples beside it, as a program that embeds
// package script does.
package scripts_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex/script"
	"github.com/duplex-go/duplex/script/internal/program"
)

func TestMain(m *testing.M) { program.Main(m, run) }

// run runs the script that the arguments name.
func run() {
	r := &script.Runtime{
		Args:    os.Args[2:],
		Env:     os.Environ(),
		Stdout:  os.Stdout,
		Stderr:  os.Stdout,
		Files:   script.Allow,
		Network: script.AllowNetwork,
		Process: true,
	}
	code, err := r.RunFile(context.Background(), os.Args[1])
	if err != nil {
		fmt.Println(err)
	}
	os.Exit(code)
}

func TestThePairTalks(t *testing.T) {
	server := program.Start(t, "tcpserver.js", "0")
	port := listens(t, server)
	client := program.Start(t, "tcpclient.js", port)
	client.Prints(t, "connected from 127.0.0.1:", "<Buffer 67 6f 6f 64 62 79 65 21 21 21>", "goodbye!!!", "end", "close")
	client.Exits(t, 0)
	server.Prints(t, "connection 127.0.0.1:", "data HelloWorld!!!", "close 127.0.0.1:")
	second := program.Start(t, "tcpserver.js", port)
	second.Prints(t, "listen EADDRINUSE: address already in use 127.0.0.1:"+port)
	second.Exits(t, 1)
}

func TestARoomHearsEverybodyElse(t *testing.T) {
	port := listens(t, program.Start(t, "chat-server.js", "0"))
	ada := dial(t, port)
	ada.hears(t, "your name?")
	ada.says(t, "Ada")
	ada.hears(t, "* Ada is here, 1 in the room")
	bob := dial(t, port)
	bob.hears(t, "your name?")
	bob.says(t, "Bob")
	ada.hears(t, "* Bob is here, 2 in the room")
	bob.hears(t, "* Bob is here, 2 in the room")
	bob.says(t, "hello")
	ada.hears(t, "Bob: hello")
	bob.Close()
	ada.hears(t, "* Bob has left")
}

// A member whose connection is reset has left, and the room goes on.
func TestAResetLeavesTheRoom(t *testing.T) {
	port := listens(t, program.Start(t, "chat-server.js", "0"))
	ada, bob := dial(t, port), dial(t, port)
	ada.hears(t, "your name?")
	ada.says(t, "Ada")
	ada.hears(t, "* Ada is here, 1 in the room")
	bob.hears(t, "your name?")
	bob.says(t, "Bob")
	ada.hears(t, "* Bob is here, 2 in the room")
	bob.SetLinger(0)
	bob.Close()
	ada.hears(t, "* Bob has left")
	carl := dial(t, port)
	carl.hears(t, "your name?")
	carl.says(t, "Carl")
	ada.hears(t, "* Carl is here, 2 in the room")
}

func TestLinesAreAnsweredHoweverTheyAreCut(t *testing.T) {
	c := dial(t, listens(t, program.Start(t, "line-protocol.js", "0")))
	io.WriteString(c, "SET color dark gr")
	io.WriteString(c, "een\nGET color\nGET size\nDEL color\r\nSHOUT\nQU")
	io.WriteString(c, "IT\n")
	for _, answer := range []string{"OK", "VALUE dark green", "NONE", "OK", "ERROR no command SHOUT"} {
		c.hears(t, answer)
	}
	if rest, err := io.ReadAll(c.lines); len(rest) > 0 || err != nil {
		t.Errorf("after QUIT came %q, %v; want the end", rest, err)
	}
}

func TestAProxyPassesEveryByteOn(t *testing.T) {
	server := program.Start(t, "tcpserver.js", "0")
	proxy := program.Start(t, "proxy.js", "0", listens(t, server))
	c := dial(t, listens(t, proxy))
	io.WriteString(c, "through the middle")
	c.CloseWrite()
	if heard, err := io.ReadAll(c.lines); string(heard) != "goodbye!!!" || err != nil {
		t.Errorf("got %q, %v; want goodbye!!! and the end", heard, err)
	}
	proxy.Prints(t, "there 18, back 10")
	server.Prints(t, "connection ", "data through the middle", "close ")
}

// The examples run in Node as well, and do the same there.
func TestTheyAreScriptsOfNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("DUPLEX_REQUIRE_NODE") == "1" {
			t.Fatal(err)
		}
		t.Logf("THERE IS NO NODE: %v", err)
		return
	}
	for _, name := range []string{"tcpserver", "tcpclient", "chat-server", "line-protocol", "proxy"} {
		if out, err := exec.Command(node, "--check", name+".js").CombinedOutput(); err != nil {
			t.Errorf("%s.js: %v\n%s", name, err, out)
		}
	}
}

// listens returns the port that a server prints.
func listens(t *testing.T, p *program.Program) string {
	t.Helper()
	p.Prints(t, "listening ")
	line := p.Printed[0]
	return line[strings.LastIndexAny(line, " :")+1:]
}

// A peer is a client in Go.
type peer struct {
	*net.TCPConn
	lines *bufio.Reader
}

func dial(t *testing.T, port string) *peer {
	t.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(program.Patience))
	return &peer{conn.(*net.TCPConn), bufio.NewReader(conn)}
}

func (p *peer) says(t *testing.T, line string) {
	t.Helper()
	if _, err := io.WriteString(p, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

func (p *peer) hears(t *testing.T, want string) {
	t.Helper()
	if line, err := p.lines.ReadString('\n'); line != want+"\n" {
		t.Fatalf("heard %q, %v; want %q", line, err, want)
	}
}
