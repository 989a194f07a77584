// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/codec"
)

// judge reads a case from each line, "decode utf8 e2,82ac" or "encode latin1
// <text>", all in hex, and writes the answer.
const judge = `
const { StringDecoder } = require('string_decoder');
const bytes = (digits) => Buffer.from(digits, 'hex');
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const [verb, encoding, argument] = line.split(' ');
  if (verb === 'encode') {
    console.log(Buffer.from(bytes(argument).toString(), encoding).toString('hex'));
    return;
  }
  const decoder = new StringDecoder(encoding);
  let text = '';
  for (const piece of argument.split(',')) text += decoder.write(bytes(piece));
  text += decoder.end();
  console.log(Buffer.from(text).toString('hex'));
});`

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
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("DUPLEX_REQUIRE_NODE") == "1" {
			t.Fatalf("DUPLEX_REQUIRE_NODE=1, but there is no node: %v", err)
		}
		t.Skipf("NOT COMPARED WITH NODE, which is the judge here: %v", err)
	}
	cmd := exec.CommandContext(t.Context(), node, "-e", judge)
	cmd.Stdin = strings.NewReader(strings.Join(cases, "\n") + "\n")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", node, err)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for i, c := range cases {
		if !lines.Scan() {
			t.Fatalf("node answered %d of %d cases", i, len(cases))
		}
		want, err := hex.DecodeString(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		if answers[i] != string(want) {
			t.Errorf("%s: got %q; node has %q", c, answers[i], want)
		}
	}
}

// randomBytes returns a few bytes, mostly such as begin, continue, nearly
// begin and nearly continue a character.
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
