// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestCopyFromAReaderAndToAWriter(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Pause() // until WriteTo
		rig.Turn(t, b.Socket)
		sent := rig.Pattern(5 << 20)
		var got bytes.Buffer
		read := make(chan error, 1)
		go func() {
			_, err := b.WriteTo(&got)
			read <- err
		}()
		if n, err := a.ReadFrom(bytes.NewReader(sent)); n != int64(len(sent)) || err != nil {
			t.Errorf("ReadFrom: %d, %v; want %d", n, err, len(sent))
		}
		a.End()
		if err := rig.Wait(t, read); err != nil || !bytes.Equal(got.Bytes(), sent) {
			t.Errorf("WriteTo: %d bytes, %v; want %d", got.Len(), err, len(sent))
		}
	})
}

func TestCopyReturnsTheReasonOfItsEnd(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		b.Pause() // until WriteTo
		io.WriteString(a, "some")
		if _, err := b.WriteTo(failing{}); !errors.Is(err, errFull) {
			t.Errorf("WriteTo: %v, want the writer's error", err)
		}
		if !b.Paused() {
			t.Error("the socket is not paused after the writer failed")
		}
		b.Reset()
		if _, err := a.ReadFrom(strings.NewReader(strings.Repeat("x", 8<<20))); err == nil {
			t.Error("ReadFrom: no error although the peer has reset")
		}
		a.Events(t)
		if _, err := a.WriteTo(io.Discard); err == nil {
			t.Error("WriteTo of a closed socket: no error")
		}
	})
}

var errFull = errors.New("no room left")

// failing is a writer that takes nothing.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

func TestABlockingHandlerMayCopyToItsOwnSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		sent := rig.Pattern(1 << 20)
		copied := make(chan error, 1)
		a, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			_, err := s.ReadFrom(bytes.NewReader(sent))
			copied <- err
			s.End()
		}})
		a.WriteString("go")
		a.Expect(t, "data: "+string(sent), "end", "close")
		if err := rig.Wait(t, copied); err != nil {
			t.Errorf("ReadFrom: %v", err)
		}
	})
}

// A copy from an endless reader ends with the socket, whatever verb ends it, also while
// a posted function waits.
func TestACopyEndsWithItsSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for name, end := range map[string]func(a, b *duplex.Socket){
			"Destroy":                   func(a, _ *duplex.Socket) { a.Destroy(nil) },
			"End":                       func(a, _ *duplex.Socket) { a.End(); a.AfterFunc(time.Millisecond, a.Reset) },
			"a reset":                   func(_, b *duplex.Socket) { b.Reset() },
			"End in a posted function":  func(a, _ *duplex.Socket) { a.Post(func() { a.End(); a.AfterFunc(time.Millisecond, a.Reset) }) },
			"Reset in posted functions": func(a, _ *duplex.Socket) { a.Post(func() {}); a.Post(a.Reset) },
		} {
			a, b := duplextest.Pipe(t, e)
			copied := make(chan error, 1)
			go func() {
				_, err := a.ReadFrom(endless{})
				copied <- err
			}()
			for b.BytesRead() < 1<<20 {
				time.Sleep(time.Millisecond)
			}
			end(a.Socket, b.Socket)
			if err := rig.Wait(t, copied); err == nil {
				t.Errorf("%s: ReadFrom returned no error", name)
			}
			b.Destroy(nil)
		}
	})
}

// endless is a reader that has no end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestWriteToOfASocketThatHasEndedReturnsAtOnce(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{AllowHalfOpen: true})
		a.WriteString("all")
		a.End()
		b.Expect(t, "data: all", "end")
		over := make(chan error, 1)
		go func() {
			n, err := b.WriteTo(io.Discard)
			if n != 0 {
				t.Errorf("WriteTo: %d bytes, want none", n)
			}
			over <- err
		}()
		if err := rig.Wait(t, over); err != nil {
			t.Errorf("WriteTo: %v, want nil, as at the end", err)
		}
	})
}

