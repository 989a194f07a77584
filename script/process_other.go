// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package script

import (
	"os"
	"syscall"
)

func kill(pid, number int) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return syscall.ESRCH
	}
	if number == 0 {
		return nil
	}
	return p.Kill()
}

func umask(int) int { return 0 }

// resident returns otherwise: the system does not say.
func resident(otherwise uint64) uint64 { return otherwise }

// usage returns nothing: the system does not say.
func usage() map[string]int64 { return nil }
