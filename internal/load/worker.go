// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex"
)

// A stage is how far a worker has come.
type stage uint8

const (
	preparing stage = iota // connections are made, and nothing is sent
	running
	finishing // nothing new is sent; replies are awaited
	over
)

// A worker is one loop and its share of the connections.
type worker struct {
	run    *Run
	plan   *Plan
	engine *duplex.Engine // of one loop
	client duplex.Client
	number int // among the workers

	// Constant once the Run has begun.
	handler  duplex.Handler
	repeated []byte // the payload, as often as messages may be under way; nil if it is long
	block    []byte // the payload, often; of Stream

	ready chan int      // receives how many connections there are, once
	done  chan struct{} // closed when the worker is over

	// Owned by the loop.
	stage     stage
	conns     []*conn
	first     int // first attempts to make
	begun     int // of these
	settled   int // of these
	atOnce    int // of these, at a time
	dialing   int
	open      int
	parting   int
	under     int // messages under way
	free      queue
	schedule  schedule
	behind    bool  // a message was due, and no connection was free
	from, end int64 // what is measured
	unsent    int64 // messages that were due, and not sent before the end
	tally     *tally
	flowed    int64 // of Stream: bytes that the kernel has taken since from
	messages  int64 // in these

	// Shared with the pacer.
	due    atomic.Int64 // when the next message is due, if the pacer is to say so
	nudged atomic.Bool  // the loop has a pace to come
}

func newWorker(r *Run, number, conns int) *worker {
	p := &r.plan
	w := &worker{
		run:    r,
		plan:   p,
		engine: &duplex.Engine{Loops: 1, Driver: p.Driver},
		client: p.Client,
		number: number,
		ready:  make(chan int, 1),
		done:   make(chan struct{}),
		atOnce: 1,
		tally:  newTally(),
		from:   never,
		end:    never,
	}
	w.due.Store(never)
	w.client.Engine = w.engine
	w.client.Timeout = p.Timeout
	w.client.Resolver = &r.resolver
	w.client.MaxWriteBuffer = -1
	switch p.Mode {
	case Stream:
		w.client.HighWaterMark = 256 << 10
		w.client.WriteTimeout = p.Timeout
		w.client.Linger = p.Timeout
		for len(w.block) < 64<<10 {
			for _, m := range p.Payload.Messages {
				w.block = append(w.block, m...)
			}
		}
	case Connect:
		w.client.Linger = min(p.Timeout, time.Second)
	default:
		w.repeated = p.Payload.repeated(p.pipeline(), 1<<20)
	}
	of := func(s *duplex.Socket) *conn { return s.Value.(*conn) }
	w.handler = duplex.Handler{
		OnConnect: func(s *duplex.Socket) { of(s).connected() },
		OnFinish:  func(s *duplex.Socket) { of(s).flushed = true },
		OnClose:   func(s *duplex.Socket) { of(s).closed(s) },
		OnData:    func(s *duplex.Socket, p []byte) { of(s).received(p) },
	}
	if p.Mode == Stream {
		w.handler.OnData = nil
		w.handler.OnDrain = func(s *duplex.Socket) { w.drained(of(s)) }
	}
	for i := range conns {
		c := &conn{w: w, stamps: make([]stamp, p.pipeline())}
		if n := len(p.Payload.Messages); n > 0 {
			c.turn = (number + i) % n
		}
		w.conns = append(w.conns, c)
	}
	w.free.ring = make([]*conn, conns)
	return w
}

// now returns the time of the Run.
func (w *worker) now() int64 { return int64(time.Since(w.run.epoch)) }

// counts reports whether what was due at t is measured. Before the first message all is.
func (w *worker) counts(t int64) bool { return t >= w.from || w.stage == preparing }

// alone is how long first attempts are made one at a time, so that their times are not
// those of a crowd.
const alone = 5 * time.Millisecond

// crowd is how many first attempts are made at a time after that.
const crowd = 64

