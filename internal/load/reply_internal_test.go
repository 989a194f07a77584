// Copyright 2026 The duplex authors. MIT license.

package load

import (
	"strings"
	"testing"
)

// replies returns the lengths of the replies in text, which comes in pieces of n bytes.
func replies(r Reply, sent int, text string, n int) (lengths []int) {
	var to reading
	for len(text) > 0 {
		p := []byte(text[:min(n, len(text))])
		text = text[len(p):]
		for len(p) > 0 {
			taken, complete := r.take(&to, sent, p)
			p = p[taken:]
			if complete {
				lengths = append(lengths, to.bytes)
				to = reading{}
			}
		}
	}
	return lengths
}

// However the network cuts the bytes, the same replies are complete.
func TestRepliesAreTheSameHoweverTheyAreCut(t *testing.T) {
	for _, c := range []struct {
		name  string
		reply Reply
		text  string
		want  []int
	}{
		{"as many as sent", Reply{}, "abcabcab", []int{3, 3}},
		{"bytes", OfSize(4), "abcdefghij", []int{4, 4}},
		{"line", EndingIn([]byte("\n")), "a\n\nlonger\nrest", []int{2, 1, 7}},
		{"text", EndingIn([]byte("END")), "xENDEENDENEND", []int{4, 4, 5}},
		{"text that repeats itself", EndingIn([]byte("aab")), "aaaabab aab", []int{5, 6}},
		{"text of two", EndingIn([]byte("\r\n")), "\r\r\n\n\r\n", []int{3, 3}},
	} {
		for n := 1; n <= len(c.text); n++ {
			got := replies(c.reply, 3, c.text, n)
			if len(got) != len(c.want) {
				t.Errorf("%s, %d at a time: replies of %v, want %v", c.name, n, got, c.want)
				continue
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("%s, %d at a time: replies of %v, want %v", c.name, n, got, c.want)
					break
				}
			}
		}
	}
}

// The matcher finds what package strings finds.
func FuzzReplyEnds(f *testing.F) {
	f.Add("aab", "aaaabab aab", 2)
	f.Add("\r\n", "a\r\r\nb", 1)
	f.Fuzz(func(t *testing.T, end, text string, n int) {
		if end == "" || n <= 0 {
			return
		}
		var want []int
		for rest := text; ; {
			before, after, found := strings.Cut(rest, end)
			if !found {
				break
			}
			want = append(want, len(before)+len(end))
			rest = after
		}
		got := replies(EndingIn([]byte(end)), 0, text, n)
		if len(got) != len(want) {
			t.Fatalf("replies of %v, want %v", got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("replies of %v, want %v", got, want)
			}
		}
	})
}
