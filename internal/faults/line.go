// Copyright 2026 The duplex authors. MIT license.

package faults

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Line is one direction of a connection, on its way through the toxics that touch it.
// Times are those since any moment, but the same one for all calls, and never go back. A
// Line is for one goroutine.
type Line struct {
	set       *Set
	nth       int
	direction Direction

	stages []*stage
	taken  int64    // bytes that were put
	queue  []Parcel // what is on its way, in the order in which it is due
	held   int      // bytes in queue
	lost   int64    // bytes that a toxic has swallowed
	over   bool     // the connection is closed or reset, and nothing more comes out
}

// What a Parcel is.
type What uint8

// The kinds of parcels.
const (
	Data  What = iota // bytes
	End               // the end of the direction
	Abort             // the sender has reset
	Close             // the connection is to be closed, because a toxic says so
	Cut               // the connection is to be reset, because a toxic says so
)

// A Parcel is what comes out of a Line.
type Parcel struct {
	What  What
	Data  []byte        // belongs to the receiver
	At    time.Duration // when it is due
	Toxic *Toxic        // of Close and Cut

	offset int64 // in the stream, of the first byte
}

// A Touch is what a toxic did to something that was put.
type Touch struct {
	Toxic *Toxic
	Delay time.Duration // of its last byte
	Count int           // slices, or bytes that are corrupted or swallowed
}

func (t Touch) String() string {
	switch delay := "+" + rounded(t.Delay).String(); t.Toxic.Kind {
	case Slice:
		if t.Delay > 0 {
			return fmt.Sprintf("%s slice, %d pieces", delay, t.Count)
		}
		return fmt.Sprintf("slice, %d pieces", t.Count)
	case Corrupt:
		return fmt.Sprintf("%d B corrupt", t.Count)
	case LimitData, Blackhole:
		return fmt.Sprintf("-%d B %s", t.Count, t.Toxic.Kind)
	default:
		return delay + " " + string(t.Toxic.Kind)
	}
}

// rounded returns d without digits that no reader needs.
func rounded(d time.Duration) time.Duration {
	if d >= 10*time.Millisecond {
		return d.Round(time.Millisecond)
	}
	return d.Round(10 * time.Microsecond)
}

// Touches is what all toxics did to it.
type Touches []Touch

func (ts Touches) String() string {
	texts := make([]string, len(ts))
	for i, t := range ts {
		texts[i] = t.String()
	}
	return strings.Join(texts, ", ")
}

// Put takes bytes that have come. It copies them.
func (l *Line) Put(now time.Duration, p []byte) Touches {
	parcel := Parcel{Data: slices.Clone(p), At: now, offset: l.taken}
	l.taken += int64(len(p))
	return l.send(parcel)
}

// End takes the end of the direction.
func (l *Line) End(now time.Duration) Touches {
	return l.send(Parcel{What: End, At: now, offset: l.taken})
}

// Abort takes a reset of the sender. It comes out after what was put before.
func (l *Line) Abort(now time.Duration) {
	l.send(Parcel{What: Abort, At: now, offset: l.taken})
}

// send leads a parcel through the stages.
func (l *Line) send(p Parcel) (touches Touches) {
	if l.over {
		return nil
	}
	parcels := []Parcel{p}
	for _, st := range l.stages {
		touch := Touch{Toxic: &st.Toxic}
		var out []Parcel
		for _, p := range parcels {
			out = st.pass(out, p, &touch)
		}
		if touch.Delay > 0 || touch.Count > 0 {
			touches = append(touches, touch)
		}
		if st.Kind == Blackhole || st.Kind == LimitData {
			l.lost += int64(touch.Count)
		}
		parcels = out
	}
	for _, p := range parcels {
		if n := len(l.queue); n > 0 { // a toxic before may have gone
			p.At = max(p.At, l.queue[n-1].At)
		}
		l.queue = append(l.queue, p)
		l.held += len(p.Data)
	}
	return touches
}

