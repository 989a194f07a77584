// Copyright 2026 The duplex authors. MIT license.

package duplextest

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/duplex-go/duplex"
)

// A Recorder records the calls of a Handler, one line for each event:
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
// The zero Recorder is ready. It records one socket.
type Recorder struct {
	// All records drain and finish too, which depend on the system's buffers and
	// on the peer's pace. Set it before the call of Handler.
	All bool

	// Pieces makes each call of OnData an event of its own, empty pieces included.
	// Set it to test a Handler with a Framing, whose pieces are frames. Without it,
	// data that arrived in pieces is one event, as a network may cut it anywhere.
	//
	// Pieces and Patience are for the goroutine that calls Expect, which may set
	// them at any time.
	Pieces bool

	// Patience is how long Expect, ExpectMatch and Events wait. Zero is the
	// package's Patience; with a negative one they wait for ever.
	Patience time.Duration

	mu     sync.Mutex
	events []event       // not expected yet
	past   []string      // the last of those that were, shortened
	told   chan struct{} // closed when an event is added
}

// An event is a line, or data that arrived without another event in between.
type event struct {
	line string

	// Of data. A Builder, so that looking at what has arrived does not copy it.
	text *strings.Builder // "data: ", then what arrived
	from int              // where in text that begins which was not expected yet
	ends []int            // where in text each piece ends
}

// all returns the line of data that is not cut into its pieces.
func (e *event) all() string {
	if e.from == len(data) {
		return e.text.String()
	}
	return data + e.text.String()[e.from:]
}

const data = "data: "

// add records a line.
func (r *Recorder) add(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, event{line: line})
	r.tell()
}

// addData records a call of OnData.
func (r *Recorder) addData(p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.events); n == 0 || r.events[n-1].text == nil {
		text := new(strings.Builder)
		text.WriteString(data)
		r.events = append(r.events, event{text: text, from: len(data)})
	}
	last := &r.events[len(r.events)-1]
	last.text.Write(p)
	last.ends = append(last.ends, last.text.Len())
	r.tell()
}

func (r *Recorder) tell() {
	if r.told != nil {
		close(r.told)
		r.told = nil
	}
}

// look returns the events so far, and a channel that is closed with the next.
func (r *Recorder) look() (lines []string, told <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		switch {
		case e.text == nil:
			lines = append(lines, e.line)
		case r.Pieces:
			from := e.from
			for _, end := range e.ends {
				lines = append(lines, data+e.text.String()[from:end])
				from = end
			}
		case e.text.Len() > e.from:
			lines = append(lines, e.all())
		}
	}
	if r.told == nil {
		r.told = make(chan struct{})
	}
	return lines, r.told
}

// forget drops the first lines, which were expected.
func (r *Recorder) forget(lines []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n := len(lines); n > 0; {
		switch e := &r.events[0]; {
		case e.text == nil:
			n--
		case !r.Pieces && e.text.Len() > e.from:
			line := lines[len(lines)-n]
			n--
			if seen := e.from + len(line) - len(data); seen < e.text.Len() { // more has come since look
				e.from, e.ends = seen, slices.DeleteFunc(e.ends, func(end int) bool { return end <= seen })
				continue
			}
		case !r.Pieces: // is no line
		case len(e.ends) > n:
			e.from, e.ends = e.ends[n-1], e.ends[n:]
			n = 0
			continue
		default:
			n -= len(e.ends)
		}
		r.events = r.events[1:]
	}
	for _, line := range lines {
		r.past = append(r.past, shorten(line))
	}
	const most = 20
	r.past = r.past[max(0, len(r.past)-most):]
}

// closed reports whether OnClose was recorded.
func (r *Recorder) closed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.events)
	return n > 0 && strings.HasPrefix(r.events[n-1].line, "close")
}

// Handler returns a Handler that records each call and passes it on to h, which
// may be nil. Every call but OnClose is recorded before h is called: a test that has
// seen it and needs what h does waits for that, too.
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
