// Copyright 2026 The duplex authors. MIT license.

package load_test

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/load"
)

// serve starts a server of package net, whose connections f serves.
func serve(t *testing.T, f func(conn *net.TCPConn)) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			group.Go(func() {
				defer conn.Close()
				f(conn.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() {
		ln.Close()
		group.Wait()
	})
	return ln.Addr().String()
}

// local returns a Plan for a server on a real network.
func local(address string, conns int) load.Plan {
	p := plan(address, conns)
	p.Driver = ""
	p.Duration = 300 * time.Millisecond
	return p
}

// echo counts the bytes that it has sent back.
func echo(t *testing.T) (address string, echoed *atomic.Int64) {
	echoed = new(atomic.Int64)
	return serve(t, func(conn *net.TCPConn) {
		buf := make([]byte, 4096)
		for {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			echoed.Add(int64(n))
			if _, err := conn.Write(buf[:n]); err != nil {
				return
			}
		}
	}), echoed
}

// Every message that is counted was echoed, and every one that was echoed is counted.
func TestEveryMessageIsCounted(t *testing.T) {
	for _, c := range []struct {
		name     string
		pipeline int
		rate     float64
		loops    int
	}{
		{"closed loop", 1, 0, 0},
		{"closed loop, one loop", 1, 0, 1},
		{"pipelined", 16, 0, 0},
		{"open loop", 1, 2000, 0},
		{"open loop, pipelined", 4, 2000, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			address, echoed := echo(t)
			p := local(address, 7)
			p.Pipeline, p.Rate, p.Loops = c.pipeline, c.rate, c.loops
			r := wait(t, p)
			if r.OK == 0 || r.Errors != 0 || r.Surplus != 0 {
				t.Errorf("%d ok, %d errors, %d surplus; want some, 0, 0", r.OK, r.Errors, r.Surplus)
			}
			if got := echoed.Load(); r.Out != got || r.In != got || r.OK != got/16 {
				t.Errorf("%d ok, %d B out, %d B in; the server echoed %d B", r.OK, r.Out, r.In, got)
			}
			if want := int64(600); c.rate > 0 && r.OK+r.Unsent != want {
				t.Errorf("%d ok and %d unsent, want %d", r.OK, r.Unsent, want)
			}
			if got := r.Response.TotalCount(); got != r.OK {
				t.Errorf("%d response times for %d messages", got, r.OK)
			}
			if got := r.Connect.TotalCount(); got != 7 {
				t.Errorf("%d connections were made, want 7", got)
			}
			points := int64(0)
			for _, at := range r.Points {
				points += at.OK
			}
			if points != r.OK {
				t.Errorf("the points have %d messages, want %d", points, r.OK)
			}
		})
	}
}

// What comes in the warm-up is not measured.
func TestWarmupIsNotMeasured(t *testing.T) {
	address, echoed := echo(t)
	p := local(address, 3)
	p.Rate, p.Warmup = 1000, 200*time.Millisecond
	r := wait(t, p)
	if r.OK+r.Unsent != 300 || echoed.Load()/16 < r.OK+100 {
		t.Errorf("%d ok, %d unsent, want 300; the server echoed %d, want some 500", r.OK, r.Unsent, echoed.Load()/16)
	}
}

// Messages of several lengths have replies as long as they are.
func TestRepliesAreAsLongAsTheirMessages(t *testing.T) {
	address, echoed := echo(t)
	p := local(address, 3)
	p.Pipeline = 5
	p.Payload = load.Lines([]byte("a\nlonger\n\nthe last"))
	r := wait(t, p)
	if r.OK == 0 || r.Errors != 0 || r.Out != echoed.Load() || r.In != r.Out {
		t.Errorf("%d ok, %d errors, %d B out, %d B in; %d B echoed", r.OK, r.Errors, r.Out, r.In, echoed.Load())
	}
}

// Without a server there is one failure for each connection, and the run ends at once.
func TestNoServerEndsTheRun(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	ln.Close()
	for _, mode := range []load.Mode{load.RoundTrip, load.Stream, load.Connect} {
		p := local(address, 3)
		p.Mode, p.Duration, p.Bare = mode, time.Hour, mode == load.Connect
		r := wait(t, p)
		if r.OK != 0 || len(r.Failures) != 1 || r.Failures[0].Code != "ECONNREFUSED" || r.Failures[0].Err == nil {
			t.Errorf("%s: %d ok, failures %+v", mode, r.OK, r.Failures)
		}
	}
}

