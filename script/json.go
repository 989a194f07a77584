// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/dop251/goja"
)

// notJSON returns why text is no JSON, in V8's words.
func notJSON(text string) string {
	s := &jsonScanner{text: []rune(text)}
	if s.value(); s.fault == "" {
		if s.space(); s.at < len(s.text) {
			s.fail("Unexpected non-whitespace character after JSON at position %d", s.at)
		}
	}
	return s.fault
}

// A jsonScanner finds the first fault of a text that should be JSON.
type jsonScanner struct {
	text  []rune
	at    int
	fault string
}

func (s *jsonScanner) fail(format string, args ...any) bool {
	if s.fault == "" {
		s.fault = fmt.Sprintf(format, args...)
	}
	return false
}

func (s *jsonScanner) space() {
	for s.at < len(s.text) && strings.ContainsRune(" \t\r\n", s.text[s.at]) {
		s.at++
	}
}

// peek returns the rune at hand, -1 at the end.
func (s *jsonScanner) peek() rune {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return -1
}

// unexpected says that the rune at hand cannot be there.
func (s *jsonScanner) unexpected() bool {
	const context = 10
	switch c := s.peek(); {
	case c < 0:
		return s.fail("Unexpected end of JSON input")
	case c == '"':
		return s.fail("Unexpected string in JSON at position %d", s.at)
	case c >= '0' && c <= '9' || c == '-':
		return s.fail("Unexpected number in JSON at position %d", s.at)
	case len(s.text) <= 40:
		if text := string(s.text); text == "undefined" || text == "[object Object]" {
			return s.fail("%q is not valid JSON", text)
		}
		return s.fail("Unexpected token '%c', \"%s\" is not valid JSON", c, string(s.text))
	}
	from, to := max(s.at-context, 0), min(s.at+context, len(s.text))
	before, after := "...", "..."
	if from == 0 {
		before = ""
	}
	if to == len(s.text) {
		after = ""
	}
	return s.fail("Unexpected token '%c', %s\"%s\"%s is not valid JSON", s.text[s.at], before, string(s.text[from:to]), after)
}

func (s *jsonScanner) value() bool {
	s.space()
	switch c := s.peek(); {
	case c == '{':
		return s.object()
	case c == '[':
		return s.array()
	case c == '"':
		return s.string()
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	}
	for _, word := range []string{"true", "false", "null"} {
		if s.peek() == rune(word[0]) {
			for _, c := range word {
				if s.peek() != c {
					return s.unexpected()
				}
				s.at++
			}
			return true
		}
	}
	return s.unexpected()
}

func (s *jsonScanner) object() bool {
	s.at++
	for first := true; ; first = false {
		s.space()
		switch c := s.peek(); {
		case c == '}' && first:
			s.at++
			return true
		case c != '"' && first:
			return s.fail("Expected property name or '}' in JSON at position %d", s.at)
		case c != '"':
			return s.fail("Expected double-quoted property name in JSON at position %d", s.at)
		}
		if !s.string() {
			return false
		}
		if s.space(); s.peek() != ':' {
			return s.fail("Expected ':' after property name in JSON at position %d", s.at)
		}
		s.at++
		if !s.value() {
			return false
		}
		if more, ok := s.separator('}', "Expected ',' or '}' after property value in JSON at position %d"); !more {
			return ok
		}
	}
}

func (s *jsonScanner) array() bool {
	s.at++
	for first := true; ; first = false {
		s.space()
		if first && s.peek() == ']' {
			s.at++
			return true
		}
		if !s.value() {
			return false
		}
		if more, ok := s.separator(']', "Expected ',' or ']' after array element in JSON at position %d"); !more {
			return ok
		}
	}
}

// separator passes a comma, behind which there is more, or what closes; anything else
// is why the text is no JSON.
func (s *jsonScanner) separator(closing rune, otherwise string) (more, ok bool) {
	s.space()
	switch s.peek() {
	case ',':
		s.at++
		return true, true
	case closing:
		s.at++
		return false, true
	}
	return false, s.fail(otherwise, s.at)
}

