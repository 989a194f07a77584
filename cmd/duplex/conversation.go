// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"os"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex"
)

// A conversation joins stdin and stdout to one socket: that of connect, or the client of
// serve --stdio. It decides when our side ends.
type conversation struct {
	display     *display
	once        bool // our side ends after the first reply
	timeout     time.Duration
	linger      time.Duration
	halfOpen    bool
	noHalfClose bool
	sendOnly    bool
	recvOnly    bool
	netcat      bool // -N: the peer's end does not end stdin
	keeps       bool // -k: another client follows, also when the input is over

	probe   bool           // -z: it ends as soon as it is connected
	expect  *regexp.Regexp // what the peer has to say; nil is anything
	seen    []byte         // the latest that it has said; owned by the loop
	matched atomic.Bool
	lingers bool      // --linger is given
	input   *input    // what is sent
	talks   bool      // stdin is part of it
	keys    *keyboard // stdin is typed lines; nil if it is bytes
	eol     *eol      // what ends the lines of stdin; nil leaves them as they are
	printer *printer
	closed  chan struct{} // closed by OnClose

	sent    atomic.Int64 // bytes of the input that the kernel has taken
	carried atomic.Int64 // bytes that it has taken on this connection
	doubted atomic.Int64 // those of connections that broke off
	obeyed  atomic.Int64 // bytes of a command that ends the connection, while it does

	reopen   func(*duplex.Socket) bool // makes another socket; nil without --reconnect
	unneeded func()                    // none is needed any more; nil without --reconnect

	mu       sync.Mutex     // guards what follows
	left     *duplex.Socket // the one before; nil before the second
	current  *duplex.Socket // nil until there is one, and between two
	opened   chan struct{}  // closed when current is set; nil before the first
	stopping reason         // why our side has to end
	inputEnd bool           // the input is over, and all of it is sent
	parting  chan struct{}  // closed when the connection before has ended; nil before the first end
}

// flags returns the table of the flags that say how it ends.
func (v *conversation) flags() []flag {
	return []flag{
		{"linger", "", span{&v.linger}},
		{"half-open", "", yes{&v.halfOpen}},
		{"no-half-close", "", yes{&v.noHalfClose}},
		{"send-only", "", yes{&v.sendOnly}},
		{"recv-only", "", yes{&v.recvOnly}},
		{"netcat", "N", yes{&v.netcat}},
	}
}

// conversationRules are the rules for its flags.
var conversationRules = rules{exclusive: []string{
	"send-only recv-only",
	"recv-only no-half-close",
	"recv-only netcat",
	"send-only half-open",
}}

// options sets the options that a socket of a conversation needs.
func (v *conversation) options(o *duplex.Options) {
	o.AllowHalfOpen = true // our side ends by stop
	o.Linger = v.linger
	if v.lingers && v.linger == 0 || v.probe {
		o.Linger = -1
	}
}

// handler returns the Handler of the socket.
func (v *conversation) handler() *duplex.Handler {
	h := &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			if v.probe {
				v.printer.peer(s).found.Store(true)
				s.Close()
				return
			}
			if v.expect != nil && v.timeout > 0 {
				s.AfterFunc(v.timeout, func() {
					if !v.matched.Load() {
						s.Destroy(nil) // outcome reports why
					}
				})
			}
			if v.opens(s) {
				go v.pump() // until the input or the socket ends, or the process
			}
		},
		OnData: func(s *duplex.Socket, data []byte) {
			if v.once && v.expect == nil || v.expect != nil && v.satisfies(data) {
				v.stop(s, replied)
			}
		},
		OnEnd: func(s *duplex.Socket) {
			if !v.halfOpen {
				go func() { // until stdout has taken all that came before
					if v.printer.flush() != nil {
						return // who awaits the failure ends s, and not as if all had been taken
					}
					if v.goesOn() {
						v.parts(s)
						return
					}
					v.stop(s, peerEnded)
				}()
			}
		},
		OnFinish: func(s *duplex.Socket) {
			v.remindOf(s, s.BytesRead())
			switch {
			case v.lingers:
				s.AfterFunc(v.linger, func() { s.Destroy(nil) })
			case v.timeout > 0:
				s.AfterFunc(v.timeout, func() {
					s.Destroy(&net.OpError{Op: "read", Net: "tcp", Addr: s.RemoteAddr(), Err: os.ErrDeadlineExceeded})
				})
			}
		},
		OnClose: func(s *duplex.Socket) {
			v.doubt(s.Err())
			if !v.leaves(s) || !v.goesOn() || !v.reopen(s) {
				close(v.closed)
			}
		},
	}
	h = v.printer.watch(h)
	if v.sendOnly {
		h.OnData = nil
	}
	return h
}

// mostExpected is how much of what the peer has said last --expect looks at.
const mostExpected = 64 << 10

