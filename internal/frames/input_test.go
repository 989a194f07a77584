// Copyright 2026 The duplex authors. MIT license.

package frames_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// However often a socket is resumed, the bytes that were received and not delivered are
// no more than the high-water mark and a read.
func TestPiecesThatWaitCountTowardsTheHighWaterMark(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const mark, line = 4 << 10, 1 << 10
		delivered, most := 0, 0
		h := &duplex.Handler{Split: bufio.ScanLines, OnData: func(s *duplex.Socket, p []byte) {
			delivered += len(p) + 1
			most = max(most, int(s.BytesRead())-delivered)
			s.Pause()
			s.Post(func() { s.Post(s.Resume) })
		}}
		closed := make(chan struct{})
		h.OnClose = func(*duplex.Socket) { close(closed) }
		a, b := duplextest.Pipe(t, e, duplex.Options{HighWaterMark: mark})
		b.SetHandler(h)
		a.WriteString(strings.Repeat(strings.Repeat("x", line-1)+"\n", 1<<10))
		a.End()
		rig.Wait(t, closed)
		if limit := mark + 64<<10 + line; most > limit {
			t.Errorf("%d bytes waited, want at most %d", most, limit)
		}
	})
}

// received waits until b has received n bytes, and their turn of the loop is over.
func received(t *testing.T, b *duplextest.End, n int64) {
	t.Helper()
	for deadline := time.Now().Add(duplextest.Patience); b.BytesRead() < n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes arrived, want %d", b.BytesRead(), n)
		}
	}
	rig.Turn(t, b.Socket)
}

// untilStop cuts words, of which "stop" is the last. At the end it finds one more.
func untilStop(text []byte, atEOF bool) (int, []byte, error) {
	if atEOF && len(text) == 0 {
		return 0, []byte("(the end)"), bufio.ErrFinalToken
	}
	n, word, err := bufio.ScanWords(text, atEOF)
	if string(word) == "stop" {
		err = bufio.ErrFinalToken
	}
	return n, word, err
}

func TestNothingIsDeliveredAfterErrFinalToken(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		t.Run(fmt.Sprintf("Blocking=%v", blocking), func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				h := &duplex.Handler{Blocking: blocking, Encoding: codec.UTF8, Split: untilStop, OnData: func(s *duplex.Socket, p []byte) {
					if string(p) == "stop" {
						s.Pause()
						s.AfterFunc(10*time.Millisecond, s.Resume)
					}
				}}
				a, b := duplextest.PipeOf(t, e, nil, h)
				a.WriteString("one stop three \xe2\x82")
				received(t, b, 17)
				a.WriteString("four five\xe2\x82")
				received(t, b, 28)
				a.End()
				b.Expect(t, "data: onestop", "end", "close")
				if n := e.Stats().BytesDiscarded; n != 19 {
					t.Errorf("Stats counts %d bytes discarded, want 19", n)
				}
			})
		})
	}
}

func TestACharacterMayComeByteByByte(t *testing.T) {
	const text = "a\U0001F600b\u20ac"
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Encoding: codec.UTF8})
		for i := range len(text) {
			a.WriteString(text[i : i+1])
			received(t, b, int64(i+1))
		}
		a.End()
		b.Expect(t, "data: "+text, "end", "close")
	})
}

func TestNoEndFollowsACloseInTheFinalToken(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := &duplex.Handler{Split: untilStop, OnData: func(s *duplex.Socket, p []byte) {
			if string(p) == "stop" {
				s.Close()
			}
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		a.WriteString("one stop three")
		a.End()
		b.Expect(t, "data: onestop", "close")
	})
}

func TestInputThatIsKeptIsDiscardedForAHandlerWithoutOnData(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: bufio.ScanLines, OnData: func(s *duplex.Socket, _ []byte) {
			s.Pause()
		}})
		a.WriteString("one\ntwo\nthree")
		b.Expect(t, "data: one")
		rig.Turn(t, b.Socket) // it has paused
		closed := make(chan struct{})
		b.SetHandler(&duplex.Handler{OnClose: func(*duplex.Socket) { close(closed) }})
		b.Resume()
		a.End()
		rig.Wait(t, closed)
		if n := e.Stats().BytesDiscarded; n != 9 {
			t.Errorf("Stats counts %d bytes discarded, want 9", n)
		}
	})
}

