// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"errors"
	"os"
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
	ln := program.Listen(t)
	p := program.Start(t, "-addr", ln.Addr().String())
	for range 3 {
		c := ln.Accept(t)
		c.Write([]byte("hello"))
		p.Prints(t, "connected", "data hello")
		c.Close()
		p.Prints(t, "closed <nil>")
	}
}

func TestAServerThatIsMissingIsTriedAgain(t *testing.T) {
	ln := program.Listen(t)
	ln.Close()
	p := program.Start(t, "-addr", ln.Addr().String())
	p.Prints(t, "closed connect tcp", "closed connect tcp", "closed connect tcp")
}

func TestCtrlCEndsTheConnection(t *testing.T) {
	ln := program.Listen(t)
	p := program.Start(t, "-addr", ln.Addr().String())
	c := ln.Accept(t)
	p.Prints(t, "connected")
	interrupt(t, p)
	if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
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

func interrupt(t *testing.T, p *program.Program) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot send Ctrl-C to another one on Windows")
	}
	p.Interrupt(t)
}
