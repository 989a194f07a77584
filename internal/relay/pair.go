// Copyright 2026 The duplex authors. MIT license.

package relay

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/faults"
)

// ErrNoUpstream is why a client is reset that no upstream was found for.
var ErrNoUpstream = errors.New("no upstream accepts the connection")

// A Pair is a client and its upstream. It belongs to the loop that both legs are on,
// except for what is constant.
type Pair struct {
	Number   int64 // constant
	Client   *Leg  // constant
	Upstream *Leg  // nil until it is connected

	Target *Upstream // that of Upstream, or of the attempt
	Failed bool      // an error was reported
	Unmade bool      // Open of an upstream has failed

	relay   *Relay
	nth     int // of the clients of its relay
	born    time.Time
	left    []*Upstream                   // that can still be tried
	attempt *duplex.Socket                // nil if there is none
	far     atomic.Pointer[duplex.Socket] // that of Upstream, for any goroutine
	unpipe  []func()                      // undo the pipes, while the legs are piped
	made    net.Conn                      // by Open of the target; nil if that has an address

	stopping bool // no more is read from the client
	over     bool // both legs are reset or closed: nothing passes any more
	cut      bool // by a limit, or by Drop with an error: what is not passed on is lost
	meant    bool // a toxic has ended it: what is not passed on is meant to be lost
}

// A Leg is one of the two connections of a pair.
type Leg struct {
	*duplex.Socket
	Pair  *Pair
	ID    int64
	Value any // belongs to whom Report tells of it

	base     int64         // bytes written before those of the other leg
	line     *faults.Line  // what comes from here passes through it; nil if it passes as it is
	timer    *duplex.Timer // calls flow when something of line is due
	wasReset bool          // by Reset
	failed   bool          // the error of the pair is its
	queued   int64         // bytes that the kernel has lost, as l was cut
	heard    int64         // of a client that is not read any more: how many bytes had come
	silentAt int64         // moved when l was silent for too long last; -1 if it never was
	ended    bool          // the peer has sent its end
	passed   bool          // that end was passed on to the other leg
	finished bool          // the peer was sent ours
	gone     bool          // it is closed
}

// Direction returns the way of what comes from l.
func (l *Leg) Direction() faults.Direction {
	if l == l.Pair.Client {
		return faults.Up
	}
	return faults.Down
}

// Reset is Reset of the socket. WasReset reports that it was called, and l had not failed.
func (l *Leg) Reset() {
	l.wasReset = l.wasReset || l.Err() == nil
	l.Socket.Reset()
}

// WasReset reports whether the relay has reset l.
func (l *Leg) WasReset() bool { return l.wasReset }

// HadError reports whether l has failed, or closes because of the error of the other leg.
func (l *Leg) HadError() bool { return l.failed || l.Err() != nil }

// BytesSent returns how many bytes the kernel has taken, without those that it has lost as
// the relay has cut l.
func (l *Leg) BytesSent() int64 { return l.Socket.BytesSent() - l.queued }

// Carried returns how many bytes were passed on each way.
func (p *Pair) Carried() (up, down int64) {
	if p.Upstream != nil {
		up = p.Upstream.BytesSent() - p.Upstream.base
	}
	return up, p.Client.BytesSent() - p.Client.base
}

// Unsent returns how many bytes have come and were not passed on, each way. What a toxic
// has swallowed does not count, nor does what was under way when it ended the connection.
func (p *Pair) Unsent() (up, down int64) {
	if p.meant {
		return 0, 0
	}
	sentUp, sentDown := p.Carried()
	return p.Client.came() - sentUp, p.Upstream.came() - sentDown
}

// Unsent returns how many bytes have come for l from the other leg and were not passed on.
func (l *Leg) Unsent() int64 {
	up, down := l.Pair.Unsent()
	if l == l.Pair.Client {
		return down
	}
	return up
}

// came returns how many bytes have come from l that are to be passed on, with those of a
// file that are not read yet; 0 for a nil l.
func (l *Leg) came() (n int64) {
	switch {
	case l == nil:
		return 0
	case l.Pair.stopping && l == l.Pair.Client:
		n = l.heard
	default:
		n = l.BytesRead()
	}
	if made, ok := l.Pair.made.(interface{ Size() int64 }); ok && l == l.Pair.Upstream && !l.ended {
		n = max(n, made.Size())
	}
	if l.line != nil {
		n -= l.line.Swallowed()
	}
	return n
}

// other returns the other leg.
func (l *Leg) other() *Leg {
	if l == l.Pair.Client {
		return l.Pair.Upstream
	}
	return l.Pair.Client
}

