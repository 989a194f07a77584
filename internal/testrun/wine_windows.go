// Copyright 2026 The duplex authors. MIT license.

package testrun

import "syscall"

// Wine reports whether the tests run under Wine, which has faults that Windows has not.
func Wine() bool {
	return syscall.NewLazyDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

// noFamily is WSAEAFNOSUPPORT of winsock2.h.
const noFamily = syscall.Errno(10047)
