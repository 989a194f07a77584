// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/internal/testrun"
)

// A meddler passes on the bytes of one direction of a relay as a script says: cut, merged
// with those that follow, late, changed, twice, or not at all.
type meddler struct {
	script *[]byte // of both directions
	waits  []byte  // merged with what comes next
	queue  []delayed
	hurt   *atomic.Bool // something was done that TCP does not do
	over   bool
}

// Delayed bytes are passed on at a time.
type delayed struct {
	at  time.Time
	p   []byte
	end string // instead: FIN or RST
}

// next returns the next byte of the script, 0 after its end.
func (m *meddler) next() (b byte) {
	if s := *m.script; len(s) > 0 {
		b, *m.script = s[0], s[1:]
	}
	return b
}

// pass is the function of a relay.
func (m *meddler) pass(dst *duplex.Socket, p []byte) {
	if m.over {
		return
	}
	p = append(m.waits, p...)
	m.waits = nil
	switch m.next() % 8 {
	case 3:
		n := (int(m.next())<<8 | int(m.next())) % len(p)
		m.add(dst, 0, p[:n], "")
		m.add(dst, time.Millisecond, p[n:], "")
	case 4:
		m.waits = bytes.Clone(p)
		dst.AfterFunc(time.Millisecond, func() { m.let(dst) })
	case 5:
		m.add(dst, time.Duration(m.next())*10*time.Millisecond, p, "")
	case 6:
		p = bytes.Clone(p)
		p[(int(m.next())<<8|int(m.next()))%len(p)] ^= 1 << (m.next() % 8)
		m.hurt.Store(true)
		m.add(dst, 0, p, "")
	case 7:
		m.hurt.Store(true)
		switch m.next() % 4 {
		case 0: // lost
		case 1:
			m.add(dst, 0, append(bytes.Clone(p), p...), "")
		case 2:
			m.add(dst, 0, p[:len(p)/2], "FIN")
		case 3:
			m.add(dst, 0, p, "RST")
		}
	default:
		m.add(dst, 0, p, "")
	}
}

// let passes on what waits to be merged.
func (m *meddler) let(dst *duplex.Socket) {
	if p := m.waits; p != nil {
		m.waits = nil
		m.add(dst, 0, p, "")
	}
}

// add passes on p after a while, and after all that was added before.
func (m *meddler) add(dst *duplex.Socket, after time.Duration, p []byte, end string) {
	at := time.Now().Add(after)
	if n := len(m.queue); n > 0 && m.queue[n-1].at.After(at) {
		at = m.queue[n-1].at
	}
	m.queue = append(m.queue, delayed{at, bytes.Clone(p), end})
	m.over = m.over || end != ""
	dst.AfterFunc(time.Until(at), func() {
		for len(m.queue) > 0 && !m.queue[0].at.After(time.Now()) {
			first := m.queue[0]
			m.queue = m.queue[1:]
			dst.Write(first.p)
			switch first.end {
			case "FIN":
				dst.End()
			case "RST":
				dst.Reset()
			}
		}
	})
}

// ended passes on the end of the direction.
func (m *meddler) ended(dst *duplex.Socket) {
	m.let(dst)
	if !m.over {
		m.add(dst, 0, nil, "FIN")
	}
}

// A witness checks the events of a socket that should receive all of want.
type witness struct {
	want []byte

	mu     sync.Mutex
	got    []byte
	events string // one letter each
	faults []string
}

func (w *witness) tell(letter string) func(*duplex.Socket) {
	return func(s *duplex.Socket) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events += letter
	}
}

func (w *witness) handler(h duplex.Handler) *duplex.Handler {
	connect := h.OnConnect
	h.OnConnect = func(s *duplex.Socket) { w.tell("C")(s); connect(s) }
	h.OnData = func(s *duplex.Socket, p []byte) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.events) == 0 || w.events[len(w.events)-1] != 'D' {
			w.events += "D"
		}
		if w.got = append(w.got, p...); !bytes.HasPrefix(w.want, w.got) {
			w.faults = append(w.faults, fmt.Sprintf("%d bytes, and the last %d are others than those that were sent", len(w.got), len(p)))
		}
	}
	h.OnEnd, h.OnClose = w.tell("E"), w.tell("X")
	h.OnError = func(s *duplex.Socket, _ error) { w.tell("!")(s) }
	return &h
}

// check returns what the witness has seen that must not be.
func (w *witness) check() []string {
	faults := w.faults
	switch w.events {
	case "", "CDEX", "CX", "CDX", "CD!X", "C!X", "CDE!X", "!X", "X":
	case "CEX", "CE!X":
	default:
		faults = append(faults, "the events are "+w.events)
	}
	for _, e := range w.events {
		if e == 'E' && !bytes.Equal(w.got, w.want) {
			faults = append(faults, fmt.Sprintf("an end after %d of %d bytes", len(w.got), len(w.want)))
		}
	}
	return faults
}