// dial tries the next upstream. If none is left, the client is reset.
func (p *Pair) dial() {
	if len(p.left) == 0 {
		p.over, p.Failed = true, true
		p.relay.Report(Event{Name: "drop", Pair: p, Err: ErrNoUpstream})
		p.Client.Reset()
		return
	}
	r := p.relay
	p.Target, p.left = p.left[0], p.left[1:]
	dialer := r.Dialer
	dialer.Near = p.Client.Socket // the two share a loop, so that bytes cross no goroutine
	dialer.AllowHalfOpen = true
	dialer.MaxWriteBuffer = -1
	dialer.PauseOnConnect = true
	if !p.Target.Secure {
		dialer.TLS = nil
	}
	if r.Header != nil {
		dialer.ProxyHeader = r.Header(p.Client.Socket)
	}
	target := p.Target
	h := r.handler(p.join)
	h.OnError = func(s *duplex.Socket, err error) {
		if p.has(s) {
			p.Upstream.fail(err, isWrite(err))
			return
		}
		r.Report(Event{Name: "error", Pair: p, Err: err, Target: target})
		r.judge(target, err)
	}
	h.OnClose = func(s *duplex.Socket) {
		r.Pool.count(target, -1)
		if p.has(s) {
			p.Upstream.closed()
			return
		}
		p.attempt = nil
		if p.Client.gone {
			r.leave(p)
			return
		}
		if !p.over {
			p.dial()
		}
	}
	r.Pool.count(target, 1)
	p.attempt = p.connect(&dialer, h)
	p.attempt.Value = &Leg{Socket: p.attempt, Pair: p, ID: 2 * p.Number, silentAt: -1}
}

// connect begins the attempt to reach the target.
func (p *Pair) connect(dialer *duplex.Client, h *duplex.Handler) *duplex.Socket {
	if p.Target.Open == nil {
		return dialer.Connect(context.Background(), p.Target.Network, p.Target.Address, h)
	}
	conn, err := p.Target.Open(p)
	p.made, p.Unmade = conn, p.Unmade || err != nil
	s := dialer.Adopt(conn, h)
	if err != nil {
		s.Destroy(err)
	}
	return s
}

// has reports whether s is the upstream.
func (p *Pair) has(s *duplex.Socket) bool { return p.Upstream != nil && p.Upstream.Socket == s }

// join begins to pass on what comes, as an upstream is connected.
func (p *Pair) join(s *duplex.Socket) {
	l := legOf(s)
	l.base = s.BytesWritten() // the PROXY header
	p.Upstream, p.attempt, p.left = l, nil, nil
	p.far.Store(s)
	p.relay.judge(p.Target, nil)
	p.relay.Report(Event{Name: "connect", Pair: p, Leg: l})
	p.relay.Report(Event{Name: "connection", Pair: p})
	if p.relay.Tune != nil && !p.relay.Tune(s) {
		return
	}
	if p.over {
		l.Reset()
		return
	}
	p.age(l) // the client may close before all it has sent is due
	l.SetTimeout(p.relay.Limits.Idle)
	now := p.now()
	p.Client.line = p.relay.Faults.Line(p.nth, faults.Up, now, 0)
	l.line = p.relay.Faults.Line(p.nth, faults.Down, now, 0)
	if !p.relay.Watched && p.Client.line == nil && l.line == nil {
		p.unpipe = []func(){p.Client.Pipe(s), s.Pipe(p.Client.Socket)}
		p.Client.Resume()
		s.Resume()
	} else {
		p.Client.flow()
		l.flow()
	}
	if p.relay.isStopping() {
		p.finish()
	}
}

// post calls f on the loop of p, unless both legs are closed. Any goroutine may call it.
func (p *Pair) post(f func()) {
	if p.Client.Post(f) == nil {
		return
	}
	if s := p.far.Load(); s != nil {
		s.Post(f)
	}
}

// now returns the time of the lines of p.
func (p *Pair) now() time.Duration { return time.Since(p.born) }

// refit lets the lines follow a change of the toxics.
func (p *Pair) refit() {
	if p.Upstream == nil || p.over {
		return
	}
	now := p.now()
	for _, l := range []*Leg{p.Client, p.Upstream} {
		if l.line != nil {
			l.line.Follow(now)
			continue
		}
		passed := l.other().BytesWritten() - l.other().base
		if l.line = p.relay.Faults.Line(p.nth, l.Direction(), now, passed); l.line != nil && l.ended {
			l.line.End(now)
		}
	}
	if p.unpipe != nil {
		if p.Client.line == nil && p.Upstream.line == nil {
			return
		}
		for _, unpipe := range p.unpipe {
			unpipe()
		}
		p.unpipe = nil
	}
	p.Client.flow()
	p.Upstream.flowLater() // it writes to the client, which this function is posted to
}