// A server that ends connections makes the messages on them errors, and the next ones go
// out on new connections.
func TestLostConnectionsAreMadeAgain(t *testing.T) {
	var accepted atomic.Int64
	address := serve(t, func(conn *net.TCPConn) {
		accepted.Add(1)
		buf := make([]byte, 16)
		for range 3 {
			if _, err := io.ReadFull(conn, buf); err != nil {
				return
			}
			conn.Write(buf)
		}
		io.ReadFull(conn, buf) // and does not answer
	})
	p := local(address, 2)
	r := wait(t, p)
	if r.OK == 0 || r.Errors == 0 || r.Failures[0].Code != "EOF" {
		t.Fatalf("%d ok, failures %+v", r.OK, r.Failures)
	}
	if got := accepted.Load(); got < 3 || r.OK > 3*got || r.Errors > got {
		t.Errorf("%d connections, %d ok, %d errors", got, r.OK, r.Errors)
	}
}

func TestResetIsCountedByItsCode(t *testing.T) {
	address := serve(t, func(conn *net.TCPConn) {
		io.ReadFull(conn, make([]byte, 16))
		conn.SetLinger(0)
	})
	r := wait(t, local(address, 2))
	if r.OK != 0 || r.Errors == 0 || r.Failures[0].Code != "ECONNRESET" {
		t.Errorf("%d ok, failures %+v", r.OK, r.Failures)
	}
}

// A reply that does not come in time is an error.
func TestMissingRepliesAreTimeouts(t *testing.T) {
	address := serve(t, func(conn *net.TCPConn) { io.Copy(io.Discard, conn) })
	p := local(address, 2)
	p.Timeout, p.Duration = 50*time.Millisecond, 200*time.Millisecond
	r := wait(t, p)
	if r.OK != 0 || r.Errors < 2 || len(r.Failures) != 1 || r.Failures[0].Code != "ETIMEDOUT" {
		t.Errorf("%d ok, failures %+v", r.OK, r.Failures)
	}
}

// Bytes that no reply needs are counted.
func TestSurplusIsCounted(t *testing.T) {
	address := serve(t, func(conn *net.TCPConn) {
		for {
			if _, err := io.ReadFull(conn, make([]byte, 16)); err != nil {
				return
			}
			io.WriteString(conn, "twelve bytes")
		}
	})
	p := local(address, 1)
	p.Reply = load.OfSize(10)
	if r := wait(t, p); r.OK == 0 || r.Surplus == 0 {
		t.Errorf("%d ok, surplus %d B; want some", r.OK, r.Surplus)
	}
}

// A stream arrives whole: what was counted, and what was written after that.
func TestStreamArrives(t *testing.T) {
	for _, rate := range []float64{0, 2000} {
		t.Run(fmt.Sprint(rate), func(t *testing.T) {
			var came atomic.Int64
			var group sync.WaitGroup
			address := serve(t, func(conn *net.TCPConn) {
				group.Add(1)
				defer group.Done()
				n, _ := io.Copy(io.Discard, conn)
				came.Add(n)
			})
			p := local(address, 3)
			p.Mode, p.Payload, p.Rate = load.Stream, load.Filler(1000), rate
			r := wait(t, p)
			group.Wait()
			if r.OK == 0 || r.Errors != 0 || came.Load() < r.Out {
				t.Errorf("%d ok, %d errors, %d B out, %d B came", r.OK, r.Errors, r.Out, came.Load())
			}
			if rate > 0 && (r.OK+r.Unsent < 597 || r.OK+r.Unsent > 600) {
				t.Errorf("%d ok, %d unsent; want 600", r.OK, r.Unsent)
			}
		})
	}
}

// In the mode Connect each message is a connection.
func TestConnectMakesAConnectionEach(t *testing.T) {
	for _, c := range []struct {
		name string
		bare bool
		rate float64
	}{{"bare", true, 0}, {"with a message", false, 0}, {"at a rate", true, 500}, {"with a message at a rate", false, 500}} {
		t.Run(c.name, func(t *testing.T) {
			var accepted atomic.Int64
			address := serve(t, func(conn *net.TCPConn) {
				accepted.Add(1)
				io.Copy(conn, conn)
			})
			p := local(address, 3)
			p.Mode, p.Bare, p.Rate = load.Connect, c.bare, c.rate
			r := wait(t, p)
			if r.OK == 0 || r.Errors != 0 {
				t.Errorf("%d ok, failures %+v", r.OK, r.Failures)
			}
			// The first one only finds out whether there is a server. The last ones may
			// still be in the system's queue.
			deadline := time.Now().Add(10 * time.Second)
			for accepted.Load()-1 < r.OK && time.Now().Before(deadline) {
				time.Sleep(time.Millisecond)
			}
			if got := accepted.Load() - 1; got != r.OK {
				t.Errorf("%d connections for %d messages", got, r.OK)
			}
			if c.rate > 0 && r.OK+r.Unsent != 150 {
				t.Errorf("%d ok, %d unsent; want 150", r.OK, r.Unsent)
			}
		})
	}
}

