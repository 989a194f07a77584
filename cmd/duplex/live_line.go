// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/duplex-go/duplex/internal/load"
)

// A liveLine is a line on stderr, written again and again, that says how a run does. A
// stderr that is no terminal, or one that cannot go back, has none.
type liveLine struct {
	to    io.Writer // nil for none
	color bool
	width func() int
	rates []float64 // the latest

	mu    sync.Mutex // guards shown, and is held while the line is written
	shown bool
}

func newLiveLine(quiet bool, color string) *liveLine {
	l := &liveLine{}
	if !quiet && isTerminal(os.Stderr) && os.Getenv("TERM") != "dumb" && understandsANSI(os.Stderr) {
		l.to = os.Stderr
		l.color = colorful(os.Stderr, color)
		l.width = func() int { return widthOf(os.Stderr) }
	}
	return l
}

// sparks is how many rates the line shows, each as one of the steps.
const sparks = 8

var steps = []rune("▁▂▃▄▅▆▇█")

// show writes the line.
func (l *liveLine) show(p load.Progress) {
	if l.to == nil {
		return
	}
	if l.rates = append(l.rates, p.PerSecond); len(l.rates) > sparks {
		l.rates = l.rates[1:]
	}
	most := max(1, slices.Max(l.rates))
	var spark strings.Builder
	for _, r := range l.rates {
		spark.WriteRune(steps[min(int(r/most*float64(len(steps))), len(steps)-1)])
	}
	p50, p99 := "-", "-" // of no message
	if p.PerSecond > 0 && p.P99 > 0 {
		p50, p99 = formatTime(p.P50), formatTime(p.P99)
	}
	text := fmt.Sprintf("%4.1fs %-*s  %s msg/s  p50 %s  p99 %s  ", p.Elapsed.Seconds(), sparks, spark.String(),
		formatCount(p.PerSecond), p50, p99)
	errors := fmt.Sprintf("err %d", p.Errors)
	rest := fmt.Sprintf("  conns %d", p.Conns)
	if p.Warming {
		rest += "  warming up"
	}
	room := l.width() - 1
	if runes := []rune(text + errors + rest); len(runes) > room {
		text, errors, rest = string(runes[:max(room, 0)]), "", ""
	}
	if l.color && p.Errors > 0 && errors != "" {
		errors = fmt.Sprintf("\x1b[%dm%s\x1b[0m", colors["error"], errors)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shown = true
	io.WriteString(l.to, "\r"+text+errors+rest+"\x1b[K")
}

// erase takes the line away.
func (l *liveLine) erase() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shown {
		l.shown = false
		io.WriteString(l.to, "\r\x1b[K")
	}
}
