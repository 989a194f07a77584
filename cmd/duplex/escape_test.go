// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, text, quoted, json string }{
		{"héllo 👩‍🚀", "héllo 👩‍🚀", `"héllo 👩‍🚀"`, `"héllo 👩‍🚀"`},
		{"a\tb\n", "a\tb\n", `"a\tb\n"`, `"a\tb\n"`},
		{"a\r\n", `a\x0d` + "\n", `"a\r\n"`, `"a\r\n"`},
		{`"\`, `"\`, `"\"\\"`, `"\"\\"`},
		{"\x1b[2J", `\x1b[2J`, `"\x1b[2J"`, `"\u001b[2J"`},
		{"\x00\x7f", `\x00\x7f`, `"\x00\x7f"`, `"\u0000\u007f"`},
		{"\u009b1m", `\u009b1m`, `"\u009b1m"`, `"\u009b1m"`},
		{"\u202etxt.exe", `\u202etxt.exe`, `"\u202etxt.exe"`, `"\u202etxt.exe"`},
		{"\u2066\u2028\ufeff", `\u2066\u2028\ufeff`, `"\u2066\u2028\ufeff"`, `"\u2066\u2028\ufeff"`},
		{"\U000e0041", `\U000e0041`, `"\U000e0041"`, `"\udb40\udc41"`},
		{"\xff\xe2\x82A", `\xff\xe2\x82A`, `"\xff\xe2\x82A"`, ""},
		{"\ufffd", "\ufffd", "\"\ufffd\"", "\"\ufffd\""},
	} {
		if got := string(appendText(nil, []byte(c.in))); got != c.text {
			t.Errorf("appendText(%+q) = %s, want %s", c.in, got, c.text)
		}
		if got := string(appendQuoted(nil, []byte(c.in))); got != c.quoted {
			t.Errorf("appendQuoted(%+q) = %s, want %s", c.in, got, c.quoted)
		}
		if got := string(appendJSON(nil, c.in)); got != c.json && c.json != "" {
			t.Errorf("appendJSON(%+q) = %s, want %s", c.in, got, c.json)
		}
	}
}

// Escaped text is harmless, and quoted text can be unescaped to the same bytes.
func FuzzEscape(f *testing.F) {
	f.Add([]byte("\x1b]52;c;aGk=\a\x9b\u009b\u202e\xff\\\"\r\n"))
	f.Add([]byte("\xf3\xa0\x81\x81\xed\xa0\x80"))
	f.Fuzz(func(t *testing.T, p []byte) {
		text, quoted := appendText(nil, p), appendQuoted(nil, p)
		harmless(t, string(text), "\n\t")
		harmless(t, string(quoted), "")
		inside := strings.TrimSuffix(strings.TrimPrefix(string(quoted), `"`), `"`)
		back, err := unescape(inside)
		if err != nil || !bytes.Equal([]byte(back), p) {
			t.Errorf("%s gives %q, %v; want %q", quoted, back, err, p)
		}
		if !utf8.Valid(p) {
			return
		}
		encoded := appendJSON(nil, string(p))
		harmless(t, string(encoded), "")
		var decoded string
		if err := json.Unmarshal(encoded, &decoded); err != nil || decoded != string(p) {
			t.Errorf("%s gives %q, %v; want %q", encoded, decoded, err, p)
		}
	})
}

// harmless fails the test if text has characters that a terminal obeys or a reader
// could misread, except those that are allowed.
func harmless(t *testing.T, text, allowed string) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Errorf("not UTF-8: %q", text)
	}
	for _, r := range text {
		control := r < ' ' || r >= 0x7f && r < 0xa0
		bidi := r == 0x061c || r == 0x200e || r == 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
		if (control || bidi) && !strings.ContainsRune(allowed, r) {
			t.Errorf("%U is shown: %q", r, text)
		}
	}
}

func TestUnescape(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{`a\nb\r\n\t`, "a\nb\r\n\t"},
		{`\x00\xff`, "\x00\xff"},
		{`\u00e9\U0001f600`, "é😀"},
		{`\\n`, `\n`},
		{`"'`, `"'`},
		{`\"`, `"`},
	} {
		if got, err := unescape(c.in); err != nil || got != c.want {
			t.Errorf("unescape(%s) = %q, %v; want %q", c.in, got, err, c.want)
		}
	}
	for _, in := range []string{`\`, `\q`, `\x1`, `ab\`, `\u12`} {
		if got, err := unescape(in); err == nil {
			t.Errorf("unescape(%s) = %q, want an error", in, got)
		}
	}
}
