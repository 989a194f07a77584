// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
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
		if err != nil || n != 0 && n != len(text) {
			t.Fatalf("TryWrite returned %d and %v, want 0 or %d, and nil", n, err, len(text))
		}
		if got := int(a.BytesWritten()); got != n {
			t.Errorf("BytesWritten is %d, want %d", got, n)
		}
		a.Write([]byte(text[n:]))
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