func TestASplitThatPanicsDestroysItsSocket(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		t.Run(fmt.Sprintf("Blocking=%v", blocking), func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				e.Logger = rig.Quiet
				h := &duplex.Handler{Blocking: blocking, Split: func(text []byte, atEOF bool) (int, []byte, error) {
					if string(text) == "two\n" {
						panic("on purpose")
					}
					return bufio.ScanLines(text, atEOF)
				}}
				a, b := duplextest.PipeOf(t, e, nil, h)
				a.WriteString("one\ntwo\n")
				events := b.Events(t)
				var crash *duplex.PanicError
				if events[0] != "data: one" || !errors.As(b.Err(), &crash) || crash.Value != "on purpose" {
					t.Errorf("got %q, Err is %v", events, b.Err())
				}
			})
		})
	}
}

func TestTheRestOfAPieceGoesToTheNextHandler(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		t.Run(fmt.Sprintf("Blocking=%v", blocking), func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				var got []string
				note := func(name string) func(*duplex.Socket, []byte) {
					return func(_ *duplex.Socket, p []byte) { got = append(got, name+string(p)) }
				}
				closed := make(chan struct{})
				raw := &duplex.Handler{OnData: note("raw: "), OnClose: func(*duplex.Socket) { close(closed) }}
				words := &duplex.Handler{Blocking: blocking, Split: bufio.ScanWords}
				words.OnData = func(s *duplex.Socket, p []byte) {
					note("word: ")(s, p)
					if string(p) == "upgrade" {
						s.SetHandler(raw)
					}
				}
				a, b := duplextest.Pipe(t, e)
				b.Pause()
				b.SetHandler(words)
				a.WriteString("one upgrade two thr")
				a.End()
				rig.Turn(t, a.Socket)
				b.Resume()
				rig.Wait(t, closed)
				if want := []string{"word: one", "word: upgrade", "raw: two thr"}; !slices.Equal(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		})
	}
}

// The rest also goes to a Handler that another goroutine sets, even at the last moment:
// while Split looks at it.
func TestTheRestGoesToAHandlerThatIsSetWhileSplitLooksAtIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		got := make(chan string, 1)
		raw := &duplex.Handler{OnData: func(_ *duplex.Socket, p []byte) { got <- string(p) }}
		a, b := duplextest.Pipe(t, e)
		b.SetHandler(&duplex.Handler{OnData: func(*duplex.Socket, []byte) {}, Split: func(text []byte, atEOF bool) (int, []byte, error) {
			if string(text) == "rest" {
				b.SetHandler(raw)
			}
			return bufio.ScanLines(text, atEOF)
		}})
		a.WriteString("line\nrest")
		if text := rig.Wait(t, got); text != "rest" {
			t.Errorf("got %q, want rest", text)
		}
	})
}

func TestAVerbThatEndsASocketInOnDataEndsItsInput(t *testing.T) {
	for name, end := range map[string]func(*duplex.Socket){
		"Close":   func(s *duplex.Socket) { s.Close() },
		"Destroy": func(s *duplex.Socket) { s.Destroy(nil) },
		"Reset":   func(s *duplex.Socket) { s.Reset() },
	} {
		t.Run(name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				h := &duplex.Handler{Split: bufio.ScanLines, OnData: func(s *duplex.Socket, _ []byte) { end(s) }}
				a, b := duplextest.PipeOf(t, e, nil, h)
				b.Pause()
				rig.Turn(t, b.Socket)
				a.WriteString("one\ntwo\nthree")
				a.End()
				rig.Turn(t, a.Socket)
				b.Resume()
				b.Expect(t, "data: one", "close")
				if n := e.Stats().BytesDiscarded; n != 9 {
					t.Errorf("Stats counts %d bytes discarded, want 9", n)
				}
			})
		})
	}
}

