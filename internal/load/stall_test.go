// Copyright 2026 The duplex authors. MIT license.

package load_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/load"
)

// A server stands still for a second. In an open loop the response times show what that
// is for clients, and the service times are those of the messages that met it: one on each
// connection.
func TestStallIsInTheResponseTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const conns, rate = 10, 1000
		begun := time.Now()
		work := func() time.Duration {
			if at := time.Since(begun); at > 3*time.Second && at < 4*time.Second {
				return 4*time.Second - at
			}
			return time.Millisecond
		}
		p := plan(answering(t, work), conns)
		p.Rate, p.Duration = rate, 10*time.Second
		r := wait(t, p)

		if want := int64(rate * 10); r.OK != want || r.Errors != 0 || r.Unsent != 0 {
			t.Errorf("%d ok, %d errors, %d unsent; want %d, 0, 0", r.OK, r.Errors, r.Unsent, want)
		}
		// A tenth of all messages are due in that second, and wait for 0.5 s on average.
		between(t, "response p50", load.Percentile(r.Response, 50), time.Millisecond, 1100*time.Microsecond)
		between(t, "response p95", load.Percentile(r.Response, 95), 450*time.Millisecond, 600*time.Millisecond)
		between(t, "response p99", load.Percentile(r.Response, 99), 850*time.Millisecond, 1050*time.Millisecond)
		between(t, "service p50", load.Percentile(r.Service, 50), time.Millisecond, 1100*time.Microsecond)
		between(t, "service p99", load.Percentile(r.Service, 99), time.Millisecond, 1100*time.Microsecond)
		between(t, "service max", time.Duration(r.Service.Max()), 990*time.Millisecond, 1010*time.Millisecond)
	})
}

// The same server, in a closed loop, is asked less while it stands still: that is what is
// called coordinated omission, and why there is an open loop.
func TestClosedLoopOmitsAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		work := func() time.Duration {
			if at := time.Since(begun); at > 3*time.Second && at < 4*time.Second {
				return 4*time.Second - at
			}
			return 5 * time.Millisecond
		}
		p := plan(answering(t, work), 10)
		p.Duration = 5 * time.Second
		r := wait(t, p)
		between(t, "p99", load.Percentile(r.Response, 99), 5*time.Millisecond, 5100*time.Microsecond)
		if r.Service.TotalCount() != 0 {
			t.Error("a closed loop has service times of its own")
		}
	})
}

// In virtual time an independent observer, the server, sees the same percentiles: of the
// service times, and of the response times that follow from the rate.
func TestObserverSeesTheSameTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const rate = 2000
		random := rand.New(rand.NewPCG(1, 2))
		work := func() time.Duration { // 2 ms and more, as an exponential distribution has it
			return 2*time.Millisecond + time.Duration(-math.Log(1-random.Float64())*float64(5*time.Millisecond))
		}
		var arrivals []time.Time
		var service, response []time.Duration
		address := observed(t, work, func(arrival, reply time.Time, n int) {
			for len(arrivals) < n {
				arrivals, service = append(arrivals, time.Time{}), append(service, 0)
			}
			arrivals[n-1], service[n-1] = arrival, reply.Sub(arrival)
		})
		p := plan(address, 20) // a load of 0.7: messages wait for a connection now and then
		p.Loops = 1
		p.Rate, p.Duration = rate, 10*time.Second
		r := wait(t, p)
		for i, arrival := range arrivals { // messages are sent in the order in which they are due
			due := arrivals[0].Add(time.Duration(i) * time.Second / rate)
			response = append(response, arrival.Add(service[i]).Sub(due))
		}
		if len(service) != int(r.OK) {
			t.Fatalf("the server saw %d messages, and %d are ok", len(service), r.OK)
		}
		slices.Sort(service)
		slices.Sort(response)
		for _, percent := range []float64{50, 90, 99} {
			at := int(math.Ceil(percent/100*float64(len(service)))) - 1
			near(t, "service", percent, load.Percentile(r.Service, percent), service[at], .01)
			near(t, "response", percent, load.Percentile(r.Response, percent), response[at], .01)
		}
	})
}

