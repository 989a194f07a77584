// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A report is all that a run found, and where. It is kept as JSON, with every
// sample, and as text.
type report struct {
	Date     time.Time `json:"date"`
	Commit   string    `json:"commit"`
	Command  string    `json:"command"`
	Machine  machine   `json:"machine"`
	Versions []string  `json:"versions"`
	Rounds   int       `json:"rounds"`

	// Others is how much of all CPU time went to others than servers and load
	// while they ran, from 0 to 1; negative where it is not known.
	Others float64 `json:"others"`

	Workloads []outcome `json:"workloads"`
}

// An outcome is what was found with one workload.
type outcome struct {
	Name    string   `json:"name"`
	Title   string   `json:"title"`
	Metrics []metric `json:"metrics"`
	Servers []series `json:"servers"`
}

// A series is what one server gave, round by round.
type series struct {
	Server  string   `json:"server"`
	Samples []sample `json:"samples"` // nil where it failed
	Errors  []string `json:"errors,omitempty"`
}

func newReport(r runner, present []server) *report {
	rep := &report{
		Date:     time.Now().UTC().Truncate(time.Second),
		Commit:   commit(),
		Command:  strings.Join(append([]string{"go run ."}, r.args...), " "),
		Machine:  thisMachine(),
		Versions: []string{runtime.Version()},
		Rounds:   r.rounds,
		Others:   -1,
	}
	for _, s := range r.servers {
		if !slices.ContainsFunc(present, func(p server) bool { return p.name == s.name }) {
			rep.Versions = append(rep.Versions, "no "+s.name)
		} else if v := s.version(); v != "" {
			rep.Versions = append(rep.Versions, v)
		}
	}
	for _, w := range r.workloads {
		o := outcome{Name: w.name, Title: w.title, Metrics: w.metrics}
		for _, s := range present {
			if s.fits(w) {
				o.Servers = append(o.Servers, series{Server: s.name})
			}
		}
		rep.Workloads = append(rep.Workloads, o)
	}
	return rep
}

// add records a sample of s, or why there is none.
func (o *outcome) add(s server, found sample, err error) {
	i := slices.IndexFunc(o.Servers, func(e series) bool { return e.Server == s.name })
	if err != nil {
		o.Servers[i].Errors = append(o.Servers[i].Errors, err.Error())
		found = nil
	}
	o.Servers[i].Samples = append(o.Servers[i].Samples, found)
}

// failed reports whether anything did.
func (rep *report) failed() bool {
	return slices.ContainsFunc(rep.Workloads, func(o outcome) bool {
		return slices.ContainsFunc(o.Servers, func(e series) bool { return len(e.Errors) > 0 })
	})
}

// quiet is how much others may take.
const quiet = .05

// name is that of its files.
func (rep *report) name() string { return rep.Date.Format(time.DateOnly) + "-" + rep.Commit }

// keep writes the report to files in dir and returns the path of the readable one.
func (rep *report) keep(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	path := filepath.Join(dir, rep.name())
	data, err := json.MarshalIndent(rep, "", "\t")
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(path+".json", append(data, '\n'), 0o644); err != nil {
		return "", err
	}
	var text strings.Builder
	rep.text(&text)
	return path + ".txt", os.WriteFile(path+".txt", []byte(text.String()), 0o644)
}

// text writes the report for people: what it was measured on, the medians beside
// each other, then everything with its range.
func (rep *report) text(w io.Writer) {
	fmt.Fprintf(w, "date      %s\n", rep.Date.Format("2006-01-02 15:04 MST"))
	fmt.Fprintf(w, "commit    %s\n", rep.Commit)
	fmt.Fprintf(w, "command   %s\n", rep.Command)
	rep.Machine.text(w)
	fmt.Fprintf(w, "versions  %s\n", strings.Join(rep.Versions, ", "))
	if rep.Others >= 0 {
		fmt.Fprintf(w, "others    took %.0f %% of all CPU time meanwhile\n", 100*rep.Others)
	}
	if rep.Others > quiet {
		fmt.Fprintln(w, "WARNING   the machine was not quiet: figures and ratios are rough")
	}
	fmt.Fprintf(w, "rounds    %d\n", rep.Rounds)
	rep.summary(w)
	fmt.Fprintln(w, "\nGoals")
	fmt.Fprintln(w)
	rep.goals(w)
	for _, o := range rep.Workloads {
		fmt.Fprintf(w, "\n%s: %s; median (lowest-highest)\n\n", o.Name, o.Title)
		o.text(w)
	}
}