// The copy is called on the loop, or in the callback, that it would wait for.
func TestACopyThatWouldWaitForItselfReturnsAnError(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		c, d := duplextest.Pipe(t, e)
		unread := strings.NewReader("unread")
		for _, s := range []*duplextest.End{a, b, c, d} { // some on this loop, some on the other
			s.Post(func() {
				if n, err := a.ReadFrom(unread); n != 0 || err == nil || unread.Len() != len("unread") {
					t.Errorf("ReadFrom on a loop: %d, %v, and %d bytes are left; want an error and all", n, err, unread.Len())
				}
				if n, err := a.WriteTo(io.Discard); n != 0 || err == nil {
					t.Errorf("WriteTo on a loop: %d, %v; want an error", n, err)
				}
			})
			rig.Turn(t, s.Socket)
		}
		io.WriteString(b, "for OnData")
		a.Expect(t, "data: for OnData")

		copied := make(chan error, 1)
		_, own := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnConnect: func(s *duplex.Socket) {
			_, err := s.WriteTo(io.Discard)
			copied <- err
		}})
		if err := rig.Wait(t, copied); err == nil {
			t.Error("WriteTo in a callback of the socket: no error")
		}
		own.Destroy(nil)
	})
}

// A callback of the copied socket is at work, too; the copy does not wait for that one.
func TestABlockingCallbackMayCopyFromAnotherSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		entered, leave := make(chan struct{}), make(chan struct{})
		far, other := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, _ []byte) {
			s.Pause() // until WriteTo
			close(entered)
			<-leave
		}})
		far.WriteString("go")
		rig.Wait(t, entered)
		copied := make(chan string, 1)
		a, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, OnData: func(*duplex.Socket, []byte) {
			var got strings.Builder
			_, err := other.WriteTo(&got)
			copied <- fmt.Sprint(got.String(), ", ", err)
		}})
		a.WriteString("go")
		for other.Paused() {
			time.Sleep(time.Millisecond)
		}
		close(leave)
		far.WriteString("all of it")
		far.End()
		if got := rig.Wait(t, copied); got != "all of it, <nil>" {
			t.Errorf("got %q", got)
		}
	})
}

func TestSetHandlerLeavesWriteToAlone(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		r, w := io.Pipe()
		over := make(chan error, 1)
		b.Pause() // until WriteTo
		go func() {
			_, err := b.WriteTo(w)
			over <- err
		}()
		p := make([]byte, 100)
		io.WriteString(a, "one")
		n, _ := r.Read(p)
		ended := make(chan struct{})
		b.SetHandler(&duplex.Handler{
			OnData: func(*duplex.Socket, []byte) { t.Error("OnData was called") },
			OnEnd:  func(*duplex.Socket) { close(ended) },
		})
		io.WriteString(a, "two")
		a.End()
		rig.Turn(t, b.Socket)
		select {
		case <-ended:
			t.Error("OnEnd came before the writer had taken what came before")
		default:
		}
		m, _ := r.Read(p[n:])
		if got := string(p[:n+m]); got != "onetwo" {
			t.Errorf("got %q", got)
		}
		if err := rig.Wait(t, over); err != nil {
			t.Errorf("WriteTo: %v", err)
		}
		rig.Wait(t, ended)
	})
}

// A handler that is not Blocking is called on the loop, whatever the writer does.
func TestWriteToLeavesCallbacksOnTheLoop(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		drained := make(chan error, 1)
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{OnDrain: func(s *duplex.Socket) {
			_, err := s.ReadFrom(strings.NewReader("")) // on a loop it is an error
			drained <- err
		}})
		r, w := io.Pipe()
		defer r.Close()
		b.Pause() // until WriteTo
		go b.WriteTo(w)
		io.WriteString(a, "the writer is busy")
		for b.BytesRead() == 0 {
			rig.Turn(t, b.Socket)
		}
		a.Pause()
		b.Write(rig.Pattern(8 << 20))
		for !b.NeedDrain() {
			rig.Turn(t, b.Socket)
		}
		a.Resume()
		if err := rig.Wait(t, drained); err == nil {
			t.Error("OnDrain was called on another goroutine")
		}
		a.Destroy(nil)
	})
}

