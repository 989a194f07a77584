// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// unescape returns the text that --send and --reply mean: \n, \r, \t, \\, \", \x00
// and \u00e9 have the meaning that they have in Go.
func unescape(text string) (string, error) {
	var b strings.Builder
	for {
		i := strings.IndexByte(text, '\\')
		if i < 0 {
			b.WriteString(text)
			return b.String(), nil
		}
		b.WriteString(text[:i])
		r, multibyte, tail, err := strconv.UnquoteChar(text[i:], '"')
		if err != nil {
			return "", fmt.Errorf("no such escape: %.4s", text[i:])
		}
		if multibyte {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		text = tail
	}
}

// plural returns "1 thing", "2 things".
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}

// whole returns how many of the first n bytes of p are whole characters.
func whole(p []byte, n int) int {
	for cut := n; cut > n-utf8.UTFMax && cut > 0; cut-- {
		if utf8.RuneStart(p[cut]) {
			return cut
		}
	}
	return n
}

// complete returns the length of p without a character that is unfinished at its end.
func complete(p []byte) int {
	for cut := len(p) - 1; cut >= max(0, len(p)-utf8.UTFMax+1); cut-- {
		if utf8.RuneStart(p[cut]) {
			if utf8.FullRune(p[cut:]) {
				break
			}
			return cut
		}
	}
	return len(p)
}
