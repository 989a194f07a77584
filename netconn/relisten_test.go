// Copyright 2026 The duplex authors. MIT license.

package netconn_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/netconn"
)

// Close of a Listener comes while its server closes, and listens again in OnClose. When both meet
// is left to chance: about one round in some thousands finds a Close that stops the next Listener.
func TestCloseOfAListenerStopsNoLaterOne(t *testing.T) {
	for range 300 {
		e := &duplex.Engine{Driver: "memory"}
		again := make(chan error, 1)
		closed := false
		srv := &duplex.Server{Engine: e}
		srv.OnClose = func() {
			if !closed {
				closed = true
				_, err := netconn.Listen(srv, "tcp", "127.0.0.1:0")
				again <- err
			}
		}
		ln, err := netconn.Listen(srv, "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		const waiting = 50
		connected := make(chan struct{}, waiting)
		for range waiting {
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", ln.Addr().String(), &duplex.Handler{
				OnConnect: func(*duplex.Socket) { connected <- struct{}{} },
			})
		}
		for range waiting {
			<-connected
		}
		srv.Close()
		for began, pause := time.Now(), rand.N(200*time.Microsecond); time.Since(began) < pause; {
		}
		ln.Close()
		if err := <-again; err != nil {
			t.Fatal(err)
		}
		if srv.Addr() == nil {
			t.Error("the next Listener does not listen")
		}
		e.Close()
	}
}
