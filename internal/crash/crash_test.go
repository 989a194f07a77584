// Copyright 2026 The duplex authors. MIT license.

package crash_test

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex/internal/crash"
)

var none map[string]int

//go:noinline
func crashes(how string) {
	var closed chan int
	switch how {
	case "panic":
		panic(how)
	case "nil map":
		none[how] = 1
	case "key":
		_ = map[any]int{}[any([]int{})]
	case "channel":
		close(closed)
	case "Goexit":
		runtime.Goexit()
	case "again":
		defer func() { panic(fmt.Sprint(recover())) }()
		panic(how)
	case "Goexit of a panic":
		defer runtime.Goexit()
		panic(how)
	case "a panic of the runtime in a panic":
		defer close(closed)
		panic(how)
	}
}

func TestAStackBeginsWithTheFunctionOfTheProgram(t *testing.T) {
	for _, how := range []string{"panic", "nil map", "key", "channel", "Goexit", "again", "Goexit of a panic", "a panic of the runtime in a panic"} {
		stacks := make(chan string, 1)
		go func() {
			defer func() {
				recover()
				stacks <- string(crash.Stack(debug.Stack()))
			}()
			crashes(how)
		}()
		stack := <-stacks
		lines := strings.SplitN(stack, "\n", 3)
		if !strings.HasPrefix(lines[0], "goroutine ") || !strings.HasPrefix(lines[1], "github.com/duplex-go/duplex/internal/crash_test.crashes") {
			t.Errorf("after %s it is\n%s", how, stack)
		}
	}
}

func TestAStackWithoutACrashIsWhole(t *testing.T) {
	for _, stack := range []string{"", "goroutine 7 [running]:\n", "goroutine 7 [running]:\npanic(", string(debug.Stack())} {
		if got := string(crash.Stack([]byte(stack))); got != stack {
			t.Errorf("of %q it returned %q", stack, got)
		}
	}
}

func TestAnAlarmRingsTenTimesAndThenOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a crash.Alarm
		rings := func(calls int) (n, unlogged int) {
			for range calls {
				if left, ok := a.Rings(); ok {
					n++
					unlogged += left
				}
			}
			return n, unlogged
		}
		for _, c := range []struct {
			after                  time.Duration
			calls, rings, unlogged int
		}{{0, 100, 10, 0}, {time.Second - 1, 5, 0, 0}, {1, 5, 1, 95}, {3 * time.Second, 5, 3, 4}, {time.Hour, 50, 10, 2}} {
			time.Sleep(c.after)
			if n, unlogged := rings(c.calls); n != c.rings || unlogged != c.unlogged {
				t.Errorf("%v later %d of %d rang, after %d that did not; want %d after %d", c.after, n, c.calls, unlogged, c.rings, c.unlogged)
			}
		}
	})
}
