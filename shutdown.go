// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/loop"
)

// Shutdown stops listening, ends every socket, and returns nil when all are closed and
// the server's OnClose has returned; OnClose of the last socket may still run then, and
// Wait returns after it. Shutdown waits for callbacks at work: their sockets end
// after they return, and everything written by then is sent first. A socket closes
// when its peer ends, too, so a peer that does not end holds Shutdown up. What a peer sends
// until then is delivered, and Write returns [net.ErrClosed]: it is not answered.
//
// If ctx ends first, Shutdown returns the error of ctx and leaves the sockets as they
// are; Close destroys them. The error is [net.ErrClosed] if the server is closed. In a
// callback of its server, and on any loop of its engine, Shutdown would wait for
// itself: it returns an error and does nothing.
func (srv *Server) Shutdown(ctx context.Context) error { return srv.ShutdownOver(ctx, 0) }

// ShutdownOver is Shutdown that ends the sockets one after another, evenly over the
// window and not all at once, so that their clients do not connect again as a storm. It
// stops listening at once. Each end comes at a random moment of its share of the window.
// Zero or negative is no window, as in Shutdown.
//
// The sockets that were silent for the longest time come first, and a socket in use has
// the most time. A socket whose turn comes while a callback runs, while a piece of Split
// has come in part or while bytes wait to be sent gives its turn to another one, as far
// as there is one that does not. Until its turn a socket works as before.
//
// If ctx ends first, the sockets whose turn has not come stay open, and Close destroys
// them. So ctx should end later than the window, by the time that the last peers have to
// end, too. Shutdown, called meanwhile, ends all that are left at once; both calls then
// return when the server is closed. The errors are those of Shutdown.
func (srv *Server) ShutdownOver(ctx context.Context, window time.Duration) error {
	if srv.inCallback() {
		return errShutdownInCallback
	}
	ln, sockets := srv.stop()
	if ln == nil {
		return net.ErrClosed
	}
	if window > 0 {
		ln.windOver(ctx, bySilence(sockets), window)
	} else {
		for _, s := range sockets {
			s.wind()
		}
	}
	select {
	case <-ln.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errShutdownInCallback = errors.New("duplex: Shutdown was called in a callback of its server, and would wait for itself")

// inCallback reports whether the caller runs on a loop of the server's engine, or in a
// Blocking callback of one of its sockets.
func (srv *Server) inCallback() bool {
	if srv.Engine.use().onLoop() {
		return true
	}
	caller, _ := blockedIn()
	if caller == "" {
		return false
	}
	for s := range srv.Sockets() {
		if caller == fmt.Sprintf("%p", s) {
			return true
		}
	}
	return false
}

// windOver calls wind for the sockets, evenly over the window. It returns early if ctx
// ends or the life of ln is over.
func (ln *listener) windOver(ctx context.Context, sockets []*Socket, window time.Duration) {
	now := time.Now()
	left := schedule{now, now.Add(window)}
	turn := time.NewTimer(window)
	defer turn.Stop()
	for {
		for len(sockets) > 0 && sockets[0].isOver() {
			sockets = sockets[1:]
		}
		if len(sockets) == 0 {
			return
		}
		turn.Reset(time.Until(left.next(len(sockets), time.Now())))
		select {
		case <-ctx.Done():
			return
		case <-ln.done:
			return
		case <-turn.C:
		}
		preferIdle(sockets)
		sockets[0].wind()
		sockets = sockets[1:]
	}
}

// A schedule divides a window of time into equal shares.
type schedule struct {
	at  time.Time // when the next share begins
	end time.Time // of the window
}

// scheduleLag is how far a schedule may fall behind. A coarse clock of the system stays
// below it. After a longer stall of the process, what is overdue does not come all at
// once: the rest is spread over the rest of the window.
const scheduleLag = 50 * time.Millisecond

// next returns a random moment of the next share, if n of them are left.
func (p *schedule) next(n int, now time.Time) time.Time {
	if now.Sub(p.at) > scheduleLag {
		p.at = now
	}
	share := max(1, p.end.Sub(p.at)/time.Duration(n))
	due := p.at.Add(rand.N(share))
	p.at = p.at.Add(share)
	return due
}

// bySilence returns the sockets, the one on which nothing has moved for the longest time
// first. Sockets of the same time are in random order.
func bySilence(sockets []*Socket) []*Socket {
	type silent struct {
		s     *Socket
		nanos int64
	}
	list := make([]silent, len(sockets))
	for i, s := range sockets {
		list[i] = silent{s, s.silentFor()}
	}
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	slices.SortStableFunc(list, func(a, b silent) int { return cmp.Compare(b.nanos, a.nanos) })
	sorted := make([]*Socket, len(list))
	for i, e := range list {
		sorted[i] = e.s
	}
	return sorted
}

// windLook is how many sockets preferIdle looks at.
const windLook = 16

// preferIdle moves the first socket that is not at work to the front, if there is one
// among the next few.
func preferIdle(sockets []*Socket) {
	for i, s := range sockets[:min(len(sockets), windLook)] {
		if !s.isAtWork() {
			sockets[0], sockets[i] = s, sockets[0]
			return
		}
	}
}

// silentFor returns for how many nanoseconds no bytes have moved.
func (s *Socket) silentFor() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conf.lane.Clock() - s.active
}

// isOver reports whether the socket needs no end any more.
func (s *Socket) isOver() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.phase > open || s.sending != writable
}

