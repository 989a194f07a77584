// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"errors"
	"fmt"
	"strings"
)

// Errors of this package. A Hub that was closed returns [net.ErrClosed], and so do Join
// and Bind of a socket that is closed.
var (
	// ErrBusFull is returned by a verb whose message the Bus cannot take, because MaxQueue
	// bytes wait for it. The sockets of this node were served, those of other nodes not.
	ErrBusFull = errors.New("room: too many bytes wait for the bus")

	// ErrName is returned for a name that is empty, or longer than MaxName.
	ErrName = errors.New("room: a name has 1 to 255 bytes")

	// ErrNested is returned by the verbs of a selection that excepts one which has
	// exceptions of its own.
	ErrNested = errors.New("room: an exception has no exceptions of its own")

	// ErrNotStarted is returned if there is a Bus, and Start was not called.
	ErrNotStarted = errors.New("room: the Hub has a Bus and was not started")

	// ErrReplaced is the reason for which a socket is kicked whose user has logged in anew.
	ErrReplaced = errors.New("room: the user has a newer login")

	// ErrTooLong is returned for a message that is longer than MaxMessage with the names
	// of its selection. No socket receives it.
	ErrTooLong = errors.New("room: the message is too long for the bus")
)

// A KickError is the reason for which [Selection.Kick] has ended a socket.
type KickError struct {
	Reason string // the argument of Kick
}

// Error returns the reason.
func (e *KickError) Error() string { return "room: kicked: " + e.Reason }

// An IncompleteError reports that some nodes have not answered. What the others said is
// returned beside it.
type IncompleteError struct {
	// Nodes are the names of those that were asked in vain, sorted. Count and List name also those
	// that are out, have been silent for less than 60 heartbeats, and have not said goodbye.
	Nodes []string

	// Err is the error of the context, or nil if the nodes have not answered in time.
	Err error
}

// Error names the nodes.
func (e *IncompleteError) Error() string {
	text := fmt.Sprintf("room: no answer of %s", strings.Join(e.Nodes, ", "))
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns Err.
func (e *IncompleteError) Unwrap() error { return e.Err }
