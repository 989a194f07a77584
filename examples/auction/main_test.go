// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/examples/internal/program"
)

// TestMain is the example itself where a test has started it as one.
func TestMain(m *testing.M) { program.Main(m, main) }

// visit connects a bidder.
func visit(t *testing.T, e *duplex.Engine, a *auction) (*duplex.Socket, *duplextest.Recorder) {
	t.Helper()
	told := &duplextest.Recorder{Pieces: true}
	client := duplex.Client{Engine: e}
	return client.Connect(t.Context(), "tcp", a.srv.Addr().String(), told.Handler(&duplex.Handler{Framing: codec.Lines})), told
}

// The time is virtual: the three seconds take none.
func TestTheLastBidWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Driver: "memory", Loops: 1}
		defer e.Close()
		a := newAuction(e, 3*time.Second)
		if err := a.srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		ann, annIsTold := visit(t, e, a)
		bob, bobIsTold := visit(t, e, a)
		annIsTold.Expect(t, "connect", "data: bid more than 0")
		bobIsTold.Expect(t, "connect", "data: bid more than 0")
		io.WriteString(ann, "10\n")
		first := fmt.Sprintf("data: %v bids 10", ann.LocalAddr())
		annIsTold.Expect(t, first)
		bobIsTold.Expect(t, first)
		time.Sleep(2 * time.Second)
		io.WriteString(bob, "10\n")
		bobIsTold.Expect(t, "data: bid more than 10")
		io.WriteString(bob, "12\n")
		second := fmt.Sprintf("data: %v bids 12", bob.LocalAddr())
		annIsTold.Expect(t, second)
		bobIsTold.Expect(t, second)
		annIsTold.ExpectNothing(t, 2900*time.Millisecond)
		sold := fmt.Sprintf("data: sold to %v for 12", bob.LocalAddr())
		annIsTold.Expect(t, sold, "end", "close")
		bobIsTold.Expect(t, sold, "end", "close")
		e.Wait()
	})
}

// Many bid at the same time. The race detector finds state that two goroutines touch.
func TestBidsAtTheSameTimeNeedNoLock(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Loops = 1
		a := newAuction(e, 10*time.Millisecond)
		if err := a.srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		clients := &duplex.Client{Engine: duplextest.Engine(t, e.Driver)}
		if e.Driver == "memory" {
			clients.Engine = e // a network of its own
		}
		address := a.srv.Addr().String()
		var over sync.WaitGroup
		over.Add(20)
		for i := range 20 {
			s := clients.Connect(t.Context(), "tcp", address, &duplex.Handler{OnClose: func(*duplex.Socket) { over.Done() }})
			fmt.Fprintln(s, 1+i)
		}
		over.Wait()
		e.Wait()
		if a.bid == 0 {
			t.Error("nothing was sold")
		}
	})
}

func TestTheProgramSells(t *testing.T) {
	p := program.Start(t, "-addr", "127.0.0.1:0", "-pause", "100ms")
	addr := p.Address(t, "auction on ")
	told := new(duplextest.Recorder)
	s := duplex.Connect("tcp", addr, told.Handler(nil))
	io.WriteString(s, "7\n")
	told.ExpectMatch(t, "connect", `data: bid more than 0\n.* bids 7\nsold to .* for 7\n`, "end", "close")
	p.Prints(t, "sold for 7")
	p.Exits(t, 0)
}
