// Copyright 2026 The duplex authors. MIT license.

// Package loop is the event loop: one goroutine that owns one driver, tells
// sockets what has happened to them, and runs what others ask of it.
//
// # A turn
//
//  1. Functions that were posted run.
//  2. Deadlines that have passed are told.
//  3. Writes gathered since the last turn go to the driver, once for each socket.
//  4. The driver waits for the system and tells what happened, socket by socket.
//
// Between any two callbacks, sockets that have news (Defer) are told to advance:
// what a callback causes happens after it, and before anything else does.
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
	// What the driver tells; see driver.Sink.
	Received(p []byte)
	Ended()
	Failed(err error)
	Sent(n int, err error)
	Closed()

	Advance()           // Defer was called
	Flush()             // Gather was called, and the turn ends
	Expired(when int64) // the deadline that Arm set has passed

	Awaits(when int64) bool // whether Expired(when) would mean anything
}

// A Listener is a listener as its loop sees it. All methods are called on the
// loop.
type Listener interface {
	Accepted(c driver.Conn)
	AcceptFailed(err error)
	Closed()
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

	// Owned by the loop.
	slots     slots
	timers    timer.Heap
	crowd     int         // how many timers are worth a look for those that mean nothing
	own       queue[Conn] // gathered by the loop itself
	dials     map[driver.ID]func(id driver.ID, local driver.Addr, err error)
	listeners map[driver.ID]Listener
	active    int64 // when there was last something to do; for spin
	waiting   bool  // in driver.Wait, and nothing was told yet
	orphaned  bool  // the goroutine is about to exit: another takes over
	stopped   bool

	// Filled by any goroutine under mu, emptied by the loop.
	mu       sync.Mutex
	asleep   bool // the loop waits, or is about to: whoever adds work wakes it
	posted   queue[func()]
	news     queue[Conn]
	gathered queue[Conn]
	hasNews  atomic.Bool // news holds something new
}

// Start returns a running loop on d, which it owns from now on. It ends by Stop.
// Before it sleeps it looks for more to do for the time of spin.
func Start(d driver.Driver, spin time.Duration) *Loop {
	l := &Loop{
		Driver:    d,
		epoch:     time.Now(),
		spin:      spin,
		done:      make(chan struct{}),
		crowd:     fewest,
		dials:     make(map[driver.ID]func(driver.ID, driver.Addr, error)),
		listeners: make(map[driver.ID]Listener),
	}
	l.load.woke(l.Clock())
	go l.run() // until Stop; then done is closed
	return l
}

// Stop ends the loop and its driver and returns once they are gone. No socket
// may be left. It must not be called on a loop.
func (l *Loop) Stop() error {
	l.Post(func() { l.stopped = true })
	<-l.done
	return l.Driver.Stop()
}

// run is the loop's goroutine. When a callback ends it (runtime.Goexit), the
// deferred function carries on with a new one, where the old one stopped.
func (l *Loop) run() {
	defer func() {
		if l.orphaned {
			l.orphaned = false
			go l.run()
		}
	}()
	l.goroutine.Store(goroutineID())
	for !l.stopped {
		l.turn()
	}
	close(l.done)
}

// Orphan tells the loop that the callback which is running has called
// runtime.Goexit, so that its goroutine is as good as gone.
func (l *Loop) Orphan() { l.orphaned = true }

// Here reports whether the caller runs on the loop. It takes a microsecond, as
// Go gives no cheap answer, so it is for the rare paths that cannot do without.
func (l *Loop) Here() bool { return goroutineID() == l.goroutine.Load() }

// Now returns the loop's time, in nanoseconds since it started: the beginning of
// this turn, or of the last one if the loop sleeps. Any goroutine may call it.
func (l *Loop) Now() int64 { return l.now.Load() }

// Post lets the loop run f at its next turn. Any goroutine may call it.
func (l *Loop) Post(f func()) {
	l.mu.Lock()
	l.posted.push(f)
	l.rouse()
}

// Defer lets c advance once the callback that runs now has returned, or else as
// soon as the loop can. Any goroutine may call it.
func (l *Loop) Defer(c Conn) {
	l.mu.Lock()
	l.news.push(c)
	l.hasNews.Store(true)
	l.rouse()
}

// Gather lets c flush at the end of the turn. Any goroutine may call it.
func (l *Loop) Gather(c Conn) {
	l.mu.Lock()
	l.gathered.push(c)
	l.rouse()
}

// GatherHere is Gather on the loop, and takes no lock.
func (l *Loop) GatherHere(c Conn) { l.own.push(c) }

