// Copyright 2026 The duplex authors. MIT license.

package netconn_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
	"github.com/duplex-go/duplex/netconn"
)

// expectError fails unless err is a *net.OpError of op that wraps want.
func expectError(t *testing.T, err error, op string, want error) {
	t.Helper()
	var oe *net.OpError
	if !errors.As(err, &oe) || oe.Op != op || !errors.Is(err, want) {
		t.Errorf("got %v, want the error of %s: %v", err, op, want)
	}
}

func TestEveryByteComesBeforeTheEndAndTheEndIsEOF(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := pipe(t, e, nil, nil)
		sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<16) // 1 MiB
		go func() {
			a.Write(sent)
			a.CloseWrite()
		}()
		if got, err := io.ReadAll(b); err != nil || !bytes.Equal(got, sent) {
			t.Fatalf("read %d bytes, %v", len(got), err)
		}
		_, err := a.Write([]byte("more"))
		expectError(t, err, "write", syscall.EPIPE)
		if n, err := b.Write([]byte("answer")); n != 6 || err != nil { // our side is open all the same
			t.Fatal(n, err)
		}
		b.CloseWrite()
		if got, err := io.ReadAll(a); err != nil || string(got) != "answer" {
			t.Fatalf("read %q, %v", got, err)
		}
	})
}

func TestCloseSendsWhatWasWritten(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := pipe(t, e, nil, nil)
		b.Write([]byte("a reset would follow if this counted as unread"))
		sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
		go func() {
			a.Write(sent)
			a.Close()
		}()
		if got, err := io.ReadAll(b); err != nil || !bytes.Equal(got, sent) {
			t.Errorf("read %d bytes, %v", len(got), err)
		}
	})
}

func TestAfterCloseEveryCallIsErrClosed(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, _ := pipe(t, e, nil, nil)
		waiting := make(chan error)
		go func() {
			_, err := a.Read(make([]byte, 1))
			waiting <- err
		}()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		expectError(t, <-waiting, "read", net.ErrClosed)
		_, err := a.Read(make([]byte, 1))
		expectError(t, err, "read", net.ErrClosed)
		_, err = a.Write([]byte("x"))
		expectError(t, err, "write", net.ErrClosed)
		expectError(t, a.SetDeadline(time.Now()), "set", net.ErrClosed)
		expectError(t, a.CloseWrite(), "close", net.ErrClosed)
		expectError(t, a.Close(), "close", net.ErrClosed)
	})
}

func TestAResetIsReadAfterTheBytesBeforeIt(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		if e.Driver != "memory" {
			testrun.NotUnderWine(t, testrun.LostResets)
		}
		a, b := pipe(t, e, nil, nil)
		if _, err := a.Write([]byte("last words")); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 10)
		if _, err := io.ReadFull(b, got); err != nil {
			t.Fatal(err)
		}
		a.Socket().Reset()
		_, err := b.Read(got)
		expectError(t, err, "read", syscall.ECONNRESET)
		for err = nil; err == nil; {
			_, err = b.Write(got)
		}
		expectError(t, err, "write", syscall.ECONNRESET)
	})
}

// A writer whose peer does not read is held up, and what it was told about a part is true.
func TestAWriteThatTimesOutReturnsExactlyWhatWasSent(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := pipe(t, e, nil, nil)
		sent := bytes.Repeat([]byte("0123456789abcdef"), 3<<19) // 24 MiB: more than kernels take
		a.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		n, err := a.Write(sent)
		expectError(t, err, "write", os.ErrDeadlineExceeded)
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%v is no timeout", err)
		}
		if waits := a.Socket().Buffered(); waits > 256<<10 {
			t.Errorf("%d bytes wait in the queue", waits)
		}
		if read := b.Socket().BytesRead(); read > 128<<10 {
			t.Errorf("%d bytes were read ahead", read)
		}
		if _, err := a.Write(sent); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("got %v after the deadline", err)
		}
		a.SetWriteDeadline(time.Time{})
		a.CloseWrite()
		b.SetReadDeadline(soon())
		got, err := io.ReadAll(b)
		if err != nil || !bytes.Equal(got, sent[:n]) {
			t.Errorf("%d bytes arrived of the %d that Write took: %v", len(got), n, err)
		}
	})
}

func TestManyGoroutinesReadAndWriteOneConn(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		const each, size = 200, 5000
		a, b := pipe(t, e, nil, nil)
		b.SetReadDeadline(soon())
		var writers, readers sync.WaitGroup
		for i := range 4 {
			writers.Go(func() {
				p := bytes.Repeat([]byte{byte('a' + i)}, size)
				for range each {
					if n, err := a.Write(p); n != size || err != nil {
						t.Error(n, err)
					}
				}
			})
		}
		var mu sync.Mutex
		count := make(map[byte]int)
		for range 3 {
			readers.Go(func() {
				p := make([]byte, 3000)
				for {
					n, err := b.Read(p)
					mu.Lock()
					for _, x := range p[:n] {
						count[x]++
					}
					mu.Unlock()
					if err != nil {
						if err != io.EOF {
							t.Error(err)
						}
						return
					}
				}
			})
		}
		writers.Wait()
		a.CloseWrite()
		readers.Wait()
		for i := range 4 {
			if n := count[byte('a'+i)]; n != each*size {
				t.Errorf("%d bytes of writer %d arrived", n, i)
			}
		}
	})
}

