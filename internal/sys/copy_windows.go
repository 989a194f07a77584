// Copyright 2026 The duplex authors. MIT license.

package sys

import (
	"errors"
	"os"
	"syscall"
)

// Copy returns an error: a process of Windows does not pass its sockets on.
func Copy(syscall.RawConn, string) (*os.File, error) { return nil, errors.ErrUnsupported }

// CopyOf returns an error, as Copy does.
func CopyOf(uintptr, string) (*os.File, error) { return nil, errors.ErrUnsupported }

// CloseOnExec reports false: no descriptor is passed on.
func CloseOnExec(uintptr) bool { return false }