// satisfies reports whether the peer has said what --expect wants, for the first time.
func (v *conversation) satisfies(data []byte) bool {
	if v.matched.Load() {
		return false
	}
	v.matched.Store(isSaid(v.expect, &v.seen, data))
	return v.matched.Load()
}

// isSaid adds data to what the peer has said last, and reports whether that matches.
func isSaid(expected *regexp.Regexp, seen *[]byte, data []byte) bool {
	*seen = append(*seen, data...)
	found := expected.Match(*seen)
	if more := len(*seen) - mostExpected; more > 0 {
		*seen = append((*seen)[:0], (*seen)[more:]...)
	}
	return found
}

// patienceOfPeople is how long a conversation waits for the peer's end before it says so.
const patienceOfPeople = 2 * time.Second

// remindOf prints a note when the peer does not end although our side has, and sends
// nothing. It had sent read bytes when our side ended.
func (v *conversation) remindOf(s *duplex.Socket, read int64) {
	if v.lingers || v.timeout > 0 || v.sendOnly || !v.printer.events {
		return // it does not wait for ever, or no person watches a clean pipe
	}
	s.AfterFunc(patienceOfPeople, func() {
		switch now := s.BytesRead(); {
		case s.State() != duplex.ReadOnly:
		case now > read:
			v.remindOf(s, now)
		default:
			v.display.note("our side has ended, and the peer's has not; --linger says how long to wait for it")
		}
	})
}

// hangUp ends s after the bytes that were read from the input, or gives up
// connecting.
func (v *conversation) hangUp(s *duplex.Socket) {
	if s.RemoteAddr() == nil {
		s.Destroy(nil)
	}
	v.stop(s, interrupted)
}

// outcome returns the failure that the conversation ended in, nil if it did not.
func (v *conversation) outcome(s *duplex.Socket) *failure {
	if err := v.printer.broken(); err != nil {
		f := cannotPrint(err)
		if f.message == "" {
			f.message = v.unsent()
		}
		return f
	}
	if err := s.Err(); err != nil && !v.printer.peer(s).found.Load() {
		f := fail(err)
		if v.printer.events {
			f.message = "" // the error event shows it
		}
		return f
	}
	if v.expect != nil && !v.matched.Load() {
		return &failure{exitUnexpected, "--expect did not match: " + v.expect.String(), "--timeout says how long to wait; --events shows what came"}
	}
	if unsent := v.unsent(); unsent != "" {
		return &failure{exitSendFailed, unsent, "the connection was closed before"}
	}
	if n := v.doubted.Load(); n > 0 {
		return &failure{exitSendFailed, doubtful(n), v.hintOfDoubt()}
	}
	if _, _, err := v.input.state(); err != nil {
		return &failure{exitOther, err.Error(), "what was read before has been sent"}
	}
	return nil
}

// signaled is outcome after a signal. Short says what a reset has cost, "" if it was none.
func (v *conversation) signaled(signal int, short string) *failure {
	f := &failure{code: exitSignal + signal}
	if f.message = cmp.Or(short, v.unsent()); f.message != "" {
		f.hint = "--grace says how long a signal waits for the peer"
		if v.input.unread() > 0 {
			f.hint = "a signal ends a text or a file at once, and resets the connection"
		}
	} else if n := v.doubted.Load(); n > 0 {
		f.message, f.hint = doubtful(n), v.hintOfDoubt()
	}
	return f
}

// stop ends our side because of why. The input may end early now; our side ends
// after all bytes that were read from it.
func (v *conversation) stop(s *duplex.Socket, why reason) {
	v.mu.Lock()
	v.stopping = max(v.stopping, why)
	over := v.inputEnd
	v.mu.Unlock()
	if !over {
		v.input.end(why)
		return
	}
	if why == peerEnded {
		v.settle(s)
	}
	s.End()
}

// ahead is how many pieces of the input may be on their way to the kernel.
const ahead = 2

// opens notes that s is connected, and reports whether it is the first.
func (v *conversation) opens(s *duplex.Socket) (first bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if first = v.opened == nil; first {
		v.opened = make(chan struct{})
	}
	v.current = s
	close(v.opened)
	if v.inputEnd && v.talks && !v.noHalfClose {
		s.End() // there is no input for this one
	}
	return first
}

// leaves notes that s cannot be written any more, and reports whether it was connected.
func (v *conversation) leaves(s *duplex.Socket) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.current == s {
		v.current, v.opened = nil, make(chan struct{})
		v.left = s
	}
	return v.left == s
}

// goesOn reports whether another connection follows this one.
func (v *conversation) goesOn() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.reopen != nil && v.stopping == noReason && (!v.inputEnd || v.recvOnly || v.keeps)
}

// socket returns the socket that is connected, and waits for one. It returns nil if none
// will be.
func (v *conversation) socket() *duplex.Socket {
	for {
		v.mu.Lock()
		s, opened := v.current, v.opened
		v.mu.Unlock()
		if s != nil {
			return s
		}
		select {
		case <-opened:
		case <-v.closed:
			return nil
		}
	}
}

