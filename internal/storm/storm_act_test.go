// Copyright 2026 The duplex authors. MIT license.

package storm_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/duplex-go/duplex"
)

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
		if r.IntN(2) == 0 {
			duplex.Broadcast(slices.Values(to), chunk)
		} else {
			writeAsOne(to, chunk, r.IntN(2) == 0)
		}
		clear(chunk)
	}
}

// writeAsOne is Broadcast by a group, which the sockets leave at once or when they close.
func writeAsOne(to []*duplex.Socket, chunk []byte, leave bool) {
	var g duplex.Group
	for _, s := range to {
		g.Add(s)
	}
	g.Write(chunk)
	if leave {
		for _, s := range to {
			g.Remove(s)
		}
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
