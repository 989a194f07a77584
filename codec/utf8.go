// Copyright 2026 The duplex authors. MIT license.

package codec

import "unicode/utf8"

// UTF8 is UTF-8. What is not becomes U+FFFD, one for each maximal subpart of a
// character, as WHATWG has it: E2 82 41 is one and an A, ED A0 80 is three. A
// byte order mark is kept.
//
// Valid bytes are their own text: Decode neither copies nor allocates. Encode
// copies text as it is, valid or not.
var UTF8 Encoding = utf8Encoding{}

type utf8Encoding struct{}

func (utf8Encoding) Name() string { return "utf8" }

func (utf8Encoding) Decode(dst, src []byte, final bool) (text []byte, rest int) {
	if !final {
		rest = unfinished(src)
	}
	// No capacity beyond the text: appending to it must not write over rest.
	whole := len(src) - rest
	src = src[:whole:whole]
	// To ask first costs invalid text one pass and saves valid text the other:
	// 64 KiB of ASCII take 1 µs, not the 90 of a rewrite (BenchmarkDecode).
	if utf8.Valid(src) {
		return src, rest
	}
	text = dst[:0]
	for len(src) > 0 {
		r, n := utf8.DecodeRune(src)
		if r == utf8.RuneError && n == 1 {
			n = subpart(src)
		}
		text = utf8.AppendRune(text, r)
		src = src[n:]
	}
	return text, rest
}

func (utf8Encoding) Encode(dst []byte, text string) ([]byte, error) {
	return append(dst, text...), nil
}

// unfinished returns how many bytes at the end of p begin a character and do
// not complete it. Bytes that no continuation can save are not among them:
// FullRune calls those full.
func unfinished(p []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(p); n++ {
		if !utf8.FullRune(p[len(p)-n:]) {
			return n
		}
	}
	return 0
}

// subpart returns how many bytes at the start of p, which begins no valid
// character, one U+FFFD stands for: as many as could have begun one, or 1.
func subpart(p []byte) int {
	n := 1
	for n < len(p) && !utf8.FullRune(p[:n+1]) {
		n++
	}
	return n
}