// rouse unlocks mu and wakes the loop if it sleeps: once for however much work
// is added until it is awake.
func (l *Loop) rouse() {
	asleep := l.asleep
	l.asleep = false
	l.mu.Unlock()
	if asleep {
		l.Driver.Wake()
	}
}

// Clock returns the time in the same measure as Now, but exactly.
func (l *Loop) Clock() int64 { return int64(time.Since(l.epoch)) }

func (l *Loop) turn() {
	l.now.Store(l.Clock())
	l.runPosted()
	l.expire()
	l.settle()
	l.flush()
	l.settle()

	timeout := l.sleep()
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

// runPosted runs what was posted before this turn. What is posted meanwhile
// waits for the next, so that functions which post themselves starve nobody.
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

// fewest is how many deadlines are kept without a look whether they mean anything.
const fewest = 1 << 10

// thin takes out deadlines of sockets that are gone or have others by now, when they
// may be half of all: each connection leaves one behind that has an idle timeout, and
// holds it as long as that is. The work is paid for by as many calls of Arm.
func (l *Loop) thin() {
	l.timers.Keep(func(when int64, id driver.ID) bool {
		c := l.slots.conn(id)
		return c != nil && c.Awaits(when)
	})
	l.crowd = max(fewest, 2*l.timers.Len())
}

// expire tells of the deadlines that have passed.
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

// settle lets every socket that has news advance, until none has.
func (l *Loop) settle() {
	for {
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

// flush hands what was written to the driver. What is written meanwhile belongs
// to the next turn.
func (l *Loop) flush() {
	l.mu.Lock()
	l.gathered.fill()
	l.mu.Unlock()
	for c, ok := l.gathered.pop(); ok; c, ok = l.gathered.pop() {
		l.active = l.Now()
		c.Flush()
	}
	l.own.fill()
	for c, ok := l.own.pop(); ok; c, ok = l.own.pop() {
		c.Flush()
	}
}

// sleep returns how long the driver may wait: until the next deadline, forever
// if there is none, and not at all while there is work, or may soon be some.
func (l *Loop) sleep() time.Duration {
	now := l.Clock()
	l.load.turned(now)
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
	return max(0, time.Duration(next-now))
}

// wakeUp ends the wait, when the driver tells the first event or has none.
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
	l.mu.Unlock()
}

// Arm lets the socket id hear when the time comes. It cannot be taken back: a
// socket that has changed its mind ignores what it hears.
func (l *Loop) Arm(id driver.ID, when int64) { l.timers.Add(when, id) }

// Serve hands a bound listener to the driver, which accepts from now on.
func (l *Loop) Serve(bound driver.Conn, ln Listener) (driver.ID, error) {
	id := l.slots.reserve()
	if err := l.Driver.Serve(id, bound); err != nil {
		l.slots.release(id)
		return 0, err
	}
	l.listeners[id] = ln
	return id, nil
}

// Attach makes c the socket of an accepted connection.
func (l *Loop) Attach(accepted driver.Conn, o driver.Options, c Conn) (driver.ID, error) {
	id := l.slots.reserve()
	if err := l.Driver.Attach(id, accepted, o); err != nil {
		l.slots.release(id)
		return 0, err
	}
	l.slots.set(id, c)
	return id, nil
}

// Dial begins a connection. It calls done once, later, with the ID to Adopt or
// with an error, unless Cancel comes first.
func (l *Loop) Dial(remote, local driver.Addr, o driver.Options, done func(id driver.ID, local driver.Addr, err error)) driver.ID {
	id := l.slots.reserve()
	l.dials[id] = done
	l.Driver.Connect(id, remote, local, o)
	return id
}

// Adopt makes c the socket of a connection that was dialed.
func (l *Loop) Adopt(id driver.ID, c Conn) { l.slots.set(id, c) }

// Cancel gives up a connection that was dialed and not yet adopted.
func (l *Loop) Cancel(id driver.ID) {
	delete(l.dials, id)
	l.Driver.Close(id, false)
}

// sink is the loop as its driver sees it.
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
	if done, ok := l.dials[id]; ok {
		delete(l.dials, id)
		if err != nil {
			l.Driver.Close(id, false)
		}
		done(id, local, err)
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
	c, ln := l.slots.conn(id), l.listeners[id]
	l.slots.release(id)
	delete(l.listeners, id)
	if c != nil {
		c.Closed()
	}
	if ln != nil {
		ln.Closed()
	}
	l.settle()
}
