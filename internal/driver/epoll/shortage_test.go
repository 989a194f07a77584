// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

func TestASendWithoutMemoryIsTriedAgainInAMoment(t *testing.T) {
	for _, shortage := range []error{unix.ENOBUFS, unix.ENOMEM, unix.ENOSPC} {
		r := newRig(t)
		r.pair(loopback)
		s := r.slots.at(clientID)
		start := time.Now()
		if err := r.cut(clientID, s, shortage); err != nil {
			t.Fatalf("%v: got %v, want to be asked again", shortage, err)
		}
		r.until("there may be memory", r.told("sent 1"))
		if took := time.Since(start); took < breath {
			t.Errorf("%v: asked again after %v, want %v at least", shortage, took, breath)
		}
		if s.sending != 0 || r.lost(s) != nil {
			t.Errorf("%v: the connection counts as lost", shortage)
		}
		send(r, clientID, []byte("x"))
	}
}

func TestASocketThatIsClosedMeanwhileReceivesNoSent(t *testing.T) {
	r := newRig(t)
	r.pair(loopback)
	if err := r.cut(clientID, r.slots.at(clientID), unix.ENOBUFS); err != nil {
		t.Fatal(err)
	}
	r.Close(clientID, false)
	r.until("it is closed", r.told("closed 1"))
	r.turn(2 * breath)
	r.turn(0)
	if r.told("sent 1")() {
		t.Errorf("got %v, want nothing after closed", r.events)
	}
}

func TestASendThatEpollCannotWatchReturnsAnError(t *testing.T) {
	r := newRig(t)
	r.pair(loopback)
	r.Receive(clientID, true)
	s := r.slots.at(clientID)
	if err := sys.EpollCtl(r.epoll, unix.EPOLL_CTL_DEL, s.socket, 0, 0); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := r.Send(clientID, [][]byte{make([]byte, 1<<20)}); err != nil {
			if err != unix.ENOENT {
				t.Errorf("got %v, want ENOENT", err)
			}
			return
		}
		if s.sending == again {
			t.Fatal("it waits for room that epoll will not report")
		}
	}
}
