// Copyright 2026 The duplex authors. MIT license.

package equivalence_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

var (
	seed  = flag.Uint64("seed", 0, "play only the plan of this seed; with -for, begin with it")
	long  = flag.Bool("long", false, "play 10,000 plans instead of 200")
	while = flag.Duration("for", 0, "play the plans that can begin in this time, instead of a number of them")
)

// TestEquivalence plays random plans on every driver, with and without Blocking. Each
// end must report the same events everywhere, which are those that a model of TCP and
// of the laws predicts.
//
// A plan does not depend on what neither TCP nor the laws promise:
//
//   - how many bytes a kernel holds: drain is not compared, and finish only where the
//     kernel has room or the peer reads;
//   - the order in which the two ends report: a move begins after all events of the
//     previous one;
//   - what happens to bytes that a closing socket has not read, or that arrive at a
//     closed socket: with TLS, close_notify is such bytes.
//
// With TLS the same seed makes the same plan, but that no end is destroyed before the
// other one has ended. AllowTruncation is set, as the end of a socket that is destroyed is
// no close_notify.
func TestEquivalence(t *testing.T) {
	const enough = 3 // failures
	first, last := max(1, *seed), uint64(200)
	switch {
	case *while > 0:
		last = math.MaxUint64
	case *seed > 0:
		last = *seed
	case *long:
		last = 10_000
	case testrun.Race():
		last = 60
	}
	troupes := newTroupes(t)
	var next atomic.Uint64
	next.Store(first)
	var failures, played atomic.Int32
	var group sync.WaitGroup
	began := time.Now()
	for range 2 * runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for *while == 0 || time.Since(began) < *while {
				seed := next.Add(1) - 1
				if seed > last || failures.Load() >= enough {
					return
				}
				difference := compareTroupes(newPlan(seed, false), troupes) + compareTroupes(newPlan(seed, true), troupes)
				if difference != "" {
					failures.Add(1)
					t.Errorf("seed %d (go test ./internal/equivalence -seed %d)\n%s", seed, seed, difference)
				}
				played.Add(1)
			}
		})
	}
	group.Wait()
	t.Logf("%d plans from seed %d on, each played %d times, in %v", played.Load(), first, len(troupes), time.Since(began).Round(time.Second))
}

// compareTroupes has every troupe play p, those with TLS if p has it and the others if it
// has not. It returns the differences, "" if there are none.
func compareTroupes(p *plan, troupes []*troupe) string {
	var b strings.Builder
	for _, tr := range troupes {
		if tr.secure != p.secure {
			continue
		}
		told, err := tr.play(p)
		if err == nil {
			continue
		}
		if b.Len() == 0 {
			fmt.Fprintf(&b, "%v", p)
			for end, name := range ends {
				fmt.Fprintf(&b, "the model's %s is told\n\t%s\n", name, strings.Join(p.want[end], "\n\t"))
			}
		}
		fmt.Fprintf(&b, "%s: %v\n", tr.name, err)
		for end, name := range ends {
			if !slices.Equal(told[end], p.want[end]) {
				fmt.Fprintf(&b, "its %s is told\n\t%s\n", name, strings.Join(told[end], "\n\t"))
			}
		}
	}
	return b.String()
}

// A troupe plays plans on a driver, with handlers that are Blocking or not.
type troupe struct {
	name   string
	engine *duplex.Engine
	secure bool               // the connections have TLS
	blocks func(nth int) bool // whether the nth handler of an end is Blocking

	workers *duplex.Workers // of those that are; nil for none
}

func newTroupes(t *testing.T) (list []*troupe) {
	for _, driver := range duplextest.Drivers() {
		if driver != "memory" && testrun.Wine() {
			t.Logf("NOT TESTED on %s: under Wine %s", driver, testrun.LostResets)
			continue
		}
		counts := &duplex.Budget{Limit: -1}
		t.Cleanup(func() { // after the engine is closed
			if left := counts.Stats(); left.QueuedIn != 0 || left.QueuedOut != 0 {
				t.Errorf("%s: all sockets are closed, and %+v is counted", driver, left)
			}
		})
		e := duplextest.Engine(t, driver)
		e.Budget = counts
		list = append(list,
			&troupe{driver, e, false, func(int) bool { return false }, nil},
			&troupe{driver + ", blocking", e, false, func(int) bool { return true }, nil},
			&troupe{driver + ", blocking by turns, in line", e, false, func(nth int) bool { return nth%2 == 0 }, &duplex.Workers{Limit: 1}},
			&troupe{driver + " with TLS", e, true, func(int) bool { return false }, nil},
			&troupe{driver + " with TLS, blocking, in line", e, true, func(int) bool { return true }, &duplex.Workers{Limit: 1}})
	}
	return list
}

// play plays p and returns the events of the ends. Without an error they are those of
// p.
func (tr *troupe) play(p *plan) (told [2][]string, err error) {
	pr := &production{troupe: tr, plan: p}
	for end := range pr.actors {
		pr.actors[end] = &actor{want: p.want[end], secure: p.secure, workers: tr.workers, bell: make(chan struct{}, 1), ready: make(chan struct{})}
	}
	err = pr.run()
	for end, a := range pr.actors {
		a.mu.Lock()
		told[end] = a.told.all()
		err = errors.Join(err, a.fault)
		a.mu.Unlock()
	}
	return told, err
}

