// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"io"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// A posted function of a socket in line is not the callback that Shutdown waits for.
func TestAPostDoesNotEndASocketInLine(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 1}
		release := occupy(t, e, w)
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{Blocking: true, Workers: w, OnData: func(s *duplex.Socket, p []byte) {
			s.Write(p)
		}}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		var r duplextest.Recorder
		c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
		r.Expect(t, "connect")
		io.WriteString(c, "question")
		untilWorkers(t, w, 1, 1)
		ended := make(chan error)
		go func() { ended <- srv.Shutdown(t.Context()) }()
		rig.Until(t, "the server has stopped listening", func() bool { return srv.Addr() == nil })
		for s := range srv.Sockets() {
			rig.Turn(t, s) // posts
		}
		release()
		r.Expect(t, "data: question", "end", "close")
		if err := rig.Wait(t, ended); err != nil {
			t.Error(err)
		}
	})
}

// A posted function takes no place, also after a callback, so it may wait for others.
func TestAPostTakesNoPlaceAfterACallback(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 1}
		answered := make(chan struct{})
		other, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, Workers: w, OnData: func(*duplex.Socket, []byte) {
			close(answered)
		}})
		one, two := duplextest.Pipe(t, e) // one on each loop
		got := make(chan bool, 1)
		a, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, Workers: w, OnData: func(s *duplex.Socket, _ []byte) {
			s.Post(func() {
				io.WriteString(other, "x")
				select {
				case <-answered:
					got <- true
				case <-time.After(duplextest.Patience):
					got <- false
				}
			})
			rig.Turn(t, one.Socket) // so that the function is due when this callback returns
			rig.Turn(t, two.Socket)
		}})
		io.WriteString(a, "x")
		if !rig.Wait(t, got) {
			t.Error("the posted function has kept the place of the callback before it")
		}
		untilWorkers(t, w, 0, 0)
	})
}

// Nor does it take the place that its socket has waited for.
func TestAPostDoesNotHoldThePlaceThatItsSocketGets(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 1}
		order := make(chan string, 2)
		answered := make(chan struct{})
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, Workers: w, OnData: func(*duplex.Socket, []byte) {
			order <- "first in line"
		}})
		other, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, Workers: w, OnData: func(*duplex.Socket, []byte) {
			order <- "second in line"
			close(answered)
		}})
		untilWorkers(t, w, 0, 0)
		release := occupy(t, e, w)
		io.WriteString(a, "x")
		untilWorkers(t, w, 1, 1)
		io.WriteString(other, "x")
		untilWorkers(t, w, 1, 2)
		began := make(chan struct{})
		b.Post(func() {
			close(began)
			<-answered
		})
		rig.Wait(t, began)
		release()
		if got := rig.Wait(t, order); got != "second in line" {
			t.Errorf("the %s came while its posted function ran", got)
		}
		rig.Wait(t, order)
		untilWorkers(t, w, 0, 0)
	})
}
