// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

var (
	long     = flag.Bool("long", false, "run the long form of every test but TestSoak: minutes, gigabytes and tens of thousands of connections")
	soakTime = flag.Duration("soak", 1500*time.Millisecond, "how long TestSoak runs on each driver")
	seed     = flag.Uint64("seed", 0, "where random numbers begin; 0 is anywhere")
)

func TestMain(m *testing.M) {
	if text := os.Getenv(asService); text != "" {
		serveSetup(text)
		return
	}
	testrun.Main(m)
}

// form returns the size of the short form of a test, or that of the long one.
func form[T any](short, ofLong T) T {
	if *long {
		return ofLong
	}
	return short
}

// system runs f on every driver that uses the system's sockets, which two processes share.
func system(t *testing.T, f func(t *testing.T, driver string)) {
	t.Helper()
	for _, driver := range duplextest.Drivers() {
		if driver != "memory" {
			t.Run(driver, func(t *testing.T) { f(t, driver) })
		}
	}
}

// wait receives from c, or fails.
func wait[T any](t testing.TB, c <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(duplextest.Patience):
		t.Fatal("waited in vain")
	}
	return v
}

// until waits for a condition that no event reports.
func until(t testing.TB, what string, most time.Duration, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Since(began) > most {
			t.Fatalf("waited in vain for %v until %s", most, what)
		}
	}
}

// listen returns the address of a server on 127.0.0.1.
func listen(t testing.TB, srv *duplex.Server) string {
	t.Helper()
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return srv.Addr().String()
}

// Latencies are how long answers took.
type latencies []time.Duration

// at returns the latency that the fraction q of all do not exceed; 0 if there are none.
func (l latencies) at(q float64) time.Duration {
	if len(l) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(l))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func (l latencies) String() string {
	return fmt.Sprintf("%d answers: median %v, p99 %v, slowest %v", len(l), l.at(0.5), l.at(0.99), l.at(1))
}
