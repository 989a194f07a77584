// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
)

// A terminal is a pseudo-terminal with the command in its foreground. The out of the
// process is what the terminal shows.
type terminal struct {
	*process
	keys *os.File
}

// onTerminal starts the command on a terminal of its own. Files of the process that
// are set already stay as they are.
func onTerminal(t *testing.T, p *process) terminal {
	t.Helper()
	keys, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	// Otherwise Ctrl-C drops output that is not shown yet, and the test waits for it.
	stty := exec.Command("stty", "noflsh")
	stty.Stdin = tty
	if out, err := stty.CombinedOutput(); err != nil {
		t.Fatalf("stty: %v: %s", err, out)
	}
	for _, file := range []*io.Writer{&p.Stdout, &p.Stderr} {
		if *file == nil {
			*file = tty
		}
	}
	if p.Stdin == nil {
		p.Stdin = tty
	}
	p.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if p.Stdin != tty {
		p.SysProcAttr.Ctty = 1
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	go func() {
		// Until the last of the terminal's files is closed. Linux may report that before
		// the last bytes; the second copy gets them.
		for range 2 {
			io.Copy(&p.out, keys)
		}
		p.Wait()
		p.out.end()
		close(p.done)
	}()
	t.Cleanup(func() {
		p.Process.Kill()
		<-p.done
		keys.Close()
		if t.Failed() {
			t.Logf("%v shows:\n%s", p.Args, p.out.String())
		}
	})
	return terminal{p, keys}
}

// press types keys.
func (term terminal) press(keys string) { io.WriteString(term.keys, keys) }

const (
	ctrlC = "\x03"
	ctrlD = "\x04"
)

// everything that a terminal could misunderstand.
const everything = "\x00\x01\a\b\t\n\v\f\r\x1b[31m\x1b]0;title\a\x1b]52;c;aGk=\a\x7f" +
	"\u0085\u009b2J\u009d0;x\u009c\x80\x9b\xff\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

// A terminal gets no character that it would obey, in any view of any bytes.
func TestTerminalIsSafe(t *testing.T) {
	for _, flags := range []string{"", "--as=utf8", "--as=hex", "--as=dump", "--as=xxd", "--as=base64", "--json", "--full", "-v"} {
		t.Run("connect "+flags, func(t *testing.T) {
			address, _ := listen(t, func(conn *net.TCPConn) { io.WriteString(conn, everything) })
			term := onTerminal(t, command(append([]string{"connect", address, "--color=never"}, strings.Fields(flags)...)...))
			term.exits(t, 0)
			harmless(t, term.out.String(), "\r\n")
		})
		t.Run("serve "+flags, func(t *testing.T) {
			term := onTerminal(t, command(append([]string{"serve", "127.0.0.1:0", "--once", "--color=never"}, strings.Fields(flags)...)...))
			conn, err := net.Dial("tcp", term.await(t, `127.0.0.1:\d+`)[0])
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(conn, everything)
			conn.Close()
			term.exits(t, 0)
			harmless(t, term.out.String(), "\r\n")
		})
	}
}

// --as raw sends the bytes to the terminal as they are.
func TestRawIsRawOnATerminal(t *testing.T) {
	address, _ := listen(t, func(conn *net.TCPConn) { io.WriteString(conn, "\x1b[1mbold\x1b[0m") })
	term := onTerminal(t, command("connect", address, "--as=raw"))
	term.exits(t, 0)
	if got, want := term.out.String(), "\x1b[1mbold\x1b[0m"; got != want {
		t.Errorf("shown: %q, want %q", got, want)
	}
}

// A terminal gets events without being asked, and colors if it can show them.
func TestTerminalColors(t *testing.T) {
	colored := regexp.MustCompile(`\x1b\[\d+m`)
	for _, c := range []struct {
		env  string
		flag string
		want bool
	}{
		{"TERM=xterm", "--color=auto", true},
		{"TERM=dumb", "--color=auto", false},
		{"NO_COLOR=1", "--color=auto", false},
		{"NO_COLOR=", "--color=auto", true},
		{"NO_COLOR=1", "--color=always", true},
		{"TERM=xterm", "--color=never", false},
	} {
		address, _ := listen(t, func(conn *net.TCPConn) { io.WriteString(conn, "bye") })
		p := command("connect", address, c.flag)
		p.Env = append(p.Env, c.env)
		term := onTerminal(t, p)
		term.exits(t, 0)
		shown := term.out.String()
		if got := colored.MatchString(shown); got != c.want {
			t.Errorf("%s %s: color is %t, want %t", c.env, c.flag, got, c.want)
		}
		plain := colored.ReplaceAllString(shown, "")
		if want := "data       3 B \"bye\"\r\n"; !strings.Contains(plain, want) {
			t.Errorf("shown: %q, want %q in it", plain, want)
		}
	}
}

// Color is decided for each stream: here stdout is a pipe, and stderr a terminal.
func TestColorIsPerStream(t *testing.T) {
	address, served := listen(t, func(conn *net.TCPConn) {
		conn.Read(make([]byte, 1))
		conn.SetLinger(0)
	})
	p := command("connect", address, "--events", "--send", "x")
	var stdout transcript
	p.Stdout = &stdout
	term := onTerminal(t, p)
	term.exits(t, 56)
	<-served
	if got := stdout.String(); !strings.Contains(got, "error      read ECONNRESET\n") {
		t.Errorf("stdout: %q, want no color", got)
	}
	if got, want := term.out.String(), "\x1b[33mhint\x1b[0m       "; !strings.Contains(got, want) {
		t.Errorf("stderr: %q, want %q in it", got, want)
	}
}

// In a conversation each typed line is sent, and Ctrl-D ends our side.
func TestTypedLinesAreSent(t *testing.T) {
	server, address := startServe(t, "--echo", "--once")
	term := onTerminal(t, command("connect", address, "--color=never"))
	term.await(t, `note       what you type is sent line by line; Ctrl-D ends it`)
	term.press("hello\n")
	term.await(t, `data       6 B "hello\\n"`)
	term.press("again\n")
	term.await(t, `data       6 B "again\\n"`)
	term.press(ctrlD)
	term.await(t, `(?m)^end\r\nclose      in 12 B, out 12 B, hadError false\r\n$`)
	term.exits(t, 0)
	server.exits(t, 0)
}

// Without ADDR, on a terminal, the tutorial's client speaks first.
func TestTutorialOnTerminal(t *testing.T) {
	server, address := startServe(t, "--reply", tutorialReply, "--once")
	p := command("connect", "--once", "--color=never")
	p.Env = append(p.Env, "DUPLEX_TEST_TUTORIAL="+address)
	term := onTerminal(t, p)
	term.exits(t, 0)
	want := `^connect    127.0.0.1:\d+ -> ` + address + "\r\ndata       10 B \"goodbye!!!\"\r\nend\r\nclose      in 10 B, out 13 B, hadError false\r\n$"
	if got := term.out.String(); !matches(want, got) {
		t.Errorf("shown: %q, want %s", got, want)
	}
	server.exits(t, 0)
	if want := `data       #1 13 B "HelloWorld!!!"`; !strings.Contains(server.out.String(), want) {
		t.Errorf("the server shows:\n%s\nwant %s in it", server.out.String(), want)
	}
}

// The first Ctrl-C ends the connections of a server, the second drops them.
func TestSecondCtrlCDropsConnections(t *testing.T) {
	term := onTerminal(t, command("serve", "127.0.0.1:0", "--echo", "--grace=1h", "--color=never"))
	conn, err := net.Dial("tcp", term.await(t, `127.0.0.1:\d+`)[0])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	term.await(t, `connection #1`)
	term.press(ctrlC)
	term.await(t, `note       stopping; press Ctrl-C again to drop 1 connection\r\n`)
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("the client reads %d, %v; want the server's end", n, err)
	}
	term.press(ctrlC)
	term.await(t, `close      #1 in 0 B, out 0 B, hadError false\r\n`)
	term.exits(t, 130)
}

