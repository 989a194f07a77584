// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"os"
	"time"

	"github.com/duplex-go/duplex"
)

// A tape is the file of --record: a line that says what it is, and then a line of
// JSON for each event, writes and drains included, as they came.
type tape struct {
	*outbox
	name string
}

// newTape begins a recording. A file that exists is replaced.
func newTape(name string) (*tape, error) {
	f, err := createFor("record", name)
	if err != nil {
		return nil, err
	}
	r := &tape{newOutbox(f), name}
	line := fmt.Appendf(nil, `{"duplex":1,"started":"%s","args":[`, timestamp())
	for i, arg := range os.Args[1:] {
		if i > 0 {
			line = append(line, ',')
		}
		line = appendJSON(line, arg)
	}
	r.Write(append(line, "]}\n"...))
	return r, nil
}

// createFor makes the file that a flag names. One that exists is replaced.
func createFor(flag, name string) (*os.File, error) {
	f, err := os.Create(name)
	if err != nil {
		return nil, &failure{exitOther, err.Error(), "--" + flag + " takes the name of a file to write"}
	}
	return f, nil
}

// timestamp returns the time as JSON events have it.
func timestamp() string { return timeOf(time.Now()) }

func timeOf(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z07:00") }

// A recordError is why a recording is not complete.
type recordError struct {
	name string
	err  error
}

func (e *recordError) Error() string {
	return fmt.Sprintf("not all is recorded in %s: %v", e.name, e.err)
}
func (e *recordError) Unwrap() error { return e.err }

// hold pauses s if stdout or the recording is behind, and reports whether one is.
func (p *printer) hold(s *duplex.Socket) bool {
	full := p.outbox.hold(s)
	if p.record != nil {
		full = p.record.hold(s) || full
	}
	return full
}

// flush waits until all is written. It returns the error of stdout, or that of the
// recording.
func (p *printer) flush() error {
	if p.aside != nil {
		p.aside.flush()
	}
	if p.record != nil {
		p.record.flush()
	}
	p.outbox.flush()
	return p.broken()
}

// broken returns the error of stdout, or that of the recording, nil if there was none.
func (p *printer) broken() error {
	if err := p.outbox.broken(); err != nil || p.record == nil {
		return err
	}
	if err := p.record.broken(); err != nil {
		return &recordError{p.record.name, err}
	}
	return nil
}

// awaitFailure waits until stdout or the recording cannot be written.
func (p *printer) awaitFailure() {
	var record <-chan struct{}
	if p.record != nil {
		record = p.record.failed
	}
	select {
	case <-p.failed:
	case <-record:
	}
}

// resumeBy sets what resumes a socket that hold has paused.
func (p *printer) resumeBy(resume func(*duplex.Socket)) {
	p.outbox.resume = resume
	if p.record != nil {
		p.record.resume = resume
	}
}
