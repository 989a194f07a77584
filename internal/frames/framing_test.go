// Copyright 2026 The duplex authors. MIT license.

package frames_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/internal/testrun"
)

// framings has a stream of each framing, with what is in it.
var framings = []struct {
	name   string
	f      codec.Framing
	stream string
	want   []string
}{
	{"length", codec.Length{Width: 2}, "\x00\x02ab\x00\x00\x00\x01c", []string{"ab", "", "c"}},
	{"length of three bytes", codec.Length{Width: 3, LittleEndian: true, Offset: 1, Strip: -1}, "T\x02\x00\x00ab", []string{"T\x02\x00\x00ab"}},
	{"varint", codec.Varint, "\x02ab\x00\x01c", []string{"ab", "", "c"}},
	{"netstring", codec.Netstring, "2:ab,0:,", []string{"ab", ""}},
	{"delim", codec.Delim("--"), "a---b----", []string{"a", "-b", ""}},
	{"fixed", codec.Fixed(3), "abcdef", []string{"abc", "def"}},
	{"lines", codec.Lines, "ab\r\n\nc\nd", []string{"ab", "", "c", "d"}},
}

// arrive writes p to a, and waits until b has it.
func arrive(t *testing.T, a, b *duplextest.End, p []byte) {
	t.Helper()
	before := b.BytesRead()
	a.Write(p)
	rig.Until(t, "the bytes arrive", func() bool { return b.BytesRead() >= before+int64(len(p)) })
	rig.Turn(t, b.Socket)
}

func TestFramesAreTheSameAtEveryCut(t *testing.T) {
	for _, c := range framings {
		for _, blocking := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, blocking %t", c.name, blocking), func(t *testing.T) {
				rig.Run(t, func(t *testing.T, e *duplex.Engine) {
					p := []byte(c.stream)
					for cut := range len(p) + 1 {
						pieces := [][]byte{p[:cut], p[cut:]}
						if cut == 0 {
							pieces = slices.Collect(slices.Chunk(p, 1))
						}
						var got []string
						a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{
							Framing: c.f, Blocking: blocking, Encoding: codec.Latin1,
							OnData: func(s *duplex.Socket, frame []byte) {
								got = append(got, string(frame))
								if len(got) == 1 { // frames that wait are cut later
									s.Pause()
									s.Post(s.Resume)
								}
							},
						})
						for _, piece := range pieces {
							arrive(t, a, b, piece)
						}
						a.End()
						events := b.Events(t)
						if last := events[len(events)-1]; !slices.Equal(got, c.want) || last != "close" {
							t.Fatalf("%q = %q, then %s; want %q", pieces, got, last, c.want)
						}
					}
				})
			})
		}
	}
}

// askedFor counts the calls of a framing.
type askedFor struct {
	codec.Framing
	calls *atomic.Int64
}

func (c askedFor) Cut(data []byte, waited, most int, final bool) (int, []byte, int, error) {
	c.calls.Add(1)
	return c.Framing.Cut(data, waited, most, final)
}

func TestAFramingIsNotCalledBeforeItsBytesAreThere(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			var calls atomic.Int64
			f := askedFor{codec.Length{}, &calls}
			got := make(chan int, 1)
			a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Framing: f, Blocking: blocking, OnData: func(_ *duplex.Socket, p []byte) {
				got <- len(p)
			}})
			sent, _ := f.Append(nil, make([]byte, 10_000))
			for p := range slices.Chunk(sent, 100) {
				arrive(t, a, b, p)
			}
			if n := rig.Wait(t, got); n != 10_000 {
				t.Errorf("a frame of %d bytes came, want 10,000", n)
			}
			if n := calls.Load(); n > 3 {
				t.Errorf("the framing was called %d times for 101 arrivals, want 2", n)
			}
		})
	}
}

