// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// A relay stands between clients and a server, and has no keys. What it passes on, and
// when, is up to a function for each direction.
type relay struct {
	addr     string
	up, down func(dst *duplex.Socket, p []byte) // p is from the client, or from the server

	upEnd, downEnd func(dst *duplex.Socket) // the end of a direction; nil passes it on
}

// pass passes on what comes.
func pass(dst *duplex.Socket, p []byte) { dst.Write(p) }

// newRelay returns a relay to the address. A nil function is pass.
func newRelay(t *testing.T, e *duplex.Engine, address string, up, down func(*duplex.Socket, []byte)) *relay {
	t.Helper()
	r := &relay{up: up, down: down}
	if r.up == nil {
		r.up = pass
	}
	if r.down == nil {
		r.down = pass
	}
	o := duplex.Options{AllowHalfOpen: true, MaxWriteBuffer: -1}
	r.addr = rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
		dst := (&duplex.Client{Engine: e, Near: s, Options: o}).Connect(t.Context(), "tcp", address, r.side(s, &r.down, &r.downEnd))
		s.SetHandler(r.side(dst, &r.up, &r.upEnd))
	}}, o)
	return r
}

// side returns the Handler of a socket whose other end is dst. Both are on one loop.
func (r *relay) side(dst *duplex.Socket, way *func(*duplex.Socket, []byte), end *func(*duplex.Socket)) *duplex.Handler {
	ended := false
	return &duplex.Handler{
		OnData: func(_ *duplex.Socket, p []byte) { (*way)(dst, p) },
		OnEnd: func(*duplex.Socket) {
			ended = true
			if *end == nil {
				dst.End()
				return
			}
			(*end)(dst)
		},
		OnClose: func(s *duplex.Socket) {
			if !ended || s.Err() != nil {
				dst.Reset()
			}
		},
	}
}

// dribble passes on one byte a second.
func dribble(dst *duplex.Socket, p []byte) {
	for i, b := range p {
		dst.AfterFunc(time.Duration(i)*time.Second, func() { dst.Write([]byte{b}) })
	}
}

// A client that sends its first record byte by byte says nothing that OnData could have,
// and takes as long for a line as it likes.
func TestTLSRecordThatTricklesInIsCutInTime(t *testing.T) {
	const s = time.Second
	server, client := rig.Configs(tls.VersionTLS13)
	for name, c := range map[string]struct {
		o     duplex.Options
		h     duplex.Handler
		words []string
		at    time.Duration
		err   error
	}{
		"the first byte":        {duplex.Options{FirstByteTimeout: 5 * s}, duplex.Handler{}, []string{"first"}, 5 * s, duplex.ErrFirstByteTimeout},
		"beside a ReadTimeout":  {duplex.Options{FirstByteTimeout: 5 * s, ReadTimeout: 3 * s}, duplex.Handler{}, []string{"first"}, 5 * s, duplex.ErrFirstByteTimeout},
		"a line":                {duplex.Options{}, duplex.Handler{Split: bufio.ScanLines, FrameTimeout: 5 * s}, []string{"line\n"}, 15 * s, duplex.ErrFrameTimeout},
		"a line of two records": {duplex.Options{}, duplex.Handler{Split: bufio.ScanLines, FrameTimeout: 30 * s}, []string{"li", "ne\n"}, 40 * s, duplex.ErrFrameTimeout},
		"a line in time":        {duplex.Options{}, duplex.Handler{Split: bufio.ScanLines, FrameTimeout: 30 * s}, []string{"line\n", "and\n", "more\n"}, 0, nil},
		"after a pause":         {duplex.Options{}, duplex.Handler{Split: bufio.ScanLines, FrameTimeout: 28 * s}, []string{"one\n", "", "two\n", "", "three\n"}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
				r := &duplextest.Recorder{Pieces: true}
				h := c.h
				if h.OnData == nil {
					h.OnData = func(*duplex.Socket, []byte) {}
				}
				connected, closed := make(chan *duplex.Socket, 1), make(chan time.Time, 1)
				h.OnConnect = func(s *duplex.Socket) { connected <- s }
				h.OnClose = func(*duplex.Socket) { closed <- time.Now() }
				srv := &duplex.Server{Engine: e, TLS: server, Handler: r.Handler(&h), Options: c.o}
				if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
					t.Fatal(err)
				}
				relay := newRelay(t, e, srv.Addr().String(), nil, nil)
				a := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", relay.addr, nil)
				socket := rig.Wait(t, connected)
				began := time.Now()
				relay.up = dribble
				if c.o == (duplex.Options{}) {
					time.Sleep(10 * s)
				}
				for _, word := range c.words {
					a.WriteString(word)
					time.Sleep(28 * s) // a record of 5 bytes has 27
				}
				time.Sleep(time.Hour)
				at := time.Duration(0)
				if len(closed) > 0 {
					at = (<-closed).Sub(began).Round(time.Millisecond) // a byte of that moment comes first
				}
				if at != c.at || !errors.Is(socket.Err(), c.err) {
					t.Errorf("it ended after %v with %v, want %v and %v", at, socket.Err(), c.at, c.err)
				}
				a.Destroy(nil)
				time.Sleep(time.Minute)
			})
		})
	}
}
