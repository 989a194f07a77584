// Copyright 2026 The duplex authors. MIT license.

package relay

import (
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
)

// What has come from the client before Stop reaches the upstream, also if that was slow, and its
// end comes after it.
func TestStopPassesOnWhatHasCome(t *testing.T) {
	ways(t, func(t *testing.T, e *duplex.Engine, way func(*Relay)) {
		address, came, _ := serve(t, e)
		r, _ := open(t, e, way, address)
		client, _ := visit(t, e, r)
		server := rig.Wait(t, came)
		var got int64
		ended := make(chan int64, 1)
		server.SetHandler(&duplex.Handler{
			OnData: func(_ *duplex.Socket, p []byte) { got += int64(len(p)) },
			OnEnd:  func(s *duplex.Socket) { ended <- got; s.End() },
		})
		server.Pause()
		rig.Turn(t, server)
		client.Write(make([]byte, 8<<20))
		var pair *Pair
		for p := range r.all() {
			pair = p
		}
		rig.Until(t, "the client waits", func() bool {
			over := make(chan bool, 1)
			pair.Client.Post(func() { over <- pair.Upstream != nil && pair.Upstream.NeedDrain() })
			return rig.Wait(t, over)
		})
		r.Stop()
		rig.Until(t, "it stops", func() bool {
			over := make(chan bool, 1)
			pair.Client.Post(func() { over <- pair.stopping })
			return rig.Wait(t, over)
		})
		server.Resume()
		n := rig.Wait(t, ended)
		read := pair.Client.heard // written before stopping was seen
		if n != read {
			t.Errorf("the upstream has got %d bytes, and %d had come from the client", n, read)
		}
	})
}
