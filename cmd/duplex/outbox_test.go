// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"io"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

// A full outbox pauses the socket that fills it, and resumes it when it is empty.
func TestFullOutboxPausesTheSocket(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		r, w := io.Pipe()
		o := newOutbox(w)
		if o.hold(a.Socket) || a.Paused() {
			t.Fatal("an empty outbox holds a socket")
		}
		o.Write([]byte("xy"))
		if _, err := r.Read(make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
		o.Write(make([]byte, outboxMark)) // while y is being written
		if !o.hold(a.Socket) || !a.Paused() {
			t.Fatal("a full outbox does not hold the socket")
		}
		io.WriteString(b, "later")
		go io.Copy(io.Discard, r) // until w is closed
		a.Expect(t, "data: later")
		if err := o.flush(); err != nil {
			t.Fatal(err)
		}
		w.Close()
	})
}

// After its file has failed, an outbox pauses no socket, and keeps the error.
func TestFailedOutboxPausesNoSocket(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		r, w := io.Pipe()
		o := newOutbox(w)
		o.Write(make([]byte, outboxMark))
		o.hold(a.Socket)
		gone := errors.New("gone")
		r.CloseWithError(gone)
		<-o.failed
		if o.flush() != gone || o.broken() != gone {
			t.Errorf("flush: %v, broken: %v; want %v", o.flush(), o.broken(), gone)
		}
		o.Write(make([]byte, 2*outboxMark))
		if o.hold(a.Socket) {
			t.Error("a broken outbox holds a socket")
		}
		io.WriteString(b, "later")
		a.Expect(t, "data: later")
	})
}
