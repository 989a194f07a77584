// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"net"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/examples/internal/program"
)

// TestMain is the example itself where a test has started it as one.
func TestMain(m *testing.M) { program.Main(m, main) }

func TestAConnectionThatEndsIsMadeAgain(t *testing.T) {
	ln := listen(t)
	p := program.Start(t, "-addr", ln.Addr().String())
	for range 3 {
		c, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c.Write([]byte("hello"))
		p.Prints(t, "connected", "data hello")
		c.Close()
		p.Prints(t, "closed <nil>")
	}
}

func TestAServerThatIsMissingIsTriedAgain(t *testing.T) {
	ln := listen(t)
	ln.Close()
	p := program.Start(t, "-addr", ln.Addr().String())
	p.Prints(t, "closed connect tcp", "closed connect tcp", "closed connect tcp")
}

func TestCtrlCEndsTheConnection(t *testing.T) {
	ln := listen(t)
	p := program.Start(t, "-addr", ln.Addr().String())
	c, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p.Prints(t, "connected")
	interrupt(t, p)
	c.SetReadDeadline(time.Now().Add(program.Patience))
	if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil || isTimeout(err) {
		t.Errorf("the server read %d bytes, %v; want the client's end", n, err)
	}
	c.Close()
	p.Prints(t, "closed <nil>")
	p.Exits(t, 0)
}

// The limits of the pauses are 100 ms, 200 ms and so on, up to 30 s.
func TestPausesGrowUntilAConnectionLasts(t *testing.T) {
	l := new(link)
	for i := range 20 {
		want := min(100*time.Millisecond<<min(i, 10), 30*time.Second)
		if p := l.pause(); p < 0 || p >= want || l.limit != want {
			t.Errorf("pause %d is %v of at most %v; want at most %v", i, p, l.limit, want)
		}
	}
	l.opened = time.Now() // a server that accepts, and closes at once
	if l.pause(); l.limit != 30*time.Second {
		t.Errorf("the limit after a short connection is %v; want 30s", l.limit)
	}
	l.opened = time.Now().Add(-10 * time.Second)
	if l.pause(); l.limit != 100*time.Millisecond {
		t.Errorf("the limit after a connection that lasted is %v; want 100ms", l.limit)
	}
}

// Time is virtual here: a pause that is waited for would be seen.
func TestTheEndWaitsForNoPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		e := &duplex.Engine{Loops: 1, Driver: "memory"}
		l := &link{client: duplex.Client{Engine: e}, limit: longest}
		e.Post(func() { l.connect(ctx) })
		synctest.Wait() // it was refused, and pauses
		stop()
		e.Post(l.close)
		began := time.Now()
		e.Wait()
		if took := time.Since(began); took != 0 {
			t.Errorf("it ended after %v; want at once", took)
		}
		if l.retry == nil || l.retry.Stop() {
			t.Error("the pause was not ended")
		}
		e.Close()
	})
}

func listen(t *testing.T) *net.TCPListener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	ln.(*net.TCPListener).SetDeadline(time.Now().Add(program.Patience))
	return ln.(*net.TCPListener)
}

func interrupt(t *testing.T, p *program.Program) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot send Ctrl-C to another one on Windows")
	}
	p.Interrupt(t)
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}
