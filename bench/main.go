// Copyright 2026 The duplex authors. MIT license.

// Command bench compares duplex with other TCP servers: package net with a
// goroutine for each connection, and Node.js. It measures all of them in one run,
// on the machine where it runs:
//
//	go run .
//
// Every server runs in a process of its own (server.go, and a file for each),
// every workload is a file that measures one of them (workload.go, echo.go …),
// and the load comes from this process, on one thread (fleet_linux.go). What is
// measured and what it means is told in docs/performance.md.
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

    go run . [flags]       inside bench/

    -short           a look, not a measurement: one round, under 20 seconds
    -rounds N        measure everything N times (5)
    -only LIST       only workloads whose name contains one of these: echo,idle
    -servers LIST    only these servers: duplex,std

Without flags it takes two minutes. A run of everything is kept, as
results/DATE-COMMIT.txt and .json; -short, -only and -servers only print.

`

func main() {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		fail(serve(os.Args[2:]))
		return
	}
	r, keep, err := parse(os.Args[1:])
	if err == flag.ErrHelp {
		fmt.Print(usage, list())
		return
	}
	fail(err)
	rep := r.run()
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
		r.workloads = slices.DeleteFunc(slices.Clone(workloads), func(w workload) bool {
			return !slices.ContainsFunc(strings.Split(*only, ","), func(part string) bool { return strings.Contains(w.name, part) })
		})
	}
	if *names != "" {
		r.servers = slices.DeleteFunc(slices.Clone(servers), func(s server) bool {
			return !slices.Contains(strings.Split(*names, ","), s.name)
		})
	}
	if len(r.workloads) == 0 || len(r.servers) == 0 {
		return r, false, hinted(fmt.Errorf("nothing is called %q", *only+*names))
	}
	return r, !*short && *only == "" && *names == "", nil
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
	idle    int // the most connections that idle
	busy    int // the most connections with traffic
}

var (
	full  = effort{warm: 200 * time.Millisecond, measure: time.Second, idle: 10000, busy: 10000}
	brief = effort{warm: 50 * time.Millisecond, measure: 250 * time.Millisecond, idle: 2000, busy: 1000}
)