// Stop ends the run early, and what was measured is reported.
func TestStopReportsWhatWas(t *testing.T) {
	address, _ := echo(t)
	p := local(address, 2)
	p.Duration = time.Hour
	begun := make(chan struct{})
	var once sync.Once
	p.Progress = func(load.Progress) { once.Do(func() { close(begun) }) }
	run := load.Start(p)
	<-begun
	run.Stop()
	r, err := run.Wait()
	if err != nil || r.OK == 0 || !r.Interrupted || r.Elapsed <= 0 || r.Elapsed > time.Minute {
		t.Errorf("%v; %d ok, interrupted %t, elapsed %v", err, r.OK, r.Interrupted, r.Elapsed)
	}
}

// Abort does not wait for replies.
func TestAbortEndsAtOnce(t *testing.T) {
	came := make(chan struct{}, 2)
	address := serve(t, func(conn *net.TCPConn) {
		bufio.NewReader(conn).ReadByte()
		came <- struct{}{}
		io.Copy(io.Discard, conn)
	})
	p := local(address, 2)
	p.Duration, p.Timeout, p.Grace = time.Hour, time.Hour, time.Hour
	run := load.Start(p)
	<-came
	<-came
	run.Stop()
	run.Abort()
	if r, err := run.Wait(); err != nil || !r.Interrupted || r.OK != 0 {
		t.Errorf("%v, %+v", err, r)
	}
}

// A rate that is beyond all does not keep a loop from its end.
func TestRateBeyondAllEndsInTime(t *testing.T) {
	for _, mode := range []load.Mode{load.RoundTrip, load.Stream, load.Connect} {
		address := serve(t, func(conn *net.TCPConn) { io.Copy(conn, conn) })
		if mode == load.Stream {
			address = serve(t, func(conn *net.TCPConn) { io.Copy(io.Discard, conn) })
		}
		p := local(address, 2)
		p.Mode, p.Rate, p.Pipeline, p.Bare = mode, 1e8, 1000, true
		begun := time.Now()
		r := wait(t, p)
		if took := time.Since(begun); r.OK == 0 || r.Unsent == 0 || took > 10*time.Second {
			t.Errorf("%s: %d ok, %d unsent, took %v", mode, r.OK, r.Unsent, took)
		}
	}
}

// On a real network, an observer sees the times that the generator reports: a server that
// takes some milliseconds for a message, and notes when that came and when its reply went.
// The response times follow from the rate. The tolerance is that of a busy machine; -v
// shows the figures.
func TestObserverOfARealNetworkSeesTheSameTimes(t *testing.T) {
	const rate, size = 1000, 16
	type seen struct {
		arrival time.Time
		service time.Duration
	}
	var mu sync.Mutex
	var all []seen
	address := serve(t, func(conn *net.TCPConn) {
		buf := make([]byte, size)
		random := rand.New(rand.NewPCG(uint64(conn.RemoteAddr().(*net.TCPAddr).Port), 1))
		for {
			if _, err := io.ReadFull(conn, buf); err != nil {
				return
			}
			arrival := time.Now()
			time.Sleep(time.Duration(5+random.ExpFloat64()*10) * time.Millisecond)
			mu.Lock()
			all = append(all, seen{arrival, time.Since(arrival)})
			mu.Unlock()
			conn.Write(buf)
		}
	})
	p := local(address, 24) // a load of 0.6
	p.Rate, p.Duration = rate, 2*time.Second
	r := wait(t, p)
	mu.Lock() // the server's connections may still be open
	defer mu.Unlock()
	if len(all) != int(r.OK) {
		t.Fatalf("the server saw %d messages, and %d are ok", len(all), r.OK)
	}
	slices.SortFunc(all, func(a, b seen) int { return a.arrival.Compare(b.arrival) })
	// The message that came least late shows when the schedule began.
	begin := all[0].arrival
	for i, m := range all {
		if b := m.arrival.Add(-time.Duration(i) * time.Second / rate); b.Before(begin) {
			begin = b
		}
	}
	var service, response []time.Duration
	for i, m := range all {
		service = append(service, m.service)
		response = append(response, m.arrival.Add(m.service-time.Duration(i)*time.Second/rate).Sub(begin))
	}
	slices.Sort(service)
	slices.Sort(response)
	for _, percent := range []float64{50, 90, 99} {
		at := int(math.Ceil(percent/100*float64(len(service)))) - 1
		for _, c := range []struct {
			what      string
			got, want time.Duration
		}{
			{"service", load.Percentile(r.Service, percent), service[at]},
			{"response", load.Percentile(r.Response, percent), response[at]},
		} {
			t.Logf("%s p%g is %v, the observer saw %v (%+.1f%%)", c.what, percent, c.got, c.want, 100*(float64(c.got)/float64(c.want)-1))
			if off := c.got - c.want; off < -10*time.Millisecond || off > 10*time.Millisecond+c.want/5 {
				t.Errorf("%s p%g is %v, the observer saw %v", c.what, percent, c.got, c.want)
			}
		}
	}
}