// What the Framing of one Handler waits for is nothing to the next.
func TestAnotherFramingGetsThePartThatHasCome(t *testing.T) {
	for _, inCallback := range []bool{true, false} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			lines := make(chan string, 2)
			next := &duplex.Handler{Framing: codec.Lines, OnData: func(_ *duplex.Socket, p []byte) { lines <- string(p) }}
			a, b := duplextest.Pipe(t, e)
			b.SetHandler(&duplex.Handler{Framing: codec.Length{Width: 1}, OnData: func(s *duplex.Socket, p []byte) {
				if inCallback {
					s.SetHandler(next)
				}
			}})
			arrive(t, a, b, []byte("\x01x~lin"))
			if !inCallback {
				b.SetHandler(next)
			}
			arrive(t, a, b, []byte("e\n"))
			if got := rig.Wait(t, lines); got != "~line" {
				t.Errorf("got %q, want ~line", got)
			}
		})
	}
}

// The longest frame of a two-byte length needs no MaxFrame, with its header and without.
func TestFramesOf65535BytesNeedNoMaxFrame(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		payload := rig.Pattern(65_535)
		for _, f := range []codec.Length{{Width: 2}, {Width: 2, Strip: -1}, {Width: 2, LittleEndian: true}} {
			sent, err := codec.Length{Width: 2, LittleEndian: f.LittleEndian}.Append(nil, payload)
			if err != nil {
				t.Fatal(err)
			}
			got := make(chan []byte, 2)
			a, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{Framing: f, OnData: func(_ *duplex.Socket, p []byte) {
				got <- bytes.Clone(p)
			}})
			a.Write(append(sent, sent...))
			for range 2 {
				if p := rig.Wait(t, got); !bytes.HasSuffix(p, payload) {
					t.Errorf("%+v: a frame of %d bytes", f, len(p))
				}
			}
		}
	})
}

// The mark of a frame does not count, whether or not the frame keeps it.
func TestAFrameMayHaveMaxFrameBytesAndNotOneMore(t *testing.T) {
	for _, most := range []int{0, 1000, 1} {
		for name, c := range map[string]struct{ f, sends codec.Framing }{
			"length":         {codec.Length{}, codec.Length{}},
			"length, header": {codec.Length{Strip: -1}, codec.Length{}},
			"varint":         {codec.Varint, codec.Varint},
			"netstring":      {codec.Netstring, codec.Netstring},
			"delim":          {codec.Delim("\r\n.\r\n"), codec.Delim("\r\n.\r\n")},
			"lines":          {codec.Lines, codec.Delim("\r\n")},
		} {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				limit := most
				if limit == 0 {
					limit = 64 << 10
				}
				got := make(chan int, 1)
				h := &duplex.Handler{Framing: c.f, MaxFrame: most, OnData: func(_ *duplex.Socket, p []byte) { got <- len(p) }}
				a, b := duplextest.PipeOf(t, e, nil, h)
				sent, _ := c.sends.Append(nil, bytes.Repeat([]byte("x"), limit))
				a.Write(sent)
				if n := rig.Wait(t, got); n < limit {
					t.Errorf("%s: a frame of %d bytes, want %d", name, n, limit)
				}
				sent, _ = c.sends.Append(nil, bytes.Repeat([]byte("x"), limit+1))
				a.Write(sent)
				events := b.Events(t)
				if tail := events[len(events)-2:]; !slices.Equal(tail, []string{"error: ERR_FRAME_TOO_LONG", "close: hadError"}) || len(got) > 0 {
					t.Errorf("%s: one byte more than %d: %.100q", name, limit, events)
				}
			})
		}
	}
}

