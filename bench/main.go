// Copyright 2026 The duplex authors. MIT license.

// Command bench compares duplex with other TCP servers: package net with a
// goroutine for each connection, netpoll, Node.js, and a plain loop around epoll
// in C, which is the limit. It measures all of them in one run, on the machine
// where it runs, and draws what it has found:
//
//	go run .
//	go run . chart results/DATE-COMMIT.json
//
// Every server runs in a process of its own (server.go, and a file for each),
// every workload is a file that measures one of them (workload.go, echo.go …),
// and the load comes from this process, on one thread (fleet_linux.go). What was
// found is a report (report.go), held against goals (goal.go) and drawn (chart.go).
// Some workloads compare the ways in which duplex itself writes one message to many
// (hall.go, fan.go).
// docs/performance.md explains what is measured, and why the load is not that of duplex
// bench (generator_test.go has the figure).
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

const usage = `bench compares duplex with other TCP servers, on this machine, in one run.

    go run . [flags]                  inside bench/
    go run . chart [-out DIR] FILE    draw results/FILE.json, as DIR/*.svg (../docs)

    -short           a look, not a measurement: one round, under 40 seconds
    -rounds N        measure everything N times (5)
    -only LIST       only these workloads, by name or a part of it: sink,echo
    -servers LIST    only these servers: duplex,std
    -profiles DIR    leave there a CPU profile of every server that is a Go program

Without flags it takes ten minutes. A run of everything is kept, as
results/DATE-COMMIT.txt and .json; -short, -only, -servers and -profiles only
print.

`

func main() {
	if played, err := play(os.Args[1:]); played {
		fail(err)
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "chart" {
		fail(draw(os.Args[2:]))
		return
	}
	r, keep, err := parse(os.Args[1:])
	if err == flag.ErrHelp {
		fmt.Print(usage, list())
		return
	}
	fail(err)
	rep := r.run()
	clean()
	rep.text(os.Stdout)
	if keep {
		path, err := rep.keep("results")
		fail(err)
		fmt.Println("\nkept as", path)
	}
	if rep.failed() {
		os.Exit(1)
	}
}

// fail ends the program if there is an error.
func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
}

// parse reads the flags. A run of only a part is not for keeping.
func parse(args []string) (r runner, keep bool, err error) {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	short := f.Bool("short", false, "")
	rounds := f.Int("rounds", 0, "")
	only := f.String("only", "", "")
	names := f.String("servers", "", "")
	profileDir := f.String("profiles", "", "")
	if err := f.Parse(args); err != nil {
		return r, false, hinted(err)
	}
	if f.NArg() > 0 {
		return r, false, hinted(fmt.Errorf("what is %q?", f.Arg(0)))
	}
	r = runner{workloads: workloads, servers: servers, effort: full, rounds: 5, log: os.Stderr, args: args}
	if *short {
		r.effort, r.rounds = brief, 1
	}
	if *rounds > 0 {
		r.rounds = *rounds
	}
	if *only != "" {
		r.workloads = slices.DeleteFunc(slices.Clone(workloads), func(w workload) bool { return !chosen(w.name, strings.Split(*only, ",")) })
	}
	if *names != "" {
		r.servers = slices.DeleteFunc(slices.Clone(servers), func(s server) bool {
			return !slices.Contains(strings.Split(*names, ","), s.name)
		})
	}
	if len(r.workloads) == 0 || len(r.servers) == 0 {
		return r, false, hinted(fmt.Errorf("nothing is called %q", *only+*names))
	}
	if *profileDir != "" {
		if err := os.Setenv(profiles, *profileDir); err != nil {
			return r, false, err
		}
	}
	return r, !*short && *only == "" && *names == "" && *profileDir == "", nil
}

// chosen reports whether the list has the name of a workload, or a part of it that
// is not the whole name of another.
func chosen(name string, list []string) bool {
	return slices.ContainsFunc(list, func(part string) bool {
		whole := slices.ContainsFunc(workloads, func(w workload) bool { return w.name == part })
		return name == part || !whole && strings.Contains(name, part)
	})
}

func hinted(err error) error {
	if err == flag.ErrHelp {
		return err
	}
	return fmt.Errorf("%w\nhint: go run . -help", err)
}

// list tells what there is to run.
func list() string {
	var b strings.Builder
	for _, w := range workloads {
		fmt.Fprintf(&b, "    %-22s %s\n", w.name, w.title)
	}
	for _, s := range servers {
		fmt.Fprintf(&b, "    %-22s %s\n", s.name, s.title)
	}
	return b.String()
}

// An effort is how much goes into one sample.
type effort struct {
	warm    time.Duration // not counted: caches, windows, compilers
	measure time.Duration
	late    time.Duration // how long a late reader waits
	idle    int           // the most connections that idle
	busy    int           // the most connections with traffic
	room    int           // the most connections of one process; 0 is what its descriptors allow
}

var (
	full  = effort{warm: 250 * time.Millisecond, measure: 750 * time.Millisecond, late: time.Second, idle: 100000, busy: 10000}
	brief = effort{warm: 50 * time.Millisecond, measure: 150 * time.Millisecond, late: time.Second / 5, idle: 2000, busy: 1000}
)
