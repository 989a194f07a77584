// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"bytes"
	"slices"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
	"golang.org/x/sys/unix"
)

func TestStoppedConnectionLeavesEpollAtTheFirstEvent(t *testing.T) {
	for _, reset := range []bool{false, true} {
		r := newRig(t)
		r.pair(loopback)
		r.Receive(serverID, true)
		r.Receive(serverID, false)
		r.Driver.Close(clientID, reset)
		r.until("the client is closed", r.told("closed 1"))
		s := r.slots.at(serverID)
		for s.watched != 0 {
			r.turn(-1)
		}
		if n, err := r.poll(0); n != 0 || err != nil {
			t.Errorf("reset=%v: epoll still reports %d events (%v)", reset, n, err)
		}
		if got := r.events[len(r.events)-1]; got != "closed 1" {
			t.Errorf("reset=%v: got %v, want nothing after closed 1", reset, r.events)
		}
	}
}

func TestPauseBetweenTwoPacketsLeavesEpollAlone(t *testing.T) {
	r := newRig(t)
	r.pair(loopback)
	r.Receive(serverID, true)
	// A change would fail from now on.
	real := r.epoll
	r.epoll = -1
	for range 3 {
		r.Receive(serverID, false)
		r.Receive(serverID, true)
	}
	r.epoll = real
	send(r, clientID, []byte("x"))
	r.until("it arrives", r.told("received 2"))
}

func TestTooMuchInterestLeavesEpollAlone(t *testing.T) {
	r := newRig(t)
	r.pair(loopback)
	s := r.slots.at(serverID)
	if err := r.await(serverID, s); err != nil {
		t.Fatal(err)
	}
	r.Receive(serverID, true)
	r.until("there is room", r.told("sent 2"))
	r.Receive(serverID, false)
	r.Receive(serverID, true)
	if want := uint8(unix.EPOLLIN | unix.EPOLLOUT); s.watched != want {
		t.Errorf("epoll watches for %#x already, want %#x until it reports it", s.watched, want)
	}
	r.turn(-1)
	if s.watched != unix.EPOLLIN {
		t.Errorf("epoll watches for %#x, want EPOLLIN", s.watched)
	}
}

func TestConnectionThatEpollRefusesFailsOnceItIsRead(t *testing.T) {
	for _, phase := range []phase{open, flowing} {
		testConnectionThatEpollRefuses(t, phase)
	}
}

func testConnectionThatEpollRefuses(t *testing.T, phase phase) {
	r := newRig(t)
	r.pair(loopback)
	r.slots.at(serverID).phase = phase
	real := r.epoll
	r.epoll = -1
	r.Receive(serverID, true)
	r.epoll = real
	r.Receive(serverID, false)
	r.turn(0)
	if r.told("failed 2")() {
		t.Fatal("it failed though it was not read")
	}
	r.epoll = -1
	r.Receive(serverID, true)
	r.epoll = real
	r.until("it fails", r.told("failed 2"))
	if r.err != unix.EBADF {
		t.Errorf("got %v, want EBADF", r.err)
	}
}

func TestSendOfManyBuffersKeepsTheirOrder(t *testing.T) {
	for _, addr := range []driver.Addr{loopback, {Path: "@" + t.Name()}} {
		r := newRig(t)
		r.pair(addr)
		r.Receive(serverID, true)
		var want []byte
		var bufs [][]byte
		for i := range 1000 {
			p := bytes.Repeat([]byte{byte(i), byte(i >> 8)}, 1+i*i%4000)
			want = append(want, p...)
			bufs = append(bufs, p)
		}
		for sent := len(r.events); len(bufs) > 0; {
			n, err := r.Send(clientID, bufs)
			if err != nil {
				t.Fatal(err)
			}
			for len(bufs) > 0 && n >= len(bufs[0]) {
				n -= len(bufs[0])
				bufs = bufs[1:]
			}
			if len(bufs) == 0 {
				break
			}
			bufs[0] = bufs[0][n:]
			r.until("there is room", func() bool { return slices.Contains(r.events[sent:], "sent 1") })
			sent = len(r.events)
		}
		r.until("all arrives", func() bool { return len(r.data) >= len(want) })
		if !bytes.Equal(r.data, want) {
			t.Errorf("%v: got other bytes than were sent", addr)
		}
	}
}

func send(r *rig, id driver.ID, p []byte) {
	r.t.Helper()
	if n, err := r.Send(id, [][]byte{p}); n != len(p) || err != nil {
		r.t.Fatalf("Send took %d of %d bytes: %v", n, len(p), err)
	}
}

func TestCloseInReceivedSparesTheSenderOfTheSameEvent(t *testing.T) {
	r := newRig(t)
	r.pair(loopback)
	s := fill(r, serverID)
	send(r, clientID, []byte("x"))
	r.after = func(event string) {
		if event == "received 2" {
			r.Driver.Close(serverID, false)
		}
	}
	s.inward = input
	r.transfer(serverID, s, unix.EPOLLIN|unix.EPOLLOUT, r)
	r.until("it is closed", r.told("closed 2"))
	if r.told("sent 2")() {
		t.Errorf("got %v, want nothing but closed after received", r.events)
	}
}

// fill sends until there is no more room.
func fill(r *rig, id driver.ID) *slot {
	r.t.Helper()
	s := r.slots.at(id)
	for s.sending != again {
		if _, err := r.Send(id, [][]byte{make([]byte, 1<<20)}); err != nil {
			r.t.Fatal(err)
		}
	}
	return s
}

func TestReaderReceivesAllOfALostConnectionBeforeTheSender(t *testing.T) {
	r := newRig(t)
	r.pair(loopback)
	fill(r, serverID)
	send(r, clientID, []byte("x"))
	r.events = nil
	r.Driver.Close(clientID, true)
	r.Receive(serverID, true)
	r.until("the sender is told", r.told("sent 2"))
	if want := []string{"closed 1", "received 2", "failed 2", "sent 2"}; !slices.Equal(r.events, want) {
		t.Errorf("got %v, want %v", r.events, want)
	}
	if r.err != unix.ECONNRESET {
		t.Errorf("got %v, want ECONNRESET", r.err)
	}
}

func TestSendToAClosedSocketIsEBADF(t *testing.T) {
	r := newRig(t)
	r.pair(loopback)
	const another = clientID + 1<<32
	if n, err := r.Send(another, [][]byte{{1}}); n != 0 || err != unix.EBADF {
		t.Errorf("another generation, while the slot is in use: got %d and %v, want EBADF", n, err)
	}
	r.Driver.Close(clientID, false)
	for range 2 {
		if _, err := r.Send(clientID, [][]byte{{1}}); err != unix.EBADF {
			t.Errorf("got %v, want EBADF", err)
		}
		r.until("it is closed", r.told("closed 1"))
	}
	if _, err := r.Send(another, [][]byte{{1}}); err != unix.EBADF {
		t.Errorf("another generation: got %v, want EBADF", err)
	}
}

// A child process between fork and exec has a copy of every descriptor.
func TestClosedSocketIsSilentThoughACopyLives(t *testing.T) {
	r := newRig(t)
	r.pair(loopback)
	r.Receive(serverID, true)
	other, err := unix.Dup(int(r.slots.at(serverID).socket))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(other)
	r.Driver.Close(serverID, false)
	send(r, clientID, []byte("x"))
	r.until("it is closed", r.told("closed 2"))
	r.turn(0) // epoll still watches for the client's connect
	if n, err := r.poll(0); n != 0 || err != nil {
		t.Errorf("epoll reports %d events (%v)", n, err)
	}
}
