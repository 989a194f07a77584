// Copyright 2026 The duplex authors. MIT license.

package relay

import (
	"errors"
	"net"
	"os"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/faults"
)

// data passes on what has come.
func (l *Leg) data(p []byte) {
	pair, r := l.Pair, l.Pair.relay
	var touches faults.Touches
	if l.line != nil {
		touches = l.line.Put(pair.now(), p)
	}
	if r.Watched {
		r.Report(Event{Name: "data", Pair: pair, Leg: l, Data: p, Touches: touches})
	}
	switch {
	case pair.over:
	case l.line != nil:
		l.flow()
	default:
		l.pass(p)
		l.settle()
	}
}

// end passes on the end of the peer.
func (l *Leg) end() {
	pair := l.Pair
	l.ended = true
	var touches faults.Touches
	if l.line != nil {
		touches = l.line.End(pair.now())
	}
	pair.relay.Report(Event{Name: "end", Pair: pair, Leg: l, Touches: touches})
	switch {
	case pair.over:
	case l.line != nil:
		l.flow()
	case pair.unpipe == nil:
		l.passEnd()
	case pair.stopping && l == pair.Upstream:
		pair.Client.Close()
	}
}

// drained goes on with what waits for l.
func (l *Leg) drained() {
	switch o := l.other(); {
	case o == nil || l.Pair.unpipe != nil:
	case o.gone:
		o.flowLater()
	default:
		o.flow()
	}
}

// fail reports the first error of a pair, which is of what l sends or of what comes from
// it. The second is what it leads to.
func (l *Leg) fail(err error, sending bool) {
	pair := l.Pair
	if pair.Failed || pair.over {
		return
	}
	pair.Failed, l.failed = true, true
	ours := errors.Is(err, os.ErrDeadlineExceeded) // a limit of ours
	if ours {
		pair.cutOff()
	}
	pair.relay.Report(Event{Name: "error", Pair: pair, Leg: l, Err: err, Sending: sending})
	if ours {
		pair.cutTarget(err)
	}
}

// isWrite reports whether err is of what was to be sent.
func isWrite(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "write"
}

// closed resets the other leg, unless both directions have ended.
func (l *Leg) closed() {
	pair, o := l.Pair, l.other()
	l.gone = true
	if l == pair.Upstream {
		pair.reckon()
	}
	pair.relay.Report(Event{Name: "close", Pair: pair, Leg: l})
	if o != nil {
		l.schedule() // by the other leg
	}
	orderly := l.Err() == nil && (l.ended && l.finished || pair.stopping)
	switch {
	case o == nil && pair.attempt != nil:
		pair.over = true
		pair.attempt.Destroy(nil) // its OnClose ends the pair
	case o == nil || o.gone:
		pair.relay.leave(pair)
	case pair.over || orderly || pair.unpipe != nil: // a pipe has passed it on
	case l.line != nil && !pair.cut:
		l.line.Abort(pair.now()) // after what it has sent
		l.flow()
	default:
		pair.over = true
		o.Reset()
	}
	if o != nil && !o.gone && !pair.over {
		o.SetTimeout(pair.relay.Limits.Idle) // again: it counts for o alone now
	}
}

// timeOut resets both legs if they are silent for too long, both of them: l is.
func (l *Leg) timeOut() {
	l.silentAt = l.moved()
	if o := l.other(); o == nil || o.gone || o.silentAt == o.moved() {
		l.Pair.expire(l.Pair.relay.Limits.idleError())
	}
}

// moved returns how many bytes have come from l, or were sent to it.
func (l *Leg) moved() int64 { return l.BytesRead() + l.Socket.BytesSent() }

// flowLater calls flow in a posted function. See poster.
func (l *Leg) flowLater() { l.poster().Post(l.flow) }

// poster returns the socket that functions are posted to which call flow of l. What a posted
// function writes to its own socket goes before what others have written to it since Post.
// So it is l, and not the one that flow writes to. When l is gone it has to be that: then
// nothing but posted functions calls flow.
func (l *Leg) poster() *duplex.Socket {
	if l.gone {
		return l.other().Socket
	}
	return l.Socket
}

// flow passes on what is due of what has come from l.
func (l *Leg) flow() {
	pair, o := l.Pair, l.other()
	if o == nil {
		return
	}
	for l.line != nil && !pair.over {
		parcel, due := l.line.Next(pair.now(), o.NeedDrain())
		if !due {
			break
		}
		switch parcel.What {
		case faults.Data:
			l.passPiece(parcel.Data)
		case faults.End:
			l.passEnd()
		case faults.Abort:
			pair.over = true
			o.Reset()
		case faults.Close:
			pair.over, pair.meant = true, true
			pair.relay.Report(Event{Name: "toxic", Pair: pair, Leg: l, Toxic: parcel.Toxic})
			o.Close()
			l.Close()
		case faults.Cut:
			pair.over, pair.meant = true, true
			pair.relay.Report(Event{Name: "toxic", Pair: pair, Leg: l, Toxic: parcel.Toxic})
			o.Reset()
			l.Reset()
		}
	}
	l.schedule()
	l.settle()
}

// schedule sets the timer for what is due next.
func (l *Leg) schedule() {
	l.timer.Stop()
	l.timer = nil
	if o := l.other(); l.line != nil && !l.Pair.over {
		if at, ever := l.line.Wake(o.NeedDrain()); ever {
			l.timer = l.poster().AfterFunc(max(0, at-l.Pair.now()), l.flow)
		}
	}
}

// pass sends p to the other leg.
func (l *Leg) pass(p []byte) {
	pair, o := l.Pair, l.other()
	if pair.relay.Watched {
		pair.relay.Report(Event{Name: "write", Pair: pair, Leg: o, Data: p, Sending: true})
	}
	if _, err := o.Write(p); err != nil && !pair.stopping {
		if cause := o.Err(); cause != nil { // it closes, and its OnError is yet to come
			err = cause
		}
		o.fail(err, isWrite(err))
		pair.over = true
		o.Reset()
		l.Reset()
	}
}

// passPiece sends p to the other leg: at once, if pieces are to stay what they are.
func (l *Leg) passPiece(p []byte) {
	if l.line.Slices() {
		o := l.other()
		n, err := o.TryWrite(p)
		if n > 0 && l.Pair.relay.Watched {
			l.Pair.relay.Report(Event{Name: "write", Pair: l.Pair, Leg: o, Data: p[:n], Sending: true})
		}
		if err == nil && n == len(p) {
			return
		}
		p = p[n:]
	}
	l.pass(p)
}

// passEnd ends the other leg.
func (l *Leg) passEnd() {
	o := l.other()
	l.passed = true
	if l.Pair.stopping && o == l.Pair.Client {
		o.Close() // what the client still sends has no way to go
		return
	}
	o.End()
}

// settle pauses l if the other leg, the line or the reader of the events has to catch up
// first, and resumes it otherwise.
func (l *Leg) settle() {
	pair, o := l.Pair, l.other()
	switch {
	case o == nil || pair.over || l.gone || pair.unpipe != nil:
	case pair.stopping && l == pair.Client, o.NeedDrain(), l.line != nil && l.line.Full():
		l.Pause()
	case pair.relay.Watched && pair.relay.Hold(l.Socket):
	case l.Paused():
		l.Resume()
	}
}

// resume is settle after a pause for the reader of the events.
func (l *Leg) resume() {
	if l != nil {
		l.settle()
	}
}
