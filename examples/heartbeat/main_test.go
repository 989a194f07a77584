// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"io"
	"os"
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

// simulate runs f with a device, in a bubble of virtual time: a sleep takes no time, and
// all timers are exact. The network is inside the process.
func simulate(t *testing.T, f func(t *testing.T, device *duplex.Socket, told *duplextest.Recorder, server <-chan error)) {
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Driver: "memory"}
		defer e.Close()
		srv := newServer(e)
		closed := make(chan error, 1)
		srv.Handler.OnClose = func(s *duplex.Socket) { closed <- s.Err() }
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		told := &duplextest.Recorder{Pieces: true}
		client := duplex.Client{Engine: e}
		device := client.Connect(t.Context(), "tcp", srv.Addr().String(), told.Handler(&duplex.Handler{Framing: codec.Lines}))
		told.Expect(t, "connect")
		f(t, device, told, closed)
	})
}

func TestADeviceThatAnswersStays(t *testing.T) {
	simulate(t, func(t *testing.T, device *duplex.Socket, told *duplextest.Recorder, _ <-chan error) {
		for range 100 { // almost seven hours
			began := time.Now()
			told.Expect(t, "data: ping")
			if took := time.Since(began); took != silence {
				t.Fatalf("the ping came after %v", took)
			}
			io.WriteString(device, "pong\n")
		}
		io.WriteString(device, "21.5\n")
		told.Expect(t, "data: got 21.5")
		device.End()
		told.Expect(t, "end", "close")
	})
}

func TestADeviceThatIsGoneIsNoticed(t *testing.T) {
	simulate(t, func(t *testing.T, device *duplex.Socket, told *duplextest.Recorder, closed <-chan error) {
		began := time.Now()
		told.Expect(t, "data: ping")
		err := <-closed
		if took := time.Since(began); took != silence+grace || !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("it was noticed after %v, by %v", took, err)
		}
	})
}

func TestTheProgramServes(t *testing.T) {
	p := program.Start(t, "-addr", "127.0.0.1:0")
	addr := p.Address(t, "heartbeat on ")
	told := new(duplextest.Recorder)
	s := duplex.Connect("tcp", addr, told.Handler(nil))
	io.WriteString(s, "21.5\n")
	told.Expect(t, "connect", "data: got 21.5\n")
	s.End()
	told.Expect(t, "end", "close")
}
