// Copyright 2026 The duplex authors. MIT license.

package load

import "bytes"

// A Reply says what completes a reply. The zero Reply has as many bytes as the message:
// that of an echo.
type Reply struct {
	size int    // if it is not 0, so many bytes
	end  []byte // if it is not nil, what ends it
	back []int  // how much of end is still there when its next byte is another one (Knuth, Morris, Pratt)
}

// OfSize returns a Reply of n bytes, at least 1.
func OfSize(n int) Reply { return Reply{size: n} }

// EndingIn returns a Reply that ends with a text, which is not empty: with LF it is a
// line.
func EndingIn(text []byte) Reply {
	r := Reply{end: bytes.Clone(text), back: make([]int, len(text))}
	for i, k := 1, 0; i < len(text); i++ {
		for k > 0 && text[i] != text[k] {
			k = r.back[k-1]
		}
		if text[i] == text[k] {
			k++
		}
		r.back[i] = k
	}
	return r
}

// A reading is how much of a reply has come.
type reading struct {
	bytes   int
	matched int // bytes of end
}

// take returns how many bytes of p belong to the reply to a message of sent bytes, and
// whether the reply is complete then.
func (r *Reply) take(to *reading, sent int, p []byte) (n int, complete bool) {
	if r.end == nil {
		want := r.size
		if want == 0 {
			want = sent
		}
		n = min(len(p), want-to.bytes)
		to.bytes += n
		return n, to.bytes == want
	}
	if len(r.end) == 1 {
		n = bytes.IndexByte(p, r.end[0]) + 1
		if complete = n > 0; !complete {
			n = len(p)
		}
		to.bytes += n
		return n, complete
	}
	for i, b := range p {
		for to.matched > 0 && b != r.end[to.matched] {
			to.matched = r.back[to.matched-1]
		}
		if b == r.end[to.matched] {
			to.matched++
		}
		if to.matched == len(r.end) {
			to.bytes += i + 1
			return i + 1, true
		}
	}
	to.bytes += len(p)
	return len(p), false
}
