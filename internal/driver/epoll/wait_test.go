// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"slices"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
	"golang.org/x/sys/unix"
)

func TestWakeAfterStopIsHarmless(t *testing.T) {
	d := newDriver(t)
	alarm := d.alarm
	if err := d.Stop(); err != nil {
		t.Fatal(err)
	}
	// Another file takes the number of the alarm.
	file, err := unix.Eventfd(0, unix.EFD_NONBLOCK)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(file)
	if file != alarm {
		if err := unix.Dup3(file, alarm, unix.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
		defer unix.Close(alarm)
	}
	d.Wake()
	if _, err := unix.Read(file, make([]byte, 8)); err != unix.EAGAIN {
		t.Errorf("Wake has written to a file that is not its own (%v)", err)
	}
}

// A Wait that has received much leaves the other sockets to the next one, in their order.
func TestWaitReceivesABoundedAmount(t *testing.T) {
	const sockets = 16
	r := newRig(t)
	addr := r.listen(loopback)
	for i := range driver.ID(sockets) {
		client, server := 3+2*i, 4+2*i
		r.Connect(client, addr, driver.Addr{}, driver.Options{})
		r.until("a client is accepted", func() bool { return len(r.accepted) > 0 })
		if err := r.Attach(server, r.accepted[0], driver.Options{}); err != nil {
			t.Fatal(err)
		}
		r.accepted = nil
		defer r.Driver.Close(client, false)
		defer r.Driver.Close(server, false)
		send(r, client, make([]byte, inputSize))
		for buf := make([]byte, inputSize); ; { // until all of it is there
			if n, _, err := unix.Recvfrom(int(r.slots.at(server).socket), buf, unix.MSG_PEEK|unix.MSG_DONTWAIT); n == len(buf) {
				break
			} else if err != nil && err != unix.EAGAIN {
				t.Fatal(err)
			}
		}
	}
	for i := range driver.ID(sockets) {
		r.Receive(4+2*i, true)
	}
	r.events = nil
	for len(r.data) < sockets*inputSize {
		before := len(r.data)
		r.turn(-1)
		if n := len(r.data) - before; n > share {
			t.Errorf("one Wait received %d bytes, want at most %d", n, share)
		}
	}
	r.events = slices.DeleteFunc(r.events, func(e string) bool { return !strings.HasPrefix(e, "received") })
	if all := slices.Compact(slices.Sorted(slices.Values(r.events))); len(all) != sockets || len(r.events) != sockets {
		t.Errorf("got %v, want each socket once", r.events)
	}
}

func TestConversationAllocatesNothing(t *testing.T) {
	r := newRig(t)
	r.pair(loopback)
	r.Receive(serverID, true)
	r.quiet = true
	one := [][]byte{make([]byte, 64)}
	many := [][]byte{make([]byte, 10), make([]byte, 20), make([]byte, 34)}
	allocs := testing.AllocsPerRun(100, func() {
		for _, bufs := range [][][]byte{one, many} {
			if n, err := r.Send(clientID, bufs); n != 64 || err != nil {
				t.Fatalf("Send took %d bytes: %v", n, err)
			}
			for r.count = 0; r.count < 64; {
				r.turn(-1)
			}
		}
	})
	if allocs > 0 {
		t.Errorf("a round took %v allocations", allocs)
	}
}

func TestWaitInVainAllocatesNothing(t *testing.T) {
	r := newRig(t)
	if allocs := testing.AllocsPerRun(100, func() { r.turn(0) }); allocs > 0 {
		t.Errorf("got %v allocations", allocs)
	}
}

func TestWakeAllocatesNothing(t *testing.T) {
	r := newRig(t)
	if allocs := testing.AllocsPerRun(100, func() { r.Wake(); r.turn(-1) }); allocs > 0 {
		t.Errorf("got %v allocations", allocs)
	}
}

// BenchmarkEcho sends a message to and fro between two sockets of one driver.
func BenchmarkEcho(b *testing.B) {
	b.Run("64B", func(b *testing.B) { benchmarkEcho(b, 64) })
	b.Run("16KiB", func(b *testing.B) { benchmarkEcho(b, 16<<10) })
}

func benchmarkEcho(b *testing.B, size int) {
	r := newRig(b)
	r.pair(loopback)
	r.Receive(clientID, true)
	r.Receive(serverID, true)
	r.quiet = true
	bufs := [][]byte{make([]byte, size)}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, id := range []driver.ID{clientID, serverID} {
			if _, err := r.Send(id, bufs); err != nil {
				b.Fatal(err)
			}
			for r.count = 0; r.count < size; {
				r.turn(-1)
			}
		}
	}
}
