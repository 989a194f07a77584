// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"os"
	"syscall"
	"testing"
	"time"
)

func TestASendWithoutMemoryIsTriedAgainInAMoment(t *testing.T) {
	for _, last := range []error{nil, syscall.ECONNRESET} {
		results := []error{syscall.ENOBUFS, os.NewSyscallError("writev", syscall.ENOMEM), last}
		calls := 0
		start := time.Now()
		n, err := persist(func() (int, error) {
			calls++
			return calls, results[calls-1]
		})
		if n != 1+2+3 || err != last {
			t.Errorf("got %d bytes and %v, want 6 and %v", n, err, last)
		}
		if took := time.Since(start); took < 2*breath {
			t.Errorf("it took %v, want %v at least", took, 2*breath)
		}
	}
}