func TestTheHandlerReceivesTheBytesThatAWriterDoesNotTake(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{PauseOnConnect: true})
		a.Resume()
		io.WriteString(a, "taken and not taken")
		if n, err := b.WriteTo(&room{len("taken")}); n != 5 || !errors.Is(err, errFull) {
			t.Errorf("WriteTo: %d, %v; want 5 and the writer's error", n, err)
		}
		io.WriteString(a, ", and more")
		a.End()
		b.Resume()
		b.Expect(t, "data:  and not taken, and more", "end", "close")
	})
}

// room is a writer that takes the given number of bytes.
type room struct{ left int }

func (r *room) Write(p []byte) (int, error) {
	n := min(len(p), r.left)
	r.left -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestACopyAndAPipeOfOneSocketBothGetAllOfIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		source, in, _, _, arrived := piped(t, e)
		in.Pause()
		var got bytes.Buffer
		over := make(chan error, 1)
		go func() {
			_, err := in.WriteTo(&got)
			over <- err
		}()
		for in.Paused() { // until WriteTo
			time.Sleep(time.Millisecond)
		}
		sent := rig.Pattern(4 << 20)
		source.Write(sent)
		source.End()
		if err := rig.Wait(t, over); err != nil {
			t.Errorf("WriteTo: %v", err)
		}
		if all := rig.Wait(t, arrived); !bytes.Equal(all, sent) || !bytes.Equal(got.Bytes(), sent) {
			t.Errorf("%d bytes went through the pipe and %d to the writer", len(all), got.Len())
		}
	})
}

func TestWhatWriteToLeavesIsDecodedForTheHandler(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Encoding: codec.Hex})
		b.Pause() // until WriteTo
		rig.Turn(t, b.Socket)
		copied := make(chan error, 1)
		go func() {
			_, err := b.WriteTo(failing{})
			copied <- err
		}()
		a.WriteString("abcd")
		if err := rig.Wait(t, copied); !errors.Is(err, errFull) {
			t.Errorf("WriteTo returned %v", err)
		}
		a.End()
		b.Resume()
		b.Expect(t, "data: 61626364", "end", "close")
	})
}

// A writer of a count that cannot be is at fault, as for io.Copy. It ends no program.
func TestAWriterThatCountsWronglyEndsWriteTo(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, count := range []counting{-1, 5} {
			a, b := duplextest.Pipe(t, e)
			b.Pause() // until WriteTo
			rig.Turn(t, b.Socket)
			copied := make(chan error, 1)
			go func() {
				n, err := b.WriteTo(count)
				if n != 0 {
					t.Errorf("WriteTo: %d bytes, want none", n)
				}
				copied <- err
			}()
			a.WriteString("four")
			if err := rig.Wait(t, copied); err == nil {
				t.Errorf("a count of %d of 4 bytes: no error", count)
			}
			b.Resume()
			b.Expect(t, "data: four")
		}
	})
}

// counting is a writer that claims to have taken so many bytes.
type counting int

func (c counting) Write([]byte) (int, error) { return int(c), nil }

// A shortWriter takes half of what it is given, and returns no error.
type shortWriter struct{}

func (shortWriter) Write(p []byte) (int, error) { return len(p) / 2, nil }

func TestAShortWriteEndsWriteTo(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		a.Pause() // until WriteTo
		rig.Turn(t, a.Socket)
		io.WriteString(b, "12345678")
		b.End()
		if n, err := a.WriteTo(shortWriter{}); n == 0 || err != io.ErrShortWrite {
			t.Errorf("WriteTo returned %d, %v; want io.ErrShortWrite", n, err)
		}
	})
}

// A panickingWriter panics in each call.
type panickingWriter struct{}

func (panickingWriter) Write([]byte) (int, error) { panic("the writer") }

func TestAWriterThatPanicsLeavesItsPieceToTheHandler(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		a.WriteString("one ")
		func() {
			defer func() { recover() }()
			b.WriteTo(panickingWriter{})
		}()
		if !b.Paused() {
			t.Error("the socket is not paused")
		}
		a.WriteString("two")
		a.End()
		b.Resume()
		b.Expect(t, "data: one two", "end")
	})
}
