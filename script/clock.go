// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"container/heap"
	"time"

	"github.com/dop251/goja"
)

// clock is the script's timers and immediates. All timers share one of Go's. Time
// is counted in whole milliseconds since the script began, as Node does.
//
// Timers of the same duration are a row, in the order in which they were set, and
// rows are due by the first of theirs. What is due in a row runs before what is due
// in another: that is what a script can see of it.
type clock struct {
	r     *Runtime
	epoch time.Time
	rows  map[int64]*row // by duration
	due   rowHeap        // the same
	made  uint64
	alarm *time.Timer // nil when none is set
	set   int64       // what alarm is set for

	running bool  // a turn of timers: schedule waits for its end
	asked   int64 // what elapsed said last

	pending []func()     // answers to requests: after the events of this turn
	next    []*immediate // run after them
	anew    bool         // they begin a turn: timers that are due come before them
	ending  *turnEnd     // of this turn; nil if nothing waits for it
	apart   bool         // what runs is no event: the script's first run, timers, the end of a turn
}

// A row is the timers that were set for the same duration.
type row struct {
	ms          int64
	when        int64
	number      uint64 // of two rows for the same time, which was made first
	index       int    // in the heap
	first, last *timer
}

// A timer is what setTimeout made, without its looks: those are timers.js's.
type timer struct {
	began      int64
	row        *row // nil if it is not set
	prev, next *timer
	ref        bool
	callback   goja.Value // called with object as this
	object     goja.Value
}

// An immediate is what setImmediate made.
type immediate struct {
	ref      bool
	done     bool // or cleared
	callback goja.Value
	object   goja.Value
}

// A turnEnd is the end of a turn, which was asked for.
type turnEnd struct {
	apart bool // by what is no event: the next events come before it
}

func (c *clock) start(r *Runtime) {
	c.r, c.epoch, c.rows, c.anew = r, time.Now(), make(map[int64]*row), true
	r.ending = append(r.ending, func() {
		if c.alarm != nil {
			c.alarm.Stop()
		}
		c.rows, c.due, c.next = nil, nil, nil
	})
}

// elapsed returns the milliseconds since the script began.
func (c *clock) elapsed() int64 {
	c.asked = time.Since(c.epoch).Milliseconds()
	return c.asked
}

// arm sets t to go off after ms milliseconds, whether or not it is set already, and
// returns the time from which they count.
func (c *clock) arm(t *timer, ms int64) int64 {
	c.disarm(t)
	if c.r.exited {
		return 0
	}
	ms = max(1, ms)
	t.began = c.elapsed()
	in := c.rows[ms]
	if in == nil {
		c.made++
		in = &row{ms: ms, when: t.began + ms, number: c.made}
		c.rows[ms] = in
		heap.Push(&c.due, in)
	}
	t.row, t.prev = in, in.last
	if in.last == nil {
		in.first = t
	} else {
		in.last.next = t
	}
	in.last = t
	if t.ref {
		c.r.refs++
	}
	c.schedule(0)
	return t.began
}

// disarm takes t back if it is set.
func (c *clock) disarm(t *timer) {
	if t.row == nil {
		return
	}
	in := t.row
	if t.prev == nil {
		in.first = t.next
	} else {
		t.prev.next = t.next
	}
	if t.next == nil {
		in.last = t.prev
	} else {
		t.next.prev = t.prev
	}
	t.row, t.prev, t.next = nil, nil, nil
	if t.ref {
		c.r.refs--
	}
	if in.first == nil && c.rows[in.ms] == in && in.index >= 0 {
		heap.Remove(&c.due, in.index)
		delete(c.rows, in.ms)
	}
}

// hold says whether t keeps the script alive.
func (c *clock) hold(t *timer, ref bool) {
	if t.row != nil && t.ref != ref {
		c.count(ref)
	}
	t.ref = ref
}

