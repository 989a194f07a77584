// Copyright 2026 The duplex authors. MIT license.

package duplextest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Expect waits until the next events are those of want, and forgets them. The
// test fails as soon as others come, or when Patience is over. Expect without
// events fails if there are any now; see [Recorder.ExpectNothing].
func (r *Recorder) Expect(t testing.TB, want ...string) {
	t.Helper()
	tests := make([]test, len(want))
	for i, w := range want {
		tests[i] = func(line string) bool { return line == w }
	}
	r.expect(t, want, tests, strings.HasPrefix)
}

// ExpectMatch is [Recorder.Expect] with regular expressions, each of which has to
// match the whole of an event; a dot matches newlines too:
//
//	r.ExpectMatch(t, "connect", "data: 220 .*", `data: id \d+`)
//
// Unless the Recorder has Pieces, data matches as soon as what has arrived of it
// does.
func (r *Recorder) ExpectMatch(t testing.TB, want ...string) {
	t.Helper()
	tests := make([]test, len(want))
	for i, w := range want {
		if _, err := regexp.Compile(w); err != nil {
			t.Fatalf("the pattern %q: %v", w, err)
		}
		tests[i] = regexp.MustCompile(`\A(?s:` + w + `)\z`).MatchString
	}
	r.expect(t, want, tests, func(string, string) bool { return true })
}

// ExpectNothing fails if there is an event already, or if one comes within d. In a
// bubble of testing/synctest the time is virtual: d may be an hour.
func (r *Recorder) ExpectNothing(t testing.TB, d time.Duration) {
	t.Helper()
	over := time.NewTimer(d)
	defer over.Stop()
	for {
		got, told := r.look()
		if len(got) > 0 {
			t.Fatalf("got events\n\t%s\nwant none for %v%s", lines(got), d, r.before())
		}
		select {
		case <-told:
		case <-over.C:
			return
		}
	}
}

// Events waits for OnClose and returns all events that were not expected yet.
func (r *Recorder) Events(t testing.TB) []string {
	t.Helper()
	over, stop := patience(r.Patience)
	defer stop()
	for {
		got, told := r.look()
		if r.closed() {
			got, _ = r.look() // whatever came before OnClose is there now
			return got
		}
		select {
		case <-told:
		case <-over:
			t.Fatalf("got events\n\t%s\nand no close in time%s", lines(got), r.before())
		}
	}
}

// A test reports whether a line is what is expected.
type test func(line string) bool

// expect waits until the next events pass the tests, and forgets them. The last
// line that came may be data which is not complete: grows reports whether it may
// still become what is wanted.
func (r *Recorder) expect(t testing.TB, want []string, tests []test, grows func(want, got string) bool) {
	t.Helper()
	over, stop := patience(r.Patience)
	defer stop()
	for {
		got, told := r.look()
		n := 0 // lines that are as wanted
		for n < min(len(got), len(tests)) && tests[n](got[n]) {
			n++
		}
		switch {
		case len(tests) == 0 && len(got) > 0:
			t.Fatalf("got events\n\t%s\nwant none%s", lines(got), r.before())
		case n == len(tests):
			r.forget(got[:n])
			return
		case n == len(got):
		case n == len(got)-1 && !r.Pieces && strings.HasPrefix(got[n], data) && grows(want[n], got[n]):
		default:
			t.Fatalf("got events\n\t%s\nwant\n\t%s%s", lines(got), lines(want), r.before())
		}
		select {
		case <-told:
		case <-over:
			t.Fatalf("got events\n\t%s\nand no more in time; want\n\t%s%s", lines(got), lines(want), r.before())
		}
	}
}

// before shows the events that were expected and came.
func (r *Recorder) before() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.past) == 0 {
		return ""
	}
	return fmt.Sprintf("\nafter\n\t%s", lines(r.past))
}

// lines shows events, each cut to a readable length.
func lines(events []string) string {
	if len(events) == 0 {
		return "none"
	}
	shown := make([]string, len(events))
	for i, e := range events {
		shown[i] = shorten(e)
	}
	return strings.Join(shown, "\n\t")
}

// shorten returns an event as a line of readable length, quoted if it is binary or
// has a line's end in it.
func shorten(event string) string {
	const most = 200
	more := ""
	if len(event) > most {
		event, more = event[:most], "…"
	}
	if !strconv.CanBackquote(event) {
		event = strconv.Quote(event)
	}
	return event + more
}
