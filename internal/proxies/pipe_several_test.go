// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"bytes"
	"io"
	"sync"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestPipesThatAreMadeAtTheSameTimeBothHold(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for range 20 {
			client, in := joint(t, e, nil, duplex.Options{})
			far, up := joint(t, e, nil, duplex.Options{})
			var made sync.WaitGroup
			begin := make(chan struct{})
			for _, f := range []func(){
				func() { in.Pipe(up.Socket) },
				func() { up.Pipe(in.Socket) },
				func() { in.SetHandler(nil) },
				func() { up.SetHandler(nil) },
			} {
				made.Go(func() { <-begin; f() })
			}
			close(begin)
			made.Wait()
			io.WriteString(client, "ping")
			client.End()
			far.Expect(t, "data: ping", "end")
			io.WriteString(far, "pong")
			far.End()
			client.Expect(t, "data: pong", "end", "close")
		}
	})
}

func TestASocketMayBePipedToSeveral(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		o := duplex.Options{MaxWriteBuffer: 10_000} // less than a read
		source, in, _, _, arrived := piped(t, e)
		var sinks []*duplextest.End
		for range 2 {
			out, sink := duplextest.Pipe(t, e, o)
			sink.Pause()
			rig.Turn(t, sink.Socket)
			in.Pipe(out.Socket)
			sinks = append(sinks, sink)
		}
		sent := rig.Pattern(2 << 20)
		source.Write(sent)
		source.End()
		for _, sink := range sinks {
			sink.Resume()
		}
		for _, sink := range sinks {
			sink.Expect(t, "data: "+string(sent), "end", "close")
		}
		if got := rig.Wait(t, arrived); !bytes.Equal(got, sent) {
			t.Errorf("%d bytes arrived at the first, want the %d that were sent", len(got), len(sent))
		}
	})
}

func TestUnpipeOfOneOfSeveralLeavesTheOthers(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		source, in := duplextest.Pipe(t, e)
		first, firstSink := duplextest.Pipe(t, e)
		second, secondSink := duplextest.Pipe(t, e)
		undoFirst := in.Pipe(first.Socket)
		undoSecond := in.Pipe(second.Socket)
		io.WriteString(source, "both")
		firstSink.Expect(t, "data: both")
		secondSink.Expect(t, "data: both")
		undoFirst()
		io.WriteString(source, "one")
		secondSink.Expect(t, "data: one")
		if in.Paused() {
			t.Error("paused, though it is piped to another")
		}
		undoSecond()
		io.WriteString(source, "none")
		if !in.Paused() {
			t.Error("not paused, though the last pipe is undone")
		}
		in.Resume()
		in.Expect(t, "data: none")
		first.End()
		second.End()
		firstSink.Expect(t, "end", "close")
		secondSink.Expect(t, "end", "close")
		source.End()
		in.Expect(t, "end", "close")
	})
}

func TestIfOneOfSeveralFailsAllAreReset(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		source, in := duplextest.Pipe(t, e)
		first, firstSink := duplextest.Pipe(t, e)
		second, secondSink := duplextest.Pipe(t, e)
		in.Pipe(first.Socket)
		in.Pipe(second.Socket)
		first.Destroy(nil)
		for _, s := range []*duplextest.End{source, secondSink} {
			s.Expect(t, "error: ECONNRESET", "close: hadError")
		}
		firstSink.Events(t)
		in.Events(t)
		second.Events(t)
	})
}
