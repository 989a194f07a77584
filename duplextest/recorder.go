// Copyright 2026 The duplex authors. MIT license.

package duplextest

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
)

// A Recorder writes down what a Handler is told, one line for each event:
//
//	connect
//	data: what arrived
//	end
//	drain
//	finish
//	timeout
//	error: ECONNRESET
//	close
//	close: hadError
//
// Data that arrived in pieces is one line. The zero Recorder is ready; it may
// serve one socket.
type Recorder struct {
	// All records drain and finish too, which depend on the system's buffers and
	// on the peer's pace.
	All bool

	mu     sync.Mutex
	events []string
	data   []byte        // what arrived since the last of events
	told   chan struct{} // closed when an event is added
}

const data = "data: "

// add writes an event down.
func (r *Recorder) add(event string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.lines(), event)
	r.data = r.data[:0]
	r.tell()
}

// addData writes down what arrived.
func (r *Recorder) addData(p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.data = append(r.data, p...)
	r.tell()
}

// lines returns the events so far. The caller holds mu.
func (r *Recorder) lines() []string {
	if len(r.data) == 0 {
		return r.events
	}
	return append(r.events, data+string(r.data))
}

func (r *Recorder) tell() {
	if r.told != nil {
		close(r.told)
		r.told = nil
	}
}

// Handler returns a Handler that records what it is told and passes it on to h,
// which may be nil.
func (r *Recorder) Handler(h *duplex.Handler) *duplex.Handler {
	if h == nil {
		h = new(duplex.Handler)
	}
	recording := *h
	recording.OnConnect = r.event("connect", h.OnConnect)
	recording.OnEnd = r.event("end", h.OnEnd)
	recording.OnTimeout = r.event("timeout", h.OnTimeout)
	if r.All {
		recording.OnDrain = r.event("drain", h.OnDrain)
		recording.OnFinish = r.event("finish", h.OnFinish)
	}
	recording.OnData = func(s *duplex.Socket, p []byte) {
		r.addData(p)
		if h.OnData != nil {
			h.OnData(s, p)
		}
	}
	recording.OnError = func(s *duplex.Socket, err error) {
		name := duplex.Code(err)
		if name == "" {
			name = err.Error()
		}
		r.add("error: " + name)
		if h.OnError != nil {
			h.OnError(s, err)
		}
	}
	recording.OnClose = func(s *duplex.Socket) {
		event := "close"
		if s.Err() != nil {
			event = "close: hadError"
		}
		if h.OnClose != nil {
			h.OnClose(s)
		}
		r.add(event)
	}
	return &recording
}

func (r *Recorder) event(name string, then func(*duplex.Socket)) func(*duplex.Socket) {
	return func(s *duplex.Socket) {
		r.add(name)
		if then != nil {
			then(s)
		}
	}
}

// Expect waits until the next events are those of want, and forgets them. The
// test fails as soon as others come, or when Patience is over.
func (r *Recorder) Expect(t testing.TB, want ...string) {
	t.Helper()
	timeout := time.NewTimer(Patience)
	defer timeout.Stop()
	for {
		got, told := r.look()
		switch compare(got, want) {
		case same:
			r.mu.Lock()
			r.forget(len(want))
			r.mu.Unlock()
			return
		case different:
			t.Fatalf("got events\n\t%s\nwant\n\t%s", lines(got), lines(want))
		}
		select {
		case <-told:
		case <-timeout.C:
			t.Fatalf("got events\n\t%s\nand no more in %v; want\n\t%s", lines(got), Patience, lines(want))
		}
	}
}

// forget drops the first n lines. The caller holds mu.
func (r *Recorder) forget(n int) {
	if n > len(r.events) {
		r.data = r.data[:0]
		n--
	}
	r.events = r.events[n:]
}

// Events waits for OnClose and returns all events not forgotten yet.
func (r *Recorder) Events(t testing.TB) []string {
	t.Helper()
	timeout := time.After(Patience)
	for {
		told := r.next()
		if r.closed() {
			got, _ := r.look()
			return got
		}
		select {
		case <-told:
		case <-timeout:
			got, _ := r.look()
			t.Fatalf("got events\n\t%s\nand no close in %v", lines(got), Patience)
		}
	}
}

// closed reports whether OnClose was told.
func (r *Recorder) closed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.events)
	return n > 0 && strings.HasPrefix(r.events[n-1], "close")
}

// next returns a channel that is closed with the next event.
func (r *Recorder) next() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told == nil {
		r.told = make(chan struct{})
	}
	return r.told
}

// look returns the events so far, and a channel that is closed with the next.
func (r *Recorder) look() ([]string, <-chan struct{}) {
	told := r.next()
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.lines()), told
}

type verdict uint8

const (
	unfinished verdict = iota
	same
	different
)

// compare compares what came with what should; the last line that came may be
// data which is not complete.
func compare(got, want []string) verdict {
	for i, w := range want {
		switch {
		case i == len(got):
			return unfinished
		case got[i] == w:
		case i == len(got)-1 && strings.HasPrefix(w, data) && strings.HasPrefix(w, got[i]):
			return unfinished
		default:
			return different
		}
	}
	return same
}

// lines shows events, each cut to a readable length.
func lines(events []string) string {
	if len(events) == 0 {
		return "none"
	}
	shown := make([]string, len(events))
	for i, e := range events {
		if len(e) > 200 {
			e = e[:200] + "…"
		}
		shown[i] = e
	}
	return strings.Join(shown, "\n\t")
}
