// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// A character with combining marks, such as e and U+0301, has the columns of its first rune,
// and a tab has those up to the next multiple of 8. The Terminal would take one for each rune.
// So each of these is one rune in the line that the Terminal has, from the last plane for
// private use. Runes of that plane that a person types are clusters of themselves.
const (
	firstCluster = 0x100000
	lastCluster  = 0x10fffd
)

// clusters are those that were typed.
var clusters struct {
	mu   sync.Mutex
	text []string
	of   map[string]rune
}

// isMark reports whether r takes no column: it belongs to the character before.
func isMark(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me) || r == '\u200c' || r == '\u200d'
}

func isCluster(r rune) bool { return firstCluster <= r && r <= lastCluster }

// isLaid reports whether r is not as it is in the line that the Terminal has.
func isLaid(r rune) bool { return r == '\t' || isWide(r) || isMark(r) || isCluster(r) }

// firstOf returns the length of the first character of a text, with its marks.
func firstOf(text string) (n int) {
	for i, r := range text {
		if i > 0 && !isMark(r) {
			return i
		}
	}
	return len(text)
}

// lastOf returns the length of the last character of a text, with its marks.
func lastOf(text string) (n int) {
	for n < len(text) {
		r, size := utf8.DecodeLastRuneInString(text[:len(text)-n])
		if n += size; !isMark(r) {
			break
		}
	}
	return n
}

// clusterOf returns the rune that stands for a text, U+FFFD if there are too many.
func clusterOf(text string) rune {
	clusters.mu.Lock()
	defer clusters.mu.Unlock()
	r, known := clusters.of[text]
	switch {
	case known:
		return r
	case len(clusters.text) > lastCluster-firstCluster:
		return utf8.RuneError
	case clusters.of == nil:
		clusters.of = make(map[string]rune)
	}
	r = rune(firstCluster + len(clusters.text))
	clusters.text, clusters.of[text] = append(clusters.text, text), r
	return r
}

// textOf returns what a cluster stands for.
func textOf(r rune) string {
	clusters.mu.Lock()
	defer clusters.mu.Unlock()
	if at := int(r - firstCluster); at < len(clusters.text) {
		return clusters.text[at]
	}
	return string(utf8.RuneError)
}

// shownAs returns a cluster as a terminal is to show it: a tab as its first column, and marks
// without a character on a circle.
func shownAs(r rune) string {
	text := textOf(r)
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case first == '\t':
		return " "
	case isMark(first):
		return "\u25cc" + text
	}
	return text
}