// summary writes the medians of each main metric, server beside server.
func (rep *report) summary(w io.Writer) {
	head := append([]string{""}, rep.servers()...)
	for _, name := range rep.mainMetrics() {
		fmt.Fprintf(w, "\n%s; in brackets the median of the ratios to %s in the same round\n\n", name, strings.Join(bases, " and to "))
		t := table{head}
		for _, o := range rep.Workloads {
			if !o.has(name) {
				continue
			}
			row := []string{o.Name}
			for _, server := range head[1:] {
				row = append(row, o.compared(server, name))
			}
			t = append(t, row)
		}
		t.write(w)
	}
}

// servers returns the names of those that were measured.
func (rep *report) servers() (names []string) {
	for _, o := range rep.Workloads {
		for _, s := range o.Servers {
			if !slices.Contains(names, s.Server) {
				names = append(names, s.Server)
			}
		}
	}
	return names
}

// mainMetrics returns their names.
func (rep *report) mainMetrics() (names []string) {
	for _, o := range rep.Workloads {
		for _, m := range o.Metrics {
			if m.Main && !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	return names
}

func (o outcome) has(name string) bool {
	return slices.ContainsFunc(o.Metrics, func(m metric) bool { return m.Name == name })
}

// compared returns the median of a server, and of its ratios to the bases.
func (o outcome) compared(server, metric string) string {
	values := o.values(server, metric)
	if len(values) == 0 {
		return "-"
	}
	var ratios []string
	known := false
	for _, base := range bases {
		found := o.ratios(server, base, metric)
		if len(found) == 0 {
			ratios = append(ratios, "-")
			continue
		}
		known = true
		ratios = append(ratios, fmt.Sprintf("%.2f", median(found)))
	}
	if !known {
		return figure(median(values))
	}
	return fmt.Sprintf("%s (%s)", figure(median(values)), strings.Join(ratios, ", "))
}

// ratios returns those of a server to another in the same round: what changes from
// round to round changes for both.
func (o outcome) ratios(server, base, metric string) (ratios []float64) {
	mine, theirs := o.samples(server), o.samples(base)
	for i := range min(len(mine), len(theirs)) {
		if v, b := mine[i][metric], theirs[i][metric]; v > 0 && b > 0 {
			ratios = append(ratios, v/b)
		}
	}
	return ratios
}

// samples returns those of a server.
func (o outcome) samples(server string) []sample {
	for _, s := range o.Servers {
		if s.Server == server {
			return s.Samples
		}
	}
	return nil
}

// values returns what the rounds found of a server.
func (o outcome) values(server, metric string) (values []float64) {
	for _, found := range o.samples(server) {
		if v, ok := found[metric]; ok {
			values = append(values, v)
		}
	}
	return values
}

// text writes all that was found, with its range.
func (o outcome) text(w io.Writer) {
	head := []string{""}
	for _, m := range o.Metrics {
		head = append(head, m.Name)
	}
	t := table{head}
	for _, s := range o.Servers {
		row := []string{s.Server}
		for _, m := range o.Metrics {
			row = append(row, ranged(o.values(s.Server, m.Name)))
		}
		t = append(t, row)
	}
	t.write(w)
	if names := o.outrun(); len(names) > 0 {
		fmt.Fprintf(w, "NOTE: the load generator was at its limit and these servers were not: %s. They could do more per second.\n", strings.Join(names, ", "))
	}
	for _, s := range o.Servers {
		for _, e := range s.Errors {
			fmt.Fprintf(w, "FAILED: %s: %s\n", s.Server, e)
		}
	}
}

// outrun returns the servers that the load generator could not keep busy.
func (o outcome) outrun() (names []string) {
	const limit = 95 // percent
	for _, s := range o.Servers {
		load, busy := o.values(s.Server, loadMetric), o.values(s.Server, busyMetric)
		if len(load) > 0 && len(busy) > 0 && median(load) >= limit && median(busy) < limit {
			names = append(names, s.Server)
		}
	}
	return names
}

func ranged(values []float64) string {
	if len(values) == 0 {
		return "-"
	}
	return fmt.Sprintf("%s (%s-%s)", figure(median(values)), figure(slices.Min(values)), figure(slices.Max(values)))
}
