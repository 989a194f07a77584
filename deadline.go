// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"math"
	"os"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// touch records activity: bytes moved, the connection was made, or the peer ended.
func (st *stream) touch(now int64) {
	st.active = max(st.active, now)
	switch st.silence {
	case silent:
		st.silence = counting
	case silenceDue:
		st.silence = silenceOver
	}
}

// later returns t plus d, capped at the largest time, so that the longest duration
// means "never".
func later(t int64, d time.Duration) int64 {
	if int64(d) > math.MaxInt64-t {
		return math.MaxInt64
	}
	return t + int64(d)
}

// A limit is a time limit of sockets.
type limit struct {
	when   func(*stream) int64 // when it passes; 0 if it does not count now
	pass   func(*stream)       // applies it
	awaits news
}

// News are what a limit waits for. A callback may have held the loop up for longer
// than the limit: then the driver is asked whether it has come meanwhile.
type news uint8

const (
	bytesIn  news = 1 << iota // the peer's bytes, or its end
	bytesOut                  // room in the kernel for bytes that wait
)

// A timeoutError is the error of a time limit that Node does not have. It is a net.Error,
// and os.ErrDeadlineExceeded, too.
type timeoutError struct{ text, code string }

func (e *timeoutError) Error() string { return e.text }

func (e *timeoutError) Timeout() bool { return true }

// Temporary completes net.Error, and returns what os.ErrDeadlineExceeded does.
func (e *timeoutError) Temporary() bool { return true }

func (e *timeoutError) Is(target error) bool { return target == os.ErrDeadlineExceeded }

// Errors of sockets whose time is up. Each is also [os.ErrDeadlineExceeded] for
// [errors.Is], and a [net.Error] whose Timeout is true.
var (
	// ErrFirstByteTimeout is the error of a socket that received nothing for
	// FirstByteTimeout. Its Code is ERR_FIRST_BYTE_TIMEOUT.
	ErrFirstByteTimeout error = &timeoutError{"duplex: no byte has come in time", "ERR_FIRST_BYTE_TIMEOUT"}

	// ErrFrameTimeout is the error of a socket whose peer took longer than FrameTimeout
	// of its Handler for a piece. Its Code is ERR_FRAME_TIMEOUT.
	ErrFrameTimeout error = &timeoutError{"duplex: a frame has not come in time", "ERR_FRAME_TIMEOUT"}

	// ErrMaxAge is the error of a socket that is older than MaxAge. Its Code is
	// ERR_MAX_AGE.
	ErrMaxAge error = &timeoutError{"duplex: the connection has reached its maximum age", "ERR_MAX_AGE"}
)

// limits are all limits. If several have passed, the first one ends the socket.
var limits = [...]limit{
	{
		func(st *stream) int64 {
			if st.more == nil || st.in.interest != discarded && (!st.severed() || st.more.pending()) {
				return 0
			}
			return st.more.linger
		},
		func(st *stream) { st.timeOut(st.more.err) },
		bytesIn | bytesOut,
	},
	{
		func(st *stream) int64 {
			d := st.conf.IdleTimeout
			if d <= 0 {
				return 0
			}
			return later(st.active, d)
		},
		func(st *stream) {
			op := "read"
			if st.phase == connecting {
				op = "connect"
			}
			st.timeOut(st.opError(op, os.ErrDeadlineExceeded))
		},
		bytesIn | bytesOut,
	},
	{
		func(st *stream) int64 {
			d := st.conf.ReadTimeout
			if d <= 0 || st.in.reading != reads || st.report == unreported || st.in.ended() || st.in.interest == discarded { // after Close, Linger counts
				return 0
			}
			return later(st.more.heard, d)
		},
		func(st *stream) { st.timeOut(st.opError("read", os.ErrDeadlineExceeded)) },
		bytesIn,
	},
	{
		func(st *stream) int64 {
			d := st.conf.WriteTimeout
			if d <= 0 || !st.stuck() {
				return 0
			}
			return later(st.more.moved, d)
		},
		func(st *stream) {
			st.reset = true // also if all that waits is TLS's
			st.timeOut(st.opError("write", os.ErrDeadlineExceeded))
		},
		bytesOut,
	},
	{
		func(st *stream) int64 {
			d := st.conf.FirstByteTimeout
			if d <= 0 || st.read > 0 || st.report == unreported || st.securing() || st.in.reading != reads || st.in.interest == discarded {
				return 0
			}
			if t := st.session(); t != nil && t.wire.Readable() {
				return 0 // it has come, and OnSecure stands in the line of Workers
			}
			return later(st.more.awoke, d)
		},
		func(st *stream) { st.timeOut(st.opError("read", ErrFirstByteTimeout)) },
		bytesIn,
	},
	{
		func(st *stream) int64 {
			m := st.more
			if m == nil || st.in.reading != reads || st.in.interest != wanted || m.pending() {
				return 0
			}
			began := m.began
			if t := m.session; t != nil && began == 0 {
				began = t.began // nothing of the piece is opened yet
			}
			if began == 0 {
				return 0
			}
			h := st.receiver()
			if h.FrameTimeout <= 0 || !h.cuts() {
				return 0
			}
			return later(began, h.FrameTimeout)
		},
		func(st *stream) { st.destroyPatiently(st.opError("read", ErrFrameTimeout)) },
		bytesIn,
	},
	{
		func(st *stream) int64 {
			if st.conf.ReadRate <= 0 || st.more == nil || st.in.reading == reads {
				return 0
			}
			return st.more.paid
		},
		func(st *stream) { st.more.paid = 0 }, // it reads again
		0,
	},
	{
		func(st *stream) int64 {
			if st.conf.WriteRate <= 0 || st.more == nil || st.phase != open || st.lent || st.free() == 0 {
				return 0
			}
			return st.more.clear
		},
		func(st *stream) { st.more.clear = 0 }, // it sends again
		0,
	},
	{
		func(st *stream) int64 {
			d := st.conf.MaxAge
			if d <= 0 || st.more == nil || st.more.born == 0 {
				return 0
			}
			return later(st.more.born, d)
		},
		func(st *stream) { st.timeOut(ErrMaxAge) },
		0,
	},
	{
		func(st *stream) int64 {
			d := st.more.timesOut()
			if d <= 0 || st.silence != counting {
				return 0
			}
			return later(st.active, d)
		},
		func(st *stream) { st.silence = silenceDue },
		0,
	},
	{
		func(st *stream) int64 {
			if st.phase != open || !st.securing() {
				return 0
			}
			return st.more.session.due
		},
		func(st *stream) { st.lateHandshake(st.session()) },
		0,
	},
}

