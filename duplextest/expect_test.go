// Copyright 2026 The duplex authors. MIT license.

package duplextest_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// login is a protocol of lines, as the package's documentation tests it.
var login = &duplex.Handler{
	Split: codec.Lines.Split,
	OnData: func(s *duplex.Socket, line []byte) {
		switch verb, _, _ := bytes.Cut(line, []byte(" ")); string(verb) {
		case "USER":
			s.WriteString("331 password?\r\n")
		case "PASS":
			fmt.Fprintf(s, "230 session %d\r\n", 4711)
		}
	},
}

func TestFramesAreEventsOfTheirOwn(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		client, server := duplextest.PipeOf(t, e, &duplex.Handler{Split: codec.Lines.Split}, login)
		client.Pieces, server.Pieces = true, true
		io.WriteString(client, "USER gopher\r\nPA")
		server.Expect(t, "data: USER gopher")
		io.WriteString(client, "SS secret\r\n")
		server.Expect(t, "data: PASS secret")
		client.ExpectMatch(t, "data: 331 .*", `data: 230 session \d+`)
		client.ExpectNothing(t, 10*time.Millisecond)
	})
}

// lengths is a protocol of binary frames: two bytes of length, then the frame.
func lengths(p []byte, _ bool) (n int, frame []byte, err error) {
	if len(p) < 2 {
		return 0, nil, nil
	}
	end := 2 + int(binary.BigEndian.Uint16(p))
	if len(p) < end {
		return 0, nil, nil
	}
	return end, p[2:end], nil
}

func TestEmptyAndBinaryFramesAreEventsToo(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: lengths})
		b.Pieces = true
		io.WriteString(a, "\x00\x02a\n\x00\x00\x00\x01\xff")
		a.End()
		b.Expect(t, "data: a\n", "data: ")
		b.Expect(t, "data: \xff", "end", "close")
	})
}

// played returns a Recorder of what a Handler was called for: a word is a piece of
// data, and END and TIMEOUT are those events.
func played(events string) *duplextest.Recorder {
	r := new(duplextest.Recorder)
	play(r.Handler(nil), events)
	return r
}

func play(h *duplex.Handler, events string) {
	for word := range strings.SplitSeq(events, " ") {
		switch word {
		case "END":
			h.OnEnd(nil)
		case "TIMEOUT":
			h.OnTimeout(nil)
		default:
			h.OnData(nil, []byte(word))
		}
	}
}

func TestDataInPiecesIsOneEventUnlessPiecesIsSet(t *testing.T) {
	r := played("one two END three four")
	r.Expect(t, "data: onetwo", "end")
	r.Pieces = true
	r.Expect(t, "data: three")
	r.Expect(t, "data: four")
	r.Expect(t)

	r = played("one two three END")
	r.Pieces = true
	r.Expect(t, "data: one")
	r.Pieces = false // at any time
	r.Expect(t, "data: twothree", "end")
}

func TestDataThatIsNotCompleteIsWaitedFor(t *testing.T) {
	for _, expect := range []func(*duplextest.Recorder, testing.TB){
		func(r *duplextest.Recorder, t testing.TB) { r.Expect(t, "data: onetwo", "end") },
		func(r *duplextest.Recorder, t testing.TB) { r.ExpectMatch(t, "data: one.*o", "end") },
	} {
		synctest.Test(t, func(t *testing.T) {
			var r duplextest.Recorder
			h := r.Handler(nil)
			play(h, "on")
			go func() {
				for _, event := range []string{"e", "two", "END"} {
					time.Sleep(time.Second)
					play(h, event)
				}
			}()
			expect(&r, t)
		})
	}
}

// A trial is a test that may fail.
type trial struct {
	testing.TB
	failure string
}

func (t *trial) Helper() {}

func (t *trial) Fatalf(format string, args ...any) {
	t.failure = fmt.Sprintf(format, args...)
	panic(t)
}

// failure returns how f fails, "" if it does not.
func failure(t testing.TB, f func(t testing.TB)) string {
	tried := &trial{TB: t}
	func() {
		defer func() {
			if r := recover(); r != nil && r != any(tried) {
				panic(r)
			}
		}()
		f(tried)
	}()
	return tried.failure
}

