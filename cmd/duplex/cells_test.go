// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"testing"
	"unicode/utf8"
)

func TestWideCharactersTakeTwoCells(t *testing.T) {
	const second, empty = string(secondCell), string(gap)
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"plain é", "plain é"},
		{"你", "你" + second},
		{"a你b", "a你" + second + "b"},
		{"abc你d", "abc" + empty + "你" + second + "d"}, // of 4 columns, the last one stays empty
		{"abcd你", "abcd你" + second},
		{"你好吗", "你" + second + "好" + second + "吗" + second},
	} {
		got := laid(c.text, 4)
		if got != c.want {
			t.Errorf("%q is laid as %q, want %q", c.text, got, c.want)
		}
		if back := unlaid(got); back != c.text {
			t.Errorf("%q comes back as %q", c.text, back)
		}
	}
	for _, r := range "你한あ（😀𠀀" {
		if !isWide(r) {
			t.Errorf("%c takes one cell", r)
		}
	}
	for _, r := range "aé€—“ﾊ�" {
		if isWide(r) {
			t.Errorf("%c takes two cells", r)
		}
	}
}

func TestKeysEditByCharacters(t *testing.T) {
	for _, c := range []struct {
		before, after string
		key           rune
		want          string // | is the cursor
	}{
		{"你好", "吗", keyLeft, "你|好吗"},
		{"你好", "吗", keyRight, "你好吗|"},
		{"你好", "吗", keyBackspace, "你|吗"},
		{"你好", "吗", keyDelete, "你好|"},
		{"你好 世界 ", "吗", keyDeleteWord, "你好 |吗"},
		{"你好", "吗", keyDeleteWord, "|吗"},
		{"你好", "吗", keyDeleteBefore, "|吗"},
		{"你好", "吗", keyTranspose, "你吗好|"},
		{"你好", "", keyTranspose, "好你|"},
		{"你", "", keyTranspose, "你|"},
		{"", "你", keyTranspose, "|你"},
		{"", "你", keyLeft, "|你"},
		{"你", "", keyRight, "你|"},
		{"", "你", keyBackspace, "|你"},
		{"你", "", keyDelete, "你|"},
		{"你", "好", keyRedraw, "你|好"},
	} {
		before, after, known := edited(c.before, c.after, c.key)
		if got := before + "|" + after; got != c.want || !known {
			t.Errorf("%s|%s, key %U: %s, want %s", c.before, c.after, c.key, got, c.want)
		}
	}
	if _, _, known := edited("a", "b", 'x'); known {
		t.Error("x is a key that edits")
	}
}

// Sequences become keys, however they are cut, and marks that are typed are none.
func TestSequencesBecomeKeys(t *testing.T) {
	for _, c := range []struct{ keys, whole, rest string }{
		{"a\x1b[D\x1b[C\x7f", "a" + string(keyLeft) + string(keyRight) + string(keyBackspace), ""},
		{"a\x1b", "a", "\x1b"},
		{"a\x1b[", "a", "\x1b["},
		{"a\x1b[3", "a", "\x1b[3"},
		{"\x1b[3~\x17\x15", string(keyDelete) + string(keyDeleteWord) + string(keyDeleteBefore), ""},
		{"\x1b[A\x01", "\x1b[A\x01", ""},
		{string(gap) + string(keyLeft), "\ufffd\ufffd", ""},
	} {
		whole, rest := byCharacter([]byte(c.keys))
		if string(whole) != c.whole || string(rest) != c.rest {
			t.Errorf("%q: %q and %q, want %q and %q", c.keys, whole, rest, c.whole, c.rest)
		}
	}
}

// Marks belong to the character before, and a tab reaches to the next multiple of 8. A line
// has as many runes as it takes columns.
func TestMarksAndTabsTakeTheirColumns(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
	}{
		{"e\u0301x", 2},
		{"a\u0323\u0302", 1},
		{"\u0301x", 2}, // on a circle
		{"你\u0301", 2},
		{"👩\u200d🚀", 4},
		{"☀\ufe0f", 1},
		{"\t", 8},
		{"a\tb", 9},
		{"1234567\tb", 9},
		{"12345678\tb", 17},
		{"\U00100001\U0010fffd", 2}, // as what stands for others
	} {
		got := laid(c.text, 24)
		if n := utf8.RuneCountInString(got); n != c.columns {
			t.Errorf("%q takes %d columns, want %d", c.text, n, c.columns)
		}
		if back := unlaid(got); back != c.text {
			t.Errorf("%q comes back as %q", c.text, back)
		}
	}
	if got, want := string(onScreen([]byte(laid("a\tb e\u0301 \U00100001", 80)))), "a       b e\u0301 \U00100001"; got != want {
		t.Errorf("%q is shown, want %q", got, want)
	}
	if got, want := string(withoutMarks([]byte("a\U00100001b"))), `a\U00100001b`; got != want {
		t.Errorf("%q of a peer is shown, want %q", got, want)
	}
	before, after, _ := edited("xe\u0301", "y", keyLeft)
	if before != "x" || after != "e\u0301y" {
		t.Errorf("left of e and its mark, the cursor divides %q and %q", before, after)
	}
	if before, after, _ = edited(before, after, keyDelete); before != "x" || after != "y" {
		t.Errorf("without e and its mark, there are %q and %q", before, after)
	}
}
