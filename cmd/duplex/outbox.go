// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"os"
	"sync"

	"github.com/duplex-go/duplex"
)

// outboxMark is the number of waiting bytes at which an outbox counts as full.
const outboxMark = 64 << 10

// An outbox writes to a file that may be slow, for callbacks that must not block:
// Write queues bytes and returns at once. A socket that fills the queue is paused
// until the queue is written, so the queue is bounded.
type outbox struct {
	file   io.Writer
	resume func(*duplex.Socket) // Socket.Resume, if nothing else paused it
	failed chan struct{}        // closed once err is set

	mu      sync.Mutex
	changed sync.Cond // on mu: queue, writing or err
	queue   []byte
	writing bool
	ending  bool             // the file is closed when the queue is written
	paused  []*duplex.Socket // to be resumed when the queue is written
	err     error            // of the file; later bytes are dropped
}

func newOutbox(file io.Writer) *outbox {
	o := &outbox{file: file, resume: (*duplex.Socket).Resume, failed: make(chan struct{})}
	o.changed.L = &o.mu
	go o.run() // until the file fails, after end, or the process ends
	return o
}

// Write queues a copy of p.
func (o *outbox) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.queue = append(o.queue, p...)
		o.changed.Broadcast()
	}
	return len(p), nil
}

// hold pauses s if the outbox is full, and reports whether it is.
func (o *outbox) hold(s *duplex.Socket) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) < outboxMark {
		return false
	}
	s.Pause()
	o.paused = append(o.paused, s)
	return true
}

// waits reports whether the outbox is full.
func (o *outbox) waits() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue) >= outboxMark
}

// end closes the file, an io.Closer, when the queue is written.
func (o *outbox) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ending = true
	o.changed.Broadcast()
}

// flush waits until the queue is written. It returns the error of the file.
func (o *outbox) flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.err == nil && (len(o.queue) > 0 || o.writing) {
		o.changed.Wait()
	}
	return o.err
}

// broken returns the error of the file, nil if there was none.
func (o *outbox) broken() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

func (o *outbox) run() {
	var batch []byte
	for {
		o.mu.Lock()
		for len(o.queue) == 0 && !o.ending {
			o.changed.Wait()
		}
		if len(o.queue) == 0 {
			o.mu.Unlock()
			o.file.(io.Closer).Close()
			return
		}
		batch, o.queue = o.queue, batch[:0]
		o.writing = true
		paused := o.paused
		o.paused = nil
		o.mu.Unlock()

		file := o.file
		if e := screen.Load(); e != nil && file == os.Stdout {
			file = e
		}
		_, err := file.Write(batch)

		o.mu.Lock()
		o.writing = false
		if err != nil {
			o.err = err
			o.queue = nil
			paused = append(paused, o.paused...)
			close(o.failed)
		}
		o.changed.Broadcast()
		o.mu.Unlock()
		for _, s := range paused {
			o.resume(s)
		}
		if err != nil {
			return
		}
	}
}
