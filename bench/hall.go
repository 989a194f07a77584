// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/duplex-go/duplex"
	named "github.com/duplex-go/duplex/room" // bench has rooms of its own
)

// The modes of a hall.
const (
	modeFan     = "fan"     // one message to all clients
	modeRooms   = "rooms"   // messages to each of hallRooms rooms, from hallCallers goroutines
	modeMembers = "members" // every client joins some rooms
)

const (
	hallRooms    = 100
	hallMessages = 10 // to each room
	hallCallers  = 4

	crowdRooms = 400 // of modeMembers
	crowdEach  = 10  // that a client is in
)

// halls are the ways to write one message to many sockets of duplex.
var halls = []server{
	hallServer("group", "duplex.Group"),
	hallServer("room", "package room, on one node"),
	hallServer("broadcast", "duplex.Broadcast"),
	hallServer("writes", "a loop of Socket.Write"),
}

const hallWorkloads = "fan-1x10000 rooms-100x10x10000 fan-1x10000-allcores rooms-100x10x10000-allcores members-10x10000"

func hallServer(name, title string) server {
	return server{
		name:     name,
		title:    title,
		plain:    true,
		collects: true,
		only:     hallWorkloads,
		command:  func() ([]string, error) { return itself(name) },
		version:  func() string { return "" },
	}
}

// A hall is a server whose clients hear what it says, when one of them asks. The bytes of
// a client are words of one letter: joinWord lets it into its room, and sayWord has the hall speak.
type hall struct {
	mode    string
	message int // its length
	rooms   int
	join    func(s *duplex.Socket, room int)
	write   func(room int, p []byte)

	mu      sync.Mutex
	sockets []*duplex.Socket
	busy    []float64 // of each fan-out, for how many us a caller was busy
	lag     []float64 // the longest wait of a posted function, in ms
	turn    []float64 // and the most CPU time in one
	member  float64   // bytes of a membership
}

const (
	joinWord = 'j'
	sayWord  = 's'
)

// serveHall returns the role of a hall that writes in a way.
func serveHall(way string) func(mode string, size int, config *tls.Config) (net.Addr, error) {
	return func(mode string, size int, _ *tls.Config) (net.Addr, error) {
		h := &hall{mode: mode, message: size, rooms: map[string]int{modeFan: 1, modeRooms: hallRooms, modeMembers: crowdRooms}[mode]}
		if err := h.writes(way); err != nil {
			return nil, err
		}
		say := make(chan struct{}, 1)
		go func() { // until the process ends
			for range say {
				h.say()
			}
		}()
		figures = h.figures
		srv := &duplex.Server{Handler: &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) {
			for _, word := range p {
				switch word {
				case joinWord:
					h.enter(s)
				case sayWord:
					say <- struct{}{}
				}
			}
		}}}
		err := srv.Listen("tcp", "127.0.0.1:0")
		return srv.Addr(), err
	}
}

// writes sets how the hall writes.
func (h *hall) writes(way string) error {
	lists := make([][]*duplex.Socket, h.rooms)
	h.join = func(s *duplex.Socket, room int) { lists[room] = append(lists[room], s) }
	switch way {
	case "writes":
		h.write = func(room int, p []byte) {
			for _, s := range lists[room] {
				s.Write(p)
			}
		}
	case "broadcast":
		h.write = func(room int, p []byte) { duplex.Broadcast(slices.Values(lists[room]), p) }
	case "group":
		groups := make([]duplex.Group, h.rooms)
		h.join = func(s *duplex.Socket, room int) { groups[room].Add(s) }
		h.write = func(room int, p []byte) { groups[room].Write(p) }
	case "room":
		hub := new(named.Hub)
		if err := hub.Start(); err != nil {
			return err
		}
		names := make([]string, h.rooms)
		selections := make([]named.Selection, h.rooms)
		for i := range names {
			names[i] = fmt.Sprintf("room%d", i)
			selections[i] = hub.Room(names[i])
		}
		h.join = func(s *duplex.Socket, room int) { hub.Join(s, names[room]) }
		h.write = func(room int, p []byte) { selections[room].Send(p) }
	}
	return nil
}

// enter lets a client in.
func (h *hall) enter(s *duplex.Socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.mode != modeMembers {
		h.join(s, len(h.sockets)%h.rooms)
	}
	h.sockets = append(h.sockets, s)
	s.Write([]byte{joinWord})
}

// say writes to the clients what the mode has for them.
func (h *hall) say() {
	messages, callers := 1, 1
	switch h.mode {
	case modeMembers:
		h.member = h.crowd()
		h.sockets[0].Write([]byte{sayWord})
		return
	case modeRooms:
		messages, callers = hallMessages, hallCallers
	}
	h.probe(int64(len(h.sockets) * messages * h.message))
	var calling sync.WaitGroup
	for caller := range callers {
		calling.Go(func() {
			began := time.Now()
			for i := range messages {
				for room := caller; room < h.rooms; room += callers {
					h.write(room, spoken(i, h.message))
				}
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			h.busy = append(h.busy, float64(time.Since(began).Nanoseconds())/1e3)
		})
	}
	calling.Wait()
}

// spoken returns message i of those that a client hears after one sayWord.
func spoken(i, size int) []byte { return pattern[i*size : (i+1)*size] }

// probe posts a function to the first loop again and again until all loops have sent so many
// more bytes, and notes the longest time that one had to wait, and the CPU time of the process in such a wait.
func (h *hall) probe(bytes int64) {
	until := duplex.ReadStats().BytesSent + bytes
	var longest, most time.Duration
	posted := time.Now()
	before, known := ownCPU()
	var run func()
	run = func() {
		used, _ := ownCPU()
		longest, most = max(longest, time.Since(posted)), max(most, used-before)
		if duplex.ReadStats().BytesSent < until {
			posted, before = time.Now(), used
			post(run)
			return
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.lag = append(h.lag, float64(longest.Microseconds())/1e3)
		if known {
			h.turn = append(h.turn, float64(most.Microseconds())/1e3)
		}
	}
	post(run)
}

// post posts f to the first loop of the engine that all servers share.
func post(f func()) { _ = (*duplex.Engine)(nil).Post(f) } // that engine never closes

// crowd has every client join crowdEach rooms, and returns how many bytes a membership takes.
func (h *hall) crowd() float64 {
	before := inUse()
	for i, s := range h.sockets {
		for j := range crowdEach {
			h.join(s, (i+j*(crowdRooms/crowdEach))%crowdRooms)
		}
	}
	return float64(inUse()-before) / float64(len(h.sockets)*crowdEach)
}

// inUse returns how many bytes of the heap are in use.
func inUse() int64 {
	var m runtime.MemStats
	for range 3 { // pools keep what they hold for two collections
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// figures returns what the hall has found itself.
func (h *hall) figures() sample {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := sample{}
	if len(h.busy) > 0 {
		s[callerMetric] = median(h.busy)
	}
	if len(h.lag) > 0 {
		s[lagMetric] = median(h.lag)
	}
	if len(h.turn) > 0 {
		s[turnMetric] = median(h.turn)
	}
	if h.member != 0 {
		s[memberMetric] = h.member
	}
	return s
}