// pump sends the input, no faster than the peer takes it, and then ends our side.
func (v *conversation) pump() {
	if v.keys != nil {
		v.converse()
	}
	underWay := make(chan struct{}, ahead)
	send := func(data []byte, read int) (ok bool) {
		for s := v.socket(); s != nil; s = v.socket() {
			underWay <- struct{}{}
			if len(data) > 0 {
				v.printer.wrote(s, data)
			}
			_, err := s.WriteFunc(data, func(err error) {
				if err == nil {
					v.sent.Add(int64(read))
					v.carried.Add(int64(len(data)))
				}
				<-underWay
			})
			switch {
			case err == nil:
				return true
			case v.reopen == nil:
				return false // the socket closes, and outcome reports why
			}
			<-underWay
			v.leaves(s)
		}
		return false
	}
	sendTyped := func(data []byte, line int) (ok bool) {
		ok = true
		for piece := range slices.Chunk(data, 32<<10) {
			ok = ok && send(piece, 0)
		}
		switch {
		case len(data) == 0:
			v.sent.Add(int64(line)) // a command
			v.obeyed.Store(0)
		case ok:
			ok = send(nil, line)
		}
		return ok
	}
	for buf := make([]byte, 32<<10); ; {
		n := v.input.next(buf)
		if n == 0 || v.isClosed() {
			break
		}
		ok := true
		switch {
		case v.input.ofStdin && v.keys != nil:
			v.keys.take(buf[:n], false, func(data []byte, line int) { ok = ok && sendTyped(data, line) })
		case v.input.ofStdin:
			ok = send(v.eol.translate(buf[:n]), n)
		default:
			ok = send(buf[:n], n)
		}
		if !ok {
			return
		}
	}
	if v.keys != nil {
		v.keys.take(nil, true, func(data []byte, line int) { sendTyped(data, line) })
	}
	if rest := v.eol.rest(); len(rest) > 0 {
		send(rest, 0)
	}
	for range ahead {
		underWay <- struct{}{} // all are sent, or the socket closes
	}
	s, none := v.parted()
	if none {
		v.unneeded()
		return
	}
	if s == nil {
		s = v.socket()
	}
	if s != nil {
		v.endOfInput(s)
	}
}

// converse prepares for lines that are typed.
func (v *conversation) converse() {
	if isTerminal(os.Stdin) && isTerminal(os.Stdout) {
		v.printer.flush()
		v.input.editor = startEditor()
		v.display.note("what you type is sent line by line; Ctrl-D ends it")
	}
	with := func(do func(*duplex.Socket)) func(string) ([]byte, error) {
		return func(string) ([]byte, error) {
			if v.isBetween() {
				v.display.remark("not connected; another attempt follows")
			} else if s := v.socket(); s != nil {
				v.obeyed.Store(int64(v.keys.typed)) // before the connection is gone
				do(s)
			}
			return nil, nil
		}
	}
	maps.Copy(v.keys.orders, map[string]order{
		"as":    viewOrder(v.printer),
		"end":   {"/end: ends our side", v.orderEnd(with(func(s *duplex.Socket) { v.stop(s, interrupted) }))},
		"reset": {"/reset: resets the connection", with(v.printer.reset)},
		"info":  {"/info: shows the connection", with(func(s *duplex.Socket) { v.display.remark("%s", describeSocket(s)) })},
	})
}

// endOfInput ends our side after the input, unless our side has to stay open until
// the peer ends.
func (v *conversation) endOfInput(s *duplex.Socket) {
	_, stillOpen, failed := v.input.state()
	if stillOpen != "" && !v.display.quiet {
		say("note", stillOpen+" was still open; what it still gives is not sent", v.display.color)
	}
	v.mu.Lock()
	v.inputEnd = true
	stopping := v.stopping
	v.mu.Unlock()
	if s.State() == duplex.WriteOnly || v.sendOnly {
		v.settle(s)
	}
	switch {
	case v.keys == nil && v.input.unread() > 0:
		v.printer.reset(s) // the peer would take a part of it for the whole
	case v.sendOnly:
		s.Close()
	case stopping != noReason, failed != nil, v.talks && !v.noHalfClose:
		s.End()
	}
}

func (v *conversation) isClosed() bool {
	select {
	case <-v.closed:
		return true
	default:
		return false
	}
}

// unsent returns a message if bytes were read from the input and not sent, else "".
func (v *conversation) unsent() string {
	taken, _, _ := v.input.state()
	if rest := v.input.unread(); rest > 0 && v.keys == nil {
		return fmt.Sprintf("not all was sent: %d B of %d B", v.sent.Load(), taken+rest) + v.besides()
	}
	obeyed := v.obeyed.Load() // first: it is counted in sent before it is 0 again
	if sent := v.sent.Load() + obeyed; sent < taken {
		return fmt.Sprintf("not all was sent: %d B of the %d B that were read", sent, taken) + v.besides()
	}
	return ""
}
