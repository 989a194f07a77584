// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// A relay is a bad link: it carries the bytes of connections to an address, with faults
// that the test chooses. It works on streams, so it cannot lose or reorder packets.
type relay struct {
	to       string
	listener net.Listener
	group    sync.WaitGroup

	mu      sync.Mutex
	changed sync.Cond // on mu
	faults  faults
	closed  bool
	conns   map[*net.TCPConn]bool
}

// Faults are the faults of a relay, in both directions of all its connections.
type faults struct {
	delay   time.Duration // after which bytes and ends arrive
	rate    int           // bytes a second in each direction; 0 is no limit
	swallow bool          // what arrives is taken, and not passed on: neither bytes nor ends
	stuck   bool          // nothing is taken: the sender's queue fills
}

// newRelay returns a relay to the address, without faults. It ends with the test.
func newRelay(t testing.TB, to string) *relay {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{to: to, listener: ln, conns: make(map[*net.TCPConn]bool)}
	r.changed.L = &r.mu
	r.group.Go(r.accept)
	t.Cleanup(r.close)
	return r
}

// addr returns the address of the near end.
func (r *relay) addr() string { return r.listener.Addr().String() }

// set sets the faults from now on.
func (r *relay) set(f faults) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = f
	r.changed.Broadcast()
}

// cut resets all connections, at both ends.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.conns {
		c.SetLinger(0)
		c.Close()
	}
}

// close ends the relay and all its goroutines.
func (r *relay) close() {
	r.mu.Lock()
	r.closed = true
	r.faults = faults{}
	r.changed.Broadcast()
	r.mu.Unlock()
	r.listener.Close()
	r.cut()
	r.group.Wait()
}

// accept carries connections until close.
func (r *relay) accept() {
	for {
		near, err := r.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", r.to)
		if err != nil {
			near.Close()
			continue
		}
		a, b := near.(*net.TCPConn), far.(*net.TCPConn)
		r.mu.Lock()
		r.conns[a], r.conns[b] = true, true
		late := r.closed
		r.mu.Unlock()
		if late {
			r.cut()
		}
		r.group.Go(func() {
			var both sync.WaitGroup
			both.Go(func() { r.carry(a, b) })
			both.Go(func() { r.carry(b, a) })
			both.Wait()
			r.mu.Lock()
			delete(r.conns, a)
			delete(r.conns, b)
			r.mu.Unlock()
			a.Close()
			b.Close()
		})
	}
}

// A parcel is bytes on their way, or an end if there are none.
type parcel struct {
	bytes []byte
	due   time.Time
}

// carry carries one direction until it ends or fails, and all before has arrived.
func (r *relay) carry(from, to *net.TCPConn) {
	way := make(chan parcel, 1024)
	var arrival sync.WaitGroup
	defer arrival.Wait()
	defer close(way)
	arrival.Go(func() { // until way is closed
		failed := false
		for p := range way {
			time.Sleep(time.Until(p.due))
			switch {
			case failed:
			case len(p.bytes) == 0:
				to.CloseWrite()
			default:
				_, err := to.Write(p.bytes)
				if failed = err != nil; failed {
					from.SetLinger(0)
					from.Close()
				}
				if rate := r.now().rate; rate > 0 {
					time.Sleep(time.Duration(len(p.bytes)) * time.Second / time.Duration(rate))
				}
			}
		}
	})
	for {
		r.whileStuck()
		p := make([]byte, 16<<10)
		n, err := from.Read(p)
		if n == 0 && err != nil && err != io.EOF {
			to.SetLinger(0)
			to.Close()
			return
		}
		if f := r.now(); !f.swallow {
			way <- parcel{p[:n], time.Now().Add(f.delay)}
		}
		if n == 0 {
			return
		}
	}
}

// now returns the faults of now.
func (r *relay) now() faults {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.faults
}

// whileStuck waits until the relay is not stuck.
func (r *relay) whileStuck() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.faults.stuck {
		r.changed.Wait()
	}
}
