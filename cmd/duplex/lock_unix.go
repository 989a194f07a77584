// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// lockFolder keeps other processes that do the same out of a folder, until unlock is
// called. It waits a second for them.
func lockFolder(path string) (unlock func(), err error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(time.Second); ; time.Sleep(time.Millisecond) {
		err = unix.Flock(int(folder.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return func() { folder.Close() }, nil
		case err != syscall.EWOULDBLOCK && err != syscall.EINTR || time.Now().After(deadline):
			folder.Close()
			return nil, err
		}
	}
}
