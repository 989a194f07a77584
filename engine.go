// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/driver/portable"
	"github.com/duplex-go/duplex/internal/loop"
)

// An Engine is a set of event loops. Most programs never name one: Servers and
// Clients without an Engine share one that starts on first use and never stops.
//
// The zero Engine is ready, starts on first use, and runs until Close. Its fields
// must not change after that.
type Engine struct {
	// Loops is the number of event loops, each a goroutine with its share of the
	// sockets. 0, or less, is GOMAXPROCS.
	Loops int

	// Driver says how the loops reach the network: "epoll" (Linux), "portable"
	// (over package net), or "memory", a network inside this process
	// for tests ("memory:NAME" shares it with other Engines). Empty is the
	// environment variable DUPLEX_DRIVER if that is set, or else the fastest that
	// works here.
	Driver string

	// Spin is how long a loop without work looks for more before it sleeps. Messages
	// that come meanwhile are answered sooner, as nobody has to be woken up, and a
	// loop that looks uses all of a processor: some 50 us suit a program for which
	// that is a good bargain. 0, or less, is not at all. The driver "memory" ignores it.
	Spin time.Duration

	// Logger is told of panics in callbacks and of accept failures that no
	// Server's OnError hears. Nil is slog.Default.
	Logger *slog.Logger

	once    sync.Once
	err     error  // why the engine could not start as asked
	driver  string // its name, once started
	lanes   []*lane
	next    atomic.Uint32 // lane of the next client
	dropped atomic.Int64

	// What keeps Wait waiting: sockets, listening servers, posted functions.
	refs atomic.Int64

	mu      sync.Mutex
	idle    sync.Cond // on mu: refs is 0, or a socket or server is gone
	servers map[*Server]struct{}
	closed  bool
}

// A lane is a loop and what this package keeps beside it.
type lane struct {
	*loop.Loop
	counters
	engine    *Engine
	number    int  // in engine.lanes
	tries     bool // the driver takes at once what there is room for
	temporary bool // stops when its socket has told OnClose

	// Owned by the loop: sockets that have no connection, and so no slot, yet.
	connecting map[*stream]struct{}
	vectors    [16][]byte // for sendHere
}

// shared is the engine of whoever names none.
var shared Engine

// Wait returns when nothing is left to do for the shared engine; see
// [Engine.Wait].
func Wait() { shared.Wait() }

// use returns e, or the shared engine.
func (e *Engine) use() *Engine {
	if e == nil {
		return &shared
	}
	return e
}

// start starts the loops on first use.
func (e *Engine) start() error {
	e.once.Do(func() {
		e.idle.L = &e.mu
		e.servers = make(map[*Server]struct{})
		e.err = e.launch()
	})
	return e.err
}

func (e *Engine) launch() error {
	name, make, err := e.choose()
	if err != nil {
		return err
	}
	n := e.Loops
	if n <= 0 {
		n = runtime.GOMAXPROCS(0)
	}
	e.driver = name
	spin := e.Spin
	if name == "memory" {
		spin = 0 // nothing comes from outside there, and virtual time would stand still
	}
	// The first timer of a process makes the Go runtime open descriptors, and end
	// the program if there are none left; so it is now, and not in a server that
	// waits for descriptors.
	time.AfterFunc(time.Hour, func() {}).Stop()
	for range n {
		d, err := make()
		if err != nil {
			return fmt.Errorf("duplex: driver %s: %w", name, err)
		}
		l := e.newLane(d, spin)
		l.number = len(e.lanes)
		e.lanes = append(e.lanes, l)
	}
	return nil
}

func (e *Engine) newLane(d driver.Driver, spin time.Duration) *lane {
	return &lane{Loop: loop.Start(d, spin), engine: e, tries: d.Tries(), connecting: make(map[*stream]struct{})}
}

// limbo returns a lane for a socket that an engine which did not start, or is
// closed, still has to tell so. It ends with the socket.
func (e *Engine) limbo() *lane {
	l := e.newLane(memory.NewNetwork().Driver(), 0)
	l.temporary = true
	return l
}

// A maker makes the driver of one loop.
type maker func() (driver.Driver, error)

// choose returns the driver that was asked for.
func (e *Engine) choose() (name string, m maker, err error) {
	name = e.Driver
	if name == "" {
		name = os.Getenv("DUPLEX_DRIVER")
	}
	name, network, named := strings.Cut(name, ":")
	switch {
	case name == "":
		return fastest()
	case name == "memory" && named:
		return name, onNetwork(memory.Named(network)), nil
	case name == "memory":
		return name, onNetwork(memory.NewNetwork()), nil
	case name == "portable":
		return name, newPortable, nil
	}
	if m, ok := native[name]; ok {
		return name, m, nil
	}
	return "", nil, fmt.Errorf("duplex: no driver %q on this platform", name)
}

