// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/duplex-go/duplex/codec"
)

var encodings = []codec.Encoding{
	codec.UTF8, codec.Hex, codec.Base64, codec.Latin1, codec.ASCII, codec.UTF16LE,
}

func TestParseKnowsNodesNamesInAnyCase(t *testing.T) {
	for name, want := range map[string]codec.Encoding{
		"utf8": codec.UTF8, "utf-8": codec.UTF8, "UTF-8": codec.UTF8,
		"hex": codec.Hex, "HEX": codec.Hex,
		"base64": codec.Base64, "Base64": codec.Base64,
		"latin1": codec.Latin1, "binary": codec.Latin1,
		"ascii": codec.ASCII, "ASCII": codec.ASCII,
		"utf16le": codec.UTF16LE, "utf-16le": codec.UTF16LE, "ucs2": codec.UTF16LE, "UCS-2": codec.UTF16LE,
	} {
		if got, err := codec.Parse(name); got != want || err != nil {
			t.Errorf("Parse(%q) = %v, %v; want %s", name, got, err, want.Name())
		}
	}
}

func TestParseFindsEachEncodingByItsOwnName(t *testing.T) {
	for _, enc := range encodings {
		if got, err := codec.Parse(enc.Name()); got != enc || err != nil {
			t.Errorf("Parse(%q) = %v, %v; want the encoding itself", enc.Name(), got, err)
		}
	}
}

func TestParseOfAnUnknownNameSaysWhichThereAre(t *testing.T) {
	for _, name := range []string{"", "utf-7", "latin-1", "utf16-le"} {
		enc, err := codec.Parse(name)
		if enc != nil || err == nil {
			t.Errorf("Parse(%q) = %v, %v; want an error", name, enc, err)
			continue
		}
		for _, known := range encodings {
			if !strings.Contains(err.Error(), known.Name()) {
				t.Errorf("Parse(%q): %v; want %s to be named", name, err, known.Name())
			}
		}
	}
}

// Each string has what an encoding may get wrong: characters that are cut short,
// too long, out of range or alone, and byte order marks.
var awkward = []string{
	"",
	"a",
	"abcdefghij",
	"h\u00e9 \u20ac \U0001f600",
	"\xef\xbb\xbfA",
	"\xe2\x82A",
	"\xed\xa0\x80\xed\xb0\x80",
	"\xf0\x9f\x98",
	"\xf0\x80\x80\x80\xf4\x90\x80\x80",
	"\xf5\xc0\xc1\xff\xfb\x80\x80",
	"\xe0\x9f\x80\xe0\xa0\xe2\xf0\x90\x80A",
	"\x3d\xd8\x00\xdea\x00",
	"\x3d\xd8\x3d\xd8\x00\xde\x00\xde",
	"\xff\xfe\x3d\xd8\x41",
	"\xd8\xd8\xd8\xd8\xd8",
	"\r\n\n\r\r\n\r",
}

func TestEveryCutGivesTheSameText(t *testing.T) {
	for _, enc := range encodings {
		for _, src := range awkward {
			want, _ := enc.Decode(nil, []byte(src), true)
			everyCut(src, func(pieces [][]byte) {
				if got := decode(t, enc, pieces); got != string(want) {
					t.Fatalf("%s of %x = %q; want %q", enc.Name(), pieces, got, want)
				}
			})
		}
	}
}

func TestDecodeNeedsAtMostFourTimesTheSource(t *testing.T) {
	for _, enc := range encodings {
		for _, src := range awkward {
			for _, final := range []bool{false, true} {
				src := []byte(src)
				dst := make([]byte, 4*len(src))
				allocs := testing.AllocsPerRun(10, func() { enc.Decode(dst, src, final) })
				if allocs != 0 {
					t.Errorf("%s of %x allocates %v times; want 0", enc.Name(), src, allocs)
				}
			}
		}
	}
}

