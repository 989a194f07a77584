// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The Terminal of an editor takes every character for one column. Many are two, such as
// Chinese ones. So each of these is followed by a mark in the line that the Terminal has,
// and the marks are taken out on the way to the screen and out of the editor. They are
// noncharacters of Unicode, which no text has.
const (
	secondCell = '\ufdd0' // of the character before it
	gap        = '\ufdd1' // an empty column at the right margin, where no wide character fits
)

// Keys that edit by characters, and not by columns, in the place of those of the Terminal.
const (
	keyLeft = '\ufdd2' + iota
	keyRight
	keyBackspace
	keyDelete
	keyDeleteWord
	keyDeleteBefore
	keyTranspose
	keyRedraw // changes nothing
)

// keysByCharacter has the sequences of these keys, and what they become.
var keysByCharacter = strings.NewReplacer(
	"\x1b[D", string(keyLeft), "\x02", string(keyLeft),
	"\x1b[C", string(keyRight), "\x06", string(keyRight),
	"\x7f", string(keyBackspace), "\b", string(keyBackspace),
	"\x1b[3~", string(keyDelete), "\x17", string(keyDeleteWord), "\x15", string(keyDeleteBefore), "\x14", string(keyTranspose),
	// A person who types what is a mark here gets what bytes that are no text become, too.
	string(secondCell), "\ufffd", string(gap), "\ufffd", string(keyLeft), "\ufffd", string(keyRight), "\ufffd",
	string(keyBackspace), "\ufffd", string(keyDelete), "\ufffd", string(keyDeleteWord), "\ufffd",
	string(keyDeleteBefore), "\ufffd", string(keyTranspose), "\ufffd", string(keyRedraw), "\ufffd",
)

// byCharacter returns keys for the Terminal, and what may be the beginning of a sequence.
func byCharacter(keys []byte) (whole, rest []byte) {
	for _, begun := range []string{"\x1b[3", "\x1b[", "\x1b"} {
		if cut, found := bytes.CutSuffix(keys, []byte(begun)); found {
			keys, rest = cut, []byte(begun)
			break
		}
	}
	return []byte(keysByCharacter.Replace(string(keys))), rest
}

// edited returns a text, which the cursor divides, after one of these keys. It reports
// false for another key.
func edited(before, after string, key rune) (string, string, bool) {
	size := lastOf(before)
	start, last := before[:len(before)-size], before[len(before)-size:]
	size = firstOf(after)
	first, end := after[:size], after[size:]
	switch key {
	case keyLeft:
		return start, last + after, true
	case keyRight:
		return before + first, end, true
	case keyBackspace:
		return start, after, true
	case keyDelete:
		return before, end, true
	case keyDeleteWord:
		words := strings.TrimRight(before, " ")
		return words[:strings.LastIndexByte(words, ' ')+1], after, true
	case keyDeleteBefore:
		return "", after, true
	case keyTranspose:
		if first == "" { // the two before the end
			size = lastOf(start)
			start, last, first = start[:len(start)-size], start[len(start)-size:], last
		}
		if last == "" {
			return before, after, true
		}
		return start + first + last, end, true
	case keyRedraw:
		return before, after, true
	}
	return before, after, false
}

// wide are the characters that take two columns: the kinds Wide and Fullwidth of Unicode's
// East Asian Width, as blocks.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x231a, 0x231b, 1}, {0x23e9, 0x23ec, 1}, {0x2614, 0x2615, 1}, {0x2648, 0x2653, 1},
		{0x26bd, 0x26be, 1}, {0x26c4, 0x26c5, 1}, {0x270a, 0x270b, 1}, {0x2753, 0x2755, 1}, {0x2795, 0x2797, 1},
		{0x2e80, 0x303e, 1}, {0x3041, 0x4dbf, 1}, {0x4e00, 0xa4cf, 1}, {0xa960, 0xa97c, 1}, {0xac00, 0xd7a3, 1},
		{0xf900, 0xfaff, 1}, {0xfe30, 0xfe6f, 1}, {0xff01, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{
		{0x1b000, 0x1b2ff, 1}, {0x1f300, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f900, 0x1f9ff, 1}, {0x1fa70, 0x1faff, 1},
		{0x20000, 0x3fffd, 1},
	},
}

func isWide(r rune) bool { return unicode.Is(wide, r) }

// laid returns a text with its marks, as the line of a terminal of so many columns.
func laid(text string, columns int) string {
	if strings.IndexFunc(text, isLaid) < 0 {
		return text
	}
	var b strings.Builder
	column := 0
	put := func(r rune) {
		b.WriteRune(r)
		column = (column + 1) % max(columns, 2)
	}
	for len(text) > 0 {
		n := firstOf(text)
		r, size := utf8.DecodeRuneInString(text)
		shown := r
		if n > size || r == '\t' || isMark(r) || isCluster(r) {
			shown = clusterOf(text[:n])
		}
		text = text[n:]
		switch {
		case isWide(r):
			if column == columns-1 {
				put(gap)
			}
			put(shown)
			put(secondCell)
		case r == '\t':
			for put(shown); column%8 != 0; {
				put(gap)
			}
		default:
			put(shown)
		}
	}
	return b.String()
}

// unlaid returns a text without its marks.
func unlaid(line string) string {
	return translated(line, "", textOf)
}

// translated returns a line with gaps and clusters as they are given.
func translated(line, space string, cluster func(rune) string) string {
	var b strings.Builder
	for i, r := range line {
		switch {
		case r == secondCell:
		case r == gap:
			b.WriteString(space)
		case isCluster(r):
			b.WriteString(cluster(r))
		default:
			_, size := utf8.DecodeRuneInString(line[i:])
			b.WriteString(line[i:][:size]) // also of bytes that are no text
		}
	}
	return b.String()
}

// onScreen returns a text with its marks as a terminal is to show it.
func onScreen(p []byte) []byte {
	return []byte(translated(string(p), " ", shownAs))
}

// withoutMarks returns a text that may be of anyone, with an escape for what would be a
// mark.
func withoutMarks(p []byte) []byte {
	p = bytes.ReplaceAll(p, []byte(string(secondCell)), []byte(`\ufdd0`))
	p = bytes.ReplaceAll(p, []byte(string(gap)), []byte(`\ufdd1`))
	if !bytes.ContainsFunc(p, isCluster) {
		return p
	}
	var b []byte
	for len(p) > 0 {
		r, size := utf8.DecodeRune(p)
		if isCluster(r) {
			b = fmt.Appendf(b, `\U%08x`, r)
		} else {
			b = append(b, p[:size]...)
		}
		p = p[size:]
	}
	return b
}