func TestALengthBeyondMaxFrameIsRefusedBeforeAnyByteOfTheFrame(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for name, c := range map[string]struct {
			f      codec.Framing
			header string
		}{
			"length":    {codec.Length{}, "\x00\x01\x00\x01"},
			"length/8":  {codec.Length{Width: 8}, "\xff\xff\xff\xff\xff\xff\xff\xff"},
			"varint":    {codec.Varint, "\x81\x80\x04"},
			"netstring": {codec.Netstring, "65537"},
			"fixed":     {codec.Fixed(65_537), "x"},
		} {
			a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Framing: c.f})
			for i := range len(c.header) {
				a.WriteString(c.header[i : i+1])
			}
			b.Expect(t, "error: ERR_FRAME_TOO_LONG", "close: hadError")
			if err := b.Err(); !errors.Is(err, duplex.ErrFrameTooLong) || !strings.HasSuffix(err.Error(), "MaxFrame of 65536 bytes") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestAHostileLengthAllocatesNothing(t *testing.T) {
	for name, header := range map[string]string{"length": "\x3f\xff\xff\xff", "varint": "\xff\xff\xff\xff\x03", "netstring": "1073741823:"} {
		f := map[string]codec.Framing{"length": codec.Length{}, "varint": codec.Varint, "netstring": codec.Netstring}[name]
		t.Run(name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Framing: f, MaxFrame: -1, OnData: func(*duplex.Socket, []byte) {}})
				part := make([]byte, 100<<10)
				total := rig.Allocated(func() {
					arrive(t, a, b, []byte(header))
					arrive(t, a, b, part)
				})
				if total > 4<<20 {
					t.Errorf("%d bytes were allocated for the first 100 KiB of 1 GiB", total)
				}
				a.End()
				b.Expect(t, "error: unexpected EOF", "close: hadError")
			})
		})
	}
}

func TestAnEndInsideAFrameIsAnError(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, c := range framings {
			if c.f == codec.Lines {
				continue // its last line needs no end
			}
			a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Framing: c.f, OnData: func(*duplex.Socket, []byte) {}})
			a.WriteString(c.stream[:len(c.stream)-1])
			a.End()
			events := b.Events(t)
			if tail := events[len(events)-2:]; !slices.Equal(tail, []string{"error: unexpected EOF", "close: hadError"}) {
				t.Errorf("%s: %q", c.name, events)
			}
			if !errors.Is(b.Err(), io.ErrUnexpectedEOF) {
				t.Errorf("%s: %v", c.name, b.Err())
			}
		}
	})
}

func TestErrorsOfFramingsHaveCodes(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, c := range []struct {
			f    codec.Framing
			sent string
			code string
			err  error
		}{
			{codec.Varint, strings.Repeat("\xff", 12), "ERR_FRAME_MALFORMED", codec.ErrMalformed},
			{codec.Netstring, "5:hello.", "ERR_FRAME_MALFORMED", codec.ErrMalformed},
			{codec.Netstring, "hello", "ERR_FRAME_MALFORMED", codec.ErrMalformed},
			{codec.Length{Width: 1, Adjust: -1}, "\x00", "ERR_FRAME_MALFORMED", codec.ErrMalformed},
			{codec.Length{Width: 5}, "x", "ERR_INVALID_ARG_VALUE", codec.ErrParameter},
			{codec.Length{Width: 8}, strings.Repeat("\xff", 8), "ERR_FRAME_TOO_LONG", duplex.ErrFrameTooLong},
		} {
			for name, h := range map[string]*duplex.Handler{"Framing": {Framing: c.f}, "Split": {Split: c.f.Split}} {
				h.OnData = func(*duplex.Socket, []byte) {}
				a, b := duplextest.PipeOf(t, e, nil, h)
				a.WriteString(c.sent)
				b.Expect(t, "error: "+c.code, "close: hadError")
				if !errors.Is(b.Err(), c.err) {
					t.Errorf("%s of %q: %v, want %v", name, c.sent, b.Err(), c.err)
				}
			}
		}
		if code := duplex.Code(codec.ErrTooLong); code != "ERR_FRAME_TOO_LONG" {
			t.Errorf("the code of codec.ErrTooLong is %q", code)
		}
	})
}

func TestFrameTimeoutCountsForAFraming(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{
			Framing: codec.Length{Width: 2}, FrameTimeout: 5 * time.Second, OnData: func(*duplex.Socket, []byte) {},
		})
		a.WriteString("\x00\x02ab\x01")
		for range 10 {
			time.Sleep(time.Second)
			a.WriteString("x")
		}
		b.Expect(t, "data: ab", "error: ERR_FRAME_TIMEOUT", "close: hadError")
	})
}