// A production is a plan played by a troupe.
type production struct {
	*troupe
	plan   *plan
	actors [2]*actor
}

func (pr *production) run() error {
	client, server := pr.actors[calling], pr.actors[serving]
	srv := &duplex.Server{
		Engine:  pr.engine,
		Handler: server.handler(pr.plan.views[serving], pr.blocks(0)),
		Options: pr.plan.options[serving],
		OnClose: func() { server.tell("server closed") },
	}
	greet := srv.Handler.OnConnect
	srv.Handler.OnConnect = func(s *duplex.Socket) {
		srv.Unlisten()
		server.socket = s
		close(server.ready)
		for _, b := range pr.plan.moves[0].batches {
			if b.on == onConnect {
				pr.perform(b)
			}
		}
		greet(s)
	}
	c := &duplex.Client{Engine: pr.engine, Options: pr.plan.options[calling]}
	if pr.secure {
		srv.TLS, c.TLS = testrun.TLS()
		srv.AllowTruncation, c.AllowTruncation = true, true // as without TLS
		srv.HandshakeTimeout, c.HandshakeTimeout = -1, -1   // on a busy machine one may take longer than the default
	}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	defer srv.Close()
	h := client.handler(pr.plan.views[calling], pr.blocks(0))
	client.socket = c.Connect(context.Background(), "tcp", srv.Addr().String(), h)
	defer client.socket.Destroy(nil)
	close(client.ready)
	for i, m := range pr.plan.moves {
		if err := pr.move(m); err != nil {
			return fmt.Errorf("in move %d: %w", i, err)
		}
	}
	return nil
}

// move carries out m and waits for all events that follow from it.
func (pr *production) move(m move) error {
	var before batch
	for _, b := range m.batches {
		if b.on == onConnect {
			continue
		}
		if before.overtakes() || b.overtakes() {
			if err := pr.turn(); err != nil {
				return err
			}
		}
		before = b
		a := pr.actors[b.end]
		if b.needsQuiet() {
			if err := pr.until(func() bool { return a.socket.Buffered() == 0 }); err != nil {
				return err
			}
		}
		if b.on == outside || a.socket.Post(func() { pr.perform(b) }) != nil {
			pr.perform(b)
		}
	}
	for end, a := range pr.actors {
		err := a.await(m.want[end])
		if err == nil && !m.want[end].unread {
			err = pr.until(func() bool { return a.socket.BytesRead() >= m.want[end].read })
		}
		if err != nil {
			return fmt.Errorf("the %s: %w", ends[end], err)
		}
	}
	// An event that comes now is one too many.
	if err := pr.turn(); err != nil {
		return err
	}
	for end, a := range pr.actors {
		if got, want := a.mark(m.want[end]), m.want[end]; got != want {
			return fmt.Errorf("the %s stands at %+v, want %+v", ends[end], got, want)
		}
		a.socket.SetTimeout(0)
	}
	return nil
}

// overtakes reports whether b has a verb that does not wait for posted functions.
func (b batch) overtakes() bool {
	return slices.ContainsFunc(b.deeds, func(d deed) bool {
		return slices.Contains([]string{"pause", "resume", "view", "cork", "uncork", "timeout"}, d.verb)
	})
}

// needsQuiet reports whether the kernel must have all that was written before b. A
// driver whose sends take time may not know yet whether it has.
func (b batch) needsQuiet() bool {
	return slices.ContainsFunc(b.deeds, func(d deed) bool {
		return slices.Contains([]string{"timeout"}, d.verb)
	})
}

// turn waits for a turn of the loops of both ends.
func (pr *production) turn() error {
	for _, a := range pr.actors {
		if err := a.wait(a.ready); err != nil {
			return err
		}
		turned := make(chan struct{})
		if a.socket.Post(func() { close(turned) }) == nil {
			if err := a.wait(turned); err != nil {
				return err
			}
		}
	}
	return nil
}

// until waits, turn by turn, for a condition that no event reports.
func (pr *production) until(so func() bool) error {
	for patience := time.Now().Add(duplextest.Patience); !so(); {
		if err := pr.turn(); err != nil {
			return err
		}
		if time.Now().After(patience) {
			return fmt.Errorf("nothing moves in %v", duplextest.Patience)
		}
	}
	return nil
}

// perform carries out the deeds of b.
func (pr *production) perform(b batch) {
	a := pr.actors[b.end]
	s := a.socket
	for _, d := range b.deeds {
		var err error
		switch d.verb {
		case "cork":
			s.Cork()
		case "uncork":
			s.Uncork()
		case "end":
			s.End()
		case "close":
			a.hushed.Store(true)
			err = s.Close()
		case "destroy":
			if d.err == "" {
				s.Destroy(nil)
			} else {
				s.Destroy(errors.New(d.err))
			}
		case "reset":
			s.Reset()
		case "pause":
			s.Pause()
		case "resume":
			s.Resume()
		case "view":
			a.nth++
			s.SetHandler(a.handler(d.view, pr.blocks(a.nth)))
		case "timeout":
			s.SetTimeout(time.Millisecond)
		default:
			err = a.write(d, pr.plan.bytes[b.end])
		}
		if refused := errors.Is(err, net.ErrClosed); refused != d.refused || err != nil && !refused {
			a.fail(fmt.Errorf("%s: %v returns %v", ends[b.end], d, err))
		}
	}
}