func TestAPieceThatPausesBeforeTheEndHoldsTheEndBack(t *testing.T) {
	for _, last := range []string{"last\n", "last"} {
		for _, blocking := range []bool{false, true} {
			t.Run(fmt.Sprintf("%q/Blocking=%v", last, blocking), func(t *testing.T) {
				rig.Run(t, func(t *testing.T, e *duplex.Engine) {
					paused := make(chan struct{})
					h := &duplex.Handler{Blocking: blocking, Split: bufio.ScanLines, OnData: func(s *duplex.Socket, p []byte) {
						if string(p) == "last" {
							s.Pause()
							close(paused)
						}
					}}
					a, b := duplextest.PipeOf(t, e, nil, h)
					a.WriteString("first\n" + last)
					a.End()
					rig.Wait(t, paused)
					rig.Turn(t, b.Socket)
					b.Expect(t, "data: firstlast")
					if b.State() == duplex.Closed {
						t.Error("the socket closed while it was paused")
					}
					b.Resume()
					b.Expect(t, "end", "close")
				})
			})
		}
	}
}

// At the end there are pieces that Pause kept, then an incomplete piece, and then the
// start of a character.
func TestTheTailOfAnEncodingFollowsThePiecesThatPauseKept(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var got []string
		h := &duplex.Handler{Encoding: codec.UTF8, Split: bufio.ScanLines, OnData: func(s *duplex.Socket, p []byte) {
			got = append(got, string(p))
			s.Pause()
			s.AfterFunc(time.Millisecond, s.Resume)
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		a.WriteString("one\ntwo\nthree\xe2\x82")
		a.End()
		b.Events(t)
		if want := []string{"one", "two", "three\ufffd"}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// Input for which Split returned an error is not cut again, even if a posted function
// holds Destroy up.
func TestNoPieceFollowsAnErrorOfSplit(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		hold := make(chan struct{})
		ready := make(chan struct{})
		h := &duplex.Handler{Blocking: true, Split: func(text []byte, atEOF bool) (int, []byte, error) {
			if strings.HasPrefix(string(text), "bad") {
				return 0, nil, errors.New("bad line")
			}
			return bufio.ScanLines(text, atEOF)
		}, OnData: func(s *duplex.Socket, p []byte) {
			<-ready
			s.Post(func() { <-hold })
		}}
		a, b := duplextest.PipeOf(t, e, nil, h)
		a.WriteString("good\nbad\n")
		b.Expect(t, "data: good")
		a.WriteString("behind it\n")
		rig.Until(t, "the rest arrives", func() bool { return b.BytesRead() == 19 })
		close(ready)
		for range 100 {
			if b.State() == duplex.Closed {
				break
			}
			time.Sleep(time.Millisecond)
		}
		close(hold)
		b.Expect(t, "error: bad line", "close: hadError")
	})
}

// TestTheHighWaterMarkIsForInputToo has a handler that blocks while data arrives.
func TestTheHighWaterMarkIsForInputToo(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const mark, read = 100 << 10, 64 << 10 // the most that a driver reads at once
		release := make(chan struct{})
		h := &duplex.Handler{Blocking: true, OnData: func(*duplex.Socket, []byte) { <-release }}
		a, b := duplextest.PipeOf(t, e, nil, h, duplex.Options{HighWaterMark: mark})
		sent := make([]byte, 2<<20)
		a.Write(sent)
		for before := int64(-1); before != b.BytesRead(); { // until it reads no more
			before = b.BytesRead()
			for range 10 {
				rig.Turn(t, a.Socket)
				time.Sleep(time.Millisecond)
			}
		}
		if got := b.BytesRead(); got > 2*read+mark {
			t.Errorf("%d bytes were read ahead of the handler, want about %d", got, mark)
		}
		close(release)
		a.End()
		if events := b.Events(t); len(events[0]) != len("data: ")+len(sent) {
			t.Errorf("%d bytes came, want %d", len(events[0])-len("data: "), len(sent))
		}
	})
}

