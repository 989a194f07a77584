// Copyright 2026 The duplex authors. MIT license.

package storm_test

import (
	"errors"
	"math/rand/v2"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// enter begins a callback, and returns what ends it.
func (l *life) enter(what string) func() {
	if n := l.running.Add(1); n != 1 {
		l.m.fault("%p: %s beside another callback", l.s, what)
	}
	if l.closed > 0 {
		l.m.fault("%p: %s after OnClose", l.s, what)
	}
	l.events = append(l.events, what)
	return func() { l.running.Add(-1) }
}

// crash ends a callback by a panic or Goexit, now and then.
func (m *medley) crash(r *rand.Rand) {
	if m.over.Load() {
		return
	}
	switch r.IntN(400) {
	case 0:
		panic("medley")
	case 1:
		runtime.Goexit()
	}
}

// random returns random numbers for one goroutine.
func (m *medley) random() *rand.Rand { return rand.New(rand.NewPCG(m.seeds.Add(1), 7)) }

// handler returns a Handler whose callbacks check the laws and act.
func (m *medley) handler(r *rand.Rand) *duplex.Handler {
	h := &duplex.Handler{Blocking: r.IntN(3) == 0}
	if h.Blocking {
		h.Workers = m.workers[r.IntN(3)]
	}
	if r.IntN(4) == 0 {
		h.Framing = codec.Lines
		h.MaxFrame = 1 << (4 + r.IntN(10))
		if r.IntN(2) == 0 {
			h.FrameTimeout = time.Duration(1+r.IntN(20)) * time.Millisecond
		}
	}
	if r.IntN(4) == 0 {
		h.Encoding = codec.UTF8
	}
	on := func(what string, odds int) func(*duplex.Socket) {
		return func(s *duplex.Socket) {
			l, r := m.life(s), m.random()
			defer l.enter(what)()
			switch what {
			case "connect":
				if l.connect++; l.connect > 1 || l.ended+l.failed > 0 {
					m.fault("%p: connect after %v", s, l.events)
				}
			case "end":
				if l.ended++; l.ended > 1 || l.failed > 0 {
					m.fault("%p: end after %v", s, l.events)
				}
			case "drain", "finish", "secure", "timeout":
				if l.failed > 0 {
					m.fault("%p: %s after %v", s, what, l.events)
				}
			}
			if r.IntN(odds) == 0 {
				l.act(r)
			}
			if h.Blocking && r.IntN(8) == 0 {
				time.Sleep(time.Duration(r.IntN(1000)) * time.Microsecond)
			}
			m.crash(r)
		}
	}
	h.OnConnect, h.OnEnd, h.OnDrain = on("connect", 2), on("end", 2), on("drain", 2)
	h.OnFinish, h.OnTimeout, h.OnSecure = on("finish", 4), on("timeout", 2), on("secure", 2)
	h.OnData = func(s *duplex.Socket, p []byte) {
		l, r := m.life(s), m.random()
		defer l.enter("data")()
		if l.ended+l.failed > 0 || l.connect == 0 {
			m.fault("%p: data after %v", s, l.events)
		}
		for range r.IntN(4) {
			l.act(r)
		}
		m.crash(r)
	}
	h.OnError = func(s *duplex.Socket, err error) {
		l, r := m.life(s), m.random()
		defer l.enter("error " + err.Error())()
		if l.failed++; l.failed > 1 {
			m.fault("%p: error after %v", s, l.events)
		}
		if r.IntN(2) == 0 {
			l.act(r)
		}
		m.crash(r)
	}
	h.OnClose = func(s *duplex.Socket) {
		l := m.life(s)
		defer l.enter("close")()
		if l.closed++; l.closed > 1 {
			m.fault("%p: a second close", s)
		}
		defer m.open.Add(-1)
		l.act(m.random())
		m.crash(m.random())
	}
	return h
}

// wait counts a function that has to be called once. Done begins that call.
func (l *life) wait() (done func(what string) func()) {
	l.m.awaited.Add(1)
	var once atomic.Int32
	return func(what string) func() {
		if once.Add(1) != 1 {
			l.m.fault("%p: a second %s", l.s, what)
		}
		l.m.awaited.Add(-1)
		return l.enter(what)
	}
}

// unwait undoes wait.
func (l *life) unwait() { l.m.awaited.Add(-1) }

// A failing is a writer that fails after n bytes.
type failing struct{ n int }

func (f *failing) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return len(p) / 2, errors.New("medley: the writer is full")
	}
	return len(p), nil
}

