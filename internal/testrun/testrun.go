// Copyright 2026 The duplex authors. MIT license.

// Package testrun is about a run of tests: what it leaves behind, the CPU time it
// uses, and how the tests were built.
package testrun

import (
	"flag"
	"fmt"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// Main runs the tests of m and ends the process. The run fails if it leaves
// goroutines or descriptors behind.
func Main(m *testing.M) {
	if ln, err := net.Listen("tcp", "127.0.0.1:0"); err == nil {
		ln.Close() // the runtime's own poller holds descriptors from here on
	}
	before := Count()
	code := m.Run()
	fuzzing := flag.Lookup("test.fuzz")
	if code == 0 && (fuzzing == nil || fuzzing.Value.String() == "") { // package testing waits for a signal while it fuzzes
		if err := before.Returns(); err != nil {
			fmt.Println("LEAK:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// A Tally is how many goroutines and descriptors the process has.
type Tally struct {
	Goroutines  int
	Descriptors int // 0 where the system does not report them
}

// Count returns the numbers of now.
func Count() Tally { return Tally{runtime.NumGoroutine(), descriptors()} }

func descriptors() int {
	if runtime.GOOS != "linux" {
		return 0 // a /proc that is there nevertheless is that of the system below Wine
	}
	entries, _ := os.ReadDir("/proc/self/fd")
	return len(entries)
}

// Returns waits until the process has no more goroutines and descriptors than
// before. After five seconds it returns an error, which shows the stacks.
func (before Tally) Returns() error {
	for range 100 {
		if now := Count(); now.Goroutines <= before.Goroutines && now.Descriptors <= before.Descriptors {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	now, stacks := Count(), make([]byte, 1<<20)
	return fmt.Errorf("%d goroutines and %d descriptors are left, of %d and %d\n%s",
		now.Goroutines, now.Descriptors, before.Goroutines, before.Descriptors, stacks[:runtime.Stack(stacks, true)])
}

// CPUTime is CPU. It skips the test where the system does not show the time.
func CPUTime(t testing.TB) time.Duration {
	t.Helper()
	used, shown := CPU()
	if !shown {
		t.Skip("NOT TESTED: this system does not show the CPU time of a process by a portable call")
	}
	return used
}

// Single returns n, which is how often a test of one goroutine does something. Under the
// race detector it is a tenth: the detector finds nothing in such a test, and makes it ten
// times as long.
func Single(n int) int {
	if Race() {
		return n / 10
	}
	return n
}

// Race reports whether the tests were built with the race detector. The build's
// settings tell, since no code here has a build tag for it.
func Race() bool {
	info, _ := debug.ReadBuildInfo()
	for _, s := range info.Settings {
		if s.Key == "-race" {
			return s.Value == "true"
		}
	}
	return false
}
