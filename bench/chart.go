// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A chart is what a picture shows of a report: one metric of some workloads.
type chart struct {
	file      string
	title     string
	unit      string
	metric    string
	more      bool   // is better
	workloads string // names
}

const flows = "echo-64x1 echo-64x100 echo-64x1000 echo-64x10000 echo-pipelined-16x100 echo-1Kx100 echo-16Kx100 " +
	"echo-64x100-allcores connect-echo-close sink source fanout-1x100"

var charts = []chart{
	{"cpu.svg", "CPU time of the server", "microseconds for each message", cpuMetric, false, flows},
	{"rate.svg", "Messages per second", "one core for the server, one for the load", rateMetric, true, flows},
	{"latency.svg", "Latency, 99th percentile", "microseconds, at full load", p99Metric, false, flows},
	{"broadcast.svg", "Broadcast", "deliveries of 64 B per second", rateMetric, true, "broadcast-100x100"},
	{"memory.svg", "Memory of an idle connection", "resident bytes of the server", bareMetric, false, "idle idle-100000"},
	{"memory-used.svg", "Memory of an idle connection that has received once", "resident bytes of the server", usedMetric, false, "idle idle-100000"},
}

// drawn are workloads as a picture names them.
var drawn = map[string]string{
	"echo-64x1":             "64 B to and fro, 1 connection",
	"echo-64x50":            "64 B, 50 connections",
	"echo-64x100":           "64 B, 100 connections",
	"echo-64x1000":          "64 B, 1,000 connections",
	"echo-64x10000":         "64 B, 10,000 connections",
	"echo-pipelined-16x100": "64 B, 16 at a time, 100 connections",
	"echo-1Kx100":           "1 KiB, 100 connections",
	"echo-16Kx100":          "16 KiB, 100 connections",
	"echo-64x100-allcores":  "64 B, 100 connections, all cores",
	"connect-echo-close":    "connect, 64 B to and fro, close",
	"sink":                  "a MiB received",
	"source":                "a MiB sent",
	"broadcast-100x100":     "each of 100 clients to all of them",
	"fanout-1x100":          "64 B to each of 100 idle clients",
	"idle":                  "10,000 connections",
	"idle-100000":           "100,000 connections",
}

// draw draws the charts of a report that was kept: [-out DIR] FILE.
func draw(args []string) error {
	f := flag.NewFlagSet("chart", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	dir := f.String("out", filepath.Join("..", "docs"), "")
	if err := f.Parse(args); err != nil {
		return hinted(err)
	}
	if f.NArg() != 1 {
		return hinted(errors.New("chart draws one file: results/DATE-COMMIT.json"))
	}
	data, err := os.ReadFile(f.Arg(0))
	if err != nil {
		return err
	}
	var rep report
	if err := json.Unmarshal(data, &rep); err != nil {
		return fmt.Errorf("%s: %w", f.Arg(0), err)
	}
	for _, c := range charts {
		p := c.picture(&rep)
		if len(p.groups) == 0 {
			continue
		}
		path := filepath.Join(*dir, c.file)
		if err := os.WriteFile(path, []byte(p.svg()), 0o644); err != nil {
			return err
		}
		fmt.Println("drawn", path)
	}
	return nil
}

// picture returns c of rep, and says where package net is ahead.
func (c chart) picture(rep *report) picture {
	better := "shorter is better"
	if c.more {
		better = "longer is better"
	}
	p := picture{title: c.title, subtitle: c.unit + "; " + better + "; each group to a scale of its own"}
	if len(strings.Fields(c.workloads)) == 1 {
		p.subtitle = c.unit + "; " + better
	}
	var ahead []string
	for _, name := range strings.Fields(c.workloads) {
		i := slices.IndexFunc(rep.Workloads, func(o outcome) bool { return o.Name == name })
		if i < 0 {
			continue
		}
		o := rep.Workloads[i]
		g := group{title: drawn[name]}
		for _, s := range o.Servers {
			if values := o.values(s.Server, c.metric); len(values) > 0 {
				g.bars = append(g.bars, bar{s.Server, median(values)})
			}
		}
		if len(g.bars) == 0 {
			continue
		}
		if n := o.reached(); n > 0 {
			g.title = figure(n) + " connections"
		}
		p.groups = append(p.groups, g)
		ours, theirs := o.values("duplex", c.metric), o.values("std", c.metric)
		if len(ours) > 0 && len(theirs) > 0 && (median(theirs) > median(ours)) == c.more {
			ahead = append(ahead, g.title) // as the bars are
		}
	}
	p.notes = []string{"Package net is ahead of duplex in: " + strings.Join(ahead, "; ") + "."}
	if len(ahead) == 0 {
		p.notes[0] = "Package net is ahead of duplex in none of these."
	}
	p.notes = append(p.notes, fmt.Sprintf("bench/results/%s.txt: %s, %d cores, %s.", rep.name(), rep.Machine.CPU, rep.Machine.Cores, rep.Machine.System))
	return p
}

// reached returns how many connections idled, 0 if that is not what o is about.
func (o outcome) reached() float64 {
	values := o.values("duplex", countMetric)
	if len(values) == 0 {
		return 0
	}
	return median(values)
}
