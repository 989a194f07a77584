// Copyright 2026 The duplex authors. MIT license.

package buf

import (
	"bytes"
	"math/rand/v2"
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
		for range 100 {
			p := make([]byte, rnd.IntN(1<<rnd.IntN(17)))
			for i := range p {
				p[i] = byte(rnd.Uint32())
			}
			if rnd.IntN(3) == 0 {
				q.AppendShared(p)
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
		}
		if !bytes.Equal(got, want[:len(got)]) {
			t.Fatalf("seed %d: the bytes differ", seed)
		}
		q.Clear()
		if q != (Queue{}) {
			t.Fatalf("seed %d: a cleared queue holds %+v", seed, q)
		}
	}
}

func TestOwnCopiesSharedChunks(t *testing.T) {
	p := []byte("shared")
	var q Queue
	q.AppendShared(p)
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
	q.AppendShared(p)
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
