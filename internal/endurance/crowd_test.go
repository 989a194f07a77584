// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// tricks are the ways of a slow client to occupy a connection, by the kind of server: how
// it begins, and what it goes on with, byte by byte.
var tricks = []struct{ kind, start, more string }{
	{"secure", "\x16\x03\x01\x02\x00", "\x01"}, // a ClientHello of 512 bytes
	{"proxied", "PROXY TCP4 1", "0"},
	{"frames", "GE", "T"},
	{"first", "", ""},
}

// TestACrowdOfSlowClientsCostsLittleAndIsCut has thousands of clients that are slow in the
// handshake, in a PROXY header, in a frame, or that say nothing, and an honest client beside
// each kind. What slow clients cost is what the server spends beyond what as many cost that
// connect and leave at once: to accept and close 10,000 connections has its price anyway.
func TestACrowdOfSlowClientsCostsLittleAndIsCut(t *testing.T) {
	crowd, limit := form(400, 10_000), form(time.Second, 5*time.Second)
	system(t, func(t *testing.T, driver string) {
		s := setup{Driver: driver, Limit: limit}
		for _, trick := range tricks {
			s.Servers = append(s.Servers, trick.kind)
		}
		v := serve(t, s)

		var honest sync.WaitGroup
		answers := make([]latencies, len(tricks))
		over := make(chan struct{})
		for i, trick := range tricks {
			hello := ""
			if trick.kind == "proxied" {
				hello = "PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n"
			}
			u := newVisitor(t, v, i, hello)
			if _, err := u.once(); err != nil {
				t.Fatal(err)
			}
			honest.Go(func() { // until over
				for tick := time.NewTicker(20 * time.Millisecond); ; {
					select {
					case <-over:
						tick.Stop()
						return
					case <-tick.C:
					}
					took, err := u.once()
					if err != nil {
						t.Errorf("the honest client of %s: %v", trick.kind, err)
						return
					}
					answers[i] = append(answers[i], took)
				}
			})
		}

		early := newCrowd(t, v, crowd, 0)
		first := v.now(t)
		early.gather(t)
		early.scatter(t, duplextest.Patience)
		c := newCrowd(t, v, crowd, limit*2/5)
		before, began := v.now(t), time.Now()
		anyway := before.CPU - first.CPU
		c.gather(t)
		there, gathered := v.now(t), time.Now()
		time.Sleep(limit*3/4 - gathered.Sub(began)) // as long as none is cut
		still, waited := v.now(t), time.Now()
		c.scatter(t, limit+duplextest.Patience)
		after, cut := v.now(t), time.Now()
		close(over)
		honest.Wait()

		share := func(cpu time.Duration, began, ended time.Time) float64 {
			return 100 * float64(cpu) / float64(ended.Sub(began))
		}
		waiting, overall := share(still.CPU-there.CPU, gathered, waited), share(after.CPU-before.CPU, began, cut)
		slow := share(after.CPU-before.CPU-anyway, began, cut)
		shortest, late := c.lives()
		t.Logf("%d slow clients connected within %v; each was cut at the latest %v after it had connected, all within %v", crowd,
			gathered.Sub(began).Round(time.Millisecond), late.Round(time.Millisecond), cut.Sub(began).Round(time.Millisecond))
		t.Logf("CPU of the server: %.1f %% of one core while they wait, %.1f %% from the first connection to the last cut; without the %v that as many cost who left at once, %.1f %%",
			waiting, overall, anyway.Round(time.Millisecond), slow)
		t.Logf("memory of the server: heap +%s, RSS +%s", mib(still.Heap-before.Heap), mib(still.RSS-before.RSS))
		var all latencies
		for i, trick := range tricks {
			t.Logf("the honest client of %q: %v", trick.kind, answers[i])
			all = append(all, answers[i]...)
		}
		if got := after.Cut - before.Cut; got != int64(crowd) || after.Lost != before.Lost {
			t.Errorf("a limit ended %d of %d, and something else %d", got, crowd, after.Lost-before.Lost)
		}
		if handshakes, headers := after.Stats.Drops.Handshake-before.Stats.Drops.Handshake, after.Stats.Drops.ProxyHeader-before.Stats.Drops.ProxyHeader; handshakes != int64(c.of("secure")) || headers != int64(c.of("proxied")) {
			t.Errorf("dropped %d in the handshake and %d in the header", handshakes, headers)
		}
		if latest := limit + form(10*time.Second, limit/5); shortest < limit || late > latest {
			t.Errorf("one was cut %v after its first packet and one %v after it had connected, want from %v to %v", shortest, late, limit, latest)
		}
		// The goals are epoll's. The portable driver has two goroutines for each connection.
		slack := 1
		if driver != "epoll" {
			slack = 4
		}
		if most := form(100.0, 10.0) * float64(slack); !testrun.Race() && after.CPU > 0 && (waiting > most || slow > most) {
			t.Errorf("the server used %.1f %% and %.1f %% of one core, want at most %.0f", waiting, slow, most)
		}
		if most := form(duplextest.Patience, 50*time.Millisecond*time.Duration(slack)); !testrun.Race() && all.at(0.99) > most {
			t.Errorf("p99 of honest clients is %v, want at most %v", all.at(0.99), most)
		}
	})
}

