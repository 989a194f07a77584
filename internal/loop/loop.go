// Copyright 2026 The duplex authors. MIT license.

// Package loop is the event loop: one goroutine that owns one driver, reports events to
// sockets, and runs posted functions.
//
// # A turn
//
//  1. Posted functions run.
//  2. Deadlines that have passed are reported.
//  3. Writes gathered since the last turn go to the driver, once for each socket, until
//     the share of this step is spent. The other sockets come first in the next turn.
//  4. The driver waits for the system and reports events, socket by socket.
//
// Between any two callbacks, Advance is called for sockets that have news (Defer): the
// effects of a callback come after it, and before everything else, unless they cause
// more without end.
package loop

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/timer"
)

// A Conn is a socket as its loop sees it. All methods are called on the loop.
type Conn interface {
	// Events of the driver; see driver.Sink.
	Received(p []byte)
	Ended()
	Failed(err error)
	Sent(n int, err error)
	Closed()

	Advance()           // Defer was called
	Flush()             // Gather was called, and the turn ends
	Expired(when int64) // the deadline that Arm set has passed

	Awaits(when int64) bool // whether Expired(when) would have an effect
}

// A Listener is a listener as its loop sees it. All methods are called on the
// loop.
type Listener interface {
	Accepted(c driver.Conn)
	AcceptFailed(err error)
	Closed()
}

// An Attempt is a connection under way, as its loop sees it. All methods are called on
// the loop.
type Attempt interface {
	// Connected is called once, unless Cancel comes first. Without an error the
	// connection waits to be adopted.
	Connected(id driver.ID, local driver.Addr, err error)

	// Closed is called when the descriptor is closed, but never for a connection that
	// was adopted.
	Closed(id driver.ID)
}

// A Loop is one goroutine and one driver.
type Loop struct {
	Driver driver.Driver // constant

	epoch     time.Time     // constant
	spin      time.Duration // constant; how long to look for work before sleeping
	load      load
	done      chan struct{} // closed when the loop has stopped
	goroutine atomic.Uint64 // number of the goroutine that runs the loop
	now       atomic.Int64  // nanoseconds since epoch, read once a turn
	limit     atomic.Int64  // where load.used is when the share of this step of the turn is spent

	// Owned by the loop.
	slots     slots
	timers    timer.Heap
	crowd     int         // the number of timers at which thin looks for void ones
	own       queue[Conn] // gathered, and not flushed
	dials     map[driver.ID]Attempt
	listeners map[driver.ID]Listener
	active    int64 // when the loop last had work; for spin
	due       int64 // when the driver's wait has to end; 0 for never
	waiting   bool  // in driver.Wait, before its first event
	orphaned  bool  // the goroutine is about to exit: another takes over
	stopped   bool

	// Filled by any goroutine under mu, emptied by the loop.
	mu       sync.Mutex
	over     bool  // the loop has stopped: nothing is added any more
	asleep   bool  // the loop waits, or is about to: a goroutine that adds work wakes it
	roused   int64 // when one did, until the loop wakes; 0 for none
	posted   queue[func()]
	news     queue[Conn]
	gathered queue[Conn]
	hasNews  atomic.Bool // news holds something new
}

// Start returns a running loop on d, which it owns from now on. Stop ends it. Before it
// sleeps it looks for more work for the time of spin.
func Start(d driver.Driver, spin time.Duration) *Loop {
	l := &Loop{
		Driver:    d,
		epoch:     time.Now(),
		spin:      spin,
		done:      make(chan struct{}),
		crowd:     fewest,
		dials:     make(map[driver.ID]Attempt),
		listeners: make(map[driver.ID]Listener),
	}
	l.load.woke(l.Clock())
	go l.run() // until Stop; then done is closed
	return l
}

// Stop ends the loop and its driver and returns when both have stopped. No socket may be
// left. It must not be called on a loop.
func (l *Loop) Stop() error {
	l.Post(func() { l.stopped = true })
	<-l.done
	return l.Driver.Stop()
}

// run is the loop's goroutine. When a callback ends it (runtime.Goexit), the deferred
// function starts a new goroutine, which goes on where the old one stopped.
func (l *Loop) run() {
	defer func() {
		if l.orphaned {
			l.orphaned = false
			go l.run()
		}
	}()
	l.goroutine.Store(Goroutine())
	for !l.stopped {
		l.turn()
	}
	l.mu.Lock()
	l.over = true
	l.posted = queue[func()]{}
	l.mu.Unlock()
	close(l.done)
}

// Orphan records that the running callback has called runtime.Goexit: the loop's goroutine
// is about to exit.
func (l *Loop) Orphan() { l.orphaned = true }

// Here reports whether the caller runs on the loop. It takes a microsecond, since Go has
// no cheap way to find out, so only rare paths that need the answer call it.
func (l *Loop) Here() bool { return Goroutine() == l.goroutine.Load() }