func (c *clock) count(ref bool) {
	if ref {
		c.r.refs++
	} else {
		c.r.refs--
	}
}

// schedule sets the alarm for the first timer, but no earlier than for first.
func (c *clock) schedule(first int64) {
	if len(c.due) == 0 || c.running {
		return
	}
	when := max(first, c.due[0].when)
	if c.alarm != nil && c.set <= when {
		return
	}
	if c.alarm != nil {
		c.alarm.Stop()
	}
	c.set = when
	wait := time.Until(c.epoch.Add(time.Duration(when) * time.Millisecond))
	c.alarm = time.AfterFunc(wait, func() { c.r.post(c.ring) })
}

// ring is the alarm: a turn of the loop begins. What was left for the end of the
// turn before comes first.
func (c *clock) ring() {
	if c.ending != nil && !c.anew {
		c.flush()
	}
	c.anew = false
	c.expire()
}

// conclude ends the turn whose events have come. What begins the events of the next turn
// calls it first.
func (c *clock) conclude() {
	if c.ending != nil && !c.ending.apart {
		c.flush()
	}
}

// expire runs what is due now. What gets due meanwhile waits for the next turn,
// which counts from the last look at the clock, a millisecond away at least.
func (c *clock) expire() {
	if c.alarm != nil {
		c.alarm.Stop()
		c.alarm = nil
	}
	c.running, c.apart = true, true
	now := c.elapsed()
	for len(c.due) > 0 && c.due[0].when <= now && !c.r.exited {
		c.run(c.due[0], now)
	}
	c.running = false
	c.schedule(c.asked + 1)
	c.answer()
	c.apart = false
}

// run runs what is due of a row.
func (c *clock) run(in *row, now int64) {
	for !c.r.exited {
		t := in.first
		if t == nil {
			return
		}
		if now-t.began < in.ms {
			in.when = t.began + in.ms
			heap.Fix(&c.due, in.index)
			return
		}
		c.disarm(t)
		c.r.enter(t.callback, t.object)
		if c.rows[in.ms] != in {
			return
		}
	}
}

// later has m run after this turn.
func (c *clock) later(m *immediate) {
	if c.r.exited {
		return
	}
	c.r.refs++
	c.next = append(c.next, m)
	c.finally()
}

// pend has f run after the events of this turn or, outside of the events, before those
// of the next: an answer of the system that was there at once.
func (c *clock) pend(f func()) {
	c.pending = append(c.pending, f)
	c.finally()
}

// answer runs what is pending. Answers may ask for more without end, so there is one.
func (c *clock) answer() {
	for range 8 {
		all := c.pending
		c.pending = nil
		for _, f := range all {
			if c.r.exited {
				return
			}
			f()
		}
	}
}

// finally has the turn end: with answers, immediates, and then handles that are closed.
//
// The engine's turn begins with what was posted, and then come its events. So the end
// comes at the beginning of the engine's next turn. If no event has asked for it, the
// engine must have looked for events meanwhile (see network.unready).
func (c *clock) finally() {
	if c.r.exited || c.ending != nil && (c.apart || !c.ending.apart) {
		return
	}
	e := &turnEnd{apart: c.apart}
	c.ending = e
	if !e.apart {
		c.anew = false
	}
	var end func()
	end = func() {
		switch {
		case c.ending != e: // that turn has ended
		case e.apart && c.r.net != nil && c.r.net.unready():
			c.r.post(end)
		default:
			if c.r.net != nil {
				c.r.net.greet()
			}
			c.end()
		}
	}
	c.r.post(end)
}

// end ends the turn.
func (c *clock) end() {
	if c.anew {
		c.anew = false
		if c.alarm != nil && c.set <= c.elapsed() {
			c.expire()
		}
	}
	c.flush()
}

