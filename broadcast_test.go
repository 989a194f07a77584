// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bytes"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// audience returns n pairs, and the sockets that speak to the other ends.
func audience(t *testing.T, e *duplex.Engine, n int, o duplex.Options) (speakers iter.Seq[*duplex.Socket], listeners []*duplextest.End) {
	var sockets []*duplex.Socket
	for range n {
		a, b := duplextest.Pipe(t, e, o)
		sockets = append(sockets, a.Socket)
		listeners = append(listeners, b)
	}
	return slices.Values(sockets), listeners
}

func TestABroadcastReachesEverySocketInOrder(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		all, listeners := audience(t, e, 10, duplex.Options{})
		var want strings.Builder
		for i, size := range []int{5, 4 << 10, 100, 0, 1 << 10, 300 << 10, 7} {
			p := bytes.Repeat([]byte{'a' + byte(i)}, size)
			want.Write(p)
			if n := duplex.Broadcast(all, p); n != 10 {
				t.Errorf("%d sockets took a message of %d bytes, want 10", n, size)
			}
			clear(p) // is the caller's again
			for s := range all {
				io.WriteString(s, "|")
			}
			want.WriteString("|")
		}
		for s := range all {
			s.End()
		}
		for _, l := range listeners {
			l.Expect(t, "data: "+want.String(), "end", "close")
		}
	})
}

func TestABroadcastDoesNotOvertakeAPost(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		all, listeners := audience(t, e, 2, duplex.Options{})
		for s := range all {
			s.Post(func() { io.WriteString(s, "first,") })
		}
		p := []byte(strings.Repeat("s", 2<<10))
		duplex.Broadcast(all, p)
		clear(p)
		for _, l := range listeners {
			l.Expect(t, "data: first,"+strings.Repeat("s", 2<<10))
		}
		for s := range all {
			s.Destroy(nil)
		}
	})
}

func TestNoSocketHoldsUpABroadcast(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const messages = 200
		message := bytes.Repeat([]byte("m"), 64<<10)
		cap := duplex.Options{MaxWriteBuffer: 256 << 10, Overflow: duplex.OverflowDrop}
		all, listeners := audience(t, e, 3, cap)
		slow, gone, quick := listeners[0], listeners[1], listeners[2]
		slow.Pause()
		rig.Turn(t, slow.Socket)
		gone.Destroy(nil)
		gone.Expect(t, "close")
		for s := range all {
			if s.RemoteAddrPort() == gone.LocalAddrPort() {
				for s.State() != duplex.Closed {
					turnIfOpen(s)
				}
			}
		}
		for i := range messages {
			if n := duplex.Broadcast(all, message); n != 2 { // dropping counts as taking
				t.Fatalf("%d sockets took message %d, want 2", n, i)
			}
			for quick.BytesRead() < int64(i+1)*int64(len(message)) {
				rig.Turn(t, quick.Socket)
			}
		}
		if e.Stats().WritesDropped == 0 {
			t.Error("nothing was dropped for the slow one")
		}
		for s := range all {
			if n := s.Buffered(); n > 256<<10 {
				t.Errorf("%d bytes wait for one socket, more than its cap", n)
			}
			s.Destroy(nil)
		}
		slow.Resume()
	})
}

// turnIfOpen is turn for a socket that may be closed.
func turnIfOpen(s *duplex.Socket) {
	done := make(chan struct{})
	if s.Post(func() { close(done) }) == nil {
		<-done
	}
}

// Messages to clients that do not read are held once, and not once for each client.
func TestABroadcastToStalledClientsHoldsItsMessagesOnce(t *testing.T) {
	const clients, limit, size = 20, 1 << 20, 512
	e := duplextest.Engine(t, "memory")
	srv := &duplex.Server{Engine: e, Options: duplex.Options{MaxWriteBuffer: limit}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	slow := &duplex.Client{Engine: e, Options: duplex.Options{PauseOnConnect: true}}
	for range clients {
		slow.Connect(t.Context(), "tcp", srv.Addr().String(), nil)
	}
	rig.Until(t, "all are there", func() bool { return srv.Len() == clients })
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for duplex.Broadcast(srv.Sockets(), make([]byte, size)) > 0 {
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	held := after.HeapAlloc - min(after.HeapAlloc, before.HeapAlloc)
	if most := uint64(clients * limit / 2); held > most {
		t.Errorf("%d clients at their limit of %d bytes hold %d bytes, want at most %d", clients, limit, held, most)
	}
	runtime.KeepAlive(srv)
}
