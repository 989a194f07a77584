// Copyright 2026 The duplex authors. MIT license.

// Package relay joins each client of a server to an upstream: bytes, ends and resets of
// one pass to the other, through the toxics of a [faults.Set] if there are any.
//
// A [Relay] listens, a [Pool] chooses upstreams, and a [Pair] is a client with its upstream:
// two legs. All that happens is reported as an [Event].
package relay

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/faults"
)

// A Relay passes connections on. Its exported fields must not change once it has started.
type Relay struct {
	Name             string // of the proxy, for people
	Network, Address string // where it listens
	Pool             *Pool
	Faults           *faults.Set

	// NewServer returns the server of a life of the relay, which sets the Handler and what
	// else a relay needs. Its limits of time are those of Limits, but for WriteTimeout.
	NewServer func() *duplex.Server

	// Dialer says how upstreams are connected to. Its TLS is for those that are Secure.
	Dialer duplex.Client

	// Header returns the PROXY header for a client; nil announces none.
	Header func(client *duplex.Socket) *duplex.ProxyHeader

	// Tune sets options of a socket that is connected. If it cannot, it destroys the socket
	// and reports false. Nil sets none.
	Tune func(*duplex.Socket) bool

	// Watched says that every piece of data is reported. Without it, and without toxics, the
	// two legs are piped, and on Linux the kernel carries most bytes.
	Watched bool

	// Report is called with all that happens, on the loop of the pair.
	Report func(Event)

	// Hold pauses a socket if what Report has printed waits, and reports whether it did.
	// Resume has to be called then.
	Hold func(*duplex.Socket) bool

	// Queued returns how many bytes of a socket the kernel has taken, and the peer has not. They
	// are lost if the socket is reset. Nil is a kernel that does not say.
	Queued func(*duplex.Socket) int64

	// BrokenOff reports whether the peer of a socket has reset the connection, also if the driver
	// has not looked at that yet. The socket is destroyed then, with that error. Nil is a system
	// that does not say.
	BrokenOff func(*duplex.Socket) bool

	Limits    Limits        // of a client, which is reset then, as is its upstream; Idle is of both
	StopAfter int           // stops listening after so many clients; 0 is never
	Numbers   *atomic.Int64 // of connections, which several relays share
	Health    time.Duration // between checks of upstreams; 0 is never

	unsent atomic.Int64

	mu       sync.Mutex // guards what follows
	server   *duplex.Server
	bound    net.Addr // where it has listened; the port of 0 is the one that was chosen
	pairs    map[*Pair]struct{}
	accepted int
	stopping bool
	cancel   context.CancelFunc // ends the checks of health
}

// An Event is what happened to a relay, a pair or one of its legs.
type Event struct {
	Name    string // Node's word, or toxic
	Pair    *Pair  // nil if it is no pair's
	Leg     *Leg   // nil if it is that of the whole pair
	Data    []byte // of data and write; valid during the call
	Err     error
	Sending bool           // it is of what Leg sends, and not of what comes from it
	Touches faults.Touches // what toxics do to the data, or to the end
	Toxic   *faults.Toxic  // that ends a connection
	Target  *Upstream      // of error and ready, by a check of its health
}

// Start listens.
func (r *Relay) Start() error {
	srv := r.NewServer()
	srv.Handler = r.handler(func(s *duplex.Socket) { r.welcome(s) })
	srv.PauseOnConnect = true // nothing is read before there is somewhere to send it
	srv.AllowHalfOpen = true
	srv.MaxWriteBuffer = -1 // a leg whose other does not read is paused
	srv.IdleTimeout, srv.FirstByteTimeout, srv.ReadTimeout, srv.MaxAge = 0, 0, 0, 0
	r.mu.Lock()
	r.server, r.stopping = srv, false
	if r.pairs == nil {
		r.pairs = make(map[*Pair]struct{})
	}
	address := r.Address
	if r.bound != nil {
		address = r.bound.String() // it listens again, where clients know it
	}
	r.mu.Unlock()
	if err := srv.Listen(r.Network, address); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.mu.Lock()
	r.bound, r.cancel = srv.Addr(), cancel
	r.mu.Unlock()
	if r.Health > 0 {
		for _, u := range r.Pool.All() {
			if u.Open == nil {
				go r.check(ctx, u) // until Stop or Drop
			}
		}
	}
	return nil
}

// Addr returns where it listens, or has listened.
func (r *Relay) Addr() net.Addr {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bound
}

// Len returns how many pairs there are.
func (r *Relay) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.pairs)
}

