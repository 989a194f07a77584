// Copyright 2026 The duplex authors. MIT license.

// Package faults decides what a bad network does to connections: it delays, cuts,
// corrupts or swallows what they carry, and ends them.
//
// A [Toxic] is one fault, and [Parse] reads it from text. A [Set] holds the toxics of a
// proxy. A [Line] is one direction of one connection: bytes go in with the time at which
// they came, and come out with the time at which they are due. Nothing here sleeps, reads
// a clock or knows a socket, so tests choose the time.
//
// # Decisions
//
// Everything that happens by chance is a function of the seed, the toxic, the number of
// the connection, the direction and the offset in the stream: not of the time, and not of
// what other connections do. Two runs with one seed decide alike. Bytes that are corrupted
// and the places where slices begin do not even depend on the pieces that the network
// makes; a delay does, since it is decided where a piece begins.
package faults

import (
	"fmt"
	"strconv"
	"time"
)

// A Kind is what a toxic does.
type Kind string

// The kinds of toxics.
const (
	Latency   Kind = "latency"    // delays what passes
	Bandwidth Kind = "bandwidth"  // limits the bytes in a second
	Slice     Kind = "slice"      // cuts what passes into small pieces
	LimitData Kind = "limit_data" // closes the connection after a number of bytes
	LimitTime Kind = "limit_time" // closes it after a time
	Blackhole Kind = "blackhole"  // swallows what should pass
	SlowClose Kind = "slow_close" // delays the end
	Reset     Kind = "reset"      // resets the connection
	Stall     Kind = "stall"      // holds everything up now and then
	Corrupt   Kind = "corrupt"    // changes bytes
)

// A Direction is one of the two ways of a connection.
type Direction uint8

// The directions.
const (
	Up   Direction = iota // from the client to the upstream
	Down                  // from the upstream to the client
)

func (d Direction) String() string {
	if d == Up {
		return "up"
	}
	return "down"
}

// A Toxic is one fault of one direction. The fields after Draw are those of its Kind; the
// others are zero.
type Toxic struct {
	Name        string // unique in a Set
	Kind        Kind
	Direction   Direction
	Probability float64 // of a connection to have it: 0 is none, 1 is all

	// Draw names the decisions of the toxic; empty is its Name. Toxics with the same Draw
	// and Probability touch the same connections.
	Draw string

	Delay  time.Duration // latency, slice, slow_close, stall; when limit_time and reset act, and blackhole unless it is 0
	Jitter time.Duration // latency: how much less or more, at most
	Rate   int64         // bandwidth: bytes in a second
	Least  int           // slice: bytes of the shortest piece
	Most   int           // slice: bytes of the longest piece
	Bytes  int64         // limit_data
	Chance float64       // stall: of a piece; corrupt: of a byte
}

// String returns t in the form that Parse reads.
func (t Toxic) String() string {
	return t.Short() + "@" + t.Direction.String() + t.share()
}

// share returns the suffix of the probability.
func (t Toxic) share() string {
	if t.Probability == 1 {
		return ""
	}
	return "@" + strconv.FormatFloat(t.Probability*100, 'g', 6, 64) + "%"
}

// Short returns t without its suffixes, the direction and the probability.
func (t Toxic) Short() string {
	text := string(t.Kind)
	switch t.Kind {
	case Latency:
		text += ":" + t.Delay.String()
		if t.Jitter > 0 {
			text += "±" + t.Jitter.String()
		}
	case Bandwidth:
		text += ":" + formatSize(t.Rate) + "/s"
	case Slice:
		text += fmt.Sprintf(":%d..%d", t.Least, t.Most)
		if t.Delay > 0 {
			text += "," + t.Delay.String()
		}
	case LimitData:
		text += ":" + formatSize(t.Bytes)
	case LimitTime, SlowClose:
		text += ":" + t.Delay.String()
	case Blackhole:
		if t.Delay > 0 {
			text += ":" + t.Delay.String()
		}
	case Reset:
		if t.Delay > 0 {
			text += ":after=" + t.Delay.String()
		}
	case Stall:
		text += ":p=" + strconv.FormatFloat(t.Chance, 'g', -1, 64) + "," + t.Delay.String()
	case Corrupt:
		text += ":p=" + strconv.FormatFloat(t.Chance, 'g', -1, 64)
	}
	return text
}

// whole reports whether t acts on the connection, whatever its direction is.
func (k Kind) whole() bool { return k == LimitTime || k == Reset }
