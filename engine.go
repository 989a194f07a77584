// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex/internal/crash"
	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/driver/native"
	"github.com/duplex-go/duplex/internal/driver/portable"
	"github.com/duplex-go/duplex/internal/ledger"
	"github.com/duplex-go/duplex/internal/loop"
)

// An Engine is a set of event loops. Most programs need none: Servers and Clients
// without an Engine share one, which starts on first use and never stops. A nil Engine
// is that one for Wait, Post and AfterFunc.
//
// The zero Engine is ready, starts on first use, and runs until Close. Its fields
// must not change after the first use. Any goroutine may call its methods; Wait panics
// in a callback, and Close returns an error there, since they would wait for
// themselves.
type Engine struct {
	// Loops is the number of event loops, each a goroutine with its share of the
	// sockets. Zero or negative is GOMAXPROCS.
	Loops int

	// Driver names how the loops reach the network: "epoll" (Linux), "portable"
	// (over package net), or "memory", a network inside this process for tests
	// ("memory:NAME" shares it with other Engines). Empty is the value of the
	// environment variable DUPLEX_DRIVER if that is set, or else the fastest driver of
	// this platform. The error of an unknown name comes from the first use.
	Driver string

	// Spin is how long a loop without work polls for more before it sleeps. Messages
	// that arrive meanwhile are answered sooner, since no wake-up is needed. A loop that
	// polls uses a whole processor; 50 us suit a program that can afford it. Zero or
	// negative disables it. The driver "memory" ignores it.
	Spin time.Duration

	// Budget limits the memory in which all sockets keep bytes that wait. Several Engines
	// may have the same one. Nil is no limit, and costs nothing.
	Budget *Budget

	// Logger receives panics in callbacks, and accept failures of Servers without
	// OnError. Nil is slog.Default. Clients may be able to cause panics, so no more than
	// ten are logged at once, and then one a second, with the number of those that were
	// not ("unlogged"). Stats counts them all.
	Logger *slog.Logger

	running     atomic.Bool // the loops run: what follows up to next is constant from here on
	driver      string      // its name
	lanes       []*lane
	budget      *ledger.Ledger  // nil for none
	account     *ledger.Account // of the sockets of clients; nil without a budget
	leaveBudget func()          // nil without one
	next        atomic.Uint32   // the last client's lane, counted without end
	drops       drops
	alarm       crash.Alarm

	// How many things Wait waits for: sockets, servers from Listen to OnClose, posted
	// functions and functions of AfterFunc.
	refs atomic.Int64

	mu      sync.Mutex
	idle    sync.Cond // on mu: refs is 0, or a socket or server is gone
	servers map[*listener]struct{}
	timers  map[*Timer]struct{} // of AfterFunc
	closed  bool
}

// A lane is an event loop and the state that this package keeps for it: its counters,
// and its part of the Engine. A socket stays on one lane for its whole life.
type lane struct {
	*loop.Loop
	counters
	engine    *Engine
	number    int        // in engine.lanes
	temporary bool       // the loop stops after OnClose of its one socket
	vectors   [16][]byte // for sendHere; owned by the loop
	plain     []byte     // what TLS has opened; owned by the loop, nil before the first
	casts     casts
	account   *ledger.Account // of messages that wait in casts; nil without a budget

	// Owned by the loop.
	steps     *stream   // whose posted function runs; nil for none
	regulated []*stream // that regulate has still to look at
	unruly    bool      // regulate was called meanwhile
}

// shared is the engine of Servers and Clients that have none.
var shared Engine

// Wait is [Engine.Wait] of the shared engine: a program that ends with it runs until
// its last socket and server are closed.
func Wait() { shared.Wait() }

// use returns e, or the shared engine.
func (e *Engine) use() *Engine {
	if e == nil {
		return &shared
	}
	return e
}

// start starts the loops on first use. If that fails, for example because no
// descriptors are left, the next use tries again.
func (e *Engine) start() error {
	if e.running.Load() {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.startHeld()
}

// startHeld is start. The caller holds mu.
func (e *Engine) startHeld() error {
	if e.servers == nil {
		e.idle.L = &e.mu
		e.servers = make(map[*listener]struct{})
		e.timers = make(map[*Timer]struct{})
	}
	switch {
	case e.running.Load():
		return nil
	case e.closed:
		return net.ErrClosed
	}
	err := e.launch()
	if err != nil {
		e.stop()
		e.lanes = nil
	}
	e.running.Store(err == nil)
	return err
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
		spin = 0 // no other process sends anything there, and virtual time would stand still
	}
	// The first timer of a process makes the Go runtime open descriptors, and the
	// runtime ends the program if none are left. So the first timer is set now, and not
	// by a server that waits for descriptors.
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
	if e.Budget != nil {
		e.budget = e.Budget.open()
		e.leaveBudget = e.budget.Join(e.regulate)
		e.account = ledger.NewAccount(e.budget, 0)
		for _, l := range e.lanes {
			l.account = e.account
		}
	}
	return nil
}

func (e *Engine) newLane(d driver.Driver, spin time.Duration) *lane {
	return &lane{Loop: loop.Start(d, spin), engine: e}
}

// limbo returns a lane for one socket of an engine that did not start or is closed:
// the socket reports that to its Handler. The lane stops with the socket.
func (e *Engine) limbo() *lane {
	l := e.newLane(memory.NewNetwork().Driver(), 0)
	l.temporary = true
	return l
}

