// Copyright 2026 The duplex authors. MIT license.

package sys_test

import (
	"syscall"
	"testing"

	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/windows"
)

func TestPosixTranslatesTheErrorsOfWindows(t *testing.T) {
	for e, want := range map[syscall.Errno]syscall.Errno{
		windows.WSAECONNABORTED:      syscall.ECONNRESET,
		windows.WSAEWOULDBLOCK:       syscall.EAGAIN,
		windows.WSAEPROTOTYPE:        syscall.EPROTOTYPE,
		windows.ERROR_ACCESS_DENIED:  syscall.EACCES,
		windows.ERROR_FILE_NOT_FOUND: syscall.ENOENT,
		windows.ERROR_PATH_NOT_FOUND: syscall.ENOENT,
		windows.ERROR_DISK_FULL:      syscall.ENOSPC,
		windows.ERROR_BROKEN_PIPE:    syscall.EPIPE,
		windows.ERROR_DEVICE_REMOVED: windows.ERROR_DEVICE_REMOVED,
		syscall.EPROTO:               syscall.EPROTO,
	} {
		if got := sys.Posix(e); got != want {
			t.Errorf("Posix(%d) is %v, want %v", e, got, want)
		}
	}
}
