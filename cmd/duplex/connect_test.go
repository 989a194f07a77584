// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// listen accepts one client and calls serve with it. The connection closes when
// serve returns, and then served is closed.
func listen(t *testing.T, serve func(*net.TCPConn)) (address string, served <-chan struct{}) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		serve(conn.(*net.TCPConn))
	}()
	return ln.Addr().String(), done
}

// FIN follows all of stdin, and a reply that comes after the FIN is printed.
func TestLateReplyIsPrinted(t *testing.T) {
	var heard []byte
	address, served := listen(t, func(conn *net.TCPConn) {
		heard, _ = io.ReadAll(conn)
		io.WriteString(conn, "late-reply")
	})
	p := launch(t, command("connect", address))
	io.WriteString(p.stdin, "hi")
	p.stdin.Close()
	p.exits(t, 0)
	<-served
	if got := p.out.String(); string(heard) != "hi" || got != "late-reply" || p.errOut.String() != "" {
		t.Errorf("the server heard %q, the client printed %q", heard, got)
	}
}

// connect exits after the peer has ended, although stdin is open.
func TestConnectExitsAfterThePeerWhileStdinIsOpen(t *testing.T) {
	address, served := listen(t, func(conn *net.TCPConn) { io.WriteString(conn, "bye") })
	p := launch(t, command("connect", address))
	p.exits(t, 0)
	<-served
	if got := p.out.String(); got != "bye" {
		t.Errorf("printed %q, want bye", got)
	}
}

func TestResetAfterDataIsAnError(t *testing.T) {
	received := make(chan struct{})
	address, _ := listen(t, func(conn *net.TCPConn) {
		io.WriteString(conn, "data")
		<-received
		conn.SetLinger(0)
	})
	p := launch(t, command("connect", address))
	p.await(t, "data")
	close(received)
	p.exits(t, 56)
	if got, want := p.errOut.String(), "error      read ECONNRESET\nhint"; !strings.HasPrefix(got, want) {
		t.Errorf("stderr: %q, want %q and so on", got, want)
	}
}

// To connect is all that -z wants, whatever the server does then.
func TestProbeOfAServerThatResetsAtOnceSucceeds(t *testing.T) {
	for range 5 {
		address, _ := listen(t, func(conn *net.TCPConn) { conn.SetLinger(0) })
		p := launch(t, command("connect", "-z", "--events", address))
		p.exits(t, 0)
		if got := p.out.String(); !strings.HasSuffix(got, "close      in 0 B, out 0 B, hadError false\n") || p.errOut.String() != "" {
			t.Errorf("printed %q, and on stderr %q", got, p.errOut.String())
		}
	}
}

// A server logs the reset of a client and goes on.
func TestServerGoesOnAfterAReset(t *testing.T) {
	server, address := startServe(t, "--stop-after", "1")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(conn, "x")
	server.await(t, `data +#1 1 B "x"\n`)
	conn.(*net.TCPConn).SetLinger(0)
	conn.Close()
	server.exits(t, 0)
	want := "error      #1 read ECONNRESET\nclose      server\nclose      #1 in 1 B, out 0 B, hadError true\n"
	if got := server.out.String(); !strings.HasSuffix(got, want) {
		t.Errorf("got:\n%s\nwant at its end:\n%s", got, want)
	}
}

func TestStdinFollowsSendFile(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, []byte("file "), 0o666); err != nil {
		t.Fatal(err)
	}
	var heard []byte
	address, served := listen(t, func(conn *net.TCPConn) { heard, _ = io.ReadAll(conn) })
	p := launch(t, command("connect", address, "--send", `first\t`, "--send-file", file))
	io.WriteString(p.stdin, "stdin")
	p.stdin.Close()
	p.exits(t, 0)
	<-served
	if want := "first\tfile stdin"; string(heard) != want {
		t.Errorf("the server heard %q, want %q", heard, want)
	}
}

