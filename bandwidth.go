// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"math"
	"time"
)

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
