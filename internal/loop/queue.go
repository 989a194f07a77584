// Copyright 2026 The duplex authors. MIT license.

package loop

// A queue is filled under the loop's lock and emptied without it. (A queue that only the
// loop fills needs no lock.) It remembers how far it was emptied, so that nothing is lost
// when the loop's goroutine is replaced in between.
type queue[T any] struct {
	in  []T // under the loop's lock
	out []T // owned by the loop, as is next
	// next is the first element of out that was not popped.
	next int
}

// roomy is how many elements an empty queue may keep room for after a burst.
const roomy = 1024

// push adds v. The caller holds the lock.
func (q *queue[T]) push(v T) { q.in = append(q.in, v) }

// fill makes the pushed elements ready to pop, after those that are ready. The caller
// holds the lock.
func (q *queue[T]) fill() {
	if q.next < len(q.out) {
		if q.next > len(q.out)/2 { // or else a queue that is never empty would grow
			n := copy(q.out, q.out[q.next:])
			clear(q.out[n:])
			q.out, q.next = q.out[:n], 0
		}
		q.out = append(q.out, q.in...)
		clear(q.in)
		q.in = q.in[:0]
		return
	}
	spare := q.out[:0]
	if cap(spare) > roomy && len(q.in) < cap(spare)/4 {
		spare = nil // a burst is over
	}
	q.in, q.out = spare, q.in
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