func TestCtrlCEndsConnect(t *testing.T) {
	server, address := startServe(t, "--once")
	term := onTerminal(t, command("connect", address))
	server.await(t, `connection #1`)
	term.await(t, `Ctrl-D`)
	term.press(ctrlC)
	term.exits(t, 130)
	server.exits(t, 0)
}

// A terminal shows the beginning of long data.
func TestTerminalShowsTheBeginning(t *testing.T) {
	for _, c := range []struct{ flag, want string }{
		{"--full=false", `data       1000 B "x{256}" … 744 more bytes \(--full\)\r\n`},
		{"--full", `data       1000 B "x{1000}"\r\n`},
	} {
		address, _ := listen(t, func(conn *net.TCPConn) { io.WriteString(conn, strings.Repeat("x", 1000)) })
		term := onTerminal(t, command("connect", address, "--color=never", c.flag))
		term.exits(t, 0)
		if got := term.out.String(); !matches(c.want, got) {
			t.Errorf("%s shows %q, want %s", c.flag, got, c.want)
		}
	}
}

// Bytes and events that share a terminal are in the order in which they happened, and each
// event has a line of its own.
func TestListeningOnATerminalIsInOrder(t *testing.T) {
	server := onTerminal(t, command("-l", "0", "--color", "never"))
	port := server.await(t, `listening  127\.0\.0\.1:(\d+)`)[1]
	client := launch(t, command("connect", "127.0.0.1:"+port, "--send", `one\ntwo`, "-q"))
	server.await(t, "two")
	client.stdin.Close()
	client.exits(t, 0)
	server.exits(t, 0)
	got := strings.ReplaceAll(server.out.String(), "\r\n", "\n")
	got = regexp.MustCompile(`(?m)^note .*\n`).ReplaceAllString(got, "")
	if want := `^listening  \S+\nconnection #1 \S+\none\ntwo\nend        #1\nclose      #1 in 7 B, out 0 B, hadError false\n$`; !matches(want, got) {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// On a terminal, a proxy escapes what both sides send, and shows it in color, unless
// NO_COLOR says otherwise.
func TestProxyOnATerminal(t *testing.T) {
	for _, env := range []string{"NO_COLOR=", "NO_COLOR=1"} {
		address, _ := listen(t, func(conn *net.TCPConn) { io.WriteString(conn, everything) })
		p := command("proxy", "127.0.0.1:0", address, "--stop-after=1")
		p.Env = append(p.Env, env)
		term := onTerminal(t, p)
		conn, err := net.Dial("tcp", term.await(t, `(127.0.0.1:\d+) -> `)[1])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, everything)
		io.Copy(io.Discard, conn)
		conn.Close()
		term.exits(t, 0)
		shown := term.out.String()
		colors := regexp.MustCompile(`\x1b\[\d+m`)
		if got, want := colors.MatchString(shown), env == "NO_COLOR="; got != want {
			t.Errorf("%s: color is %t, want %t", env, got, want)
		}
		harmless(t, colors.ReplaceAllString(shown, ""), "\r\n")
	}
}

// Replay has colors on a terminal, unless NO_COLOR is set. A reader that goes away ends it.
func TestReplayOnATerminal(t *testing.T) {
	_, address := startServe(t, "--echo", "-q")
	file := t.TempDir() + "/talk"
	p := launch(t, command("connect", address, "--send", "hi", "--once", "--record", file, "-q"))
	p.stdin.Close()
	p.exits(t, 0)
	for value, want := range map[string]string{
		"":  `^\x1b\[32mconnect\x1b\[0m .*\r\n\x1b\[36mdata\x1b\[0m       2 B "hi"\r\n`,
		"1": `^connect    .*\r\ndata       2 B "hi"\r\nend\r\nclose `,
	} {
		p := command("replay", file, address)
		p.Env = append(p.Env, "NO_COLOR="+value)
		term := onTerminal(t, p)
		term.exits(t, 0)
		if got := term.out.String(); !matches(want, got) {
			t.Errorf("NO_COLOR=%s: shown %q, want %s", value, got, want)
		}
	}
	p = command("replay", file, address)
	pipeOut(t, p).Close()
	launch(t, p).exits(t, 141)
}
