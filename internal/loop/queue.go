// Copyright 2026 The duplex authors. MIT license.

package loop

// A queue is filled under the loop's lock and emptied without it. (One that the loop
// alone fills needs no lock.) It remembers
// how far it was emptied, so that nothing is lost when the loop's goroutine is
// replaced in between.
type queue[T any] struct {
	in  []T // under the loop's lock
	out []T // owned by the loop, as is next
	// next is the first element of out that was not popped.
	next int
}

// push adds v. The caller holds the lock.
func (q *queue[T]) push(v T) { q.in = append(q.in, v) }

// fill makes what was pushed ready to pop, behind what is. The caller holds the
// lock.
func (q *queue[T]) fill() {
	if q.next < len(q.out) {
		q.out = append(q.out, q.in...)
		clear(q.in)
		q.in = q.in[:0]
		return
	}
	q.in, q.out = q.out[:0], q.in
	q.next = 0
}

// pop takes out the next element that fill made ready.
func (q *queue[T]) pop() (v T, ok bool) {
	if q.next == len(q.out) {
		return v, false
	}
	var zero T
	v, q.out[q.next] = q.out[q.next], zero
	q.next++
	return v, true
}

// empty reports whether nothing is left, ready or not. The caller holds the
// lock and is the loop.
func (q *queue[T]) empty() bool { return len(q.in) == 0 && q.next == len(q.out) }
