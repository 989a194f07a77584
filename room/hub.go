// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"container/list"
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/crash"
)

// A Hub holds rooms of sockets and users, and writes to them as one: on this node, and
// with a Bus on all nodes. The zero Hub is ready for one node. Any goroutine may call its methods,
// callbacks of sockets included; only Start, Close, Sync, Count and List wait. The fields
// must not change after the first call.
//
// The callbacks of a Hub, but OnKick, run one at a time, on a goroutine of the Hub, and may block:
// then the callbacks after them wait. Gaps of one node and room that wait are one, and if a thousand
// callbacks wait, a node or a room that comes and goes is left out. A panic of a callback is logged and counted.
type Hub struct {
	// Bus connects this node with others. Nil is this node alone.
	Bus Bus

	// Unique allows a user one socket: a newer Bind removes the older socket, on whatever
	// node, which is kicked with ErrReplaced. It must be the same on all nodes. While nodes cannot reach
	// each other, both sides may have a socket of a user; when they can again, the newer stays.
	Unique bool

	// Heartbeat is the time between two signs of life. 0 is a second. A node that is silent
	// for three is out.
	Heartbeat time.Duration

	// MaxQueue is how many bytes may wait for the Bus. 0 is 16 MiB, negative no limit.
	MaxQueue int

	// Logger logs what callbacks of the Hub panic with, and once in ten minutes that another node has the name of this one, that
	// a message is of another version, or that none of this package can be read. Nil is [slog.Default]. No more than ten
	// are logged at once, and then one a second, with the number of those that were not
	// ("unlogged"). Stats counts them all.
	Logger *slog.Logger

	// OnKick is called where callbacks of s run, when s is kicked: by [Selection.Kick] with a
	// *KickError, or by a newer Bind with ErrReplaced. The socket has left its rooms and its
	// user. If OnKick is nil, the socket is destroyed with the reason.
	OnKick func(s *duplex.Socket, reason error)

	// OnGap is called when messages of another node were lost on the way here: before the next
	// message of the same kind, or with the next heartbeat. A program can then
	// send its clients the state anew.
	OnGap func(Gap)

	// OnNode is called when another node has come (up), and when it has said goodbye or is
	// out. What was sent meanwhile by a node that is back is reported as a Gap.
	OnNode func(node string, up bool)

	// OnRoom is called when a room has its first socket on this node, and when the last one
	// has left.
	OnRoom func(room string, open bool)

	mu       sync.Mutex // guards the fields below; never held during a callback
	state    state
	members  map[*duplex.Socket]*member
	rooms    map[string]*room
	users    map[string]*user
	everyone duplex.Group
	idle     map[*room]struct{}      // rooms without a socket, until their subscriptions end
	clock    uint64                  // the highest time of a generation
	link     *link                   // to the Bus; nil if there is none
	events   list.List               // *event: callbacks that are due
	queued   map[event]*list.Element // those in events, by key
	telling  bool                    // a goroutine calls the callbacks of events
	kicked   int64
	panics   int64

	alarm  crash.Alarm
	clocks func() (since time.Duration, wall time.Time) // nil is those of the system; tests change it
}

// A state is how far a Hub has come.
type state uint8

const (
	fresh state = iota
	started
	closed
)

// Start connects the Hub to its Bus, and returns when the Bus has started. Other nodes are reported by
// OnNode as they answer. Without a Bus, Start need not be called.
func (h *Hub) Start() error {
	h.mu.Lock()
	if h.state != fresh {
		defer h.mu.Unlock()
		if h.state == closed {
			return net.ErrClosed
		}
		return errors.New("room: the Hub was started before")
	}
	if h.Bus == nil {
		h.state = started
		h.mu.Unlock()
		return nil
	}
	if err := checkNames([]string{h.Bus.Node()}); err != nil {
		h.mu.Unlock()
		return err
	}
	h.state = started
	l := newLink(h)
	h.link = l
	h.mu.Unlock()
	err := h.Bus.Start(l.receive, l.lost)
	h.mu.Lock()
	defer h.mu.Unlock()
	defer close(l.started)
	if err != nil {
		h.state, h.link = closed, nil
		l.giveUp()
		close(l.left) // Close may wait, but no goroutine of run will
		close(l.done)
		return err
	}
	go l.run() // until Close
	if h.state == closed {
		return net.ErrClosed
	}
	l.begin()
	return nil
}

// Close sends what waits for the Bus, says goodbye to the other nodes, and closes the Bus when they
// have answered: they have then received all that this node has sent, or report it as a Gap. It waits
// for no node that is silent for three heartbeats, or for 0.3 of one after the Bus has said that a connection
// has changed. One that is heard, but has not answered ten heartbeats after the goodbye was published, not counting time in
// which this node was frozen, is
// named by an [*IncompleteError]. If ctx ends meanwhile, Close returns its error: what waits is not sent, and the
// Bus ends in the background. The sockets stay open. If every node has answered and the Bus ends with an
// error, the error says both: nothing that was sent is lost then. Later calls of all methods return
// [net.ErrClosed].
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	if h.state == closed {
		h.mu.Unlock()
		return net.ErrClosed
	}
	h.state = closed
	l := h.link
	for _, m := range h.members {
		m.forget()
	}
	h.mu.Unlock()
	if l == nil {
		return nil
	}
	return l.close(ctx)
}

// usable returns why the Hub cannot be used, or nil. The caller holds mu.
func (h *Hub) usable() error {
	switch {
	case h.state == closed:
		return net.ErrClosed
	case h.state == fresh && h.Bus != nil:
		return ErrNotStarted
	}
	return nil
}

// A Node is another node.
type Node struct {
	Name  string
	Up    bool      // false: it is out, and has said no goodbye
	Heard time.Time // when its last message came
}

// Nodes returns the other nodes, sorted by name: those that are up, and those that are
// out and have been silent for less than 600 heartbeats.
func (h *Hub) Nodes() []Node {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.link == nil {
		return nil
	}
	return h.link.nodes()
}

// Stats holds the counters of a Hub.
type Stats struct {
	// Now.
	Sockets int   // in a room, or with a user
	Rooms   int   // with a socket on this node
	Users   int   // with a socket on this node
	Nodes   int   // other nodes that are up
	Queued  int64 // bytes that wait for the Bus

	// Since the start.
	Sent      int64 // messages given to the Bus for sockets of other nodes; one to several rooms counts once
	Received  int64 // messages of other nodes that were carried out here
	Lost      int64 // messages of other nodes that a Gap has reported
	Late      int64 // messages of other nodes that were discarded: a Gap has reported them, or will
	Refused   int64 // messages that did not go to the Bus, with ErrBusFull
	Withheld  int64 // messages to another node that were not queued, and nodes that were ignored, since too much waits for it or comes of it
	BusLost   int64 // messages that the Bus says it has lost
	BusErrors int64 // errors of the Bus, when it was to publish or to subscribe
	Malformed int64 // messages that are none of this package's
	Conflicts int64 // messages of another node that has the name of this one: mend its configuration
	Epochs    int64 // times that this node has come back, after it was frozen or cut off
	Kicked    int64 // sockets that were kicked
	Panics    int64 // callbacks that panicked
}

// Stats returns the counters of h.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	var st Stats
	if h.link != nil {
		st = h.link.count()
	}
	st.Sockets, st.Rooms, st.Users = len(h.members), len(h.rooms)-len(h.idle), len(h.users)
	st.Kicked, st.Panics = h.kicked, h.panics
	return st
}
