// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
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

// A stdout that is full or closed ends serve, with an exit code that says so.
func TestServeEndsWithItsStdout(t *testing.T) {
	for _, flags := range []string{"", "--stdio", "--json", "--stdio --json"} {
		args := append([]string{"serve", "127.0.0.1:0", "--recv-only"}, strings.Fields(flags)...)
		if !strings.Contains(flags, "--stdio") {
			args = append(args[:2], args[3:]...)
		}
		server := command(append(args, "--as=raw")...)
		if strings.Contains(flags, "--json") {
			server = command(args...)
		}
		stdout := pipeOut(t, server)
		launch(t, server)
		from := io.Reader(stdout)
		address := ""
		if strings.Contains(flags, "--stdio") {
			found, err := server.errOut.await(`127\.0\.0\.1:\d+`)
			if err != nil {
				t.Fatal(err)
			}
			address = found[0]
		} else {
			line := make([]byte, 60)
			n, _ := from.Read(line)
			address = strings.Trim(strings.TrimPrefix(strings.TrimSpace(string(line[:n])), "listening"), " ")
			if i := strings.Index(address, "127.0.0.1"); i > 0 {
				address = strings.TrimRight(address[i:], "\"}\n")
			}
		}
		stdout.Close()
		conn := dial(t, address)
		conn.SetDeadline(time.Now().Add(patience))
		io.WriteString(conn, "x")
		server.exits(t, 141)
	}
	if runtime.GOOS != "linux" {
		return
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	for _, flags := range []string{"", "--json"} {
		server := command(append([]string{"serve", "127.0.0.1:0", "--stdio"}, strings.Fields(flags)...)...)
		server.Stdout = full
		launch(t, server)
		found, err := server.errOut.await(`127\.0\.0\.1:\d+`)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(dial(t, found[0]), "x")
		server.exits(t, 1)
		if got := server.errOut.String(); !strings.Contains(got, "is the disk full?") {
			t.Errorf("stderr: %s", got)
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

// serve -q says nothing of a client that resets before it has said anything.
func TestQuietServerIgnoresHealthChecks(t *testing.T) {
	server, address := startServe(t, "-q", "--stop-after=2")
	for _, text := range []string{"", "x"} {
		conn := dial(t, address)
		io.WriteString(conn, text)
		if text != "" {
			time.Sleep(50 * time.Millisecond) // a reset that overtakes the byte is none of a talker
		}
		conn.SetLinger(0)
		conn.Close()
	}
	server.exits(t, 0)
	if got := server.out.String(); !matches(`^listening  \S+\nerror      #2 read ECONNRESET\n$`, got) {
		t.Errorf("stdout: %s", got)
	}
}
