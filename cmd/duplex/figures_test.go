// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/duplex-go/duplex/internal/load"
)

func TestFiguresHaveFewDigits(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{formatTime(0), "0ns"},
		{formatTime(999), "999ns"},
		{formatTime(1000), "1.0µs"},
		{formatTime(9949), "9.9µs"},
		{formatTime(9960), "10µs"},
		{formatTime(61400), "61µs"},
		{formatTime(999_499), "999µs"},
		{formatTime(999_600), "1.0ms"},
		{formatTime(2_140_000), "2.1ms"},
		{formatTime(240 * time.Millisecond), "240ms"},
		{formatTime(999_600 * time.Microsecond), "1.00s"},
		{formatTime(time.Hour), "3600.00s"},
		{formatCount(0), "0"},
		{formatCount(999.4), "999"},
		{formatCount(999.6), "1.0k"},
		{formatCount(19999.8), "20.0k"},
		{formatCount(999_600), "1.00M"},
		{formatBytes(0), "0 B"},
		{formatBytes(1023), "1023 B"},
		{formatBytes(1024), "1.0 KiB"},
		{formatBytes(799_992), "781 KiB"},
		{formatBytes(1023 << 10), "1.0 MiB"},
		{formatBytes(64 << 20), "64 MiB"},
		{formatBytes(3 << 40), "3.0 TiB"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// A time that misses a threshold is shown as in the report, unless that would meet it.
func TestMissedTimesAreShownAsInTheReport(t *testing.T) {
	r := &load.Report{Response: hdrhistogram.New(1, int64(time.Hour), 5)}
	r.Response.RecordValue(2_519_039)
	exact := time.Duration(r.Response.Max()).String()
	for text, want := range map[string]string{
		"max<1us": "2.5ms", "p99<2.4ms": "2.5ms", "max<=2.5ms": exact, "max<2.51ms": exact, "max>2.6ms": "2.5ms",
	} {
		threshold, err := load.ParseThreshold(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := shownValue(threshold, r); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestMessagesHaveALongestLength(t *testing.T) {
	for text, ok := range map[string]bool{"1": true, "1.5KiB": true, "64MiB": true, "65MiB": false, "0": false, "": false, "1XB": false} {
		if n, err := parseLength(text); (err == nil) != ok || ok && n == 0 {
			t.Errorf("%q is %d, %v; want a length: %t", text, n, err, ok)
		}
	}
}

func TestFrequencies(t *testing.T) {
	for text, want := range map[string]float64{
		"20000": 20000, "20k": 20000, "20k/s": 20000, "1.5M": 1.5e6, "0.5": .5, "0": 0,
		"": -1, "k": -1, "-1": -1, "20k/m": -1, "NaN": -1, "1e9": -1, "fast": -1,
	} {
		got := -1.0
		if err := (frequency{&got}).Set(text); got != want || (err == nil) != (want >= 0) {
			t.Errorf("%q is %g, %v; want %g", text, got, err, want)
		}
	}
}
