// Copyright 2026 The duplex authors. MIT license.

package groups_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A span is the time of a call, on a clock that every call moves: from before it to after
// it. One call happens before another if its span ends before that of the other begins.
type span struct{ from, to int64 }

func (a span) before(b span) bool { return a.to < b.from }

var never = span{math.MaxInt64, math.MaxInt64}

// A post is a call of Post, whose function writes.
type post struct {
	span
	of int // the socket
}

// A line is a message of a history, which one call has written.
type line struct {
	id int
	at span // of the call
	ok bool // it returned no error
	n  int  // the result of a group's Write

	by       *post // the posted function that has called; nil for none
	blocking int   // the socket whose Blocking callback has called; -1 for none

	socket      int // of Write; -1 for a message to groups
	to, except  []int
	without     []int
	volatile    bool
	size        int
	description string
}

// A change is a call of Add or Remove that returned true.
type change struct {
	at   span
	adds bool
}

// A history is what happened to a few sockets and groups.
type history struct {
	lines   []*line
	changes [][][]change // by socket and group; one goroutine makes those of a socket and a group
	ends    []span       // by socket: the call that ended its output
	gentle  []bool       // by socket: that was End, so that nothing is lost
	heard   [][]int      // by socket: the ids of the lines that its peer has received
}

// during returns whether the socket was a member of the group all the time of the span, and
// whether it may have been at some time.
func (h *history) during(socket, group int, at span) (surely, maybe bool) {
	for _, c := range h.changes[socket][group] {
		switch {
		case c.at.before(at):
			surely, maybe = c.adds, c.adds
		case at.before(c.at):
			return surely, maybe
		default:
			surely, maybe = surely && c.adds, maybe || c.adds
		}
	}
	return surely, maybe
}

// at returns when the line takes effect for a socket. What a posted function of the socket
// writes has the place of the call of Post among the calls of others.
func (l *line) effect(socket int) span {
	if l.by != nil && l.by.of == socket {
		return l.by.span
	}
	return l.at
}

// precedes reports whether a has to come before b at the socket.
func precedes(a, b *line, socket int) bool {
	switch {
	case a.by != nil && a.by == b.by:
		return a.at.before(b.at)
	case b.blocking == socket && a.blocking != socket:
		return false // a may have to wait for a posted function, which b does not
	}
	return a.effect(socket).before(b.effect(socket))
}

// owes returns whether the socket has to receive the line, and whether it may.
func (h *history) owes(l *line, socket int) (must, may bool) {
	if !l.ok {
		return false, false
	}
	must, may = true, true
	if l.socket >= 0 {
		must, may = l.socket == socket, l.socket == socket
	} else {
		in, perhapsIn, out, perhapsOut := false, false, false, false
		for _, g := range l.to {
			surely, maybe := h.during(socket, g, l.at)
			in, perhapsIn = in || surely, perhapsIn || maybe
		}
		for _, g := range l.except {
			surely, maybe := h.during(socket, g, l.at)
			out, perhapsOut = out || surely, perhapsOut || maybe
		}
		if slices.Contains(l.without, socket) {
			out = true
		}
		must = in && !perhapsOut && !out && !l.volatile
		may = perhapsIn && !out
	}
	effect, end := l.effect(socket), h.ends[socket]
	return must && effect.before(end), may && !end.before(effect)
}

// check returns how the history breaks the promises of Group, "" if it keeps them.
func (h *history) check() string {
	var b strings.Builder
	for s, heard := range h.heard {
		if err := h.checkSocket(s, heard); err != "" {
			fmt.Fprintf(&b, "socket %d: %s\n", s, err)
		}
	}
	for _, l := range h.lines {
		if l.socket >= 0 || !l.ok || len(l.to) != 1 || len(l.without) > 0 {
			continue
		}
		least, most := 0, 0
		for s := range h.heard {
			surely, maybe := h.during(s, l.to[0], l.at)
			if surely && l.at.before(h.ends[s]) {
				least++
			}
			if maybe {
				most++
			}
		}
		if l.n < least || l.n > most {
			fmt.Fprintf(&b, "%v was queued for %d members, want %d to %d\n", l, l.n, least, most)
		}
	}
	return b.String()
}

func (h *history) checkSocket(s int, heard []int) string {
	at := make(map[int]int) // the place of a line among those heard
	for i, id := range heard {
		if _, twice := at[id]; twice {
			return fmt.Sprintf("received %v twice", h.lines[id])
		}
		at[id] = i
		if _, may := h.owes(h.lines[id], s); !may {
			return fmt.Sprintf("received %v", h.lines[id])
		}
	}
	for i, later := range heard {
		for _, earlier := range heard[:i] {
			if precedes(h.lines[later], h.lines[earlier], s) {
				return fmt.Sprintf("received %v before %v", h.lines[earlier], h.lines[later])
			}
		}
	}
	for _, l := range h.lines {
		if _, received := at[l.id]; received {
			continue
		}
		must, _ := h.owes(l, s)
		if !must {
			continue
		}
		if h.gentle[s] {
			return fmt.Sprintf("did not receive %v", l)
		}
		for _, id := range heard { // a destroyed socket loses the end alone
			if precedes(l, h.lines[id], s) {
				return fmt.Sprintf("received %v, and not %v", h.lines[id], l)
			}
		}
	}
	return ""
}

// String describes a line.
func (l *line) String() string {
	return fmt.Sprintf("line %d (%s, %d bytes, at %d to %d)", l.id, l.description, l.size, l.at.from, l.at.to)
}

// String describes a history.
func (h *history) String() string {
	var b strings.Builder
	for _, l := range h.lines {
		fmt.Fprintf(&b, "%v ok=%v n=%d", l, l.ok, l.n)
		if l.by != nil {
			fmt.Fprintf(&b, " by a post to %d at %d to %d", l.by.of, l.by.from, l.by.to)
		}
		if l.blocking >= 0 {
			fmt.Fprintf(&b, " in a callback of %d", l.blocking)
		}
		b.WriteString("\n")
	}
	for s := range h.heard {
		fmt.Fprintf(&b, "socket %d ends at %d to %d, gently: %v\n", s, h.ends[s].from, h.ends[s].to, h.gentle[s])
		for g, changes := range h.changes[s] {
			fmt.Fprintf(&b, "  group %d: %v\n", g, changes)
		}
		fmt.Fprintf(&b, "  received %v\n", h.heard[s])
	}
	return b.String()
}
