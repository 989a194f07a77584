// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestTheContextEndsWithTheConnection(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(a, b *duplextest.End)
		code string // of the cause
	}{
		"Destroy":                      {func(_, b *duplextest.End) { b.Destroy(nil) }, net.ErrClosed.Error()},
		"Destroy with a cause":         {func(_, b *duplextest.End) { b.Destroy(io.ErrNoProgress) }, io.ErrNoProgress.Error()},
		"both sides end":               {func(a, _ *duplextest.End) { a.End() }, net.ErrClosed.Error()},
		"Reset":                        {func(_, b *duplextest.End) { b.Reset() }, net.ErrClosed.Error()},
		"Close of the engine's server": {func(_, b *duplextest.End) { b.Server().Close() }, net.ErrClosed.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				early := make(chan bool, 1) // whether the context had ended in OnClose
				a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{OnClose: func(s *duplex.Socket) { early <- s.Context().Err() != nil }})
				ctx := b.Context()
				if ctx.Err() != nil || ctx != b.Context() {
					t.Error("the context of an open socket has ended, or is not always the same")
				}
				c.end(a, b)
				rig.Wait(t, ctx.Done())
				if got := context.Cause(ctx).Error(); got != c.code {
					t.Errorf("the cause is %q, want %q", got, c.code)
				}
				if !rig.Wait(t, early) {
					t.Error("OnClose came before the end of the context")
				}
			})
		})
	}
}

func TestTheContextOfAClosedSocketHasEnded(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Destroy(io.ErrNoProgress)
		a.Expect(t, "end", "close")
		b.Events(t)
		ctx := b.Context()
		rig.Wait(t, ctx.Done())
		if cause := context.Cause(ctx); cause != io.ErrNoProgress {
			t.Errorf("the cause is %v, want that of Destroy", cause)
		}
	})
}

// TestAResetEndsTheContextWhileABlockingCallbackRuns is what a query to a database needs.
func TestAResetEndsTheContextWhileABlockingCallbackRuns(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		causes := make(chan error, 1)
		began := make(chan struct{})
		a, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			ctx := s.Context()
			close(began)
			rig.Wait(t, ctx.Done())
			causes <- context.Cause(ctx)
		}})
		io.WriteString(a, "a query")
		rig.Wait(t, began)
		a.Reset()
		if cause := rig.Wait(t, causes); duplex.Code(cause) != "ECONNRESET" && !errors.Is(cause, duplex.ErrTruncated) {
			t.Errorf("the cause is %v, want ECONNRESET", cause)
		}
	})
}

func TestThePeersEndLeavesTheContext(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		ctx := b.Context()
		a.End()
		b.Expect(t, "end")
		rig.Turn(t, b.Socket)
		if ctx.Err() != nil {
			t.Error("the context has ended, and an answer is still possible")
		}
		b.Close()
		rig.Wait(t, ctx.Done())
	})
}

func TestTheContextOfAnAttemptEndsWithIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", rig.FreeAddr(t), nil)
		ctx := s.Context()
		rig.Wait(t, ctx.Done())
		if code := duplex.Code(context.Cause(ctx)); code != "ECONNREFUSED" {
			t.Errorf("the cause is %v, want ECONNREFUSED", context.Cause(ctx))
		}
	})
}

func TestValueOfIsTheValue(t *testing.T) {
	type player struct{ name string }
	playerOf := duplex.ValueOf[*player]
	s := new(duplex.Socket)
	if p := playerOf(s); p != nil {
		t.Errorf("without a Value it is %v", p)
	}
	s.Value = &player{"ann"}
	if p := playerOf(s); p.name != "ann" {
		t.Errorf("it is %v, want ann", p)
	}
	s.Value = any(nil)
	if n := duplex.ValueOf[int](s); n != 0 {
		t.Errorf("it is %d, want 0", n)
	}
	defer func() {
		if text, _ := recover().(string); !strings.Contains(text, "is of type string, not *laws_test.player") {
			t.Errorf("it panics with %q", text)
		}
	}()
	s.Value = "a word"
	playerOf(s)
}

func TestReadStatsAreThoseOfTheSharedEngine(t *testing.T) {
	if got, want := duplex.ReadStats(), (*duplex.Engine)(nil).Stats(); got.Driver != want.Driver || got.Loops != want.Loops {
		t.Errorf("they are %+v, want %+v", got, want)
	}
}
