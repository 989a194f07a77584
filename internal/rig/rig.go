// Copyright 2026 The duplex authors. MIT license.

// Package rig is what the tests of the library share: ways to run a test on every driver
// and in virtual time, ways to wait for what no event reports, and servers to try clients
// on. Package duplextest has what tests of other programs need, too.
package rig

import (
	"flag"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// Long selects the long form of some tests, for a release rather than for a commit.
var Long = flag.Bool("long", false, "repeat what must never fail 100 times, and take larger crowds")

// Rounds returns how often a test runs whose outcome depends on chance; see Fives.
func Rounds() int {
	if *Long {
		return 100
	}
	return 5
}

// Fives calls f as often as Rounds says, five calls at a time.
func Fives(f func()) {
	for range Rounds() / 5 {
		var group sync.WaitGroup
		for range 5 {
			group.Go(f)
		}
		group.Wait()
	}
}

// Quiet is for tests that crash on purpose.
var Quiet = slog.New(slog.DiscardHandler)

// Run runs f on every driver.
func Run(t *testing.T, f func(t *testing.T, e *duplex.Engine)) {
	t.Helper()
	duplextest.Run(t, f)
}

// RunOnSystem runs f on every driver that uses the system's sockets. The network of the
// others is inside the process.
func RunOnSystem(t *testing.T, f func(t *testing.T, e *duplex.Engine)) {
	t.Helper()
	Run(t, func(t *testing.T, e *duplex.Engine) {
		if e.Driver == "memory" {
			t.Skip("the network of this driver is inside the process")
		}
		f(t, e)
	})
}

// OnMemory reports whether e has a network of its own, without a kernel.
func OnMemory(e *duplex.Engine) bool { return e.Stats().Driver == "memory" }

// Bubble runs f in a bubble of virtual time, with an engine on the memory driver.
func Bubble(t *testing.T, f func(t *testing.T, e *duplex.Engine)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Loops: 2, Driver: "memory"}
		defer e.Close()
		f(t, e)
	})
}

// Wait receives from c, or fails.
func Wait[T any](t testing.TB, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(duplextest.Patience):
		t.Fatal("waited in vain")
	}
	return v
}

// Until waits for a condition that no event reports. Soon it sleeps between two looks, to
// leave the processors to what it waits for; in a bubble that would let time pass.
func Until(t *testing.T, what string, done func() bool) {
	t.Helper()
	const soon = 1000
	began := time.Now()
	virtual := began.Year() < 2020 // the clock of a bubble begins with the year 2000
	for looks := 0; !done(); looks++ {
		if time.Since(began) > duplextest.Patience {
			t.Fatalf("waited in vain until %s", what)
		}
		if looks < soon || virtual {
			runtime.Gosched()
		} else {
			time.Sleep(100 * time.Microsecond)
		}
	}
}

// Turn returns after a few turns of the socket's loop.
func Turn(t *testing.T, s *duplex.Socket) {
	t.Helper()
	for range 3 {
		done := make(chan struct{})
		s.Post(func() { close(done) })
		Wait(t, done)
	}
}

// HoldUp keeps both loops of e busy until release is called.
func HoldUp(t *testing.T, e *duplex.Engine) (release func()) {
	t.Helper()
	byLoop := make(map[string]*duplextest.End) // by the name of its goroutine
	for len(byLoop) < 2 {
		a, b := duplextest.Pipe(t, e)
		for _, s := range []*duplextest.End{a, b} {
			name := make(chan string, 1)
			s.Post(func() {
				stack := make([]byte, 64) // "goroutine 7 [running]:"
				head, _, _ := strings.Cut(string(stack[:runtime.Stack(stack, false)]), " [")
				name <- head
			})
			byLoop[Wait(t, name)] = s
		}
	}
	over := make(chan struct{})
	for _, s := range byLoop {
		began := make(chan struct{})
		s.Post(func() { close(began); <-over })
		Wait(t, began)
	}
	return func() { close(over) }
}

// Collected waits until the collector has found what closes gone. A loop that sleeps may
// still hold what its last turn was about, so every loop of e turns meanwhile.
func Collected(t *testing.T, e *duplex.Engine, gone <-chan struct{}, what string) {
	t.Helper()
	for began := time.Now(); time.Since(began) < duplextest.Patience; {
		for range runtime.GOMAXPROCS(0) {
			a, b := duplextest.Pipe(t, e)
			Turn(t, a.Socket)
			Turn(t, b.Socket)
			a.Destroy(nil)
		}
		runtime.GC()
		select {
		case <-gone:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Errorf("%s is still held", what)
}

// Allocated returns how many bytes f allocates, in all goroutines.
func Allocated(f func()) int {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc - before.TotalAlloc)
}

// InUse returns how many bytes of the heap are in use.
func InUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// NeedResets skips the test where a connection of e does not always report a reset.
func NeedResets(t *testing.T, e *duplex.Engine) {
	t.Helper()
	if e.Driver != "memory" {
		testrun.NotUnderWine(t, testrun.LostResets)
	}
}

// NeedPlain skips the test if every Pipe of the suite has TLS (DUPLEX_TEST_TLS), for a reason
// that docs/node.md gives.
func NeedPlain(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("DUPLEX_TEST_TLS") != "" {
		t.Skip("not with TLS: " + reason)
	}
}

// NeedSpeed skips the test where tens of megabytes take longer than a test waits.
func NeedSpeed(t *testing.T, e *duplex.Engine) {
	t.Helper()
	if e.Driver != "memory" {
		testrun.NotUnderWine(t, testrun.SlowSockets)
	}
}
