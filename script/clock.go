// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"container/heap"
	"time"

	"github.com/dop251/goja"
)

// clock is the script's timers: all of them share one of Go's. Time is counted in
// whole milliseconds since the script began, as Node does, and stands still
// while a turn of timers runs, so that those set for the same time run in the order
// in which they were set.
type clock struct {
	r      *Runtime
	epoch  time.Time
	now    int64 // the time of this turn
	timers timerHeap
	made   uint64
	alarm  *time.Timer
	set    int64 // what alarm is set for
}

// A timer is what setTimeout made, without its looks: those are timers.js's.
type timer struct {
	when     int64
	number   uint64 // of two for the same time, which was made first
	index    int    // in the heap, -1 if it is not there
	ref      bool
	callback goja.Value // called with object as this
	object   goja.Value
}

func (c *clock) start(r *Runtime) {
	c.r, c.epoch = r, time.Now()
	r.ending = append(r.ending, func() {
		if c.alarm != nil {
			c.alarm.Stop()
		}
		c.timers = nil
	})
}

// elapsed returns the milliseconds since the script began.
func (c *clock) elapsed() int64 { return time.Since(c.epoch).Milliseconds() }

// arm sets t to go off after ms milliseconds, whether or not it is set already.
func (c *clock) arm(t *timer, ms int64) {
	c.disarm(t)
	c.now = c.elapsed()
	c.made++
	t.when, t.number = c.now+max(1, ms), c.made
	heap.Push(&c.timers, t)
	if t.ref {
		c.r.ref()
	}
	c.schedule()
}

// disarm takes t back if it is set.
func (c *clock) disarm(t *timer) {
	if t.index < 0 {
		return
	}
	heap.Remove(&c.timers, t.index)
	if t.ref {
		c.r.refs--
	}
}

// hold says whether t keeps the script alive.
func (c *clock) hold(t *timer, ref bool) {
	if t.index >= 0 && t.ref != ref {
		if ref {
			c.r.refs++
		} else {
			c.r.refs--
		}
	}
	t.ref = ref
}

// schedule sets the alarm for the first timer.
func (c *clock) schedule() {
	if len(c.timers) == 0 {
		return
	}
	when := c.timers[0].when
	if c.alarm != nil && c.set == when {
		return
	}
	if c.alarm != nil {
		c.alarm.Stop()
	}
	c.set = when
	wait := time.Until(c.epoch.Add(time.Duration(when) * time.Millisecond))
	c.alarm = time.AfterFunc(wait, func() { c.r.post(c.expire) })
}

// expire runs what is due.
func (c *clock) expire() {
	c.alarm = nil
	c.now = c.elapsed()
	for len(c.timers) > 0 && c.timers[0].when <= c.now && !c.r.exited {
		t := heap.Pop(&c.timers).(*timer)
		if t.ref {
			c.r.refs--
		}
		c.r.enter(t.callback, t.object)
	}
	if !c.r.exited {
		c.schedule()
	}
}

type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }

func (h timerHeap) Less(i, j int) bool {
	if h[i].when != h[j].when {
		return h[i].when < h[j].when
	}
	return h[i].number < h[j].number
}

func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}

func (h *timerHeap) Pop() any {
	t := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	t.index = -1
	return t
}

// bindTimers is binding('timers'):
//
//	create(callback, object) → handle; arm(handle, ms); disarm(handle);
//	hold(handle, ref); now() → ms;
//	immediate(f): calls f in the next turn; immediates(n) keeps n references alive
func bindTimers(r *Runtime, exports *goja.Object) {
	handle := func(v goja.Value) *timer { return v.Export().(*timer) }
	exports.Set("create", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(&timer{index: -1, ref: true, callback: call.Argument(0), object: call.Argument(1)})
	})
	exports.Set("arm", func(call goja.FunctionCall) goja.Value {
		r.clock.arm(handle(call.Argument(0)), call.Argument(1).ToInteger())
		return goja.Undefined()
	})
	exports.Set("disarm", func(call goja.FunctionCall) goja.Value {
		r.clock.disarm(handle(call.Argument(0)))
		return goja.Undefined()
	})
	exports.Set("hold", func(call goja.FunctionCall) goja.Value {
		r.clock.hold(handle(call.Argument(0)), call.Argument(1).ToBoolean())
		return goja.Undefined()
	})
	exports.Set("now", func(goja.FunctionCall) goja.Value { return r.vm.ToValue(r.clock.elapsed()) })
	exports.Set("ref", func(goja.FunctionCall) goja.Value {
		r.refs++
		return goja.Undefined()
	})
	exports.Set("unref", func(goja.FunctionCall) goja.Value {
		r.refs--
		return goja.Undefined()
	})
	exports.Set("immediate", func(call goja.FunctionCall) goja.Value {
		f := call.Argument(0)
		r.post(func() { r.enter(f, goja.Undefined()) })
		return goja.Undefined()
	})
}
