// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestTLSDoesNotStartFromTextThatWasDecoded(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, _ := rig.Configs(tls.VersionTLS13)
		r := &duplextest.Recorder{}
		h := mail(server, r.Handler(nil))
		h.Encoding = codec.UTF8
		address := rig.Listen(t, e, h, duplex.Options{})
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, nil)
		s.WriteString("STARTTLS\nmore")
		r.ExpectMatch(t, "error: .*", "close: hadError")
		s.Destroy(nil)
	})
}

func TestTLSStartThatTakesTooLongIsAnError(t *testing.T) {
	server, _ := rig.Configs(tls.VersionTLS13)
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		began := time.Now()
		r := &duplextest.Recorder{}
		h := r.Handler(nil)
		srv := &duplex.Server{Engine: e, Options: duplex.Options{HandshakeTimeout: time.Second}, Handler: mail(server, h)}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), nil)
		s.WriteString("STARTTLS\n")
		r.Expect(t, "error: ERR_TLS_HANDSHAKE_TIMEOUT", "close: hadError")
		if took := time.Since(began); took != time.Hour+time.Second {
			t.Errorf("it took %v", took)
		}
		s.Destroy(nil)
	})
}

func TestTLSStartAfterThePeersEndFailsAtOnce(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, client := rig.Configs(tls.VersionTLS13)
		for side, config := range map[duplex.Side]*tls.Config{duplex.ServerSide: server, duplex.ClientSide: client} {
			r := &duplextest.Recorder{}
			h := r.Handler(nil)
			address := rig.Listen(t, e, &duplex.Handler{OnEnd: func(s *duplex.Socket) { s.StartTLS(side, config, h) }},
				duplex.Options{AllowHalfOpen: true, HandshakeTimeout: -1})
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, nil)
			s.End()
			r.Expect(t, "error: ECONNRESET", "close: hadError")
			s.Destroy(nil)
		}
	})
}

// Both calls come behind a posted function. The second one must not succeed and do nothing.
func TestTLSStartsOnceAlsoBehindAPostedFunction(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		r := &duplextest.Recorder{}
		address := rig.ListenTLS(t, e, server, r.Handler(nil))
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, nil)
		secured := make(chan struct{})
		s.Post(func() {})
		if err := s.StartTLS(duplex.ClientSide, client, &duplex.Handler{OnSecure: func(*duplex.Socket) { close(secured) }}); err != nil {
			t.Fatal(err)
		}
		if err := s.StartTLS(duplex.ClientSide, client, nil); !errors.Is(err, duplex.ErrAlreadySecure) {
			t.Errorf("the second StartTLS returned %v", err)
		}
		s.WriteString("word")
		rig.Wait(t, secured)
		r.Expect(t, "connect", "data: word")
		s.Destroy(nil)
	})
}

// StartTLS has returned nil when the function before it takes its place.
func TestTLSStartThatAPostedFunctionForestallsIsAnError(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, client := rig.Configs(tls.VersionTLS13)
		address := rig.ListenTLS(t, e, server, nil)
		r := &duplextest.Recorder{}
		h := r.Handler(nil)
		first := make(chan error, 1)
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, nil)
		s.Post(func() { first <- s.StartTLS(duplex.ClientSide, client, h) })
		if err := s.StartTLS(duplex.ClientSide, client, nil); err != nil {
			t.Fatal(err)
		}
		if err := rig.Wait(t, first); err != nil {
			t.Errorf("StartTLS of the posted function returned %v", err)
		}
		r.Expect(t, "error: ERR_ALREADY_SECURE", "close: hadError")
		if !errors.Is(s.Err(), duplex.ErrAlreadySecure) {
			t.Errorf("Err is %v", s.Err())
		}
	})
}

// One pipe has taken bytes that the other has no room for. They can be neither plain text
// nor TLS for both.
func TestTLSDoesNotStartWhilePipesHaveTakenDifferentParts(t *testing.T) {
	rig.NeedPlain(t, "it has TLS already")
	narrow(t, func(t *testing.T, e *duplex.Engine, n *memory.Network) {
		_, client := rig.Configs(tls.VersionTLS13)
		_, roomy := duplextest.Pipe(t, e)
		_, full := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 1 << 10})
		a, b := duplextest.Pipe(t, e)
		b.Pause()
		a.Write(make([]byte, 50<<10))
		synctest.Wait()
		n.SetBuffer(0) // what a socket is given now stays in its queue
		b.Pipe(roomy.Socket)
		b.Pipe(full.Socket)
		b.Resume()
		synctest.Wait()
		if !full.NeedDrain() || roomy.Buffered() <= full.Buffered() {
			t.Fatalf("one has taken %d bytes, the other %d", full.Buffered(), roomy.Buffered())
		}
		if err := b.StartTLS(duplex.ClientSide, client, b.Recorder.Handler(nil)); err != nil {
			t.Fatal(err)
		}
		b.ExpectMatch(t, "error: .*pipes.*", "close: hadError")
		for _, s := range []*duplex.Socket{a.Socket, roomy.Socket, full.Socket} {
			s.Destroy(nil)
		}
	})
}

// The Handler that has decoded the bytes may be gone when StartTLS is called.
func TestTLSDoesNotStartFromTextThatAnEarlierHandlerDecoded(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, _ := rig.Configs(tls.VersionTLS13)
		r := &duplextest.Recorder{}
		h := r.Handler(nil)
		address := rig.Listen(t, e, &duplex.Handler{Encoding: codec.Latin1, Split: bufio.ScanLines, OnData: func(s *duplex.Socket, _ []byte) {
			s.SetHandler(nil)
			s.StartTLS(duplex.ServerSide, server, h)
		}}, duplex.Options{})
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, nil)
		s.WriteString("STARTTLS\n\x16\x03\x01")
		r.ExpectMatch(t, "error: .*Encoding.*", "close: hadError")
		s.Destroy(nil)
	})
}
