// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"net"
	"regexp"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/examples/internal/program"
)

// TestMain runs the example itself if a test has started the binary as the example.
func TestMain(m *testing.M) { program.Main(m, main) }

func TestServerAnswersAndStays(t *testing.T) {
	p := start(t)
	c := p.dial(t)
	c.say(t)
	c.hears(t, "goodbye!!!")
	c.Close()
	p.Prints(t, c.came("data HelloWorld!!!", "client close")...)
	p.dial(t).say(t)
	p.Skip(t, 3) // it listens still
	documented(t, "go run ./examples/tcpserver", p.Printed[:5])
}

func TestHexPrintsDigits(t *testing.T) {
	p := start(t, "-hex")
	c := p.dial(t)
	c.say(t)
	c.hears(t, "goodbye!!!")
	p.Prints(t, c.came("data 48656c6c6f576f726c64212121")...)
	documented(t, "go run ./examples/tcpserver -hex", p.Printed)
}

func TestEndEndsTheClient(t *testing.T) {
	p := start(t, "-end")
	c := p.dial(t)
	c.say(t)
	answer, err := io.ReadAll(c)
	if got := string(answer); got != "goodbye!!!" || err != nil {
		t.Fatalf("got %q, %v; want goodbye!!! and the server's end", got, err)
	}
	c.Close()
	p.Prints(t, c.came("data HelloWorld!!!", "client close")...)
	documented(t, "go run ./examples/tcpserver -end", p.Printed)
}

// The server is closed before its last client: this is Node's order.
func TestCloseLetsTheLastClientFinish(t *testing.T) {
	p := start(t, "-close")
	c := p.dial(t)
	c.say(t)
	c.hears(t, "goodbye!!!")
	c.Close()
	p.Prints(t, c.came("data HelloWorld!!!", "server close", "client close")...)
	p.Exits(t, 0)
	documented(t, "go run ./examples/tcpserver -close", p.Printed)
}

func TestUnrefDoesNotStay(t *testing.T) {
	p := start(t, "-unref")
	p.Prints(t, "server listening ")
	p.Exits(t, 0)
}

func TestErrorOfAClientSparesTheServer(t *testing.T) {
	p := start(t)
	c := p.dial(t)
	c.say(t)
	c.hears(t, "goodbye!!!")
	c.Reset()
	p.Prints(t, c.came("data HelloWorld!!!", "client error read tcp", "client close")...)
	p.dial(t)
	p.Skip(t, 2)
}

func TestAddressInUseIsAnError(t *testing.T) {
	program.NeedProcess(t, "it exits with 1")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	p := start(t, "-addr", taken.Addr().String())
	p.Prints(t, "server error listen tcp "+taken.Addr().String())
	p.Exits(t, 1)
}

// The tutorial shows the code of the programs, with comments of its own.
func TestTutorialShowsThePrograms(t *testing.T) {
	programs := program.Code(program.Read(t, "main.go")) + program.Code(program.Read(t, "../tcpclient/main.go"))
	for _, name := range program.Tutorials {
		blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(program.Read(t, name), -1)
		if len(blocks) == 0 {
			t.Errorf("%s shows nothing of the programs", name)
		}
		for _, b := range blocks {
			if !strings.Contains(programs, program.Code(b[1])) {
				t.Errorf("%s shows what is in neither program:\n%s", name, b[1])
			}
		}
	}
}

// A server is the example, with the address that it listens on.
type server struct {
	*program.Program
	addr string
}

// start starts the example on a free port.
func start(t *testing.T, args ...string) *server {
	t.Helper()
	return &server{Program: program.Start(t, append([]string{"-addr", "127.0.0.1:0"}, args...)...)}
}

// dial makes a client, waiting for the server to listen first.
func (p *server) dial(t *testing.T) client {
	t.Helper()
	if p.addr == "" {
		line, _ := p.Line(t)
		addr, ok := strings.CutPrefix(line, "server listening ")
		if !ok {
			t.Fatalf("printed %q; want where it listens", line)
		}
		p.addr = addr
	}
	return client{program.Dial(t, p.addr)}
}

// A client is a client of the server.
type client struct{ program.Conn }

func (c client) say(t *testing.T) {
	t.Helper()
	if _, err := io.WriteString(c, "HelloWorld!!!"); err != nil {
		t.Fatal(err)
	}
}

func (c client) hears(t *testing.T, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c, got); string(got) != want {
		t.Fatalf("heard %q, %v; want %q", got, err, want)
	}
}

// came returns the lines that the server prints for the client: its arrival, and more.
func (c client) came(more ...string) []string {
	from := c.LocalAddr().String()
	return append([]string{"client " + strings.Replace(from, ":", " ", 1), "server connection " + from}, more...)
}

// documented checks that the tutorial shows a command with the lines it printed.
func documented(t *testing.T, command string, lines []string) {
	t.Helper()
	program.Shown(t, program.Tutorials, program.Session(command, lines))
}
