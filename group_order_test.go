// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"io"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// A verb that was called after Post takes effect after what a Blocking callback has written
// to a group meanwhile, however late the loop comes to queue that.
func TestABlockingCallbackWritesToItsGroupBeforeAVerbThatWaits(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var busy [6]*duplex.Group // each keeps the loop from the group that comes after it for a turn
		for i := range busy {
			x, y := duplextest.PipeOf(t, e, new(duplex.Handler), new(duplex.Handler)) // one on each loop
			busy[i] = new(duplex.Group)
			busy[i].Add(x.Socket)
			busy[i].Add(y.Socket)
		}
		g := new(duplex.Group)
		var release func()
		h := &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, p []byte) {
			switch p[0] {
			case '1':
				s.Pause()
				s.Post(s.Resume)
				release = rig.HoldUp(t, e) // the function is due
				corked := make(chan struct{})
				go func() {
					defer close(corked)
					s.Cork()
				}()
				<-corked
			case '2':
				for _, group := range busy {
					for range 5000 {
						group.Write([]byte("."))
					}
				}
				g.Write([]byte("before Cork"))
				release()
			}
		}, Split: func(p []byte, _ bool) (int, []byte, error) {
			if len(p) == 0 {
				return 0, nil, nil
			}
			return 1, p[:1], nil
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		g.Add(b.Socket)
		io.WriteString(a, "12")
		a.Expect(t, "data: before Cork")
	})
}
