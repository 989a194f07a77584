// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A readiness is what ended a wait for bytes.
type readiness uint8

const (
	readable readiness = iota // bytes, the end or an error can be read
	timedOut
	rung
)

// A bell interrupts the goroutine that waits for bytes. It is a pipe, since poll
// waits for descriptors. The process never closes it.
type bell struct {
	ends [2]int
	err  error // why there is none; no wait is interrupted then
}

func newBell() *bell {
	b := new(bell)
	if b.err = unix.Pipe(b.ends[:]); b.err == nil {
		unix.CloseOnExec(b.ends[0])
		unix.CloseOnExec(b.ends[1])
	}
	return b
}

func (b *bell) ring() {
	if b.err == nil {
		unix.Write(b.ends[1], []byte{0})
	}
}

// A source is a file that is read after a wait. The wait reads nothing, so bytes
// that are not wanted any more stay where they are.
type source struct {
	*os.File
	bell *bell
}

func newSource(f *os.File, b *bell) *source { return &source{f, b} }

// await waits for bytes; a negative timeout is none.
func (s *source) await(timeout time.Duration) readiness {
	raw, err := s.SyscallConn() // s.Fd would change the mode of a file that others share
	if err != nil || s.bell.err != nil {
		return readable
	}
	got := readable
	raw.Control(func(fd uintptr) { got = s.bell.poll(int32(fd), timeout) })
	return got
}

func (b *bell) poll(fd int32, timeout time.Duration) readiness {
	fds := []unix.PollFd{{Fd: fd, Events: unix.POLLIN}, {Fd: int32(b.ends[0]), Events: unix.POLLIN}}
	for deadline := time.Now().Add(timeout); ; {
		ms := -1
		if timeout >= 0 {
			ms = int(max(0, time.Until(deadline)+time.Millisecond-1) / time.Millisecond)
		}
		n, err := unix.Poll(fds, ms)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return readable // the read says what is wrong
		case n == 0:
			return timedOut
		case fds[1].Revents != 0:
			unix.Read(b.ends[0], make([]byte, 16))
			return rung
		default:
			return readable
		}
	}
}