func TestWhatIsNotExpectedFailsAtOnceAndShowsAll(t *testing.T) {
	for _, c := range []struct {
		events string
		pieces bool
		expect func(r *duplextest.Recorder, t testing.TB)
		want   string
	}{
		{"one END", false, func(r *duplextest.Recorder, t testing.TB) { r.Expect(t, "data: two") },
			"got events\n\tdata: one\n\tend\nwant\n\tdata: two"},
		{"one two", true, func(r *duplextest.Recorder, t testing.TB) { r.Expect(t, "data: onetwo") },
			"got events\n\tdata: one\n\tdata: two\nwant\n\tdata: onetwo"},
		{"onetwo", true, func(r *duplextest.Recorder, t testing.TB) { r.Expect(t, "data: one", "data: two") },
			"got events\n\tdata: onetwo\nwant\n\tdata: one\n\tdata: two"},
		{"on", true, func(r *duplextest.Recorder, t testing.TB) { r.Expect(t, "data: one") },
			"got events\n\tdata: on\nwant\n\tdata: one"},
		{"one END TIMEOUT", false, func(r *duplextest.Recorder, t testing.TB) {
			r.Expect(t, "data: one")
			r.Expect(t, "end")
			r.Expect(t, "close")
		}, "got events\n\ttimeout\nwant\n\tclose\nafter\n\tdata: one\n\tend"},
		{"id-17 END", false, func(r *duplextest.Recorder, t testing.TB) { r.ExpectMatch(t, `data: id-\d`, "end") },
			"got events\n\tdata: id-17\n\tend\nwant\n\tdata: id-\\d\n\tend"},
		{"one", false, func(r *duplextest.Recorder, t testing.TB) { r.ExpectMatch(t, "data: [") },
			"the pattern \"data: [\": error parsing regexp: missing closing ]: `[`"},
		{"one", false, func(r *duplextest.Recorder, t testing.TB) { r.Expect(t) },
			"got events\n\tdata: one\nwant none"},
		{"one", false, func(r *duplextest.Recorder, t testing.TB) { r.ExpectNothing(t, time.Hour) },
			"got events\n\tdata: one\nwant none for 1h0m0s"},
		{"\x00\x01", true, func(r *duplextest.Recorder, t testing.TB) { r.Expect(t, "end") },
			"got events\n\t\"data: \\x00\\x01\"\nwant\n\tend"},
	} {
		r := played(c.events)
		r.Pieces = c.pieces
		if got := failure(t, func(t testing.TB) { c.expect(r, t) }); got != c.want {
			t.Errorf("of %q: it fails with\n%s\nwant\n%s", c.events, got, c.want)
		}
	}
}

func TestExpectNothingWaitsAsLongAsItSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r duplextest.Recorder
		h := r.Handler(nil)
		time.AfterFunc(time.Hour, func() { h.OnEnd(nil) })
		r.ExpectNothing(t, 59*time.Minute)
		if got := failure(t, func(t testing.TB) { r.ExpectNothing(t, 2*time.Minute) }); !strings.HasPrefix(got, "got events\n\tend") {
			t.Errorf("it fails with %q, want one of the end that came", got)
		}
	})
}

func TestVirtualTimeIsNoTestOfPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Driver: "memory"}
		defer e.Close()
		a, b := duplextest.Pipe(t, e)
		b.SetTimeout(24 * time.Hour)
		b.Expect(t, "timeout")
		a.AfterFunc(24*time.Hour, func() { a.Destroy(nil) })
		if got := b.Events(t); len(got) != 2 {
			t.Errorf("got %q, want end and close", got)
		}
	})
}

func TestPatienceEndsInTheTimeThatIsSet(t *testing.T) {
	const want = "got events\n\tnone\nand no more in time; want\n\tend"
	expectEnd := func(r *duplextest.Recorder) func(testing.TB) {
		return func(t testing.TB) { r.Expect(t, "end") }
	}
	if got := failure(t, expectEnd(&duplextest.Recorder{Patience: time.Millisecond})); got != want {
		t.Errorf("it fails with\n%s\nwant\n%s", got, want)
	}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		if got := failure(t, expectEnd(&duplextest.Recorder{Patience: time.Minute})); got != want {
			t.Errorf("it fails with\n%s\nwant\n%s", got, want)
		}
		if took := time.Since(began); took != time.Minute {
			t.Errorf("it took %v, want 1m", took)
		}
		// What never comes fails the test in a bubble too, rather than hang it.
		if got := failure(t, expectEnd(new(duplextest.Recorder))); got != want {
			t.Errorf("it fails with\n%s\nwant\n%s", got, want)
		}
		// A negative one is for ever.
		r := &duplextest.Recorder{Patience: -1}
		h := r.Handler(nil)
		time.AfterFunc(10_000*time.Hour, func() { h.OnEnd(nil) })
		r.Expect(t, "end")
	})
}

func TestHostsKnowsTheseAndNoOthers(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		client := &duplex.Client{Engine: e, Resolver: duplextest.Hosts{}}
		var r duplextest.Recorder
		client.Connect(t.Context(), "tcp", "gopher.test:80", r.Handler(nil))
		r.Expect(t, "error: ENOTFOUND", "close: hadError")
	})
}

func TestSocketPathIsShortAndNew(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		if e.Driver != "memory" {
			testrun.NeedUnixSockets(t)
		}
		path := duplextest.SocketPath(t)
		if len(path) > 103 {
			t.Errorf("%s has %d bytes, more than every system takes", path, len(path))
		}
		if err := srv.Listen("unix", path); err != nil {
			t.Error(err)
		}
	})
}
