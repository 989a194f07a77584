// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// What arrives while a line is typed is shown above it, and the line is sent whole.
func TestDataDoesNotLandInATypedLine(t *testing.T) {
	say, heard := make(chan struct{}), make(chan string, 1)
	address, _ := listen(t, func(conn *net.TCPConn) {
		<-say
		io.WriteString(conn, "interrupting")
		line := make([]byte, len("typed line\n"))
		io.ReadFull(conn, line)
		heard <- string(line)
	})
	term := onTerminal(t, command("connect", address, "--color=never"))
	term.await(t, `Ctrl-D`)
	term.press("typed li")
	term.await(t, `typed li`)
	close(say)
	// The line is wiped out, the event is shown in its place, and the line again.
	term.await(t, "typed li\x1b\\[8D\x1b\\[K[^\n]*data       12 B \"interrupting\"\r\ntyped li$")
	term.press("ne\r")
	if got, want := <-heard, "typed line\n"; got != want {
		t.Errorf("the server heard %q, want %q", got, want)
	}
	term.exits(t, 0)
}

// Keys edit the line, and earlier lines come back, also those of another process.
func TestTypedLinesAreEditedAndKept(t *testing.T) {
	kept := filepath.Join(t.TempDir(), "state", "history")
	for _, c := range []struct{ keys, want string }{
		{"helo\x1b[Dl\r", "hello\n"},
		{"\x1b[A\x1b[A!\r", "hello!\n"},
		{" secret\r", " secret\n"},
		{"\x1b[A\r", "hello!\n"},
		{"a\tb\r", "a\tb\n"},
		{strings.Repeat("long", longest/4) + "er\r", strings.Repeat("long", longest/4) + "\n"},
	} {
		heard := make(chan string, 1)
		address, _ := listen(t, func(conn *net.TCPConn) {
			got, _ := io.ReadAll(conn)
			heard <- string(got)
		})
		p := command("connect", address, "--color=never")
		p.Env = append(p.Env, "DUPLEX_HISTORY="+kept)
		term := onTerminal(t, p)
		term.await(t, `Ctrl-D`)
		term.press(c.keys)
		term.press(ctrlD)
		if got := <-heard; got != c.want {
			t.Errorf("%.20q: the server heard %.30q, want %.30q", c.keys, got, c.want)
		}
		term.exits(t, 0)
		if got := strings.Contains(term.out.String(), "the line is too long"); got != (len(c.keys) > longest) {
			t.Errorf("%.20q: a note is %t", c.keys, got)
		}
	}
	content, err := os.ReadFile(kept)
	if want := "hello\nhello!\na\tb\nlong"; err != nil || !strings.HasPrefix(string(content), want) {
		t.Errorf("kept: %.40q, %v; want %q and so on", content, err, want)
	}
	if info, err := os.Stat(kept); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; others may read what was typed", info.Mode(), err)
	}
}

// A line of wide characters, longer than the terminal is wide, stands on the screen as it was
// typed and edited, below what has arrived meanwhile.
func TestALineOfWideCharactersIsShownAsItIs(t *testing.T) {
	const columns = 30
	say, heard := make(chan struct{}), make(chan string, 1)
	address, _ := listen(t, func(conn *net.TCPConn) {
		<-say
		io.WriteString(conn, "interrupting")
		got, _ := io.ReadAll(conn)
		heard <- string(got)
	})
	p := command()
	environment := p.Env
	p.Cmd = exec.Command("/bin/sh", "-c", "stty cols 30; exec duplex connect --color=never "+address)
	p.Env = environment
	term := onTerminal(t, p)
	term.await(t, `Ctrl-D`)
	shows := func(want ...string) {
		t.Helper()
		for begun := time.Now(); ; time.Sleep(5 * time.Millisecond) {
			rows := screenOf(term.out.String(), columns)
			if slices.Equal(rows[max(0, len(rows)-len(want)):], want) {
				return
			}
			if time.Since(begun) > patience {
				t.Fatalf("the screen has\n%s\nwant at its end\n%s\nof %q", strings.Join(rows, "\n"), strings.Join(want, "\n"), term.out.String())
			}
		}
	}
	term.press("a" + strings.Repeat("你好", 9))
	typed := []string{"a" + strings.Repeat("你好", 7), "你好你好"}
	shows(append([]string{"t"}, typed...)...) // it is the end of the note
	close(say)
	shows(append([]string{"t", `data       12 B "interrupting"`}, typed...)...)
	term.press("\x01中\x04\x1b[C\x7f") // at its begin, and without the a and the next one
	shows("t", `data       12 B "interrupting"`, "中好"+strings.Repeat("你好", 6)+"你", "好你好")
	term.press("\r" + ctrlD)
	if got, want := <-heard, "中好"+strings.Repeat("你好", 8)+"\n"; got != want {
		t.Errorf("the server heard %q, want %q", got, want)
	}
	term.exits(t, 0)
}