// Now returns the loop's time, in nanoseconds since it started: the beginning of
// this turn, or of the last one if the loop sleeps. Any goroutine may call it.
func (l *Loop) Now() int64 { return l.now.Load() }

// Post lets the loop run f at its next turn. A loop that has stopped drops f. Any
// goroutine may call it.
func (l *Loop) Post(f func()) {
	l.mu.Lock()
	if !l.over {
		l.posted.push(f)
	}
	l.rouse()
}

// Defer has Advance of c called when the running callback has returned or, if there is
// none, as soon as the loop can. Any goroutine may call it.
func (l *Loop) Defer(c Conn) {
	l.mu.Lock()
	l.news.push(c)
	l.hasNews.Store(true)
	l.rouse()
}

// Gather has Flush of c called at the end of the turn. Any goroutine may call it.
func (l *Loop) Gather(c Conn) {
	l.mu.Lock()
	l.gathered.push(c)
	l.rouse()
}

// GatherHere is Gather on the loop, and takes no lock.
func (l *Loop) GatherHere(c Conn) { l.own.push(c) }

// rouse unlocks mu and wakes the loop if it sleeps: only once, however much work is added
// until it is awake.
func (l *Loop) rouse() {
	asleep := l.asleep
	if asleep {
		l.asleep = false
		l.roused = max(1, l.Clock())
	}
	l.mu.Unlock()
	if asleep {
		l.Driver.Wake()
	}
}

// Clock returns the exact time, on the scale of Now.
func (l *Loop) Clock() int64 { return int64(time.Since(l.epoch)) }

func (l *Loop) turn() {
	l.now.Store(l.Clock())
	l.runPosted()
	l.expire()
	l.settle()
	l.flush()
	l.settle()

	timeout := l.sleep()
	l.refill(eventShare)
	l.waiting = true
	if err := l.Driver.Wait(timeout, (*sink)(l)); err != nil {
		panic(fmt.Sprintf("duplex: the driver cannot wait: %v", err))
	}
	told := !l.waiting
	l.wakeUp()
	if told {
		l.active = l.Now()
	} else if l.spin > 0 {
		runtime.Gosched() // others may be waiting for the processor
	}
}

// runPosted runs the functions that were posted before this turn. A function posted
// meanwhile waits for the next turn, so that a function which posts itself does not starve
// the sockets.
func (l *Loop) runPosted() {
	l.mu.Lock()
	l.posted.fill()
	l.mu.Unlock()
	for f, ok := l.posted.pop(); ok; f, ok = l.posted.pop() {
		l.active = l.Now()
		f()
		l.settle()
	}
}

// fewest is how many deadlines are kept without a check whether they are void.
const fewest = 1 << 10

// thin removes void deadlines, whose sockets are gone or have other deadlines by now. It
// runs when half of all deadlines may be void. Each connection with an idle timeout
// leaves a void deadline, which would stay for the length of that timeout. The cost is
// spread over as many calls of Arm.
func (l *Loop) thin() {
	l.timers.Keep(func(when int64, id driver.ID) bool {
		c := l.slots.conn(id)
		return c != nil && c.Awaits(when)
	})
	l.crowd = max(fewest, 2*l.timers.Len())
}

// expire reports the deadlines that have passed.
func (l *Loop) expire() {
	if l.timers.Len() > l.crowd {
		l.thin()
	}
	for {
		when, id, ok := l.timers.Pop(l.Now())
		if !ok {
			return
		}
		if c := l.slots.conn(id); c != nil {
			c.Expired(when)
			l.settle()
		}
	}
}

// mostAdvances is how many sockets advance at most between two callbacks. Sockets that
// give each other news without end, as by completions of empty writes, leave timers,
// posted functions and the driver their turn.
const mostAdvances = 1 << 12

// settle has every socket that has news advance, until no socket has any or
// mostAdvances did. The next settle goes on with the rest, and the loop does not sleep
// before.
func (l *Loop) settle() {
	for range mostAdvances {
		c, ok := l.news.pop()
		if ok {
			c.Advance()
			continue
		}
		if !l.hasNews.Load() {
			return
		}
		l.mu.Lock()
		l.news.fill()
		l.hasNews.Store(false)
		l.mu.Unlock()
	}
}

// flush has gathered sockets flush, in the order in which they were gathered, until their
// share of the turn is spent. A socket gathered meanwhile belongs to the next turn.
func (l *Loop) flush() {
	l.mu.Lock()
	l.gathered.fill()
	l.mu.Unlock()
	for c, ok := l.gathered.pop(); ok; c, ok = l.gathered.pop() {
		l.active = l.Now()
		l.own.push(c)
	}
	l.own.fill()
	l.refill(flushShare)
	for !l.Sated() {
		c, ok := l.own.pop()
		if !ok {
			return
		}
		c.Flush()
	}
}

