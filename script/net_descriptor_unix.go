// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package script

import (
	"os"
	"strconv"
	"syscall"
)

// duplicate returns a copy of a descriptor. The original stays the script's.
func duplicate(fd int) (*os.File, error) {
	copied, err := syscall.Dup(fd)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(copied), "fd "+strconv.Itoa(fd)), nil
}

func closeDescriptor(fd int) { _ = syscall.Close(fd) }
