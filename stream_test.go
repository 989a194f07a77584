// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/driver/native"
)

// BenchmarkMessage measures the cost, above the driver, of a message that is answered.
// On its loop 100 sockets receive a message in each turn.
func BenchmarkMessage(b *testing.B) {
	echo := func(s *Socket, p []byte) { s.Write(p) }
	for _, c := range []struct {
		name string
		h    Handler
	}{
		{"raw", Handler{OnData: echo}},
		{"utf8", Handler{OnData: echo, Encoding: codec.UTF8}},
		{"lines, Split", Handler{OnData: echo, Split: codec.Lines.Split}},
		{"lines, Framing", Handler{OnData: echo, Framing: codec.Lines}},
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

// BenchmarkBroadcast measures the cost, above the driver, of a message to 100 sockets:
// with a copy for each socket, and shared. The driver copies the bytes, as a kernel does.
func BenchmarkBroadcast(b *testing.B) {
	for _, size := range []int{64, 512, 1 << 10, 2 << 10, 4 << 10, 16 << 10} {
		for _, shared := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/shared=%v", size, shared), func(b *testing.B) {
				m := newMill(b, nil)
				p := make([]byte, size)
				n := 0
				var broadcast func()
				broadcast = func() {
					if slices.ContainsFunc(m.streams, func(st *stream) bool { return st.out.Len() > 0 }) { // a turn sends no more than its share
						m.lane.Post(broadcast)
						return
					}
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
							st.out.add(common, uncounted, nil)
						} else {
							st.out.add(p, nil, nil)
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

// A mill is a driver that takes all bytes, and delivers a given number of messages.
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
			st.attach(driver.Conn{})
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

// What begins and ends at once, in one callback or on two goroutines, on a loop that is
// busy or not.
func TestWhatEndsBeforeItBeganLeavesNothingBehind(t *testing.T) {
	for name := range native.Drivers {
		t.Run(name, func(t *testing.T) { endAtOnce(t, name) })
	}
	t.Run("portable", func(t *testing.T) { endAtOnce(t, "portable") })
	t.Run("memory", func(t *testing.T) { endAtOnce(t, "memory") })
}

func endAtOnce(t *testing.T, name string) {
	e := &Engine{Loops: 2, Driver: name}
	defer e.Close()
	srv := &Server{Engine: e}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	const n = 100
	var over sync.WaitGroup
	connect := func(end func(*Socket)) {
		over.Add(1)
		s := (&Client{Engine: e, Timeout: time.Minute}).Connect(t.Context(), "tcp", srv.Addr().String(),
			&Handler{OnClose: func(*Socket) { over.Done() }})
		s.SetTimeout(time.Hour)
		end(s)
	}
	ends := []func(*Socket){
		func(s *Socket) { s.Destroy(nil) },
		func(s *Socket) { s.Reset() },
		func(s *Socket) { s.Post(func() { s.Destroy(nil) }) },
		func(s *Socket) { s.Close() },
	}
	posted := make(chan struct{})
	e.Post(func() {
		for i := range n {
			connect(ends[i%len(ends)])
		}
		close(posted)
	})
	for i := range n {
		connect(ends[i%len(ends)])
	}
	<-posted
	over.Wait()
	srv.Close()
	for e.sockets() > 0 {
		time.Sleep(time.Millisecond)
	}
	for _, l := range e.lanes {
		if left := slices.Collect(l.Conns()); len(left) > 0 {
			t.Errorf("%d sockets that are closed still have a slot", len(left))
		}
	}
}

// A failing is a driver of which some sends fail.
type failing struct {
	driver.Driver
	err error
}

func (d failing) Send(id driver.ID, bufs [][]byte) (int, error) {
	if len(bufs) > 0 && bytes.HasPrefix(bufs[0], []byte("answer")) {
		return 0, d.err
	}
	return d.Driver.Send(id, bufs)
}

// A send fails, and the peer neither ends nor resets.
func TestASendThatFailsByItselfIsReportedAndResetsThePeer(t *testing.T) {
	for _, cause := range []error{syscall.ENOBUFS, syscall.ENOMEM, syscall.EPERM, syscall.EINVAL, syscall.EMSGSIZE} {
		network := memory.NewNetwork()
		native.Drivers["failing"] = func() (driver.Driver, error) { return failing{network.Driver(), cause}, nil }
		defer delete(native.Drivers, "failing")
		for _, paused := range []bool{false, true} {
			e := &Engine{Loops: 1, Driver: "failing"}
			told := make(chan error, 2)
			completed := make(chan error, 1)
			srv := &Server{Engine: e, Handler: &Handler{
				OnData: func(s *Socket, p []byte) {
					s.WriteFunc([]byte("answer"), func(err error) { completed <- err })
					if paused {
						s.Pause()
						s.AfterFunc(10*time.Millisecond, s.Resume)
					}
				},
				OnError: func(s *Socket, err error) { told <- err },
			}}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			(&Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), &Handler{
				OnConnect: func(s *Socket) { io.WriteString(s, "question") },
				OnError:   func(_ *Socket, err error) { told <- err },
			})
			for range 2 {
				select {
				case err := <-told:
					if !errors.Is(err, cause) && !errors.Is(err, syscall.ECONNRESET) {
						t.Errorf("%v: OnError was given %v", cause, err)
					}
				case <-time.After(10 * time.Second):
					t.Fatalf("%v: nothing was reported", cause)
				}
			}
			if err := <-completed; !errors.Is(err, cause) {
				t.Errorf("%v: the completion was given %v", cause, err)
			}
			e.Close()
		}
	}
}

// The kernel may tell a send alone that the connection was reset. What the reader sees then
// looks like the peer's end.
func TestAnEndAfterASendThatFailedIsNoEnd(t *testing.T) {
	network := memory.NewNetwork()
	native.Drivers["deaf"] = func() (driver.Driver, error) { return failing{network.Driver(), syscall.EPIPE}, nil }
	defer delete(native.Drivers, "deaf")
	e := &Engine{Loops: 1, Driver: "deaf"}
	defer e.Close()
	told := make(chan string, 3)
	srv := &Server{Engine: e, Handler: &Handler{
		OnData:  func(s *Socket, _ []byte) { io.WriteString(s, "answer") },
		OnEnd:   func(*Socket) { told <- "end" },
		OnError: func(_ *Socket, err error) { told <- "error: " + Code(err) },
		OnClose: func(*Socket) { told <- "close" },
	}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	(&Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), &Handler{OnConnect: func(s *Socket) {
		s.WriteString("question")
		s.End()
	}})
	for _, want := range []string{"error: EPIPE", "close"} {
		select {
		case got := <-told:
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%q was not reported", want)
		}
	}
}

// The first start fails, as for want of descriptors.
func TestAnEngineThatCouldNotStartStartsAtItsNextUse(t *testing.T) {
	var fails atomic.Bool
	network := memory.NewNetwork()
	native.Drivers["late"] = func() (driver.Driver, error) {
		if fails.Load() {
			return nil, syscall.EMFILE
		}
		return network.Driver(), nil
	}
	defer delete(native.Drivers, "late")
	e := &Engine{Loops: 2, Driver: "late"}
	fails.Store(true)
	srv := &Server{Engine: e}
	if err := srv.Listen("tcp", "127.0.0.1:0"); !errors.Is(err, syscall.EMFILE) {
		t.Fatalf("Listen returned %v, want EMFILE", err)
	}
	refused := make(chan error, 1)
	(&Client{Engine: e}).Connect(t.Context(), "tcp", "127.0.0.1:1", &Handler{OnError: func(_ *Socket, err error) { refused <- err }})
	if err := <-refused; !errors.Is(err, syscall.EMFILE) {
		t.Errorf("Connect reported %v, want EMFILE", err)
	}
	e.Wait() // for nothing
	fails.Store(false)
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatalf("the second Listen returned %v", err)
	}
	connected := make(chan struct{})
	(&Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), &Handler{OnConnect: func(*Socket) { close(connected) }})
	<-connected
	if err := e.Close(); err != nil {
		t.Error(err)
	}

	never := &Engine{Driver: "late"}
	fails.Store(true)
	never.Post(func() {})
	never.Close()
	fails.Store(false)
	if err := never.Post(func() {}); err == nil {
		t.Error("an engine that was closed before it could start has started")
	}
}
