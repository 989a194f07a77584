// Copyright 2026 The duplex authors. MIT license.

// Package buf holds bytes on their way out: a queue of pooled chunks, which
// costs an idle socket nothing but the empty queue.
package buf

import "sync"

// Chunks come in four sizes, so that a short message does not hold 64 KiB and a
// long one does not take sixty chunks. The largest is about what one send of the
// kernel takes at a time anyway.
//
// The smallest is what each socket holds that writes in a turn of the loop: with 4
// KiB, 10,000 sockets that answer in one burst left 459 B each behind, with 1 KiB
// 310 B, at the same speed (the idle workload of bench/, its one message sent in a
// single burst).
const (
	smallest = 1 << 10
	growth   = 2 // each size is 1<<growth times the one before
	largest  = len(pools) - 1
)

// A chunk holds data[r:w].
type chunk struct {
	next *chunk
	r, w int
	size int // index into pools; shared if data is not the chunk's own
	data []byte

	// Of the first chunk of a queue, which stands for it.
	tail   *chunk
	queued int // bytes of all chunks
}

var pools [4]sync.Pool

// shared is the size of chunks that lend their data from elsewhere; lenders holds
// them while they have none.
const shared = -1

var lenders = sync.Pool{New: func() any { return &chunk{size: shared} }}

// take returns an empty chunk that suits n more bytes.
func take(n int) *chunk {
	size := 0
	for size < largest && n > smallest<<(growth*size) {
		size++
	}
	if c, ok := pools[size].Get().(*chunk); ok {
		return c
	}
	return &chunk{size: size, data: make([]byte, smallest<<(growth*size))}
}

// give returns c to where it came from.
func give(c *chunk) {
	c.next, c.tail, c.queued, c.r, c.w = nil, nil, 0, 0, 0
	if c.size == shared {
		c.data = nil
		lenders.Put(c)
		return
	}
	pools[c.size].Put(c)
}

// A Queue is a stream of bytes, appended at one end and consumed at the other.
// The zero Queue is empty and holds no memory but its one word. It is not safe for
// concurrent use, but Append leaves alone what Vectors returned before.
type Queue struct {
	head *chunk
}

// Len returns how many bytes wait in q.
func (q *Queue) Len() int {
	if q.head == nil {
		return 0
	}
	return q.head.queued
}

// Append copies p to the end of q.
func (q *Queue) Append(p []byte) {
	for len(p) > 0 {
		if q.head == nil || q.head.tail.w == len(q.head.tail.data) {
			q.link(take(q.Len() + len(p))) // the more waits already, the larger
		}
		tail := q.head.tail
		n := copy(tail.data[tail.w:], p)
		tail.w += n
		q.head.queued += n
		p = p[n:]
	}
}

// AppendShared puts p, which must never change, at the end of q without a copy.
func (q *Queue) AppendShared(p []byte) {
	if len(p) == 0 {
		return
	}
	c := lenders.Get().(*chunk)
	c.data, c.w = p, len(p)
	q.link(c)
	q.head.queued += len(p)
}

// Own copies what AppendShared has put into q, so that it may change again.
func (q *Queue) Own() {
	c := q.head
	q.head = nil
	for c != nil {
		next, p := c.next, c.data[c.r:c.w]
		if c.size == shared {
			q.Append(p)
			give(c)
		} else {
			c.next, c.tail, c.queued = nil, nil, 0
			q.link(c)
			q.head.queued += len(p)
		}
		c = next
	}
}

// link puts c behind the last chunk.
func (q *Queue) link(c *chunk) {
	if q.head == nil {
		q.head = c
	} else {
		q.head.tail.next = c
	}
	q.head.tail = c
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
	for n > 0 {
		c := q.head
		took := min(n, c.w-c.r)
		c.r += took
		c.queued -= took
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
}

// drop gives the first chunk back; the next one stands for the queue.
func (q *Queue) drop() {
	c := q.head
	if q.head = c.next; q.head != nil {
		q.head.tail, q.head.queued = c.tail, c.queued
	}
	give(c)
}
