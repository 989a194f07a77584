// Copyright 2026 The duplex authors. MIT license.

// Package buf holds the bytes of a socket that wait. A Queue of pooled chunks holds output
// and costs an idle socket only the empty queue. A Backlog holds input and is one slice,
// since a bufio.SplitFunc needs one.
package buf

import (
	"sync"
	"sync/atomic"
)

// Chunks have four sizes, so that a short message does not hold 64 KiB and a long message
// does not take sixty chunks. The largest is about as long as the bytes that the kernel
// takes in one send.
//
// Each socket that writes in a turn of the loop holds a chunk of the smallest size. With
// 4 KiB, 10,000 sockets that answer in one burst kept 459 B each, with 1 KiB 310 B, at
// the same speed (the idle workload of bench/, its one message sent in a single burst).
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
	loan *Loan // of shared data; nil if nothing counts it

	// Only in the first chunk of a queue, which stands for the queue.
	tail   *chunk
	queued int // bytes of all chunks
	own    int // memory of all chunks, without shared data
	lent   int // memory of the shared data
}

// record is how many bytes a chunk takes besides its data.
const record = 96

// memory returns how much memory c takes: its own, and that of its shared data.
func (c *chunk) memory() (own, lent int) {
	if c.size == shared {
		return record, len(c.data)
	}
	return record + len(c.data), 0
}

// A Loan is a slice that may be in several queues at a time, and that is to be counted
// once. Any goroutine may use it.
type Loan struct {
	holders atomic.Int64

	// Count is called with true when the first queue takes the slice, and with false when
	// the last one has let go of it, each time. It is constant, and must not touch the queue.
	Count func(held bool)
}

// Held reports whether a queue holds the slice.
func (l *Loan) Held() bool { return l.holders.Load() > 0 }

// Take counts a holder, as a queue that takes the slice does. It calls GiveBack in the end.
func (l *Loan) Take() {
	if l.holders.Add(1) == 1 {
		l.Count(true)
	}
}

// GiveBack undoes Take.
func (l *Loan) GiveBack() {
	if l.holders.Add(-1) == 0 {
		l.Count(false)
	}
}

var pools [4]sync.Pool

// shared is the size of chunks whose data is not their own; lenders holds them while they
// have no data.
const shared = -1

var lenders = sync.Pool{New: func() any { return &chunk{size: shared} }}

// take returns an empty chunk of a size that suits n more bytes.
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

// give returns c, which is in no queue, to its pool.
func give(c *chunk) {
	c.r, c.w = 0, 0
	if c.size == shared {
		c.data = nil
		if c.loan != nil {
			c.loan.GiveBack()
			c.loan = nil
		}
		lenders.Put(c)
		return
	}
	pools[c.size].Put(c)
}

// orphan clears what c knows of a queue.
func (c *chunk) orphan() { c.next, c.tail, c.queued, c.own, c.lent = nil, nil, 0, 0, 0 }

// A Queue is a stream of bytes, appended at one end and consumed at the other.
// The zero Queue is empty and holds no memory but its one word. It is not safe for
// concurrent use, but Append does not touch slices that Vectors returned before.
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

// Held returns how much memory q holds: own is that of its chunks, which may hold more
// than the bytes that wait, and lent that of the slices of AppendShared, as if no other
// queue held them.
func (q *Queue) Held() (own, lent int) {
	if q.head == nil {
		return 0, 0
	}
	return q.head.own, q.head.lent
}

// Append copies p to the end of q.
func (q *Queue) Append(p []byte) {
	for len(p) > 0 {
		if q.head == nil || q.head.tail.w == len(q.head.tail.data) {
			q.link(take(q.Len() + len(p))) // the more bytes wait, the larger the chunk
		}
		tail := q.head.tail
		n := copy(tail.data[tail.w:], p)
		tail.w += n
		q.head.queued += n
		p = p[n:]
	}
}

// AppendShared puts p, which must never change, at the end of q without a copy. The loan
// counts p while q holds it; nil, and a Loan without Count, count nothing.
func (q *Queue) AppendShared(p []byte, loan *Loan) {
	if len(p) == 0 {
		return
	}
	c := lenders.Get().(*chunk)
	c.data, c.w = p, len(p)
	if loan != nil && loan.Count != nil {
		c.loan = loan
		loan.Take()
	}
	q.link(c)
	q.head.queued += len(p)
}

// Move takes the first n bytes of q, which has at least that many, and puts them at the
// end of dst. Whole chunks move; a part of the last chunk may be copied.
func (q *Queue) Move(dst *Queue, n int) {
	for n > 0 {
		c := q.head
		p := c.data[c.r:c.w]
		if len(p) > n {
			dst.Append(p[:n])
			q.Consume(n)
			return
		}
		n -= len(p)
		q.unlink()
		dst.link(c)
		dst.head.queued += len(p)
	}
}

// Own copies the slices that AppendShared has put into q, so that they may change again.
func (q *Queue) Own() {
	c := q.head
	q.head = nil
	for c != nil {
		next, p := c.next, c.data[c.r:c.w]
		if c.size == shared {
			q.Append(p)
			c.orphan()
			give(c)
		} else {
			c.orphan()
			q.link(c)
			q.head.queued += len(p)
		}
		c = next
	}
}

// link puts c after the last chunk.
func (q *Queue) link(c *chunk) {
	if q.head == nil {
		q.head = c
	} else {
		q.head.tail.next = c
	}
	q.head.tail = c
	own, lent := c.memory()
	q.head.own += own
	q.head.lent += lent
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

// Truncate drops all but the first n bytes of q. Those stay where they are.
func (q *Queue) Truncate(n int) {
	if n == 0 {
		q.Clear()
		return
	}
	var kept Queue
	for q.head != nil && n > 0 {
		c := q.head
		q.unlink()
		c.w = min(c.w, c.r+n)
		n -= c.w - c.r
		kept.link(c)
		kept.head.queued += c.w - c.r
	}
	q.Clear()
	*q = kept
}

// Clear empties q.
func (q *Queue) Clear() {
	for q.head != nil {
		q.drop()
	}
}

// drop returns the first chunk to its pool.
func (q *Queue) drop() {
	c := q.head
	q.unlink()
	give(c)
}

// unlink takes the first chunk off; the next one stands for the queue.
func (q *Queue) unlink() {
	c := q.head
	if q.head = c.next; q.head != nil {
		q.head.tail = c.tail
		own, lent := c.memory()
		q.head.queued = c.queued - (c.w - c.r)
		q.head.own, q.head.lent = c.own-own, c.lent-lent
	}
	c.orphan()
}
