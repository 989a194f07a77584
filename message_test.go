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
			e := new(Engine)
			m := &mill{done: make(chan struct{}), wake: make(chan struct{}, 1)}
			l := e.newLane(m, 0)
			defer l.Stop()
			conf := Options{}.config(nil, "tcp", l)
			l.Post(func() {
				for range 100 {
					st := (*stream)(newSocket(conf, &c.h))
					id, _ := l.Attach(driver.Conn{}, driver.Options{}, st)
					st.opened(id, driver.Addr{}, driver.Addr{})
					m.ids = append(m.ids, id)
				}
			})
			b.ReportAllocs()
			b.ResetTimer()
			l.Post(func() { m.left = b.N })
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
				m := &mill{done: make(chan struct{}), wake: make(chan struct{}, 1)}
				l := new(Engine).newLane(m, 0)
				defer l.Stop()
				conf := Options{}.config(nil, "tcp", l)
				var sockets []*Socket
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
					for _, s := range sockets {
						s.mu.Lock()
						st := (*stream)(s)
						if shared {
							st.out.AppendShared(common)
						} else {
							st.out.Append(p)
						}
						st.gather()
						s.mu.Unlock()
					}
					l.Post(broadcast)
				}
				l.Post(func() {
					for range 100 {
						s := newSocket(conf, nil)
						id, _ := l.Attach(driver.Conn{}, driver.Options{}, (*stream)(s))
						(*stream)(s).opened(id, driver.Addr{}, driver.Addr{})
						sockets = append(sockets, s)
					}
				})
				b.ReportAllocs()
				b.ResetTimer()
				l.Post(broadcast)
				<-m.done
			})
		}
	}
}

// A mill is a driver that takes whatever is sent, and brings messages until it has
// brought enough.
type mill struct {
	driver.Driver // nil, for what is not called
	ids           []driver.ID
	left          int
	done          chan struct{}
	wake          chan struct{}
	kernel        [64 << 10]byte
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
	for _, id := range m.ids {
		if m.left--; m.left == 0 {
			close(m.done)
		}
		if m.left <= 0 {
			return nil
		}
		sink.Received(id, sixtyFour)
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
