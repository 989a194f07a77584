// Copyright 2026 The duplex authors. MIT license.

package load_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/duplex-go/duplex/internal/load"
)

// HdrHistogram's reader finds in a log what was written: times and counts.
func TestLogIsReadByHdrHistogram(t *testing.T) {
	start := time.UnixMilli(1_700_000_000_250)
	var file bytes.Buffer
	log, err := load.NewLog(&file, start)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		h := hdrhistogram.New(1, int64(time.Hour), 3)
		h.RecordValues(int64(i+1)*1e6, int64(i+5))
		p := load.Point{At: time.Duration(i) * time.Second, Length: time.Second}
		if err := log.Write(p, h); err != nil {
			t.Fatal(err)
		}
	}
	reader := hdrhistogram.NewHistogramLogReader(&file)
	for i := range 3 {
		h, err := reader.NextIntervalHistogram()
		if err != nil || h == nil {
			t.Fatalf("interval %d: %v, %v", i, h, err)
		}
		if got, want := h.TotalCount(), int64(i+5); got != want {
			t.Errorf("interval %d has %d times, want %d", i, got, want)
		}
		if got, want := h.ValueAtQuantile(50), int64(i+1)*1e6; got < want || got > want*1001/1000 {
			t.Errorf("interval %d has times of %d ns, want %d", i, got, want)
		}
		want := start.Add(time.Duration(i) * time.Second).UnixMilli()
		if got := h.StartTimeMs(); got < want-1 || got > want+1 {
			t.Errorf("interval %d begins at %d ms, want %d", i, got, want)
		}
	}
	if h, err := reader.NextIntervalHistogram(); h != nil || err != nil {
		t.Errorf("after the last interval there is %v, %v", h, err)
	}
}

// full is a file of a full disk.
type full struct{}

var errFull = errors.New("no space")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestLogReportsAFullDisk(t *testing.T) {
	if _, err := load.NewLog(full{}, time.Now()); !errors.Is(err, errFull) {
		t.Errorf("the error is %v, want %v", err, errFull)
	}
}

// withPoints is a report with a chart.
func withPoints() *load.Report {
	r := report()
	for i := range 10 {
		r.Points = append(r.Points, load.Point{At: time.Duration(i) * time.Second, Length: time.Second, OK: int64(100 * i), P50: time.Millisecond, P99: time.Second})
	}
	return r
}

// The page is one file: its charts are inside, and nothing comes from elsewhere. What the
// user has written is escaped.
func TestPageNeedsNoNetwork(t *testing.T) {
	page := withPoints().HTML("bench <of> & more", "text <b>")
	for _, never := range []string{"http", "<script", "src=", "href=", "@import", "url(", "<of>", "text <b>", "NaN", "Inf", "%!"} {
		if strings.Contains(page, never) {
			t.Errorf("the page has %q", never)
		}
	}
	charts := regexp.MustCompile(`(?s)<svg.*?</svg>`).FindAllString(page, -1)
	if len(charts) != 3 {
		t.Fatalf("the page has %d charts, want 3", len(charts))
	}
	for i, chart := range charts {
		decoder := xml.NewDecoder(strings.NewReader(chart))
		for {
			if _, err := decoder.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("chart %d is no XML: %v\n%s", i, err, chart)
			}
		}
	}
}

// The longest line of a report has 98 characters. At 13 px they fit the page, and where it
// is narrower a line is wrapped: nothing is cut off.
func TestPageShowsWholeLines(t *testing.T) {
	style := regexp.MustCompile(`(?m)^pre \{(.*)\}$`).FindStringSubmatch(withPoints().HTML("t", "x"))
	if style == nil {
		t.Fatal("the page has no style of pre")
	}
	for _, rule := range []string{"font-size: 13px", "white-space: pre-wrap", "overflow-wrap: anywhere"} {
		if !strings.Contains(style[1], rule) {
			t.Errorf("the style of pre is %s, want %s", style[1], rule)
		}
	}
}

// A report of nothing has a page, too.
func TestPageOfNothing(t *testing.T) {
	empty := &load.Report{}
	h := func() *hdrhistogram.Histogram { return hdrhistogram.New(1, int64(time.Hour), 3) }
	empty.Response, empty.Service, empty.Connect, empty.Late = h(), h(), h(), h()
	if page := empty.HTML("t", "x"); strings.Contains(page, "NaN") || strings.Contains(page, "<svg") {
		t.Errorf("the page is %s", page)
	}
	if text := empty.AppendJSON(nil, "t", nil); !json.Valid(text) {
		t.Errorf("no JSON: %s", text)
	}
}

