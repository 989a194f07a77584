// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// A picture is groups of bars, each group to a scale of its own.
type picture struct {
	title, subtitle string
	groups          []group
	notes           []string
}

type group struct {
	title string
	bars  []bar
}

type bar struct {
	server string
	value  float64
}

// painted is how servers are named and colored: colors that differ for everyone,
// on light and on dark.
var painted = map[string]struct{ name, color string }{
	"epoll":   {"C epoll, the limit", "#8c959f"},
	"duplex":  {"duplex", "#2f81f7"},
	"std":     {"package net", "#e69f00"},
	"netpoll": {"netpoll", "#cc79a7"},
	"node":    {"Node.js", "#009e73"},
}

// Sizes, in pixels.
const (
	margin     = 20
	columnWide = 410
	nameWide   = 115
	barWide    = 200
	lineHigh   = 18
	barHigh    = 13
)

// The panel has a color of its own, so that text can be read whatever page it is
// on; both follow what the reader prefers.
const style = `<style>
.panel { fill: #ffffff; stroke: #d1d9e0 }
text { font: 12px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 }
.group { font-weight: 600 }
.quiet { fill: #59636e }
@media (prefers-color-scheme: dark) {
.panel { fill: #0d1117; stroke: #3d444d }
text { fill: #f0f6fc }
.quiet { fill: #9198a1 }
}
</style>
`

// svg draws p: two columns, unless it has few groups.
func (p picture) svg() string {
	columns := 2
	if len(p.groups) == 1 {
		columns = 1
	}
	var body strings.Builder
	y := margin + 12
	text(&body, margin, y, "title", p.title)
	y += lineHigh
	text(&body, margin, y, "quiet", p.subtitle)
	y += lineHigh
	for len(p.groups) > 0 {
		row := p.groups[:min(columns, len(p.groups))]
		p.groups = p.groups[len(row):]
		most := 0
		for i, g := range row {
			g.draw(&body, margin+i*columnWide, y)
			most = max(most, len(g.bars))
		}
		y += (most+1)*lineHigh + lineHigh
	}
	wide := columns*columnWide + margin
	for _, note := range p.notes {
		for _, line := range folded(note, wide/7) {
			text(&body, margin, y, "quiet", line)
			y += lineHigh
		}
	}
	high := y + margin - lineHigh
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s">`+"\n",
		wide, high, wide, high, escaped(p.title)) + style +
		fmt.Sprintf(`<rect class="panel" x="0.5" y="0.5" width="%d" height="%d" rx="6"/>`+"\n", wide-1, high-1) +
		body.String() + "</svg>\n"
}

// draw draws g with its upper left corner at x, y.
func (g group) draw(w *strings.Builder, x, y int) {
	y += barHigh
	text(w, x, y, "group", g.title)
	most := 0.0
	for _, b := range g.bars {
		most = max(most, b.value)
	}
	for _, b := range g.bars {
		y += lineHigh
		paint := painted[b.server]
		text(w, x, y, "", paint.name)
		long := 1.0
		if most > 0 {
			long = max(long, barWide*b.value/most)
		}
		fmt.Fprintf(w, `<rect x="%d" y="%d" width="%.1f" height="%d" rx="2" fill="%s"/>`+"\n", x+nameWide, y-barHigh+2, long, barHigh, paint.color)
		text(w, x+nameWide+int(long)+6, y, "quiet", figure(b.value))
	}
}

func text(w *strings.Builder, x, y int, class, s string) {
	if class != "" {
		class = fmt.Sprintf(` class="%s"`, class)
	}
	fmt.Fprintf(w, `<text x="%d" y="%d"%s>%s</text>`+"\n", x, y, class, escaped(s))
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder does not fail
	return b.String()
}

// folded cuts s into lines of about n letters.
func folded(s string, n int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && len(line)+1+len(word) > n {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}
