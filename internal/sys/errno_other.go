// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package sys

import "syscall"

func posix(e syscall.Errno) syscall.Errno { return e }