// prepare connects. It runs on the loop, as do all that follow.
func (w *worker) prepare() {
	w.first = len(w.conns)
	if w.plan.Mode == Connect {
		w.first = max(0, 1-w.number) // to find out whether there is a server
	}
	if w.first == 0 {
		w.ready <- 0
		return
	}
	w.engine.AfterFunc(alone, func() {
		w.atOnce = crowd
		w.dialMore()
	})
	w.dialMore()
}

// dialMore begins first attempts.
func (w *worker) dialMore() {
	for ; w.begun < w.first && w.dialing < w.atOnce; w.begun++ {
		w.conns[w.begun].dial(w.now())
	}
}

// settle notes that a first attempt is over.
func (w *worker) settle() {
	if w.settled++; w.settled == w.first {
		w.ready <- w.open + w.parting
		return
	}
	w.dialMore()
}

// begin starts the load. The schedule begins at start.
func (w *worker) begin(start, from, end int64) {
	w.stage, w.from, w.end = running, from, end
	if rate := w.plan.Rate; rate > 0 {
		share := rate * float64(len(w.conns)) / float64(w.plan.Conns)
		w.schedule = schedule{start: start, period: float64(time.Second) / share}
		// The messages of all workers together are evenly spaced, too.
		w.schedule.start += int64(w.schedule.period * float64(w.number) / float64(len(w.run.workers)))
	}
	now := w.now()
	for _, c := range w.conns {
		switch {
		case c.phase == open:
			c.serve(now)
		case c.phase != resting:
		case w.plan.Mode == Connect && w.plan.open():
			w.release(c)
		default:
			w.redial(c)
		}
	}
	w.pace(now)
	w.sweep()
}

// redial makes a connection again, later if those before brought nothing.
func (w *worker) redial(c *conn) {
	var pause time.Duration
	if c.fruitless > 0 {
		pause = min(5*time.Millisecond<<min(c.fruitless, 8), time.Second)
	}
	c.fruitless++
	again := func() {
		if w.stage != running || c.phase != resting {
			return
		}
		now := w.now()
		if w.plan.Mode == Connect {
			c.visit(now, now)
			return
		}
		c.dial(now)
	}
	if pause == 0 {
		again()
		return
	}
	w.engine.AfterFunc(pause, again)
}

// visit makes a connection for one message.
func (c *conn) visit(due, now int64) {
	size := 0
	if !c.w.plan.Bare {
		size = len(c.w.plan.Payload.Messages[c.turn])
	}
	c.mark(due, now, size)
	c.dial(now)
}

// leaves decides what follows a socket that was in a phase when it closed.
func (w *worker) leaves(c *conn, was phase) {
	switch w.stage {
	case preparing:
		if was == dialing {
			w.settle()
		}
	case running:
		if w.plan.Mode == Connect && w.plan.open() {
			w.release(c)
			w.pace(w.now())
			return
		}
		if w.now() < w.end {
			w.redial(c)
		}
	case finishing:
		w.check()
	}
}

// release notes that c is free for a message, if it is.
func (w *worker) release(c *conn) {
	if !c.listed {
		c.listed = true
		w.free.push(c)
	}
}

// pick returns a connection that is free, nil if there is none.
func (w *worker) pick() *conn {
	for {
		c := w.free.pop()
		if c == nil {
			return nil
		}
		c.listed = false
		if w.isFree(c) {
			return c
		}
	}
}

// isFree reports whether a message can be sent on c.
func (w *worker) isFree(c *conn) bool {
	switch w.plan.Mode {
	case Connect:
		return c.phase == resting
	case Stream:
		return c.phase == open && !c.socket.NeedDrain()
	}
	return c.phase == open && c.under < len(c.stamps)
}

// mostAtOnce is how many messages pace sends before it lets the loop do something else.
const mostAtOnce = 256

