// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guptarohit/asciigraph"

	"github.com/duplex-go/duplex/internal/load"
)

// The pictures of bench on a terminal.
const (
	barCount   = 10
	barWidth   = 40
	plotWidth  = 60
	plotHeight = 6
)

// leastWidth is how narrow a terminal may be for a picture.
const leastWidth = 40

// appendPictures appends the distribution of the times, and what happened when, as wide
// as a terminal of so many columns shows them.
func appendPictures(dst []byte, r *load.Report, columns int) []byte {
	if columns < leastWidth {
		return dst
	}
	if bars := load.Bars(r.Response, barCount); bars != nil {
		dst = append(dst, '\n')
		dst = appendBars(dst, bars, columns)
	}
	if len(r.Points) < 2 {
		return dst
	}
	var rates, slow []float64
	for _, p := range r.Points {
		rates = append(rates, p.PerSecond())
		slow = append(slow, float64(p.P99))
	}
	dst = append(dst, '\n')
	over := " over " + r.Elapsed.Round(100*time.Millisecond).String()
	dst = appendPlot(dst, rates, 1, "msg/s"+over, columns)
	if highest := slices.Max(slow); highest > 0 {
		unit, name := time.Microsecond, "µs"
		if highest >= 10*float64(time.Millisecond) {
			unit, name = time.Millisecond, "ms"
		}
		dst = append(dst, '\n')
		dst = appendPlot(dst, slow, float64(unit), "p99 in "+name+over, columns)
	}
	return dst
}

// appendBars appends a line for each bar.
func appendBars(dst []byte, bars []load.Bar, columns int) []byte {
	const beside = len("  999µs - 1000ms  ") + len(" 100.00%")
	width := min(barWidth, columns-beside)
	var most, sum int64
	for _, b := range bars {
		most, sum = max(most, b.Count), sum+b.Count
	}
	for _, b := range bars {
		length := int(b.Count * int64(width) / most)
		if b.Count > 0 {
			length = max(length, 1)
		}
		dst = fmt.Appendf(dst, "%7s - %-7s %s%s %6.2f%%\n", formatTime(b.From), formatTime(b.To),
			strings.Repeat("█", length), strings.Repeat(" ", width-length), 100*float64(b.Count)/float64(sum))
	}
	return dst
}

// appendPlot appends a plot of values, in a unit, over the time.
func appendPlot(dst []byte, values []float64, unit float64, caption string, columns int) []byte {
	scaled := make([]float64, len(values))
	for i, v := range values {
		scaled[i] = v / unit
	}
	beside := len(fmt.Sprintf(" %.0f ┤", slices.Max(scaled))) // at most
	width := max(1, min(plotWidth, columns-beside))
	plot := asciigraph.Plot(scaled, asciigraph.Height(plotHeight), asciigraph.Width(width), asciigraph.LowerBound(0),
		asciigraph.Precision(0), asciigraph.Caption(caption))
	return append(trimLines(dst, plot), '\n')
}

// trimLines removes spaces at the ends of lines.
func trimLines(dst []byte, text string) []byte {
	for line := range strings.Lines(text) {
		dst = append(append(dst, strings.TrimRight(line, " \n")...), '\n')
	}
	return bytes.TrimRight(dst, "\n")
}
