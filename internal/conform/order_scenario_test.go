// Copyright 2026 The duplex authors. MIT license.

package conform_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A scenario is a file of testdata/order.
type scenario struct {
	about []string // lines of comment
	node  string   // the version that it was recorded from
	steps []step
}

// A step is what the ends do, and the events that follow.
type step struct {
	lines []line
	want  []string
}

// A line is what one end does, at once or on an event.
type line struct {
	end   string
	text  string // all that follows the end's name
	on    string // the event; "" for at once
	verbs []verb
}

// A verb is something that an end does. Node receives it as JSON.
type verb struct {
	Verb    string         `json:"verb"`
	Text    text           `json:"text,omitempty"`
	Word    string         `json:"word,omitempty"` // of setEncoding and setTimeout
	Host    string         `json:"host,omitempty"`
	Port    int            `json:"port"`
	Path    string         `json:"path,omitempty"` // instead of Host and Port
	Options map[string]any `json:"options"`        // of listen, connect and write, by Node's names

	at string // where to listen or connect, as written
}

var verbs = strings.Fields("listen connect close write end destroy reset pause resume cork uncork setEncoding setTimeout address count state")

const (
	recordedFrom = "# Recorded from Node "
	doing        = "> "
)

func readScenario(t *testing.T, file string) *scenario {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := new(scenario)
	fresh := true // the next line begins a step
	for i, text := range strings.Split(string(data), "\n") {
		switch {
		case text == "":
			fresh = true
			continue
		case strings.HasPrefix(text, recordedFrom):
			s.node = strings.TrimSuffix(strings.TrimPrefix(text, recordedFrom), ".")
			continue
		case strings.HasPrefix(text, "#"):
			s.about = append(s.about, text)
			continue
		}
		if fresh {
			s.steps = append(s.steps, step{})
			fresh = false
		}
		now := &s.steps[len(s.steps)-1]
		order, ok := strings.CutPrefix(text, doing)
		if !ok {
			now.want = append(now.want, text)
			continue
		}
		l, err := parseLine(order)
		if err == nil && len(now.want) > 0 {
			err = errors.New("a step needs an empty line before it")
		}
		if err != nil {
			t.Fatalf("%s:%d: %v", file, i+1, err)
		}
		now.lines = append(now.lines, l)
	}
	if s.node == "" && !*update {
		t.Fatalf("%s was not recorded; record it with go test ./internal/conform -run ^TestOrder$ -update", file)
	}
	return s
}

// String returns s in the form of its file.
func (s *scenario) String() string {
	var b strings.Builder
	for _, text := range s.about {
		fmt.Fprintln(&b, text)
	}
	fmt.Fprintf(&b, "%s%s.\n", recordedFrom, s.node)
	for _, step := range s.steps {
		fmt.Fprintln(&b)
		for _, l := range step.lines {
			fmt.Fprintf(&b, "%s%s %s\n", doing, l.end, l.text)
		}
		for _, text := range step.want {
			fmt.Fprintln(&b, text)
		}
	}
	return b.String()
}

// parseLine reads "END VERB…; VERB…" or "END on EVENT: VERB…; VERB…".
func parseLine(s string) (l line, err error) {
	l.end, l.text, _ = strings.Cut(s, " ")
	rest := l.text
	if on, ok := strings.CutPrefix(rest, "on "); ok {
		if l.on, rest, ok = strings.Cut(on, ":"); !ok {
			return l, fmt.Errorf("no colon in %q", s)
		}
	}
	for rest != "" {
		var v verb
		if v, rest, err = parseVerb(rest); err != nil {
			return l, err
		}
		l.verbs = append(l.verbs, v)
	}
	return l, nil
}

// parseVerb reads one verb, up to a semicolon or the end of s.
func parseVerb(s string) (v verb, rest string, err error) {
	v.Options = make(map[string]any)
	place := false // the next word is where to listen or connect
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		switch s[0] {
		case ';':
			return v, s[1:], nil
		case '"':
			if s, err = v.parseText(s); err != nil {
				return v, "", err
			}
			continue
		}
		end := strings.IndexAny(s, " ;")
		if end < 0 {
			end = len(s)
		}
		word := s[:end]
		s = s[end:]
		option, value, numeric := strings.Cut(word, "=")
		switch {
		case v.Verb == "" && slices.Contains(verbs, word):
			v.Verb = word
		case place:
			v.at, place = word, false
		case v.Verb == "connect" && word == "to" || v.Verb == "listen" && word == "at":
			place = true
		case option == "maxConnections" && numeric:
			if v.Options[option], err = strconv.Atoi(value); err != nil {
				return v, "", err
			}
		case word == "allowHalfOpen" || word == "pauseOnConnect" || word == "callback":
			v.Options[word] = true
		case v.Verb == "setEncoding" || v.Verb == "setTimeout":
			v.Word = word
		default:
			return v, "", fmt.Errorf("what is %q?", word)
		}
	}
	return v, "", nil
}

// parseText reads a Go string, and the *N that may follow it.
func (v *verb) parseText(s string) (rest string, err error) {
	quoted, err := strconv.QuotedPrefix(s)
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, s)
	}
	p, err := strconv.Unquote(quoted)
	if err != nil {
		return "", err
	}
	rest = s[len(quoted):]
	times := 1
	if number, ok := strings.CutPrefix(rest, "*"); ok {
		rest = strings.TrimLeft(number, "0123456789")
		if times, err = strconv.Atoi(number[:len(number)-len(rest)]); err != nil {
			return "", err
		}
	}
	v.Text = v.Text.append(textOf(bytes.Repeat([]byte(p), times))...)
	return rest, nil
}