// A chart of many messages names each place of its axes in digits, and no two alike.
func TestLabelsOfManyMessagesAreDigits(t *testing.T) {
	h := hdrhistogram.New(1, int64(time.Hour), 3)
	h.RecordValues(int64(time.Millisecond), 2e9)
	r := &load.Report{Response: h, Service: hdrhistogram.New(1, int64(time.Hour), 3)}
	for i := range 3 {
		r.Points = append(r.Points, load.Point{At: time.Duration(i) * time.Second, Length: time.Second, OK: 750_000})
	}
	page := r.HTML("a", "b")
	for _, want := range []string{">200000<", ">800000<", ">1.5 s<", ">0 %<", ">90 %<", ">99.9 %<", ">99.9999 %<", ">99.999999 %<"} {
		if strings.Count(page, want) != 1 {
			t.Errorf("there are %d labels %s, want one", strings.Count(page, want), want)
		}
	}
	if strings.Contains(page, "e+0") || strings.Contains(page, ">100 %<") {
		t.Error("a label has an exponent, or is 100 %")
	}
}

// The keys of the object and their order stay as they are.
func TestJSONHasFixedKeys(t *testing.T) {
	threshold, err := load.ParseThreshold("p99<5ms")
	if err != nil {
		t.Fatal(err)
	}
	text := withPoints().AppendJSON(nil, "127.0.0.1:6666", []load.Threshold{threshold})
	if bytes.Count(text, []byte("\n")) != 1 || !json.Valid(text) {
		t.Fatalf("not one line of JSON: %s", text)
	}
	var keys []string
	for _, m := range regexp.MustCompile(`"([A-Za-z0-9.]+)":`).FindAllStringSubmatch(string(text), -1) {
		keys = append(keys, m[1])
	}
	const want = "target mode conns rate pipeline warmup duration elapsed interrupted ok errors codes unsent surplus perSecond sentPerSecond rateReached out in" +
		" responseUs count min mean p50 p90 p99 p99.9 p99.99 max serviceUs count min mean p50 p90 p99 p99.9 p99.99 max" +
		" connectUs lateUs ownCpuUs ownCpus thresholds threshold value met points at length ok errors p50Us p99Us"
	got := strings.Join(keys, " ")
	if len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("keys: %s\nwant:  %s", got, want)
	}
}

// The bars hold every time once, and their bounds rise.
func TestBarsHoldEveryTime(t *testing.T) {
	bars := load.Bars(report().Response, 10)
	if len(bars) != 10 {
		t.Fatalf("%d bars, want 10", len(bars))
	}
	sum := int64(0)
	for i, b := range bars {
		sum += b.Count
		if b.To <= b.From || i > 0 && b.From != bars[i-1].To {
			t.Errorf("bar %d is from %v to %v", i, b.From, b.To)
		}
	}
	if sum != 100 {
		t.Errorf("the bars hold %d times, want 100", sum)
	}
	alike := hdrhistogram.New(1, int64(time.Hour), 3)
	if load.Bars(alike, 10) != nil {
		t.Error("an empty histogram has bars")
	}
	alike.RecordValues(5000, 7)
	if bars := load.Bars(alike, 10); len(bars) != 1 || bars[0].Count != 7 {
		t.Errorf("of times that are alike the bars are %v", bars)
	}
}

// A seed decides on the bytes of a Payload, or on its order, and each seed on another one.
func TestASeedDecidesOnThePayload(t *testing.T) {
	for name, made := range map[string]func(seed uint64) load.Payload{
		"filler":   func(seed uint64) load.Payload { return load.RandomFiller(100, seed) },
		"shuffled": func(seed uint64) load.Payload { return load.Lines([]byte("a\nb\nc\nd\ne\nf\ng\nh\n")).Shuffled(seed) },
	} {
		one, same, other := bytes.Join(made(1).Messages, nil), bytes.Join(made(1).Messages, nil), bytes.Join(made(2).Messages, nil)
		if !bytes.Equal(one, same) || bytes.Equal(one, other) || len(one) != len(other) || one[len(one)-1] != '\n' {
			t.Errorf("%s: %q, %q, %q", name, one, same, other)
		}
	}
}
