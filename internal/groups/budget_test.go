// Copyright 2026 The duplex authors. MIT license.

package groups_test

import (
	"sync"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// A Write of a socket exceeds the Budget for a moment, until it has shed what is too much. A message to a
// group that comes then is not refused: there are sockets to be shed.
func TestAWriteBesideAMessageDoesNotRefuseIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Budget = &duplex.Budget{Limit: 64 << 10, MaxStop: -1}
		member, _ := duplextest.Pipe(t, e)
		var g duplex.Group
		g.Add(member.Socket)
		victims := make([][]*duplex.Socket, 4)
		for i := range 200 {
			a, b := duplextest.PipeOf(t, e, &duplex.Handler{}, &duplex.Handler{})
			b.Socket.Pause()
			victims[i%4] = append(victims[i%4], a.Socket)
		}
		p := make([]byte, 60<<10)
		var writers sync.WaitGroup
		for _, list := range victims {
			writers.Go(func() {
				for _, s := range list {
					for range 3 { // the kernel takes some
						s.Write(p)
					}
				}
			})
		}
		done := make(chan struct{})
		go func() { writers.Wait(); close(done) }()
		for i := 0; ; i++ {
			if _, err := g.Write([]byte("x")); err == duplex.ErrOverBudget {
				t.Errorf("message %d: %v", i, err)
				break
			}
			select {
			case <-done:
				return
			default:
			}
		}
		<-done
	})
}