// FuzzTLS lets a stranger meddle with the ciphertext of a connection, and with the PROXY
// header before it. Whatever he does, no byte is delivered that was not sent, no part is
// reported as the whole, and both ends close. If he does nothing that TCP does not do,
// all arrives.
func FuzzTLS(f *testing.F) {
	f.Add([]byte{0}, byte(0))
	f.Add([]byte{3, 0, 1, 3, 0, 2, 3, 0, 3, 3, 0, 4, 3, 0, 5, 3, 0, 6}, byte(1))
	f.Add([]byte{4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4}, byte(2))
	f.Add([]byte{5, 100, 5, 100, 5, 100, 5, 100, 5, 100, 5, 100, 5, 100}, byte(3))
	f.Add([]byte{0, 0, 0, 0, 6, 0, 7, 1}, byte(4))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 6, 0, 3, 4}, byte(5))
	f.Add([]byte{0, 0, 0, 0, 0, 7, 0}, byte(6))
	f.Add([]byte{0, 0, 0, 0, 0, 7, 1}, byte(7))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 7, 2}, byte(0))
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 7, 3}, byte(1))
	f.Add([]byte{6, 0, 0, 1}, byte(4))
	f.Fuzz(func(t *testing.T, script []byte, mode byte) {
		if len(script) > 1<<10 {
			return
		}
		meddle(t, script, mode)
	})
}

// meddle plays one script. Of mode, each bit is a choice.
func meddle(t *testing.T, script []byte, mode byte) {
	version, blocking, proxied := uint16(tls.VersionTLS12), mode&2 != 0, mode&4 != 0
	if mode&1 != 0 {
		version = tls.VersionTLS13
	}
	server, client := rig.Configs(version)
	played := bytes.Clone(script)
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		e.Loops = 1 // the script has one reader
		up, down := rig.Pattern(50_000), rig.Pattern(60_000)[10_000:]
		a, b := &witness{want: down}, &witness{want: up}
		send := func(p []byte) func(*duplex.Socket) {
			return func(s *duplex.Socket) {
				for n := 1; len(p) > 0; n *= 3 {
					s.Write(p[:min(n, len(p))])
					p = p[min(n, len(p)):]
				}
				s.End()
			}
		}
		drops := 0
		var hurt atomic.Bool
		o := duplex.Options{AllowHalfOpen: true, IdleTimeout: time.Minute}
		srv := &duplex.Server{Engine: e, TLS: server, Options: o, OnDrop: func(duplex.Drop) { drops++ },
			Handler: b.handler(duplex.Handler{Blocking: blocking, OnConnect: func(s *duplex.Socket) {
				if from := s.RemoteAddrPort(); proxied && !hurt.Load() && from != announced {
					b.faults = append(b.faults, fmt.Sprintf("the client is %v", from))
				}
				send(down)(s)
			}})}
		c := &duplex.Client{Engine: e, TLS: client, Options: o}
		if proxied {
			srv.TrustedProxies = new(duplex.BlockList)
			srv.TrustedProxies.Add(netip.MustParseAddr("127.0.0.1"))
			c.ProxyHeader = &duplex.ProxyHeader{Source: announced, Destination: announced, TLVs: []duplex.ProxyTLV{{Type: 3, Value: make([]byte, 4)}}}
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		there, back := &meddler{script: &script, hurt: &hurt}, &meddler{script: &script, hurt: &hurt}
		r := newRelay(t, e, srv.Addr().String(), there.pass, back.pass)
		r.upEnd, r.downEnd = there.ended, back.ended
		c.Connect(t.Context(), "tcp", r.addr, a.handler(duplex.Handler{Blocking: blocking, OnConnect: send(up)}))
		time.Sleep(time.Hour)
		synctest.Wait()
		e.Close()
		faults := append(a.check(), b.check()...)
		if a.events == "" || a.events[len(a.events)-1] != 'X' || b.events == "" && drops != 1 || b.events != "" && (b.events[len(b.events)-1] != 'X' || drops != 0) {
			faults = append(faults, fmt.Sprintf("not closed or dropped once: %q, %q and %d drops", a.events, b.events, drops))
		}
		if !hurt.Load() && (a.events != "CDEX" || b.events != "CDEX") {
			faults = append(faults, fmt.Sprintf("nothing was done, and the events are %q and %q, after %d and %d bytes", a.events, b.events, len(a.got), len(b.got)))
		}
		if len(faults) > 0 {
			t.Errorf("script %v, mode %d: %q", played, mode, faults)
		}
	})
}

// announced is the client that the PROXY header of meddle names.
var announced = netip.MustParseAddrPort("192.0.2.1:4711")

// TestTLSMayBeCutAtEveryByte cuts each direction once, at every place of a handshake and
// of what follows it.
func TestTLSMayBeCutAtEveryByte(t *testing.T) {
	step := 97
	if *rig.Long {
		step = 1
	} else if testrun.Race() {
		step = 397
	}
	for mode := range byte(8) {
		for cut := int(mode); cut < 6000; cut += step {
			meddle(t, append(bytes.Repeat([]byte{0}, cut%5), 3, byte(cut>>8), byte(cut)), mode)
			if t.Failed() {
				return
			}
		}
	}
}
