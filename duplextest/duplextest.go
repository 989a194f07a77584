// Copyright 2026 The duplex authors. MIT license.

// Package duplextest helps to test programs that use duplex: engines on every
// driver, pairs of sockets, and recorders that tell what happened to them.
//
//	func TestEcho(t *testing.T) {
//		duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
//			a, b := duplextest.Pipe(t, e)
//			io.WriteString(a, "last words")
//			a.End()
//			b.Expect(t, "data: last words", "end", "close")
//		})
//	}
//
// Nothing here sleeps. What is waited for has [Patience] to come.
package duplextest

import (
	"errors"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
)

// Patience is how long a test waits for an event before it fails.
const Patience = 20 * time.Second

// Drivers returns the drivers that this platform has.
func Drivers() []string {
	if runtime.GOOS == "linux" {
		return []string{"epoll", "portable", "memory"}
	}
	return []string{"portable", "memory"}
}

// Run runs f as a subtest on every driver.
func Run(t *testing.T, f func(t *testing.T, e *duplex.Engine)) {
	t.Helper()
	for _, driver := range Drivers() {
		t.Run(driver, func(t *testing.T) { f(t, Engine(t, driver)) })
	}
}

// Engine returns an engine of two loops on the driver. It is closed when the test
// ends, unless it is already, and the test fails if that takes longer than Patience.
func Engine(t testing.TB, driver string) *duplex.Engine {
	e := &duplex.Engine{Loops: 2, Driver: driver}
	t.Cleanup(func() { closeInTime(t, e) })
	return e
}

func closeInTime(t testing.TB, e *duplex.Engine) {
	done := make(chan error, 1)
	go func() { done <- e.Close() }()
	select {
	case err := <-done:
		if err != nil && !errors.Is(err, net.ErrClosed) {
			t.Errorf("closing the engine: %v", err)
		}
	case <-time.After(Patience):
		t.Errorf("the engine did not close; it has %+v", e.Stats())
	}
}

// An End is one end of a Pipe: a socket, and what happened to it.
type End struct {
	*duplex.Socket
	*Recorder
}

// Pipe returns the two ends of a connection: a's was made by a Client, b's
// accepted by a Server. Both have told "connect". The options apply to both.
func Pipe(t testing.TB, e *duplex.Engine, options ...duplex.Options) (a, b *End) {
	t.Helper()
	return PipeOf(t, e, nil, nil, options...)
}

// PipeOf is [Pipe] with handlers, which are called behind the recorders.
func PipeOf(t testing.TB, e *duplex.Engine, ah, bh *duplex.Handler, options ...duplex.Options) (a, b *End) {
	t.Helper()
	a, b = &End{Recorder: new(Recorder)}, &End{Recorder: new(Recorder)}
	accepted := make(chan *duplex.Socket, 1)
	h := b.Handler(bh)
	connect := h.OnConnect
	h.OnConnect = func(s *duplex.Socket) {
		accepted <- s
		connect(s)
	}
	srv := &duplex.Server{Engine: e, Handler: h}
	client := &duplex.Client{Engine: e}
	for _, o := range options {
		srv.Options, client.Options = o, o
	}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	a.Socket = client.Connect(t.Context(), "tcp", srv.Addr().String(), a.Handler(ah))
	a.Expect(t, "connect")
	select {
	case b.Socket = <-accepted:
	case <-time.After(Patience):
		t.Fatal("the server did not accept")
	}
	b.Expect(t, "connect")
	srv.Unlisten()
	return a, b
}
