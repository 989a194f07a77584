// Copyright 2026 The duplex authors. MIT license.

// Package buf holds bytes on their way out: a queue of pooled chunks, which
// costs an idle socket nothing but the empty queue.
package buf

import "sync"

// Chunks come in three sizes, so that a short message does not hold 64 KiB and
// a long one does not take sixteen chunks. The largest is what one send of the
// kernel takes at a time anyway.
const (
	small  = 4 << 10
	medium = 16 << 10
	large  = 64 << 10
)

// A chunk holds data[r:w].
type chunk struct {
	next *chunk
	r, w int
	data []byte
}

var (
	smalls  = sync.Pool{New: func() any { return &chunk{data: make([]byte, small)} }}
	mediums = sync.Pool{New: func() any { return &chunk{data: make([]byte, medium)} }}
	larges  = sync.Pool{New: func() any { return &chunk{data: make([]byte, large)} }}
)

// take returns an empty chunk that suits n more bytes.
func take(n int) *chunk {
	switch {
	case n <= small:
		return smalls.Get().(*chunk)
	case n <= medium:
		return mediums.Get().(*chunk)
	default:
		return larges.Get().(*chunk)
	}
}

// give returns c to where it came from.
func give(c *chunk) {
	c.next, c.r, c.w = nil, 0, 0
	switch len(c.data) {
	case small:
		smalls.Put(c)
	case medium:
		mediums.Put(c)
	default:
		larges.Put(c)
	}
}

// A Queue is a stream of bytes, appended at one end and consumed at the other.
// The zero Queue is empty and holds no memory. It is not safe for concurrent
// use, but Append leaves alone what Vectors returned before.
type Queue struct {
	head, tail *chunk
	size       int
}

// Len returns how many bytes wait in q.
func (q *Queue) Len() int { return q.size }

// Append copies p to the end of q.
func (q *Queue) Append(p []byte) {
	q.size += len(p)
	for len(p) > 0 {
		if q.tail == nil || q.tail.w == len(q.tail.data) {
			q.grow(len(p))
		}
		n := copy(q.tail.data[q.tail.w:], p)
		q.tail.w += n
		p = p[n:]
	}
}

func (q *Queue) grow(n int) {
	c := take(n)
	if q.tail == nil {
		q.head = c
	} else {
		q.tail.next = c
	}
	q.tail = c
}

// Vectors appends to bufs, within its capacity, the bytes of q in their order.
// They stay valid until they are consumed.
func (q *Queue) Vectors(bufs [][]byte) [][]byte {
	for c := q.head; c != nil && len(bufs) < cap(bufs); c = c.next {
		if c.r < c.w {
			bufs = append(bufs, c.data[c.r:c.w])
		}
	}
	return bufs
}

// Consume drops the first n bytes of q; an emptied chunk returns to its pool.
func (q *Queue) Consume(n int) {
	q.size -= n
	for n > 0 {
		c := q.head
		took := min(n, c.w-c.r)
		c.r += took
		n -= took
		if c.r == c.w {
			q.drop()
		}
	}
}

// Clear empties q.
func (q *Queue) Clear() {
	for q.head != nil {
		q.drop()
	}
	q.size = 0
}

func (q *Queue) drop() {
	c := q.head
	if q.head = c.next; q.head == nil {
		q.tail = nil
	}
	give(c)
}
