// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/duplex-go/duplex/internal/load"
)

// appendFigures appends the report of bench as lines of text.
func appendFigures(dst []byte, r *load.Report, target string, color bool) []byte {
	word := func(word string) { dst = appendFaint(dst, word, 12, color) }
	line := func(format string, args ...any) { dst = append(fmt.Appendf(dst, format, args...), '\n') }

	word("target")
	dst = appendText(dst, []byte(target))
	line("   %s", describePlan(r))
	word("messages")
	line("%d ok, %s, %s/s     bytes  out %s, in %s", r.OK, plural(int(r.Errors), "error"), formatCount(r.PerSecond()),
		formatBytes(r.Out), formatBytes(r.In))
	if len(r.Failures) > 0 {
		var codes []string
		for _, f := range r.Failures {
			codes = append(codes, fmt.Sprintf("%s %d", f.Code, f.Count))
		}
		word("errors")
		line("%s", strings.Join(codes, ", "))
	}
	if r.Response.TotalCount() > 0 {
		word("latency")
		switch {
		case r.Service.TotalCount() > 0:
			line("%s   (response time, corrected)", formatTimes(r.Response))
			line("%12s%s   (service time)", "", formatTimes(r.Service))
		case r.Plan.Mode == load.Connect && r.Plan.Bare:
			line("%s   (time to connect)", formatTimes(r.Response))
		default:
			line("%s", formatTimes(r.Response))
		}
	}
	if r.Connect.TotalCount() > 0 && !(r.Plan.Mode == load.Connect && r.Plan.Bare) {
		word("connect")
		line("p50 %s  p99 %s", formatTime(load.Percentile(r.Connect, 50)), formatTime(load.Percentile(r.Connect, 99)))
	}
	if cost := r.OwnCost(); cost > 0 {
		word("own cost")
		line("%s of CPU a message, %.0f%% of a core%s", formatTime(cost), 100*r.Busy(), lateness(r))
	}
	if r.Unsent > 0 {
		word("behind")
		text := plural(int(r.Unsent), "message") + " due and not sent before the end"
		if !r.Reached() {
			text += "; the rate was not reached: " + sentOfRate(r)
		}
		line("%s", text)
	}
	if r.Surplus > 0 {
		word("surplus")
		line("%s came that no reply needs: does --until fit the protocol?", formatBytes(r.Surplus))
	}
	return dst
}

// sentOfRate returns how many messages were sent of those that the rate has.
func sentOfRate(r *load.Report) string {
	return fmt.Sprintf("%s/s of %s/s", formatCount(r.SentPerSecond()), formatCount(r.Plan.Rate))
}

// lateness returns how late the generator was, "" if it had no time to keep.
func lateness(r *load.Report) string {
	if r.Late.TotalCount() == 0 {
		return ""
	}
	return fmt.Sprintf(", sends late by p50 %s p99 %s", formatTime(load.Percentile(r.Late, 50)), formatTime(load.Percentile(r.Late, 99)))
}

// describePlan returns what was done.
func describePlan(r *load.Report) string {
	p := r.Plan
	text := plural(p.Conns, "conn")
	if p.Rate > 0 {
		text += fmt.Sprintf(", %s msg/s", strconv.FormatFloat(p.Rate, 'f', -1, 64))
	}
	if p.Pipeline > 1 {
		text += fmt.Sprintf(", %d at a time", p.Pipeline)
	}
	if p.Warmup > 0 {
		text += fmt.Sprintf(", %s to warm up", p.Warmup)
	}
	text += fmt.Sprintf(", %s (", p.Duration)
	switch {
	case p.Mode == load.Connect:
		text += "a connection each, "
	case p.Mode == load.Stream:
		text += "one way, "
	}
	if text += "closed loop)"; p.Rate > 0 {
		text = strings.TrimSuffix(text, "closed loop)") + "open loop)"
	}
	if p.Seed != nil {
		text += fmt.Sprintf("  seed %d", *p.Seed)
	}
	if r.Interrupted {
		text += fmt.Sprintf(", interrupted after %s", r.Elapsed.Round(100*time.Millisecond))
	}
	return text
}

// formatTimes returns the percentiles of h.
func formatTimes(h *hdrhistogram.Histogram) string {
	at := func(p float64) string { return formatTime(load.Percentile(h, p)) }
	return fmt.Sprintf("p50 %s  p90 %s  p99 %s  p99.9 %s  max %s", at(50), at(90), at(99), at(99.9), formatTime(time.Duration(h.Max())))
}

// formatTime returns a time in few digits, such as 70ns, 8.4µs, 61µs, 2.1ms or 1.20s.
func formatTime(d time.Duration) string {
	switch us := float64(d) / 1e3; {
	case us < .9995:
		return fmt.Sprintf("%dns", d)
	case us < 9.95:
		return fmt.Sprintf("%.1fµs", us)
	case us < 999.5:
		return fmt.Sprintf("%.0fµs", us)
	case us < 9.95e3:
		return fmt.Sprintf("%.1fms", us/1e3)
	case us < 999.5e3:
		return fmt.Sprintf("%.0fms", us/1e3)
	}
	return fmt.Sprintf("%.2fs", d.Seconds())
}

// formatCount returns a number in few digits, such as 42, 20.0k or 1.20M.
func formatCount(n float64) string {
	switch {
	case n < 999.5:
		return fmt.Sprintf("%.0f", n)
	case n < 999.5e3:
		return fmt.Sprintf("%.1fk", n/1e3)
	}
	return fmt.Sprintf("%.2fM", n/1e6)
}

// formatBytes returns a number of bytes in few digits, such as 64 B, 781 KiB or 1.2 GiB.
func formatBytes(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	v, unit := float64(n)/(1<<10), "KiB"
	for _, next := range []string{"MiB", "GiB", "TiB"} {
		if v < 999.5 {
			break
		}
		v, unit = v/(1<<10), next
	}
	if v < 9.95 {
		return fmt.Sprintf("%.1f %s", v, unit)
	}
	return fmt.Sprintf("%.0f %s", v, unit)
}
