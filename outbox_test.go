// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"errors"
	"io"
	"sync/atomic"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestASecondCorkLetsNothingGo(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		a.Cork()
		io.WriteString(a, "one ")
		a.Cork()
		io.WriteString(a, "two")
		rig.Turn(t, a.Socket)
		if n := a.Buffered(); n != 7 {
			t.Errorf("%d bytes wait, want 7", n)
		}
		a.Uncork()
		a.Uncork()
		b.Expect(t, "data: one two")
	})
}

// TestAWriteThatJoinsOthersComesAfterPost holds up all loops, so that the first write waits
// for the end of a turn.
func TestAWriteThatJoinsOthersComesAfterPost(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		release := rig.HoldUp(t, e)
		io.WriteString(a, "one ")
		a.Post(func() { io.WriteString(a, "two ") })
		io.WriteString(a, "three")
		release()
		b.Expect(t, "data: one two three")
	})
}

func TestTheWriteBufferHoldsItsCapAndNotAByteMore(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: 1000})
		a.Cork() // so that all of it waits
		p := rig.Pattern(1000)
		if n, err := a.Write(p); n != 1000 || err != nil {
			t.Errorf("Write of 1000 bytes returned %d, %v", n, err)
		}
		if n, err := a.Write(p[:1]); n != 0 || !errors.Is(err, duplex.ErrWriteBufferFull) {
			t.Errorf("Write of one byte more returned %d, %v; want 0, ErrWriteBufferFull", n, err)
		}
		a.Uncork()
		b.Expect(t, "data: "+string(p))
	})
}

func TestACompletionWaitsUntilTheKernelHasTheBytes(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{PauseOnConnect: true})
		var told atomic.Int32
		writes := int32(0)
		for ; a.Buffered() == 0; rig.Turn(t, a.Socket) {
			if writes == 100 {
				t.Fatal("the kernel takes 100 MiB")
			}
			writes++
			a.WriteFunc(make([]byte, 1<<20), func(error) { told.Add(1) })
		}
		if n := told.Load(); n >= writes {
			t.Errorf("%d of %d completions have come, and %d bytes wait", n, writes, a.Buffered())
		}
		b.Resume()
		rig.Until(t, "all completions have come", func() bool { return told.Load() == writes })
	})
}
