// Copyright 2026 The duplex authors. MIT license.

package storm_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/duplex-go/duplex"
)

// A party is one end of a connection. All that it writes is in chunks that carry its
// ID.
type party struct {
	// Constant.
	storm   *storm
	id      uint64
	kind    string
	own     bool // its engine is the storm's
	steady  bool // a server listens at its target
	crumbly bool // it writes chunks in small parts, and posts no writes, which could separate them

	socket  atomic.Pointer[duplex.Socket] // nil for package net's
	greeted atomic.Bool                   // the first chunk was written
	harmed  atomic.Bool                   // by Destroy, Reset, a context or its engine: bytes may be lost
	hushed  atomic.Bool                   // by Close: input is discarded
	inside  atomic.Int32                  // callbacks that run
	gate    sync.RWMutex                  // locked while crumbs are written
	voices  [6]voice

	// Owned by the callback that runs.
	random   *rand.Rand
	seen     map[string]bool // events
	gen      int             // of its Handler
	blocking bool            // so is the Handler
	broken   bool            // a completion reported an error
	head     []byte          // of the next chunk, incomplete
	at       int             // where in babble the chunk is
	left     int             // bytes of the chunk to come
	voice    byte            // of the chunk
	next     [6]uint32       // numbers of chunks due
	heard    int64           // bytes
	sent     int64           // bytes, of a connection of package net

	flow            sync.Mutex
	resumes, paused int // paused is one more than resumes were, when a callback paused

	// Guarded by storm.mu.
	peer   *party
	closed time.Time
	place  int // in storm.live, or -1

	logging sync.Mutex
	logged  int
	log     [10]struct {
		at   time.Duration
		what string
		n    int
	}
}

// workersOf are the Workers of Blocking handlers: every second handler of a socket waits in
// line with all others.
var workersOf = [2]*duplex.Workers{nil, {Limit: 4}}

// A voice numbers chunks. Several goroutines write for one party, each with a voice of
// its own. Three voices are special: posted functions, and Blocking callbacks, overtake
// writes that wait for them, and Broadcast may skip a socket.
type voice struct {
	mu       sync.Mutex
	next     uint32
	promised int // calls of WriteFunc's functions
	told     int // owned by the callback that runs
}

const (
	posting = 3 + iota
	calling
	broadcasting
)

func (p *party) String() string { return fmt.Sprintf("%x (%s)", p.id, p.kind) }

func (p *party) note(what string, n int) {
	p.logging.Lock()
	defer p.logging.Unlock()
	l := &p.log[p.logged%len(p.log)]
	l.at, l.what, l.n = time.Since(p.storm.began), what, n
	p.logged++
}

func (p *party) story() string {
	p.logging.Lock()
	defer p.logging.Unlock()
	text := fmt.Sprintf("%v, harmed: %v, hushed: %v:", p, p.harmed.Load(), p.hushed.Load())
	for i := max(0, p.logged-len(p.log)); i < p.logged; i++ {
		l := p.log[i%len(p.log)]
		text += fmt.Sprintf("\n\t%v %s %d", l.at, l.what, l.n)
	}
	return text
}

// seasons lists, for each event, those that must have come before it and those that
// must not.
var seasons = map[string]struct{ after, before []string }{
	"connect": {nil, []string{"connect", "error", "close"}},
	"data":    {[]string{"connect"}, []string{"end", "error", "close"}},
	"end":     {[]string{"connect"}, []string{"end", "error", "close"}},
	"drain":   {[]string{"connect"}, []string{"error", "close"}},
	"finish":  {[]string{"connect"}, []string{"finish", "error", "close"}},
	"timeout": {nil, []string{"error", "close"}},
	"error":   {nil, []string{"error", "close"}},
	"written": {nil, []string{"close"}},
	"close":   {nil, []string{"close"}},
}

// enter begins a callback, and returns the function that ends it.
func (p *party) enter(s *duplex.Socket, gen int, what string, n int) func() {
	p.note(what, n)
	if p.inside.Add(1) != 1 {
		p.storm.fail(p, "%s while another callback runs", what)
	}
	if p.socket.CompareAndSwap(nil, s); s != p.socket.Load() {
		p.storm.fail(p, "%s of another's socket", what)
	}
	if gen != p.gen {
		p.storm.fail(p, "%s was told to handler %d, after SetHandler of number %d", what, gen, p.gen)
	}
	for _, e := range seasons[what].after {
		if !p.seen[e] {
			p.storm.fail(p, "%s without %s before it", what, e)
		}
	}
	for _, e := range seasons[what].before {
		if p.seen[e] {
			p.storm.fail(p, "%s after %s", what, e)
		}
	}
	p.seen[what] = true
	return func() { p.inside.Add(-1) }
}

