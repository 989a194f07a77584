// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
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
		t.Errorf("Wake has written to a file of someone else's (%v)", err)
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
