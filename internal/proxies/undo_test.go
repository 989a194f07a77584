// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// narrow returns a socket that takes n bytes of a pipe, and no more until Uncork.
func narrow(t *testing.T, e *duplex.Engine, n int) (out, sink *duplextest.End) {
	out, sink = duplextest.Pipe(t, e, duplex.Options{MaxWriteBuffer: n})
	out.Cork()
	return out, sink
}

// The Handler goes on where the last outlet has stopped, and not where a slower one had that
// was undone before.
func TestWhatTheLastOutletHadIsNotDeliveredAgain(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		source, in := duplextest.Pipe(t, e)
		slow, _ := narrow(t, e, 2)
		fast, _ := narrow(t, e, 5)
		undoSlow, undoFast := in.Pipe(slow.Socket), in.Pipe(fast.Socket)
		io.WriteString(source, "0123456789")
		rig.Until(t, "both are full", func() bool { return slow.Buffered() == 2 && fast.Buffered() == 5 })
		rig.Turn(t, in.Socket)
		undoSlow()
		undoFast()
		in.Resume()
		in.Expect(t, "data: 56789")
	})
}

func TestAWriterThatFailsAfterASlowerPipeWasUndoneLosesNoByteAndDoublesNone(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		source, in := duplextest.Pipe(t, e)
		slow, _ := narrow(t, e, 2)
		undo := in.Pipe(slow.Socket)
		in.Pause() // until WriteTo
		rig.Turn(t, in.Socket)
		w := &held{began: make(chan struct{}), end: make(chan struct{})}
		over := make(chan error, 1)
		go func() {
			_, err := in.WriteTo(w)
			over <- err
		}()
		io.WriteString(source, "0123456789")
		rig.Wait(t, w.began)
		rig.Turn(t, in.Socket)
		undo()
		close(w.end)
		if err := rig.Wait(t, over); err != io.ErrShortWrite {
			t.Errorf("WriteTo: %v", err)
		}
		in.Resume()
		in.Expect(t, "data: 456789")
	})
}

// A held writer takes four bytes when it may.
type held struct{ began, end chan struct{} }

func (w *held) Write(p []byte) (int, error) {
	close(w.began)
	<-w.end
	return min(4, len(p)), nil
}

// A pipe is undone while a writer fails, in any order. The Handler goes on where the later one
// has stopped.
func TestOutletsThatEndAtTheSameTimeLoseNoByteAndDoubleNone(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		sent := string(rig.Pattern(64))
		for range 100 {
			var got []byte
			rest := make(chan string, 1)
			source, in := duplextest.PipeOf(t, e, nil, &duplex.Handler{
				OnData: func(_ *duplex.Socket, p []byte) { got = append(got, p...) },
				OnEnd:  func(*duplex.Socket) { rest <- string(got) },
			})
			slow, _ := narrow(t, e, 1+rand.IntN(32))
			in.Pause() // until WriteTo
			rig.Turn(t, in.Socket)
			undo := in.Pipe(slow.Socket)
			w := few(rand.IntN(64))
			most := int(w)
			over := make(chan error, 1)
			go func() {
				_, err := in.WriteTo(&w)
				over <- err
			}()
			undone := make(chan bool, 1)
			go func() {
				for range rand.IntN(200) {
					runtime.Gosched()
				}
				undo()
				undone <- true
			}()
			source.WriteString(sent)
			source.End()
			rig.Wait(t, undone)
			if err := rig.Wait(t, over); !errors.Is(err, errFull) {
				t.Errorf("WriteTo: %v", err)
			}
			in.Resume()
			if r, piped := rig.Wait(t, rest), int(slow.BytesWritten()); r != sent[most:] && r != sent[piped:] {
				t.Fatalf("the writer had %d bytes, the pipe %d, and the Handler the last %d: %q", most, piped, len(r), r)
			}
			slow.Destroy(nil)
		}
	})
}

// A few is a writer that has room for so many bytes.
type few int

func (f *few) Write(p []byte) (n int, err error) {
	n = min(len(p), int(*f))
	if *f -= few(n); n < len(p) {
		return n, errFull
	}
	return n, nil
}