// A crowd is slow clients, a share of each kind.
type crowd struct {
	engine  *duplex.Engine
	service *service
	size    int
	period  time.Duration // between two bytes of a client; 0 for clients that leave at once

	gone atomic.Int64

	// How long those that are closed have lived: from the call of Connect on, which is
	// before the server knew of them, and from OnConnect on, which is after that.
	mu                   sync.Mutex
	fromCall, fromOpened latencies
}

func newCrowd(t testing.TB, v *service, size int, period time.Duration) *crowd {
	e := &duplex.Engine{Loops: 1}
	t.Cleanup(func() { e.Close() })
	return &crowd{engine: e, service: v, size: size, period: period}
}

// of returns how many clients are of a kind.
func (c *crowd) of(kind string) (n int) {
	for i := range c.size {
		if tricks[i%len(tricks)].kind == kind {
			n++
		}
	}
	return n
}

// gather returns when all have connected. At most 256 connect at a time.
func (c *crowd) gather(t testing.TB) {
	t.Helper()
	connected := make(chan struct{}, c.size)
	for i := range c.size {
		trick := tricks[i%len(tricks)]
		client, called := &duplex.Client{Engine: c.engine}, time.Now()
		client.Connect(t.Context(), "tcp", c.service.Addrs[i%len(tricks)], &duplex.Handler{
			OnConnect: func(s *duplex.Socket) {
				s.Value = time.Now()
				connected <- struct{}{}
				if c.period == 0 {
					s.End()
					return
				}
				s.WriteString(trick.start)
				if trick.more == "" {
					return
				}
				var next func()
				next = func() {
					s.WriteString(trick.more)
					s.AfterFunc(c.period, next)
				}
				s.AfterFunc(c.period, next)
			},
			OnClose: func(s *duplex.Socket) {
				c.gone.Add(1)
				if at, ok := s.Value.(time.Time); ok {
					c.mu.Lock()
					c.fromCall = append(c.fromCall, time.Since(called))
					c.fromOpened = append(c.fromOpened, time.Since(at))
					c.mu.Unlock()
				}
			},
		})
		if i >= 256 {
			wait(t, connected)
		}
	}
	for range min(c.size, 256) {
		wait(t, connected)
	}
}

// scatter returns when all are closed.
func (c *crowd) scatter(t testing.TB, most time.Duration) {
	t.Helper()
	until(t, "all are cut", most, func() bool { return c.gone.Load() == int64(c.size) })
}

// lives returns the shortest life from the call of Connect on, and the longest from OnConnect
// on.
func (c *crowd) lives() (early, late time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.fromCall.at(0), c.fromOpened.at(1)
}
