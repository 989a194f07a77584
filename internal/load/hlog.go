// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"io"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Log writes response times, interval by interval, in the format of HdrHistogram's
// logs, version 1.3. Tools of HdrHistogram read it.
type Log struct {
	writer *hdrhistogram.HistogramLogWriter
	start  time.Time
}

// NewLog returns a Log that begins at a time.
func NewLog(w io.Writer, start time.Time) (*Log, error) {
	l := &Log{hdrhistogram.NewHistogramLogWriter(w), start}
	if err := l.writer.OutputComment("[Response times in nanoseconds, by duplex bench]"); err != nil {
		return nil, err
	}
	if err := l.writer.OutputLogFormatVersion(); err != nil {
		return nil, err
	}
	if err := l.writer.OutputStartTime(start.UnixMilli()); err != nil {
		return nil, err
	}
	l.writer.SetBaseTime(start.Unix() * 1000) // as the line of the start has it, in whole seconds
	return l, l.writer.OutputLegend()
}

// Write writes the histogram of a Point.
func (l *Log) Write(p Point, h *hdrhistogram.Histogram) error {
	h.SetStartTimeMs(l.start.Add(p.At).UnixMilli())
	h.SetEndTimeMs(l.start.Add(p.At + p.Length).UnixMilli())
	return l.writer.OutputIntervalHistogram(h)
}