// screenOf returns the rows of a terminal that has got a text.
func screenOf(text string, columns int) (rows []string) {
	cells, x, y := [][]rune{{}}, 0, 0
	place := func(r rune) {
		for len(cells[y]) <= x {
			cells[y] = append(cells[y], ' ')
		}
		cells[y][x] = r
		x++
	}
	down := func(n int) {
		for y += n; len(cells) <= y; {
			cells = append(cells, nil)
		}
	}
	sequence := regexp.MustCompile("^\x1b\\[([0-9]*)([A-Za-z])")
	for text != "" {
		if m := sequence.FindStringSubmatch(text); m != nil {
			n, _ := strconv.Atoi(m[1])
			switch n = max(n, 1); m[2] {
			case "A":
				y -= n
			case "B":
				down(n)
			case "C":
				x += n
			case "D":
				x = max(0, min(x, columns-1)-n)
			case "K":
				cells[y] = cells[y][:min(x, len(cells[y]))]
			}
			text = text[len(m[0]):]
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		width := 1
		if isWide(r) {
			width = 2
		}
		switch {
		case r == '\r':
			x = 0
			continue
		case r == '\n':
			down(1)
			continue
		case x+width > columns:
			down(1)
			x = 0
		}
		place(r)
		if width == 2 {
			place(0)
		}
	}
	for _, row := range cells {
		shown := strings.ReplaceAll(string(row), "\x00", "")
		rows = append(rows, strings.TrimRight(shown, " "))
	}
	for len(rows) > 0 && rows[len(rows)-1] == "" {
		rows = rows[:len(rows)-1]
	}
	return rows
}

// Lines that begin with a slash are commands.
func TestSlashCommands(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("of a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	server, address := startServe(t, "--reply", "ok", "--once")
	term := onTerminal(t, command("connect", address, "--color=never", "-C"))
	term.await(t, `Ctrl-D`)
	for _, c := range []struct{ keys, server, client string }{
		{"line\r", `data       #1 6 B "line\\r\\n"`, `2 B "ok"`},
		{"/hex 00 ff0a\r", `data       #1 3 B "\\x00\\xff\\n"`, ""},
		{"/file " + file + "\r", `data       #1 9 B "of a file"`, ""},
		{"//slash\r", `data       #1 8 B "/slash\\r\\n"`, ""},
		{"/as hex\rmore\r", `data       #1 6 B "more\\r\\n"`, `data       \d+ B (6f6b)+`},
		{"/as nonsense\r", "", `note       not sent: /as takes one of`},
		{"/nonsense x\r", "", `note       not sent: no command is /nonsense; /help lists them, and //nonsense x sends it`},
		{"/hex 0\r", "", `note       not sent: /hex takes bytes in hex`},
		{"/info\r", "", `note       127.0.0.1:\d+ -> ` + address + `, in \d+ B, out 32 B, 0 B wait`},
		{"/help\r", "", `note       /reset: resets the connection`},
		{"/end\r", `end        #1`, `close      in \d+ B, out 32 B, hadError false`},
	} {
		term.press(c.keys)
		server.await(t, c.server)
		term.await(t, c.client)
	}
	term.exits(t, 0)
	server.exits(t, 0)

	server, address = startServe(t, "--once")
	term = onTerminal(t, command("connect", address, "--color=never"))
	term.await(t, `Ctrl-D`)
	term.press("/reset\r")
	term.exits(t, 0)
	server.await(t, `error      #1 read ECONNRESET`)
	server.exits(t, 0)
}

// The terminal has its mode back when the command has ended, by a signal, too, and
// while it is stopped by Ctrl-Z.
func TestTerminalHasItsModeBack(t *testing.T) {
	_, address := startServe(t)
	term := onTerminal(t, command("connect", address, "--color=never"))
	before := modeOf(t, term.keys)
	term.await(t, `Ctrl-D`)
	term.press("x")
	term.await(t, `x$`)
	awaitMode := func(editing bool) {
		t.Helper()
		for deadline := time.Now().Add(patience); (modeOf(t, term.keys) != before) != editing; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the editor has the terminal: want %t", editing)
			}
		}
	}
	awaitMode(true)
	term.Process.Signal(syscall.SIGTSTP)
	awaitMode(false)
	term.Process.Signal(syscall.SIGCONT)
	awaitMode(true)
	term.press(ctrlC)
	term.exits(t, 130)
	if modeOf(t, term.keys) != before {
		t.Error("the terminal does not have its mode back")
	}
}