// A frame that comes whole is not copied on its way, and costs no allocation.
func TestAFrameAllocatesNothing(t *testing.T) {
	if testrun.Race() {
		t.Skip("the race detector allocates")
	}
	for _, c := range framings {
		t.Run(c.name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				const frames = 20_000
				one, err := c.f.Append(nil, []byte(c.want[0]))
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				done := make(chan struct{})
				a, b := duplextest.Pipe(t, e)
				b.SetHandler(&duplex.Handler{Framing: c.f, OnData: func(*duplex.Socket, []byte) {
					if n++; n == frames {
						close(done)
					}
				}})
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				a.Write(bytes.Repeat(one, frames))
				rig.Wait(t, done)
				runtime.ReadMemStats(&after)
				if allocs := after.Mallocs - before.Mallocs; allocs > frames/20 {
					t.Errorf("%d allocations for %d frames, want few", allocs, frames)
				}
			})
		})
	}
}

// cutter is a Cutter of a program.
type cutter func(data []byte, waited, most int, final bool) (int, []byte, int, error)

func (f cutter) Cut(data []byte, waited, most int, final bool) (int, []byte, int, error) {
	return f(data, waited, most, final)
}

// A Cutter may drop bytes that are no part of a frame. What it waits for counts from there,
// and means nothing beside a frame.
func TestACutterOfAProgramMayDropBytes(t *testing.T) {
	words := cutter(func(data []byte, waited, _ int, final bool) (int, []byte, int, error) {
		skipped := len(data) - len(bytes.TrimLeft(data, " "))
		word, _, found := bytes.Cut(data[skipped:], []byte(" "))
		switch {
		case found || final && len(word) > 0:
			return skipped + len(word), word, 1000, nil
		case skipped > 0:
			return skipped, nil, len(word) + 1, nil
		case waited > len(data) && !final:
			t.Errorf("called with %d bytes, and waited for %d", len(data), waited)
		}
		return 0, nil, len(word) + 1, nil
	})
	for _, blocking := range []bool{false, true} {
		rig.Run(t, func(t *testing.T, e *duplex.Engine) {
			var got []string
			a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Framing: words, Blocking: blocking, OnData: func(_ *duplex.Socket, p []byte) {
				got = append(got, string(p))
			}})
			for _, p := range []string{"  ", " one", " ", "  tw", "o  three ", "fo", "ur"} {
				arrive(t, a, b, []byte(p))
			}
			a.End()
			b.Events(t)
			if want := []string{"one", "two", "three", "four"}; !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestACutterThatAdvancesWrongIsAnError(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, c := range []struct {
			n     int
			frame []byte
			want  error
		}{
			{-1, nil, bufio.ErrNegativeAdvance}, {100, nil, bufio.ErrAdvanceTooFar}, {0, []byte{}, io.ErrNoProgress},
		} {
			a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{
				Framing: cutter(func([]byte, int, int, bool) (int, []byte, int, error) { return c.n, c.frame, 0, nil }),
				OnData:  func(*duplex.Socket, []byte) {},
			})
			a.WriteString("hello")
			b.Events(t)
			if b.Err() != c.want {
				t.Errorf("advancing by %d: %v, want %v", c.n, b.Err(), c.want)
			}
		}
	})
}

// The largest MaxFrame is a limit that no piece reaches, and not less than none.
func TestTheLargestMaxFrameLetsEveryPieceThrough(t *testing.T) {
	for name, h := range map[string]*duplex.Handler{
		"Split": {Split: bufio.ScanLines}, "lines": {Framing: codec.Lines}, "delim": {Framing: codec.Delim("\n")},
	} {
		t.Run(name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				h := *h
				h.MaxFrame = math.MaxInt
				h.OnData = func(*duplex.Socket, []byte) {}
				a, b := duplextest.PipeOf(t, e, nil, &h)
				arrive(t, a, b, []byte("in two "))
				arrive(t, a, b, []byte("pieces\n"))
				b.Expect(t, "data: in two pieces")
			})
		})
	}
}
