// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/duplex-go/duplex/internal/load"
)

// mostPayload is how long a message may be, and a file of messages.
const mostPayload = 64 << 20

// parsePayload returns the messages that --payload means.
func parsePayload(spec string) (p load.Payload, err error) {
	kind, value, _ := strings.Cut(spec, ":")
	switch kind {
	case "text":
		text, err := unescape(value)
		if err != nil {
			return p, misuse(escapes, "--payload: %v", err)
		}
		p.Messages = [][]byte{[]byte(text)}
	case "size":
		n, err := parseLength(value)
		if err != nil {
			return p, misuse("as in size:64, size:1KiB or size:2MB", "--payload %s: %v", spec, err)
		}
		return load.Filler(n), nil
	case "file", "lines":
		content, err := os.ReadFile(value)
		if err != nil {
			return p, &failure{exitOther, err.Error(), "--payload " + kind + ": takes the name of a file"}
		}
		if len(content) > mostPayload {
			return p, misuse("a shorter one is sent again and again", "--payload %s: the file has more than %s", spec, formatBytes(mostPayload))
		}
		if p.Messages = [][]byte{content}; kind == "lines" {
			p = load.Lines(content)
		}
	default:
		return p, misuse("there are text:TEXT, size:1KiB, file:FILE and lines:FILE", "--payload does not know %s", spec)
	}
	if len(p.Messages) == 0 || len(p.Messages[0]) == 0 {
		return p, misuse("a message has one byte at least", "--payload %s: there is nothing in it", spec)
	}
	return p, nil
}

// parseUntil returns the reply that --until means. Without --until it is as long as the
// message, or a line if messages are lines.
func parseUntil(spec string, given, lines bool) (r load.Reply, err error) {
	number, sized := strings.CutPrefix(spec, "bytes:")
	switch {
	case !given && lines, spec == "line":
		return load.EndingIn([]byte{'\n'}), nil
	case !given:
		return r, nil
	case sized:
		n, err := parseLength(number)
		if err != nil {
			return r, misuse("as in bytes:4 or bytes:1KiB", "--until %s: %v", spec, err)
		}
		return load.OfSize(n), nil
	}
	text, err := unescape(spec)
	if err != nil {
		return r, misuse(escapes, "--until: %v", err)
	}
	if text == "" {
		return r, misuse("write a text, bytes:N or line", "--until has no text")
	}
	return load.EndingIn([]byte(text)), nil
}

// parseLength returns a number of bytes that a message may have.
func parseLength(text string) (int, error) {
	n, err := parseSize(text)
	if err == nil && n > mostPayload {
		err = fmt.Errorf("it is %s at most", formatBytes(mostPayload))
	}
	return n, err
}

// A frequency is a flag whose value is how many things there are in a second, as in
// 20000, 20k or 20k/s.
type frequency struct{ *float64 }

func (f frequency) String() string { return strconv.FormatFloat(*f.float64, 'g', -1, 64) }
func (f frequency) Type() string   { return "rate" }

func (f frequency) Set(text string) error {
	number := strings.TrimSuffix(text, "/s")
	digits := strings.TrimRight(number, "kM")
	factor, known := map[string]float64{"": 1, "k": 1e3, "M": 1e6}[number[len(digits):]]
	n, err := strconv.ParseFloat(digits, 64)
	if n *= factor; err != nil || !known || !(n >= 0) || n > 1e8 {
		return errors.New("it is a number of messages in a second, as in 500 or 20k; 0 is no rate")
	}
	*f.float64 = n
	return nil
}
