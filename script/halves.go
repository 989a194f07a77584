// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The second engine of goja knows a class of characters by a text of the ends of its
// ranges, in which each half of a pair of surrogates is U+FFFD. So it takes
// [\uD800-\uDBFF] and [\uDC00-\uDFFF], in one expression, for the same class, and finds
// no pair at all. Here each such class but the first gets a character of its own: one
// that is for private use, that the class does not have, and that cannot match there.
const (
	firstOwn = '\uE700'
	lastOwn  = '\uF6FF'
)

// apart gives the classes with halves of surrogates characters of their own. Where
// there is at most one such class, the pattern stays. With the flag u, a pair is no
// two halves. The accessor source undoes it.
func apart(pattern string, unicode bool) string {
	if strings.Count(pattern, "[") < 2 || !hasHalves(pattern) {
		return pattern
	}
	var out strings.Builder
	seen := map[string]rune{} // 0 for the first
	own := firstOwn
	for at := 0; at < len(pattern); {
		switch c := pattern[at]; {
		case c == '\\' && at+1 < len(pattern):
			_, size := utf8.DecodeRuneInString(pattern[at+1:])
			out.WriteString(pattern[at : at+1+size])
			at += 1 + size
			continue
		case c != '[':
			out.WriteByte(c)
			at++
			continue
		}
		class := readClass(pattern[at:], unicode)
		if class.text == "" { // it has no end
			out.WriteString(pattern[at:])
			break
		}
		at += len(class.text)
		if !class.halves || class.open {
			out.WriteString(class.text)
			continue
		}
		mark, known := seen[class.text]
		if !known {
			if len(seen) > 0 {
				for own <= lastOwn && class.has(own) {
					own++
				}
				mark = own
				own++
			}
			seen[class.text] = mark
		}
		switch {
		case mark == 0 || mark > lastOwn:
			out.WriteString(class.text)
		case class.negated:
			fmt.Fprintf(&out, `(?:%c|%s%[1]c])`, mark, class.text[:len(class.text)-1])
		default:
			fmt.Fprintf(&out, `(?:(?!%c)%s%[1]c])`, mark, class.text[:len(class.text)-1])
		}
	}
	return out.String()
}

// hasHalves reports whether a pattern speaks of halves of surrogates, or of characters
// that consist of two.
func hasHalves(pattern string) bool {
	for i, c := range pattern {
		if c > 0xFFFF {
			return true
		}
		if c == '\\' && i+4 < len(pattern) && pattern[i+1] == 'u' && (pattern[i+2] == 'd' || pattern[i+2] == 'D') &&
			strings.IndexByte("89abcdefABCDEF", pattern[i+3]) >= 0 {
			return true
		}
	}
	return false
}

// A class is one of a regular expression.
type class struct {
	text    string
	negated bool
	unicode bool // pairs are characters
	halves  bool // a range begins or ends with half of a pair
	open    bool // it has an escape such as \W, for characters that are not told
	ranges  [][2]rune
}

func (c *class) has(r rune) bool {
	for _, one := range c.ranges {
		if one[0] <= r && r <= one[1] {
			return true
		}
	}
	return false
}

// readClass reads the class that a text begins with.
func readClass(text string, unicode bool) (c class) {
	c.unicode = unicode
	at := 1
	if strings.HasPrefix(text[at:], "^") {
		c.negated = true
		at++
	}
	for at < len(text) && text[at] != ']' {
		low, size := c.character(text[at:])
		at += size
		high := low
		if at+1 < len(text) && text[at] == '-' && text[at+1] != ']' {
			high, size = c.character(text[at+1:])
			at += 1 + size
		}
		c.ranges = append(c.ranges, [2]rune{low, high})
		c.halves = c.halves || c.isHalf(low) || c.isHalf(high)
	}
	if at < len(text) {
		c.text = text[:at+1]
	}
	return c
}

// isHalf reports whether r is half of a pair, or consists of two.
func (c *class) isHalf(r rune) bool {
	return utf16.IsSurrogate(r) || r > 0xFFFF && !c.unicode
}

// character reads a character of a class. For an escape that stands for many it
// returns -1.
func (c *class) character(text string) (r rune, size int) {
	r, size = utf8.DecodeRuneInString(text)
	if r != '\\' || len(text) < 2 {
		return r, size
	}
	digits := 0
	switch text[1] {
	case 'D', 'W', 'S', 'p', 'P':
		c.open = true
		return -1, 2
	case 'd', 'w', 's':
		return -1, 2
	case 'u':
		digits = 4
		if end := strings.IndexByte(text, '}'); c.unicode && strings.HasPrefix(text, `\u{`) && end > 0 {
			value, _ := strconv.ParseUint(text[3:end], 16, 32)
			return rune(value), end + 1
		}
	case 'x':
		digits = 2
	}
	if digits > 0 && len(text) >= 2+digits {
		if value, err := strconv.ParseUint(text[2:2+digits], 16, 32); err == nil {
			r, size = rune(value), 2+digits
			if next := text[size:]; c.unicode && utf16.IsSurrogate(r) && strings.HasPrefix(next, `\u`) && len(next) >= 6 {
				low, _ := strconv.ParseUint(next[2:6], 16, 32)
				if pair := utf16.DecodeRune(r, rune(low)); pair != utf8.RuneError {
					return pair, size + 6
				}
			}
			return r, size
		}
	}
	r, size = utf8.DecodeRuneInString(text[1:])
	return r, 1 + size
}
