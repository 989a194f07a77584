// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestChartsShowWherePackageNetIsAhead(t *testing.T) {
	rep := report{Commit: "abc", Workloads: []outcome{
		{Name: "echo-64x1", Servers: []series{
			{Server: "duplex", Samples: []sample{{cpuMetric: 5, rateMetric: 100}}},
			{Server: "std", Samples: []sample{{cpuMetric: 4, rateMetric: 90}}},
		}},
		{Name: "idle", Servers: []series{
			{Server: "duplex", Samples: []sample{{bareMetric: 300, countMetric: 9000}}},
			{Server: "std", Samples: []sample{{bareMetric: 3000, countMetric: 9000}}},
		}},
	}}
	data, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "report.json")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := draw([]string{"-out", dir, file}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"cpu.svg":    "Package net is ahead of duplex in: 64 B to and fro",
		"rate.svg":   "Package net is ahead of duplex in none of these.",
		"memory.svg": "9,000 connections",
	} {
		svg, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.Contains(string(svg), want) {
			t.Errorf("%s does not say %q:\n%s", name, want, svg)
		}
		d := xml.NewDecoder(strings.NewReader(string(svg)))
		for err == nil {
			_, err = d.Token()
		}
		if err != io.EOF {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "broadcast.svg")); err == nil {
		t.Error("broadcast.svg was drawn of nothing")
	}
}
