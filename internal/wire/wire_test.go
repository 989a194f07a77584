// Copyright 2026 The duplex authors. MIT license.

package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
)

// record returns a TLS record with a body of n bytes.
func record(n int, fill byte) []byte {
	return append([]byte{23, 3, 3, byte(n >> 8), byte(n)}, bytes.Repeat([]byte{fill}, n)...)
}

// readAll reads until there is no whole record.
func readAll(t *testing.T, w *Wire, size int) (got []byte, err error) {
	t.Helper()
	p := make([]byte, size)
	for {
		n, err := w.Read(p)
		got = append(got, p[:n]...)
		if err != nil {
			return got, err
		}
		if n == 0 {
			t.Fatal("Read returned no byte and no error")
		}
	}
}

func TestWireShowsWholeRecordsAtEveryCut(t *testing.T) {
	stream := append(append(record(10, 'a'), record(0, 0)...), record(300, 'b')...)
	ends := []int{15, 20, len(stream)}
	for cut := range len(stream) + 1 {
		for _, lent := range []bool{false, true} {
			var w Wire
			give := func(p []byte) (got []byte) {
				if lent {
					w.Lend(p)
					defer w.Keep()
				} else {
					w.Arrived(p)
				}
				got, err := readAll(t, &w, 7)
				if !errors.Is(err, ErrAgain) {
					t.Fatalf("cut at %d: got %v, want ErrAgain", cut, err)
				}
				return got
			}
			whole := 0
			for _, end := range ends {
				if end <= cut {
					whole = end
				}
			}
			first := give(stream[:cut])
			if len(first) != whole {
				t.Fatalf("cut at %d: %d bytes are shown, want %d", cut, len(first), whole)
			}
			if got := append(first, give(stream[cut:])...); !bytes.Equal(got, stream) {
				t.Fatalf("cut at %d: got %q", cut, got)
			}
			if n := w.Unread(); n != 0 || w.Readable() {
				t.Fatalf("cut at %d: %d bytes are left", cut, n)
			}
		}
	}
}

func TestWireReturnsNoMoreThanOneRecord(t *testing.T) {
	var w Wire
	w.Arrived(append(record(10, 'a'), record(10, 'b')...))
	p := make([]byte, 100)
	for range 2 {
		if n, err := w.Read(p); n != 15 || err != nil {
			t.Fatalf("got %d, %v; want one record of 15 bytes", n, err)
		}
	}
}

func TestWireThatDribblesHoldsLittleMemory(t *testing.T) {
	var w Wire
	full := record(16<<10, 'x')
	for i := range full[1:] {
		w.Arrived(full[i : i+1])
		if w.Readable() {
			t.Fatalf("a record is whole after %d bytes", i+1)
		}
	}
	if n := len(w.in.kept.Spare()[:cap(w.in.kept.Spare())]) + w.Unread(); n > 3*len(full)+4<<10 {
		t.Errorf("%d bytes are held for %d", n, len(full))
	}
	w.Arrived(full[len(full)-1:])
	if got, _ := readAll(t, &w, 4<<10); !bytes.Equal(got, full) {
		t.Error("another record came back")
	}
}

func TestWireShowsWhatIsNoRecordAtOnce(t *testing.T) {
	for _, p := range []string{"GET / HTTP/1.1\r\n", "\x80\x2e\x01\x03\x01", "\x17\x03\x03\xff\xff", "\x17\x05\x03\x00\x08"} {
		var w Wire
		w.Arrived([]byte(p))
		if got, _ := readAll(t, &w, 5); string(got) != p {
			t.Errorf("%q: got %q", p, got)
		}
		w.Arrived([]byte("x"))
		if got, _ := readAll(t, &w, 5); string(got) != "x" {
			t.Errorf("%q: got %q after it", p, got)
		}
	}
}

func TestWireEndsAfterItsRecords(t *testing.T) {
	lost := errors.New("lost")
	for _, test := range []struct {
		end, want error
		partial   int
	}{
		{io.EOF, io.EOF, 0},
		{io.EOF, ErrTruncated, 3},
		{io.EOF, ErrTruncated, 7},
		{lost, lost, 3},
	} {
		var w Wire
		w.Arrived(record(10, 'a'))
		w.Arrived(record(10, 'b')[:test.partial])
		w.Finish(test.end)
		w.Finish(net.ErrClosed)
		if got, err := readAll(t, &w, 100); len(got) != 15 || !errors.Is(err, test.want) || !w.ended {
			t.Errorf("%v after %d bytes: got %d bytes, %v", test.end, test.partial, len(got), err)
		}
	}
}

func TestWireThatAwaitsBlocksUntilARecordIsWhole(t *testing.T) {
	var w Wire
	kicked := make(chan struct{}, 10)
	w.Await(func() { kicked <- struct{}{} })
	got := make(chan int)
	go func() {
		p := make([]byte, 100)
		for {
			n, err := w.Read(p)
			if err != nil {
				close(got)
				return
			}
			got <- n
		}
	}()
	<-kicked
	full := record(10, 'a')
	w.Arrived(full[:9])
	<-kicked // it has looked, and waits again
	w.Arrived(full[9:])
	if n := <-got; n != 15 {
		t.Errorf("got %d bytes, want 15", n)
	}
	w.Close()
	<-got
}

func TestWireQueuesWhatIsWrittenUntilItIsShut(t *testing.T) {
	var w Wire
	w.Write([]byte("one"))
	w.Write([]byte("two"))
	if got := bytes.Join(w.Vectors(make([][]byte, 0, 4)), nil); string(got) != "onetwo" {
		t.Errorf("got %q", got)
	}
	w.Consume(4)
	if got := bytes.Join(w.Vectors(make([][]byte, 0, 4)), nil); string(got) != "wo" {
		t.Errorf("got %q after 4 bytes", got)
	}
	w.Shut()
	if n, err := w.Write([]byte("late")); n != 4 || err != nil || w.Queued() != 0 {
		t.Errorf("got %d, %v, and %d bytes queued", n, err, w.Queued())
	}
}

// taker is a connection whose kernel has room for some bytes.
type taker struct {
	Ends
	room int
	took []byte
}

func (e *taker) Offer(p []byte) int {
	n := min(e.room, len(p))
	e.room -= n
	e.took = append(e.took, p[:n]...)
	return n
}

func TestWireQueuesOnlyWhatTheKernelHasNoRoomFor(t *testing.T) {
	ends := &taker{room: 5}
	w := Wire{Ends: ends}
	w.Direct = true
	w.Write([]byte("one"))
	if n := w.Queued(); n != 0 {
		t.Errorf("%d bytes are queued, although the kernel has taken all", n)
	}
	w.Write([]byte("two"))
	ends.room = 10
	w.Write([]byte("three")) // after the rest of two
	w.Direct = false
	queued := bytes.Join(w.Vectors(make([][]byte, 0, 4)), nil)
	if string(ends.took) != "onetw" || string(queued) != "othree" || w.Queued() != 6 {
		t.Errorf("the kernel has taken %q, and %q waits: %d bytes", ends.took, queued, w.Queued())
	}
	w.Consume(6)
	w.Write([]byte("four"))
	if n := w.Queued(); n != 4 || len(ends.took) != 5 {
		t.Errorf("%d bytes are queued that were not to go directly", n)
	}
}
