// Copyright 2026 The duplex authors. MIT license.

package foreign

import (
	"net"
	"sync"

	"github.com/duplex-go/duplex/internal/driver"
)

// A ListenerSink receives the events of a Listener, on the loop. They mean what those of
// driver.Sink do.
type ListenerSink interface {
	Accepted(c driver.Conn)
	AcceptFailed(err error)
	Closed()
}

// A Listener serves any net.Listener, by one goroutine.
type Listener struct {
	net.Listener
	post func(func()) // constant from Start on
	sink ListenerSink // constant from Start on

	mu      sync.Mutex
	changed sync.Cond // on mu
	on      bool      // the loop wants connections; only the loop writes it
	closing bool      // only the loop writes it

	work sync.WaitGroup
}

// Listen returns ln, which belongs to it from here on. Close of the Listener closes it, if it
// was not started.
func Listen(ln net.Listener) *Listener {
	l := &Listener{Listener: ln}
	l.changed.L = &l.mu
	return l
}

// Start accepts from now on. All other methods belong to the loop.
func (l *Listener) Start(post func(func()), sink ListenerSink) {
	l.post, l.sink, l.on = post, sink, true
	l.work.Go(l.accept) // until it is closed
}

// accept accepts while the loop wants connections, one ahead.
func (l *Listener) accept() {
	for l.await() {
		c, err := l.Listener.Accept()
		if !l.await() {
			if err == nil {
				c.Close()
			}
			return
		}
		taken := make(chan struct{})
		l.post(func() {
			defer close(taken)
			switch {
			case l.closing && err == nil:
				c.Close()
			case l.closing:
			case err != nil:
				l.Receive(false)
				l.sink.AcceptFailed(translate(err))
			default:
				f := New(c)
				l.sink.Accepted(driver.Conn{Local: f.Local(), Remote: f.Remote(), Handle: Handle{f}})
			}
		})
		<-taken
	}
}

// await waits until the loop wants connections. It reports false if the Listener is closed.
func (l *Listener) await() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.on && !l.closing {
		l.changed.Wait()
	}
	return !l.closing
}

// Receive starts or stops accepting, as Accept of a driver does.
func (l *Listener) Receive(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.on = on
	l.changed.Signal()
}

// End closes the Listener, which was started. Closed follows.
func (l *Listener) End() {
	if l.closing {
		return
	}
	l.mu.Lock()
	l.closing = true
	l.changed.Signal()
	l.mu.Unlock()
	go func() { // until Accept has returned
		_ = l.Listener.Close()
		l.work.Wait()
		l.post(l.sink.Closed)
	}()
}
