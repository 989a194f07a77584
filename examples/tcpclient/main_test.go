// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestMain is the example itself where a test has started it as one.
func TestMain(m *testing.M) {
	if os.Getenv("EXAMPLE") == "tcpclient" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestClientStaysUntilTheServerEnds(t *testing.T) {
	ln := listen(t)
	p := start(t, ln.Addr().String())
	c := accept(t, ln)
	p.prints(t, "connected to "+c.LocalAddr().String(), "connect from "+c.RemoteAddr().String())

	io.WriteString(c, "goodbye!!!")
	p.prints(t, "data 67 6f 6f 64 62 79 65 21 21 21", "text goodbye!!!")
	documented(t, p.printed)

	c.CloseWrite()
	p.prints(t, "end", "close")
	p.exits(t)
	documented(t, p.printed)
	if rest, err := io.ReadAll(c); len(rest) > 0 || err != nil {
		t.Errorf("the server heard %q, %v; want the client's end", rest, err)
	}
}

func TestResetIsAnError(t *testing.T) {
	ln := listen(t)
	p := start(t, ln.Addr().String())
	c := accept(t, ln)
	p.prints(t, "connected", "connect")
	c.SetLinger(0)
	c.Close() // by RST
	p.prints(t, "error read tcp", "close")
	p.exits(t)
}

func TestRefusedIsAnError(t *testing.T) {
	ln := listen(t)
	ln.Close()
	p := start(t, ln.Addr().String())
	p.prints(t, "error connect tcp "+ln.Addr().String(), "close")
	p.exits(t)
	if strings.HasSuffix(p.printed[0], ": connection refused") { // other systems have other words
		documented(t, p.printed)
	}
}

// patience is how long a test waits for a line, or for the end.
const patience = 20 * time.Second

// A program is the example as a process of its own.
type program struct {
	cmd     *exec.Cmd
	lines   chan string // closed at the end of its output
	printed []string
}

// start starts the example. It is killed when the test ends.
func start(t *testing.T, addr string) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-addr", addr)
	cmd.Env = append(os.Environ(), "EXAMPLE=tcpclient")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	p := &program{cmd: cmd, lines: make(chan string, 100)}
	go func() { // until the process ends
		defer close(p.lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			p.lines <- scan.Text()
		}
	}()
	t.Cleanup(func() {
		for range p.lines {
		}
		cmd.Wait()
	})
	return p
}

// line returns the next line of output; ok is false at its end.
func (p *program) line(t *testing.T) (line string, ok bool) {
	t.Helper()
	select {
	case line, ok = <-p.lines:
		if ok {
			p.printed = append(p.printed, line)
		}
		return line, ok
	case <-time.After(patience):
		t.Fatalf("printed %q and no more in %v", p.printed, patience)
		return "", false
	}
}

// prints expects lines that begin with those of want.
func (p *program) prints(t *testing.T, want ...string) {
	t.Helper()
	for _, w := range want {
		if got, ok := p.line(t); !ok || !strings.HasPrefix(got, w) {
			t.Fatalf("printed %q; want %q next to last", p.printed, w)
		}
	}
}

// exits expects the process to end by itself, saying nothing more.
func (p *program) exits(t *testing.T) {
	t.Helper()
	if line, ok := p.line(t); ok {
		t.Fatalf("printed %q after its last event", line)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

func listen(t *testing.T) *net.TCPListener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln.(*net.TCPListener)
}

// accept returns the server's end, once the client has said what it says.
func accept(t *testing.T, ln *net.TCPListener) *net.TCPConn {
	t.Helper()
	ln.SetDeadline(time.Now().Add(patience))
	c, err := ln.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	got := make([]byte, len("HelloWorld!!!"))
	if _, err := io.ReadFull(c, got); string(got) != "HelloWorld!!!" {
		t.Fatalf("the client said %q, %v", got, err)
	}
	return c
}

// documented checks that the tutorial shows the program with the lines it
// printed, ports aside.
func documented(t *testing.T, lines []string) {
	t.Helper()
	port := regexp.MustCompile(`:\d{4,5}\b`)
	want := port.ReplaceAllString("$ go run ./examples/tcpclient\n"+strings.Join(lines, "\n")+"\n", ":PORT")
	for _, name := range []string{"../../docs/tutorial.md", "../../docs/tutorial.zh-CN.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		shown := strings.ReplaceAll(string(text), "\r\n", "\n")
		if !strings.Contains(port.ReplaceAllString(shown, ":PORT"), want) {
			t.Errorf("%s does not show\n%s", name, want)
		}
	}
}
