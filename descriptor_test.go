// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"errors"
	"net"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

// controlled returns what Control of c says, having seen a descriptor or not.
func controlled(t *testing.T, c syscall.Conn) (seen bool, err error) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if got := raw.Read(func(uintptr) bool { return true }); !errors.Is(got, errors.ErrUnsupported) {
		t.Errorf("Read: %v, want errors.ErrUnsupported", got)
	}
	if got := raw.Write(func(uintptr) bool { return true }); !errors.Is(got, errors.ErrUnsupported) {
		t.Errorf("Write: %v, want errors.ErrUnsupported", got)
	}
	err = raw.Control(func(fd uintptr) { seen = fd > 2 })
	return seen, err
}

func TestSyscallConnShowsTheDescriptorWhereThereIsOne(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, _ := duplextest.Pipe(t, e)
		seen, err := controlled(t, a.Socket)
		if !seen && !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("Control of a socket: %v, without a descriptor", err)
		}
		srv := &duplex.Server{Engine: e}
		if _, err := controlled(t, srv); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Control before Listen: %v, want net.ErrClosed", err)
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		if seen, err := controlled(t, srv); !seen && !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("Control of a server: %v, without a descriptor", err)
		}
		srv.Close()
	})
}
