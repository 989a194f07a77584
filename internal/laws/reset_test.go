// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"errors"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestResetOfAPausedSocketIsReportedAfterItsData(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		a, b := duplextest.Pipe(t, e)
		b.Pause()
		rig.Turn(t, b.Socket)
		io.WriteString(a, "data")
		rig.Turn(t, a.Socket)
		a.Reset()
		a.Expect(t, "close")
		rig.Turn(t, b.Socket)
		b.Expect(t)
		b.Resume()
		b.Expect(t, "data: data", "error: ECONNRESET", "close: hadError")
	})
}

func TestResetAfterDataIsReportedAfterTheData(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		a, b := duplextest.Pipe(t, e)
		a.Write([]byte("the data"))
		a.Reset()
		b.Expect(t, "data: the data", "error: ECONNRESET", "close: hadError")
		a.Expect(t, "close")
		var op *net.OpError
		if !errors.As(b.Err(), &op) || op.Op != "read" || op.Addr.String() != b.RemoteAddr().String() {
			t.Errorf("Err is %#v, want a read error from %v", b.Err(), b.RemoteAddr())
		}
	})
}

func TestAResetDoesNotCutABlockingHandlerShort(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		began, release := make(chan struct{}, 3), make(chan struct{})
		h := &duplex.Handler{Blocking: true, Split: codec.Lines.Split, OnData: func(*duplex.Socket, []byte) {
			began <- struct{}{}
			<-release
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		io.WriteString(a, "1\n2\n3\n")
		rig.Wait(t, began)
		a.Reset()
		a.Expect(t, "close")
		rig.Until(t, "the reset", func() bool { return b.State() == duplex.Closed })
		close(release)
		b.Expect(t, "data: 123", "error: ECONNRESET", "close: hadError")
	})
}

// Data that arrived while a Blocking handler was busy comes before the reset, though the
// handler pauses in between.
func TestAResetWaitsForDataThatABlockingHandlerHasNotReceived(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		busy, release, first := make(chan struct{}), make(chan struct{}), true
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			if first {
				first = false
				close(busy)
				<-release
				s.Pause()
			}
		}})
		a.WriteString("one")
		rig.Wait(t, busy)
		a.WriteString("two")
		for b.BytesRead() < 6 {
			time.Sleep(time.Millisecond)
		}
		a.Reset()
		a.Expect(t, "close")
		for b.State() != duplex.Closed {
			time.Sleep(time.Millisecond)
		}
		close(release)
		for !b.Paused() {
			time.Sleep(time.Millisecond)
		}
		b.Expect(t, "data: one")
		rig.Turn(t, b.Socket)
		b.Resume()
		b.Expect(t, "data: two", "error: ECONNRESET", "close: hadError")
	})
}

// Otherwise a proxy would keep both its sockets until the other side sends.
func TestAResetAfterTheEndIsReported(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		if runtime.GOOS == "windows" && !rig.OnMemory(e) {
			t.Skip("Windows shows it to the next Write alone")
		}
		halfOpen := duplex.Options{AllowHalfOpen: true}

		a, b := duplextest.Pipe(t, e, halfOpen)
		b.WriteString("last words")
		b.End()
		a.Expect(t, "data: last words", "end")
		b.Reset()
		a.Expect(t, "error: ECONNRESET", "close: hadError")

		finished := make(chan struct{}, 1)
		a, b = duplextest.PipeOf(t, e, nil, &duplex.Handler{
			OnFinish: func(*duplex.Socket) { finished <- struct{}{} },
		}, halfOpen)
		a.Pause()
		rig.Turn(t, a.Socket)
		b.WriteString("last words")
		b.End()
		rig.Wait(t, finished)
		b.Reset()
		b.Events(t)
		a.Resume()
		a.Expect(t, "data: last words", "end", "error: ECONNRESET", "close: hadError")
	})
}

// The end and the reset wait for a callback, and the end comes first.
func TestAResetDoesNotHideAnEndThatWaits(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		if runtime.GOOS == "windows" && !rig.OnMemory(e) {
			t.Skip("Windows shows it to the next Write alone")
		}
		finished := make(chan struct{})
		h := &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) { rig.Wait(t, s.Context().Done()) }}
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{OnFinish: func(*duplex.Socket) { close(finished) }}, h, duplex.Options{AllowHalfOpen: true})
		a.WriteString("last words")
		a.End()
		rig.Wait(t, finished)
		a.Reset()
		b.Expect(t, "data: last words", "end", "error: ECONNRESET", "close: hadError")
	})
}
