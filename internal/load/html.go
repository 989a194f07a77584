// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// HTML returns a page that shows the report: a title, the text of the report, and charts
// as SVG. It needs no other file and no network.
func (r *Report) HTML(title, text string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>%[1]s</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 54em; padding: 0 1em; color: #222; background: #fff }
pre { background: #f4f4f4; padding: 1em; font-size: 13px; white-space: pre-wrap; overflow-wrap: anywhere }
svg { width: 100%%; height: auto; font: 11px system-ui, sans-serif }
.axis { stroke: #999 } .grid { stroke: #e4e4e4 } text { fill: #555 }
@media (prefers-color-scheme: dark) {
body { color: #ddd; background: #181818 } pre { background: #242424 } .grid { stroke: #333 } text { fill: #aaa }
}
</style>
<h1>%[1]s</h1>
<pre>%[2]s</pre>
`, html.EscapeString(title), html.EscapeString(text))
	if len(r.Points) > 1 {
		perSecond := line{name: "messages per second", color: "#2a7ae2"}
		p50, p99 := line{name: "p50", color: "#2a7ae2"}, line{name: "p99", color: "#d33"}
		for _, p := range r.Points {
			at := p.At.Seconds()
			perSecond.add(at, p.PerSecond())
			if p.P99 > 0 {
				p50.add(at, float64(p.P50))
				p99.add(at, float64(p.P99))
			}
		}
		seconds := func(v float64) string { return trim(v) + " s" }
		chart{title: "Messages per second", x: seconds, y: trim, lines: []line{perSecond}}.write(&b)
		if len(p99.x) > 0 {
			chart{title: "Response time over time", x: seconds, y: nanoseconds, lines: []line{p50, p99}}.write(&b)
		}
	}
	if r.Response.TotalCount() > 0 {
		// By the number of nines, as HdrHistogram plots it.
		lines := []line{percentiles("response time", "#d33", r.Response)}
		if r.Service.TotalCount() > 0 {
			lines = append(lines, percentiles("service time", "#2a7ae2", r.Service))
		}
		nines := func(v float64) string { // v is whole
			return fmt.Sprintf("%.*f %%", max(0, int(math.Round(v))-2), 100*(1-math.Pow(10, -v)))
		}
		chart{title: "Time by percentile", x: nines, y: nanoseconds, whole: true, lines: lines}.write(&b)
	}
	return b.String()
}

// percentiles returns a line through the percentiles of h, up to one that has ten times
// above it.
func percentiles(name, color string, h *hdrhistogram.Histogram) line {
	l := line{name: name, color: color}
	most := max(1, math.Log10(float64(h.TotalCount()))-1)
	for nines := 0.0; nines <= most; nines += .05 {
		l.add(nines, float64(percentile(h, 100*(1-math.Pow(10, -nines)))))
	}
	return l
}

// A line of a chart.
type line struct {
	name, color string
	x, y        []float64
}

func (l *line) add(x, y float64) { l.x, l.y = append(l.x, x), append(l.y, y) }

// A chart is lines in one frame, whose ordinates begin at 0.
type chart struct {
	title string
	x, y  func(float64) string // labels
	whole bool                 // labels of x are at whole numbers
	lines []line
}

// The frame of a chart.
const (
	width, height            = 860.0, 240.0
	left, right, top, bottom = 70.0, 20.0, 24.0, 26.0
)

func (c chart) write(b *strings.Builder) {
	maxX, maxY := 0.0, 0.0
	for _, l := range c.lines {
		for i := range l.x {
			maxX, maxY = max(maxX, l.x[i]), max(maxY, l.y[i])
		}
	}
	stepX, stepY := step(maxX), step(maxY)
	if c.whole {
		stepX = 1
	}
	maxX, maxY = max(maxX, stepX/1e3), max(math.Ceil(maxY/stepY)*stepY, stepY)
	placeX := func(v float64) float64 { return left + v/maxX*(width-left-right) }
	placeY := func(v float64) float64 { return height - bottom - v/maxY*(height-top-bottom) }

	fmt.Fprintf(b, "<h2>%s</h2>\n<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-label=\"%[1]s\">\n", html.EscapeString(c.title), width, height)
	for v := 0.0; v <= maxY*1.0001; v += stepY {
		fmt.Fprintf(b, `<line class="grid" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1[3]f"/>`, left, width-right, placeY(v))
		fmt.Fprintf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>\n", left-6, placeY(v)+4, html.EscapeString(c.y(v)))
	}
	for v := 0.0; v <= maxX*1.0001; v += stepX {
		fmt.Fprintf(b, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>\n", placeX(v), height-8, html.EscapeString(c.x(v)))
	}
	fmt.Fprintf(b, "<line class=\"axis\" x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1[3]f\"/>\n", left, width-right, placeY(0))
	for i, l := range c.lines {
		fmt.Fprintf(b, `<polyline fill="none" stroke="%s" stroke-width="1.5" points="`, l.color)
		for j := range l.x {
			fmt.Fprintf(b, "%.1f,%.1f ", placeX(l.x[j]), placeY(l.y[j]))
		}
		b.WriteString("\"/>\n")
		if len(c.lines) > 1 {
			fmt.Fprintf(b, "<text x=\"%.1f\" y=\"14\" style=\"fill:%s\">%s</text>\n", left+120*float64(i), l.color, html.EscapeString(l.name))
		}
	}
	b.WriteString("</svg>\n")
}

// step returns a round distance of labels, of which there are about five up to most.
func step(most float64) float64 {
	if most <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(most/5)))
	for _, n := range []float64{1, 2, 5} {
		if most/(n*unit) <= 6 {
			return n * unit
		}
	}
	return 10 * unit
}

// trim returns five digits of v, without needless ones.
func trim(v float64) string {
	v, _ = strconv.ParseFloat(fmt.Sprintf("%.5g", v), 64) // it is a number
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// nanoseconds returns a time in the unit that suits it.
func nanoseconds(v float64) string { return time.Duration(v).Round(100 * time.Nanosecond).String() }