// modeOf returns the mode of a terminal.
func modeOf(t *testing.T, keys *os.File) (mode unix.Termios) {
	t.Helper()
	raw, err := keys.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(fd uintptr) {
		now, failed := unix.IoctlGetTermios(int(fd), getTermios)
		if err = failed; failed == nil {
			mode = *now
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return mode
}

// Typed lines of a terminal go to the clients of serve: to all, or to the one that /to
// names.
func TestServeSendsWhatIsTyped(t *testing.T) {
	term := onTerminal(t, command("serve", "127.0.0.1:0", "--color=never"))
	address := term.await(t, `127.0.0.1:\d+`)[0]
	one := dial(t, address)
	term.await(t, `connection #1`)
	two := dial(t, address)
	term.await(t, `connection #2`)
	expect := func(conn net.Conn, want string) {
		t.Helper()
		got := make([]byte, len(want))
		conn.SetDeadline(time.Now().Add(patience))
		if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
			t.Errorf("a client hears %q, %v; want %q", got, err, want)
		}
	}
	term.press("to all\r")
	expect(one, "to all\n")
	expect(two, "to all\n")
	term.press("/to 2\r")
	term.await(t, `note       to #2 from here on`)
	term.press("to the second\r")
	expect(two, "to the second\n")
	term.press("/to 3\r")
	term.await(t, `note       not sent: no client is #3`)
	term.press("/to 1 and a text\r")
	term.await(t, `note       not sent: "1 and a text" is not the number of a client`)
	term.press("/to all\r/hex 21\r")
	expect(one, "!")
	expect(two, "!")
	term.press("/end 1\r")
	if _, err := io.ReadAll(one); err != nil {
		t.Error(err)
	}
	one.Close()
	term.await(t, `close      #1`)
	term.press(ctrlD)
	if _, err := io.ReadAll(two); err != nil {
		t.Error(err)
	}
	two.Close()
	term.await(t, `close      #2`)
	term.press(ctrlC)
	term.exits(t, 0)
}

// On a terminal, serve --stdio shows what comes without obeying it, sends what is typed,
// and has its events in the same place. Colors are for terminals that want them.
func TestStdioOnATerminal(t *testing.T) {
	for _, env := range []string{"NO_COLOR=1", "TERM=dumb", "TERM=xterm"} {
		p := command("-l", "0")
		p.Env = append(p.Env, env)
		term := onTerminal(t, p)
		conn := dial(t, term.await(t, `127.0.0.1:\d+`)[0])
		term.await(t, `connection`)
		conn.SetDeadline(time.Now().Add(patience))
		io.WriteString(conn, "\x1b]0;title\a\n")
		term.await(t, `\\x1b\]0;title\\x07`)
		term.press("typed\n")
		line := make([]byte, len("typed\n"))
		if _, err := io.ReadFull(conn, line); err != nil || string(line) != "typed\n" {
			t.Errorf("%s: the client hears %q, %v", env, line, err)
		}
		conn.CloseWrite()
		term.exits(t, 0)
		if got, want := strings.Contains(term.out.String(), "\x1b["), env == "TERM=xterm"; got != want {
			t.Errorf("%s: color is %t", env, got)
		}
	}
}