// finish ends the way to the upstream, and leaves the way back open until the upstream
// has ended.
func (p *Pair) finish() {
	if !p.stopping {
		p.stopping, p.Client.heard = true, p.Client.BytesRead()
	}
	switch {
	case p.over:
	case p.Upstream == nil:
		p.drop(nil)
	default:
		p.Client.Pause()
		switch {
		case p.Client.ended:
		case p.Client.line != nil:
			p.Client.line.End(p.now())
			p.Client.flow()
		default:
			p.Upstream.End()
		}
		if p.Upstream.ended {
			p.Upstream.poster().Post(p.closeClient)
		}
	}
}

// closeClient closes the client of a pair that is stopping, once the upstream has ended and
// all is passed on.
func (p *Pair) closeClient() {
	if l := p.Upstream; l.line == nil || l.passed {
		p.Client.Close()
	}
}

// drop resets what there is of p. Why is the error if bytes are under way; if it is nil,
// their loss is meant.
func (p *Pair) drop(why error) {
	if !p.over && !(why != nil && p.brokenOff()) {
		if why != nil {
			p.cutOff()
		}
		p.cutTarget(nil)
		up, down := p.Unsent()
		switch {
		case why == nil:
		case down > 0:
			p.Client.fail(why, true)
		case up > 0 && p.Upstream != nil:
			p.Upstream.fail(why, true)
		}
	}
	p.reset()
}

// age lets p expire when it is as old as MaxAge allows, if l is open then.
func (p *Pair) age(l *Leg) {
	if most := p.relay.Limits.MaxAge; most > 0 {
		l.AfterFunc(max(0, most-p.now()), func() { p.expire(duplex.ErrMaxAge) })
	}
}

// cutOff notes that p is cut, though its ends have not: before they are reset.
func (p *Pair) cutOff() {
	if p.cut {
		return
	}
	p.cut = true
	for _, l := range []*Leg{p.Client, p.Upstream} {
		if l == nil || l.gone || p.relay.Queued == nil {
			continue
		}
		l.queued = p.relay.Queued(l.Socket)
		if l.finished {
			l.queued = max(0, l.queued-1) // the end counts as a byte
		}
	}
}

// brokenOff reports whether a peer has reset its connection, which the driver may not have seen
// yet. Then p has failed by that, and not by who would cut it now.
func (p *Pair) brokenOff() bool {
	for _, l := range []*Leg{p.Client, p.Upstream} {
		if l != nil && !l.gone && p.relay.BrokenOff != nil && p.relay.BrokenOff(l.Socket) {
			l.fail(l.Err(), false)
			return true
		}
	}
	return false
}

// expire resets what there is of a pair that has passed a limit of time.
func (p *Pair) expire(err error) {
	if p.over {
		return
	}
	if !p.brokenOff() {
		l := p.Client
		if l.gone {
			l = p.Upstream
		}
		p.cutOff()
		if p.Failed {
			p.cutTarget(err) // else fail does it
		}
		l.fail(err, false)
	}
	p.reset()
}

// cutTarget tells the target that p is reset before that has ended. If err is not nil, it
// was reported.
func (p *Pair) cutTarget(err error) {
	if p.over || p.Target == nil || p.Target.Cut == nil || !p.awaited() {
		return
	}
	switch why := p.Target.Cut(p, err); {
	case why == nil:
	case p.Upstream != nil:
		p.Upstream.fail(why, false)
	default:
		p.Failed = true
		p.relay.Report(Event{Name: "error", Pair: p, Err: why, Target: p.Target})
	}
}

// Fail reports an error of the upstream that its socket does not know of. Any goroutine may
// call it.
func (p *Pair) Fail(err error) {
	if s := p.far.Load(); s != nil {
		s.Post(func() { p.Upstream.fail(err, false) })
	}
}

// reckon asks the target what is left of a connection that it has made, and reports that
// unless the pair has failed.
func (p *Pair) reckon() {
	if p.Target.Closed == nil {
		return
	}
	orderly := p.Upstream.Err() == nil && !p.Failed && !p.over
	if err := p.Target.Closed(p, p.made, orderly); err != nil {
		p.Upstream.fail(err, true) // it is about what went there
	}
}

// reset resets what there is of p.
func (p *Pair) reset() {
	p.over = true
	p.Client.Reset()
	switch {
	case p.Upstream != nil:
		p.Upstream.Reset()
	case p.attempt != nil:
		p.attempt.Destroy(nil)
	}
}

// awaited reports whether there is an upstream, or an attempt, that has not ended.
func (p *Pair) awaited() bool {
	if p.Upstream == nil {
		return p.attempt != nil
	}
	return !p.Upstream.ended && !p.Upstream.gone
}
