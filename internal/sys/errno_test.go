// Copyright 2026 The duplex authors. MIT license.

package sys_test

import (
	"errors"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex/internal/sys"
)

func TestErrnoIsBare(t *testing.T) {
	wrapped := &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	if got := sys.Errno(wrapped); got != syscall.ECONNRESET {
		t.Errorf("Errno(%v) = %v, want %v", wrapped, got, syscall.ECONNRESET)
	}
}

func TestErrnoOfNilIsNil(t *testing.T) {
	if got := sys.Errno(nil); got != nil {
		t.Errorf("Errno(nil) = %v", got)
	}
}

func TestErrnoHasThePOSIXNameOnEveryPlatform(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, err = net.Listen("tcp", ln.Addr().String())
	if got := sys.Errno(err); !errors.Is(got, syscall.EADDRINUSE) {
		t.Errorf("Errno(%v) = %v, want %v", err, got, syscall.EADDRINUSE)
	}
}

func TestErrnoNameIsTheSystems(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such names")
	}
	if got := sys.ErrnoName(syscall.EPIPE); got != "EPIPE" {
		t.Errorf("the name of EPIPE is %q", got)
	}
	if got := sys.ErrnoName(1 << 20); got != "" {
		t.Errorf("the name of what is no error is %q", got)
	}
}

func TestErrnoOfAnErrorWithoutANumberIsEINVAL(t *testing.T) {
	_, err := net.Dial("tcp", "nowhere")
	if got := sys.Errno(err); got != syscall.EINVAL {
		t.Errorf("Errno(%v) = %v, want %v", err, got, syscall.EINVAL)
	}
}