// Stop accepts no more clients, and ends the way to the upstream of each pair. A pair is
// over when its upstream has ended, too.
func (r *Relay) Stop() { r.close((*Pair).finish) }

// Drop accepts no more clients, and resets every connection. Why is the error of those
// that had bytes under way, and Unsent counts the bytes; if it is nil, their loss is meant.
func (r *Relay) Drop(why error) { r.close(func(p *Pair) { p.drop(why) }) }

// Unsent returns how many bytes have come and were not passed on, in the connections that
// are over: those that a limit has cut, or Drop with an error.
func (r *Relay) Unsent() int64 { return r.unsent.Load() }

// close stops listening, and calls end for each pair on its loop.
func (r *Relay) close(end func(*Pair)) {
	r.mu.Lock()
	srv, cancel := r.server, r.cancel
	r.stopping = true
	r.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if srv != nil {
		srv.Unlisten()
	}
	for p := range r.all() {
		p.post(func() { end(p) })
	}
}

// Refit lets the connections that exist follow a change of Faults.
func (r *Relay) Refit() {
	for p := range r.all() {
		p.post(p.refit)
	}
}

// all returns the pairs that exist now.
func (r *Relay) all() map[*Pair]struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make(map[*Pair]struct{}, len(r.pairs))
	for p := range r.pairs {
		all[p] = struct{}{}
	}
	return all
}

// welcome makes a pair of a new client, and looks for an upstream.
func (r *Relay) welcome(s *duplex.Socket) {
	r.mu.Lock()
	r.accepted++
	p := &Pair{Number: r.Numbers.Add(1), relay: r, nth: r.accepted, born: time.Now()}
	p.Client = &Leg{Socket: s, Pair: p, ID: 2*p.Number - 1, base: s.BytesWritten(), silentAt: -1}
	s.Value = p.Client
	r.pairs[p] = struct{}{}
	last, stopping := r.accepted == r.StopAfter, r.stopping
	srv := r.server
	r.mu.Unlock()
	if last {
		srv.Unlisten()
	}
	r.Report(Event{Name: "connection", Pair: p, Leg: p.Client})
	if r.Tune != nil && !r.Tune(s) {
		return
	}
	if stopping {
		p.drop(nil)
		return
	}
	p.age(p.Client)
	s.SetTimeout(r.Limits.Idle)
	ofClient := r.Limits
	ofClient.Idle, ofClient.MaxAge = 0, 0 // timeOut and age see to them, for both legs
	ofClient.Watch(s, func() bool { return p.Upstream != nil && p.Upstream.NeedDrain() }, p.expire)
	p.left = r.Pool.order(p.nth)
	p.dial()
}

// leave forgets a pair both of whose legs are closed.
func (r *Relay) leave(p *Pair) {
	r.mu.Lock()
	delete(r.pairs, p)
	r.mu.Unlock()
	if p.cut {
		up, down := p.Unsent()
		r.unsent.Add(up + down)
	}
	r.Report(Event{Name: "close", Pair: p})
}

// isStopping reports whether it accepts no more clients.
func (r *Relay) isStopping() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopping
}

// Resume resumes a socket of a pair that Hold has paused. Any goroutine may call it.
func Resume(s *duplex.Socket) { s.Post(func() { legOf(s).resume() }) }

var legOf = duplex.ValueOf[*Leg]

// handler returns the Handler of a leg. Connected is called with OnConnect.
func (r *Relay) handler(connected func(*duplex.Socket)) *duplex.Handler {
	report := func(name string) func(*duplex.Socket) {
		return func(s *duplex.Socket) {
			if l := legOf(s); l != nil {
				r.Report(Event{Name: name, Pair: l.Pair, Leg: l})
			}
		}
	}
	return &duplex.Handler{
		OnConnect: connected,
		OnSecure:  report("secure"),
		OnData:    func(s *duplex.Socket, data []byte) { legOf(s).data(data) },
		OnEnd:     func(s *duplex.Socket) { legOf(s).end() },
		OnDrain: func(s *duplex.Socket) {
			if l := legOf(s); l != nil {
				r.Report(Event{Name: "drain", Pair: l.Pair, Leg: l, Sending: true})
				l.drained()
			}
		},
		OnTimeout: func(s *duplex.Socket) { legOf(s).timeOut() },
		OnFinish:  func(s *duplex.Socket) { legOf(s).finished = true },
		OnError: func(s *duplex.Socket, err error) {
			if l := legOf(s); l != nil {
				l.fail(err, isWrite(err))
			}
		},
		OnClose: func(s *duplex.Socket) {
			if l := legOf(s); l != nil { // else it has ended before OnConnect
				l.closed()
			}
		},
	}
}
