// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"io"
	"testing"

	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/loop"
)

// record returns a TLS record with a body of n bytes.
func record(n int) []byte { return append([]byte{23, 3, 3, byte(n >> 8), byte(n)}, make([]byte, n)...) }

// A peer that asks for new keys again and again, and does not read, would otherwise make
// the answers pile up.
func TestTLSReadsNothingWhileItsAnswersPileUp(t *testing.T) {
	s := &Socket{conf: Options{}.config(nil, "tcp", noLane()), handler: noHandler, phase: open, report: reportedConnect}
	st := (*stream)(s)
	s.newSession(ServerSide, nil)
	session := st.session()
	session.state, session.told = secured, true
	session.wire.Arrived(record(10))
	if !st.wantsInput() || !st.unseals() {
		t.Fatal("an open socket does not read")
	}
	session.wire.Write(make([]byte, sealMost+1<<10)) // a batch and the header of its records
	if !st.wantsInput() || !st.unseals() {
		t.Error("a socket that sends does not read")
	}
	session.wire.Write(make([]byte, 8<<10))
	if st.wantsInput() || st.unseals() {
		t.Error("the socket reads on")
	}
	session.wire.Consume(8 << 10)
	if !st.wantsInput() || !st.unseals() {
		t.Error("the socket does not go on")
	}
}

func TestTLSHandshakeReadsNoMoreThanItTakes(t *testing.T) {
	s := &Socket{conf: Options{}.config(nil, "tcp", noLane()), handler: noHandler, phase: open}
	st := (*stream)(s)
	s.newSession(ServerSide, nil)
	session := st.session()
	session.state = shaking
	if !st.wantsInput() {
		t.Fatal("a handshake does not read")
	}
	session.wire.Arrived(make([]byte, unreadMost))
	if st.wantsInput() {
		t.Error("a handshake whose goroutine is busy reads on")
	}
}

// Otherwise a peer that lets answers pile up, and resets, would keep its socket open for ever.
func TestTLSAnswersThatPileUpDoNotHideTheEnd(t *testing.T) {
	for _, end := range []func(*stream){
		func(st *stream) { st.session().wire.Finish(io.EOF) },
		func(st *stream) { st.sending = broken },
	} {
		s := &Socket{conf: Options{}.config(nil, "tcp", noLane()), handler: noHandler, phase: open, report: reportedConnect}
		st := (*stream)(s)
		s.newSession(ServerSide, nil)
		session := st.session()
		session.state, session.told = secured, true
		session.wire.Arrived(record(10))
		session.wire.Write(make([]byte, unsentMost))
		if st.unseals() {
			t.Fatal("the socket reads on while its answers pile up")
		}
		end(st)
		if !st.unseals() {
			t.Error("the socket does not read the end")
		}
		if session.wire.Finished() == nil && !st.wantsInput() {
			t.Error("the driver does not read the end")
		}
	}
}

// noLane returns a lane whose loop does not run.
func noLane() *lane {
	return &lane{Loop: &loop.Loop{Driver: memory.NewNetwork().Driver()}}
}
