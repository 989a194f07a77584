// Copyright 2026 The duplex authors. MIT license.

package buf

import (
	"math/bits"
	"sync"
)

// A Backlog is bytes that wait to be delivered, in one slice. Bytes are appended at one
// end and consumed at the other. The cost of both is in proportion to the bytes:
// consuming moves nothing, and appending grows the slice by doubling. The zero Backlog is
// empty and holds no memory.
type Backlog struct {
	data []byte
	off  int // data[off:] waits
}

// Of returns a Backlog of p, whose array it will write to. If p is only lent, the caller
// must not append to the Backlog before Keep.
func Of(p []byte) Backlog { return Backlog{data: p} }

// Len returns how many bytes wait.
func (b *Backlog) Len() int { return len(b.data) - b.off }

// Held returns how much memory b holds.
func (b *Backlog) Held() int { return cap(b.data) }

// Bytes returns the bytes that wait, without spare capacity: appending to the slice
// overwrites nothing. It is valid until the next Append or Keep.
func (b *Backlog) Bytes() []byte {
	return b.data[b.off:len(b.data):len(b.data)]
}

// Consume drops the first n bytes.
func (b *Backlog) Consume(n int) {
	if b.off += n; b.off == len(b.data) {
		*b = Backlog{}
	}
}

// Append adds a copy of p.
func (b *Backlog) Append(p []byte) {
	b.Reserve(len(p), 0)
	b.data = append(b.data, p...)
}

// Reserve makes room for n more bytes. A slice that grows step by step is about doubled,
// so that a byte is copied once or twice in all. If most is positive, there is room for at
// most that many bytes altogether, unless more are needed.
func (b *Backlog) Reserve(n, most int) {
	if n <= cap(b.data)-len(b.data) {
		return
	}
	waits := b.Len()
	need := waits + n
	if waits <= b.off && need <= cap(b.data) {
		b.data = append(b.data[:0], b.data[b.off:]...)
		b.off = 0
		return
	}
	size := need
	if need < 2*waits {
		size = room(need)
		if most > 0 {
			size = max(need, min(size, most))
		}
	}
	b.data = append(make([]byte, 0, size), b.data[b.off:]...)
	b.off = 0
}

// Arrays that Borrow and Return pass on have a length between these. Shorter ones are
// cheap to make, and longer ones too large to keep.
const (
	shortArray = 4 << 10
	longArray  = 256 << 10
)

var arrays sync.Pool // of *Backlog, empty, with an array

// Borrow gives b, if it holds no memory, an array of an earlier Return for some n bytes. If
// there is none, b stays as it is.
func (b *Backlog) Borrow(n int) {
	if cap(b.data) > 0 || n < shortArray {
		return
	}
	if other, ok := arrays.Get().(*Backlog); ok {
		*b = *other
	}
}

// Return empties b, and gives its array to the next Borrow. No slice of it may be in use.
func (b *Backlog) Return() {
	if n := cap(b.data); n >= shortArray && n <= longArray {
		arrays.Put(&Backlog{data: b.data[:0]})
	}
	*b = Backlog{}
}

// Spare returns the capacity that Reserve made, as an empty slice to append to. AppendSpare
// recognizes bytes that were written there and does not copy them.
func (b *Backlog) Spare() []byte { return b.data[len(b.data):] }

// AppendSpare adds p, which was appended to the slice of Spare. If the slice had too
// little room, p is elsewhere, and is copied.
func (b *Backlog) AppendSpare(p []byte) {
	if spare := b.Spare(); len(p) > 0 && cap(spare) > 0 && &p[0] == &spare[:1][0] {
		b.data = b.data[:len(b.data)+len(p)]
		return
	}
	b.Append(p)
}

// slack is how much memory a Backlog may hold besides the memory that its bytes need.
const slack = 1 << 10

// Keep releases lent memory, and memory that is too large for the bytes that wait. It
// moves the bytes at most once for each time that two thirds of them were consumed.
func (b *Backlog) Keep(lent bool) {
	if b.Len() == 0 {
		*b = Backlog{}
	} else if lent || cap(b.data) > 3*b.Len()+slack {
		*b = Backlog{data: append(make([]byte, 0, b.Len()), b.Bytes()...)}
	}
}

// room returns the capacity for n bytes: a power of two and a sixteenth. Messages often
// have such a length; the sixteenth holds their header and the start of the next message.
// A Backlog of n bytes has then allocated 2 to 4 times n in all as it grew, and 2.1 times
// n if n is a power of two.
func room(n int) int {
	if n < 16 {
		return 16
	}
	size := 1 << (bits.Len(uint(n)) - 1) // at most n
	if size+size/16 < n {
		size *= 2
	}
	return size + size/16
}
