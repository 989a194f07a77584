// Copyright 2026 The duplex authors. MIT license.

package buf

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// TestQueueReturnsTheAppendedBytes compares a queue with a plain slice, over random
// appends and short consumes.
func TestQueueReturnsTheAppendedBytes(t *testing.T) {
	for seed := range uint64(40) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		var q Queue
		var want, got []byte
		vectors := make([][]byte, 0, 4)
		lent := 0
		loan := &Loan{Count: func(held bool) { lent++ }}
		for range 100 {
			p := make([]byte, rnd.IntN(1<<rnd.IntN(17)))
			for i := range p {
				p[i] = byte(rnd.Uint32())
			}
			if rnd.IntN(3) == 0 {
				q.AppendShared(p, loan)
			} else {
				q.Append(p)
			}
			want = append(want, p...)

			n := 0
			for _, v := range q.Vectors(vectors[:0]) {
				got = append(got, v...)
				n += len(v)
			}
			keep := rnd.IntN(n + 1)
			got = got[:len(got)-keep]
			q.Consume(n - keep)
			if q.Len() != len(want)-len(got) {
				t.Fatalf("seed %d: Len is %d, want %d", seed, q.Len(), len(want)-len(got))
			}
			expectHeld(t, &q)
			if rnd.IntN(4) == 0 { // through another queue
				var other Queue
				half := rnd.IntN(q.Len() + 1)
				q.Move(&other, half)
				expectHeld(t, &q)
				expectHeld(t, &other)
				q.Move(&other, q.Len())
				if q = other; rnd.IntN(2) == 0 {
					q.Own()
				}
				expectHeld(t, &q)
			}
		}
		if !bytes.Equal(got, want[:len(got)]) {
			t.Fatalf("seed %d: the bytes differ", seed)
		}
		q.Clear()
		if q != (Queue{}) || loan.Held() || lent%2 != 0 {
			t.Fatalf("seed %d: a cleared queue holds %+v, and its loan %+v", seed, q, loan)
		}
	}
}

// expectHeld compares Held with the chunks.
func expectHeld(t *testing.T, q *Queue) {
	t.Helper()
	wantOwn, wantLent := 0, 0
	for c := q.head; c != nil; c = c.next {
		own, lent := c.memory()
		wantOwn, wantLent = wantOwn+own, wantLent+lent
	}
	if own, lent := q.Held(); own != wantOwn || lent != wantLent || own < q.Len()-lent {
		t.Fatalf("Held is %d and %d, want %d and %d for %d bytes", own, lent, wantOwn, wantLent, q.Len())
	}
}

func TestTruncateKeepsTheFirstBytesInTheirPlace(t *testing.T) {
	want := make([]byte, 300<<10)
	for i := range want {
		want[i] = byte(i >> 8)
	}
	for _, n := range []int{0, 1, 1 << 10, 100 << 10, len(want), len(want) + 1} {
		var q Queue
		q.Append(want[:1500])
		q.AppendShared(want[1500:50_000], nil)
		q.Append(want[50_000:])
		q.Consume(10)
		before := q.Vectors(make([][]byte, 0, 16))
		q.Truncate(n)
		after := q.Vectors(make([][]byte, 0, 16))
		kept := min(n, len(want)-10)
		if got := bytes.Join(after, nil); !bytes.Equal(got, want[10:][:kept]) || q.Len() != kept {
			t.Errorf("Truncate(%d) kept %d bytes of %d, Len %d", n, len(got), kept, q.Len())
		}
		if len(after) > 0 && &after[0][0] != &before[0][0] {
			t.Errorf("Truncate(%d) has moved the bytes", n)
		}
		expectHeld(t, &q)
		q.Append(want[:100])
		if q.Len() != kept+100 {
			t.Errorf("after Truncate(%d) and Append there are %d bytes, want %d", n, q.Len(), kept+100)
		}
	}
}

func TestALoanIsCountedOnceForAllQueues(t *testing.T) {
	var told []bool
	loan := &Loan{Count: func(held bool) { told = append(told, held) }}
	queues := make([]Queue, 3)
	for i := range queues {
		queues[i].AppendShared(make([]byte, 100), loan)
	}
	queues[0].Consume(99)
	queues[0].Consume(1)
	queues[1].Own()
	if len(told) != 1 || !told[0] || !loan.Held() {
		t.Errorf("told %v while a queue holds the slice", told)
	}
	queues[2].Clear()
	queues[2].AppendShared(make([]byte, 100), loan)
	queues[2].Clear()
	if want := []bool{true, false, true, false}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

func TestARecordIsAsLongAsAChunk(t *testing.T) {
	if n := int(reflect.TypeFor[chunk]().Size()); n > record || n < record/2 {
		t.Errorf("a chunk takes %d bytes, and counts as %d", n, record)
	}
}

func TestOwnCopiesSharedChunks(t *testing.T) {
	p := []byte("shared")
	var q Queue
	q.AppendShared(p, nil)
	q.Append([]byte(", own"))
	q.Consume(2)
	q.Own()
	clear(p)
	got := bytes.Join(q.Vectors(make([][]byte, 0, 4)), nil)
	if string(got) != "ared, own" || q.Len() != 9 {
		t.Errorf("got %q of %d bytes, want %q", got, q.Len(), "ared, own")
	}
}

func TestAppendLeavesSharedBytesAlone(t *testing.T) {
	p := append(make([]byte, 0, 100), "shared"...)
	var q Queue
	q.AppendShared(p, nil)
	q.Append([]byte("own"))
	if got := string(p[:9]); got != "shared\x00\x00\x00" {
		t.Errorf("the shared array holds %q", got)
	}
}

func TestAppendLeavesLentBytesAlone(t *testing.T) {
	var q Queue
	q.Append([]byte("lent"))
	lent := q.Vectors(make([][]byte, 0, 1))[0]
	q.Append([]byte("more"))
	if string(lent) != "lent" {
		t.Errorf("lent bytes became %q", lent)
	}
}

func TestQueueAllocatesNothingOnceChunksArePooled(t *testing.T) {
	p := make([]byte, 64)
	vectors := make([][]byte, 0, 4)
	var q Queue
	allocs := testing.AllocsPerRun(1000, func() {
		q.Append(p)
		q.Consume(len(q.Vectors(vectors[:0])[0]))
	})
	if allocs >= 1 { // a garbage collection may empty the pool once
		t.Errorf("%v allocations for each message, want 0", allocs)
	}
}
