// Copyright 2026 The duplex authors. MIT license.

package loop

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
)

// A drowsy driver wakes late, as on a machine whose processors are busy with others.
type drowsy struct {
	driver.Driver
	late time.Duration
}

func (d *drowsy) Wait(timeout time.Duration, s driver.Sink) error {
	err := d.Driver.Wait(timeout, s)
	time.Sleep(d.late)
	return err
}

func TestDelayIsHowLateTheLoopWakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &drowsy{Driver: memory.NewNetwork().Driver()}
		l := Start(d, 0)
		defer l.Stop()
		expect := func(when string, want time.Duration) {
			t.Helper()
			synctest.Wait()
			if got := l.Delay(); got != want {
				t.Errorf("%s, Delay is %v, want %v", when, got, want)
			}
		}
		do(l, func() { time.Sleep(300 * time.Millisecond) })
		l.Post(func() { time.Sleep(100 * time.Millisecond) })
		time.Sleep(50 * time.Millisecond)
		do(l, func() {}) // it waits for the one before
		expect("of a loop that is blocked", 0)
		do(l, func() { d.late = 40 * time.Millisecond })
		time.Sleep(time.Second)
		l.Post(func() {})
		time.Sleep(15 * time.Millisecond)
		expect("while it wakes", 15*time.Millisecond)
		time.Sleep(25 * time.Millisecond)
		expect("after a post", 40*time.Millisecond)
		do(l, func() { d.late = 0 })
		time.Sleep(2 * time.Second)
		expect("long after", 0)

		id := l.Register(nil)
		do(l, func() {
			d.late = 70 * time.Millisecond
			l.Arm(id, l.Now()+int64(time.Second))
		})
		time.Sleep(2 * time.Second)
		expect("after a deadline", 70*time.Millisecond)
	})
}

func TestBusyIsTheLengthOfAllTurns(t *testing.T) {
	run(t, func(t *testing.T, l *Loop) {
		do(l, func() {})
		busy, slow := l.Busy(), l.SlowTurns()
		for _, length := range []time.Duration{5, 15, 0, 20} {
			do(l, func() { time.Sleep(length * time.Millisecond) })
			time.Sleep(time.Second)
		}
		if got := l.Busy() - busy; got != 40*time.Millisecond {
			t.Errorf("it was busy for %v, want 40ms", got)
		}
		if got := l.SlowTurns() - slow; got != 2 {
			t.Errorf("%d turns were slow, want 2", got)
		}
	})
}