// handler returns a Handler that calls the party that find returns.
func (st *storm) handler(find func(*duplex.Socket) *party, gen int, blocking bool) *duplex.Handler {
	on := func(what string, then func(*party, *duplex.Socket)) func(*duplex.Socket) {
		return func(s *duplex.Socket) {
			p := find(s)
			defer p.enter(s, gen, what, 0)()
			p.blocking = blocking
			then(p, s)
			if blocking && p.random.IntN(16) == 0 {
				doze(p.random, time.Millisecond)
			}
			p.play()
		}
	}
	nothing := func(*party, *duplex.Socket) {}
	return &duplex.Handler{
		Blocking:  blocking,
		Workers:   workersOf[gen%2],
		OnConnect: on("connect", (*party).connected),
		OnData: func(s *duplex.Socket, b []byte) {
			p := find(s)
			defer p.enter(s, gen, "data", len(b))()
			p.blocking = blocking
			p.flow.Lock()
			if p.paused == p.resumes+1 {
				st.fail(p, "data after a callback paused")
			}
			p.flow.Unlock()
			p.hear(b)
			p.play()
		},
		OnEnd:     on("end", (*party).ended),
		OnDrain:   on("drain", nothing),
		OnFinish:  on("finish", nothing),
		OnTimeout: on("timeout", nothing),
		OnError: func(s *duplex.Socket, err error) {
			var op *net.OpError
			if p := find(s); p.seen["connect"] && errors.As(err, &op) && op.Op == "connect" {
				st.fail(p, "an error of connecting after OnConnect: %v", err)
			}
			on("error", nothing)(s)
		},
		OnClose: on("close", (*party).parted),
	}
}

func (p *party) connected(s *duplex.Socket) {
	if s.Server() == nil {
		return
	}
	p.write(p.random, 0) // the first of all, whoever calls
	p.greeted.Store(true)
	if s.Paused() {
		p.later(p.random, p.resume)
	}
}

func (p *party) ended(s *duplex.Socket) {
	if n := s.BytesRead(); n != p.heard {
		p.storm.fail(p, "the end after %d bytes of %d that arrived", p.heard, n)
	}
	p.later(p.random, s.End) // if AllowHalfOpen
}

// written is the completion of a write of a voice.
func (p *party) written(v *voice, n int, err error) {
	defer p.enter(p.socket.Load(), p.gen, "written", n)()
	if n != v.told {
		p.storm.fail(p, "completion %d of a voice, of which %d is due", n, v.told)
	}
	if p.broken && err == nil {
		p.storm.fail(p, "a write completed behind one that failed")
	}
	v.told++
	p.broken = err != nil
}

// parted is called by OnClose.
func (p *party) parted(s *duplex.Socket) {
	err := s.Err()
	if p.seen["error"] != (err != nil) {
		p.storm.fail(p, "closed with %v, and OnError: %v", err, p.seen["error"])
	}
	excused := errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAGAIN) ||
		p.storm.engine.Driver == "portable" && (errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)) // law 12
	if p.steady && !p.seen["connect"] && !p.harmed.Load() && !p.hushed.Load() && !excused {
		p.storm.fail(p, "it never connected: %v", err)
	}
	if _, err := s.Write([]byte("late")); err != net.ErrClosed {
		p.storm.fail(p, "Write in OnClose: %v", err)
	}
	for i := range p.voices {
		v := &p.voices[i]
		v.mu.Lock()
		if v.told != v.promised {
			p.storm.fail(p, "closed after %d of %d completions of voice %d", v.told, v.promised, i)
		}
		v.mu.Unlock()
	}
	if errors.Is(err, syscall.ECONNRESET) {
		p.storm.resets.Add(1)
	}
	if p.own {
		p.storm.received.Add(s.BytesRead())
	}
	p.storm.leave(p)
	if p.random.IntN(4) == 0 && !p.storm.over.Load() {
		p.storm.connect(p.random, p.storm.engine, s) // the descriptor's number is free
	}
}

