// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"sync/atomic"
	"testing"
	"time"
)

func waiting(t *testing.T, c Config) {
	t.Run("Wait lasts as long as it was given", func(t *testing.T) {
		r := newRig(t, c, 1)
		r.pair()
		r.loops[0].quiet(shortly) // what the listener's Close has left
		for _, timeout := range []time.Duration{0, 1, 100 * time.Microsecond, 3500 * time.Microsecond, 20 * time.Millisecond} {
			for range 5 {
				start := time.Now()
				r.loops[0].wait(timeout)
				if got := time.Since(start); got < timeout || got > timeout+patience {
					t.Errorf("Wait(%v) took %v", timeout, got)
				}
			}
		}
	})

	t.Run("Wake ends the Wait under way", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		for _, timeout := range []time.Duration{patience, -1} {
			start := time.Now()
			timer := time.AfterFunc(5*time.Millisecond, l.driver.Wake)
			l.wait(timeout)
			timer.Stop()
			if got := time.Since(start); got >= patience {
				t.Errorf("Wait(%v) took %v", timeout, got)
			}
		}
	})

	t.Run("Wake before Wait ends the next one", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		for range 100 {
			l.driver.Wake()
			start := time.Now()
			l.wait(patience)
			if got := time.Since(start); got >= patience {
				t.Fatalf("Wait took %v", got)
			}
		}
	})

	t.Run("Wake in a call ends this Wait or the next", func(t *testing.T) {
		r := newRig(t, c, 1)
		l := r.loops[0]
		_, server := r.pair()
		l.quiet(shortly)
		l.after = func(*socket, string) { l.driver.Wake() }
		server.close(false)
		start := time.Now()
		l.until("it is closed", func() bool { return server.gone })
		if got := time.Since(start); got >= patience {
			t.Errorf("Wait took %v", got)
		}
	})

	t.Run("many Wakes cost few returns", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		for range 10_000 {
			l.driver.Wake()
		}
		if wakes := l.quiet(shortly); wakes > 3 {
			t.Errorf("10000 Wakes ended Wait %d times", wakes)
		}
	})

	t.Run("no Wake is lost", func(t *testing.T) {
		const rounds = 5000
		l := newRig(t, c, 1).loops[0]
		var posted atomic.Int64
		heard := make(chan bool)
		defer close(heard)
		go func() { // until the last round, or the test is over
			for i := range rounds {
				posted.Store(int64(i + 1))
				l.driver.Wake()
				<-heard
			}
		}()
		for i := range rounds {
			for posted.Load() < int64(i+1) {
				start := time.Now()
				l.wait(patience)
				if time.Since(start) >= patience {
					t.Fatalf("round %d: Wait did not return after Wake", i)
				}
			}
			heard <- true
		}
	})

	t.Run("no Send from elsewhere is lost", func(t *testing.T) {
		const rounds = 2000
		r := newRig(t, c, 1)
		client, server := r.pair()
		client.news = make(chan struct{}, 1)
		server.receive(true)
		heard := make(chan bool)
		var done atomic.Bool
		go func() { // until heard is closed
			defer r.loops[0].driver.Wake()
			defer done.Store(true)
			for range heard {
				client.sendAll([]byte{1})
			}
		}()
		for i := range rounds {
			heard <- true
			r.until("the byte arrives", func() bool { return len(server.data) == i+1 && client.flushed() })
		}
		close(heard)
		r.until("the sender is done", done.Load)
	})

	t.Run("Stop returns no error", func(t *testing.T) {
		if err := c.New(t).Stop(); err != nil {
			t.Error(err)
		}
	})
}
