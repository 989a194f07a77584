// Copyright 2026 The duplex authors. MIT license.

package sys

import (
	"errors"
	"syscall"
)

// Errno returns the bare syscall.Errno inside an error of package net, under its
// POSIX name on every platform; nil for nil. An error without a number comes from
// package net itself, which refuses an address that it cannot read or a closed
// descriptor: it is EINVAL here.
func Errno(err error) error {
	if err == nil {
		return nil
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		return Posix(number)
	}
	return syscall.EINVAL
}
