// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bytes"
	"errors"
	"net"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

func TestTryWriteSendsAtOnceOrLeavesItToTheCaller(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		text := "at once"
		n, err := a.TryWrite([]byte(text))
		if err != nil || n != len(text) {
			t.Fatalf("TryWrite returned %d and %v, want %d and nil", n, err, len(text))
		}
		if got := int(a.BytesWritten()); got != n {
			t.Errorf("BytesWritten is %d, want %d", got, n)
		}
		a.Cork()
		if n, err := a.TryWrite([]byte("x")); n != 0 || err != nil {
			t.Errorf("TryWrite behind Cork returned %d and %v, want 0 and nil", n, err)
		}
		a.Uncork()
		a.End()
		if n, err := a.TryWrite([]byte("x")); n != 0 || !errors.Is(err, net.ErrClosed) {
			t.Errorf("TryWrite after End returned %d and %v, want 0 and net.ErrClosed", n, err)
		}
		b.Expect(t, "data: "+text, "end", "close")
	})
}

func TestWhatTryWriteHasTakenIsDeliveredThoughDestroyFollows(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		for _, text := range []string{"all ", "of ", "it"} {
			if n, err := a.TryWrite([]byte(text)); n != len(text) || err != nil {
				t.Fatalf("TryWrite of %q returned %d and %v", text, n, err)
			}
		}
		a.Destroy(nil)
		b.Expect(t, "data: all of it", "end", "close")
	})
}

func TestTryWriteTakesNoMoreThanThereIsRoomFor(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		var got []byte
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{OnData: func(_ *duplex.Socket, p []byte) {
			got = append(got, p...)
		}}, duplex.Options{PauseOnConnect: true})
		sent := pattern(16 << 20) // more than the buffers of loopback hold
		taken := 0
		for taken < len(sent) {
			n, err := a.TryWrite(sent[taken:])
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
			taken += n
		}
		if taken == 0 || taken == len(sent) {
			t.Fatalf("TryWrite took %d of %d bytes, and nobody reads", taken, len(sent))
		}
		a.Write(sent[taken:])
		a.End()
		b.Resume()
		b.Events(t)
		if !bytes.Equal(got, sent) {
			t.Errorf("%d bytes arrived, want the %d that were written", len(got), len(sent))
		}
		a.Resume()
		a.Events(t)
	})
}
