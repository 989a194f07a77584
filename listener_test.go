// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"syscall"
	"testing"
	"time"
)

// TestAServerThatCannotBeServedReportsItAndCloses closes the listener's descriptor after
// Listen, and before the turn of the loop that is to serve it.
func TestAServerThatCannotBeServedReportsItAndCloses(t *testing.T) {
	e := &Engine{Driver: "memory", Loops: 1}
	defer e.Close()
	told := make(chan string, 9)
	srv := &Server{Engine: e, OnClose: func() { told <- "close" }, OnListening: func() { told <- "listening" }}
	srv.OnError = func(err error) {
		var op *net.OpError
		if !errors.As(err, &op) || op.Op != "listen" || !errors.Is(err, syscall.EBADF) {
			t.Errorf("OnError got %v, want listen EBADF", err)
		}
		if srv.Addr() != nil || srv.Unlisten() != net.ErrClosed {
			t.Errorf("it listens on %v, whose descriptor is closed", srv.Addr())
		}
		told <- "error"
	}
	for range 2 {
		err := e.Post(func() {
			if err := srv.Listen("tcp", "127.0.0.1:80"); err != nil {
				t.Error(err)
				return
			}
			srv.listener.bound.Handle.Close()
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"error", "close"} {
			select {
			case got := <-told:
				if got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("waited in vain")
			}
		}
		e.Wait()
		if n := e.Stats().Servers; n != 0 {
			t.Errorf("Stats counts %d servers, want 0", n)
		}
	}
}

// TestRosterHoldsTheSocketsAddedAndNotRemoved compares a roster with a set.
func TestRosterHoldsTheSocketsAddedAndNotRemoved(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var r roster
	set := make(map[*Socket]bool)
	for _, target := range []int{3 * rosterPage, 10, 5 * rosterPage, 0, 7} {
		for len(set) != target {
			if rnd.IntN(3) > 0 == (len(set) < target) {
				s := new(Socket)
				r.add(s)
				set[s] = true
			} else if len(set) > 0 {
				s := r.all()[rnd.IntN(len(set))]
				r.remove(s)
				delete(set, s)
			}
			if r.n != len(set) {
				t.Fatalf("it holds %d, want %d", r.n, len(set))
			}
		}
		before := r.all()
		got := maps.Collect(func(yield func(*Socket, bool) bool) {
			for _, s := range before {
				yield(s, true)
			}
		})
		if !maps.Equal(got, set) || len(before) != len(set) {
			t.Fatalf("it lists %d sockets, %d of them once, not the %d that it holds", len(before), len(got), len(set))
		}
		if len(before) > 0 {
			kept := slices.Clone(before)
			r.remove(before[0])
			delete(set, before[0])
			r.all()
			if !slices.Equal(before, kept) {
				t.Fatal("a list has changed after it was given out")
			}
		}
		if most := (r.n/rosterPage + 2); len(r.pages) > most {
			t.Errorf("%d sockets are on %d pages, want at most %d", r.n, len(r.pages), most)
		}
	}
}
