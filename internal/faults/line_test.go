// Copyright 2026 The duplex authors. MIT license.

package faults

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

// out is all that comes out of l, and when.
func out(l *Line) string {
	var text []string
	for {
		at, ever := l.Wake(false)
		if !ever {
			return strings.Join(text, " ")
		}
		p, due := l.Next(at, false)
		if !due {
			return strings.Join(append(text, "woken for nothing"), " ")
		}
		switch p.What {
		case Data:
			text = append(text, fmt.Sprintf("%v:%s", at, p.Data))
		default:
			text = append(text, fmt.Sprintf("%v:%s", at, [...]string{"", "END", "ABORT", "CLOSE", "CUT"}[p.What]))
		}
	}
}

// Each toxic does what it says, at the time that it says.
func TestToxics(t *testing.T) {
	for _, c := range []struct {
		toxics string // for the way down
		want   string
	}{
		{"latency:100ms", "100ms:abcd 150ms:efgh 200ms:END"},
		{"latency:100ms latency:10ms", "110ms:abcd 160ms:efgh 210ms:END"},
		{"bandwidth:100B/s", "20ms:ab 40ms:cd 70ms:ef 90ms:gh 100ms:END"},
		{"bandwidth:50B/s", "20ms:a 40ms:b 60ms:c 80ms:d 100ms:e 120ms:f 140ms:g 160ms:h 160ms:END"},
		{"slice:3..3", "0s:abc 0s:d 50ms:ef 50ms:gh 100ms:END"},
		{"slice:2..2,10ms", "0s:ab 10ms:cd 50ms:ef 60ms:gh 100ms:END"},
		{"limit_data:6B", "0s:abcd 50ms:ef 50ms:CLOSE"},
		{"limit_data:4B", "0s:abcd 0s:CLOSE"},
		{"limit_data:0B", "0s:CLOSE"},
		{"limit_time:60ms", "0s:abcd 50ms:efgh 60ms:CLOSE"},
		{"blackhole", ""},
		{"blackhole:1s", "1s:CLOSE"},
		{"slow_close:2s", "0s:abcd 50ms:efgh 2.1s:END"},
		{"reset", "0s:CUT"},
		{"reset:after=70ms", "0s:abcd 50ms:efgh 70ms:CUT"},
		{"stall:p=1,200ms", "200ms:abcd 400ms:efgh 400ms:END"},
		{"stall:p=0,200ms", "0s:abcd 50ms:efgh 100ms:END"},
		{"corrupt:p=0", "0s:abcd 50ms:efgh 100ms:END"},
		{"latency:100ms reset:after=120ms", "100ms:abcd 120ms:CUT"},
		{"slice:2..2 latency:10ms limit_data:5B", "10ms:ab 10ms:cd 60ms:e 60ms:CLOSE"},
	} {
		var texts []string
		for text := range strings.FieldsSeq(c.toxics) {
			texts = append(texts, text+"@down")
		}
		l := parse(t, 1, texts...).Line(1, Down, 0, 0)
		l.Put(0, []byte("abcd"))
		l.Put(50*ms, []byte("efgh"))
		l.End(100 * ms)
		if got := out(l); got != c.want {
			t.Errorf("%s: %s, want %s", c.toxics, got, c.want)
		}
	}
}

func TestTouchesSayWhatToxicsDo(t *testing.T) {
	for toxics, want := range map[string]string{
		"latency:100ms":              "+100ms latency",
		"bandwidth:100B/s":           "+40ms bandwidth",
		"slice:1..1":                 "slice, 4 pieces",
		"slice:1..1,10ms":            "+30ms slice, 4 pieces",
		"limit_data:1B":              "-3 B limit_data",
		"limit_data:9B":              "",
		"blackhole":                  "-4 B blackhole",
		"stall:p=1,1s":               "+1s stall",
		"corrupt:p=1":                "4 B corrupt",
		"reset:after=1s":             "",
		"latency:1ms bandwidth:1B/s": "+1ms latency, +4s bandwidth",
	} {
		l := parse(t, 1, strings.Fields(toxics)...).Line(1, Up, 0, 0)
		if l == nil { // reset is for the way down
			continue
		}
		if got := l.Put(0, []byte("abcd")).String(); got != want {
			t.Errorf("%s: %q, want %q", toxics, got, want)
		}
	}
	l := parse(t, 1, "slow_close:2s").Line(1, Up, 0, 0)
	if got := l.End(0).String(); got != "+2s slow_close" {
		t.Errorf("the end: %q", got)
	}
	l = parse(t, 1, "slice:1..1,10ms", "bandwidth:1B/s", "latency:1s").Line(1, Up, 0, 0)
	l.Put(0, []byte("abcd"))
	if got := l.End(0).String(); got != "" {
		t.Errorf("the end after data that is held up: %q", got)
	}
}

