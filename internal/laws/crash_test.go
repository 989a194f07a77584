// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"errors"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

//go:noinline
func crashOnPurpose(how string) {
	switch how {
	case "panic":
		panic("on purpose")
	case "nil pointer":
		var none *duplex.Drop
		_ = none.Reason.Error()
	case "index":
		var none []int
		_ = none[len(how)]
	case "error in a deferred function":
		defer crashOnPurpose("panic")
		panic(io.EOF)
	case "Goexit":
		runtime.Goexit()
	}
}

func TestTheStackOfACrashBeginsWithTheFunctionThatCrashed(t *testing.T) {
	for _, how := range []string{"panic", "nil pointer", "index", "error in a deferred function", "Goexit"} {
		for _, blocking := range []bool{false, true} {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				e.Logger = rig.Quiet
				errs := make(chan error, 1)
				a, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{
					Blocking: blocking,
					OnData:   func(*duplex.Socket, []byte) { crashOnPurpose(how) },
					OnError:  func(_ *duplex.Socket, err error) { errs <- err },
				})
				io.WriteString(a, "x")
				var crash *duplex.PanicError
				if err := rig.Wait(t, errs); !errors.As(err, &crash) {
					t.Fatalf("OnError was called with %v", err)
				}
				lines := strings.Split(string(crash.Stack), "\n")
				if !strings.HasPrefix(lines[0], "goroutine ") || !strings.HasPrefix(lines[1], "github.com/duplex-go/duplex/internal/laws_test.crashOnPurpose(") ||
					!strings.Contains(lines[2], "crash_test.go:") {
					t.Errorf("after %s the stack begins with\n%s", how, strings.Join(lines[:min(5, len(lines))], "\n"))
				}
				caller := func(line string) bool { return strings.Contains(line, "TestTheStackOfACrash") }
				if !slices.ContainsFunc(lines, caller) {
					t.Errorf("after %s the stack lacks the callback:\n%s", how, crash.Stack)
				}
			})
		}
	}
}

func TestCrashesAreLoggedAtALimitedRate(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		var book logbook
		e.Logger = book.logger(slog.LevelInfo)
		crash := func(times int) {
			for range times {
				e.Post(func() { panic("on purpose") })
			}
			time.Sleep(time.Second)
		}
		crash(100)
		if got := book.lines(); len(got) != 10 {
			t.Errorf("%d of 100 crashes were logged, want 10", len(got))
		}
		crash(5)
		got := book.lines()
		if len(got) != 11 || !strings.Contains(got[10], "unlogged=90") {
			t.Errorf("of 5 more a second later, %d were logged; want one, with the number of the others:\n%s", len(got)-10, got[len(got)-1])
		}
		if n := e.Stats().Panics; n != 105 {
			t.Errorf("%d were counted, want 105", n)
		}
	})
}
