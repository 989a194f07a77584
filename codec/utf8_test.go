// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"testing"
	"unicode/utf8"

	"github.com/duplex-go/duplex/codec"
)

func TestUTF8ReplacesEachMaximalSubpart(t *testing.T) {
	expectText(t, codec.UTF8, "e2 82 41", "\ufffdA")
	expectText(t, codec.UTF8, "ed a0 80", "\ufffd\ufffd\ufffd")
	expectText(t, codec.UTF8, "f0 90 80 41", "\ufffdA")
	expectText(t, codec.UTF8, "c0 80", "\ufffd\ufffd")
	expectText(t, codec.UTF8, "f4 90 80 80", "\ufffd\ufffd\ufffd\ufffd")
	expectText(t, codec.UTF8, "e2 e2 82 ac", "\ufffd\u20ac")
}

func TestUTF8ReplacesACharacterThatNeverEnds(t *testing.T) {
	expectText(t, codec.UTF8, "41 e2 82", "A\ufffd")
	expectText(t, codec.UTF8, "f0 9f 98", "\ufffd")
	expectText(t, codec.UTF8, "e2 e2", "\ufffd\ufffd")
}

func TestUTF8KeepsAReplacementCharacterThatWasSent(t *testing.T) {
	expectText(t, codec.UTF8, "ef bf bd ff", "\ufffd\ufffd")
}

func TestUTF8KeepsAByteOrderMark(t *testing.T) {
	expectText(t, codec.UTF8, "ef bb bf 41", "\ufeffA")
}

func TestUTF8WaitsForTheRestOfACharacter(t *testing.T) {
	expectWaiting(t, codec.UTF8, "A\xc3", 1)
	expectWaiting(t, codec.UTF8, "A\xe2\x82", 2)
	expectWaiting(t, codec.UTF8, "A\xf0\x9f\x98", 3)
	expectWaiting(t, codec.UTF8, "\xe2\x82\xe2", 1)
}

func TestUTF8DoesNotWaitForWhatNothingCanComplete(t *testing.T) {
	expectWaiting(t, codec.UTF8, "", 0)
	expectWaiting(t, codec.UTF8, "\u20ac", 0)
	expectWaiting(t, codec.UTF8, "\x80\x80\x80", 0)
	expectWaiting(t, codec.UTF8, "\xc0", 0)
	expectWaiting(t, codec.UTF8, "\xed\xa0", 0)
	expectWaiting(t, codec.UTF8, "\xf0\x80", 0)
	expectWaiting(t, codec.UTF8, "\xf5", 0)
}

func TestValidUTF8IsItsOwnText(t *testing.T) {
	src := []byte("h\u00e9llo \u20ac \U0001f600 \xe2\x82")
	whole := len(src) - 2
	allocs := testing.AllocsPerRun(100, func() {
		text, rest := codec.UTF8.Decode(nil, src, false)
		if &text[0] != &src[0] || len(text) != whole || rest != 2 {
			t.Fatalf("got %d bytes and %d waiting; want the first %d of the source", len(text), rest, whole)
		}
	})
	if allocs != 0 {
		t.Errorf("got %v allocations; want 0", allocs)
	}
}

func TestAppendingToUTF8TextSparesTheBytesThatWait(t *testing.T) {
	src := []byte("ok\xe2\x82")
	text, _ := codec.UTF8.Decode(nil, src, false)
	_ = append(text, "!!"...)
	if want := "ok\xe2\x82"; string(src) != want {
		t.Errorf("got source %q; want %q", src, want)
	}
}

func TestUTF8EncodeCopiesText(t *testing.T) {
	expectBytes(t, codec.UTF8, "h\u00e9 \U0001f600", "h\xc3\xa9 \xf0\x9f\x98\x80")
	expectBytes(t, codec.UTF8, "\xff\xe2\x82", "\xff\xe2\x82")
}

func FuzzUTF8(f *testing.F) {
	fuzzDecode(f, codec.UTF8, func(t *testing.T, src []byte, text string) {
		if want := whatwg(src); text != want {
			t.Fatalf("%x = %q; want %q", src, text, want)
		}
	})
}

// whatwg is the UTF-8 decoder of the WHATWG Encoding standard, step by step.
func whatwg(src []byte) string {
	var text []rune
	var point rune
	needed, low, high := 0, byte(0x80), byte(0xbf)
	for len(src) > 0 {
		b := src[0]
		if needed > 0 && (b < low || b > high) {
			text = append(text, utf8.RuneError)
			needed, low, high = 0, 0x80, 0xbf
			continue // the byte is looked at again, as a first one
		}
		src = src[1:]
		if needed > 0 {
			low, high = 0x80, 0xbf
			point = point<<6 | rune(b&0x3f)
			if needed--; needed == 0 {
				text = append(text, point)
			}
			continue
		}
		switch {
		case b <= 0x7f:
			text = append(text, rune(b))
		case 0xc2 <= b && b <= 0xdf:
			needed, point = 1, rune(b&0x1f)
		case 0xe0 <= b && b <= 0xef:
			needed, point = 2, rune(b&0xf)
			if b == 0xe0 {
				low = 0xa0
			}
			if b == 0xed {
				high = 0x9f
			}
		case 0xf0 <= b && b <= 0xf4:
			needed, point = 3, rune(b&0x7)
			if b == 0xf0 {
				low = 0x90
			}
			if b == 0xf4 {
				high = 0x8f
			}
		default:
			text = append(text, utf8.RuneError)
		}
	}
	if needed > 0 {
		text = append(text, utf8.RuneError)
	}
	return string(text)
}
