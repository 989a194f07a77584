// Copyright 2026 The duplex authors. MIT license.

package frames_test

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// vandal appends to a slice that it was lent, and reports spare capacity.
func vandal(t *testing.T, p []byte) {
	if cap(p) != len(p) {
		t.Errorf("%d bytes of %.20q have a capacity of %d", len(p), p, cap(p))
	}
	_ = append(p, "!!!!!!!!"...)
}

func TestAppendingToALentSliceOverwritesNothing(t *testing.T) {
	const text = "one\nsecond line\n\xe2\x82\xac\nfour, and no end"
	vandalize := func(split bufio.SplitFunc) bufio.SplitFunc {
		return func(text []byte, atEOF bool) (int, []byte, error) {
			vandal(t, text)
			return split(text, atEOF)
		}
	}
	for _, c := range []struct {
		name string
		h    duplex.Handler
		want string
	}{
		{"raw", duplex.Handler{}, text},
		{"utf8", duplex.Handler{Encoding: codec.UTF8}, text},
		{"latin1", duplex.Handler{Encoding: codec.Latin1}, strings.ReplaceAll(text, "\u20ac", "\u00e2\u0082\u00ac")},
		{"hex", duplex.Handler{Encoding: codec.Hex}, fmt.Sprintf("%x", text)},
		{"lines", duplex.Handler{Split: vandalize(bufio.ScanLines)}, strings.ReplaceAll(text, "\n", "")},
		{"utf8 lines", duplex.Handler{Encoding: codec.UTF8, Split: vandalize(codec.Lines.Split)}, strings.ReplaceAll(text, "\n", "")},
		{"latin1 runes", duplex.Handler{Encoding: codec.Latin1, Split: vandalize(bufio.ScanRunes)}, strings.ReplaceAll(text, "\u20ac", "\u00e2\u0082\u00ac")},
	} {
		for _, blocking := range []bool{false, true} {
			for _, pauses := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/Blocking=%v/pauses=%v", c.name, blocking, pauses), func(t *testing.T) {
					rig.Run(t, func(t *testing.T, e *duplex.Engine) {
						got := ""
						h := c.h
						h.Blocking = blocking
						h.OnData = func(s *duplex.Socket, p []byte) {
							got += string(p)
							vandal(t, p)
							if pauses {
								s.Pause()
								s.Post(s.Resume)
							}
						}
						closed := make(chan struct{})
						h.OnClose = func(*duplex.Socket) { close(closed) }
						a, b := duplextest.Pipe(t, e)
						b.SetHandler(&h)
						for _, cut := range []int{18, 33} { // in the third line, and in the fourth
							before := b.BytesRead()
							a.WriteString(text[before:cut])
							for b.BytesRead() < int64(cut) {
								time.Sleep(time.Millisecond)
							}
							rig.Turn(t, b.Socket)
						}
						a.WriteString(text[33:])
						a.End()
						rig.Wait(t, closed)
						if got != c.want {
							t.Errorf("got %q, want %q", got, c.want)
						}
					})
				})
			}
		}
	}
}

func TestAppendingToASliceOfWriteToOverwritesNothing(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Pause() // until WriteTo resumes it
		got := ""
		over := make(chan error)
		go func() {
			_, err := b.WriteTo(writerFunc(func(p []byte) (int, error) {
				got += string(p)
				vandal(t, p)
				return len(p), nil
			}))
			over <- err
		}()
		for range 10 {
			a.WriteString("one two three ")
			rig.Turn(t, a.Socket)
		}
		a.End()
		if err := rig.Wait(t, over); err != nil || got != strings.Repeat("one two three ", 10) {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