// A file that cannot be read is an error. All that came before it is sent.
func TestUnreadableFileIsAnError(t *testing.T) {
	var heard []byte
	address, served := listen(t, func(conn *net.TCPConn) { heard, _ = io.ReadAll(conn) })
	p := launch(t, command("connect", address, "--send", "first", "--send-file", t.TempDir()))
	p.exits(t, 1)
	<-served
	if string(heard) != "first" || !matches(`(?s)^error      .*\nhint       `, p.errOut.String()) {
		t.Errorf("the server heard %q; stderr: %s", heard, p.errOut.String())
	}
}

// 100 MB go there and back unchanged. The memory of both processes stays small.
func TestLargePipeIsUnchanged(t *testing.T) {
	const size = 100 << 20
	server, address := startServe(t, "--echo", "-q", "--once")
	client := command("connect", address)
	stdout := pipeOut(t, client)
	launch(t, client)
	sent := sha256.New()
	go func() {
		source := rand.NewChaCha8([32]byte{1})
		io.Copy(io.MultiWriter(client.stdin, sent), io.LimitReader(source, size))
		client.stdin.Close()
	}()
	received := sha256.New()
	n, err := io.Copy(received, stdout)
	if err != nil || n != size {
		t.Errorf("%d bytes came back, %v; want %d", n, err, size)
	}
	client.exits(t, 0)
	server.exits(t, 0)
	if got, want := received.Sum(nil), sent.Sum(nil); string(got) != string(want) {
		t.Errorf("what came back is %x, want %x", got, want)
	}
	for _, p := range []*process{client, server} {
		// The program itself is 13 MB, or 38 with the race detector.
		most := peakMemory(p.ProcessState)
		t.Logf("%v took %d MB", p.Args, most>>20)
		if most > 96<<20 {
			t.Error("that is too much")
		}
	}
}

// A slow reader of stdout makes the peer wait. The process does not grow.
func TestSlowStdoutSlowsThePeer(t *testing.T) {
	const size, ahead = 100 << 20, 64 << 20 // the kernel's buffers are ahead, too
	progress := make(chan int, size>>16)
	address, _ := listen(t, func(conn *net.TCPConn) {
		chunk := make([]byte, 64<<10)
		for range size / len(chunk) {
			if n, err := conn.Write(chunk); err != nil || n < len(chunk) {
				return
			}
			progress <- len(chunk)
		}
	})
	client := command("connect", address)
	stdout := pipeOut(t, client)
	launch(t, client)
	sent, read := 0, 0
	for buf := make([]byte, 64<<10); ; {
		n, err := stdout.Read(buf)
		read += n
		for len(progress) > 0 {
			sent += <-progress
		}
		if sent-read > ahead {
			t.Fatalf("%d bytes are sent when %d are read", sent, read)
		}
		if err != nil {
			break
		}
	}
	if read != size {
		t.Errorf("read %d bytes, want %d", read, size)
	}
	client.exits(t, 0)
}

// connect ends without a message when the reader of stdout goes away.
func TestClosedStdoutEndsConnect(t *testing.T) {
	address, served := listen(t, func(conn *net.TCPConn) {
		for chunk := make([]byte, 64<<10); ; {
			if _, err := conn.Write(chunk); err != nil {
				return
			}
		}
	})
	client := command("connect", address)
	stdout := pipeOut(t, client)
	launch(t, client)
	if _, err := io.ReadFull(stdout, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	stdout.Close()
	client.exits(t, 141)
	<-served
	if got := client.errOut.String(); got != "" {
		t.Errorf("stderr: %s", got)
	}
}

// pipeOut makes the process print to a pipe, and returns the end that the test reads.
func pipeOut(t *testing.T, p *process) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.SetReadDeadline(time.Now().Add(patience))
	p.Stdout = w
	p.started = func() { w.Close() }
	t.Cleanup(func() { r.Close() })
	return r
}