// flush delivers answers, runs the immediates that wait, and calls back for closed handles.
// Work that these callbacks add waits for the next turn, except for handles that an immediate
// closes.
func (c *clock) flush() {
	c.answer()
	c.apart = true
	all := c.next
	c.next, c.ending = nil, nil
	for _, m := range all {
		if c.r.exited {
			return
		}
		if m.done {
			continue
		}
		c.cancel(m)
		c.r.enter(m.callback, m.object)
	}
	if c.r.net != nil {
		c.r.net.close()
	}
	c.answer()
	c.apart = false
	c.anew = c.ending != nil
}

// cancel takes m back unless it has had its turn.
func (c *clock) cancel(m *immediate) {
	if m.done {
		return
	}
	m.done = true
	if m.ref {
		c.r.refs--
	}
}

// active counts what keeps the script alive.
func (c *clock) active() (timers, immediates int) {
	for _, in := range c.rows {
		for t := in.first; t != nil; t = t.next {
			if t.ref {
				timers++
			}
		}
	}
	for _, m := range c.next {
		if m.ref && !m.done {
			immediates++
		}
	}
	return timers, immediates
}

type rowHeap []*row

func (h rowHeap) Len() int { return len(h) }

func (h rowHeap) Less(i, j int) bool {
	if h[i].when != h[j].when {
		return h[i].when < h[j].when
	}
	return h[i].number < h[j].number
}

func (h rowHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *rowHeap) Push(x any) {
	in := x.(*row)
	in.index = len(*h)
	*h = append(*h, in)
}

func (h *rowHeap) Pop() any {
	in := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	in.index = -1
	return in
}

// bindTimers is binding('timers'):
//
//	create(callback, object) → handle; arm(handle, ms) → ms; disarm(handle); hold(handle, ref)
//	immediate(callback, object) → handle; cancel(handle); keep(handle, ref)
//	active() → [timers, immediates] that are ref'd
//	now() → ms; precise() → ms with a fraction
//
// callback is called with object as this.
func bindTimers(r *Runtime, exports *goja.Object) {
	c := &r.clock
	set := func(name string, f func(args []goja.Value) goja.Value) {
		exports.Set(name, func(call goja.FunctionCall) goja.Value { return f(call.Arguments) })
	}
	of := func(v goja.Value) *timer { return v.Export().(*timer) }
	soon := func(v goja.Value) *immediate { return v.Export().(*immediate) }

	set("create", func(args []goja.Value) goja.Value {
		return r.vm.ToValue(&timer{ref: true, callback: args[0], object: args[1]})
	})
	set("arm", func(args []goja.Value) goja.Value {
		return r.vm.ToValue(c.arm(of(args[0]), args[1].ToInteger()))
	})
	set("active", func([]goja.Value) goja.Value {
		timers, soon := c.active()
		return r.vm.NewArray(timers, soon)
	})
	set("disarm", func(args []goja.Value) goja.Value {
		c.disarm(of(args[0]))
		return goja.Undefined()
	})
	set("hold", func(args []goja.Value) goja.Value {
		c.hold(of(args[0]), args[1].ToBoolean())
		return goja.Undefined()
	})
	set("immediate", func(args []goja.Value) goja.Value {
		m := &immediate{ref: true, callback: args[0], object: args[1]}
		c.later(m)
		return r.vm.ToValue(m)
	})
	set("cancel", func(args []goja.Value) goja.Value {
		c.cancel(soon(args[0]))
		return goja.Undefined()
	})
	set("keep", func(args []goja.Value) goja.Value {
		m, ref := soon(args[0]), args[1].ToBoolean()
		if !m.done && m.ref != ref {
			c.count(ref)
		}
		m.ref = ref
		return goja.Undefined()
	})
	set("now", func([]goja.Value) goja.Value { return r.vm.ToValue(c.elapsed()) })
	set("precise", func([]goja.Value) goja.Value {
		return r.vm.ToValue(float64(time.Since(c.epoch)) / float64(time.Millisecond))
	})
}
