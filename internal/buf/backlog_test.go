// Copyright 2026 The duplex authors. MIT license.

package buf

import (
	"bytes"
	"testing"
)

// array returns the start of b in memory, or nil if it holds no memory.
func array(b *Backlog) *byte {
	if cap(b.data) == 0 {
		return nil
	}
	return &b.data[:1][0]
}

func TestABacklogGivesBytesBackInTheirOrder(t *testing.T) {
	for _, lent := range []bool{false, true} {
		src := []byte("abc")
		b := Of(src)
		b.Keep(lent)
		var want []byte
		want = append(want, "abc"...)
		for i := range 10_000 {
			p := []byte{byte(i), byte(i >> 8), 'x'}[:1+i%3]
			b.Append(p)
			want = append(want, p...)
			n := i * 7 % (len(want) + 1)
			b.Consume(n)
			want = want[n:]
			if i%5 == 0 {
				b.Keep(false)
			}
			if got := b.Bytes(); !bytes.Equal(got, want) || b.Len() != len(want) {
				t.Fatalf("after step %d: %q, want %q", i, got, want)
			}
		}
		if lent && string(src) != "abc" {
			t.Errorf("what was lent is %q now", src)
		}
	}
}

func TestAppendingToABacklogsBytesWritesOverNothing(t *testing.T) {
	b := Of([]byte("one two"))
	b.Consume(4)
	b.Reserve(100, 0)
	_ = append(b.Bytes(), "XXX"...)
	b.Append([]byte(" three"))
	if got := b.Bytes(); string(got) != "two three" || cap(got) != len(got) {
		t.Errorf("got %q with capacity %d; want two three, with none to spare", got, cap(got))
	}
}

func TestABacklogAllocatesAFewTimesItsContents(t *testing.T) {
	for _, c := range []struct {
		size, most int // most in percent of size
	}{
		{1 << 20, 225}, {16<<20 + 4, 225}, {24 << 20, 300}, {17<<20 + 1<<19, 400}, {20 << 20, 400},
	} {
		var b Backlog
		p := make([]byte, 16<<10)
		allocated, at := 0, array(&b)
		for b.Len() < c.size {
			b.Append(p[:min(len(p), c.size-b.Len())])
			b.Keep(false)
			if now := array(&b); now != at {
				at = now
				allocated += cap(b.data)
			}
		}
		if percent := allocated / (c.size / 100); percent > c.most {
			t.Errorf("%d bytes allocated %d %% of that, want at most %d", c.size, percent, c.most)
		}
	}
}

func TestABacklogReservesAtMostItsLimit(t *testing.T) {
	var b Backlog
	for range 1000 {
		b.Reserve(100, 70_000)
		b.Append(make([]byte, 100))
		if most := max(70_000, b.Len()); cap(b.data) > most {
			t.Fatalf("%d bytes hold %d, want at most %d", b.Len(), cap(b.data), most)
		}
	}
}

func TestABacklogThatIsConsumedReleasesItsMemory(t *testing.T) {
	b := Of(make([]byte, 1<<20))
	copied, at := 0, array(&b)
	for b.Len() > 0 {
		b.Consume(1)
		b.Keep(false)
		if cap(b.data) > 3*b.Len()+slack {
			t.Fatalf("%d bytes hold %d", b.Len(), cap(b.data))
		}
		if now := array(&b); now != at {
			at = now
			copied += b.Len()
		}
	}
	if copied > 1<<20 {
		t.Errorf("%d bytes were moved while 1 MiB was consumed", copied)
	}
	if b.data != nil {
		t.Errorf("an empty Backlog holds %d bytes", cap(b.data))
	}
}

func TestKeepReleasesMemoryThatIsLent(t *testing.T) {
	lent := []byte("hello")
	b := Of(lent)
	b.Keep(true)
	copy(lent, "other")
	if got := string(b.Bytes()); got != "hello" {
		t.Errorf("got %q after the owner has written to its slice, want the bytes of before", got)
	}
}

func TestBytesInTheSpareOfABacklogAreNotCopied(t *testing.T) {
	var b Backlog
	b.Append([]byte("12345678"))
	b.Reserve(5, 0)
	at := array(&b)
	b.AppendSpare(append(b.Spare(), "hello"...))
	if got := b.Bytes(); string(got) != "12345678hello" || array(&b) != at {
		t.Errorf("got %q, moved: %t", got, array(&b) != at)
	}
	long := bytes.Repeat([]byte("x"), 1000)
	b.AppendSpare(append(b.Spare(), long...))
	b.AppendSpare(nil)
	if got := b.Bytes(); string(got) != "12345678hello"+string(long) {
		t.Errorf("got %q", got)
	}
}

func TestABacklogBorrowsTheArrayThatAnotherReturned(t *testing.T) {
	for range 1000 { // the pool may lose an array
		var a, b, small Backlog
		a.Append(make([]byte, 2*shortArray))
		at := array(&a)
		a.Return()
		if array(&a) != nil || a.Len() != 0 {
			t.Fatal("a Backlog keeps the array that it returned")
		}
		small.Borrow(shortArray - 1)
		b.Append([]byte("bytes"))
		before := array(&b)
		b.Borrow(shortArray)
		if array(&small) != nil || array(&b) != before || string(b.Bytes()) != "bytes" {
			t.Fatal("a few bytes, or a Backlog with an array of its own, took one of the pool")
		}
		b = Backlog{}
		if b.Borrow(shortArray); array(&b) == at && b.Len() == 0 {
			return
		}
	}
	t.Error("no array that was returned came back")
}