// choose returns the name and the maker of the driver that Driver names.
func (e *Engine) choose() (name string, m native.Maker, err error) {
	name = e.Driver
	if name == "" {
		name = os.Getenv("DUPLEX_DRIVER")
	}
	if name == "" {
		name = native.Fastest
	}
	name, network, named := strings.Cut(name, ":")
	switch {
	case name == "memory" && named:
		return name, onNetwork(memory.Named(network)), nil
	case name == "memory":
		return name, onNetwork(memory.NewNetwork()), nil
	case name == "portable":
		return name, newPortable, nil
	}
	if m, ok := native.Drivers[name]; ok {
		return name, m, nil
	}
	return "", nil, fmt.Errorf("duplex: no driver %q on this platform", name)
}

func onNetwork(n *memory.Network) native.Maker {
	return func() (driver.Driver, error) { return n.Driver(), nil }
}

func newPortable() (driver.Driver, error) { return portable.New(), nil }

// pick returns the lane for a new socket: the one with the fewest sockets. Of several
// such lanes it prefers near, or the next in turn if near is nil.
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

// Wait returns when nothing is left to do: when OnClose of every socket and every
// Server has returned, and every function given to Post and Engine.AfterFunc has run or
// was stopped. Sockets and Servers that were Unref'd do not count, nor do functions
// given to Socket.AfterFunc. Wait may be called any number of times. In a callback, and
// on a loop of the engine, it panics, since it would wait for itself. A nil Engine is
// the shared one.
func (e *Engine) Wait() {
	e = e.use()
	e.start()
	if e.inCallback() {
		panic("duplex: Wait was called in a callback, and would wait for itself")
	}
	e.mu.Lock()
	for e.refs.Load() > 0 {
		e.idle.Wait()
	}
	e.mu.Unlock()
}

// onLoop reports whether the caller runs on a loop of e. It takes a microsecond.
func (e *Engine) onLoop() bool {
	return e.running.Load() && slices.ContainsFunc(e.lanes, func(l *lane) bool { return l.Here() })
}

// Post runs f on the engine's first loop, at its next turn, and returns at once. f must
// not block. Wait waits for f. Use Post in a program with one loop, to reach state that
// only that loop may touch. f may run at the same time as callbacks of sockets of other
// loops, and as Blocking callbacks. A panic of f is logged and counted. Any goroutine
// may call Post. The error is [net.ErrClosed] after Close, or the reason why the engine
// could not start. A nil f panics. A nil Engine is the shared one.
func (e *Engine) Post(f func()) error {
	mustHave(f != nil)
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

// changed makes Wait and Close look again.
func (e *Engine) changed() {
	e.mu.Lock()
	e.idle.Broadcast()
	e.mu.Unlock()
}

// Close closes every Server and destroys every socket of e, waits until OnClose of all
// has returned, and stops the loops. A Blocking callback that does not return holds it
// up. It stops the functions of Engine.AfterFunc. Later uses of e, such as Listen and
// Connect, fail with [net.ErrClosed], as does a second Close. The shared engine cannot
// be closed. In a callback, and on a loop of e, Close would wait for itself. In both
// cases it returns an error and closes nothing.
func (e *Engine) Close() error {
	if e == nil || e == &shared {
		return errCloseShared
	}
	if e.inCallback() {
		return errCloseInCallback
	}
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return net.ErrClosed
	}
	e.closed = true
	if !e.running.Load() {
		e.mu.Unlock()
		return nil
	}
	servers := slices.Collect(maps.Keys(e.servers))
	timers := slices.Collect(maps.Keys(e.timers))
	e.mu.Unlock()
	for _, t := range timers {
		t.Stop()
	}
	for _, ln := range servers {
		ln.close()
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

var errCloseInCallback = errors.New("duplex: Close was called in a callback of its engine, and would wait for itself")

var errCloseShared = errors.New("duplex: the shared engine cannot be closed")

// stop stops the loops.
func (e *Engine) stop() error {
	if e.leaveBudget != nil {
		e.leaveBudget()
	}
	for _, l := range e.lanes {
		if err := l.Stop(); err != nil {
			return err
		}
	}
	return nil
}

// sockets returns how many sockets there are whose OnClose has not returned.
func (e *Engine) sockets() (n int64) {
	for _, l := range e.lanes {
		n += l.sockets.Load()
	}
	return n
}

// call calls f, a function of the program, and survives its panic or Goexit. Then it
// logs message and attrs, and counts the panic.
func (l *lane) call(f func(), message string, attrs ...any) {
	survive(f, func(err *PanicError) { l.crashed(err, message, attrs...) })
}

// crashed counts and logs a crash, and lets the loop go on if that has ended its
// goroutine.
func (l *lane) crashed(err *PanicError, message string, attrs ...any) {
	l.panics.Add(1)
	if unlogged, ok := l.engine.alarm.Rings(); ok {
		attrs = append(attrs, "panic", err.Value, "stack", string(err.Stack))
		if unlogged > 0 {
			attrs = append(attrs, "unlogged", unlogged)
		}
		l.engine.logger().Error(message, attrs...)
	}
	if err.Value == nil && l.Here() {
		l.Orphan()
	}
}

// destroyAll destroys the sockets of the lane. It runs on the loop.
func (l *lane) destroyAll() {
	for c := range l.Conns() {
		if st, ok := c.(*stream); ok { // a server refuses its prefaces itself
			(*Socket)(st).Destroy(nil)
		}
	}
}

// admit starts e if necessary, and calls enter unless e is closed. It holds mu, so
// that Close either sees what enter has counted, or comes first.
func (e *Engine) admit(enter func()) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.startHeld(); err != nil {
		return err
	}
	if e.closed {
		return net.ErrClosed
	}
	enter()
	return nil
}

// dismiss removes ln, whose life is over, from the servers that Close closes.
func (e *Engine) dismiss(ln *listener) {
	e.mu.Lock()
	delete(e.servers, ln)
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
