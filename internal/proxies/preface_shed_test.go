// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
)

// A client of a proxy is shed after its header was read, and before the loop of the
// listener has decided about it.
func TestAClientThatIsShedBeforeItIsAdmittedIsDropped(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		const limit = 8 << 10
		e = &duplex.Engine{Driver: e.Stats().Driver, Loops: 2, Budget: &duplex.Budget{Limit: limit, MaxStop: -1}}
		defer e.Close()
		trusted := new(duplex.BlockList)
		trusted.AddPrefix(netip.MustParsePrefix("127.0.0.0/8"))
		sockets, drops := make(chan *duplex.Socket, 2), make(chan error, 1)
		srv := &duplex.Server{
			Engine:         e,
			TrustedProxies: trusted,
			Handler:        &duplex.Handler{OnConnect: func(s *duplex.Socket) { sockets <- s }},
			OnDrop:         func(d duplex.Drop) { drops <- d.Reason },
		}
		addr := rig.Serve(t, srv)
		dial := func() net.Conn {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { c.Close() })
			return c
		}
		header := "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"
		io.WriteString(dial(), header)
		first := rig.Wait(t, sockets) // on the loop of the listener
		second := dial()
		io.WriteString(second, header[:10])
		rig.Until(t, "the header is awaited", func() bool { return e.Budget.Stats().QueuedIn > 0 })
		over := make(chan struct{})
		release := sync.OnceFunc(func() { close(over) })
		defer release()
		first.Post(func() { <-over })
		io.WriteString(second, header[10:]+string(rig.Pattern(limit+8<<10)))
		rig.Until(t, "it is shed", func() bool { return e.Budget.Stats().Stops > 0 && e.Budget.Stats().QueuedIn == 0 })
		release()
		if got := rig.Wait(t, drops); got != duplex.ErrOverBudget {
			t.Errorf("dropped because of %v", got)
		}
		first.Destroy(nil)
		rig.Until(t, "no socket is left", func() bool { return srv.Len() == 0 })
		if n := e.Stats().Sockets; n != 0 {
			t.Errorf("the engine has %d sockets", n)
		}
	})
}
