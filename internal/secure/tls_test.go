// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"bytes"
	"crypto/tls"
	"io"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestTLSCarriesWordsAndEndsBothWays(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		a, b := rig.Secure(t, e, server, client, nil, nil, duplex.Options{AllowHalfOpen: true})
		a.WriteString("ping")
		b.Expect(t, "data: ping")
		b.WriteString("pong")
		a.Expect(t, "data: pong")
		a.End()
		b.Expect(t, "end")
		b.WriteString("after the end")
		b.End()
		b.Expect(t, "close")
		a.Expect(t, "data: after the end", "end", "close")
		if state := a.ConnectionState(); !state.HandshakeComplete || state.Version != server.MaxVersion {
			t.Errorf("the client agreed on %+v", state)
		}
		if a.BytesWritten() != 4 || a.BytesRead() != 17 || b.BytesRead() != 4 || b.BytesWritten() != 17 {
			t.Errorf("plain bytes: %d, %d; %d, %d", a.BytesWritten(), a.BytesRead(), b.BytesWritten(), b.BytesRead())
		}
	})
}

func TestTLSCarriesMegabytesBothWays(t *testing.T) {
	const size = 3<<20 + 17
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		for _, blocking := range []bool{false, true} {
			want := rig.Pattern(size)
			r := rig.NewCollector(size)
			address := rig.ListenTLS(t, e, server, &duplex.Handler{Blocking: blocking, OnData: rig.Echo.OnData})
			s := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", address, &duplex.Handler{Blocking: blocking, OnData: r.Take})
			for rest := want; len(rest) > 0; {
				n := min(len(rest), 1+len(rest)/3)
				s.Write(rest[:n])
				rest = rest[n:]
			}
			rig.Wait(t, r.Done)
			if !bytes.Equal(r.Got, want) {
				t.Errorf("blocking %v: other bytes came back", blocking)
			}
			s.Destroy(nil)
		}
	})
}

func TestTLSServerServesCryptoTLS(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		address := rig.ListenTLS(t, e, server, &duplex.Handler{OnData: rig.Echo.OnData})
		c, err := tls.Dial("tcp", address, client)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		rig.ExpectEcho(t, c)
		want := rig.Pattern(1 << 20)
		go c.Write(want)
		got := make([]byte, len(want))
		if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, want) {
			t.Errorf("a megabyte came back with %v, equal: %v", err, bytes.Equal(got, want))
		}
		c.CloseWrite()
		if n, err := c.Read(got); n != 0 || err != io.EOF {
			t.Errorf("after our end: %d, %v; want EOF", n, err)
		}
	})
}

func TestTLSClientReachesCryptoTLS(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		ln, err := tls.Listen("tcp", "127.0.0.1:0", server)
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		go func() {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			defer c.Close()
			io.Copy(c, c)
		}()
		want := rig.Pattern(1 << 20)
		r := rig.NewCollector(len(want))
		closed := make(chan error, 1)
		s := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", ln.Addr().String(), &duplex.Handler{
			OnData:  r.Take,
			OnClose: func(s *duplex.Socket) { closed <- s.Err() },
		})
		s.Write(want)
		rig.Wait(t, r.Done)
		s.End()
		if err := rig.Wait(t, closed); err != nil || !bytes.Equal(r.Got, want) {
			t.Errorf("closed with %v, equal: %v", err, bytes.Equal(r.Got, want))
		}
	})
}
