// Copyright 2026 The duplex authors. MIT license.

package servers_test

import (
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestAPausedServerLeavesItsClientsInTheBacklog(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e) // one on each loop
		accepted := make(chan struct{}, 2)
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
			OnConnect: func(*duplex.Socket) { accepted <- struct{}{} },
		}}
		srv.Pause() // it does not listen
		srv.Resume()
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		srv.Pause() // perhaps before its loop accepts
		srv.Pause()
		rig.Turn(t, a.Socket)
		rig.Turn(t, b.Socket)
		addr := srv.Addr().String()
		if got := rig.Reach(t, e, "tcp", addr); got != "connect" {
			t.Fatal(got)
		}
		rig.Turn(t, a.Socket)
		rig.Turn(t, b.Socket)
		if n := srv.Len(); n != 0 {
			t.Errorf("the server has accepted %d clients", n)
		}
		srv.Resume()
		rig.Wait(t, accepted)

		srv.Pause()
		rig.CloseServer(t, srv)
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil { // the pause is over
			t.Fatal(err)
		}
		rig.Reach(t, e, "tcp", srv.Addr().String())
		rig.Wait(t, accepted)
	})
}

func TestMayWaitIsFalseWhereWaitingWouldDeadlock(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		own, others := make(chan bool, 1), make(chan bool, 1)
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			own <- s.MayWait()
			others <- s.Value.(*duplex.Socket).MayWait()
		}})
		b.Post(func() { b.Value = a.Socket })
		rig.Turn(t, b.Socket)
		a.Write([]byte("x"))
		if rig.Wait(t, own) {
			t.Error("a Blocking callback may wait for its own socket")
		}
		if !rig.Wait(t, others) {
			t.Error("a Blocking callback may not wait for another socket")
		}
		a.Post(func() { own <- b.MayWait() })
		if rig.Wait(t, own) {
			t.Error("a callback may wait on a loop")
		}
		if !a.MayWait() || !b.MayWait() {
			t.Error("a goroutine that is no loop may not wait")
		}
		closed := duplex.Engine{}
		closed.Close()
		s := (&duplex.Client{Engine: &closed}).Connect(t.Context(), "tcp", "127.0.0.1:1", nil)
		if !s.MayWait() {
			t.Error("nobody may wait for a socket of an engine that is closed")
		}
	})
}