// A rate beyond what the server can do is reported as messages that were not sent. In virtual time the figures are exact:
// in 295 ms one connection sends 30 messages of 10 ms, of 295 that are due.
func TestWhatIsBehindIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plan(answering(t, func() time.Duration { return 10 * time.Millisecond }), 1)
		p.Rate, p.Duration = 1000, 295*time.Millisecond
		r := wait(t, p)
		if r.OK != 30 || r.Unsent != 265 || r.Errors != 0 {
			t.Errorf("%d ok, %d unsent, %d errors; want 30, 265, 0", r.OK, r.Unsent, r.Errors)
		}
		if got := r.SentPerSecond(); r.Reached() || math.Abs(got-30/.295) > .01 {
			t.Errorf("reached is %t, %.2f messages a second were sent; want 101.69 of 1000", r.Reached(), got)
		}
		// The last message was due after 29 ms, and is answered after 300 ms.
		between(t, "response p99", load.Percentile(r.Response, 99), 270*time.Millisecond, 272*time.Millisecond)
		between(t, "service p99", load.Percentile(r.Service, 99), 10*time.Millisecond, 10100*time.Microsecond)
	})
}

// What flows in the warm-up of a stream is not measured, although it was collected meanwhile.
func TestWarmupOfAStreamIsNotMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := plan(mute(t), 3)
		p.Mode, p.Rate, p.Warmup = load.Stream, 1000, 2*time.Second
		r := wait(t, p)
		if r.OK < 990 || r.OK > 1010 || r.Out != r.OK*16 {
			t.Errorf("%d ok, %d B; want some 1000", r.OK, r.Out)
		}
		run := load.Start(p)
		time.Sleep(time.Second)
		run.Stop()
		if r, err := run.Wait(); err != nil || !r.Interrupted || r.OK != 0 || r.Out != 0 {
			t.Errorf("stopped in the warm-up: %v, %+v", err, r)
		}
	})
}

// A Run that is ended while it awaits the last replies says so: they are in no count.
func TestARunThatIsEndedBeforeTheLastRepliesIsInterrupted(t *testing.T) {
	for _, end := range []func(*load.Run){(*load.Run).Stop, (*load.Run).Abort} {
		synctest.Test(t, func(t *testing.T) {
			run := load.Start(plan(mute(t), 3))
			time.Sleep(2 * time.Second)
			end(run)
			if r, err := run.Wait(); err != nil || !r.Interrupted || r.OK+r.Errors != 0 {
				t.Errorf("%v, %+v", err, r)
			}
		})
	}
}

// mute starts a server that reads, and does not answer.
func mute(t *testing.T) (address string) {
	t.Helper()
	e := &duplex.Engine{Loops: 1, Driver: "memory:load"}
	t.Cleanup(func() { e.Close() })
	server := &duplex.Server{Engine: e}
	if err := server.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return server.Addr().String()
}

// plan returns a Plan for a server on the memory driver.
func plan(address string, conns int) load.Plan {
	return load.Plan{
		Network: "tcp", Address: address,
		Mode: load.RoundTrip, Conns: conns, Driver: "memory:load",
		Payload: load.Filler(16), Duration: time.Second, Timeout: 5 * time.Second, Grace: time.Second,
	}
}

// wait runs a Plan.
func wait(t *testing.T, p load.Plan) *load.Report {
	t.Helper()
	r, err := load.Start(p).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// answering starts a server that sends a message back after the time that work returns.
func answering(t *testing.T, work func() time.Duration) (address string) {
	return observed(t, work, func(time.Time, time.Time, int) {})
}

// observed is answering, and reports when each message came and when its reply went.
func observed(t *testing.T, work func() time.Duration, saw func(arrival, reply time.Time, n int)) (address string) {
	t.Helper()
	e := &duplex.Engine{Loops: 1, Driver: "memory:load"}
	t.Cleanup(func() { e.Close() })
	n := 0
	server := &duplex.Server{Engine: e, Handler: &duplex.Handler{
		OnData: func(s *duplex.Socket, p []byte) {
			arrival, reply := time.Now(), slices.Clone(p)
			n++
			number := n
			s.AfterFunc(work(), func() {
				saw(arrival, time.Now(), number)
				s.Write(reply)
			})
		},
	}}
	if err := server.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return server.Addr().String()
}

func between(t *testing.T, what string, got, least, most time.Duration) {
	t.Helper()
	if got < least || got > most {
		t.Errorf("%s is %v, want %v to %v", what, got, least, most)
	}
}

func near(t *testing.T, what string, percent float64, got, want time.Duration, share float64) {
	t.Helper()
	if math.Abs(float64(got-want)) > share*float64(want) {
		t.Errorf("%s p%g is %v, the observer saw %v", what, percent, got, want)
	}
}
