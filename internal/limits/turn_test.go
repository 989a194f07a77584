// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"crypto/tls"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// A client that has sent its first record is not late, however long OnSecure stands in the line
// of Workers. Its bytes are opened after that.
func TestTLSLimitsOfInputDoNotCountWhileOnSecureWaitsInLine(t *testing.T) {
	const s = time.Second
	server, client := rig.Configs(tls.VersionTLS13)
	for name, limit := range map[string]func(*duplex.Server, *duplex.Handler){
		"FirstByteTimeout": func(srv *duplex.Server, _ *duplex.Handler) { srv.FirstByteTimeout = 2 * s },
		"FrameTimeout":     func(_ *duplex.Server, h *duplex.Handler) { h.FrameTimeout = 2 * s },
	} {
		t.Run(name, func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
				workers := &duplex.Workers{Limit: 1}
				taken := make(chan bool, 1)
				busy, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{
					Blocking: true, Workers: workers,
					OnData: func(*duplex.Socket, []byte) { taken <- true; time.Sleep(5 * s) },
				})
				busy.WriteString("a slow query")
				<-taken
				h := &duplex.Handler{
					Blocking: true, Workers: workers, Framing: codec.Lines,
					OnSecure: func(*duplex.Socket) {},
					OnData:   func(s *duplex.Socket, p []byte) { s.Write(p) },
				}
				srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
					OnData: func(s *duplex.Socket, p []byte) { s.StartTLS(duplex.ServerSide, server, h, p) },
				}}
				limit(srv, h)
				got := make(chan string, 1)
				c := duplex.Client{Engine: e, TLS: client}
				c.Connect(t.Context(), "tcp", rig.Serve(t, srv), &duplex.Handler{
					OnConnect: func(c *duplex.Socket) { c.AfterFunc(s, func() { c.WriteString("hello\n") }) },
					OnData:    func(s *duplex.Socket, p []byte) { got <- string(p); s.Destroy(nil) },
					OnClose:   func(s *duplex.Socket) { close(got) },
				})
				if answer := <-got; answer != "hello" {
					t.Errorf("the answer is %q", answer)
				}
			})
		})
	}
}
