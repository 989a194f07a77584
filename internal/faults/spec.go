// Copyright 2026 The duplex authors. MIT license.

package faults

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/duplex-go/duplex/internal/bytesize"
)

// A form is how the text of a kind looks.
type form struct {
	kind  Kind
	shown string // an example
	read  func(t *Toxic, value string) bool
}

// forms are those of all kinds, in the order in which messages name them.
var forms = []form{
	{Latency, "latency:100ms±20ms", readLatency},
	{Bandwidth, "bandwidth:64KB/s", func(t *Toxic, value string) bool {
		size, found := strings.CutSuffix(value, "/s")
		return found && readSize(&t.Rate, size) && t.Rate > 0
	}},
	{Slice, "slice:8..64,1ms", readSlice},
	{LimitData, "limit_data:1KiB", func(t *Toxic, value string) bool { return readSize(&t.Bytes, value) }},
	{LimitTime, "limit_time:5s", func(t *Toxic, value string) bool { return readTime(&t.Delay, value) }},
	{Blackhole, "blackhole", func(t *Toxic, value string) bool { return value == "" || readTime(&t.Delay, value) }},
	{SlowClose, "slow_close:2s", func(t *Toxic, value string) bool { return readTime(&t.Delay, value) }},
	{Reset, "reset:after=1s", func(t *Toxic, value string) bool {
		return value == "" || readTime(&t.Delay, strings.TrimPrefix(value, "after="))
	}},
	{Stall, "stall:p=0.01,200ms", func(t *Toxic, value string) bool {
		chance, pause, _ := strings.Cut(value, ",")
		return readChance(&t.Chance, chance) && readTime(&t.Delay, pause)
	}},
	{Corrupt, "corrupt:p=1e-4", func(t *Toxic, value string) bool { return readChance(&t.Chance, value) }},
}

// Examples returns an example of each kind.
func Examples() (examples []string) {
	for _, f := range forms {
		examples = append(examples, f.shown)
	}
	return examples
}

// Parse reads toxics from text such as "latency:100ms±20ms@down@30%". Without @up and
// @down the text stands for one toxic in each direction; both touch the same connections.
// The toxics have names as in Toxiproxy, such as latency_downstream. The nth text of a Set
// has its number, so that equal texts decide apart.
func Parse(text string, nth int) ([]Toxic, error) {
	fields := strings.Split(text, "@")
	word, value, _ := strings.Cut(fields[0], ":")
	at := slices.IndexFunc(forms, func(f form) bool { return string(f.kind) == word })
	if at < 0 {
		return nil, fmt.Errorf("no such toxic: %s", word)
	}
	t := Toxic{Kind: forms[at].kind, Probability: 1, Draw: strconv.Itoa(nth)}
	if !forms[at].read(&t, value) {
		return nil, fmt.Errorf("%s is written as %s, not %s", word, forms[at].shown, fields[0])
	}
	directions := []Direction{Up, Down}
	if t.Kind.whole() {
		directions = []Direction{Down}
	}
	for _, suffix := range fields[1:] {
		switch share, isShare := strings.CutSuffix(suffix, "%"); {
		case suffix == "up":
			directions = []Direction{Up}
		case suffix == "down":
			directions = []Direction{Down}
		case isShare && readShare(&t.Probability, share):
		default:
			return nil, fmt.Errorf("a suffix is @up, @down or a share such as @30%%, not @%s", suffix)
		}
	}
	var toxics []Toxic
	for _, d := range directions {
		t.Direction, t.Name = d, defaultName(t.Kind, d)
		if nth > 1 {
			t.Name += "_" + strconv.Itoa(nth)
		}
		toxics = append(toxics, t)
	}
	return toxics, nil
}

// defaultName returns the name of a toxic that has none of its own.
func defaultName(k Kind, d Direction) string { return string(k) + "_" + d.String() + "stream" }

// ReadFile reads texts as Parse does, one from each line. Empty lines, and what follows a
// #, do not count.
func ReadFile(r io.Reader) (texts []string, err error) {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if _, err := Parse(text, n); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		texts = append(texts, text)
	}
	return texts, lines.Err()
}

// readLatency reads 100ms, 100ms±20ms or 100ms+-20ms.
func readLatency(t *Toxic, value string) bool {
	delay, jitter, found := strings.Cut(strings.Replace(value, "+-", "±", 1), "±")
	return readTime(&t.Delay, delay) && (!found || readTime(&t.Jitter, jitter))
}

// readSlice reads 8..64, with a time behind it or without.
func readSlice(t *Toxic, value string) bool {
	sizes, pause, paused := strings.Cut(value, ",")
	least, most, found := strings.Cut(sizes, "..")
	if !found {
		most = least
	}
	var first, last error
	t.Least, first = strconv.Atoi(least)
	t.Most, last = strconv.Atoi(most)
	return first == nil && last == nil && 0 < t.Least && t.Least <= t.Most && t.Most <= math.MaxInt32 &&
		(!paused || readTime(&t.Delay, pause))
}

// longest is the longest time of a toxic.
const longest = 1000 * time.Hour

func readTime(d *time.Duration, value string) bool {
	parsed, err := time.ParseDuration(value)
	*d = parsed
	return err == nil && value != "0" && 0 <= parsed && parsed <= longest
}

func readChance(p *float64, value string) bool {
	number, found := strings.CutPrefix(value, "p=")
	parsed, err := strconv.ParseFloat(number, 64)
	*p = parsed
	return found && err == nil && 0 <= parsed && parsed <= 1
}

func readShare(p *float64, value string) bool {
	parsed, err := strconv.ParseFloat(value, 64)
	*p = parsed / 100
	return err == nil && 0 <= parsed && parsed <= 100
}

// readSize reads a number of bytes with its unit, such as 64KB or 1.5MiB.
func readSize(n *int64, value string) bool {
	size, united, ok := bytesize.Parse(value)
	*n = int64(size)
	return ok && united && 0 <= size && size <= 1<<50
}

// formatSize returns n in a form that readSize reads.
func formatSize(n int64) string {
	for _, u := range []struct {
		name  string
		bytes int64
	}{{"GiB", 1 << 30}, {"GB", 1e9}, {"MiB", 1 << 20}, {"MB", 1e6}, {"KiB", 1 << 10}, {"KB", 1e3}} {
		if n >= u.bytes && n%u.bytes == 0 {
			return strconv.FormatInt(n/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10) + "B"
}
