// Copyright 2026 The duplex authors. MIT license.

package equivalence_test

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
)

// An actor plays an end of the connection.
type actor struct {
	want    []string // all events that it has to report
	ready   chan struct{}
	socket  *duplex.Socket // once ready is closed
	nth     int            // of its handlers
	bell    chan struct{}
	secure  bool            // the connection has TLS
	workers *duplex.Workers // of its handlers
	hushed  atomic.Bool     // Close was called

	mu    sync.Mutex
	told  transcript
	fault error
}

// write writes a copy of some of bytes, and overwrites the copy afterwards.
func (a *actor) write(d deed, bytes []byte) (err error) {
	s := a.socket
	p := slices.Clone(bytes[d.from : d.from+d.size])
	defer clear(p)
	n := 0
	switch d.verb {
	case "write":
		n, err = s.Write(p)
	case "writeString":
		n, err = s.WriteString(string(p))
	case "writev":
		n, err = s.Writev(p[:d.size/3], nil, p[d.size/3:])
	case "writeFunc":
		n, err = s.WriteFunc(p, func(err error) { a.tell(writtenLine(d.from+d.size, err)) })
	}
	if err == nil && n != d.size || err != nil && n != 0 {
		a.fail(fmt.Errorf("%v returns %d, %v", d, n, err))
	}
	return err
}

// handler returns a Handler with the encoding and the lines of v.
func (a *actor) handler(v view, blocking bool) *duplex.Handler {
	event := func(name string) func(*duplex.Socket) {
		return func(*duplex.Socket) { a.tell(name) }
	}
	h := &duplex.Handler{
		Encoding:  v.enc,
		Blocking:  blocking,
		Workers:   a.workers,
		OnConnect: event("connect"),
		OnData: func(_ *duplex.Socket, p []byte) {
			a.note(func(t *transcript) {
				t.kept = 0
				if v.enc == nil {
					t.waiting = 0
				}
				t.data(p)
			})
		},
		OnEnd:     event("end"),
		OnFinish:  event("finish"),
		OnTimeout: event("timeout"),
		OnError:   func(_ *duplex.Socket, err error) { a.tell("error: " + errorWords(err)) },
		OnClose: func(s *duplex.Socket) {
			a.tell(closeLine(s.BytesRead(), s.BytesWritten(), errorWords(s.Err()), a.secure && a.hushed.Load()))
		},
	}
	if v.enc != nil {
		h.Encoding = observed{v.enc, a}
	}
	if !v.lines {
		return h
	}
	h.Split = func(data []byte, final bool) (n int, line []byte, err error) {
		n, line, err = codec.Lines.Split(data, final)
		a.note(func(t *transcript) {
			t.kept = len(data) - n
			if v.enc == nil {
				t.waiting = 0
			}
		})
		return n, line, err
	}
	h.MaxFrame = -1
	left := v.after
	h.OnData = func(s *duplex.Socket, p []byte) {
		if left--; left == 0 {
			switch v.then {
			case "pause":
				s.Pause()
			case "close":
				a.hushed.Store(true)
				s.Close()
			case "unsplit":
				s.SetHandler(a.handler(v.unsplit(), blocking))
			}
		}
		a.note(func(t *transcript) { t.line(p) })
	}
	return h
}

// observed is an Encoding that notes how many bytes of a character wait.
type observed struct {
	codec.Encoding
	actor *actor
}

func (o observed) Decode(dst, src []byte, final bool) (text []byte, rest int) {
	text, rest = o.Encoding.Decode(dst, src, final)
	o.actor.note(func(t *transcript) { t.waiting = rest })
	return text, rest
}

func errorWords(err error) string {
	var op *net.OpError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &op):
		return op.Op + " " + duplex.Code(err)
	}
	return err.Error()
}

func (a *actor) tell(event string) {
	a.note(func(t *transcript) { t.event(event) })
}

// note adds to the transcript.
func (a *actor) note(add func(*transcript)) {
	a.mu.Lock()
	add(&a.told)
	a.mu.Unlock()
	select {
	case a.bell <- struct{}{}:
	default:
	}
}

func (a *actor) fail(err error) {
	a.mu.Lock()
	a.fault = err
	a.mu.Unlock()
}

// await waits until a has reported as much as want says.
func (a *actor) await(want mark) error {
	patience := time.NewTimer(duplextest.Patience)
	defer patience.Stop()
	for {
		a.mu.Lock()
		got, events, fault := a.told.progress(), a.told.events, a.fault
		a.mu.Unlock()
		switch {
		case fault != nil:
			return fault
		case len(events) > len(a.want) || !slices.Equal(events, a.want[:len(events)]):
			return errors.New("is told something else")
		case want.reached(got):
			return nil
		case got.beyond(want.progress):
			return errors.New("is told too much")
		}
		select {
		case <-a.bell:
		case <-patience.C:
			return fmt.Errorf("is told no more in %v", duplextest.Patience)
		}
	}
}

// wait waits until c is closed.
func (a *actor) wait(c <-chan struct{}) error {
	select {
	case <-c:
		return nil
	case <-time.After(duplextest.Patience):
		return errors.New("waited in vain")
	}
}

// mark returns the state of a. Fields that do not matter are those of want.
func (a *actor) mark(want mark) mark {
	s := a.socket
	got := mark{state: s.State(), paused: s.Paused(), read: s.BytesRead(), written: s.BytesWritten(), unread: want.unread, deaf: want.deaf, lost: want.lost}
	a.mu.Lock()
	got.progress = a.told.progress()
	a.mu.Unlock()
	if want.unread {
		got.read = want.read
	}
	if want.lost {
		got.state = want.state
	}
	if want.deaf {
		got.paused = want.paused
	}
	if want.reached(got.progress) {
		got.progress = want.progress
	}
	return got
}
