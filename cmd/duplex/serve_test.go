// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/duplex-go/duplex"
)

// answerOf makes a file that is larger than the buffers of the kernel.
func answerOf(t *testing.T, size int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "answer")
	if err := os.WriteFile(path, make([]byte, size), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// --then destroy sends the answer first, however long it is and however slowly the
// client reads.
func TestDestroyAfterTheWholeAnswer(t *testing.T) {
	const size = 32 << 20
	server, address := startServe(t, "--reply-file", answerOf(t, size), "--then=destroy", "--once")
	conn := dial(t, address)
	io.WriteString(conn, "x")
	server.await(t, `data       #1 1 B "x"`)
	conn.SetDeadline(time.Now().Add(patience))
	n, err := io.Copy(io.Discard, conn)
	if n != size || err != nil {
		t.Errorf("the client reads %d bytes, %v; want %d", n, err, size)
	}
	server.exits(t, 0)
}

// --then end sends the answer, however long it is, and then waits for the client's end.
func TestEndAfterTheWholeAnswer(t *testing.T) {
	const size = 32 << 20
	server, address := startServe(t, "--reply-file", answerOf(t, size), "--then=end", "--once")
	conn := dial(t, address)
	io.WriteString(conn, "x")
	server.await(t, `data       #1 1 B "x"`)
	conn.SetDeadline(time.Now().Add(patience))
	n, err := io.Copy(io.Discard, conn)
	if n != size || err != nil {
		t.Errorf("the client reads %d bytes, %v; want %d", n, err, size)
	}
	conn.Close()
	server.exits(t, 0)
}

// A descriptor that is closed while the client sends is a reset, which would cost the
// client the end of the answer.
func TestAClientThatSendsOnGetsTheWholeAnswer(t *testing.T) {
	for _, then := range []string{"destroy", "end"} {
		t.Run(then, func(t *testing.T) {
			if then == "destroy" && runtime.GOOS != "linux" {
				t.Skip("only Linux is asked what the peer's system has acknowledged")
			}
			const size = 300 << 10
			server, address := startServe(t, "--reply-file", answerOf(t, size), "--then="+then, "--once")
			conn := dial(t, address)
			conn.SetReadBuffer(16 << 10)
			conn.SetDeadline(time.Now().Add(patience))
			over := make(chan bool)
			go func() { // until the server resets, or the test has read all
				defer close(over)
				for _, err := conn.Write(make([]byte, 1000)); err == nil; _, err = conn.Write(make([]byte, 1000)) {
					time.Sleep(time.Millisecond)
				}
			}()
			server.await(t, `data       #1 `)
			time.Sleep(30 * time.Millisecond)
			if n, err := io.Copy(io.Discard, conn); n != size || err != nil {
				t.Errorf("the client reads %d bytes, %v; want %d", n, err, size)
			}
			conn.Close()
			<-over
			server.exits(t, 0)
		})
	}
}

// After a signal, a client can still read the queued answer.
func TestSignalSendsWhatIsQueued(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no signals")
	}
	const size = 32 << 20
	server, address := startServe(t, "--reply-file", answerOf(t, size), "--grace=1h")
	conn := dial(t, address)
	io.WriteString(conn, "x")
	server.await(t, `data       #1 1 B "x"`)
	sendSignal(server.Process, "TERM")
	if _, err := server.errOut.await("stopping"); err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(patience))
	n, err := io.Copy(io.Discard, conn)
	if n != size || err != nil {
		t.Errorf("the client reads %d bytes, %v; want %d", n, err, size)
	}
	conn.Close()
	server.exits(t, 0)
}

// After a signal, a client whose handshake is on its way gets its answer. An end would be an
// answer of no bytes.
func TestSignalWaitsForAHandshake(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no signals")
	}
	file := answerOf(t, 1<<20)
	for _, c := range []struct {
		size  int64
		flags []string
	}{
		{1 << 20, []string{"--file", file, "--then=keep"}},
		{1 << 20, []string{"--exec", "cat '" + file + "' -"}},
		{5, []string{"--banner", "hello"}},
		{5, []string{"--banner", "hello", "--echo"}},
		{5, []string{"--banner", "hello", "--chat"}},
	} {
		t.Run(strings.Join(c.flags, " "), func(t *testing.T) {
			server, address := startServe(t, append(c.flags, "--tls", "--grace=1h")...)
			late := dial(t, address)
			early := dial(t, address)
			config := &tls.Config{InsecureSkipVerify: true}
			for _, conn := range []net.Conn{early, late} {
				conn.SetDeadline(time.Now().Add(patience))
				secured := tls.Client(conn, config)
				if conn == early { // the server knows both when it is connected
					if err := secured.Handshake(); err != nil {
						t.Fatal(err)
					}
					server.await(t, "connection #1 ")
					sendSignal(server.Process, "TERM")
					if _, err := server.errOut.await("stopping"); err != nil {
						t.Fatal(err)
					}
				}
				if n, err := io.Copy(io.Discard, secured); n != c.size || err != nil {
					t.Errorf("the client reads %d bytes, %v; want %d", n, err, c.size)
				}
				secured.Close()
			}
			server.exits(t, 0)
		})
	}
}

