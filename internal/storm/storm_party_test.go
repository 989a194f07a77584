// Copyright 2026 The duplex authors. MIT license.

package storm_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
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

// write writes a chunk by a random method.
func (p *party) write(r *rand.Rand, voice byte) {
	s, v := p.socket.Load(), &p.voices[voice]
	if voice == calling && p.crumbly { // it might come between two crumbs
		return
	}
	if s.NeedDrain() && r.IntN(8) > 0 {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	chunk := compose(r, voice, speaker{p.id, v.next})
	defer clear(chunk) // Write never keeps it
	p.note("Write", len(chunk))
	crumbs := p.crumbly && len(chunk) < 4<<10 && r.IntN(4) == 0
	if crumbs {
		p.gate.Lock()
		defer p.gate.Unlock()
	} else {
		p.gate.RLock()
		defer p.gate.RUnlock()
	}
	n, err, cut := 0, error(nil), r.IntN(len(chunk))
	switch how := r.IntN(4); {
	case crumbs:
		for m := 0; n < len(chunk) && err == nil; n += m {
			m, err = s.Write(chunk[n : n+1+r.IntN(min(100, len(chunk)-n))])
		}
		if err != nil && n > 0 { // the rest would follow nothing
			p.harmed.Store(true)
			s.Destroy(nil)
			return
		}
	case how == 0:
		promised := v.promised
		n, err = s.WriteFunc(chunk, func(err error) { p.written(v, promised, err) })
		if err == nil {
			v.promised++
		}
	case how == 1:
		n, err = s.Writev(chunk[:cut/2], chunk[cut/2:cut], chunk[cut:])
	case how == 2:
		n, err = s.WriteString(string(chunk))
	default:
		n, err = s.Write(chunk)
	}
	if err == nil {
		v.next++
	}
	if (err == nil) != (n == len(chunk)) || err != nil && n != 0 {
		p.storm.fail(p, "a write of %d bytes returned %d, %v", len(chunk), n, err)
	}
}

// broadcast sends the same chunk to several parties.
func (st *storm) broadcast(r *rand.Rand) {
	var to []*duplex.Socket
	var speakers []speaker
	for range 1 + r.IntN(4) {
		p, _ := st.any(r)
		if p == nil || !p.greeted.Load() || slices.Contains(to, p.socket.Load()) || !p.gate.TryRLock() {
			continue
		}
		defer p.gate.RUnlock()
		if v := &p.voices[broadcasting]; v.mu.TryLock() {
			defer v.mu.Unlock()
			to, speakers = append(to, p.socket.Load()), append(speakers, speaker{p.id, v.next})
			v.next++
		}
	}
	if len(to) > 0 {
		chunk := compose(r, broadcasting, speakers...)
		duplex.Broadcast(slices.Values(to), chunk)
		clear(chunk)
	}
}

// play acts on p in some of the callbacks.
func (p *party) play() {
	if p.storm.over.Load() || p.random.IntN(6) > 0 {
		return
	}
	if q, _ := p.storm.any(p.random); q != nil && !p.blocking && p.random.IntN(4) == 0 {
		q.act(p.random, q == p)
	} else {
		p.act(p.random, true)
	}
}

// chooseVoice returns the voice for a write, inside a callback of p or from another goroutine.
func (p *party) chooseVoice(r *rand.Rand, inside bool) byte {
	if inside && p.blocking {
		return calling
	}
	return byte(r.IntN(posting))
}

// act does something random to p, inside a callback of p or from another goroutine.
func (p *party) act(r *rand.Rand, inside bool) {
	s := p.socket.Load()
	switch n := r.IntN(100); {
	case n < 40:
		p.write(r, p.chooseVoice(r, inside))
	case n < 48 && !(inside && p.blocking): // it might overtake another's, to p itself
		p.storm.broadcast(r)
	case n < 48:
	case n < 56:
		p.pause(r, inside)
	case n < 64:
		p.note("Cork", 0)
		s.Cork()
		p.write(r, p.chooseVoice(r, inside))
		p.later(r, s.Uncork)
	case n < 68:
		s.SetTimeout(time.Duration(r.IntN(5)) * time.Millisecond)
	case n < 80:
		p.post(r)
	case n < 86:
		s.SetNoDelay(r.IntN(2) == 0)
		_, _, _, _ = s.State(), s.Err(), s.RemoteAddr(), s.Buffered()
	case n < 92 && inside:
		p.gen++
		s.SetHandler(p.storm.handler(func(*duplex.Socket) *party { return p }, p.gen, r.IntN(3) == 0))
	case n < 93: // more than the kernel holds
		for range 64 {
			if s.NeedDrain() {
				break
			}
			p.write(r, p.chooseVoice(r, inside))
		}
	case n < 97:
	case n < 99:
		p.stop(r)
	default:
		for range 3 {
			r := rand.New(rand.NewPCG(r.Uint64(), 0))
			go p.stop(r)
		}
	}
}

// stop ends p by a random method.
func (p *party) stop(r *rand.Rand) {
	s, way := p.socket.Load(), r.IntN(8)
	p.harmed.CompareAndSwap(false, way > 3)
	p.hushed.CompareAndSwap(false, way == 3)
	p.note([]string{"End", "End", "End", "Close", "Destroy", "Destroy with an error", "Reset", "Reset"}[way], 0)
	switch way {
	case 0, 1, 2:
		s.End()
	case 3:
		s.Close()
	case 4:
		s.Destroy(nil)
	case 5:
		s.Destroy(errors.New("storm"))
	default:
		s.Reset()
	}
}

// post posts a random action to the loop of p.
func (p *party) post(r *rand.Rand) {
	seed := r.Uint64()
	f := func() {
		r := rand.New(rand.NewPCG(seed, 0))
		switch n := r.IntN(8); {
		case n < 4 && !p.crumbly:
			p.write(r, posting)
		case n < 6:
			p.pause(r, false)
		case n == 7 && r.IntN(4) == 0:
			p.harmed.Store(true)
			p.note("Reset, posted", 0)
			p.socket.Load().Reset()
		}
	}
	if s := p.socket.Load(); r.IntN(2) == 0 {
		s.AfterFunc(time.Duration(r.IntN(5))*time.Millisecond, f)
	} else if s.Post(func() { p.storm.ran.Add(1); f() }) == nil {
		p.storm.posted.Add(1)
	}
}

// pause pauses p for a while.
func (p *party) pause(r *rand.Rand, inside bool) {
	p.flow.Lock()
	defer p.flow.Unlock()
	p.note("Pause", 0)
	p.socket.Load().Pause()
	if inside {
		p.paused = p.resumes + 1
	}
	p.later(r, p.resume)
}

func (p *party) resume() {
	p.flow.Lock()
	defer p.flow.Unlock()
	p.note("Resume", 0)
	p.resumes++
	p.socket.Load().Resume()
}

// later calls f after a while. p may be closed by then.
func (p *party) later(r *rand.Rand, f func()) {
	time.AfterFunc(time.Duration(r.IntN(8000))*time.Microsecond, f)
}
