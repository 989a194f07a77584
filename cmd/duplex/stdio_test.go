// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// startPipe starts serve --stdio, and returns it with the address it listens on.
func startPipe(t *testing.T, p *process) (address string) {
	t.Helper()
	launch(t, p)
	found, err := p.errOut.await(`listening  (127\.0\.0\.1:\d+)`)
	if err != nil {
		t.Fatal(err)
	}
	return found[1]
}

// Two pipes carry 20 MB in each direction unchanged.
func TestStdioCarriesBothDirections(t *testing.T) {
	const size = 20 << 20
	server := command("-l", "0")
	fromServer := pipeOut(t, server)
	client := command("connect", startPipe(t, server))
	fromClient := pipeOut(t, client)
	launch(t, client)
	pour := func(to io.WriteCloser, seed byte) {
		io.Copy(to, io.LimitReader(rand.NewChaCha8([32]byte{seed}), size))
		to.Close()
	}
	check := func(from io.Reader, seed byte) {
		t.Helper()
		want, got := sha256.New(), sha256.New()
		io.Copy(want, io.LimitReader(rand.NewChaCha8([32]byte{seed}), size))
		if n, err := io.Copy(got, from); err != nil || n != size || string(got.Sum(nil)) != string(want.Sum(nil)) {
			t.Errorf("%d bytes came, %v; want %d, the same", n, err, size)
		}
	}
	go pour(server.stdin, 1)
	go pour(client.stdin, 2)
	other := make(chan struct{})
	go func() {
		defer close(other)
		check(fromServer, 2)
	}()
	check(fromClient, 1)
	<-other
	client.exits(t, 0)
	server.exits(t, 0)
}

// A stdout that is closed or full ends serve, with an exit code that says so.
func TestServeEndsWithItsStdout(t *testing.T) {
	for _, c := range []struct{ name, flags string }{
		{"events", "-v"}, {"events", "--json"}, {"pipe", "--stdio"}, {"pipe", "--stdio --json"},
	} {
		args := append([]string{"serve", "127.0.0.1:0"}, strings.Fields(c.flags)...)
		closed := command(args...)
		stdout := pipeOut(t, closed)
		launch(t, closed)
		line := make([]byte, 200)
		if c.name == "events" {
			n, _ := stdout.Read(line)
			line = line[:n]
		} else {
			found, err := closed.errOut.await(`127\.0\.0\.1:\d+`)
			if err != nil {
				t.Fatal(err)
			}
			line = []byte(found[0])
		}
		stdout.Close()
		conn := dial(t, regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(string(line)))
		io.WriteString(conn, "x")
		closed.exits(t, 141)

		full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			continue // there is none here
		}
		defer full.Close()
		p := command(args...)
		p.Stdout = full
		launch(t, p)
		if c.name == "pipe" {
			found, err := p.errOut.await(`127\.0\.0\.1:\d+`)
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(dial(t, found[0]), "x")
		}
		p.exits(t, 1)
		if got := p.errOut.String(); !strings.Contains(got, "is the disk full?") {
			t.Errorf("serve %s: stderr is %s", c.flags, got)
		}
	}
}

// A client that breaks off before it has the answer is exit code 55.
func TestServeSaysWhatAClientDidNotGet(t *testing.T) {
	for _, flags := range []string{"--reply-file", "--file"} {
		server, address := startServe(t, flags, answerOf(t, 32<<20), "--once")
		conn := dial(t, address)
		io.WriteString(conn, "x")
		server.await(t, `data       #1 1 B "x"`)
		conn.SetDeadline(time.Now().Add(patience))
		io.ReadFull(conn, make([]byte, 1000))
		conn.SetLinger(0)
		conn.Close()
		server.exits(t, 55)
		want := `^error      \d+ B or more were not sent: their clients were gone\nhint       the log says why\n$`
		if got := server.errOut.String(); !matches(want, got) {
			t.Errorf("%s: stderr is %q", flags, got)
		}
	}
}

// With -q, too, the log says why a client that has said nothing did not get all: the hint of
// serve names the log, and a proxy has no other word.
func TestQuietLogSaysWhatASilentClientDidNotGet(t *testing.T) {
	file := answerOf(t, 32<<20)
	server, direct := startServe(t, "--file", file, "-q", "--stop-after=2")
	proxy, relayed := startProxy(t, direct, "-q", "--stop-after=1")
	for _, c := range []struct {
		address string
		process *process
		want    string
	}{
		{relayed, proxy, `error      #1 [<>] (read ECONNRESET|write (EPIPE|ECONNRESET))`},
		{direct, server, `error      #2 (read ECONNRESET|write (EPIPE|ECONNRESET))`},
	} {
		conn := dial(t, c.address)
		conn.SetDeadline(time.Now().Add(patience))
		io.ReadFull(conn, make([]byte, 1000))
		conn.SetLinger(0)
		conn.Close()
		c.process.await(t, c.want)
	}
	proxy.exits(t, 0)
	server.exits(t, 55)
}

// serve -q says nothing of a client that resets before it has said anything.
func TestQuietServerIgnoresHealthChecks(t *testing.T) {
	server, address := startServe(t, "-q", "--echo", "--stop-after=2")
	for _, text := range []string{"", "x"} {
		conn := dial(t, address)
		conn.SetDeadline(time.Now().Add(patience))
		io.WriteString(conn, text)
		io.ReadFull(conn, make([]byte, len(text)))
		conn.SetLinger(0)
		conn.Close()
	}
	server.exits(t, 0)
	if got := server.out.String(); !matches(`^listening  \S+\nerror      #2 read ECONNRESET\n$`, got) {
		t.Errorf("stdout: %s", got)
	}
}
