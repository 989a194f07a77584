// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/testrun"
)

func storm(t *testing.T, c Config) {
	t.Run("200 connections end at random, each Closed once, and leave nothing", func(t *testing.T) {
		t.Run("warm up", func(t *testing.T) { blow(newRig(t, c, 2), 2, 0) })
		files, goroutines := descriptors(), runtime.NumGoroutine()
		for seed := range uint64(3) {
			t.Run("blow", func(t *testing.T) { blow(newRig(t, c, 2), 200, seed) })
		}
		if files == 0 {
			t.Log("descriptors are not counted: this platform does not report them")
		}
		settle(t, "descriptors", files, descriptors)
		settle(t, "goroutines", goroutines, runtime.NumGoroutine)
	})
}

// blow connects the given number of sockets and ends them in every way, at random moments.
func blow(r *rig, count int, seed uint64) {
	random := rand.New(rand.NewPCG(seed, seed))
	ln := r.loops[0].listen(loopback, driver.ListenOptions{})
	var sockets []*socket
	for range count {
		sockets = append(sockets, r.loops[random.IntN(2)].connect(ln.local))
	}
	ready := func(s *socket) bool { return s.connected && s.err == nil && !s.closing }
	r.until("all are gone", func() bool {
		for len(ln.accepted) > 0 {
			s := r.loops[random.IntN(2)].attach(ln, driver.Options{})
			s.connected = true
			sockets = append(sockets, s)
		}
		left := 0
		for _, s := range sockets {
			if !s.gone {
				left++
			}
			switch random.IntN(12) {
			case 0, 1:
				if ready(s) && !s.over() {
					s.receive(true)
				}
			case 2:
				if ready(s) {
					s.receive(false)
				}
			case 3, 4:
				if ready(s) && s.flushed() {
					s.write(pattern(random.IntN(200_000)))
				}
			case 5:
				s.close(false)
			case 6:
				s.close(true)
			}
		}
		return left == 0
	})
	r.loops[0].until("no other client was accepted", func() bool { return true })
}

// settle fails the test unless the count is back where it was, soon.
func settle(t *testing.T, what string, was int, count func() int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		now := count()
		if now <= was {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d %s are left of %d before", now, what, was)
		}
	}
}

func descriptors() int { return testrun.Count().Descriptors }
