// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/internal/nodetest"
)

// judge answers a question: "decode utf8 e2,82ac" or "encode latin1 <text>". The
// argument and the answer are in hex.
const judge = `
	const bytes = (digits) => Buffer.from(digits, 'hex');
	const [verb, encoding, argument] = question.split(' ');
	if (verb === 'encode') return Buffer.from(bytes(argument).toString(), encoding).toString('hex');
	const decoder = new (require('string_decoder').StringDecoder)(encoding);
	let text = '';
	for (const piece of argument.split(',')) text += decoder.write(bytes(piece));
	return Buffer.from(text + decoder.end()).toString('hex');`

func TestDecodeAgreesWithNode(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var cases, answers []string
	for range 4000 {
		for _, enc := range encodings {
			pieces := cut(randomBytes(random), randomLengths(random))
			digits := make([]string, len(pieces))
			for i, piece := range pieces {
				digits[i] = hex.EncodeToString(piece)
			}
			cases = append(cases, fmt.Sprintf("decode %s %s", enc.Name(), strings.Join(digits, ",")))
			answers = append(answers, decode(t, enc, pieces))
		}
	}
	expectNode(t, cases, answers)
}

func TestEncodeAgreesWithNode(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var cases, answers []string
	for range 1000 {
		for _, enc := range encodings {
			text := randomText(random, enc)
			got, err := enc.Encode(nil, text)
			if err != nil {
				t.Fatalf("%s of %q: %v", enc.Name(), text, err)
			}
			cases = append(cases, fmt.Sprintf("encode %s %x", enc.Name(), text))
			answers = append(answers, string(got))
		}
	}
	expectNode(t, cases, answers)
}

// expectNode has node answer the cases, and compares.
func expectNode(t *testing.T, cases, answers []string) {
	t.Helper()
	for i, digits := range nodetest.Ask[string, string](t, judge, cases) {
		want, err := hex.DecodeString(digits)
		if err != nil {
			t.Fatal(err)
		}
		if answers[i] != string(want) {
			t.Errorf("%s: got %q; node has %q", cases[i], answers[i], want)
		}
	}
}

// randomBytes returns a few bytes. Most of them begin or continue a character, or
// are next to one that does.
func randomBytes(random *rand.Rand) []byte {
	const likely = "\x00Aa\x7f\x80\x8f\x90\x9f\xa0\xbf\xc0\xc2\xc3\xd8\xdb\xdc\xdf\xe0\xe2\xed\xef\xf0\xf4\xf5\xff"
	src := make([]byte, random.IntN(24))
	for i := range src {
		src[i] = likely[random.IntN(len(likely))]
		if random.IntN(8) == 0 {
			src[i] = byte(random.Uint32())
		}
	}
	return src
}

func randomLengths(random *rand.Rand) []byte {
	lengths := make([]byte, 1+random.IntN(6))
	for i := range lengths {
		lengths[i] = byte(random.IntN(5))
	}
	return lengths
}

// randomText returns text that stands for bytes in enc.
func randomText(random *rand.Rand, enc codec.Encoding) string {
	src := randomBytes(random)
	switch enc {
	case codec.Hex:
		if random.IntN(2) == 0 {
			return fmt.Sprintf("%X", src)
		}
		return fmt.Sprintf("%x", src)
	case codec.Base64:
		dialects := []*base64.Encoding{
			base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding,
		}
		text := dialects[random.IntN(len(dialects))].EncodeToString(src)
		at := random.IntN(len(text) + 1)
		return text[:at] + " \r\n\t"[:random.IntN(5)] + text[at:]
	}
	var text []rune
	for range src {
		text = append(text, rune(random.IntN([]int{0x80, 0x100, 0xd800, 0x110000}[random.IntN(4)])))
	}
	return string(text) // a surrogate becomes U+FFFD
}