// act calls a random verb.
func (l *life) act(r *rand.Rand) {
	m, s := l.m, l.s
	if m.over.Load() {
		return
	}
	p := []byte(strings.Repeat("0123456789abcde\n", 1+r.IntN(1<<r.IntN(13))))
	switch n := r.IntN(160); {
	case n < 20:
		s.Write(p)
	case n < 30:
		done := l.wait()
		if _, err := s.WriteFunc(p, func(error) { defer done("completion")(); m.crash(m.random()) }); err != nil {
			l.unwait()
		}
	case n < 35:
		s.TryWrite(p)
	case n < 40:
		s.Cork()
		time.AfterFunc(time.Duration(r.IntN(3))*time.Millisecond, s.Uncork)
	case n < 50:
		done := l.wait()
		if s.Post(func() {
			defer done("post")()
			r := m.random()
			l.act(r)
			m.crash(r)
		}) != nil {
			l.unwait()
		}
	case n < 54:
		s.AfterFunc(time.Duration(r.IntN(3))*time.Millisecond, func() { defer l.enter("timer")(); l.act(m.random()) })
	case n < 60:
		s.Pause()
		time.AfterFunc(time.Duration(r.IntN(5))*time.Millisecond, s.Resume)
	case n < 63:
		s.SetTimeout(time.Duration(r.IntN(4)) * time.Millisecond)
	case n < 67:
		s.SetHandler(m.handler(r))
	case n < 75:
		if q := m.any(r); q != nil {
			undo := s.Pipe(q.s)
			if r.IntN(2) == 0 {
				q.s.Pipe(s)
			}
			if r.IntN(2) == 0 {
				time.AfterFunc(time.Duration(r.IntN(5))*time.Millisecond, func() { undo(); s.Resume() })
			}
		}
	case n < 78:
		m.copies.Add(1)
		w := &failing{n: r.IntN(1 << 18)}
		go func() { defer m.copies.Done(); s.WriteTo(w); s.Resume() }()
	case n < 81:
		m.copies.Add(1)
		from := strings.NewReader(strings.Repeat("x\n", r.IntN(1<<16)))
		go func() { defer m.copies.Done(); s.ReadFrom(from) }()
	case n < 86:
		side, config := duplex.ServerSide, m.server
		if s.Server() == nil {
			side, config = duplex.ClientSide, m.client
		}
		s.StartTLS(side, config, m.handler(r))
	case n < 92:
		done := l.wait()
		seed := r.Uint64()
		if s.Detach(func(c net.Conn, err error) {
			defer done("detach")()
			if c == nil {
				return
			}
			r := rand.New(rand.NewPCG(seed, 1))
			m.crash(r)
			if r.IntN(2) == 0 && !m.over.Load() {
				m.life((&duplex.Client{Engine: m.clients, Options: m.options(r)}).Adopt(c, m.handler(r)))
			} else {
				c.Close()
			}
		}) != nil {
			l.unwait()
		}
	case n < 97:
		m.groups[r.IntN(3)].Add(s)
	case n < 99:
		m.groups[r.IntN(3)].Remove(s)
	case n < 106:
		m.groups[r.IntN(3)].Write(p)
	case n < 109:
		duplex.Cast{To: []*duplex.Group{&m.groups[0], &m.groups[1]}, Except: []*duplex.Group{&m.groups[2]}, Without: []*duplex.Socket{s}, Volatile: r.IntN(2) == 0}.Write(p)
	case n < 112:
		s.SetNoDelay(r.IntN(2) == 0)
		s.SetKeepAlive(net.KeepAliveConfig{Enable: true})
		_, _, _, _ = s.RemoteAddr(), s.State(), s.Err(), s.NeedDrain()
		s.Context()
	case n < 115:
		s.End()
	case n < 116:
		s.Close()
	case n < 117:
		s.Destroy(nil)
	case n < 118:
		s.Destroy(errors.New("medley"))
	case n < 119:
		s.Reset()
	default:
		if q := m.any(r); q != nil {
			q.s.Write(p)
		}
		s.Write(p)
	}
}

// options returns limits that many sockets exceed.
func (m *medley) options(r *rand.Rand) (o duplex.Options) {
	some := func(n int) bool { return r.IntN(n) == 0 }
	ms := func(n int) time.Duration { return time.Duration(1+r.IntN(5*n)) * time.Millisecond }
	o.AllowHalfOpen = some(3)
	o.PauseOnConnect = some(8)
	if some(3) {
		o.HighWaterMark = 1 << r.IntN(16)
	}
	if some(3) {
		o.MaxWriteBuffer = 1 << (10 + r.IntN(8))
		o.Overflow = duplex.Overflow(r.IntN(3))
	}
	if some(4) {
		o.MaxAge = ms(60)
	}
	if some(4) {
		o.IdleTimeout = ms(30)
	}
	if some(4) {
		o.ReadTimeout = ms(30)
	}
	if some(4) {
		o.WriteTimeout = ms(30)
	}
	if some(4) {
		o.FirstByteTimeout = ms(30)
	}
	if some(6) {
		o.ReadRate = 1 << (12 + r.IntN(10))
	}
	if some(6) {
		o.WriteRate = 1 << (12 + r.IntN(10))
	}
	o.Linger = ms(30)
	if some(4) {
		o.Linger = -1
	}
	o.HandshakeTimeout = ms(100)
	return o
}
