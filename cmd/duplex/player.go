// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/recording"
)

// A player plays one side of a conversation. Each recorded piece is a write of its own. It
// is sent after the peer's bytes that came before it in the recording, and no earlier than
// it was.
type player struct {
	*replay
	c  *recording.Conversation
	us recording.Side

	changed chan struct{} // the peer has sent something, or ended
	wrong   chan struct{} // closed when the peer has sent something else
	over    chan struct{} // closed when the socket is
	done    chan struct{} // closed by finish

	// Owned by the loop.
	check     *recording.Check // --expect without a pattern
	seen      []byte           // --expect=RE
	differs   error
	connected bool

	received atomic.Int64
	ended    atomic.Bool // the peer has
	matched  atomic.Bool

	// Owned by play.
	forgiven int64 // bytes that the peer has not sent in time
	late     bool  // so it cannot be what was recorded
}

func newPlayer(v *replay, c *recording.Conversation, us recording.Side) *player {
	p := &player{replay: v, c: c, us: us,
		changed: make(chan struct{}, 1), wrong: make(chan struct{}), over: make(chan struct{}), done: make(chan struct{})}
	if v.given("expect") && v.pattern == nil {
		p.check = recording.NewCheck(c, us.Other())
	}
	return p
}

// handler returns the Handler of the socket.
func (p *player) handler() *duplex.Handler {
	ring := func() {
		select {
		case p.changed <- struct{}{}:
		default:
		}
	}
	return &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			p.connected = true
			go p.play(s) // until the socket is closed
		},
		OnData: func(s *duplex.Socket, data []byte) {
			p.received.Add(int64(len(data)))
			if !p.satisfies(data) {
				s.Destroy(nil)
			}
			ring()
		},
		OnEnd: func(*duplex.Socket) {
			p.ended.Store(true)
			ring()
		},
		OnClose: func(s *duplex.Socket) {
			close(p.over)
			if !p.connected {
				p.finish(p.broken(s.Err()))
			}
		},
	}
}

// satisfies looks at what the peer has sent, and reports false at the first difference.
func (p *player) satisfies(data []byte) bool {
	switch {
	case p.pattern != nil && !p.matched.Load():
		p.matched.Store(isSaid(p.pattern, &p.seen, data))
	case p.check != nil && p.differs == nil:
		if d := p.check.Take(data); d != nil {
			p.differs = errors.New(d.Error()) // the bytes are lent
			close(p.wrong)
			return false
		}
	}
	return true
}

// play does what our side did.
func (p *player) play(s *duplex.Socket) {
	start, last, awaited := time.Now(), p.c.Began, int64(0)
	unsent, ended, theirs := p.c.Bytes(p.us), false, false
	for i := range p.c.Steps {
		step := &p.c.Steps[i]
		if step.From != p.us {
			awaited, last = awaited+int64(len(step.Data)), step.Time
			theirs = theirs || step.Kind != recording.Data
			continue
		}
		if !p.await(awaited) {
			break
		}
		if behind := time.Since(start.Add(p.scaled(last.Sub(p.c.Began)))); behind > 0 {
			start = start.Add(behind) // the peer is slower than it was
		}
		last = step.Time
		if !p.sleep(start.Add(p.scaled(step.Time.Sub(p.c.Began)))) {
			break
		}
		if step.Kind == recording.Data {
			if !p.send(s, step.Data) {
				break
			}
			unsent -= int64(len(step.Data))
			continue
		}
		ended = true
		switch step.Kind {
		case recording.End:
			s.End()
		case recording.Close:
			s.Destroy(nil)
		case recording.Reset:
			s.Reset()
		}
	}
	f := p.end(s, awaited, ended, theirs)
	<-p.over
	p.finish(p.judge(s, unsent, f))
}

// await waits until the peer has sent n bytes. It does not wait for a peer that has ended,
// and for --timeout at most. It reports false if the conversation is not to go on.
func (p *player) await(n int64) bool {
	if p.late {
		return false
	}
	timeout := time.NewTimer(p.timeout)
	defer timeout.Stop()
	for p.received.Load()+p.forgiven < n && !p.ended.Load() {
		select {
		case <-p.changed:
		case <-p.over:
			return false
		case <-p.wrong:
			return false
		case <-p.stopped:
			return false
		case <-timeout.C:
			if p.late = p.check != nil; p.late {
				return false
			}
			missing := n - p.received.Load() - p.forgiven
			p.note("%sthe peer has not sent %d B that were recorded; going on", p.prefix(), missing)
			p.forgiven += missing
		}
	}
	return true
}

