// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/rig"
)

// lately runs f on every driver with two engines that share a network. The first one has
// one loop, which hold holds up for longer than the limit while f acts: a callback of
// another socket blocks. (A posted function would not do, since the loop asks the kernel
// before its next turn.)
func lately(t *testing.T, limit time.Duration, f func(t *testing.T, e, clients *duplex.Engine, hold func(meanwhile func()))) {
	t.Helper()
	for _, driver := range duplextest.Drivers() {
		t.Run(driver, func(t *testing.T) {
			name := driver
			if driver == "memory" {
				name = "memory:" + t.Name()
				t.Cleanup(func() { memory.Forget(t.Name()) })
			}
			e, clients := duplextest.Engine(t, name), duplextest.Engine(t, name)
			e.Loops = 1
			held, release := make(chan struct{}, 1), make(chan struct{})
			address := rig.Listen(t, e, &duplex.Handler{OnData: func(*duplex.Socket, []byte) {
				held <- struct{}{}
				<-release
			}}, duplex.Options{})
			holder := (&duplex.Client{Engine: clients}).Connect(t.Context(), "tcp", address, nil)
			f(t, e, clients, func(meanwhile func()) {
				holder.WriteString("hold")
				rig.Wait(t, held)
				meanwhile()
				time.Sleep(2 * limit) // no event: the limit has to pass
				release <- struct{}{}
			})
			holder.Destroy(nil)
		})
	}
}

// A callback holds the loop for longer than a limit. The bytes that came meanwhile are with
// the kernel, so their client has not been late.
func TestALoopThatWasHeldUpLooksBeforeItCuts(t *testing.T) {
	const limit = 150 * time.Millisecond
	long := strings.Repeat("x", 60<<10) + "\n"
	for name, c := range map[string]struct {
		o           duplex.Options
		h           duplex.Handler
		first, late string
	}{
		"FirstByteTimeout": {duplex.Options{FirstByteTimeout: limit}, duplex.Handler{}, "", "late"},
		"ReadTimeout":      {duplex.Options{ReadTimeout: limit}, duplex.Handler{}, "first", "late"},
		"IdleTimeout":      {duplex.Options{IdleTimeout: limit}, duplex.Handler{}, "first", "late"},
		"FrameTimeout":     {duplex.Options{}, duplex.Handler{Split: bufio.ScanLines, FrameTimeout: limit, MaxFrame: -1}, "li", "ne\n"},
		"a long frame":     {duplex.Options{}, duplex.Handler{Split: bufio.ScanLines, FrameTimeout: limit, MaxFrame: -1}, "li", long},
	} {
		t.Run(name, func(t *testing.T) {
			lately(t, limit, func(t *testing.T, e, clients *duplex.Engine, hold func(func())) {
				if runtime.GOOS == "windows" && e.Driver == "portable" && c.late == long {
					t.Skip("the portable driver of Windows knows of the first bytes alone")
				}
				got := make(chan string, 1000)
				h := c.h
				h.OnConnect = func(*duplex.Socket) { got <- "connect" }
				h.OnData = func(_ *duplex.Socket, p []byte) { got <- fmt.Sprint(len(p)) }
				h.OnClose = func(s *duplex.Socket) { got <- fmt.Sprint("close ", s.Err()) }
				address := rig.Listen(t, e, &h, c.o)
				s := (&duplex.Client{Engine: clients}).Connect(t.Context(), "tcp", address, nil)
				if event := rig.Wait(t, got); event != "connect" {
					t.Fatal(event)
				}
				if c.first != "" {
					s.WriteString(c.first)
					rig.Until(t, "the first bytes are there", func() bool { return e.Stats().BytesReceived == int64(len(c.first)) })
					rig.Turn(t, s)
				}
				for len(got) > 0 {
					<-got
				}
				hold(func() {
					s.WriteString(c.late)
					rig.Until(t, "the kernel has them", func() bool { return s.Buffered() == 0 })
				})
				if event := rig.Wait(t, got); strings.HasPrefix(event, "close") {
					t.Errorf("the first event after the pause is %q", event)
				}
				s.Destroy(nil)
			})
		})
	}
}

