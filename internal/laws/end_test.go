// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"bufio"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// TestAnEndBeforeTheFirstReadComesAfterEveryByte has all of a short message, and its end,
// in the receiver's kernel before it reads, and a long one under way. Loops that take
// EPOLLRDHUP for the end of the connection lose what they have not read by then.
func TestAnEndBeforeTheFirstReadComesAfterEveryByte(t *testing.T) {
	for _, size := range []int{50_000, 1 << 20} {
		sent := string(rig.Pattern(size))
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			for _, blocking := range []bool{false, true} {
				h := &duplex.Handler{Blocking: blocking}
				a, b := duplextest.PipeOf(t, e, nil, h, duplex.Options{PauseOnConnect: true})
				a.Resume()
				io.WriteString(a, sent)
				a.End()
				rig.Turn(t, a.Socket)
				rig.Turn(t, b.Socket)
				b.ExpectNothing(t, 0)
				b.Resume()
				b.Expect(t, "data: "+sent, "end", "close")
				a.Expect(t, "end", "close")
			}
		})
	}
}

// TestAnAnswerASecondAfterThePeersEndIsComplete answers on a connection that the peer has
// half closed.
func TestAnAnswerASecondAfterThePeersEndIsComplete(t *testing.T) {
	answer := string(rig.Pattern(1 << 20))
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		t.Parallel() // so that the seconds pass together
		h := &duplex.Handler{OnEnd: func(s *duplex.Socket) {
			s.AfterFunc(time.Second, func() {
				io.WriteString(s, answer)
				s.End()
			})
		}}
		a, b := duplextest.PipeOf(t, e, nil, h, duplex.Options{AllowHalfOpen: true})
		io.WriteString(a, "a question")
		a.End()
		b.Expect(t, "data: a question", "end")
		a.Expect(t, "data: "+answer, "end", "close")
		b.Expect(t, "close")
	})
}

// The socket reads no more, so our FIN is the first to find the connection reset.
func TestAnEndOfAConnectionThatWasResetIsECONNRESET(t *testing.T) {
	rig.NeedPlain(t, "a reset that answers our close_notify is no error")
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		b.End()
		a.Expect(t, "end")
		b.Reset()
		b.Expect(t, "close")
		a.End()
		a.Expect(t, "error: ECONNRESET", "close: hadError")
	})
}

func TestASecondEndIsNone(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var finished atomic.Int32
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{OnFinish: func(s *duplex.Socket) {
			if finished.Add(1) == 1 {
				s.End()
			}
		}}, nil, duplex.Options{AllowHalfOpen: true})
		a.End()
		b.Expect(t, "end")
		io.WriteString(b, "still here")
		a.Expect(t, "data: still here")
		a.End()
		b.End()
		a.Expect(t, "end", "close")
		b.Expect(t, "close")
		if n := finished.Load(); n != 1 {
			t.Errorf("OnFinish was called %d times, want once", n)
		}
	})
}

// The peer of a paused socket closes, and answers the next write by a reset. What the paused
// socket then reads looks like an end, and the reason of the write is what is reported.
func TestAnEndThatFollowsAFailedWriteIsNoEnd(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		a, b := duplextest.Pipe(t, e)
		a.Pause()
		rig.Turn(t, a.Socket) // it reads no more
		b.Destroy(nil)
		b.Expect(t, "close")
		rig.Until(t, "a write fails", func() bool {
			_, err := io.WriteString(a, "is anybody there?")
			return err != nil
		})
		a.Resume()
		a.ExpectMatch(t, "error: (EPIPE|ECONNRESET)", "close: hadError")
	})
}

func TestATokenThatEndsTheInputDoesNotUndoClose(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{
			Split:  func(p []byte, _ bool) (int, []byte, error) { return len(p), p, bufio.ErrFinalToken },
			OnData: func(s *duplex.Socket, _ []byte) { s.Close() },
		}, nil, duplex.Options{AllowHalfOpen: true})
		io.WriteString(b, "the last")
		a.Expect(t, "data: the last")
		b.Expect(t, "end")
		b.End()
		a.Expect(t, "close")
	})
}
