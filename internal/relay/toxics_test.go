// Copyright 2026 The duplex authors. MIT license.

package relay

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
)

// Toxics on real sockets. The client sends 4 KiB to an echo server, and ends.
func TestToxicsOnSockets(t *testing.T) {
	text := string(rig.Pattern(4096))
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for toxics, c := range map[string]struct {
			least time.Duration // until the last event
			want  []string
		}{
			"latency:20ms±5ms":                {30 * time.Millisecond, []string{"connect", "data: " + text, "end", "close"}},
			"bandwidth:80KB/s@up":             {50 * time.Millisecond, []string{"connect", "data: " + text, "end", "close"}},
			"slice:100..500,1ms@down":         {7 * time.Millisecond, []string{"connect", "data: " + text, "end", "close"}},
			"slice:1..100":                    {0, []string{"connect", "data: " + text, "end", "close"}},
			"stall:p=1,20ms@up":               {20 * time.Millisecond, []string{"connect", "data: " + text, "end", "close"}},
			"slow_close:30ms@down":            {30 * time.Millisecond, []string{"connect", "data: " + text, "end", "close"}},
			"limit_data:100B@down":            {0, []string{"connect", "data: " + text[:100], "end", "close"}},
			"limit_time:20ms latency:1h@down": {20 * time.Millisecond, []string{"connect", "end", "close"}},
			"blackhole@up limit_time:20ms":    {20 * time.Millisecond, []string{"connect", "end", "close"}},
			"blackhole:20ms@down":             {20 * time.Millisecond, []string{"connect", "end", "close"}},
			"blackhole@0%":                    {0, []string{"connect", "data: " + text, "end", "close"}},
			"reset:after=20ms latency:1h":     {20 * time.Millisecond, []string{"connect", "error: ECONNRESET", "close: hadError"}},
		} {
			t.Run(toxics, func(t *testing.T) {
				if strings.HasPrefix(toxics, "reset") {
					rig.NeedResets(t, e)
				}
				r, log := open(t, e, func(r *Relay) { poison(t, r, strings.Fields(toxics)...) }, echo(t, e))
				began := time.Now()
				s, client := visit(t, e, r)
				io.WriteString(s, text)
				s.End()
				client.Expect(t, c.want...)
				if took := time.Since(began); took < c.least {
					t.Errorf("it took %v, want %v or more", took, c.least)
				}
				log.await(t, "close failed false")
			})
		}
	})
}

func TestCorruptionKeepsTheLength(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		sent := rig.Pattern(100_000)
		got := rig.NewCollector(len(sent))
		r, _ := open(t, e, func(r *Relay) { poison(t, r, "corrupt:p=0.01@up") }, echo(t, e))
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", r.Addr().String(), &duplex.Handler{OnData: got.Take})
		s.Write(sent)
		rig.Wait(t, got.Done)
		changed := 0
		for i, b := range got.Got {
			if b != sent[i] {
				changed++
			}
		}
		if changed < 800 || changed > 1200 {
			t.Errorf("%d of %d bytes have changed, want some 1000", changed, len(sent))
		}
	})
}

// A toxic that comes while a connection is piped reaches it, and one that goes leaves it.
func TestToxicsReachConnectionsThatExist(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		r, log := open(t, e, nil, echo(t, e))
		s, client := visit(t, e, r)
		for i := range 3 {
			io.WriteString(s, "x")
			if i == 0 {
				client.Expect(t, "connect")
			}
			client.Expect(t, "data: x")
			if i == 0 {
				poison(t, r, "latency:1h@down")
				r.Refit()
				io.WriteString(s, "held")
				rig.Until(t, "it is held", func() bool {
					over := make(chan bool, 1)
					for p := range r.all() {
						p.Client.Post(func() { over <- underWay(p) == 4 })
					}
					return rig.Wait(t, over)
				})
				r.Faults.Clear()
				r.Refit()
				client.Expect(t, "data: held")
			}
		}
		s.End()
		client.Expect(t, "end", "close")
		log.await(t, "close failed false")
	})
}
