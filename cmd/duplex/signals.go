// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// lastWords is how long a hard stop waits for the last events.
const lastWords = 250 * time.Millisecond

// An ending is how a verb stops after a signal.
type ending struct {
	grace time.Duration
	soft  func() // on the first signal
	hard  func() // on the second, or when the grace is over
}

// catch lets signals come by a channel from now on, instead of ending the process
// before it has cleaned up. A write to a pipe without a reader becomes an error, for
// the same reason. SIGHUP stays ignored where nohup has it ignored.
func catch() <-chan os.Signal {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	ignoreBrokenPipes()
	return signals
}

// await returns when done is closed, or soon after a hard stop. It returns the
// signals that came, 0 for none.
func (e ending) await(done <-chan struct{}, signals <-chan os.Signal) (first, second syscall.Signal) {
	var grace, patience <-chan time.Time
	for {
		select {
		case <-done:
			return first, second
		case <-patience:
			return first, second
		case <-grace:
			grace = nil
			e.hard()
			patience = time.After(lastWords)
		case s := <-signals:
			switch {
			case first == 0:
				first = s.(syscall.Signal)
				grace = time.After(e.grace)
				e.soft()
			case second == 0:
				second = s.(syscall.Signal)
				grace = nil
				e.hard()
				patience = time.After(lastWords)
			}
		}
	}
}
