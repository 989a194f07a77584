// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"math"
	"os"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
	"golang.org/x/sys/unix"
)

// rigs returns two pairs of sockets. The bytes that the first server receives are spliced
// to the second client.
func rigs(t testing.TB, addr driver.Addr) (from, to *rig) {
	from, to = newRig(t), newRig(t)
	for _, r := range []*rig{from, to} {
		r.pair(addr)
		r.Receive(serverID, true)
	}
	from.after = func(event string) {
		if event == "received 2" {
			n, rest := from.Splice(serverID, to.Driver, clientID, math.MaxInt)
			from.count += n
			if len(rest) > 0 {
				from.t.Errorf("%d bytes came back", len(rest))
			}
		}
	}
	return from, to
}

func TestSpliceCarriesBytesThatWaitAfterARead(t *testing.T) {
	for _, addr := range []driver.Addr{loopback, {Path: "@" + t.Name()}} {
		from, to := rigs(t, addr)
		from.Receive(serverID, false)
		send(from, clientID, make([]byte, len(from.input)+100))
		from.Receive(serverID, true)
		from.until("it is received", from.told("received 2"))
		to.until("it arrives", to.told("received 2"))
		if len(from.data) != len(from.input) || len(to.data) != 100 {
			t.Errorf("%v: %d bytes were received and %d carried", addr, len(from.data), len(to.data))
		}
	}
}

func TestTheReadAfterALongSpliceIsShort(t *testing.T) {
	from, to := rigs(t, loopback)
	to.quiet = true
	from.Receive(serverID, false)
	send(from, clientID, make([]byte, 2*len(from.input)+driver.Bulk))
	unix.Poll([]unix.PollFd{{Fd: int32(from.slots.at(serverID).socket), Events: unix.POLLIN}}, -1)
	from.Receive(serverID, true)
	from.slots.at(serverID).phase = flowing
	from.until("it is received", from.told("received 2"))
	if len(from.data) != driver.Bulk || from.slots.at(serverID).phase != flowing {
		t.Fatalf("%d bytes were received and %d carried, want %d and more than a read",
			len(from.data), from.count, driver.Bulk)
	}
	send(from, clientID, make([]byte, 100))
	from.until("the next is received", func() bool { return len(from.data) > driver.Bulk })
	if from.slots.at(serverID).phase != open {
		t.Error("it goes on, though there was no more to carry")
	}
}

func TestSpliceWithoutASpliceIsNothing(t *testing.T) {
	from, to := rigs(t, loopback)
	to.Driver.Close(serverID, false)
	for name, splice := range map[string]func() (int, []byte){
		"nothing has arrived": func() (int, []byte) {
			return from.Splice(serverID, to.Driver, clientID, math.MaxInt)
		},
		"a driver of another kind": func() (int, []byte) {
			return from.Splice(serverID, nil, clientID, math.MaxInt)
		},
		"another generation": func() (int, []byte) {
			return from.Splice(serverID, to.Driver, clientID+1<<32, math.MaxInt)
		},
	} {
		if n, rest := splice(); n != 0 || len(rest) > 0 {
			t.Errorf("%s: got %d, %q", name, n, rest)
		}
	}
}

func TestSpliceTakesTwoDescriptorsOfADriver(t *testing.T) {
	from, to := rigs(t, loopback)
	before := descriptors(t)
	for range 100 {
		from.Splice(serverID, to.Driver, clientID, math.MaxInt)
		to.Splice(serverID, from.Driver, clientID, math.MaxInt)
	}
	if n := descriptors(t) - before; n != 4 {
		t.Errorf("there are %d more descriptors of two drivers, want 4", n)
	}
}

func TestStopClosesThePipe(t *testing.T) {
	before := descriptors(t)
	d := newDriver(t)
	if !d.plumb() {
		t.Fatal("there is no pipe")
	}
	if err := d.Stop(); err != nil {
		t.Error(err)
	}
	if n := descriptors(t) - before; n != 0 {
		t.Errorf("%d descriptors are left", n)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestSpliceAllocatesNothing(t *testing.T) {
	from, to := rigs(t, loopback)
	from.after, to.quiet = nil, true
	p := [][]byte{make([]byte, 1000)}
	from.Receive(serverID, false)
	allocs := testing.AllocsPerRun(100, func() {
		if n, err := from.Send(clientID, p); n != 1000 || err != nil {
			t.Fatalf("Send took %d bytes: %v", n, err)
		}
		for carried := 0; carried < 1000; {
			n, _ := from.Splice(serverID, to.Driver, clientID, math.MaxInt)
			carried += n
		}
		for to.count = 0; to.count < 1000; {
			to.turn(-1)
		}
	})
	if allocs > 0 {
		t.Errorf("a round took %v allocations", allocs)
	}
}

func TestBytesThatThePipeHasLostAreReplacedByNoOthers(t *testing.T) {
	r := newRig(t)
	r.pair(loopback)
	r.Receive(serverID, true)
	if !r.plumb() {
		t.Fatal("there is no pipe")
	}
	copy(r.rest, "of another connection")
	if rest := r.retrieve(r.slots.at(clientID).socket, 21); len(rest) > 0 {
		t.Errorf("%q came out of an empty pipe", rest)
	}
	r.until("the peer is reset", r.told("failed 2"))
	if r.err != unix.ECONNRESET {
		t.Errorf("got %v, want ECONNRESET", r.err)
	}
	if _, err := r.Send(clientID, [][]byte{[]byte("x")}); err == nil {
		t.Error("sending goes on")
	}
}

func TestSpliceToADeadGenerationLeavesTheBytesWhereTheyAre(t *testing.T) {
	from, to := rigs(t, loopback)
	from.after = func(event string) {
		if event == "received 2" {
			if n, rest := from.Splice(serverID, to.Driver, clientID+1<<32, math.MaxInt); n != 0 || len(rest) > 0 {
				t.Errorf("%d bytes were carried to a socket that is gone, and %d came back", n, len(rest))
			}
		}
	}
	from.Receive(serverID, false)
	send(from, clientID, make([]byte, len(from.input)+100))
	from.Receive(serverID, true)
	from.until("all is received", func() bool { return len(from.data) == len(from.input)+100 })
}
