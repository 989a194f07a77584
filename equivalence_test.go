// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
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
)

var oneSeed = flag.Uint64("seed", 0, "play only the plan of this seed, in TestEquivalence")

// TestEquivalence plays plans that are made at random on every driver, with and
// without Blocking: each end must be told the same everywhere, and what a model of
// TCP and of the laws says.
//
// A plan does not ask what nobody promises: how many bytes a kernel holds, so that
// drain is not compared, and finish only where the kernel has room or the peer
// reads; in which order ends are told, so that a move begins when all is told of the
// one before; and what becomes of bytes that a socket which closes has not read,
// or that meet a socket which is gone.
func TestEquivalence(t *testing.T) {
	const enough = 3 // failures
	first, last := uint64(1), uint64(200)
	switch {
	case *oneSeed > 0:
		first, last = *oneSeed, *oneSeed
	case *long:
		last = 10_000
	case raceEnabled():
		last = 60
	}
	troupes := newTroupes(t)
	var next atomic.Uint64
	next.Store(first)
	var failures atomic.Int32
	var group sync.WaitGroup
	for range 2 * runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for seed := next.Add(1) - 1; seed <= last && failures.Load() < enough; seed = next.Add(1) - 1 {
				if difference := compareTroupes(newPlan(seed), troupes); difference != "" {
					failures.Add(1)
					t.Errorf("seed %d (go test -run Equivalence -seed %d)\n%s", seed, seed, difference)
				}
			}
		})
	}
	group.Wait()
}

// compareTroupes lets all of them play p and says where they differ, if they do.
func compareTroupes(p *plan, troupes []*troupe) string {
	var b strings.Builder
	for _, tr := range troupes {
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

// A troupe plays plans: on a driver, with handlers that block or do not.
type troupe struct {
	name   string
	engine *duplex.Engine
	blocks func(nth int) bool // whether the nth handler that an end has does
}

func newTroupes(t *testing.T) (list []*troupe) {
	for _, driver := range duplextest.Drivers() {
		e := duplextest.Engine(t, driver)
		list = append(list,
			&troupe{driver, e, func(int) bool { return false }},
			&troupe{driver + ", blocking", e, func(int) bool { return true }})
	}
	return list
}

// play plays p and returns what the ends were told, which is what p says unless
// there is an error.
func (tr *troupe) play(p *plan) (told [2][]string, err error) {
	pr := &production{troupe: tr, plan: p}
	for end := range pr.actors {
		pr.actors[end] = &actor{want: p.want[end], bell: make(chan struct{}, 1), ready: make(chan struct{})}
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
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	defer srv.Close()
	h := client.handler(pr.plan.views[calling], pr.blocks(0))
	c := &duplex.Client{Engine: pr.engine, Options: pr.plan.options[calling]}
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

// move does what m says and waits until all is told that comes of it.
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
	// What comes in spite of it all must not have come.
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

// overtakes reports whether b does what does not queue behind a posted function.
func (b batch) overtakes() bool {
	return slices.ContainsFunc(b.deeds, func(d deed) bool {
		return slices.Contains([]string{"pause", "resume", "view", "cork", "uncork", "timeout"}, d.verb)
	})
}

// needsQuiet reports whether b needs all that was written before to be with the
// kernel, as a driver whose sends take time may not know yet.
func (b batch) needsQuiet() bool {
	return slices.ContainsFunc(b.deeds, func(d deed) bool {
		return slices.Contains([]string{"timeout"}, d.verb)
	})
}

// turn lets the loops of both ends go round.
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

// until lets the loops go round until something is so that no event tells.
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

// perform does the deeds of b.
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