// sleep returns how long the driver may wait: until the next deadline, forever if there
// is none, and not at all while the loop has work or spins.
func (l *Loop) sleep() time.Duration {
	now := l.Clock()
	l.load.turned(now)
	l.due = 0
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped || !l.posted.empty() || !l.news.empty() || !l.gathered.empty() || !l.own.empty() {
		return 0
	}
	if l.spin > 0 && now-l.active < int64(l.spin) {
		return 0
	}
	l.asleep = true
	l.load.slept()
	next, ok := l.timers.Next()
	if !ok {
		return -1
	}
	l.due = max(now, next)
	return time.Duration(l.due - now)
}

// wakeUp ends the wait: at the first event of the driver, or when Wait returns without
// one.
func (l *Loop) wakeUp() {
	if !l.waiting {
		return
	}
	l.waiting = false
	now := l.Clock()
	l.now.Store(now)
	l.load.woke(now)
	l.mu.Lock()
	l.asleep = false
	since := l.roused
	l.roused = 0
	l.mu.Unlock()
	if l.due != 0 && (since == 0 || l.due < since) {
		since = l.due
	}
	if since != 0 && now > since {
		l.load.delay.note(now, now-since)
	}
}

// Arm has Expired of the socket id called at the given time. It cannot be canceled: a
// socket that no longer needs the deadline ignores the call.
func (l *Loop) Arm(id driver.ID, when int64) { l.timers.Add(when, id) }

// Serve hands a bound listener to the driver, which accepts from now on.
func (l *Loop) Serve(bound driver.Conn, ln Listener) (driver.ID, error) {
	id := l.slots.reserve(nil)
	if err := l.Driver.Serve(id, bound); err != nil {
		l.slots.release(id)
		return 0, err
	}
	l.listeners[id] = ln
	return id, nil
}

// Register gives c an ID. Deadlines of that ID reach c at once, and events of a
// connection after it was attached or adopted. The ID ends by Forget, or after Closed.
// Any goroutine may call it.
func (l *Loop) Register(c Conn) driver.ID { return l.slots.reserve(c) }

// Forget gives up the ID of a socket that has no connection.
func (l *Loop) Forget(id driver.ID) { l.slots.release(id) }

// Dial begins a connection.
func (l *Loop) Dial(remote, local driver.Addr, o driver.Options, a Attempt) driver.ID {
	id := l.slots.reserve(nil)
	l.dials[id] = a
	l.Driver.Connect(id, remote, local, o)
	return id
}

// Adopt gives the dialed connection id to the socket that has the ID own. The ID of the
// connection replaces own, which is released.
func (l *Loop) Adopt(id, own driver.ID) {
	delete(l.dials, id)
	c := l.slots.conn(own)
	l.slots.release(own)
	l.slots.set(id, c)
}

// Cancel gives up a connection that was dialed and not yet adopted.
func (l *Loop) Cancel(id driver.ID) { l.Driver.Close(id, false) }

// sink is the driver's view of the loop.
type sink Loop

func (s *sink) Received(id driver.ID, p []byte) {
	l := (*Loop)(s)
	l.wakeUp()
	if c := l.slots.conn(id); c != nil {
		c.Received(p)
	}
	l.settle()
}

func (s *sink) Ended(id driver.ID) {
	l := (*Loop)(s)
	l.wakeUp()
	if c := l.slots.conn(id); c != nil {
		c.Ended()
	}
	l.settle()
}

func (s *sink) Failed(id driver.ID, err error) {
	l := (*Loop)(s)
	l.wakeUp()
	if c := l.slots.conn(id); c != nil {
		c.Failed(err)
	}
	l.settle()
}

func (s *sink) Sent(id driver.ID, n int, err error) {
	l := (*Loop)(s)
	l.wakeUp()
	if c := l.slots.conn(id); c != nil {
		c.Sent(n, err)
	}
	l.settle()
}

func (s *sink) Connected(id driver.ID, local driver.Addr, err error) {
	l := (*Loop)(s)
	l.wakeUp()
	if a := l.dials[id]; a != nil {
		if err != nil {
			l.Driver.Close(id, false)
		}
		a.Connected(id, local, err)
	}
	l.settle()
}

func (s *sink) Accepted(id driver.ID, c driver.Conn) {
	l := (*Loop)(s)
	l.wakeUp()
	if ln := l.listeners[id]; ln != nil {
		ln.Accepted(c)
	} else {
		c.Handle.Close()
	}
	l.settle()
}

func (s *sink) AcceptFailed(id driver.ID, err error) {
	l := (*Loop)(s)
	l.wakeUp()
	if ln := l.listeners[id]; ln != nil {
		ln.AcceptFailed(err)
	}
	l.settle()
}

func (s *sink) Closed(id driver.ID) {
	l := (*Loop)(s)
	l.wakeUp()
	c, ln, a := l.slots.conn(id), l.listeners[id], l.dials[id]
	l.slots.release(id)
	delete(l.listeners, id)
	delete(l.dials, id)
	if c != nil {
		c.Closed()
	}
	if ln != nil {
		ln.Closed()
	}
	if a != nil {
		a.Closed(id)
	}
	l.settle()
}