func TestALoopThatWasHeldUpLooksBeforeItRefuses(t *testing.T) {
	const limit = 150 * time.Millisecond
	server, client := rig.Configs(tls.VersionTLS13)
	lately(t, limit, func(t *testing.T, e, clients *duplex.Engine, hold func(func())) {
		d := rig.NewDropper(t, e, &duplex.Server{TLS: server, Options: duplex.Options{HandshakeTimeout: limit}})
		// The listener has the client before the loop is held up, and its hello meanwhile.
		c := (&duplex.Client{Engine: clients}).Connect(t.Context(), "tcp", d.At, nil)
		rig.Until(t, "the client is accepted", func() bool { return d.Len() == 1 })
		hold(func() { c.StartTLS(duplex.ClientSide, client, nil) })
		d.Expect(t, "connect")
		if len(d.Drops) > 0 {
			t.Errorf("dropped with %v", (<-d.Drops).Reason)
		}
		c.Destroy(nil)
	})
	lately(t, limit, func(t *testing.T, e, clients *duplex.Engine, hold func(func())) {
		proxies := new(duplex.BlockList)
		proxies.Add(netip.MustParseAddr("127.0.0.1"))
		d := rig.NewDropper(t, e, &duplex.Server{TrustedProxies: proxies, ProxyTimeout: limit})
		c := (&duplex.Client{Engine: clients}).Connect(t.Context(), "tcp", d.At, nil)
		rig.Until(t, "the proxy is accepted", func() bool { return e.Stats().Sockets == 2 })
		hold(func() { c.WriteString("PROXY UNKNOWN\r\nhello") })
		d.Expect(t, "connect", "data: hello")
		c.WriteString(" again")
		d.Expect(t, "data:  again")
		c.Destroy(nil)
		d.Expect(t, "end", "close")
		silent := (&duplex.Client{Engine: clients}).Connect(t.Context(), "tcp", d.At, nil)
		if drop := rig.Wait(t, d.Drops); !errors.Is(drop.Reason, duplex.ErrProxyTimeout) {
			t.Errorf("dropped with %v", drop.Reason)
		}
		silent.Destroy(nil)
	})
}

// The peer has read meanwhile, so the kernel has room again, and the loop does not know. What
// follows has the limit again, so the test ends with the first bytes that the kernel takes.
func TestALoopThatWasHeldUpOffersBytesBeforeItCuts(t *testing.T) {
	const limit = time.Second // a machine with other work must fill the kernel without such a pause
	lately(t, limit, func(t *testing.T, e, clients *duplex.Engine, hold func(func())) {
		accepted := make(chan *duplex.Socket, 1)
		closed := make(chan error, 1)
		address := rig.Listen(t, e, &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { accepted <- s },
			OnClose:   func(s *duplex.Socket) { closed <- s.Err() },
		}, duplex.Options{WriteTimeout: limit, MaxWriteBuffer: -1})
		const size = 16 << 20
		c := (&duplex.Client{Engine: clients, Options: duplex.Options{PauseOnConnect: true}}).Connect(t.Context(), "tcp", address, nil)
		s := rig.Wait(t, accepted)
		s.Write(rig.Pattern(size))
		rig.Until(t, "the kernel is full", func() bool {
			n := s.Buffered()
			rig.Turn(t, s)
			return n < size && n == s.Buffered()
		})
		var before int64
		hold(func() {
			before = e.Stats().BytesSent
			c.Resume()
		})
		rig.Until(t, "bytes are offered, or it is cut", func() bool { return e.Stats().BytesSent > before || len(closed) > 0 })
		if e.Stats().BytesSent == before {
			t.Errorf("closed with %v, and the kernel was offered nothing", <-closed)
		}
		s.Destroy(nil)
		c.Destroy(nil)
	})
}
