// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// readEnd opens the end of a pipe that is read, given the other one. It returns nil without
// /proc.
func readEnd(w *os.File) (r *os.File) {
	raw, err := w.SyscallConn()
	if err != nil {
		return nil
	}
	raw.Control(func(fd uintptr) {
		r, _ = os.OpenFile(fmt.Sprintf("/proc/self/fd/%d", fd), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	})
	return r
}

// waiting returns how many bytes of a pipe are not read.
func waiting(r *os.File) (n int64) {
	raw, err := r.SyscallConn()
	if err != nil {
		return 0
	}
	raw.Control(func(fd uintptr) {
		bytes, err := unix.IoctlGetInt(int(fd), unix.TIOCINQ)
		if err == nil {
			n = int64(bytes)
		}
	})
	return n
}