func onNetwork(n *memory.Network) maker {
	return func() (driver.Driver, error) { return n.Driver(), nil }
}

func newPortable() (driver.Driver, error) { return portable.New(), nil }

// pick returns the lane for a new socket: the one with the fewest, near if it is
// no worse than any.
func (e *Engine) pick(near *lane) *lane {
	best, least := near, int64(0)
	if near == nil {
		best = e.lanes[e.next.Add(1)%uint32(len(e.lanes))]
	}
	least = best.sockets.Load()
	for _, l := range e.lanes {
		if n := l.sockets.Load(); n < least {
			best, least = l, n
		}
	}
	return best
}

// Wait returns when nothing is left to do: when every socket has told OnClose,
// every listening Server is closed and every posted function has run, except
// those that were Unref'd. Any goroutine but a callback may call it.
func (e *Engine) Wait() {
	e = e.use()
	e.start()
	e.mu.Lock()
	for e.refs.Load() > 0 {
		e.idle.Wait()
	}
	e.mu.Unlock()
}

// Post lets the engine's first loop run f at its next turn; Wait waits for it. It is
// for who has an Engine of one loop, and state that belongs to it. A panic of f is
// logged and counted. Any goroutine may call it. The error is [net.ErrClosed]
// after Close, or why the engine could not start.
func (e *Engine) Post(f func()) error {
	e = e.use()
	return e.admit(func() {
		e.ref()
		l := e.lanes[0]
		l.Post(func() {
			defer e.unref()
			l.call(f, "duplex: a posted function crashed")
		})
	})
}

func (e *Engine) ref() { e.refs.Add(1) }

func (e *Engine) unref() {
	if e.refs.Add(-1) == 0 {
		e.changed()
	}
}

// changed lets Wait and Close look again.
func (e *Engine) changed() {
	e.mu.Lock()
	e.idle.Broadcast()
	e.mu.Unlock()
}

// Close closes every Server and destroys every socket of e, waits until all have
// told OnClose, and stops the loops. What comes later is refused with
// [net.ErrClosed]. It must not be called from a callback, nor on the shared
// engine.
func (e *Engine) Close() error {
	if e.start() != nil {
		return e.stop()
	}
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return net.ErrClosed
	}
	e.closed = true
	servers := make([]*Server, 0, len(e.servers))
	for s := range e.servers {
		servers = append(servers, s)
	}
	e.mu.Unlock()

	for _, s := range servers {
		s.Close()
	}
	for _, l := range e.lanes {
		l.Post(l.destroyAll)
	}
	e.mu.Lock()
	for len(e.servers) > 0 || e.sockets() > 0 {
		e.idle.Wait()
	}
	e.mu.Unlock()
	return e.stop()
}

func (e *Engine) stop() error {
	for _, l := range e.lanes {
		if err := l.Stop(); err != nil {
			return err
		}
	}
	return nil
}

// sockets returns how many have not told OnClose.
func (e *Engine) sockets() (n int64) {
	for _, l := range e.lanes {
		n += l.sockets.Load()
	}
	return n
}

// call calls f, which is the user's, and outlives it. What is logged if f crashes
// begins with message and attrs.
func (l *lane) call(f func(), message string, attrs ...any) {
	completed := false
	defer func() {
		if completed {
			return
		}
		v := recover()
		l.panics.Add(1)
		l.engine.logger().Error(message, append(attrs, "panic", v, "stack", string(debug.Stack()))...)
		if v == nil && l.Here() {
			l.Orphan()
		}
	}()
	f()
	completed = true
}

// destroyAll runs on the loop.
func (l *lane) destroyAll() {
	for st := range l.connecting {
		(*Socket)(st).Destroy(nil)
	}
	for c := range l.Conns() {
		(*Socket)(c.(*stream)).Destroy(nil)
	}
}

// admit calls enter if e still takes sockets, servers and posted functions. What it
// counts is there before Close looks whether anything is.
func (e *Engine) admit(enter func()) error {
	if err := e.start(); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return net.ErrClosed
	}
	enter()
	return nil
}

// dismiss forgets a server that is closed.
func (e *Engine) dismiss(srv *Server) {
	e.mu.Lock()
	delete(e.servers, srv)
	e.idle.Broadcast()
	e.mu.Unlock()
}

func (e *Engine) logger() *slog.Logger {
	if e.Logger != nil {
		return e.Logger
	}
	return slog.Default()
}

func (e *Engine) isClosed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.closed
}
