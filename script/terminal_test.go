// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package script_test

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// A screen is what a program on a terminal has shown.
type screen struct {
	keys *os.File

	mu    sync.Mutex
	more  *sync.Cond
	shown string
	ended bool
	late  bool
}

// onScreen starts a script on a terminal of 80 columns and 24 rows.
func (c command) onScreen(t *testing.T, args ...string) *screen {
	t.Helper()
	keys, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(keys, &pty.Winsize{Cols: 80, Rows: 24}); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), c.line[0], append(c.line[1:len(c.line):len(c.line)], args...)...)
	cmd.Dir = filepath.Join("testdata", "terminal")
	cmd.Env = append(environment(), "TERM=xterm")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	s := &screen{keys: keys}
	s.more = sync.NewCond(&s.mu)
	done := make(chan struct{})
	go func() { // until the program has closed the terminal
		defer close(done)
		buf := make([]byte, 4096)
		for {
			n, err := keys.Read(buf)
			s.mu.Lock()
			s.shown += string(buf[:n])
			s.ended = err != nil
			s.more.Broadcast()
			s.mu.Unlock()
			if err != nil {
				cmd.Wait()
				return
			}
		}
	}()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-done
		keys.Close()
	})
	alarm := time.AfterFunc(patience, func() {
		s.mu.Lock()
		s.late = true
		s.more.Broadcast()
		s.mu.Unlock()
	})
	t.Cleanup(func() { alarm.Stop() })
	return s
}

// until waits until the screen shows a text below what it showed at from, and returns
// where that ends. An empty text is the end of the program.
func (s *screen) until(t *testing.T, from int, text string) int {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if at := strings.Index(s.shown[from:], text); text != "" && at >= 0 {
			return from + at + len(text)
		}
		if s.ended && text == "" {
			return len(s.shown)
		}
		if s.ended || s.late {
			t.Fatalf("the terminal does not show %q; it shows\n%q", text, s.shown)
		}
		s.more.Wait()
	}
}

// TestChatOnATerminal types into a chat client while others speak: what the terminal
// gets must be what it gets of node, byte for byte.
func TestChatOnATerminal(t *testing.T) {
	node := findNode(t)
	want := recording(t, node, filepath.Join("testdata", "terminal", "chat.js.txt"), func() string { return node.chat(t) })
	got := command{"duplex", []string{buildRunner(t)}}.chat(t)
	if got != want {
		t.Errorf("duplex and node differ:\n%s", differences("node", want, "duplex", got))
	}
}

// chat plays the client of testdata/terminal/chat.js, and returns what its terminal
// showed at each step.
func (c command) chat(t *testing.T) string {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Addr().String())
	s := c.onScreen(t, "chat.js", port)
	peer, err := server.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()
	heard := bufio.NewReader(peer)

	var log strings.Builder
	at := 0
	shows := func(step, text string) {
		t.Helper()
		end := s.until(t, at, text)
		s.mu.Lock()
		log.WriteString(step + "\n" + escaped(s.shown[at:end]) + "\n")
		s.mu.Unlock()
		at = end
	}
	press := func(keys, text string) {
		t.Helper()
		io.WriteString(s.keys, keys)
		shows("pressed "+escaped(keys), text)
	}
	say := func(line, text string) {
		t.Helper()
		io.WriteString(peer, line+"\n")
		shows("said "+line, text)
	}
	hears := func(want string) {
		t.Helper()
		if line, err := heard.ReadString('\n'); line != want+"\n" {
			t.Fatalf("%s: the server hears %q (%v), not %q", c.name, line, err, want)
		}
	}

	shows("the prompt", "me> \x1b[5G")
	press("helo", "helo")
	press("\x1b[D", "\x1b[1D")
	press("l", "me> hello\x1b[9G")
	say("ann: are you there?", "me> hello\x1b[9G") // in the middle of typing
	press("\x1b[F", "\x1b[1C")
	press("!", "!")
	press("\r", "me> \x1b[5G")
	hears("hello!")
	press("中文é😀", "😀")
	press("\x7f", "me> 中文é\x1b[10G")
	press("\x1b[D\x1b[D", "\x1b[2D")
	say("bob: 您好", "me> 中文é\x1b[7G")
	press("\x03", "me> 中文é\x1b[7G")
	if err := pty.Setsize(s.keys, &pty.Winsize{Cols: 12, Rows: 10}); err != nil {
		t.Fatal(err)
	}
	shows("a narrow terminal", "now 12x10\r\n\x1b[1G\x1b[0Jme> 中文é\x1b[7G")
	press("\x05", "\x1b[3C")
	press("123", "me> 中文é123 \x1b[1G")
	press("\x15", "me> \x1b[5G")
	press("\x1b[A", "hello!\x1b[11G")
	press("\x15", "me> \x1b[5G")
	press("\x19", "hello!")
	press("\r", "me> \x1b[5G")
	hears("hello!")
	press("\x04", "bye\r\n")
	if rest, err := io.ReadAll(heard); len(rest) > 0 || err != nil {
		t.Errorf("%s: at the end the server hears %q, %v", c.name, rest, err)
	}
	peer.Close()
	s.until(t, at, "")
	shows("the end", s.shown[at:])
	return log.String()
}

// escaped is text in which all that is no letter can be seen.
func escaped(text string) string {
	return strings.NewReplacer("\x1b", "ESC", "\r", "\\r", "\n", "\\n", "\x7f", "DEL", "\x03", "^C", "\x04", "^D",
		"\x05", "^E", "\x15", "^U", "\x19", "^Y").Replace(text)
}

func TestRawTerminalKeepsNewlines(t *testing.T) {
	if _, err := exec.LookPath("stty"); err != nil {
		t.Fatal(err)
	}
	node := findNode(t)
	play := func(c command) string {
		s := c.onScreen(t, "raw.js")
		s.until(t, 0, "")
		return escaped(s.shown)
	}
	want := recording(t, node, filepath.Join("testdata", "terminal", "raw.js.txt"), func() string { return play(node) })
	if got := play(command{"duplex", []string{buildRunner(t)}}); got != want {
		t.Errorf("duplex and node differ:\n%s", differences("node", want, "duplex", got))
	}
}
