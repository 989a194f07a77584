// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// endsFirst accepts one client, ends at once, and then reads all that comes. The
// result is what arrived.
func endsFirst(t *testing.T) (address string, arrived func() string, ended <-chan struct{}) {
	t.Helper()
	sum, n := sha256.New(), int64(0)
	end := make(chan struct{})
	address, served := listen(t, func(conn *net.TCPConn) {
		conn.CloseWrite()
		close(end)
		n, _ = io.Copy(sum, conn)
	})
	return address, func() string {
		<-served
		return fmt.Sprintf("%d bytes, %x", n, sum.Sum(nil)[:4])
	}, end
}

func digest(p []byte) string {
	sum := sha256.Sum256(p)
	return fmt.Sprintf("%d bytes, %x", len(p), sum[:4])
}

// lots is more than the kernel's buffers take. It is made when a test asks, since
// the command is this program, too, and its memory is measured.
var lots = sync.OnceValue(func() []byte { return bytes.Repeat([]byte("0123456789abcdef!"), 2<<20) })

func lotsInAFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "much")
	if err := os.WriteFile(path, lots(), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// stdinFrom lets a process read a file.
func stdinFrom(t *testing.T, p *process, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	p.Stdin = f
}

const stillOpen = "note       stdin was still open; what it still gives is not sent\n"

// A file on stdin is sent to its end although the peer has ended first.
func TestFileIsSentAfterThePeersEnd(t *testing.T) {
	path := lotsInAFile(t)
	for _, flags := range []string{"", "--send-only", "-N", "--half-open", "--events", "--no-half-close", "--json"} {
		address, arrived, _ := endsFirst(t)
		p := command(append([]string{"connect", address}, strings.Fields(flags)...)...)
		stdinFrom(t, p, path)
		launch(t, p).exits(t, 0)
		if got, want := arrived(), digest(lots()); got != want {
			t.Errorf("connect %s: %s arrived, want %s", flags, got, want)
		}
		if p.errOut.String() != "" {
			t.Errorf("connect %s: stderr is %s", flags, p.errOut.String())
		}
	}
}

// So is the file of --send-file, and the text of --send, whatever stdin is.
func TestSendFileIsSentAfterThePeersEnd(t *testing.T) {
	path := lotsInAFile(t)
	address, arrived, _ := endsFirst(t)
	p := launch(t, command("connect", address, "--send", "text", "--send-file", path))
	p.exits(t, 0)
	if got, want := arrived(), digest(append([]byte("text"), lots()...)); got != want {
		t.Errorf("%s arrived, want %s", got, want)
	}
	if got := p.errOut.String(); got != stillOpen {
		t.Errorf("stderr: %s, want %s", got, stillOpen)
	}
}

// A pipe that gives bytes without a long pause is sent to its end.
func TestPipeIsSentAfterThePeersEnd(t *testing.T) {
	for _, flags := range []string{"", "--send-only", "-N", "--half-open"} {
		address, arrived, ended := endsFirst(t)
		p := launch(t, command(append([]string{"connect", address}, strings.Fields(flags)...)...))
		<-ended
		p.stdin.Write(lots())
		p.stdin.Close()
		p.exits(t, 0)
		if got, want := arrived(), digest(lots()); got != want {
			t.Errorf("connect %s: %s arrived, want %s", flags, got, want)
		}
		if p.errOut.String() != "" {
			t.Errorf("connect %s: stderr is %s", flags, p.errOut.String())
		}
	}
}

// A pipe that is silent is ended, and a note says so. What came before is sent.
func TestSilentPipeEndsAfterThePeer(t *testing.T) {
	for _, c := range []struct{ flags, note string }{{"", stillOpen}, {"--json", stillOpen}, {"-q", ""}} {
		address, arrived, ended := endsFirst(t)
		p := launch(t, command(append([]string{"connect", address}, strings.Fields(c.flags)...)...))
		<-ended
		p.stdin.Write([]byte("some"))
		p.exits(t, 0)
		if got, want := arrived(), digest([]byte("some")); got != want {
			t.Errorf("connect %s: %s arrived, want %s", c.flags, got, want)
		}
		if got := p.errOut.String(); got != c.note {
			t.Errorf("connect %s: stderr is %q, want %q", c.flags, got, c.note)
		}
	}
}

// A flag that names the end of stdin waits for it, however long the pipe is silent.
func TestSilentPipeIsWaitedFor(t *testing.T) {
	for _, flags := range []string{"-N", "--send-only", "--half-open"} {
		address, arrived, ended := endsFirst(t)
		p := launch(t, command(append([]string{"connect", address}, strings.Fields(flags)...)...))
		<-ended
		time.Sleep(2 * pipePatience) // the silence is what is tested
		p.stdin.Write([]byte("late"))
		p.stdin.Close()
		p.exits(t, 0)
		if got, want := arrived(), digest([]byte("late")); got != want {
			t.Errorf("connect %s: %s arrived, want %s", flags, got, want)
		}
	}
}

// A terminal ends with the peer at once, without a note.
func TestTerminalEndsWithThePeer(t *testing.T) {
	address, _, _ := endsFirst(t)
	term := onTerminal(t, command("connect", address, "--color=never"))
	term.exits(t, 0)
	if got := term.out.String(); strings.Contains(got, "still open") || !strings.HasSuffix(got, "close      in 0 B, out 0 B, hadError false\r\n") {
		t.Errorf("shown: %q", got)
	}
}

// A file that is given to a terminal's client is sent whole before it ends.
func TestTerminalSendsItsFileAfterThePeersEnd(t *testing.T) {
	address, arrived, _ := endsFirst(t)
	term := onTerminal(t, command("connect", address, "--color=never", "--send-file", lotsInAFile(t)))
	term.exits(t, 0)
	if got, want := arrived(), digest(lots()); got != want {
		t.Errorf("%s arrived, want %s", got, want)
	}
}

// Under -N a terminal is read to its end, which Ctrl-D is.
func TestTerminalIsReadToItsEndUnderN(t *testing.T) {
	address, arrived, _ := endsFirst(t)
	term := onTerminal(t, command("connect", address, "--color=never", "-N"))
	term.await(t, "(?m)^end\r\n")
	term.press("typed\n" + ctrlD)
	term.exits(t, 0)
	if got, want := arrived(), digest([]byte("typed\n")); got != want {
		t.Errorf("%s arrived, want %s", got, want)
	}
}

// The peer closes, so what is sent after its end is refused: that is an error, even
// for few bytes.
func TestWhatAClosedPeerRefusesIsAnError(t *testing.T) {
	for _, flags := range []string{"", "--send-only", "-N", "--events"} {
		for _, size := range []int{2, len(lots())} {
			if size == 2 && (runtime.GOOS != "linux" || os.Getenv("DUPLEX_DRIVER") == "portable") {
				continue // only epoll shows what the peer has taken
			}
			closed := make(chan struct{})
			address, served := listen(t, func(*net.TCPConn) { close(closed) })
			p := launch(t, command(append([]string{"connect", address}, strings.Fields(flags)...)...))
			<-closed
			<-served
			p.stdin.Write(lots()[:size])
			p.stdin.Close()
			code, err := p.finish()
			if err != nil || code != 55 && code != 56 {
				t.Errorf("connect %s, %d bytes: exit code is %d, %v; want 55 or 56", flags, size, code, err)
			}
			if got := p.out.String() + p.errOut.String(); !matches(`(?m)^error      (write|read) (EPIPE|ECONNRESET)$`, got) {
				t.Errorf("connect %s, %d bytes: it says %q", flags, size, got)
			}
		}
	}
}

// A peer that reads slowly gets everything, and a client that only sends waits for
// that.
func TestSlowPeerGetsEverything(t *testing.T) {
	path := lotsInAFile(t)
	for _, flags := range []string{"", "--send-only", "-N"} {
		for _, ends := range []bool{false, true} {
			sum, n, start := sha256.New(), int64(0), make(chan struct{})
			address, served := listen(t, func(conn *net.TCPConn) {
				if ends {
					conn.CloseWrite()
				}
				<-start
				n, _ = io.Copy(sum, conn)
			})
			p := command(append([]string{"connect", address}, strings.Fields(flags)...)...)
			stdinFrom(t, p, path)
			launch(t, p)
			time.AfterFunc(100*time.Millisecond, func() { close(start) })
			p.exits(t, 0)
			<-served
			if got, want := fmt.Sprintf("%d bytes, %x", n, sum.Sum(nil)[:4]), digest(lots()); got != want {
				t.Errorf("connect %s, peer ends %t: %s arrived, want %s", flags, ends, got, want)
			}
		}
	}
}

// A signal ends the reading of stdin; what was read is sent within the grace.
func TestSignalSendsWhatWasRead(t *testing.T) {
	for signal, code := range map[string]int{"INT": 130, "TERM": 143, "HUP": 129} {
		start := make(chan struct{})
		var arrived int64
		address, served := listen(t, func(conn *net.TCPConn) {
			<-start
			arrived, _ = io.Copy(io.Discard, conn)
		})
		p := command("connect", address, "--grace=1h", "--events")
		stdinFrom(t, p, "/dev/zero")
		launch(t, p)
		p.await(t, "connect ")
		sendSignal(p.Process, signal)
		close(start)
		p.exits(t, code)
		<-served
		if want := fmt.Sprintf("out %d B, hadError false\n", arrived); !strings.HasSuffix(p.out.String(), want) {
			t.Errorf("SIG%s: it prints %s, want %s at its end", signal, p.out.String(), want)
		}
		if got := p.errOut.String(); got != "" {
			t.Errorf("SIG%s: stderr is %s", signal, got)
		}
	}
}

// What a peer does not read within the grace is lost, and that is said.
func TestSignalSaysWhatWasNotSent(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	address, _ := listen(t, func(*net.TCPConn) { <-stop })
	p := command("connect", address, "--grace=300ms", "--events")
	stdinFrom(t, p, "/dev/zero")
	launch(t, p)
	p.await(t, "connect ")
	time.Sleep(300 * time.Millisecond) // until the kernel takes no more
	sendSignal(p.Process, "TERM")
	p.exits(t, 143)
	if got := p.errOut.String(); !matches(`^error      not all was sent: \d+ B of the \d+ B that were read\nhint       --grace`, got) {
		t.Errorf("stderr: %q", got)
	}
}

// When stdout is closed while the peer has not taken what was read, connect says so.
func TestClosedStdoutSaysWhatWasNotSent(t *testing.T) {
	address, _ := listen(t, func(conn *net.TCPConn) {
		for chunk := make([]byte, 64<<10); ; {
			if _, err := conn.Write(chunk); err != nil {
				return
			}
		}
	})
	p := command("connect", address)
	stdinFrom(t, p, "/dev/zero")
	stdout := pipeOut(t, p)
	launch(t, p)
	if _, err := io.CopyN(io.Discard, stdout, 32<<20); err != nil {
		t.Fatal(err)
	}
	stdout.Close()
	p.exits(t, 141)
	if got := p.errOut.String(); !matches(`^error      not all was sent: `, got) {
		t.Errorf("stderr: %q", got)
	}
}

// A full disk ends connect with an error.
func TestFullDiskEndsConnect(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	defer full.Close()
	address, _ := listen(t, func(conn *net.TCPConn) {
		io.WriteString(conn, "x")
		io.Copy(io.Discard, conn)
	})
	p := command("connect", address)
	p.Stdout = full
	launch(t, p)
	p.exits(t, 1)
	if got := p.errOut.String(); !matches(`^error      write /dev/stdout: no space left on device\nhint       `, got) {
		t.Errorf("stderr: %q", got)
	}
}

// Stdin that cannot be read is an error, as is a part of the input that was not sent.
func TestUnreadableStdinIsAnError(t *testing.T) {
	address, arrived, _ := endsFirst(t)
	p := command("connect", address, "--send=first")
	stdinFrom(t, p, t.TempDir())
	launch(t, p).exits(t, 1)
	if got, want := arrived(), digest([]byte("first")); got != want {
		t.Errorf("%s arrived, want %s", got, want)
	}
	if got := p.errOut.String(); !matches(`^error      read .*\nhint       what was read before has been sent\n$`, got) {
		t.Errorf("stderr: %q", got)
	}
}

// --once ends our side after the first reply, but not in the middle of a file.
func TestOnceSendsAFileToItsEnd(t *testing.T) {
	path := lotsInAFile(t)
	for _, args := range [][]string{{"--once"}, {"--once", "--send-file", path}} {
		sum, n := sha256.New(), int64(0)
		address, served := listen(t, func(conn *net.TCPConn) {
			io.WriteString(conn, "early reply")
			n, _ = io.Copy(sum, conn)
		})
		p := command(append([]string{"connect", address}, args...)...)
		if len(args) == 1 {
			stdinFrom(t, p, path)
		}
		launch(t, p).exits(t, 0)
		<-served
		if got, want := fmt.Sprintf("%d bytes, %x", n, sum.Sum(nil)[:4]), digest(lots()); got != want {
			t.Errorf("%q: %s arrived, want %s", args, got, want)
		}
		if p.errOut.String() != "" {
			t.Errorf("%q: stderr is %s", args, p.errOut.String())
		}
	}
}

// --once ends a pipe that never ends, and says that it did.
func TestOnceEndsAPipe(t *testing.T) {
	server, address := startServe(t, "--reply=x", "--once")
	p := command("connect", address, "--once")
	stdinFrom(t, p, "/dev/zero")
	launch(t, p).exits(t, 0)
	server.exits(t, 0)
	if got := p.errOut.String(); got != stillOpen {
		t.Errorf("stderr: %q, want %q", got, stillOpen)
	}
}