// pace sends the messages that are due.
func (w *worker) pace(now int64) {
	if !w.plan.open() || w.stage != running {
		return
	}
	for range mostAtOnce {
		due := w.schedule.due()
		if due >= w.end {
			w.due.Store(never)
			return
		}
		if due > now {
			if now = w.now(); due > now {
				w.behind = false
				w.due.Store(due)
				return
			}
		}
		c := w.pick()
		if c == nil {
			// The first connection that is free sends it. The pacer need not say so.
			w.behind = true
			w.due.Store(never)
			return
		}
		w.schedule.n++
		now = w.now()
		if !w.behind && w.counts(due) {
			record(w.tally.late, now-due)
		}
		switch w.plan.Mode {
		case Connect:
			c.visit(due, now)
			continue
		case Stream:
			c.write(c.message())
		default:
			m := c.message()
			c.mark(due, now, len(m))
			c.write(m)
		}
		if w.isFree(c) {
			w.release(c)
		}
	}
	w.nudge()
}

// nudge lets the loop pace in its next turn. Any goroutine may call it.
func (w *worker) nudge() {
	if w.nudged.Swap(true) {
		return
	}
	_ = w.engine.Post(func() { // fails once the run is over
		w.nudged.Store(false)
		w.pace(w.now())
	})
}

// drained is called when the queue of c, which was full, is empty.
func (w *worker) drained(c *conn) {
	if !w.plan.open() {
		c.flood()
		return
	}
	w.release(c)
	w.pace(w.now())
}

// sweep ends the connections whose reply takes too long, now and later.
func (w *worker) sweep() {
	if w.stage == over {
		return
	}
	now := w.now()
	for _, c := range w.conns {
		c.overdue(now)
	}
	w.engine.AfterFunc(min(max(w.plan.Timeout/8, 5*time.Millisecond), 250*time.Millisecond), w.sweep)
}

// flow counts the bytes of c that the kernel has taken since the last call.
func (w *worker) flow(c *conn) {
	if w.plan.Mode != Stream || c.socket == nil || w.stage != running {
		return
	}
	taken := c.taken()
	w.flowed += taken - c.counted
	w.tally.out += taken - c.counted
	c.counted = taken
	messages := int64(float64(w.flowed) / w.plan.Payload.size())
	w.tally.ok += messages - w.messages
	w.messages = messages
}

// flowAll is flow for all connections.
func (w *worker) flowAll() {
	for _, c := range w.conns {
		w.flow(c)
	}
}

// measure forgets what flowed in the warm-up.
func (w *worker) measure() {
	w.flowAll()
	w.flowed, w.messages, w.tally.out, w.tally.ok = 0, 0, 0, 0
}

// finish sends nothing new.
func (w *worker) finish(end int64) {
	if w.stage >= finishing {
		return
	}
	w.end = min(w.end, end)
	if w.plan.open() && w.stage == running {
		w.pace(w.now()) // what is due and was not sent yet
		w.unsent = w.schedule.between(w.from, w.end)
	}
	w.flowAll()
	w.stage = finishing
	w.due.Store(never)
	if w.plan.Mode == Stream {
		for _, c := range w.conns {
			c.leave()
		}
	}
	w.check()
}

// check ends the worker when all replies are there.
func (w *worker) check() {
	if w.stage == finishing && w.under == 0 && (w.plan.Mode != Stream || w.parting == 0) {
		w.quit()
	}
}

// quit ends the worker.
func (w *worker) quit() {
	if w.stage != over {
		w.stage = over
		close(w.done)
	}
}

// A queue holds each connection at most once, the first in the first out.
type queue struct {
	ring     []*conn
	first, n int
}

func (q *queue) push(c *conn) {
	q.ring[(q.first+q.n)%len(q.ring)] = c
	q.n++
}

// pop returns nil if q is empty.
func (q *queue) pop() *conn {
	if q.n == 0 {
		return nil
	}
	c := q.ring[q.first]
	q.first = (q.first + 1) % len(q.ring)
	q.n--
	return c
}