// Writes of several goroutines are not mixed.
func TestAWriteIsWhole(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := pipe(t, e, nil, nil)
		const size = 300_000
		var writers sync.WaitGroup
		for i := range 4 {
			writers.Go(func() { a.Write(bytes.Repeat([]byte{byte('a' + i)}, size)) })
		}
		go func() {
			writers.Wait()
			a.CloseWrite()
		}()
		got, err := io.ReadAll(b)
		if err != nil || len(got) != 4*size {
			t.Fatal(len(got), err)
		}
		for i := range 4 {
			part := got[i*size:][:size]
			if !bytes.Equal(part, bytes.Repeat(part[:1], size)) {
				t.Errorf("write %d is mixed with others", i)
			}
		}
	})
}

func TestAnEngineThatClosesEndsTheCalls(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		ln, err := netconn.Listen(&duplex.Server{Engine: e}, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		c, err := (&netconn.Dialer{Client: &duplex.Client{Engine: e}}).Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ln.Accept(); err != nil {
			t.Fatal(err)
		}
		reading, accepting := make(chan error), make(chan error)
		go func() {
			_, err := c.Read(make([]byte, 1))
			reading <- err
		}()
		go func() {
			_, err := ln.Accept()
			accepting <- err
		}()
		e.Close()
		if err := <-reading; err != io.EOF && !errors.Is(err, net.ErrClosed) { // whichever end went first
			t.Error(err)
		}
		expectError(t, <-accepting, "accept", net.ErrClosed)
	})
}

func TestACallThatWouldStopALoopIsAnError(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := pipe(t, e, nil, nil)
		errs := make(chan error, 3)
		b.Socket().Post(func() {
			_, err := a.Read(make([]byte, 1))
			errs <- err
			_, err = a.Write(make([]byte, 64<<20))
			errs <- err
			_, err = (&netconn.Dialer{Client: &duplex.Client{Engine: e}}).Dial("tcp", a.RemoteAddr().String())
			errs <- err
		})
		for range 3 {
			if err := <-errs; err == nil || !strings.Contains(err.Error(), "event loop") {
				t.Error(err)
			}
		}
		go b.Write([]byte("x"))
		if n, err := a.Read(make([]byte, 1)); n != 1 || err != nil { // on another goroutine it works
			t.Error(n, err)
		}
	})
}

// A server looks at the first bytes and then gives the connection to a protocol that is
// written for package net.
func TestNewTakesOverASocketWithItsInput(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		conns := make(chan *netconn.Conn, 1)
		srv := &duplex.Server{
			Engine:  e,
			Options: duplex.Options{AllowHalfOpen: true},
			Handler: &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { conns <- netconn.New(s, p) }},
		}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		c, err := (&netconn.Dialer{Client: &duplex.Client{Engine: e}}).Dial("tcp", srv.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		go func() {
			c.Write([]byte("GET "))
			c.Write([]byte("/ HTTP/1.1\r\n\r\n"))
			c.(*netconn.Conn).CloseWrite()
		}()
		s := <-conns
		defer s.Close()
		got, err := io.ReadAll(s)
		if err != nil || string(got) != "GET / HTTP/1.1\r\n\r\n" {
			t.Errorf("read %q, %v", got, err)
		}
	})
}

func TestABlockingCallbackMayNotWaitForItsOwnSocket(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		errs := make(chan error, 1)
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
			Blocking: true,
			OnConnect: func(s *duplex.Socket) {
				_, err := netconn.New(s, nil).Read(make([]byte, 1))
				errs <- err
			},
		}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		c, err := (&netconn.Dialer{Client: &duplex.Client{Engine: e}}).Dial("tcp", srv.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := <-errs; err == nil || !strings.Contains(err.Error(), "Blocking callback") {
			t.Error(err)
		}
	})
}

func TestDialReturnsTheReason(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		d := &netconn.Dialer{Client: &duplex.Client{Engine: e}}
		ln, err := netconn.Listen(&duplex.Server{Engine: e}, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := d.DialContext(ctx, "tcp", ln.Addr().String()); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v of a context that has ended", err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		c, err := d.DialContext(ctx, "tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		cancel() // it has no effect any more
		if _, err := c.Write([]byte("x")); err != nil {
			t.Error(err)
		}
		c.Close()
		ln.Close()
		if err := ln.Server().Shutdown(t.Context()); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Fatal(err)
		}
		if c, err := d.Dial("tcp", ln.Addr().String()); duplex.Code(err) != "ECONNREFUSED" || opOf(err) != "dial" {
			t.Errorf("got %v, %v where no server listens", c, err)
		}
		lookup := &netconn.Dialer{Client: &duplex.Client{Engine: e, Resolver: duplextest.Hosts{}}}
		if _, err := lookup.Dial("tcp", "nowhere.example:7"); duplex.Code(err) != "ENOTFOUND" || opOf(err) != "dial" {
			t.Errorf("got %v of a host that is not found", err)
		}
		if _, err := d.Dial("tcp", "nowhere"); opOf(err) != "dial" {
			t.Errorf("got %v of an address without a port", err)
		}
		lookup.Client.Resolver = duplextest.Hosts{"two.example": {netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.3")}}
		_, port, _ := net.SplitHostPort(ln.Addr().String())
		if _, err := lookup.Dial("tcp", "two.example:"+port); opOf(err) != "dial" || !strings.Contains(err.Error(), "127.0.0.2:") || !strings.Contains(err.Error(), "127.0.0.3:") {
			t.Errorf("got %v where two attempts fail", err)
		}
		e.Close()
		if _, err := d.Dial("tcp", ln.Addr().String()); !errors.Is(err, net.ErrClosed) || opOf(err) != "dial" {
			t.Errorf("got %v of an engine that is closed", err)
		}
	})
}

// opOf returns the Op of err, as a program that knows package net asks for it.
func opOf(err error) string {
	var op *net.OpError
	if !errors.As(err, &op) {
		return ""
	}
	return op.Op
}
