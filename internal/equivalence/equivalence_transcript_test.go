// Copyright 2026 The duplex authors. MIT license.

package equivalence_test

import (
	"fmt"
	"hash/crc32"
	"slices"
)

// A transcript is the events of an end, one line for each. Data that arrived in pieces
// is one line, and so are consecutive lines of text.
type transcript struct {
	events []string
	tail   tail

	// Input that waits for more.
	kept, waiting int
}

// A tail is the data after the last event. It may grow.
type tail struct {
	lines, bytes int
	sum          uint32
	head         [24]byte
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (t *tail) add(p []byte) {
	if t.bytes < len(t.head) {
		copy(t.head[t.bytes:], p)
	}
	t.bytes += len(p)
	t.sum = crc32.Update(t.sum, castagnoli, p)
}

func (t tail) String() string {
	what := "data"
	if t.lines > 0 {
		what = fmt.Sprintf("%d lines", t.lines)
	}
	more := ""
	if t.bytes > len(t.head) {
		more = "…"
	}
	return fmt.Sprintf("%s: %d B, CRC %08x, %q%s", what, t.bytes, t.sum, t.head[:min(t.bytes, len(t.head))], more)
}

func (t *transcript) event(line string) {
	t.cut()
	t.events = append(t.events, line)
}

func (t *transcript) data(p []byte) {
	if len(p) == 0 {
		return
	}
	if t.tail.lines > 0 {
		t.cut()
	}
	t.tail.add(p)
}

// line adds a line, with a mark at its end.
func (t *transcript) line(p []byte) {
	if t.tail.lines == 0 {
		t.cut()
	}
	t.tail.lines++
	t.tail.add(p)
	t.tail.add([]byte{'\n'})
}

// cut turns the tail into an event.
func (t *transcript) cut() {
	if t.tail.bytes > 0 {
		t.events = append(t.events, t.tail.String())
		t.tail = tail{}
	}
}

// all returns every event, including the tail.
func (t transcript) all() []string {
	t.events = slices.Clip(t.events)
	t.cut()
	return t.events
}

// A progress is how far a transcript has come. It includes input that was not
// delivered yet: the start of a line, and of a character.
type progress struct{ events, lines, bytes, kept, waiting int }

func (t *transcript) progress() progress {
	return progress{len(t.events), t.tail.lines, t.tail.bytes, t.kept, t.waiting}
}

// beyond reports whether p is past want.
func (p progress) beyond(want progress) bool {
	if p.events != want.events {
		return p.events > want.events
	}
	return p.lines > want.lines || p.bytes > want.bytes
}

// reached reports whether p is as far as m wants.
func (m mark) reached(p progress) bool {
	if m.deaf || m.unread {
		p.kept, p.waiting = m.progress.kept, m.progress.waiting
	}
	return p == m.progress
}

func writtenLine(n int, err error) string {
	if err != nil {
		return fmt.Sprintf("unwritten up to %d B", n)
	}
	return fmt.Sprintf("written up to %d B", n)
}

// closeLine is the event of a close. Muffled means that in is not known.
func closeLine(in, out int64, err string, muffled bool) string {
	if muffled {
		return fmt.Sprintf("close: out %d B, error %q", out, err)
	}
	return fmt.Sprintf("close: in %d B, out %d B, error %q", in, out, err)
}
