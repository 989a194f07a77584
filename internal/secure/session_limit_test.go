// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"crypto/tls"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/rig"
)

// narrow runs f in a bubble of virtual time, on a network of its own whose buffers f may
// make smaller.
func narrow(t *testing.T, f func(t *testing.T, e *duplex.Engine, n *memory.Network)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := memory.Named(t.Name())
		defer memory.Forget(t.Name())
		e := &duplex.Engine{Loops: 2, Driver: "memory:" + t.Name()}
		defer e.Close()
		f(t, e, n)
	})
}

// The bytes that wait may be none of the program's: close_notify, or a flight of the
// handshake. The time since data last moved must not count against them.
func TestTLSWriteTimeoutBeginsWhenItsRecordsBeginToWait(t *testing.T) {
	server, client := rig.Configs(tls.VersionTLS13)
	o := duplex.Options{WriteTimeout: 10 * time.Second, AllowHalfOpen: true}
	expect := func(t *testing.T, r *duplextest.Recorder, began time.Time, want ...string) {
		t.Helper()
		r.Expect(t, want...)
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("the socket was cut after %v, want 10s", took)
		}
	}
	narrow(t, func(t *testing.T, e *duplex.Engine, n *memory.Network) {
		_, b := rig.Secure(t, e, server, client, nil, nil, o)
		b.WriteString("word")
		time.Sleep(time.Hour)
		n.SetBuffer(0) // the peer has no room from now on
		began := time.Now()
		b.End()
		expect(t, b.Recorder, began, "error: ETIMEDOUT", "close: hadError")
	})
	narrow(t, func(t *testing.T, e *duplex.Engine, n *memory.Network) {
		r := &duplextest.Recorder{}
		h := r.Handler(nil)
		c, s := held(t, e, client, o)
		time.Sleep(time.Hour) // its hello is there
		n.SetBuffer(0)
		began := time.Now()
		s.StartTLS(duplex.ServerSide, server, h)
		expect(t, r, began, "error: ETIMEDOUT", "close: hadError")
		c.Destroy(nil)
	})
}

// held returns a client with TLS, and the paused socket of its plain server.
func held(t *testing.T, e *duplex.Engine, client *tls.Config, o duplex.Options) (c, s *duplex.Socket) {
	t.Helper()
	accepted := make(chan *duplex.Socket, 1)
	o.PauseOnConnect, o.HandshakeTimeout = true, -1
	address := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) { accepted <- s }}, o)
	c = (&duplex.Client{Engine: e, TLS: client, Options: duplex.Options{HandshakeTimeout: -1}}).Connect(t.Context(), "tcp", address, nil)
	return c, rig.Wait(t, accepted)
}

// A failure of TLS waits a second for the peer to read the alert. A limit that passes
// meanwhile ends the wait, and is not why the socket failed.
func TestTLSFailureKeepsItsReasonWhenALimitPasses(t *testing.T) {
	server, _ := rig.Configs(tls.VersionTLS13)
	const limit = 200 * time.Millisecond
	for name, o := range map[string]duplex.Options{
		"WriteTimeout": {WriteTimeout: limit},
		"IdleTimeout":  {IdleTimeout: limit},
		"ReadTimeout":  {ReadTimeout: limit},
		"MaxAge":       {MaxAge: limit},
	} {
		t.Run(name, func(t *testing.T) {
			narrow(t, func(t *testing.T, e *duplex.Engine, n *memory.Network) {
				r := &duplextest.Recorder{}
				h := r.Handler(nil)
				c, s := held(t, e, nil, o)
				c.Pause()
				c.WriteString("\x16\x03\x01\x00\x04\x00\x00\x00\x00") // no hello
				time.Sleep(limit / 2)
				n.SetBuffer(0) // the alert has to wait
				s.StartTLS(duplex.ServerSide, server, h)
				r.Expect(t, "error: ERR_SSL_UNEXPECTED_MESSAGE", "close: hadError")
				c.Destroy(nil)
			})
		})
	}
}

// Messages that are lent to the queue come to crypto/tls a few at a time, each time as one
// record. On portable a goroutine sends, so a write may come before the kernel was asked.
func TestTLSWriteIsRefusedOnlyIfTheKernelHasNoRoom(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		const limit, crowd, long = 64 << 10, 40 << 10, 50 << 10
		wrote := make(chan error, 1)
		h := &duplex.Handler{OnData: func(s *duplex.Socket, _ []byte) {
			message := make([]byte, 1<<10)
			for range crowd / len(message) {
				duplex.Broadcast(slices.Values([]*duplex.Socket{s}), message)
			}
			_, err := s.Write(make([]byte, long))
			wrote <- err
		}}
		a, b := rig.Secure(t, e, server, client, &duplex.Handler{OnData: func(*duplex.Socket, []byte) {}}, h, duplex.Options{MaxWriteBuffer: limit})
		var sent int64
		for ; sent < 256<<10; sent += limit { // records are long now
			b.Write(make([]byte, limit))
			rig.Until(t, "it has arrived", func() bool { return a.BytesRead() == sent+limit })
		}
		a.WriteString("go")
		sent += crowd
		err := rig.Wait(t, wrote)
		if err == nil {
			sent += long
		} else if e.Driver != "portable" || !errors.Is(err, duplex.ErrWriteBufferFull) {
			t.Errorf("the write was refused: %v", err)
		}
		rig.Until(t, "all has arrived", func() bool { return a.BytesRead() == sent })
		a.Destroy(nil)
	})
}
