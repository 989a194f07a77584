// Copyright 2026 The duplex authors. MIT license.

package netconn_test

import (
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
	"github.com/duplex-go/duplex/netconn"
)

// What ends a direction may come at any moment of a Write, and the error says what it was. Only
// after Close is it net.ErrClosed.
func TestTheErrorOfAWriteIsWhatHasEndedIt(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(a, b *netconn.Conn)
		want error // nil is any but net.ErrClosed: systems have several for a reset
	}{
		"CloseWrite": {func(a, _ *netconn.Conn) { a.CloseWrite() }, syscall.EPIPE},
		"a reset":    {func(_, b *netconn.Conn) { b.Socket().Reset() }, nil},
		"Close":      {func(a, _ *netconn.Conn) { a.Close() }, net.ErrClosed},
		"a deadline": {func(a, _ *netconn.Conn) { a.SetWriteDeadline(time.Unix(1, 0)) }, os.ErrDeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
				if c.want == nil && e.Driver != "memory" {
					testrun.NotUnderWine(t, testrun.LostResets)
				}
				for range 5 {
					a, b := pipe(t, e, nil, nil)
					go io.Copy(io.Discard, b)
					failed, writes := make(chan error, 1), make(chan bool, 1)
					go func() {
						var err error
						for err == nil {
							_, err = a.Write([]byte("x"))
							select {
							case writes <- true:
							default:
							}
						}
						failed <- err
					}()
					<-writes
					c.end(a, b)
					err := <-failed
					if c.want == nil && errors.Is(err, net.ErrClosed) || c.want != nil && !errors.Is(err, c.want) {
						t.Fatalf("got %v; want %v, or if that is nil anything but net.ErrClosed", err, c.want)
					}
					a.Close()
					b.Close()
				}
			})
		})
	}
}

// As those of package net: a Read of nothing asks nothing, and the deadline comes before an end.
func TestADeadlineThatHasPassedEndsCallsThatMoveBytes(t *testing.T) {
	check := func(t *testing.T, driver string, a, b interface {
		net.Conn
		CloseWrite() error
	}) {
		a.SetDeadline(time.Unix(1, 0))
		a.CloseWrite()
		for _, p := range [][]byte{nil, {}, make([]byte, 1)} {
			n, err := a.Read(p)
			if timeout := errors.Is(err, os.ErrDeadlineExceeded); n != 0 || timeout != (len(p) > 0) || !timeout && err != nil {
				t.Errorf("%s: Read of %d bytes returned %d, %v", driver, len(p), n, err)
			}
			if n, err := a.Write(p); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("%s: Write of %d bytes returned %d, %v", driver, len(p), n, err)
			}
		}
		a.SetDeadline(time.Time{})
		if n, err := a.Write(nil); n != 0 || !errors.Is(err, syscall.EPIPE) {
			t.Errorf("%s: Write after CloseWrite returned %d, %v", driver, n, err)
		}
		b.Close()
	}
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := pipe(t, e, nil, nil)
		check(t, e.Driver, a, b)
	})
	if runtime.GOOS != "linux" {
		return // package net asks the kernel, and each says something else
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	a, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	check(t, "package net", a.(*net.TCPConn), b.(*net.TCPConn))
}
