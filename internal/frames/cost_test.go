// Copyright 2026 The duplex authors. MIT license.

package frames_test

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/internal/testrun"
)

func TestPiecesTakenOneByOneCostInProportionToTheirSize(t *testing.T) {
	const lines = 16 << 10
	for name, after := range map[string]func(s *duplex.Socket, h *duplex.Handler){
		"Pause": func(s *duplex.Socket, _ *duplex.Handler) {
			s.Pause()
			s.Post(s.Resume)
		},
		"SetHandler": func(s *duplex.Socket, h *duplex.Handler) {
			another := *h
			s.SetHandler(&another)
		},
	} {
		for _, blocking := range []bool{false, true} {
			for _, enc := range []codec.Encoding{nil, codec.UTF8, codec.Latin1} {
				t.Run(fmt.Sprintf("%s/Blocking=%v/%s", name, blocking, encodingName(enc)), func(t *testing.T) {
					rig.Run(t, func(t *testing.T, e *duplex.Engine) {
						n := 0
						h := &duplex.Handler{Split: bufio.ScanLines, Encoding: enc, Blocking: blocking}
						h.OnData = func(s *duplex.Socket, _ []byte) {
							n++
							after(s, h)
						}
						closed := make(chan struct{})
						h.OnClose = func(*duplex.Socket) { close(closed) }
						a, b := duplextest.Pipe(t, e)
						b.Pause()
						b.SetHandler(h)
						total := rig.Allocated(func() {
							a.WriteString(strings.Repeat("\n", lines))
							a.End()
							b.Resume()
							rig.Wait(t, closed)
						})
						if n != lines {
							t.Errorf("%d lines came, want %d", n, lines)
						}
						// A Handler has 144 bytes, a Post needs some, a goroutine of Blocking more.
						if per := total / lines; per > 1<<10 {
							t.Errorf("%d bytes were allocated for each line, want few", per)
						}
					})
				})
			}
		}
	}
}

func encodingName(enc codec.Encoding) string {
	if enc == nil {
		return "bytes"
	}
	return enc.Name()
}

// counted cuts messages. Each begins with eight digits, the length of its text in bytes.
func counted(text []byte, _ bool) (int, []byte, error) {
	if len(text) < 8 {
		return 0, nil, nil
	}
	n, err := strconv.Atoi(string(text[:8]))
	if err != nil || len(text) < 8+n {
		return 0, nil, err
	}
	return 8 + n, text[8 : 8+n], nil
}

func TestAFrameThatTricklesInAllocatesAFewTimesItsSize(t *testing.T) {
	const size = 8 << 20
	for _, c := range []struct {
		enc      codec.Encoding
		char     string
		blocking bool
	}{
		{nil, "\x00", false}, {codec.UTF8, "x", false}, {codec.UTF8, "\u20ac", false}, {codec.Latin1, "x", false},
		{nil, "\x00", true}, {codec.UTF8, "\u20ac", true},
	} {
		t.Run(fmt.Sprintf("%s of %q, blocking %v", encodingName(c.enc), c.char, c.blocking), func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				text := strings.Repeat(c.char, size/len(c.char))
				text = fmt.Sprintf("%08d", len(text)) + text
				got := make(chan int, 1)
				h := &duplex.Handler{Encoding: c.enc, Split: counted, MaxFrame: -1, Blocking: c.blocking, OnData: func(_ *duplex.Socket, p []byte) {
					got <- len(p)
				}}
				a, b := duplextest.Pipe(t, e)
				b.SetHandler(h)
				total := rig.Allocated(func() {
					if _, err := a.ReadFrom(chunks{strings.NewReader(text)}); err != nil {
						t.Error(err)
					}
					if n := rig.Wait(t, got); n != len(text)-8 {
						t.Errorf("the frame has %d bytes, want %d", n, len(text)-8)
					}
				})
				most := 3 * size
				if testrun.Race() { // the detector drops some of what is pooled
					most += size
					if c.blocking { // which pools more
						most += size
					}
				}
				if total > most {
					t.Errorf("%.2f times the size of the frame was allocated, want at most %d", float64(total)/size, most/size)
				}
			})
		})
	}
}

// chunks reads 16 KiB at a time.
type chunks struct{ r io.Reader }

func (c chunks) Read(p []byte) (int, error) { return c.r.Read(p[:min(len(p), 16<<10)]) }
