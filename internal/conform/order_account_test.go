// Copyright 2026 The duplex authors. MIT license.

package conform_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// onServerSide reports whether the end is a server, or the socket of one.
func onServerSide(end string) bool {
	return strings.HasPrefix(end, "server") || strings.HasPrefix(end, "socket")
}

// A happening is an event that was reported to an end.
type happening struct {
	end, event string
	text       text   // of data
	details    string // of others
	port       int    // of listening and connect
}

func (h happening) String() string {
	switch {
	case h.event == "data":
		return fmt.Sprintf("%s: data %s", h.end, h.text)
	case h.details != "":
		return fmt.Sprintf("%s: %s %s", h.end, h.event, h.details)
	}
	return h.end + ": " + h.event
}

// An account is the events of a step, in the order in which they are compared and
// written. The order in which different ends report does not change it.
type account []happening

func (a *account) add(h happening) {
	list := *a
	if h.event == "data" {
		for i := len(list) - 1; i >= 0; i-- {
			if list[i].end == h.end && list[i].event == "data" {
				list[i].text = list[i].text.append(h.text...)
				return
			}
			if list[i].end == h.end {
				break
			}
		}
	}
	// It goes after the events of its own end, and on the servers' side after the
	// servers'.
	at := len(list)
	for at > 0 && compareEnds(h.end, list[at-1].end) < 0 {
		at--
	}
	*a = slices.Insert(list, at, h)
}

// compareEnds orders two ends as they are written. It returns 0 if their events have
// an order of their own.
func compareEnds(a, b string) int {
	switch sa, sb := onServerSide(a), onServerSide(b); {
	case sa && !sb:
		return -1
	case sb && !sa:
		return 1
	case strings.HasPrefix(a, "server") || strings.HasPrefix(b, "server"):
		return 0
	}
	return cmp.Compare(a, b)
}

func (a account) lines() (lines []string) {
	for _, h := range a {
		lines = append(lines, h.String())
	}
	return lines
}

// deviates reports whether a cannot become what is wanted any more: an end reported
// another event, or too many, or the events of ends are in another order. Data that
// is the last event of an end may still grow.
func (a account) deviates(want []string) bool {
	if slices.Equal(slices.Sorted(slices.Values(a.lines())), slices.Sorted(slices.Values(want))) {
		return !slices.Equal(a.lines(), want)
	}
	wanted := make(map[string][]string) // lines of each end
	for _, line := range want {
		end, _, _ := strings.Cut(line, ":")
		wanted[end] = append(wanted[end], line)
	}
	last := make(map[string]happening)
	for _, h := range a {
		if before, ok := last[h.end]; ok {
			if wanted[h.end][0] != before.String() {
				return true
			}
			wanted[h.end] = wanted[h.end][1:]
		}
		if len(wanted[h.end]) == 0 {
			return true
		}
		last[h.end] = h
	}
	for end, h := range last {
		growing := h.event == "data" && strings.HasPrefix(wanted[end][0], end+": data ")
		if !growing && wanted[end][0] != h.String() {
			return true
		}
	}
	return false
}

// A text is a list of bytes, stored as stretches of equal bytes.
type text []stretch

type stretch struct {
	b     byte
	times int
}

// append returns t with more at its end.
func (t text) append(more ...stretch) text {
	for _, r := range more {
		if last := len(t) - 1; last >= 0 && t[last].b == r.b {
			t[last].times += r.times
		} else {
			t = append(t, r)
		}
	}
	return t
}

func textOf(p []byte) (t text) {
	if len(p) > 0 && bytes.Count(p, p[:1]) == len(p) {
		return text{{p[0], len(p)}}
	}
	for _, b := range p {
		t = t.append(stretch{b, 1})
	}
	return t
}

func (t text) bytes() (p []byte) {
	for _, r := range t {
		p = append(p, bytes.Repeat([]byte{r.b}, r.times)...)
	}
	return p
}

// String returns t as Go strings; long stretches are strings of their own.
func (t text) String() string {
	const long = 64
	var parts []string
	var short []byte
	flush := func() {
		if len(short) > 0 {
			parts = append(parts, strconv.Quote(string(short)))
			short = nil
		}
	}
	for _, r := range t {
		if r.times < long {
			short = append(short, bytes.Repeat([]byte{r.b}, r.times)...)
			continue
		}
		flush()
		parts = append(parts, fmt.Sprintf("%q*%d", string([]byte{r.b}), r.times))
	}
	flush()
	return strings.Join(parts, " ")
}

// MarshalJSON returns t for Node: a list of bytes and repetitions.
func (t text) MarshalJSON() ([]byte, error) {
	list := make([][2]any, len(t))
	for i, r := range t {
		list[i] = [2]any{[]byte{r.b}, r.times}
	}
	return json.Marshal(list)
}

func (t *text) UnmarshalJSON(data []byte) error {
	var list [][2]json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	for _, entry := range list {
		var p []byte
		var times int
		if err := errors.Join(json.Unmarshal(entry[0], &p), json.Unmarshal(entry[1], &times)); err != nil {
			return err
		}
		*t = t.append(textOf(bytes.Repeat(p, times))...)
	}
	return nil
}