func (s *jsonScanner) string() bool {
	for s.at++; ; s.at++ {
		switch c := s.peek(); {
		case c < 0:
			return s.fail("Unterminated string in JSON at position %d", s.at)
		case c == '"':
			s.at++
			return true
		case c < ' ':
			return s.fail("Bad control character in string literal in JSON at position %d", s.at)
		case c == '\\':
			s.at++
			switch {
			case s.peek() < 0:
				return s.fail("Unterminated string in JSON at position %d", s.at)
			case s.peek() == 'u':
				for range 4 {
					s.at++
					if !strings.ContainsRune("0123456789abcdefABCDEF", s.peek()) {
						return s.fail("Bad Unicode escape in JSON at position %d", s.at)
					}
				}
			case !strings.ContainsRune(`"\/bfnrt`, s.peek()):
				return s.fail("Bad escaped character in JSON at position %d", s.at)
			}
		}
	}
}

func (s *jsonScanner) digits() bool {
	from := s.at
	for s.peek() >= '0' && s.peek() <= '9' {
		s.at++
	}
	return s.at > from
}

func (s *jsonScanner) number() bool {
	if s.peek() == '-' {
		s.at++
		if s.peek() < '0' || s.peek() > '9' {
			return s.fail("No number after minus sign in JSON at position %d", s.at)
		}
	}
	if s.peek() == '0' {
		s.at++
		if s.peek() >= '0' && s.peek() <= '9' {
			return s.unexpected()
		}
	} else {
		s.digits()
	}
	if s.peek() == '.' {
		s.at++
		if !s.digits() {
			return s.fail("Unterminated fractional number in JSON at position %d", s.at)
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.at++
		if c := s.peek(); c == '+' || c == '-' {
			s.at++
		}
		if !s.digits() {
			return s.fail("Exponent part is missing a number in JSON at position %d", s.at)
		}
	}
	return true
}

// markHalves returns a text of JSON in which each half of a pair of surrogates is a mark
// and the four digits of the half, and the mark: goja's parser does not keep halves. It
// returns undefined if there is none.
func (r *Runtime) markHalves(call goja.FunctionCall) goja.Value {
	text, ok := call.Argument(0).(goja.String)
	if !ok {
		return goja.Undefined()
	}
	if plain := text.String(); len(plain) == text.Length() && !strings.Contains(plain, `\u`) {
		return goja.Undefined() // all of it is ASCII
	}
	units := make([]uint16, text.Length())
	for i := range units {
		units[i] = text.CharAt(i)
	}
	// half returns the half at a place and how much of the text it takes.
	half := func(at int) (unit uint16, width int) {
		switch {
		case at >= len(units):
		case utf16.IsSurrogate(rune(units[at])):
			return units[at], 1
		case units[at] == '\\' && at+5 < len(units) && units[at+1] == 'u':
			code, err := strconv.ParseUint(string(utf16.Decode(units[at+2:at+6])), 16, 16)
			if err == nil && utf16.IsSurrogate(rune(code)) {
				return uint16(code), 6
			}
		}
		return 0, 0
	}
	const mark = 0xF8FF // of no standard's
	marks := 1
	var marked []uint16
	last := 0
	for i := 0; i < len(units); i++ {
		unit, width := half(i)
		next, also := half(i + width)
		switch {
		case units[i] == mark:
			marks++ // more than there are in a row
		case width == 0 && units[i] == '\\':
			i++
		case width > 0 && also > 0 && unit < 0xDC00 && next >= 0xDC00:
			i += width + also - 1
		case width > 0:
			marked = append(append(marked, units[last:i]...), 0)
			marked = append(marked, utf16.Encode([]rune(fmt.Sprintf("%04x", unit)))...)
			i += width - 1
			last = i + 1
		}
	}
	if marked == nil {
		return goja.Undefined()
	}
	marked = append(marked, units[last:]...)
	whole := strings.Repeat(string(rune(mark)), marks)
	return r.vm.NewArray(whole, strings.ReplaceAll(string(utf16.Decode(marked)), "\x00", whole))
}
