// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/handover"
	"github.com/duplex-go/duplex/internal/loop"
	"github.com/duplex-go/duplex/internal/rates"
)

// Shutdown stops listening, ends every socket, and returns nil when all are closed and
// the server's OnClose has returned; OnClose of the last socket may still run then, and
// Wait returns after it. Shutdown waits for callbacks at work: their sockets end
// after they return, and everything written by then is sent first. If the Handler is
// Blocking, that includes the callbacks for all input that had arrived: each whole frame of
// it can be answered. A socket closes when its peer ends, too, so a peer that does not end
// holds Shutdown up. What a peer sends until then is delivered, and Write returns
// [net.ErrClosed]: it is not answered.
//
// Shutdown does not wait for what a [Socket.Pipe] carries: in the middle of an answer, a
// client of a proxy gets an end, and what the upstream sends after it resets both sockets.
// To let answers come, call Unlisten and End of the upstream sockets instead.
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
	left := rates.NewSchedule(now, window)
	turn := time.NewTimer(window)
	defer turn.Stop()
	for {
		for len(sockets) > 0 && sockets[0].isOver() {
			sockets = sockets[1:]
		}
		if len(sockets) == 0 {
			return
		}
		turn.Reset(time.Until(left.Next(len(sockets), time.Now())))
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

// preferIdle moves the first socket that is neither over nor at work to the front, if there is
// one among the next few, or else the first one that is not over.
func preferIdle(sockets []*Socket) {
	first := -1
	for i, s := range sockets[:min(len(sockets), windLook)] {
		if s.isOver() {
			continue
		}
		if first < 0 {
			first = i
		}
		if !s.isAtWork() {
			first = i
			break
		}
	}
	if first > 0 {
		sockets[0], sockets[first] = sockets[first], sockets[0]
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

// HandOver replaces this process by another one without refusing a client. It starts cmd,
// the successor, and passes it the listeners of the servers, under their names. It returns
// nil when the successor has called [Ready] and the servers of this process have stopped
// listening, as after Unlisten. Then the caller ends its sockets, by [Server.ShutdownOver]
// for example, and exits.
//
// Until Ready, the servers accept clients as before. From the moment when the successor
// listens, both processes do. A client that waits to be accepted waits at the listener,
// which both processes share, so it is lost by neither; a client that this process has
// accepted is served by it, also while its PROXY header or its TLS handshake is awaited.
// The file of a Unix socket becomes the successor's with Ready: its server removes it, and
// that of this process does not.
//
// If the successor ends before Ready, and with it all that has its descriptors, or if ctx
// ends, HandOver kills the successor, waits for it, and returns why: an error that wraps
// that of cmd.Wait, or the error of ctx. The servers go on as if nothing had happened, and
// the caller may try again. Other errors are those of [Server.File] and of cmd.Start, and a
// name that LISTEN_FDNAMES cannot hold: a name consists of printable ASCII characters other
// than a colon.
//
// The successor finds the listeners with [InheritedListeners]. It gets the environment of
// cmd, with LISTEN_FDS, LISTEN_FDNAMES and DUPLEX_HANDOVER. (LISTEN_PID cannot be set
// before it is started.) The ExtraFiles of cmd come after the listeners. Each call needs a
// new cmd. In a callback of a server, HandOver would wait for itself: it returns an error
// and does nothing. On Windows, and on the driver "memory", it returns
// [errors.ErrUnsupported].
func HandOver(ctx context.Context, cmd *exec.Cmd, servers map[string]*Server) error {
	names := slices.Sorted(maps.Keys(servers))
	for _, name := range names {
		if err := handover.CheckName(name); err != nil {
			return err
		}
		if servers[name].inCallback() {
			return errHandOverInCallback
		}
	}
	gifts, err := giftsOf(names, servers)
	if err != nil {
		return err
	}
	if err := handover.Give(ctx, cmd, gifts); err != nil {
		return err
	}
	for _, name := range names {
		servers[name].retire()
	}
	return nil
}

var errHandOverInCallback = errors.New("duplex: HandOver was called in a callback of its server, and would wait for itself")

// giftsOf returns copies of the descriptors of all servers.
func giftsOf(names []string, servers map[string]*Server) (gifts []handover.Gift, err error) {
	for _, name := range names {
		file, owns, err := servers[name].file()
		if err != nil {
			for _, g := range gifts {
				g.File.Close()
			}
			return nil, err
		}
		gifts = append(gifts, handover.Gift{Name: name, File: file, Owned: owns})
	}
	return gifts, nil
}

// File returns a copy of the descriptor that the server listens on, for another process:
// as one of the ExtraFiles of an [os/exec.Cmd] for example. [HandOver] does that with all
// that belongs to it. The caller closes the file. The error is [net.ErrClosed] while the
// server does not listen, and [errors.ErrUnsupported] on Windows and on the driver
// "memory".
func (srv *Server) File() (*os.File, error) {
	file, _, err := srv.file()
	return file, err
}

// file is File, and reports whether the server removes the file of its Unix socket.
func (srv *Server) file() (file *os.File, owns bool, err error) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	ln := srv.listener
	if ln == nil || ln.phase != listening {
		return nil, false, net.ErrClosed
	}
	h, ok := ln.bound.Handle.(interface {
		handover.Owner
		File() (*os.File, error)
	})
	if !ok {
		return nil, false, errors.ErrUnsupported
	}
	file, err = h.File()
	return file, h.Owns(), err
}

// retire stops listening in favor of another process, and returns when the descriptor is
// closed. No client that was accepted is refused.
func (srv *Server) retire() {
	srv.mu.Lock()
	ln := srv.listener
	if ln == nil || ln.phase != listening {
		srv.mu.Unlock()
		return
	}
	if ln.retired == nil {
		ln.retired = make(chan struct{})
	}
	retired := ln.retired
	srv.mu.Unlock()
	ln.lane.Post(ln.retire)
	<-retired
}

// retire is retire of its server, on the loop: no accepted connection is on its way
// between the driver and its socket.
func (ln *listener) retire() {
	srv := ln.srv
	srv.mu.Lock()
	if ln.phase != listening { // it was closed meanwhile, or Closed follows
		srv.mu.Unlock()
		return
	}
	ln.phase, ln.handedOver = unlistening, true
	srv.mu.Unlock()
	if o, ok := ln.bound.Handle.(handover.Owner); ok {
		o.Own(false)
	}
	if d, ok := ln.lane.Driver.(driver.Retirer); ok && ln.served {
		d.Retire(ln.id)
		return
	}
	ln.end()
}

// Ready tells the process that this one replaces that this one serves its clients: see
// [HandOver]. Call it when every server listens. It does nothing in a process that replaces
// none, and in later calls. The error is that of a predecessor that has ended meanwhile;
// this process serves all the same.
func Ready() error { return handover.Ready() }

// An InheritedListener is a listener that this process was started with.
type InheritedListener struct {
	// Name is that of LISTEN_FDNAMES: FileDescriptorName= of a unit of systemd, or the
	// name that HandOver was given. It is "unknown" if there are no names.
	Name string

	// Listener is what [Server.ListenOn] takes.
	Listener net.Listener
}

// InheritedListeners returns the listeners that this process was started with: by
// systemd's socket activation, or by [HandOver] of the process that this one replaces. It
// returns none if there are none, and on Windows. So a program may begin with
//
//	inherited, err := duplex.InheritedListeners()
//	switch {
//	case err != nil:
//		return err
//	case len(inherited) > 0:
//		err = srv.ListenOn(inherited[0].Listener)
//	default:
//		err = srv.Listen("tcp", ":6666")
//	}
//
// The protocol is that of sd_listen_fds(3): the environment variables LISTEN_PID,
// LISTEN_FDS and LISTEN_FDNAMES, and descriptors from 3 on. InheritedListeners removes the
// variables, and child processes do not inherit the descriptors. So a second call returns
// none. Call it at the start of the program, before anything opens descriptors, and close
// the listeners that the program does not use.
//
// The error says which variable or descriptor is wrong: LISTEN_PID is not this process,
// LISTEN_FDS is no number, LISTEN_FDNAMES has another count, a descriptor is not open or
// is no stream socket that listens. Then no listener is returned, and all descriptors
// stay open.
func InheritedListeners() ([]InheritedListener, error) {
	found, err := handover.Inherited()
	var list []InheritedListener
	for _, ln := range found {
		list = append(list, InheritedListener(ln))
	}
	return list, err
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
