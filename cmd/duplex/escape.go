// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// hostile reports whether a terminal obeys r, or a reader could misread it: controls,
// characters that reorder or hide text, and line ends other than \n. The two joiners
// are not hostile: they only shape the letters and emoji beside them.
func hostile(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	const nonJoiner, joiner = '\u200c', '\u200d'
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && r != nonJoiner && r != joiner
}

// appendText appends p as text that does no harm on a terminal: hostile characters
// and bytes that are not UTF-8 become escapes such as \x1b; \n and \t stay.
func appendText(dst, p []byte) []byte {
	for len(p) > 0 {
		r, n := utf8.DecodeRune(p)
		if r == '\n' || r == '\t' {
			dst = append(dst, byte(r))
		} else {
			dst = appendRune(dst, r, p[:n])
		}
		p = p[n:]
	}
	return dst
}

// appendQuoted appends p as appendText does, but in quotes and on one line, in
// the form that --send and --reply read.
func appendQuoted(dst, p []byte) []byte {
	dst = append(dst, '"')
	for len(p) > 0 {
		r, n := utf8.DecodeRune(p)
		switch r {
		case '"', '\\':
			dst = append(dst, '\\', byte(r))
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = appendRune(dst, r, p[:n])
		}
		p = p[n:]
	}
	return append(dst, '"')
}

// appendRune appends r, which is encoded as p, or its escape.
func appendRune(dst []byte, r rune, p []byte) []byte {
	switch {
	case r == utf8.RuneError && len(p) == 1, r < utf8.RuneSelf && hostile(r):
		const digits = "0123456789abcdef"
		return append(dst, '\\', 'x', digits[p[0]>>4], digits[p[0]&0xf])
	case !hostile(r):
		return append(dst, p...)
	case r > 0xffff:
		return fmt.Appendf(dst, `\U%08x`, r)
	}
	return fmt.Appendf(dst, `\u%04x`, r)
}

// appendJSON appends s, which is UTF-8, as a JSON string. Hostile characters become
// escapes here, too, since people read JSON lines on terminals.
func appendJSON(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\r':
			dst = append(dst, `\r`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case !hostile(r):
			dst = utf8.AppendRune(dst, r)
		case r > 0xffff:
			r -= 0x10000
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
	}
	return append(dst, '"')
}
