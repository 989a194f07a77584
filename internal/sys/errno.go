// Copyright 2026 The duplex authors. MIT license.

package sys

import (
	"errors"
	"syscall"
)

// Errno returns the bare syscall.Errno inside an error of package net, under its
// POSIX name on every platform; nil for nil. What has no number package net has
// refused by itself, such as an address it cannot read or a closed descriptor:
// EINVAL.
func Errno(err error) error {
	if err == nil {
		return nil
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		return posix(number)
	}
	return syscall.EINVAL
}
