// Copyright 2026 The duplex authors. MIT license.

package servers_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// In Node a closed server's port is free at once. Here the loop of the listener may be busy.
func TestTheAddressIsFreeWhenUnlistenReturns(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, end := range []func(*duplex.Server) error{(*duplex.Server).Unlisten, (*duplex.Server).Close} {
			for _, network := range []string{"tcp", "unix"} {
				address := "127.0.0.1:0"
				if network == "unix" {
					address = rig.SocketPath(t, e)
				}
				failed := func(err error) { t.Errorf("%s: OnError was given %v", network, err) }
				closed := make(chan struct{})
				first := &duplex.Server{Engine: e, OnError: failed, OnClose: func() { close(closed) }}
				if err := first.Listen(network, address); err != nil {
					t.Fatal(err)
				}
				address = first.Addr().String()
				release := sync.OnceFunc(rig.HoldUp(t, e))
				defer release()
				if err := end(first); err != nil {
					t.Error(network, err)
				}
				second := &duplex.Server{Engine: e, OnError: failed, Handler: &duplex.Handler{
					OnConnect: func(s *duplex.Socket) { s.WriteString("second") },
				}}
				if err := second.Listen(network, address); err != nil {
					t.Fatal(err)
				}
				release()
				rig.Wait(t, closed)
				var r duplextest.Recorder
				(&duplex.Client{Engine: e}).Connect(t.Context(), network, address, r.Handler(nil))
				r.Expect(t, "connect", "data: second") // and a Unix socket has its file
				second.Close()
			}
		}
	})
}

// While clients come, and with listeners that have hardly begun.
func TestTheAddressIsFreeUnderAFlood(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var over atomic.Bool
		h := &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.Destroy(nil) }}
		// The port is below those that systems hand out by themselves: while nobody listens, a
		// client whose own port is the same would connect to itself.
		var address string
		listen := func() (*duplex.Server, error) {
			srv := &duplex.Server{Engine: e, Handler: h, OnError: func(err error) { t.Errorf("OnError was given %v", err) }}
			return srv, srv.Listen("tcp", address)
		}
		var srv *duplex.Server
		rig.Until(t, "a port is free", func() (free bool) {
			address = fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000))
			var err error
			srv, err = listen()
			return err == nil
		})
		done := make(chan struct{})
		go func() { // until over
			defer close(done)
			client := &duplex.Client{Engine: e}
			for !over.Load() {
				closed := make(chan struct{})
				client.Connect(t.Context(), "tcp", address, &duplex.Handler{
					// The system may drop a connection that the listener had not accepted without a
					// word to its client, which learns of it when it sends.
					OnConnect: func(s *duplex.Socket) { s.WriteString("x") },
					OnError:   func(*duplex.Socket, error) {}, // refused, or reset
					OnClose:   func(*duplex.Socket) { close(closed) },
				})
				<-closed
			}
		}()
		for range 100 {
			srv.Unlisten()
			var err error
			if srv, err = listen(); err != nil {
				over.Store(true)
				t.Fatal(err)
			}
		}
		over.Store(true)
		<-done
		srv.Close()
	})
}

// What another process has goes on listening.
func TestUnlistenLeavesACopyOfTheListenerAlone(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		address := rig.Serve(t, srv)
		file, err := srv.File()
		if errors.Is(err, errors.ErrUnsupported) {
			t.Skip("this system has no copies of listeners")
		}
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		release := sync.OnceFunc(rig.HoldUp(t, e))
		defer release()
		srv.Unlisten()
		copied := fromFile(t, file)
		defer copied.Close()
		go func() {
			if c, err := copied.Accept(); err == nil {
				c.Write([]byte("here"))
				c.Close()
			}
		}()
		release()
		rig.CloseServer(t, srv)
		c, err := net.DialTimeout("tcp", address, duplextest.Patience)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(duplextest.Patience))
		if got, err := io.ReadAll(c); string(got) != "here" || err != nil {
			t.Errorf("the copy's client got %q, %v", got, err)
		}
	})
}

func fromFile(t *testing.T, file *os.File) net.Listener {
	t.Helper()
	ln, err := net.FileListener(file)
	if err != nil {
		t.Fatal(err)
	}
	return ln
}