func TestTheRestOfAReadGoesToTheNewHandler(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var told []string
		raw := &duplex.Handler{OnData: func(_ *duplex.Socket, p []byte) { told = append(told, "raw "+string(p)) }}
		lines := &duplex.Handler{Split: codec.Lines.Split, OnData: func(s *duplex.Socket, p []byte) {
			told = append(told, "line "+string(p))
			if string(p) == "UPGRADE" {
				s.SetHandler(raw)
			}
		}}
		closed := make(chan struct{})
		raw.OnClose = func(*duplex.Socket) { close(closed) }
		addr := rig.Listen(t, e, lines, duplex.Options{})
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
		io.WriteString(s, "hello\nUPGRADE\nand\nthe rest")
		s.End()
		rig.Wait(t, closed)
		if got, want := strings.Join(told, ", "), "line hello, line UPGRADE, raw and\nthe rest"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestTheStartOfACharacterGoesToTheNextReceiver has a client wait for an answer to a byte
// that begins a character for the first Handler, and is all of a message for the next
// receiver.
func TestTheStartOfACharacterGoesToTheNextReceiver(t *testing.T) {
	for _, blocking := range []bool{false, true} {
		for _, inCallback := range []bool{true, false} {
			for name, redirect := range map[string]func(s *duplex.Socket, raw *duplex.Handler){
				"SetHandler": (*duplex.Socket).SetHandler,
				"Pipe":       func(s *duplex.Socket, _ *duplex.Handler) { s.Pipe(s) },
			} {
				t.Run(fmt.Sprintf("Blocking=%v inCallback=%v %s", blocking, inCallback, name), func(t *testing.T) {
					rig.Run(t, func(t *testing.T, e *duplex.Engine) {
						raw := &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}
						asked := make(chan *duplex.Socket, 1)
						addr := rig.Listen(t, e, &duplex.Handler{
							Blocking: blocking, Encoding: codec.UTF8, Split: codec.Lines.Split,
							OnData: func(s *duplex.Socket, _ []byte) {
								if asked <- s; inCallback {
									redirect(s, raw)
								}
							},
						}, duplex.Options{})
						var answers duplextest.Recorder
						c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, answers.Handler(nil))
						io.WriteString(c, "UPGRADE\n\xc3")
						if s := rig.Wait(t, asked); !inCallback {
							rig.Turn(t, s)
							redirect(s, raw)
						}
						answers.Expect(t, "connect", "data: \xc3")
					})
				})
			}
		}
	}
}

// The kept part of a line, or of a character, does not go together with bytes that come
// after discarded ones.
func TestAnIncompletePieceIsDiscardedWithTheBytesAfterIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		lines := make(chan string, 1)
		h := &duplex.Handler{Encoding: codec.UTF8, Split: codec.Lines.Split, OnData: func(_ *duplex.Socket, p []byte) {
			lines <- string(p)
		}}
		a, b := duplextest.Pipe(t, e)
		send := func(text string) {
			before := b.BytesRead()
			a.WriteString(text)
			for b.BytesRead() < before+int64(len(text)) {
				time.Sleep(time.Millisecond)
			}
			rig.Turn(t, b.Socket)
		}
		b.SetHandler(h)
		send("ab\xe2\x82")
		b.SetHandler(nil)
		send("cd\n")
		b.SetHandler(h)
		send("ef\n")
		if got := rig.Wait(t, lines); got != "ef" {
			t.Errorf("got %q, want what came under this handler: ef", got)
		}
		if n := e.Stats().BytesDiscarded; n != 7 {
			t.Errorf("Stats counts %d bytes discarded, want 7", n)
		}
	})
}

func TestAPieceMayHaveMaxFrameBytesAndNotOneMore(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := &duplex.Handler{Split: codec.Lines.Split, MaxFrame: 1000}
		a, b := duplextest.PipeOf(t, e, nil, h)
		line := strings.Repeat("x", 1000)
		io.WriteString(a, line+"\r\n")
		b.Expect(t, "data: "+line)
		io.WriteString(a, line+"y\r\n")
		b.Expect(t, "error: ERR_FRAME_TOO_LONG", "close: hadError")

		a, b = duplextest.PipeOf(t, e, nil, h)
		io.WriteString(a, strings.Repeat("x", 1000+17)) // a line without an end
		b.Expect(t, "error: ERR_FRAME_TOO_LONG", "close: hadError")
		a.Destroy(nil)
	})
}

func TestAPieceThatTheEndCutsOffIsAnError(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		fours := func(p []byte, _ bool) (int, []byte, error) {
			if len(p) < 4 {
				return 0, nil, nil
			}
			return 4, p[:4], nil
		}
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{Split: fours}, nil)
		io.WriteString(b, "fourfo")
		b.End()
		a.ExpectMatch(t, "data: four", "error: .*", "close: hadError")
		if err := a.Err(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the error is %v, want io.ErrUnexpectedEOF", err)
		}
	})
}
