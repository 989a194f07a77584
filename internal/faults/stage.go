// Copyright 2026 The duplex authors. MIT license.

package faults

import "time"

// A stage is a toxic at work on a Line.
type stage struct {
	Toxic
	lot   lot
	start time.Duration // when it began

	last      time.Duration // when the last parcel leaves
	free      time.Duration // bandwidth and slice: when the next may leave
	next      int64         // slice: the offset of the next cut; corrupt: of the next byte
	passed    int64         // limit_data: how many bytes have passed
	swallowed bool          // something has, so what follows is not what the sender meant
}

// newStage returns a stage of l.
func newStage(t Toxic, l *Line, now time.Duration) *stage {
	st := &stage{
		Toxic: t,
		lot:   newLot(l.set.Seed, t.draw(), uint64(l.nth), uint64(l.direction), 1),
		start: now,
	}
	switch t.Kind {
	case Slice:
		st.next = l.taken
	case Corrupt:
		st.next = st.lot.after(l.taken, t.Chance)
	}
	return st
}

// alarm returns when the stage ends the connection, if ever.
func (st *stage) alarm() (at time.Duration, ever bool) {
	switch st.Kind {
	case LimitTime, Reset:
		return st.start + st.Delay, true
	case Blackhole:
		return st.start + st.Delay, st.Delay > 0
	}
	return 0, false
}

// pass appends to out what becomes of p, and notes in touch what it did.
func (st *stage) pass(out []Parcel, p Parcel, touch *Touch) []Parcel {
	if p.What != Data {
		return st.passEnd(out, p, touch)
	}
	switch st.Kind {
	case Bandwidth:
		return st.throttle(out, p, touch)
	case Slice:
		return st.cut(out, p, touch)
	case LimitData:
		return st.limit(out, p, touch)
	case Blackhole:
		st.swallowed = true
		touch.Count += len(p.Data)
		return out
	case Corrupt:
		for ; st.next < p.offset+int64(len(p.Data)); st.next = st.lot.after(st.next+1, st.Chance) {
			p.Data[st.next-p.offset] ^= byte(1 + st.lot.at(^st.next)%255)
			touch.Count++
		}
	}
	d := st.delay(p.offset)
	if d > 0 && st.Kind == Stall {
		d += max(0, st.last-p.At) // it begins when p is next
	}
	return st.leave(out, p, d, touch)
}

// passEnd is pass of what is not Data. An end that only keeps its place after the data is
// not touched: the data has shown what holds it up.
func (st *stage) passEnd(out []Parcel, p Parcel, touch *Touch) []Parcel {
	switch {
	case p.What > Abort: // of a toxic before
		return append(out, p)
	case st.Kind == Blackhole:
		st.swallowed = true
		return out
	case st.Kind == SlowClose && p.What == End:
		return st.leave(out, p, st.Delay, touch)
	case st.Kind == Latency:
		return st.leave(out, p, st.delay(p.offset), new(Touch))
	}
	return st.leave(out, p, 0, new(Touch))
}

// delay returns how long what begins at an offset is held up.
func (st *stage) delay(offset int64) time.Duration {
	switch st.Kind {
	case Latency:
		if st.Jitter == 0 {
			return st.Delay
		}
		return max(0, st.Delay+time.Duration((2*st.lot.unit(offset)-1)*float64(st.Jitter)))
	case Stall:
		if st.lot.unit(offset) < st.Chance {
			return st.Delay
		}
	}
	return 0
}

// leave appends p, which is held up for d and does not overtake what came before.
func (st *stage) leave(out []Parcel, p Parcel, d time.Duration, touch *Touch) []Parcel {
	came := p.At
	p.At = max(p.At+d, st.last)
	st.last = p.At
	touch.Delay = p.At - came
	return append(out, p)
}

// throttle lets p leave at the rate, in parts of 20 ms.
func (st *stage) throttle(out []Parcel, p Parcel, touch *Touch) []Parcel {
	part := int(min(max(st.Rate/50, 1), int64(len(p.Data))))
	came := p.At
	for len(p.Data) > 0 {
		n := min(part, len(p.Data))
		st.free = max(came, st.free) + time.Duration(float64(n)/float64(st.Rate)*float64(time.Second))
		st.last = st.free
		out = append(out, Parcel{Data: p.Data[:n:n], At: st.free, offset: p.offset})
		p.Data, p.offset = p.Data[n:], p.offset+int64(n)
	}
	touch.Delay = st.free - came
	return out
}

// cut cuts p where the stream is to be cut, and lets each part that begins a slice wait.
func (st *stage) cut(out []Parcel, p Parcel, touch *Touch) []Parcel {
	for came := p.At; len(p.Data) > 0; touch.Count++ {
		at := came
		if p.offset >= st.next {
			at = max(at, st.free)
			st.free = at + st.Delay
			st.next = p.offset + int64(st.Least) + int64(st.lot.at(p.offset)%uint64(st.Most-st.Least+1))
		}
		n := int(min(int64(len(p.Data)), st.next-p.offset))
		part := Parcel{Data: p.Data[:n:n], At: at, offset: p.offset}
		out = st.leave(out, part, 0, touch)
		touch.Delay = st.last - came
		p.Data, p.offset = p.Data[n:], p.offset+int64(n)
	}
	return out
}

// limit lets as many bytes pass as are left, and then closes the connection.
func (st *stage) limit(out []Parcel, p Parcel, touch *Touch) []Parcel {
	n := int(min(st.Bytes-st.passed, int64(len(p.Data))))
	lost := len(p.Data) - n
	touch.Count += lost
	if st.swallowed {
		return out
	}
	st.passed += int64(n)
	if p.Data = p.Data[:n]; n > 0 {
		out = st.leave(out, p, 0, touch)
	}
	if st.passed == st.Bytes {
		st.swallowed = true
		out = append(out, Parcel{What: Close, At: max(p.At, st.last), Toxic: &st.Toxic})
	}
	return out
}