// deliver compares what p wrote with what q received, when both are closed.
func (p *party) deliver(q *party) {
	sent, err := p.sent, error(nil)
	if s, t := p.socket.Load(), q.socket.Load(); s != nil {
		sent, err = s.BytesWritten(), s.Err()
		if t != nil && s.LocalAddrPort() != t.RemoteAddrPort() {
			p.storm.fail(p, "it is at %v, and its peer talked to %v", s.LocalAddr(), t.RemoteAddr())
		}
	}
	whole := q.seen["end"] && !p.harmed.Load() && err == nil
	switch {
	case q.heard > sent || whole && q.heard < sent:
		p.storm.fail(q, "it heard %d bytes, its peer said %d", q.heard, sent)
	case !p.harmed.Load() && !p.hushed.Load() && !q.harmed.Load() && !q.hushed.Load():
		p.storm.unharmed.Add(1)
		if err != nil || !p.seen["end"] {
			p.storm.fail(p, "nobody did them any harm; it closed with %v, end: %v", err, p.seen["end"])
		}
	}
	if q.left > 0 {
		q.next[q.voice]-- // that chunk is not complete
	}
	for i := range p.voices[:broadcasting] {
		p.voices[i].mu.Lock()
		if next := p.voices[i].next; whole && next != q.next[i] {
			p.storm.fail(q, "it heard %d chunks of voice %d, its peer said %d", q.next[i], i, next)
		}
		p.voices[i].mu.Unlock()
	}
}

// A chunk is a header, its speakers, and a piece of babble.
const (
	magic   = 0x57eaded0
	header  = 16
	longest = 200_000
)

type speaker struct {
	id     uint64
	number uint32
}

// babble is the content of chunks. No two places in it are alike.
var babble = func() []byte {
	b := make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}()

// compose makes a chunk that each of the speakers may send.
func compose(r *rand.Rand, voice byte, speakers ...speaker) []byte {
	size := r.IntN(longest >> r.IntN(18)) // most are short
	at := r.IntN(len(babble) - size)
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, size+64), magic)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, uint32(at))
	b = append(b, voice, byte(len(speakers)), 0, 0)
	for _, s := range speakers {
		b = binary.LittleEndian.AppendUint64(b, s.id)
		b = binary.LittleEndian.AppendUint32(b, s.number)
	}
	return append(b, babble[at:at+size]...)
}

// hear checks bytes that arrived.
func (p *party) hear(b []byte) {
	for len(b) > 0 {
		var n int
		var err error
		if p.left > 0 {
			n = min(p.left, len(b))
			want := babble[p.at : p.at+n]
			if !bytes.Equal(b[:n], want) {
				for n = 0; b[n] == want[n]; n++ {
				}
				err = fmt.Errorf("%x where %x should be, %d bytes before the end of the chunk", b[n:min(n+32, len(b))], want[n:min(n+32, len(want))], p.left-n)
			}
			p.at += n
			p.left -= n
		} else {
			want := header
			if len(p.head) >= header {
				want += 12 * int(p.head[13])
			}
			n = min(want-len(p.head), len(b))
			p.head = append(p.head, b[:n]...)
			if len(p.head) == want {
				err = p.open()
			}
		}
		p.heard += int64(n)
		if err != nil {
			p.storm.fail(p, "byte %d, of %d that came together: %v", p.heard, len(b), err)
			p.harmed.Store(true)
			p.at, p.left = 0, 0
			return
		}
		p.storm.verified.Add(int64(n))
		b = b[n:]
	}
}

// open reads the header of a chunk, as far as it has arrived.
func (p *party) open() error {
	h := p.head
	size, at := binary.LittleEndian.Uint32(h[4:]), binary.LittleEndian.Uint32(h[8:])
	if binary.LittleEndian.Uint32(h) != magic || size > longest || at+size > uint32(len(babble)) || h[12] > broadcasting || h[13] == 0 || h[13] > 4 {
		p.head = p.head[:0]
		return fmt.Errorf("%x is no header", h)
	}
	if len(h) == header {
		return nil
	}
	p.head = p.head[:0]
	p.at, p.left, p.voice = int(at), int(size), h[12]
	p.storm.mu.Lock()
	peer := p.peer
	p.storm.mu.Unlock()
	for h = h[header:]; len(h) > 0; h = h[12:] {
		id, number := binary.LittleEndian.Uint64(h), binary.LittleEndian.Uint32(h[8:])
		if p.voice == broadcasting && (peer == nil || peer.id != id) {
			continue // the chunk goes to other parties too
		}
		if err := p.storm.pair(p, id); err != nil {
			return err
		}
		due := &p.next[p.voice]
		if number < *due || number > *due && p.voice != broadcasting {
			return fmt.Errorf("chunk %d of voice %d, of which %d is due", number, p.voice, *due)
		}
		*due = number + 1
		return nil
	}
	return fmt.Errorf("a broadcast to others, not to the peer of %v", peer)
}
