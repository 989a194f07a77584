// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"bufio"
	"bytes"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestNoPieceFollowsPause(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: codec.Lines.Split})
		io.WriteString(a, "one\ntwo\n")
		b.Expect(t, "data: onetwo")
		b.Pause()
		io.WriteString(a, "three\nfour\nfi")
		a.End()
		rig.Turn(t, a.Socket)
		rig.Turn(t, b.Socket)
		b.Expect(t)
		b.Resume()
		b.Expect(t, "data: threefourfi", "end", "close")
	})
}

func TestPauseInTheMiddleOfARead(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var pieces []string
		paused := make(chan struct{})
		h := &duplex.Handler{Split: codec.Lines.Split, OnData: func(s *duplex.Socket, p []byte) {
			pieces = append(pieces, string(p))
			if len(pieces) == 2 {
				s.Pause()
				close(paused)
			}
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		io.WriteString(a, "1\n2\n3\n4\n5")
		a.End()
		rig.Wait(t, paused)
		rig.Turn(t, b.Socket)
		b.Expect(t, "data: 12")
		b.Resume()
		b.Expect(t, "data: 345", "end", "close")
	})
}

// A Split may return a piece for the end itself, such as the third of "a,b,".
func TestThePieceOfTheEndDoesNotFollowPauseEither(t *testing.T) {
	fields := func(text []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexByte(text, ','); i >= 0 {
			return i + 1, text[:i], nil
		}
		switch {
		case !atEOF:
			return 0, nil, nil
		case len(text) > 0:
			return len(text), text, nil
		}
		return 0, []byte{}, bufio.ErrFinalToken
	}
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var got []string
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: fields, OnData: func(s *duplex.Socket, p []byte) {
			if s.Paused() {
				t.Errorf("%q was delivered after Pause", p)
			}
			got = append(got, string(p))
			if string(p) == "last" {
				s.Pause()
				s.AfterFunc(10*time.Millisecond, s.Resume)
			}
		}})
		a.WriteString("first,last")
		a.End()
		b.Events(t)
		if want := []string{"first", "last", ""}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