// sleep waits until a time. It reports false if the conversation is not to go on.
func (p *player) sleep(until time.Time) bool {
	wait := time.NewTimer(time.Until(until))
	defer wait.Stop()
	select {
	case <-p.stopped:
		return false
	case <-p.over:
		return false
	case <-p.wrong:
		return false
	case <-wait.C:
		return true
	}
}

// send writes a piece, and waits until the kernel has taken it.
func (p *player) send(s *duplex.Socket, data []byte) bool {
	taken := make(chan error, 1)
	p.printer.wrote(s, data)
	if _, err := s.WriteFunc(data, func(err error) { taken <- err }); err != nil {
		return false
	}
	timeout := time.NewTimer(p.timeout)
	defer timeout.Stop()
	select {
	case err := <-taken:
		return err == nil
	case <-p.stopped:
	case <-timeout.C:
		s.Destroy(&net.OpError{Op: "write", Net: "tcp", Addr: s.RemoteAddr(), Err: os.ErrDeadlineExceeded})
	}
	return false
}

// end ends the conversation after the last step of our side. Our side has ended, or it
// ends when the peer's bytes have come. Theirs says that the peer has ended in the
// recording.
func (p *player) end(s *duplex.Socket, awaited int64, ended, theirs bool) *failure {
	if !p.await(awaited) {
		s.Destroy(nil)
		return nil
	}
	if !ended {
		s.End()
	}
	wait := p.timeout
	if !theirs {
		wait = min(wait, time.Second) // the recording ends before the peer does
	}
	timeout := time.NewTimer(wait)
	defer timeout.Stop()
	select {
	case <-p.over:
		return nil
	case <-timeout.C:
		if theirs {
			s.Destroy(nil)
			return &failure{exitTimeout, p.prefix() + "the peer has not ended as it did in the recording", "--timeout says how long to wait for it"}
		}
	case <-p.wrong:
	case <-p.stopped:
	}
	s.Destroy(nil)
	return nil
}

// judge returns the failure of a conversation that is over, nil if there is none.
func (p *player) judge(s *duplex.Socket, unsent int64, f *failure) *failure {
	const shows = "duplex dump shows the recording"
	select {
	case <-p.stopped:
		return nil
	default:
	}
	if p.differs != nil {
		return &failure{exitUnexpected, p.prefix() + p.differs.Error(), shows}
	}
	if broken := p.broken(s.Err()); broken != nil {
		return broken
	}
	if p.check != nil {
		if d := p.check.End(); d != nil {
			return &failure{exitUnexpected, p.prefix() + d.Error(), shows}
		}
	}
	if p.pattern != nil && !p.matched.Load() {
		return &failure{exitUnexpected, p.prefix() + "--expect did not match: " + p.pattern.String(), "what the peer has sent is in the events"}
	}
	if unsent > 0 {
		return &failure{exitSendFailed, fmt.Sprintf("%snot all was sent: %d B of %d B", p.prefix(), p.c.Bytes(p.us)-unsent, p.c.Bytes(p.us)),
			"the connection was closed before"}
	}
	return f
}

// broken returns the failure that err is. A reset is none if there was one in the
// recording.
func (p *player) broken(err error) *failure {
	if err == nil {
		return nil
	}
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		for _, s := range p.c.Steps {
			if s.From != p.us && s.Kind == recording.Reset {
				return nil
			}
		}
	}
	f := fail(err)
	f.message = "" // an event has shown it
	return f
}

// finish ends the conversation with a failure, nil if there is none.
func (p *player) finish(f *failure) {
	if f != nil {
		p.fails(f)
	}
	close(p.done)
}

// prefix names the conversation in a message, if there are several.
func (p *player) prefix() string {
	if len(p.players) == 1 {
		return ""
	}
	return fmt.Sprintf("connection %d: ", p.c.ID)
}