// timeOut destroys the socket because a limit has passed: with err, unless TLS has failed
// before. Then the limit has ended the wait for the peer, and is not why the socket fails.
// If bytes wait, it resets: the peer must not take a part for the whole.
func (st *stream) timeOut(err error) {
	st.reset = st.reset || st.phase == open && st.out.Len() > 0
	if st.severed() {
		err = st.more.err
	}
	st.destroy(err)
}

// deadline returns when the first of the socket's time limits passes; 0 is never.
func (st *stream) deadline() (when int64) {
	for i := range limits {
		if t := limits[i].when(st); t != 0 && (when == 0 || t < when) {
			when = t
		}
	}
	return when
}

// hear restarts ReadTimeout.
func (st *stream) hear(now int64) {
	if st.conf.ReadTimeout > 0 {
		(*Socket)(st).rare().heard = now
	}
}

// awake restarts FirstByteTimeout.
func (st *stream) awake(now int64) {
	if st.conf.FirstByteTimeout > 0 {
		(*Socket)(st).rare().awoke = now
	}
}

// reread restarts the limits of input, as reading begins or stops.
func (st *stream) reread(now int64) {
	st.hear(now)
	st.awake(now)
	if st.more != nil && st.more.began > 0 {
		st.more.began = max(1, now)
	}
	if t := st.session(); t != nil && t.began > 0 {
		t.began = max(1, now)
	}
}

// clock starts or goes on with FrameTimeout after d was cut. A piece begins with the first
// byte after the piece before, also if Split has skipped that byte, and ends when Split
// returns the piece. With TLS it begins with the first byte of that byte's record. While d is delivered, FrameTimeout does not count: a Blocking
// callback may work on the piece for longer than the piece took.
func (st *stream) clock(d *delivery) {
	st.mu.Lock()
	defer st.mu.Unlock()
	began := d.began
	if d.whole {
		began = 0
	}
	if d.part && began == 0 {
		began = max(1, st.conf.lane.Clock()) // 0 is none
		if t := st.session(); t != nil && t.began > 0 {
			began = t.began
		}
	}
	if began > 0 && st.receiver() == d.h {
		(*Socket)(st).rare().began = began
	}
}

// age starts MaxAge.
func (st *stream) age(now int64) {
	if st.conf.MaxAge > 0 {
		(*Socket)(st).rare().born = max(1, now) // 0 is not yet
	}
}

// move restarts WriteTimeout.
func (st *stream) move() {
	if st.conf.WriteTimeout > 0 {
		(*Socket)(st).rare().moved = st.conf.lane.Clock()
	}
}

// stuck reports whether bytes wait for the kernel, and for nothing else: not for a
// connection, and not for a loop that is late to send them.
func (st *stream) stuck() bool {
	return st.phase == open && st.lent && st.sending != broken && st.free() > 0
}

// watch lets the loop arm WriteTimeout or the pause of WriteRate, if any goroutine has left
// bytes that wait and the loop would not look in time.
func (st *stream) watch() {
	d := st.conf.WriteTimeout
	switch {
	case d > 0 && st.stuck() && st.armsBy(later(st.more.moved, d)):
	case st.slowed() && !st.lent && st.free() > 0 && st.armsBy(st.more.clear):
	default:
		return
	}
	st.advanceLater()
}