// isAtWork reports whether an end would come in the middle of something: a callback runs
// or is due, input waits for its rest, or output waits.
func (s *Socket) isAtWork() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := (*stream)(s).session()
	return s.pump != idle || s.out.stepping() || s.out.Len() > 0 ||
		s.in.tail.n > 0 || s.more.hasText() || s.more.pending() ||
		s.phase == connecting || t != nil && (t.state != secured || t.wire.Unread() > 0)
}

// A parting is a destroyed socket that waits for its peer's system to acknowledge what
// the kernel has taken.
type parting struct {
	until int64 // when it stops
	pause time.Duration
	timer *loop.Timer // looks again; nil once it has fired
}

// partingMost is how long a destroyed socket waits for acknowledgements.
const partingMost = time.Second

// parts reports whether our FIN was sent because the socket was destroyed. What Cork or a
// posted function held back until then is lost, also if it is let go now.
func (st *stream) parts() bool { return st.more != nil && st.more.parting != nil }

// destroyPatiently is destroy because input has not come in time, which leaves what was
// written before without fault: it is sent first, for Linger at most. (Input that cannot be
// cut does the same by fail.)
func (st *stream) destroyPatiently(err error) {
	if st.phase == open && st.out.Len() > 0 {
		(*Socket)(st).rare().patient = true
	}
	st.destroy(err)
}

// sendsLast offers the queue of a destroyed socket to the kernel, and reports whether
// the loop comes back for the rest of it.
func (st *stream) sendsLast() bool {
	if st.lent || st.sending == broken || st.parts() {
		return false
	}
	st.sendHere()
	st.gatherHere()
	return st.gathered
}

// lastSend is how long a destroyed socket waits for a send under way. The bytes
// written after it can be offered to the kernel only then. The send takes microseconds
// if the kernel has room.
const lastSend = 50 * time.Millisecond

// awaitsRoom reports whether a destroyed socket waits for room: for a send under way, on a
// driver whose Send does not try the kernel at once, or if it is patient. When a patient
// one has waited in vain, it resets.
func (st *stream) awaitsRoom() bool {
	patient := st.more != nil && st.more.patient
	if !st.lent || st.conf.tries && !patient || st.sending == broken {
		return false
	}
	m := (*Socket)(st).rare()
	if m.lastSend == nil {
		wait := lastSend
		if patient {
			wait = st.conf.Linger
			if wait < 0 {
				wait = partingMost
			}
			st.discardInput()
		}
		m.lastSend = st.conf.lane.After(wait, func() {
			st.mu.Lock()
			m.late = true
			st.run()
		})
	}
	if m.late && patient {
		st.reset = true // the peer must not take a part for the whole
	}
	return !m.late
}

// discardInput makes the driver read, so that a peer that writes before it reads comes to
// reading. What arrives is discarded.
func (st *stream) discardInput() {
	if !st.in.ended() {
		st.conf.driver.Receive(st.id, true)
		st.note(reads)
	}
}

// awaitsAck reports whether a destroyed socket stays open, reads on and discards. A
// descriptor that is closed before resets the connection as soon as input is there, and
// the kernel then drops what the peer has not acknowledged (RFC 2525, section 2.17).
// What was acknowledged, the peer's system has. After the peer's end, and on a Unix
// socket, nothing is lost.
func (st *stream) awaitsAck() bool {
	if st.in.ended() || st.reset || st.lent || st.sending == broken || st.conf.network != "tcp" {
		return false
	}
	d, ok := st.conf.driver.(driver.Confirmer)
	if !ok {
		return false
	}
	now := st.conf.lane.Clock()
	if d.Unacked(st.id) == 0 || st.parts() && now >= st.more.parting.until {
		return false
	}
	m := (*Socket)(st).rare()
	if m.parting == nil {
		if st.sending < finDue && d.Shutdown(st.id) != nil {
			return false
		}
		if m.session != nil {
			m.session.wire.Shut() // what crypto/tls still writes comes too late
		}
		m.parting = &parting{until: later(now, partingMost), pause: time.Millisecond}
		st.discardInput()
	}
	if p := m.parting; p.timer == nil {
		p.timer = st.conf.lane.After(p.pause, func() {
			st.mu.Lock()
			p.timer = nil
			st.run()
		})
		p.pause = min(2*p.pause, 64*time.Millisecond)
	}
	return true
}
