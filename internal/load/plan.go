// Copyright 2026 The duplex authors. MIT license.

// Package load puts a server under load and measures how it bears that.
//
// A [Plan] says what to do: how many connections, what is sent, what completes a reply,
// and for how long. [Start] begins it and returns a [Run]; Wait of the Run returns the
// [Report].
//
// # Closed and open loop
//
// In a closed loop each connection sends its next message when the reply to the last one
// is there. A server that stalls then stalls the generator, too, and the messages that a
// client would have sent meanwhile are never measured. An open loop has a rate instead:
// each message has a time at which it is due, whatever the server does. It is sent as
// soon as a connection is free after that. Two times are measured. The response time
// counts from when the message was due; it is what a client feels. The service time
// counts from when the message was sent.
//
// # Loops
//
// There is an engine with one loop for each processor, and each connection belongs to
// one. A loop counts in a tally of its own, so a message takes no lock. The collector
// takes the tallies over, a few times a second, by a function that it posts to the loop.
package load

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/duplex-go/duplex"
)

// A Mode is what a connection does.
type Mode string

// The modes.
const (
	RoundTrip Mode = "rr"      // it sends messages and awaits their replies
	Stream    Mode = "stream"  // it sends messages, and no reply is awaited
	Connect   Mode = "connect" // it is made for one message, and closed
)

// A Plan is what a Run does.
type Plan struct {
	Network string // of Connect of a Client
	Address string

	// Client is how connections are made. Its Engine, Timeout and Resolver are set by
	// the Run.
	Client   duplex.Client
	Resolver duplex.Resolver // asked once; nil is the system's

	Mode  Mode
	Conns int // connections at a time; at least 1

	// Tune sets options of a socket that is connected. If it cannot, it destroys the socket
	// and reports false. Nil sets none.
	Tune func(*duplex.Socket) bool

	// Driver names how the loops reach the network, as in an Engine.
	Driver string

	// Loops is how many loops there are, at most one for each connection. Zero is
	// GOMAXPROCS.
	Loops int

	// Rate is how many messages a second all connections send together. Zero is a closed
	// loop.
	Rate float64

	// Pipeline is how many messages may be under way on a connection. Zero is 1.
	Pipeline int

	Payload Payload // what is sent
	Seed    *uint64 // that decided on the Payload; nil if nothing was left to chance
	Reply   Reply   // what completes a reply

	// Bare connections of the mode Connect send nothing and await no reply.
	Bare bool

	Warmup   time.Duration // not measured, before Duration
	Duration time.Duration

	// Timeout is how long connecting and a reply may take. Replies that are under way at
	// the end are awaited as long.
	Timeout time.Duration

	// Grace is how long replies are awaited after Stop.
	Grace time.Duration

	// Progress is called a few times a second, and Interval for each part of the time
	// that was measured, with its response times. The histogram is valid until Interval
	// returns. Both are called on one goroutine, and may be nil.
	Progress func(Progress)
	Interval func(Point, *hdrhistogram.Histogram)
}

// A Progress is how a Run does.
type Progress struct {
	Elapsed   time.Duration // since the first message
	Warming   bool          // the warm-up is not over
	PerSecond float64       // messages, lately
	P50, P99  time.Duration // of the response times, lately
	Errors    int64         // so far
	Conns     int           // that are open
}

// open reports whether there is a rate.
func (p *Plan) open() bool { return p.Rate > 0 }

// pipeline returns how many messages may be under way on a connection.
func (p *Plan) pipeline() int {
	if p.Mode == Connect {
		return 1
	}
	return max(1, p.Pipeline)
}

// A cachedResolver asks another once for each host, since a thousand connections would
// be a flood of questions.
type cachedResolver struct {
	duplex.Resolver
	mu    sync.Mutex // held while it asks
	known map[string]answer
}

// An answer of a resolver. One that is an error is valid for a second.
type answer struct {
	found []netip.Addr
	err   error
	at    time.Time
}

// LookupNetIP implements duplex.Resolver.
func (r *cachedResolver) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := network + " " + host
	a, ok := r.known[key]
	if !ok || a.err != nil && time.Since(a.at) > time.Second {
		a.found, a.err = r.Resolver.LookupNetIP(ctx, network, host)
		a.at = time.Now()
		if r.known == nil {
			r.known = make(map[string]answer)
		}
		r.known[key] = a
	}
	return a.found, a.err
}
