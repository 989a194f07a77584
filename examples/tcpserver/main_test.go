// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMain is the example itself where a test has started it as one.
func TestMain(m *testing.M) {
	if os.Getenv("EXAMPLE") == "tcpserver" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestServerAnswersAndStays(t *testing.T) {
	p := start(t)
	c := p.dial(t)
	c.say(t)
	c.hears(t, "goodbye!!!")
	c.Close()
	p.prints(t, c.came("data HelloWorld!!!", "client close")...)
	p.dial(t).say(t)
	p.skip(t, 3) // it listens still
	documented(t, "go run ./examples/tcpserver", p.printed[:5])
}

func TestHexPrintsDigits(t *testing.T) {
	p := start(t, "-hex")
	c := p.dial(t)
	c.say(t)
	c.hears(t, "goodbye!!!")
	p.prints(t, c.came("data 48656c6c6f576f726c64212121")...)
	documented(t, "go run ./examples/tcpserver -hex", p.printed)
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
	p.prints(t, c.came("data HelloWorld!!!", "client close")...)
	documented(t, "go run ./examples/tcpserver -end", p.printed)
}

// The server is closed before its last client: this is Node's order.
func TestCloseLetsTheLastClientFinish(t *testing.T) {
	p := start(t, "-close")
	c := p.dial(t)
	c.say(t)
	c.hears(t, "goodbye!!!")
	c.Close()
	p.prints(t, c.came("data HelloWorld!!!", "server close", "client close")...)
	p.exits(t, 0)
	documented(t, "go run ./examples/tcpserver -close", p.printed)
}

func TestUnrefDoesNotStay(t *testing.T) {
	p := start(t, "-unref")
	p.prints(t, "server listening ")
	p.exits(t, 0)
}

func TestErrorOfAClientSparesTheServer(t *testing.T) {
	p := start(t)
	c := p.dial(t)
	c.say(t)
	c.hears(t, "goodbye!!!")
	c.SetLinger(0)
	c.Close() // by RST
	p.prints(t, c.came("data HelloWorld!!!", "client error read tcp", "client close")...)
	p.dial(t)
	p.skip(t, 2)
}

func TestAddressInUseIsAnError(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	p := start(t, "-addr", taken.Addr().String())
	p.prints(t, "server error listen tcp "+taken.Addr().String())
	p.exits(t, 1)
}

// What the tutorial shows of the programs, they say; its comments are its own.
func TestTutorialShowsThePrograms(t *testing.T) {
	programs := code(read(t, "main.go")) + code(read(t, "../tcpclient/main.go"))
	for _, name := range tutorials {
		blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(read(t, name), -1)
		if len(blocks) == 0 {
			t.Errorf("%s shows nothing of the programs", name)
		}
		for _, b := range blocks {
			if !strings.Contains(programs, code(b[1])) {
				t.Errorf("%s shows what is in neither program:\n%s", name, b[1])
			}
		}
	}
}

// patience is how long a test waits for a line, or for the end.
const patience = 20 * time.Second

// A program is the example as a process of its own.
type program struct {
	cmd     *exec.Cmd
	lines   chan string // closed at the end of its output
	printed []string
	addr    string // that it listens on
}

// start starts the example on a free port. It is killed when the test ends.
func start(t *testing.T, args ...string) *program {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, append([]string{"-addr", "127.0.0.1:0"}, args...)...)
	cmd.Env = append(os.Environ(), "EXAMPLE=tcpserver")
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

// skip expects n lines, whatever they say.
func (p *program) skip(t *testing.T, n int) {
	t.Helper()
	p.prints(t, slices.Repeat([]string{""}, n)...)
}

// exits expects the process to end by itself.
func (p *program) exits(t *testing.T, code int) {
	t.Helper()
	for ok := true; ok; {
		_, ok = p.line(t)
	}
	p.cmd.Wait()
	if got := p.cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("printed %q and exited with %d; want %d", p.printed, got, code)
	}
}

// dial makes a client, waiting for the server to listen first.
func (p *program) dial(t *testing.T) client {
	t.Helper()
	if p.addr == "" {
		line, _ := p.line(t)
		addr, ok := strings.CutPrefix(line, "server listening ")
		if !ok {
			t.Fatalf("printed %q; want where it listens", line)
		}
		p.addr = addr
	}
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(patience))
	return client{c.(*net.TCPConn)}
}

// A client is one of the server's, over package net.
type client struct{ *net.TCPConn }

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

// came returns what the server prints of the client: that it came, and more.
func (c client) came(more ...string) []string {
	from := c.LocalAddr().String()
	return append([]string{"client " + strings.Replace(from, ":", " ", 1), "server connection " + from}, more...)
}

var tutorials = []string{"../../docs/tutorial.md", "../../docs/tutorial.zh-CN.md"}

// documented checks that the tutorial shows a command with the lines it printed,
// ports aside.
func documented(t *testing.T, command string, lines []string) {
	t.Helper()
	port := regexp.MustCompile(`([ :])\d{4,5}\b`)
	want := port.ReplaceAllString("$ "+command+"\n"+strings.Join(lines, "\n")+"\n", "${1}PORT")
	for _, name := range tutorials {
		if !strings.Contains(port.ReplaceAllString(read(t, name), "${1}PORT"), want) {
			t.Errorf("%s does not show\n%s", name, want)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// code returns what of a Go text is not comment, indentation or empty line.
func code(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "//")
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}
