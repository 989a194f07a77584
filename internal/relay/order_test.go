// Copyright 2026 The duplex authors. MIT license.

package relay

import (
	"io"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
)

// What a change of the toxics sets free comes after what was passed on before, also if that
// happened between the change and its turn on the loop.
func TestWhatAChangeSetsFreeOvertakesNothing(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		address, came, upstream := serve(t, e)
		r, _ := open(t, e, func(r *Relay) { poison(t, r, "latency:1h") }, address)
		s, client := visit(t, e, r)
		server := rig.Wait(t, came)
		io.WriteString(s, "second")
		io.WriteString(server, "second")
		time.Sleep(time.Second) // both are held up
		for p := range r.all() {
			p.Upstream.Post(func() { // as data of the upstream comes on this loop
				r.Faults.Clear()
				r.Refit()
				p.Client.pass([]byte("first "))
				p.Upstream.pass([]byte("first "))
			})
		}
		client.Expect(t, "connect", "data: first second")
		upstream.Expect(t, "connect", "data: first second")
	})
}

// Stop leaves to the client what toxics hold up of an upstream that has ended, and the client
// whatever it still sends.
func TestStopPassesOnWhatIsHeldUp(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		address, came, upstream := serve(t, e)
		r, log := open(t, e, func(r *Relay) { poison(t, r, "latency:1m@down") }, address)
		s, client := visit(t, e, r)
		server := rig.Wait(t, came)
		io.WriteString(server, "late answer")
		server.End()
		time.Sleep(time.Second)
		r.Stop()
		client.Expect(t, "connect", "data: late answer", "end")
		upstream.Expect(t, "connect", "end", "close")
		s.End()
		client.Expect(t, "close")
		log.await(t, "close failed false")
		if r.Len() != 0 || r.Unsent() != 0 {
			t.Errorf("%d connections, %d bytes unsent", r.Len(), r.Unsent())
		}
	})
}
