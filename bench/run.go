// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
)

// A runner measures every workload on every server, some rounds long.
type runner struct {
	workloads []workload
	servers   []server
	effort    effort
	rounds    int
	log       io.Writer
	args      []string // the command line's, for the report
}

// run goes round after round, so that whatever changes on the machine meanwhile
// changes for all; and each round begins with another server.
func (r runner) run() *report {
	present := r.present()
	r.workloads = r.possible()
	rep := newReport(r, present)
	before, known := strained()
	for round := range r.rounds {
		began := time.Now()
		fmt.Fprintf(r.log, "round %d of %d:", round+1, r.rounds)
		for i, w := range r.workloads {
			if w.once && round > 0 {
				continue
			}
			fmt.Fprintf(r.log, " %s", w.name)
			for turn := range present {
				s := present[(turn+round)%len(present)]
				if !s.fits(w) {
					continue
				}
				found, err := measure(s, w, r.effort)
				rep.Workloads[i].add(s, found, err)
				if err != nil {
					fmt.Fprintf(r.log, "\nFAILED: %s on %s: %v\n", w.name, s.name, err)
				}
			}
		}
		fmt.Fprintf(r.log, " (%v)\n", time.Since(began).Round(100*time.Millisecond))
	}
	if after, _ := strained(); known && after.most > before.most {
		others := (after.all - before.all) - (after.ours - before.ours)
		rep.Others = max(0, others.Seconds()/(after.most-before.most).Seconds())
	}
	return rep
}

// present returns the servers that this machine has, and says loudly which it has
// not.
func (r runner) present() (present []server) {
	for _, s := range r.servers {
		if _, err := s.command(); err != nil {
			r.warn("%s is not compared: %v", s.name, err)
			continue
		}
		present = append(present, s)
	}
	return present
}

// possible returns the workloads that this platform can measure, and says loudly
// which it cannot.
func (r runner) possible() (possible []workload) {
	for _, w := range r.workloads {
		if w.proc && !hasProc {
			r.warn("%s is not measured: it needs /proc, which %s has not", w.name, runtime.GOOS)
			continue
		}
		possible = append(possible, w)
	}
	return possible
}

func (r runner) warn(format string, args ...any) {
	bar := strings.Repeat("!", 72)
	fmt.Fprintf(r.log, "%s\nWARNING: %s\n%s\n", bar, fmt.Sprintf(format, args...), bar)
}

// measure takes one sample of a server that is started for it.
func measure(s server, w workload, e effort) (sample, error) {
	at := place(w)
	stay(at.generator)
	p, err := start(s, w, at)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	return w.measure(p, e)
}

// A placement says on which CPUs a server and the load run; none is anywhere.
type placement struct {
	server, generator []int
	threads           int // GOMAXPROCS of the server
}

// usable is asked before any thread is confined.
var usable = cpus()

// place gives the server the first CPU and the load the last, unless there is but
// one, or the workload wants all for both.
func place(w workload) placement {
	switch {
	case w.many:
		return placement{server: usable, generator: usable, threads: max(len(usable), runtime.NumCPU())}
	case len(usable) < 2:
		return placement{threads: 1}
	}
	return placement{server: usable[:1], generator: usable[len(usable)-1:], threads: 1}
}
