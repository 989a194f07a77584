// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"testing"

	"golang.org/x/sys/unix"
)

// overEpoll makes a process use epoll, whatever driver is tested: the others give no
// descriptor, and no sizes of buffers.
func overEpoll(p *process) *process {
	p.Env = append(p.Env, "DUPLEX_DRIVER=epoll")
	return p
}

// -vv shows what the kernel knows, as text and as numbers of JSON.
func TestKernelsFactsAreShown(t *testing.T) {
	server := launch(t, overEpoll(command("serve", "127.0.0.1:0", "--echo", "--once", "-vv", "--json")))
	address := server.await(t, `"srv":"(127\.0\.0\.1:\d+)"`)[1]
	client := launch(t, overEpoll(command("connect", address, "--send", "x", "-vv", "--events")))
	client.stdin.Close()
	client.exits(t, 0)
	server.exits(t, 0)
	if want := `(?m)^info       rtt \d+ µs, ± \d+ µs, rto \d+ µs, cwnd \d+, mss \d+ B, .*, receive window \d+ B`; !matches(want, client.out.String()) {
		t.Errorf("no line like %s", want)
	}
	if want := `(?m)^\{"ev":"info","id":1,"rttUs":\d+,"rttVarUs":\d+,.*\}$`; !matches(want, server.out.String()) {
		t.Errorf("no line like %s", want)
	}
}

// --rcvbuf and --sndbuf set the buffers: the kernel doubles what is asked for.
func TestBuffersHaveTheirSizes(t *testing.T) {
	ends, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(ends[0])
	defer unix.Close(ends[1])
	if err := setBuffers(descriptor(ends[0]), 16<<10, 32<<10); err != nil {
		t.Fatal(err)
	}
	for option, want := range map[int]int{unix.SO_RCVBUF: 32 << 10, unix.SO_SNDBUF: 64 << 10} {
		if got, err := unix.GetsockoptInt(ends[0], unix.SOL_SOCKET, option); err != nil || got != want {
			t.Errorf("option %d is %d, %v; want %d", option, got, err, want)
		}
	}
	// The flags reach the socket: the conversation goes on, and a wrong descriptor is an
	// error.
	server := launch(t, overEpoll(command("serve", "127.0.0.1:0", "--echo", "--once", "--rcvbuf", "16KiB", "--sndbuf", "16KiB")))
	address := server.await(t, `listening  (127\.0\.0\.1:\d+)`)[1]
	client := launch(t, overEpoll(command("connect", address, "--send", "x", "--rcvbuf", "8KiB")))
	client.stdin.Close()
	client.exits(t, 0)
	server.exits(t, 0)
	server = launch(t, overEpoll(command("serve", "127.0.0.1:0", "--echo")))
	address = server.await(t, `listening  (127\.0\.0\.1:\d+)`)[1]
	bench := launch(t, overEpoll(command("bench", address, "-d", "50ms", "--rcvbuf", "8KiB", "--sndbuf", "8KiB")))
	bench.exits(t, 0)
	proxy := launch(t, overEpoll(command("proxy", "127.0.0.1:0", address, "--rcvbuf", "8KiB", "--sndbuf", "8KiB", "--stop-after", "1")))
	client = launch(t, overEpoll(command("connect", proxy.await(t, `listening  (127\.0\.0\.1:\d+)`)[1], "--send", "x")))
	client.stdin.Close()
	client.exits(t, 0)
	if client.out.String() != "x" {
		t.Errorf("the echo is %q", client.out.String())
	}
	proxy.exits(t, 0)
	if err := setBuffers(descriptor(-1), 1, 1); err == nil {
		t.Error("no error for a wrong descriptor")
	}
	// Where there is no descriptor, it is said before anything is done.
	other := command("connect", address, "--rcvbuf", "8KiB")
	other.Env = append(other.Env, "DUPLEX_DRIVER=portable")
	launch(t, other)
	other.exits(t, 2)
}

// A descriptor is a RawConn.
type descriptor int

func (d descriptor) Control(f func(fd uintptr)) error { f(uintptr(d)); return nil }
func (d descriptor) Read(func(fd uintptr) bool) error { return nil }
func (d descriptor) Write(func(uintptr) bool) error   { return nil }
