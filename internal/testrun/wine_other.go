// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package testrun

import "syscall"

// Wine reports false: this system is not Windows.
func Wine() bool { return false }

const noFamily = syscall.EAFNOSUPPORT
