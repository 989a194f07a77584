// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package sys

import (
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// pair returns the ends of a connection.
func pair(t *testing.T) (client, server Socket) {
	t.Helper()
	addr := Addr{AddrPort: netip.MustParseAddrPort("127.0.0.1:0")}
	ln := must(NewSocket(addr))(t)
	defer ln.Close()
	for _, err := range []error{ln.Bind(addr), ln.Listen(1)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	client = must(NewSocket(addr))(t)
	if err := client.Connect(must(ln.Local())(t)); err != unix.EINPROGRESS && err != nil {
		t.Fatal(err)
	}
	await(t, ln, unix.POLLIN)
	server, remote, err := ln.Accept(false)
	if err != nil {
		t.Fatal(err)
	}
	if got := must(client.Local())(t); got != remote {
		t.Errorf("accepted from %v, want %v", remote, got)
	}
	return client, server
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// await waits until s is ready.
func await(t *testing.T, s Socket, events int16) {
	t.Helper()
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(s), Events: events}}, 5000)
		if n == 1 {
			return
		}
		if err != unix.EINTR {
			t.Fatalf("the socket does not get ready: %v", err)
		}
	}
}

func TestRecvBeforeBytesArriveIsEAGAIN(t *testing.T) {
	client, server := pair(t)
	defer client.Close()
	defer server.Close()
	if n, err := client.Recv(make([]byte, 1)); n != 0 || err != unix.EAGAIN {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestSendThatIsCutShortIsEAGAIN(t *testing.T) {
	client, server := pair(t)
	defer client.Close()
	defer server.Close()
	const size = 64 << 20
	p := make([]byte, size/100)
	var bufs [][]byte
	for range 100 {
		bufs = append(bufs, p)
	}
	if n, err := client.Send(bufs); n == 0 || n >= size || err != unix.EAGAIN {
		t.Errorf("got %d, %v", n, err)
	}
	if n, err := client.Send(bufs[:1]); n >= len(p) || err != unix.EAGAIN {
		t.Errorf("got %d, %v", n, err)
	}
}

func TestAbortIsECONNRESET(t *testing.T) {
	client, server := pair(t)
	defer client.Close()
	if err := server.Abort(); err != nil {
		t.Fatal(err)
	}
	await(t, client, unix.POLLERR)
	if err := client.Error(); err != unix.ECONNRESET {
		t.Errorf("got %v", err)
	}
	if err := client.Error(); err != nil {
		t.Errorf("got %v, want no more error", err)
	}
}

func TestSendAfterTheEndIsEPIPEWithoutASignal(t *testing.T) {
	client, server := pair(t)
	defer client.Close()
	defer server.Close()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGPIPE, syscall.SIGWINCH)
	defer signal.Stop(signals)
	if err := client.Shutdown(); err != nil {
		t.Fatal(err)
	}
	for _, bufs := range [][][]byte{{{1}}, {{1}, {2}}} {
		if n, err := client.Send(bufs); n != 0 || err != unix.EPIPE {
			t.Errorf("got %d, %v", n, err)
		}
	}
	// A SIGPIPE, if there were one, would come before SIGWINCH.
	if err := syscall.Kill(os.Getpid(), syscall.SIGWINCH); err != nil {
		t.Fatal(err)
	}
	if got := <-signals; got != syscall.SIGWINCH {
		t.Errorf("got %v", got)
	}
}