// Next returns what is due. While the receiver is blocked, nothing but a toxic's end of the
// connection is.
func (l *Line) Next(now time.Duration, blocked bool) (p Parcel, due bool) {
	if l.over {
		return Parcel{}, false
	}
	waiting := len(l.queue) > 0 && !blocked
	if st, at := l.alarm(); st != nil && at <= now && (!waiting || at <= l.queue[0].At) {
		l.finish()
		p = Parcel{What: Close, At: at, Toxic: &st.Toxic}
		if st.Kind == Reset {
			p.What = Cut
		}
		return p, true
	}
	if !waiting || l.queue[0].At > now {
		return Parcel{}, false
	}
	p = l.queue[0]
	l.queue[0] = Parcel{}
	l.queue = l.queue[1:]
	l.held -= len(p.Data)
	if p.What >= Abort {
		l.finish()
	}
	return p, true
}

// finish drops what is on its way.
func (l *Line) finish() { l.over, l.queue, l.held = true, nil, 0 }

// Wake returns when Next has something to return, unless something is put before. It
// reports false if that is never.
func (l *Line) Wake(blocked bool) (at time.Duration, ever bool) {
	if l.over {
		return 0, false
	}
	st, at := l.alarm()
	if ever = st != nil; len(l.queue) > 0 && !blocked && (!ever || l.queue[0].At < at) {
		return l.queue[0].At, true
	}
	return at, ever
}

// alarm returns the stage that ends the connection at a time, nil if there is none.
func (l *Line) alarm() (first *stage, at time.Duration) {
	for _, st := range l.stages {
		if when, ever := st.alarm(); ever && (first == nil || when < at) {
			first, at = st, when
		}
	}
	return first, at
}

// Held returns how many bytes are on their way.
func (l *Line) Held() int { return l.held }

// Swallowed returns how many bytes toxics have swallowed.
func (l *Line) Swallowed() int64 { return l.lost }

// Full reports whether no more should be put before some has come out. A line holds what
// is under way during its latency, and little beyond that: a slow line makes its sender
// wait.
func (l *Line) Full() bool {
	const least, most = 64 << 10, 4 << 20
	room, latency, rate := int64(least), time.Duration(0), int64(0)
	for _, st := range l.stages {
		switch st.Kind {
		case Latency:
			latency += st.Delay + st.Jitter
		case Bandwidth:
			if rate == 0 || st.Rate < rate {
				rate = st.Rate
			}
		}
	}
	if latency > 0 {
		room = most
		if rate > 0 {
			room = least + min(most, int64(float64(rate)*latency.Seconds()))
		}
	}
	return int64(l.held) >= room
}

// Slices reports whether the pieces should reach the receiver as they are.
func (l *Line) Slices() bool {
	return slices.ContainsFunc(l.stages, func(st *stage) bool { return st.Kind == Slice })
}

// Follow takes over the toxics that the Set has now. What was on its way and is held up by
// a toxic that has changed or gone is due at once. If such a toxic has swallowed bytes,
// the connection is reset, since no reader should take what follows for the next bytes.
func (l *Line) Follow(now time.Duration) {
	toxics := l.set.touching(l.nth, l.direction)
	left := l.stages
	l.stages = nil
	for _, t := range toxics {
		at := slices.IndexFunc(left, func(st *stage) bool { return st.Toxic == t })
		if at >= 0 {
			l.stages = append(l.stages, left[at])
			left = slices.Delete(left, at, at+1)
			continue
		}
		l.stages = append(l.stages, newStage(t, l, now))
	}
	for _, st := range left {
		for i := range l.queue {
			l.queue[i].At = min(l.queue[i].At, now)
		}
		for _, other := range l.stages {
			other.last = min(other.last, now)
			other.free = min(other.free, now)
		}
		if st.swallowed {
			toxic := st.Toxic
			l.queue = append(l.queue, Parcel{What: Cut, At: now, Toxic: &toxic})
		}
	}
}