// armsBy reports whether the loop would not look at the socket by then.
func (st *stream) armsBy(then int64) bool { return st.armed == 0 || st.armed > then }

// arm makes the loop call Expired at the deadline. If the loop holds an earlier
// deadline, arm leaves that in place: Expired looks again.
func (st *stream) arm() {
	if st.more == nil && !st.conf.timed {
		return // most sockets have no limit
	}
	when := st.deadline()
	if when == 0 || st.armed != 0 && st.armed <= when {
		return
	}
	if st.more != nil && st.more.spared != 0 {
		when = max(when, st.conf.lane.Now()+1) // in the next turn, after the driver's events
	}
	st.armed = when
	st.conf.lane.Arm(st.id, when)
}

// Expired is called when the deadline has passed. If the socket has another deadline
// by now, when is out of date, and nothing happens.
func (st *stream) Expired(when int64) {
	st.mu.Lock()
	if when == st.armed {
		st.armed = 0
		st.expire(st.conf.lane.Now())
	}
	st.run()
}

// Awaits reports whether when is the deadline that the loop holds for st.
func (st *stream) Awaits(when int64) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return when == st.armed
}

// expire applies the time limits that have passed.
func (st *stream) expire(now int64) {
	for i := range limits {
		if st.phase > open {
			return
		}
		if t := limits[i].when(st); t != 0 && t <= now && !st.spares(t, limits[i].awaits, now) {
			limits[i].pass(st)
		}
	}
}

// spare is how long a limit that has passed waits for what the driver has to report. A
// loop that does not come to it in that time is of no use to the socket.
const spare = time.Second

// spares reports whether the limit that passed at t has to wait, because the driver holds
// what it awaits: a callback has held the loop up, or there is much to report. Of the
// peer's bytes, the limit waits for those that were there when it passed, so that a peer
// which sends without end is cut all the same.
func (st *stream) spares(t int64, a news, now int64) bool {
	if a == 0 || !st.hasNews(a) {
		return false
	}
	m := (*Socket)(st).rare()
	if m.spared != t {
		unread, _ := st.probe()
		m.spared, m.owed, m.until = t, max(1, unread), later(now, spare)
		return true
	}
	return m.owed > 0 && now < m.until
}

// hasNews reports whether the driver has to report what a limit awaits.
func (st *stream) hasNews(a news) bool {
	unread, room := st.probe()
	return a&bytesIn != 0 && unread > 0 || a&bytesOut != 0 && room
}

// probe asks the driver what of the peer's bytes it has to report, and whether a send may
// go on.
func (st *stream) probe() (unread int, room bool) {
	d, ok := st.conf.driver.(driver.Prober)
	if !ok || st.phase != open {
		return 0, false
	}
	unread, room = d.Probe(st.id)
	if st.in.reading != reads {
		unread = 0
	}
	return unread, room && st.lent
}

// rateSlack is how far a socket may be ahead of its ReadRate or WriteRate before it stops.
// So a socket whose bytes come or go in small pieces does not stop after each of them.
const rateSlack = 10 * time.Millisecond

// paidAt returns when n more bytes are paid for at a rate, if those before are at the time
// paid.
func paidAt(paid, now int64, n, rate int) int64 {
	cost := float64(n) * float64(time.Second) / float64(rate)
	return later(max(paid, now), time.Duration(min(cost, math.MaxInt64/2)))
}

// charge counts n bytes towards ReadRate. They are paid for at the time of more.paid.
func (st *stream) charge(n int, now int64) {
	if rate := st.conf.ReadRate; rate > 0 {
		m := (*Socket)(st).rare()
		m.paid = paidAt(m.paid, now, n, rate)
	}
}

// throttled reports whether ReadRate keeps the socket from reading. A socket that has
// stopped reads again when all bytes are paid for.
func (st *stream) throttled() bool {
	if st.conf.ReadRate <= 0 || st.more == nil {
		return false
	}
	ahead := st.more.paid - st.conf.lane.Now()
	if st.in.reading == reads {
		return ahead > int64(rateSlack)
	}
	return ahead > 0
}

// chargeSent counts n bytes towards WriteRate. They are paid for at the time of more.clear.
func (st *stream) chargeSent(n int, now int64) {
	if rate := st.conf.WriteRate; rate > 0 {
		m := (*Socket)(st).rare()
		m.clear = paidAt(m.clear, now, n, rate)
	}
}

// slowed reports whether WriteRate keeps the socket from sending. A limit lets it go on when
// all bytes are paid for. A socket that is destroyed sends what it can.
func (st *stream) slowed() bool {
	return st.conf.WriteRate > 0 && st.phase == open && st.more != nil && st.more.clear-st.conf.lane.Clock() > int64(rateSlack)
}

// portion returns how many bytes WriteRate lets a socket that is not slowed send at once:
// those of a twentieth of a second, or a packet.
func (st *stream) portion() int {
	if st.conf.WriteRate <= 0 || st.phase != open {
		return burst
	}
	return min(burst, max(st.conf.WriteRate/20, 1<<10))
}