// A reset of the sender comes after what it has sent. Nothing comes after it.
func TestAbortKeepsItsPlace(t *testing.T) {
	l := parse(t, 1, "latency:1s").Line(1, Up, 0, 0)
	l.Put(0, []byte("x"))
	l.Abort(1 * ms)
	if got := out(l); got != "1s:x 1.001s:ABORT" {
		t.Error(got)
	}
	l.Put(2*time.Second, []byte("y"))
	if got := out(l); got != "" {
		t.Errorf("after the reset: %s", got)
	}
}

// A probability of 0 is the same as no toxic.
func TestProbabilityZeroIsNoToxic(t *testing.T) {
	s := parse(t, 7, "blackhole@0%", "latency:1s@up@0%")
	for nth := range 1000 {
		if s.Line(nth, Up, 0, 0) != nil || s.Line(nth, Down, 0, 0) != nil {
			t.Fatalf("connection %d is touched", nth)
		}
	}
}

// A chance may be too small to make a difference to 1.
func TestATinyChanceHitsNothing(t *testing.T) {
	for _, chance := range []string{"1e-15", "1e-17", "1e-300", "5e-324"} {
		l := parse(t, 1, "corrupt:p="+chance).Line(1, Up, 0, 0)
		l.Put(0, make([]byte, 1<<10))
		if p, due := l.Next(0, false); !due || !bytes.Equal(p.Data, make([]byte, 1<<10)) {
			t.Errorf("p=%s: 1 KiB is not what it was", chance)
		}
	}
}

// A probability is the share of connections.
func TestProbabilityIsAShare(t *testing.T) {
	s := parse(t, 7, "blackhole@30%")
	touched := 0
	for nth := range 10_000 {
		if s.Line(nth, Up, 0, 0) != nil {
			touched++
		}
	}
	if touched < 2800 || touched > 3200 {
		t.Errorf("%d of 10000 are touched, want some 3000", touched)
	}
}

// A run with the same seed decides alike, whatever other connections do and whatever the
// time is. The decisions stay what they are in later versions, too.
func TestASeedDecidesAlike(t *testing.T) {
	run := func(seed uint64, shift time.Duration, order []int) string {
		s := parse(t, seed, "latency:100ms±50ms@60%", "corrupt:p=0.2@down", "stall:p=0.3,1s@up")
		results := make([]string, len(order))
		for _, nth := range order {
			for _, d := range []Direction{Up, Down} {
				l := s.Line(nth+1, d, shift, 0)
				if l == nil {
					continue
				}
				for i := range 3 {
					results[nth] += fmt.Sprintf("%d%s [%v] ", nth+1, d, l.Put(shift+time.Duration(i)*10*time.Second, []byte("hello")))
				}
			}
		}
		return strings.Join(results, "")
	}
	got := run(7, 0, []int{0, 1, 2, 3})
	if again := run(7, time.Hour, []int{3, 2, 0, 1}); again != got {
		t.Errorf("once %s\nand once %s", got, again)
	}
	if other := run(8, 0, []int{0, 1, 2, 3}); other == got {
		t.Errorf("another seed decides alike: %s", got)
	}
	const want = `1up [+1s stall] 1up [] 1up [] 1down [2 B corrupt] 1down [] 1down [1 B corrupt] 2up [] 2up [+1s stall] 2up [] 2down [1 B corrupt] 2down [1 B corrupt] 2down [] 3up [+134ms latency] 3up [+130ms latency, +1s stall] 3up [+126ms latency] 3down [+79ms latency, 3 B corrupt] 3down [+120ms latency] 3down [+139ms latency, 3 B corrupt] 4up [] 4up [+1s stall] 4up [] 4down [1 B corrupt] 4down [2 B corrupt] 4down [2 B corrupt] `
	if got != want {
		t.Errorf("seed 7 decides %s\nwant %s", got, want)
	}
}

// Which bytes are corrupted, and where slices begin, does not depend on the pieces that
// come.
func TestDecisionsDoNotDependOnPieces(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789"), 1000)
	flows := make(map[string]int)
	for _, size := range []int{1, 7, 1000, len(text)} {
		l := parse(t, 3, "corrupt:p=0.01", "slice:5..50,1ms").Line(4, Up, 0, 0)
		var got []byte
		cuts := ""
		for rest := text; len(rest) > 0; rest = rest[min(size, len(rest)):] {
			l.Put(0, rest[:min(size, len(rest))])
		}
		last := -ms
		for {
			at, ever := l.Wake(false)
			if !ever {
				break
			}
			p, _ := l.Next(at, false)
			if at > last {
				cuts += fmt.Sprint(len(got), " ")
			}
			got, last = append(got, p.Data...), at
		}
		if len(got) != len(text) || bytes.Equal(got, text) {
			t.Fatalf("%d of %d bytes, equal: %t", len(got), len(text), bytes.Equal(got, text))
		}
		flows[string(got)+cuts]++
	}
	if len(flows) != 1 {
		t.Errorf("pieces of 4 sizes have %d results", len(flows))
	}
}

