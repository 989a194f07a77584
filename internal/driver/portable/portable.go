// Copyright 2026 The duplex authors. MIT license.

// Package portable is the driver over package net. It runs wherever Go does: it
// is the one to fall back on, and the one that the others are compared with.
//
// # Goroutines
//
// Package net blocks, so whatever may take time has a goroutine while it does:
// a connect, a send, a close, a read, an accept. Each of them ends by posting
// what happened to the queue that Wait tells from. The next read begins only
// when the last one was told, so a slow loop slows its peers down.
//
// # Cost
//
// A connection that reads costs some 3 KiB, most of it the stack of a parked
// goroutine, but no buffer: one of 16 KiB is taken when bytes have arrived and
// returned when they have been told. A connection that does not read has no
// goroutine, except that the read under way when Receive stopped it stays parked
// until the peer sends or ends, and then leaves the bytes in the kernel.
//
// Send never takes anything at once: package net has no way to try.
package portable

import (
	"sync"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// A portable is the driver of one loop.
type portable struct {
	// Owned by the loop.
	listeners map[driver.ID]*listener
	batch     []event // taken from the queue and told from next on
	next      int
	timer     *time.Timer // runs only inside Wait

	// The loop writes sockets under mu and may read them without.
	mu      sync.Mutex
	sockets map[driver.ID]*socket
	queue   []event // posted by any goroutine, under mu
	woken   bool    // Wake was called since the queue was last taken; under mu

	signal chan struct{} // of capacity 1: the queue or woken has changed
}

// An event tells the loop's sink what happened, or nothing if the socket was
// closed in the meantime.
type event func(driver.Sink)

// New returns a driver.
func New() driver.Driver {
	d := &portable{
		listeners: make(map[driver.ID]*listener),
		sockets:   make(map[driver.ID]*socket),
		timer:     time.NewTimer(0),
		signal:    make(chan struct{}, 1),
	}
	d.timer.Stop()
	return d
}

func (d *portable) Wait(timeout time.Duration, sink driver.Sink) error {
	if d.next == len(d.batch) { // otherwise a sink call never returned
		d.await(timeout)
	}
	for d.next < len(d.batch) {
		tell := d.batch[d.next]
		d.batch[d.next] = nil
		d.next++
		tell(sink)
	}
	return nil
}

// await takes the queue, as soon as there is a reason to.
func (d *portable) await(timeout time.Duration) {
	var expired <-chan time.Time
	if timeout > 0 {
		d.timer.Reset(timeout)
		defer d.timer.Stop()
		expired = d.timer.C
	}
	for !d.take() && timeout != 0 {
		select {
		case <-d.signal:
		case <-expired:
			timeout = 0
		}
	}
}

// take makes the queue the batch, which has been told, and reports whether Wait
// has a reason to return.
func (d *portable) take() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.batch, d.queue, d.next = d.queue, d.batch[:0], 0
	woken := d.woken
	d.woken = false
	return woken || len(d.batch) > 0
}

func (d *portable) Wake() {
	d.mu.Lock()
	d.woken = true
	d.mu.Unlock()
	d.rouse()
}

// post adds an event to those that Wait tells.
func (d *portable) post(e event) {
	d.mu.Lock()
	d.queue = append(d.queue, e)
	d.mu.Unlock()
	d.rouse()
}

func (d *portable) rouse() {
	select {
	case d.signal <- struct{}{}:
	default: // a signal is there already
	}
}

func (d *portable) Close(id driver.ID, reset bool) {
	if l := d.listeners[id]; l != nil {
		l.close()
	} else if s := d.sockets[id]; s != nil {
		s.close(reset)
	}
}

func (d *portable) Stop() error { return nil }