func TestEncodeAppends(t *testing.T) {
	for _, enc := range encodings {
		alone, err := enc.Encode(nil, "abcd")
		if err != nil {
			t.Fatal(err)
		}
		got, err := enc.Encode([]byte("before"), "abcd")
		if want := "before" + string(alone); string(got) != want || err != nil {
			t.Errorf("%s: got %q, %v; want %q", enc.Name(), got, err, want)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	const size = 64 << 10
	for _, bench := range []struct {
		name string
		enc  codec.Encoding
		unit string
	}{
		{"UTF8/ascii", codec.UTF8, "a"},
		{"UTF8/accents", codec.UTF8, "na\u00efve caf\u00e9, "},
		{"UTF8/han", codec.UTF8, "\u6f22\u5b57"},
		{"UTF8/broken", codec.UTF8, "0123456789abcde\xff"},
		{"Hex", codec.Hex, "a"},
		{"Base64", codec.Base64, "a"},
		{"Latin1", codec.Latin1, "0123456789abcde\xe9"},
		{"ASCII", codec.ASCII, "a"},
		{"UTF16LE", codec.UTF16LE, "a\x00"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			src := bytes.Repeat([]byte(bench.unit), size/len(bench.unit))
			dst := make([]byte, 4*len(src))
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				bench.enc.Decode(dst, src, false)
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	const size = 64 << 10
	for _, enc := range encodings {
		b.Run(enc.Name(), func(b *testing.B) {
			text := strings.Repeat("a", size)
			dst := make([]byte, 0, 2*size)
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				enc.Encode(dst, text)
			}
		})
	}
}

// fuzzDecode adds the awkward strings to f and checks that any cut gives the
// text of the whole; check then compares that text.
func fuzzDecode(f *testing.F, enc codec.Encoding, check func(t *testing.T, src []byte, text string)) {
	for _, src := range awkward {
		f.Add([]byte(src), []byte{1})
		f.Add([]byte(src), []byte{2, 0, 3})
	}
	f.Fuzz(func(t *testing.T, src, lengths []byte) {
		whole, _ := enc.Decode(nil, slices.Clone(src), true)
		pieces := cut(src, lengths)
		if got := decode(t, enc, pieces); got != string(whole) {
			t.Fatalf("%s of %x = %q; want %q", enc.Name(), pieces, got, whole)
		}
		check(t, src, string(whole))
	})
}

// decode passes pieces through enc as a socket does, and returns the text. It does
// so twice, first with the end in the last piece, then with the end alone; the text
// must be the same.
func decode(t *testing.T, enc codec.Encoding, pieces [][]byte) string {
	t.Helper()
	var texts [2]string
	for alone := range texts {
		var text strings.Builder
		var waiting, dst []byte
		step := func(piece []byte, final bool) {
			src := slices.Concat(waiting, piece)
			before := slices.Clone(src)
			got, rest := enc.Decode(dst, src, final)
			if rest < 0 || rest > min(3, len(src)) || final && rest != 0 {
				t.Fatalf("%s of %x, final %t: %d bytes wait", enc.Name(), src, final, rest)
			}
			if !bytes.Equal(src, before) {
				t.Fatalf("%s changed %x into %x", enc.Name(), before, src)
			}
			if !utf8.Valid(got) {
				t.Fatalf("%s of %x: text is not UTF-8: %q", enc.Name(), src, got)
			}
			text.Write(got)
			waiting = src[len(src)-rest:]
		}
		for i, piece := range pieces {
			step(piece, alone == 0 && i == len(pieces)-1)
		}
		if alone == 1 || len(pieces) == 0 {
			step(nil, true)
		}
		texts[alone] = text.String()
	}
	if texts[0] != texts[1] {
		t.Fatalf("%s of %x ends in %q, and in %q if the end comes alone", enc.Name(), pieces, texts[0], texts[1])
	}
	return texts[0]
}

// cut cuts src into pieces of the given lengths, over and over.
func cut(src, lengths []byte) (pieces [][]byte) {
	for i := 0; len(src) > 0 && i < 1<<10 && len(lengths) > 0; i++ {
		n := min(int(lengths[i%len(lengths)]), len(src))
		pieces = append(pieces, src[:n])
		src = src[n:]
	}
	return append(pieces, src)
}

// everyCut calls f with each way there is to cut src.
func everyCut(src string, f func(pieces [][]byte)) {
	if src == "" {
		f(nil)
		return
	}
	for cuts := range 1 << (len(src) - 1) {
		var pieces [][]byte
		start := 0
		for i := 1; i < len(src); i++ {
			if cuts&(1<<(i-1)) != 0 {
				pieces = append(pieces, []byte(src[start:i]))
				start = i
			}
		}
		f(append(pieces, []byte(src[start:])))
	}
}

// expectText checks what an encoding makes of bytes given in hex.
func expectText(t *testing.T, enc codec.Encoding, digits, want string) {
	t.Helper()
	src, err := hex.DecodeString(strings.ReplaceAll(digits, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := enc.Decode(nil, src, true); string(got) != want {
		t.Errorf("%s of %s = %q; want %q", enc.Name(), digits, got, want)
	}
}

// expectBytes checks what an encoding makes of text.
func expectBytes(t *testing.T, enc codec.Encoding, text, want string) {
	t.Helper()
	if got, err := enc.Encode(nil, text); string(got) != want || err != nil {
		t.Errorf("%s of %q = %x, %v; want %x", enc.Name(), text, got, err, want)
	}
}

// expectWaiting checks how many bytes at the end of src wait for more.
func expectWaiting(t *testing.T, enc codec.Encoding, src string, want int) {
	t.Helper()
	if _, rest := enc.Decode(nil, []byte(src), false); rest != want {
		t.Errorf("%s of %x: %d bytes wait; want %d", enc.Name(), src, rest, want)
	}
}

// expectRefusal checks that text stands for no bytes, that the error names
// what is wrong, and that the destination is left as it was.
func expectRefusal(t *testing.T, enc codec.Encoding, text, want string) {
	t.Helper()
	got, err := enc.Encode([]byte("before"), text)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%s of %q: got error %v; want one with %q", enc.Name(), text, err, want)
	}
	if string(got) != "before" {
		t.Errorf("%s of %q: got %q; want what was there before", enc.Name(), text, got)
	}
}
