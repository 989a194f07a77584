// Copyright 2026 The duplex authors. MIT license.

// Package portable is the driver over package net. It runs on every system that Go runs
// on. It is the fallback, and the reference for the other drivers.
//
// # Goroutines
//
// Package net blocks, so every operation that may take time has a goroutine meanwhile: a
// connect, a send, a close, a read, an accept. Each of them ends by posting an event to
// the queue of Wait. The next read begins only after the bytes of the last read were
// delivered, so a slow loop slows its peers down.
//
// # Cost
//
// A connection that reads costs some 3 KiB, most of it the stack of a parked goroutine,
// but no buffer: it takes one of 16 KiB when bytes have arrived and returns it when they
// have been delivered. A connection that does not read has no goroutine, with one
// exception: the read that was under way when Receive stopped it stays parked until the
// peer sends or ends, and then leaves the bytes in the kernel. A connection whose peer has
// ended keeps the goroutine, which waits for a reset. Windows reports no such reset, so
// there the goroutine ends.
//
// Send tries once and gives the rest to a goroutine, so a connection whose reader keeps up
// needs no such goroutine. On Windows package net has no way to try, so Send takes nothing
// at once.
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
	batch     []event // taken from the queue and reported from next on
	next      int
	timer     *time.Timer // runs only inside Wait

	// The loop writes sockets under mu and may read them without it.
	mu      sync.Mutex
	sockets map[driver.ID]*socket
	queue   []event // posted by any goroutine, under mu
	woken   bool    // Wake was called since the queue was last taken; under mu

	signal chan struct{} // of capacity 1: the queue or woken has changed
}

// An event calls the loop's sink, or does nothing if the socket was closed in the
// meantime.
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
	if d.next == len(d.batch) { // otherwise a call of the sink never returned
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

// await waits until Wait has a reason to return, and takes the queue.
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

// take makes the queue the next batch, after the last one has been reported, and reports
// whether Wait has a reason to return.
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

// post adds an event to the queue of Wait.
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
