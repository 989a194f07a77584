// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"fmt"
	"testing"
	"time"

	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/internal/driver"
)

// BenchmarkMessage measures what a message that is answered costs above the driver,
// on a loop where 100 sockets receive one in each turn.
func BenchmarkMessage(b *testing.B) {
	echo := func(s *Socket, p []byte) { s.Write(p) }
	for _, c := range []struct {
		name string
		h    Handler
	}{
		{"raw", Handler{OnData: echo}},
		{"utf8", Handler{OnData: echo, Encoding: codec.UTF8}},
		{"lines", Handler{OnData: echo, Split: codec.Lines.Split}},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := newMill(b, &c.h)
			b.ReportAllocs()
			b.ResetTimer()
			m.lane.Post(func() { m.left = b.N })
			<-m.done
		})
	}
}

// BenchmarkBroadcast measures a message to 100 sockets above the driver, which does
// copy the bytes, as a kernel would: with a copy for each socket, and shared.
func BenchmarkBroadcast(b *testing.B) {
	for _, size := range []int{64, 512, 1 << 10, 2 << 10, 4 << 10, 16 << 10} {
		for _, shared := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/shared=%v", size, shared), func(b *testing.B) {
				m := newMill(b, nil)
				p := make([]byte, size)
				n := 0
				var broadcast func()
				broadcast = func() {
					if n++; n > b.N {
						close(m.done)
						return
					}
					common := p
					if shared {
						common = append([]byte(nil), p...)
					}
					for _, st := range m.streams {
						st.mu.Lock()
						if shared {
							st.out.AppendShared(common)
						} else {
							st.out.Append(p)
						}
						st.gather()
						st.mu.Unlock()
					}
					m.lane.Post(broadcast)
				}
				b.ReportAllocs()
				b.ResetTimer()
				m.lane.Post(broadcast)
				<-m.done
			})
		}
	}
}

// A mill is a driver that takes whatever is sent, and brings messages until it has
// brought enough.
type mill struct {
	driver.Driver // nil, for what is not called
	lane          *lane
	streams       []*stream // 100 sockets
	left          int
	done          chan struct{}
	wake          chan struct{}
	kernel        [64 << 10]byte
}

// newMill returns a mill, and the sockets of its loop, until b ends.
func newMill(b *testing.B, h *Handler) *mill {
	m := &mill{done: make(chan struct{}), wake: make(chan struct{}, 1)}
	m.lane = new(Engine).newLane(m, 0)
	b.Cleanup(func() { m.lane.Stop() })
	conf := Options{}.config(nil, "tcp", m.lane)
	m.lane.Post(func() {
		for range 100 {
			st := (*stream)(newSocket(conf, h))
			id, _ := m.lane.Attach(driver.Conn{}, driver.Options{}, st)
			st.opened(id, driver.Addr{}, driver.Addr{})
			m.streams = append(m.streams, st)
		}
	})
	return m
}

var sixtyFour = []byte("sixty-three bytes that are the whole message, and then the end\n")

func (m *mill) Attach(driver.ID, driver.Conn, driver.Options) error { return nil }
func (m *mill) Receive(driver.ID, bool)                             {}

func (m *mill) Send(_ driver.ID, bufs [][]byte) (n int, err error) {
	for _, p := range bufs {
		copy(m.kernel[:], p)
		n += len(p)
	}
	return n, nil
}

func (m *mill) Wait(timeout time.Duration, sink driver.Sink) error {
	if m.left <= 0 && timeout != 0 {
		<-m.wake
		return nil
	}
	for _, st := range m.streams {
		if m.left--; m.left == 0 {
			close(m.done)
		}
		if m.left <= 0 {
			return nil
		}
		sink.Received(st.id, sixtyFour)
	}
	return nil
}

func (m *mill) Tries() bool { return true }
func (m *mill) Stop() error { return nil }

func (m *mill) Wake() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}
