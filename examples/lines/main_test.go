// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"strings"
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

// ask connects to a new store.
func ask(t *testing.T, e *duplex.Engine) (*duplex.Socket, *duplextest.Recorder) {
	t.Helper()
	srv := newServer(e)
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	told := &duplextest.Recorder{Pieces: true}
	client := duplex.Client{Engine: e}
	s := client.Connect(t.Context(), "tcp", srv.Addr().String(), told.Handler(&duplex.Handler{Framing: codec.Lines}))
	told.Expect(t, "connect")
	return s, told
}

func TestRequestsAreAnsweredInTheirOrder(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		s, told := ask(t, e)
		io.WriteString(s, "GET colour\nSET colour light blue\r\nGET colour\nSET colour\nGET\nHELLO\nQU")
		told.Expect(t, "data: NONE", "data: OK", "data: VALUE light blue", "data: ERROR say SET name value",
			"data: ERROR say GET name", "data: ERROR say SET, GET or QUIT")
		io.WriteString(s, "IT\nGET colour\n") // what follows QUIT is not answered
		told.Expect(t, "data: BYE", "end", "close")
	})
}

func TestALineThatIsTooLongIsAnswered(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		s, told := ask(t, e)
		io.WriteString(s, strings.Repeat("x", 5000))
		told.Expect(t, "data: ERROR a line has at most 4096 bytes", "end", "close")
	})
}

// A client that sends a byte each second would keep its connection for ever.
func TestALineThatTakesTooLongEndsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Driver: "memory"}
		defer e.Close()
		s, told := ask(t, e)
		began := time.Now()
		for range 11 {
			io.WriteString(s, "x")
			time.Sleep(time.Second)
		}
		told.ExpectMatch(t, "end|error: .*", "close.*")
		if took := time.Since(began); took > 12*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

func TestTheProgramServes(t *testing.T) {
	p := program.Start(t, "-addr", "127.0.0.1:0")
	addr := p.Address(t, "lines on ")
	told := new(duplextest.Recorder)
	s := duplex.Connect("tcp", addr, told.Handler(nil))
	io.WriteString(s, "QUIT\n")
	told.Expect(t, "connect", "data: BYE\n", "end", "close")
}
