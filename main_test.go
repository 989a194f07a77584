// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
)

// The long form of some tests, for a release rather than for a commit.
var long = flag.Bool("long", false, "repeat what must never fail 100 times, and play 10,000 plans instead of 200")

// rounds is how often the tests run that chance decides; see fives.
var rounds = 5

// quiet is for tests that crash on purpose.
var quiet = slog.New(slog.DiscardHandler)

// TestMain fails if goroutines or descriptors are left behind.
func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("DUPLEX_TEST_FEW_DESCRIPTORS") != "" {
		serveFewDescriptors(os.Getenv("DUPLEX_DRIVER"))
		return
	}
	if os.Getenv("DUPLEX_TEST_ENDS") != "" {
		serveEnds()
		return
	}
	if *long {
		rounds = 100
	}
	if ln, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		ln.Close() // the runtime's own poller holds descriptors from here on
	}
	duplex.Wait() // starts the engine that examples share, and that never stops
	goroutines, descriptors := runtime.NumGoroutine(), countDescriptors()
	code := m.Run()
	if code == 0 && !settles(goroutines, descriptors) {
		buf := make([]byte, 1<<20)
		fmt.Printf("LEAK: %d goroutines, %d descriptors at the start; %d and %d at the end\n%s\n",
			goroutines, descriptors, runtime.NumGoroutine(), countDescriptors(), buf[:runtime.Stack(buf, true)])
		code = 1
	}
	os.Exit(code)
}

// settles reports whether the counts return to where they began.
func settles(goroutines, descriptors int) bool {
	for range 100 {
		if runtime.NumGoroutine() <= goroutines && countDescriptors() <= descriptors {
			return true
		}
		time.Sleep(50 * time.Millisecond)
	}
	return false
}

// countDescriptors returns how many descriptors the process has, 0 where the
// system does not say.
func countDescriptors() int {
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}

// buildSetting returns how the test was built.
func buildSetting(key string) string {
	info, _ := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
