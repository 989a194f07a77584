// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// A proxy that ends its upstream socket, and not that of its client, passes on what is under
// way. Shutdown would cut it.
func TestAProxyThatEndsItsUpstreamGivesTheWholeAnswer(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		answers, closed := make(chan *duplex.Socket, 1), make(chan bool, 1)
		addr := rig.Listen(t, e, &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { s.WriteString("half of it, ") },
			OnEnd:     func(s *duplex.Socket) { answers <- s },
		}, duplex.Options{AllowHalfOpen: true})
		ups := make(chan *duplex.Socket, 1)
		srv := &duplex.Server{Engine: e, OnClose: func() { closed <- true }, Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			u := (&duplex.Client{Engine: e, Near: s}).Connect(t.Context(), "tcp", addr, nil)
			s.Pipe(u)
			u.Pipe(s)
			ups <- u
		}}}
		var c duplextest.Recorder
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", rig.Serve(t, srv), c.Handler(nil))
		c.Expect(t, "connect", "data: half of it, ")
		srv.Unlisten()
		rig.Wait(t, ups).End()
		s := rig.Wait(t, answers)
		s.WriteString("and the rest")
		s.End()
		c.Expect(t, "data: and the rest", "end", "close")
		rig.Wait(t, closed)
	})
}
