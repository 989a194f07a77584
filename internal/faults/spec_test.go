// Copyright 2026 The duplex authors. MIT license.

package faults

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// parse returns the toxics of texts, in a Set.
func parse(t *testing.T, seed uint64, texts ...string) *Set {
	t.Helper()
	s := &Set{Seed: seed}
	for i, text := range texts {
		toxics, err := Parse(text, i+1)
		if err != nil {
			t.Fatal(err)
		}
		for _, toxic := range toxics {
			if _, err := s.Add(toxic); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

func TestTextBecomesAToxicAndBack(t *testing.T) {
	for _, c := range []struct {
		text string
		want Toxic
		back string // "" is text
	}{
		{"latency:100ms@down", Toxic{Kind: Latency, Delay: 100 * time.Millisecond}, ""},
		{"latency:100ms±20ms@down", Toxic{Kind: Latency, Delay: 100 * time.Millisecond, Jitter: 20 * time.Millisecond}, ""},
		{"latency:1s+-20ms@down", Toxic{Kind: Latency, Delay: time.Second, Jitter: 20 * time.Millisecond}, "latency:1s±20ms@down"},
		{"bandwidth:64KB/s@down", Toxic{Kind: Bandwidth, Rate: 64000}, ""},
		{"bandwidth:0.5MiB/s@down", Toxic{Kind: Bandwidth, Rate: 1 << 19}, "bandwidth:512KiB/s@down"},
		{"slice:8..64,1ms@down", Toxic{Kind: Slice, Least: 8, Most: 64, Delay: time.Millisecond}, ""},
		{"slice:5@down", Toxic{Kind: Slice, Least: 5, Most: 5}, "slice:5..5@down"},
		{"limit_data:1KiB@down", Toxic{Kind: LimitData, Bytes: 1024}, ""},
		{"limit_data:1500B@down", Toxic{Kind: LimitData, Bytes: 1500}, ""},
		{"limit_time:5s", Toxic{Kind: LimitTime, Delay: 5 * time.Second}, "limit_time:5s@down"},
		{"blackhole@down", Toxic{Kind: Blackhole}, ""},
		{"blackhole:5s@down", Toxic{Kind: Blackhole, Delay: 5 * time.Second}, ""},
		{"slow_close:2s@down", Toxic{Kind: SlowClose, Delay: 2 * time.Second}, ""},
		{"reset", Toxic{Kind: Reset}, "reset@down"},
		{"reset:after=1s@down", Toxic{Kind: Reset, Delay: time.Second}, ""},
		{"stall:p=0.01,200ms@down", Toxic{Kind: Stall, Chance: 0.01, Delay: 200 * time.Millisecond}, ""},
		{"corrupt:p=1e-4@down", Toxic{Kind: Corrupt, Chance: 1e-4}, "corrupt:p=0.0001@down"},
		{"blackhole@30%@down", Toxic{Kind: Blackhole, Probability: 0.3}, "blackhole@down@30%"},
		{"blackhole@down@0%", Toxic{Kind: Blackhole, Probability: -1}, ""},
	} {
		got, err := Parse(c.text, 1)
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %v, %v", c.text, got, err)
			continue
		}
		want := c.want
		switch want.Probability {
		case 0:
			want.Probability = 1
		case -1:
			want.Probability = 0
		}
		want.Name, want.Direction, want.Draw = string(want.Kind)+"_downstream", Down, "1"
		if got[0] != want {
			t.Errorf("%s is %+v, want %+v", c.text, got[0], want)
		}
		back := c.back
		if back == "" {
			back = c.text
		}
		if got[0].String() != back {
			t.Errorf("%s is shown as %s, want %s", c.text, got[0], back)
		}
	}
}

func TestWithoutADirectionAToxicIsForBoth(t *testing.T) {
	toxics, err := Parse("latency:1s@50%", 2)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, toxic := range toxics {
		names = append(names, toxic.Name)
	}
	if want := []string{"latency_upstream_2", "latency_downstream_2"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
	s := parse(t, 7, "latency:1s@50%")
	for nth := range 100 {
		if up, down := s.Line(nth, Up, 0, 0), s.Line(nth, Down, 0, 0); (up == nil) != (down == nil) {
			t.Errorf("connection %d has it one way", nth)
		}
	}
}

func TestBadTextIsAnError(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "no such toxic: ",
		"lag:1s":                      "no such toxic: lag",
		"latency":                     "latency is written as latency:100ms±20ms, not latency",
		"latency:100":                 "is written as",
		"latency:-1s":                 "is written as",
		"latency:1s±":                 "is written as",
		"latency:9999999h":            "is written as",
		"bandwidth:64KB":              "is written as",
		"bandwidth:0B/s":              "is written as",
		"bandwidth:NaNB/s":            "is written as",
		"bandwidth:1e300GB/s":         "is written as",
		"slice:0..4":                  "is written as",
		"slice:5..4":                  "is written as",
		"slice:1..99999999999":        "is written as",
		"limit_data:-1B":              "is written as",
		"corrupt:0.5":                 "is written as",
		"corrupt:p=2":                 "is written as",
		"corrupt:p=NaN":               "is written as",
		"stall:p=0.1":                 "is written as",
		"blackhole@sideways":          "a suffix is",
		"blackhole@101%":              "a suffix is",
		"blackhole@NaN%":              "a suffix is",
		"blackhole@":                  "a suffix is",
		"reset:before=1s":             "is written as",
		"latency:100ms±20ms@down@-1%": "a suffix is",
	} {
		if got, err := Parse(text, 1); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v; want %q", text, got, err, want)
		}
	}
}

func TestFilesHaveOneToxicInALine(t *testing.T) {
	got, err := ReadFile(strings.NewReader("# bad day\nlatency:1s # slow\n\n  blackhole@5%\n"))
	if want := []string{"latency:1s", "blackhole@5%"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := ReadFile(strings.NewReader("latency:1s\n\nlag:1s")); err == nil || err.Error() != "line 3: no such toxic: lag" {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range Examples() {
		f.Add(text + "@up@30%")
	}
	f.Fuzz(func(t *testing.T, text string) {
		toxics, err := Parse(text, 1)
		if err != nil {
			return
		}
		for _, toxic := range toxics {
			again, err := Parse(toxic.String(), 1)
			if err != nil || len(again) != 1 || again[0].String() != toxic.String() {
				t.Errorf("%q is shown as %q, which is %v, %v", text, toxic, again, err)
			}
		}
	})
}