// A line that is slow fills up; one with latency alone holds what is on its way.
func TestASlowLineIsFull(t *testing.T) {
	for toxics, want := range map[string]int{
		"bandwidth:1KB/s":               64 << 10,
		"stall:p=1,1s":                  64 << 10,
		"latency:1s":                    4 << 20,
		"latency:1s bandwidth:100KiB/s": 164 << 10,
	} {
		l := parse(t, 1, strings.Fields(toxics)...).Line(1, Up, 0, 0)
		for n := 1024; ; n += 1024 {
			l.Put(0, make([]byte, 1024))
			if l.Full() {
				if n != want {
					t.Errorf("%s: full at %d, want %d", toxics, n, want)
				}
				break
			}
		}
	}
}

// A toxic that comes late decides by the offset in the stream, too.
func TestALateToxicDecidesByTheOffset(t *testing.T) {
	s := parse(t, 7, "latency:100ms±50ms", "stall:p=0.5,1s")
	whole, rest := s.Line(1, Up, 0, 0), s.Line(1, Up, 0, 3)
	whole.Put(0, []byte("one"))
	late := 10 * time.Second
	if got, want := rest.Put(late, []byte("two")).String(), whole.Put(late, []byte("two")).String(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A blocked receiver gets nothing, and does not stop a toxic that ends the connection.
func TestABlockedReceiverDoesNotStopAReset(t *testing.T) {
	l := parse(t, 1, "reset:after=1s@up").Line(1, Up, 0, 0)
	l.Put(0, []byte("x"))
	if _, due := l.Next(0, true); due {
		t.Error("a blocked receiver gets data")
	}
	if at, ever := l.Wake(true); !ever || at != time.Second {
		t.Errorf("woken at %v, %t", at, ever)
	}
	if p, due := l.Next(time.Second, true); !due || p.What != Cut {
		t.Errorf("%+v, %t", p, due)
	}
}

// Toxics change while bytes are on their way: those that a toxic held up are free, in
// order. New toxics count from now on.
func TestChangesReachALine(t *testing.T) {
	s := parse(t, 1, "latency:10s@up")
	l := s.Line(1, Up, 0, 0)
	l.Put(0, []byte("a"))
	s.Remove("latency_upstream")
	l.Follow(1 * time.Second)
	l.Put(1*time.Second, []byte("b"))
	if got := out(l); got != "1s:a 1s:b" {
		t.Error(got)
	}
	s.Add(Toxic{Kind: Reset, Direction: Up, Probability: 1, Delay: time.Second})
	l.Follow(5 * time.Second)
	l.Put(5*time.Second, []byte("c"))
	if got := out(l); got != "5s:c 6s:CUT" {
		t.Error(got)
	}
}

// A changed toxic keeps its name and begins anew. One that stays keeps its state.
func TestAChangeLeavesOtherToxicsAlone(t *testing.T) {
	s := parse(t, 1, "limit_data:4B@up", "latency:1s@up")
	l := s.Line(1, Up, 0, 0)
	l.Put(0, []byte("abc"))
	latency, err := s.Get("latency_upstream_2")
	if err != nil {
		t.Fatal(err)
	}
	latency.Delay = 2 * time.Second
	s.Replace(latency)
	l.Follow(0)
	l.Put(0, []byte("def"))
	if got := out(l); got != "0s:abc 2s:d 2s:CLOSE" {
		t.Error(got)
	}
}

// What a blackhole has swallowed is missing, so the connection cannot go on without it.
func TestABlackholeThatGoesResets(t *testing.T) {
	s := parse(t, 1, "blackhole@up")
	l, unused := s.Line(1, Up, 0, 0), s.Line(2, Up, 0, 0)
	l.Put(0, []byte("a"))
	s.Clear()
	l.Follow(time.Second)
	unused.Follow(time.Second)
	l.Put(time.Second, []byte("b"))
	unused.Put(time.Second, []byte("b"))
	if got := out(l); got != "1s:CUT" {
		t.Error(got)
	}
	if got := out(unused); got != "1s:b" {
		t.Error(got)
	}
}

func TestNamesAreUnique(t *testing.T) {
	s := new(Set)
	if _, err := s.Add(Toxic{Kind: Latency}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Add(Toxic{Kind: Latency}); err != ErrExists || got.Name != "latency_upstream" {
		t.Errorf("%s: %v", got.Name, err)
	}
	if s.Remove("x") != ErrMissing || s.Replace(Toxic{Name: "x"}) != ErrMissing {
		t.Error("a toxic that is not there is removed or replaced")
	}
}
