// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package portable

import (
	"slices"
	"syscall"

	"github.com/duplex-go/duplex/internal/sys"
)

// write sends lent, which it consumes, and returns how many bytes the kernel took.
// Package net lets it try again whenever there may be room.
func (s *socket) write(lent *[][]byte) (n int, err error) {
	failed := s.raw.Write(func(fd uintptr) bool {
		var took int
		took, err = sys.Send(fd, *lent)
		n += took
		*lent = consume(*lent, took)
		return err != syscall.EAGAIN
	})
	if failed != nil {
		err = failed
	}
	return n, err
}

// try offers bufs to the kernel once and returns how many bytes it took, and a list of the
// rest. An error is one that the kernel would report to the goroutine again, or never
// again.
func (s *socket) try(bufs [][]byte) (n int, rest [][]byte, err error) {
	failed := s.raw.Write(func(fd uintptr) bool {
		n, err = sys.Send(fd, bufs)
		return true
	})
	if failed != nil || err == syscall.EAGAIN || passing(err) {
		err = nil // the goroutine waits for room, or fails with the error
	}
	if n == size(bufs) {
		return n, nil, nil
	}
	return n, consume(slices.Clone(bufs), n), err
}

func size(bufs [][]byte) (n int) {
	for _, p := range bufs {
		n += len(p)
	}
	return n
}

// consume returns bufs, which belongs to the caller, without its first n bytes.
func consume(bufs [][]byte, n int) [][]byte {
	for len(bufs) > 0 && n >= len(bufs[0]) {
		n -= len(bufs[0])
		bufs = bufs[1:]
	}
	if n > 0 {
		bufs[0] = bufs[0][n:]
	}
	return bufs
}
