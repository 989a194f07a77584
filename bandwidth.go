// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"math"
	"time"
)

// readSlack is how far a socket may be ahead of its ReadRate before it stops reading. So a
// socket whose bytes come in small reads does not stop after each of them.
const readSlack = 10 * time.Millisecond

// charge counts n bytes towards ReadRate. They are paid for at the time of more.paid.
func (st *stream) charge(n int, now int64) {
	rate := st.conf.ReadRate
	if rate <= 0 {
		return
	}
	m := (*Socket)(st).rare()
	cost := float64(n) * float64(time.Second) / float64(rate)
	m.paid = later(max(m.paid, now), time.Duration(min(cost, math.MaxInt64/2)))
}

// throttled reports whether ReadRate keeps the socket from reading. A socket that has
// stopped reads again when all bytes are paid for.
func (st *stream) throttled() bool {
	if st.conf.ReadRate <= 0 || st.more == nil {
		return false
	}
	ahead := st.more.paid - st.conf.lane.Now()
	if st.in.reading == reads {
		return ahead > int64(readSlack)
	}
	return ahead > 0
}
