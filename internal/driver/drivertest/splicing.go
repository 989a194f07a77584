// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"math"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

func splicing(t *testing.T, c Config) {
	if _, ok := newRig(t, c, 1).loops[0].driver.(driver.Splicer); !ok {
		t.Skip("this driver does not splice")
	}

	t.Run("bytes go on in their order", func(t *testing.T) {
		s := newStretch(t, c)
		s.in.receive(true)
		s.sink.receive(true)
		s.source.write(pattern(4 << 20))
		s.arrive(4 << 20)
		if s.carried == 0 || s.carried+len(s.in.data) != 4<<20 {
			t.Errorf("%d bytes were spliced and %d received, want %d together", s.carried, len(s.in.data), 4<<20)
		}
	})

	t.Run("bytes that a sink has no room for come back", func(t *testing.T) {
		s := newStretch(t, c)
		s.in.receive(true)
		s.source.write(pattern(flood))
		s.until("there is no room", func() bool { return s.returned > 0 })
		s.sink.receive(true)
		s.arrive(flood)
	})

	t.Run("no more is carried than was asked for", func(t *testing.T) {
		s := newStretch(t, c)
		s.most = 1000
		s.in.receive(true)
		s.sink.receive(true)
		s.source.write(pattern(1 << 20))
		s.arrive(1 << 20)
		if s.longest > 1000 {
			t.Errorf("%d bytes were carried at a time", s.longest)
		}
	})

	for _, last := range []struct {
		name string
		then func(s *stretch)
		want func(s *stretch) bool
	}{
		{"FIN", func(s *stretch) { s.source.shutdownFlushed(s.rig) }, func(s *stretch) bool { return s.in.ended }},
		{"a reset", func(s *stretch) { s.source.close(true) }, func(s *stretch) bool { return s.in.failed && is(s.in.err, syscall.ECONNRESET) }},
	} {
		t.Run(last.name+" that Splice meets is reported", func(t *testing.T) {
			s := newStretch(t, c)
			s.sink.receive(true)
			s.source.write(pattern(100))
			s.until("it is sent", s.source.flushed)
			last.then(s)
			s.loops[0].quiet(shortly)
			s.in.receive(true)
			s.until("the end is reported", s.in.over)
			s.until("what came before arrives", func() bool { return len(s.sink.data) == 100 })
			if !last.want(s) {
				t.Errorf("got %v, %v", s.in, s.in.err)
			}
		})
	}

	t.Run("a reset of the sink that Splice meets is reported, and the bytes come back", func(t *testing.T) {
		s := newStretch(t, c)
		s.sink.close(true)
		s.until("the sink is gone", func() bool { return s.sink.gone })
		s.loops[0].quiet(shortly)
		s.loops[1].after = func(in *socket, event string) {
			if event != "received" {
				return
			}
			s.loops[1].after = nil
			if n, rest := s.splice(); n == 0 || n != len(rest) {
				t.Errorf("%d bytes were carried and %d came back, want all of them back", n, len(rest))
			}
		}
		s.source.write(pattern(100 << 10)) // more than a read takes
		s.until("it is sent", s.source.flushed)
		s.in.receive(true)
		s.until("bytes arrive", func() bool { return len(s.in.data) > 0 })
		s.out.receive(true)
		s.until("the end is reported", s.out.over)
		if !s.out.failed || !is(s.out.err, syscall.ECONNRESET) {
			t.Errorf("got %v, %v, want ECONNRESET", s.out, s.out.err)
		}
	})
}

// A stretch is two connections: the bytes that source sends to in go on from out to sink.
// Source and out are on the first loop.
type stretch struct {
	*rig
	source, in, out, sink *socket

	most     int // bytes that Splice is asked for
	longest  int // the most bytes that one Splice has carried
	carried  int // bytes that all have carried
	returned int // bytes that came back
}

func newStretch(t *testing.T, c Config) *stretch {
	s := &stretch{rig: newRig(t, c, 2), most: math.MaxInt}
	s.source, s.in = s.pair()
	s.out, s.sink = s.pair()
	s.loops[1].after = func(in *socket, event string) {
		if in == s.in && event == "received" {
			s.carry()
		}
	}
	s.loops[0].after = func(out *socket, event string) {
		if out == s.out && event == "sent" && out.flushed() {
			s.in.receive(true)
		}
	}
	return s
}

// carry sends on the bytes that in has received, and lets the driver carry more.
func (s *stretch) carry() {
	s.out.write(s.in.data[s.out.sent+len(s.out.out)-s.carried:])
	if s.out.flushed() {
		if _, rest := s.splice(); len(rest) > 0 {
			s.out.write(rest)
		}
	}
	s.in.receive(s.out.flushed())
}

func (s *stretch) splice() (n int, rest []byte) {
	n, rest = s.in.loop.driver.(driver.Splicer).Splice(s.in.id, s.out.loop.driver, s.out.id, s.most)
	s.carried += n
	s.longest = max(s.longest, n)
	s.returned += len(rest)
	s.out.sent += n - len(rest)
	return n, rest
}

// arrive waits for the first n bytes of the pattern.
func (s *stretch) arrive(n int) {
	s.t.Helper()
	s.until("all bytes arrive", func() bool { return len(s.sink.data) == n })
	same(s.t, s.sink.data, pattern(n))
}