// A client whose handshake is not over when the grace is has not been served: its handshake
// fails, and the answer of no one was cut.
func TestAHandshakeLongerThanTheGraceFails(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no signals")
	}
	server, address := startServe(t, "--banner=hello", "--tls", "--grace=100ms")
	late, early := dial(t, address), dial(t, address)
	for _, conn := range []net.Conn{early, late} {
		conn.SetDeadline(time.Now().Add(patience))
		secured := tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
		if conn == late {
			if err := secured.Handshake(); err == nil {
				t.Error("the handshake is over")
			}
			break
		}
		if n, err := io.ReadFull(secured, make([]byte, 5)); err != nil { // the server knows both then
			t.Fatal(n, err)
		}
		sendSignal(server.Process, "TERM")
		secured.Close()
		server.await(t, "(?m)^close      server$") // after the grace, as late is there until then
	}
	server.exits(t, 0)
}

// An answer that the client has not read when the grace is over is lost. The server
// reports that.
func TestGraceEndsBeforeTheClientReads(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no signals")
	}
	server, address := startServe(t, "--reply-file", answerOf(t, 32<<20), "--grace=10ms")
	conn := dial(t, address)
	io.WriteString(conn, "x")
	server.await(t, `data       #1 1 B "x"`)
	sendSignal(server.Process, "TERM")
	server.exits(t, 55)
	want := `(?m)^error      \d{7,} B or more were not sent: their clients did not read\nhint       --grace says how long to wait for clients\n$`
	if got := server.errOut.String(); !matches(want, got) {
		t.Errorf("stderr: %s, want %s", got, want)
	}
}

// A client enters the list of clients and the room of the chat at once: a line of the chat,
// which holds the lock meanwhile, finds it in both or in neither.
func TestAClientEntersTheListAndTheRoomAtOnce(t *testing.T) {
	address, _ := listen(t, func(conn *net.TCPConn) { io.Copy(io.Discard, conn) })
	engine := &duplex.Engine{Loops: 1}
	defer engine.Close()
	v := &serve{chat: true}
	v.answering.Lock() // as chatter does
	entered := make(chan struct{})
	(&duplex.Client{Engine: engine}).Connect(context.Background(), "tcp", address, &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			go func() {
				v.enter(&client{Socket: s, id: 1})
				close(entered)
			}()
		},
	})
	for begun := time.Now(); time.Since(begun) < 50*time.Millisecond; time.Sleep(time.Millisecond) {
		if listed, inRoom := len(v.clients.all()), v.room.Len(); listed+inRoom > 0 {
			t.Fatalf("during a line, %d clients are listed and %d are in the room", listed, inRoom)
		}
	}
	v.answering.Unlock()
	<-entered
	if listed, inRoom := len(v.clients.all()), v.room.Len(); listed != 1 || inRoom != 1 {
		t.Errorf("%d clients are listed and %d are in the room, want 1 and 1", listed, inRoom)
	}
}

// A line of a chat that is too long counts as several, each of whole characters.
func TestALongLineOfAChatIsCutBetweenCharacters(t *testing.T) {
	server, address := startServe(t, "--chat", "-q", "--stop-after=2")
	listener := dial(t, address)
	listener.SetDeadline(time.Now().Add(patience))
	speaker := dial(t, address)
	text := "ab" + strings.Repeat("中", 30000)
	go func() {
		io.WriteString(speaker, text+"\n")
		speaker.CloseWrite()
		io.Copy(io.Discard, speaker)
		speaker.Close()
	}()
	in, got := bufio.NewReader(listener), ""
	for len(got) < len(text) {
		line, err := in.ReadString('\n')
		part, found := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "#2 ")
		if err != nil || !found || !utf8.ValidString(part) {
			t.Fatalf("after %d bytes: %v, %.20q to %q", len(got), err, line, line[max(0, len(line)-8):])
		}
		got += part
	}
	if got != text {
		t.Error("the text is another one")
	}
	listener.Close()
	server.exits(t, 0)
}
