// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/ledger"
	"github.com/duplex-go/duplex/internal/target"
)

// A listener is one life of a Server, from Listen to OnClose.
type listener struct {
	srv    *Server
	lane   *lane
	confs  []*config // of the sockets, by the number of their lane
	gate   gate
	cancel context.CancelFunc // ends the lookup of Listen
	done   chan struct{}      // closed after OnClose, or once Listen has failed

	bound driver.Conn // constant once the phase is listening

	// Owned by the loop.
	id     driver.ID
	served bool
	failed bool  // the driver does not and will not serve it
	warned int64 // lane.Now() at the last OnError

	// Guarded by the server's mu.
	phase      listenPhase
	unrefd     bool
	paused     bool                  // by Pause
	retired    chan struct{}         // closed when the descriptor is, if HandOver waits for that
	handedOver bool                  // another process accepts the clients; those that were accepted here enter
	winding    bool                  // sockets that enter end at once, since Shutdown was called
	held       []*stream             // sockets that leave once the listener is closed
	prefaces   map[*preface]struct{} // connections that are neither sockets nor refused yet
	next       *listener             // the next life, which begins when OnClose has returned
}

// A listenPhase is how far a listener's life has come.
type listenPhase uint8

const (
	starting    listenPhase = iota // Listen looks up its address, or binds it
	listening                      // Listen has succeeded
	unlistening                    // Unlisten was called, or the driver cannot accept
	unlistened                     // the descriptor is closed; sockets may remain
)

// listen begins a life of the server with the listener that bind returns. It calls bind
// without the server's mu, since a lookup may take long, and so may a file system.
func (srv *Server) listen(network string, bind func(context.Context, driver.Driver) (driver.Conn, error)) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ln, err := srv.reserve(network, cancel)
	if err != nil {
		return err
	}
	bound, err := bind(ctx, ln.lane.Driver)
	if err == nil && srv.established(ln, bound) {
		return nil
	}
	if err == nil { // the server was closed meanwhile
		bound.Handle.Close()
	}
	srv.mu.Lock()
	if ln.phase != starting {
		err = opError("listen", ln.network(), nil, nil, net.ErrClosed)
	}
	ln.phase = unlistened
	srv.listener = nil
	srv.mu.Unlock()
	ln.forget()
	return err
}

// established schedules begin with what was bound. If ln was closed meanwhile, it does
// nothing and reports false.
func (srv *Server) established(ln *listener, bound driver.Conn) bool {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if ln.phase != starting {
		return false
	}
	ln.bound, ln.phase = bound, listening
	ln.lane.engine.ref() // until OnListening
	if srv.parting != nil {
		srv.parting.next = ln
	} else {
		ln.lane.Post(ln.begin)
	}
	return true
}

// reserve returns a new life of the server. The engine counts it from here on.
func (srv *Server) reserve(network string, cancel context.CancelFunc) (*listener, error) {
	e := srv.Engine.use()
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.listener != nil {
		return nil, ErrAlreadyListening
	}
	if err := checkTLS(srv.TLS); err != nil {
		return nil, opError("listen", network, nil, nil, err)
	}
	ln := &listener{
		srv:    srv,
		gate:   newGate(srv),
		cancel: cancel,
		done:   make(chan struct{}),
	}
	err := e.admit(func() {
		e.ref() // until OnClose
		e.servers[ln] = struct{}{}
	})
	if err != nil {
		return nil, opError("listen", network, nil, nil, err)
	}
	ln.lane = e.pick(nil)
	account := ledger.NewAccount(e.budget, srv.MaxQueued)
	ln.gate.budget = e.budget
	for _, l := range e.lanes {
		conf := srv.Options.config(srv, network, l)
		conf.limit(account)
		ln.confs = append(ln.confs, conf)
	}
	srv.listener = ln
	return ln, nil
}

// find returns the addresses to listen on. It looks them up unless they are known. It
// returns when ctx ends, and does not wait for a resolver that ignores ctx.
func (srv *Server) find(ctx context.Context, network, address string) (target.Target, error) {
	host := "::"
	if network == "tcp4" {
		host = "0.0.0.0"
	}
	t, err := target.Parse(network, address, host)
	if err != nil {
		return t, opError("listen", network, nil, nil, err)
	}
	if t.Known() {
		return t, nil
	}
	found := make(chan target.Finding, 1)
	go func() { // until the resolver answers
		f := target.Finding{BadHost: net.ErrClosed}
		defer func() { found <- f }() // also if the resolver calls Goexit
		f = t.LookUp(ctx, srv.Resolver)
	}()
	select {
	case <-ctx.Done():
		return t, ctx.Err()
	case f := <-found:
		switch {
		case f.BadPort != nil:
			return t, opError("listen", network, nil, nil, f.BadPort)
		case f.BadHost != nil:
			return t, opError("getaddrinfo", network, nil, nil, f.BadHost)
		}
		return f.Target, ctx.Err()
	}
}

// bind binds the first address of t. If this machine lacks its family, bind binds the
// first address of the other family.
func (srv *Server) bind(d driver.Driver, t target.Target) (driver.Conn, error) {
	addr := t.Addrs[0]
	bound, err := srv.bindTo(d, t, addr)
	if err == nil || !errors.Is(err, syscall.EAFNOSUPPORT) && !errors.Is(err, syscall.EADDRNOTAVAIL) {
		return bound, err
	}
	others := t.Addrs[1:]
	if t.Family == "ip" && addr.Addr() == netip.IPv6Unspecified() {
		four := driver.Addr{AddrPort: netip.AddrPortFrom(netip.IPv4Unspecified(), addr.Port())}
		others = append([]driver.Addr{four}, others...)
	}
	for _, other := range others {
		if other.Addr().Is4() != addr.Addr().Is4() {
			return srv.bindTo(d, t, other)
		}
	}
	return bound, err
}

// bindTo binds one address of t.
func (srv *Server) bindTo(d driver.Driver, t target.Target, addr driver.Addr) (driver.Conn, error) {
	bound, err := d.Bind(addr, driver.ListenOptions{
		Backlog:   srv.Backlog,
		V6Only:    t.Family == "ip6",
		ReusePort: srv.ReusePort,
		Mode:      srv.FileMode,
	})
	if err != nil {
		err = opError("listen", t.Network, nil, netAddr(t.Network, addr), err)
	}
	return bound, err
}

// begin starts accepting, on the loop.
func (ln *listener) begin() {
	defer ln.lane.engine.unref()
	if ln.failed { // the listener was closed before it began
		ln.Closed()
		return
	}
	var err error
	if door := ln.door(); door != nil {
		door.Start(ln.lane.Post, ln)
	} else if ln.id, err = ln.lane.Serve(ln.bound, ln); err != nil {
		ln.failed = true
		ln.srv.mu.Lock()
		wanted := ln.phase == listening
		ln.phase = unlistening
		ln.srv.mu.Unlock()
		defer ln.Closed() // also after Goexit in OnError
		if !wanted {
			return
		}
		ln.tellError(opError("listen", ln.network(), nil, netAddr(ln.network(), ln.bound.Local), err))
		return
	}
	ln.served = true
	if ln.isPaused() {
		ln.settleIntake()
	}
	if f := ln.srv.OnListening; f != nil && ln.listens() {
		ln.call(f)
	}
}

// listens reports whether the listener accepts clients, or will once it has begun.
func (ln *listener) listens() bool {
	ln.srv.mu.Lock()
	defer ln.srv.mu.Unlock()
	return ln.phase == listening
}

// network returns "tcp" or "unix".
func (ln *listener) network() string { return ln.confs[0].network }

// end stops listening, on the loop.
func (ln *listener) end() {
	if door := ln.door(); ln.served && door != nil {
		door.End()
	} else if ln.served {
		ln.lane.Driver.Close(ln.id, false)
	} else if !ln.failed {
		ln.failed = true
		ln.bound.Handle.Close()
	}
}

// enter returns a new socket of the server for a connection, or nil if the server does
// not listen any more. The connection may have been a preface; then the result is nil also
// if that is refused already.
func (ln *listener) enter(lane *lane, local, remote driver.Addr, handle any, p *preface) *Socket {
	srv := ln.srv
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if ln.phase != listening && !ln.handedOver || p != nil && !p.decide(promotion) {
		return nil
	}
	s := newSocket(ln.confOf(lane, handle), srv.Handler)
	if p != nil {
		delete(ln.prefaces, p)
		s.rare().proxy = p.header
	}
	s.setAddrs(local, remote)
	if srv.TLS != nil {
		s.newSession(ServerSide, srv.TLS)
		(*stream)(s).limitHandshake(s.more.session)
	}
	if ln.winding {
		s.wind()
	}
	srv.roster.add(s)
	srv.past.Accepted++
	return s
}

// refuse reports the handshake of st, which has failed, and lets st leave. The caller
// holds the mu of st.
func (srv *Server) refuse(st *stream) {
	ln := srv.life()
	local, remote, reason := (*Socket)(st).localAddrPort(), (*Socket)(st).remoteAddrPort(), st.undelivered()
	ln.lane.Post(func() {
		defer st.release() // also after Goexit in OnDrop
		why := refusedHandshake
		if reason == ErrOverBudget {
			why = refusedOverBudget
		}
		ln.report(local, remote, why, reason)
	})
}

// life returns the present life of a server that has a socket.
func (srv *Server) life() *listener {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return srv.listener
}

// AcceptFailed is called when accepting has failed. It tries again after acceptPause;
// the clients wait in the backlog.
func (ln *listener) AcceptFailed(err error) {
	if !ln.listens() { // it fails for that reason
		return
	}
	if ln.door() != nil && errors.Is(err, net.ErrClosed) { // the program has closed it
		_ = ln.srv.Unlisten()
		return
	}
	ln.lane.After(acceptPause, ln.settleIntake)
	if now := ln.lane.Now(); ln.warned == 0 || now-ln.warned >= int64(time.Second) {
		ln.warned = max(1, now) // 0 is never
		ln.tellError(opError("accept", ln.network(), nil, netAddr(ln.network(), ln.bound.Local), err))
	}
}

func (ln *listener) tellError(err error) {
	if f := ln.srv.OnError; f != nil {
		ln.call(func() { f(err) })
		return
	}
	ln.lane.engine.logger().Error("duplex: a server cannot accept", "err", err)
}

// Closed is called when the driver has closed the descriptor.
func (ln *listener) Closed() {
	srv := ln.srv
	srv.mu.Lock()
	ln.phase = unlistened
	if ln.retired != nil {
		close(ln.retired)
		ln.retired = nil
	}
	over := srv.part(ln)
	srv.mu.Unlock()
	if over {
		ln.farewell()
	}
	for _, st := range ln.held {
		st.release()
	}
}

// farewell calls OnClose, and stops counting the listener. If Listen was called
// meanwhile, the next life begins after that, so that callbacks of two lives do not run
// at the same time.
func (ln *listener) farewell() {
	srv := ln.srv
	defer func() {
		srv.mu.Lock()
		srv.parting = nil
		next := ln.next
		srv.mu.Unlock()
		if next != nil {
			next.lane.Post(next.begin)
		}
		ln.forget()
	}()
	if srv.OnClose != nil {
		ln.call(srv.OnClose)
	}
}

// forget stops counting the listener, whose life is over.
func (ln *listener) forget() {
	engine := ln.lane.engine
	ln.srv.mu.Lock()
	counted := !ln.unrefd
	ln.unrefd = true
	ln.srv.mu.Unlock()
	engine.dismiss(ln)
	close(ln.done)
	if counted {
		engine.unref()
	}
}

// close closes the server, if this is its present life.
func (ln *listener) close() {
	ln.srv.mu.Lock()
	present := ln.srv.listener == ln
	ln.srv.mu.Unlock()
	if present {
		ln.srv.Close()
	}
}

// call calls a callback of the Server, and survives its panic or Goexit.
func (ln *listener) call(f func()) {
	ln.lane.call(f, "duplex: a callback of a server crashed", "addr", ln.bound.Local.String())
}

// Pause stops accepting. The address stays bound, and clients wait in the system's
// backlog: the connections that were accepted by now, and those that the driver has under
// way, still become sockets. A client that finds the backlog full tries again, for as long
// as its system does. Unlisten and a new Listen end the pause. While the server does not
// listen, Pause does nothing.
func (srv *Server) Pause() { srv.hold(true) }

// Resume goes on accepting, after Pause, however often that was called.
func (srv *Server) Resume() { srv.hold(false) }

// hold pauses or resumes.
func (srv *Server) hold(paused bool) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	ln := srv.listener
	if ln != nil && ln.phase == listening && ln.paused != paused {
		ln.paused = paused
		ln.lane.Post(ln.settleIntake)
	}
}

// settleIntake makes the driver accept, or not, as the server wants it now. It runs on
// the loop.
func (ln *listener) settleIntake() {
	switch door := ln.door(); {
	case !ln.served || !ln.listens():
	case door != nil:
		door.Receive(!ln.isPaused())
	default:
		ln.lane.Driver.Accept(ln.id, !ln.isPaused())
	}
}

func (ln *listener) isPaused() bool {
	ln.srv.mu.Lock()
	defer ln.srv.mu.Unlock()
	return ln.paused
}

// A roster is the live set of a server's sockets. Socket.place is the index of each. The
// server's mu guards it. It grows by pages: a slice that is copied as it grows leaves
// garbage of five times its length, as much as 40 bytes for each connection.
type roster struct {
	pages []*[rosterPage]*Socket
	n     int
	list  []*Socket // the result of all, until a socket comes or goes; nil if not known
}

const rosterPage = 256

// at returns the entry of place i.
func (r *roster) at(i int32) **Socket { return &r.pages[i/rosterPage][i%rosterPage] }

// add adds s.
func (r *roster) add(s *Socket) {
	if r.n == len(r.pages)*rosterPage {
		r.pages = append(r.pages, new([rosterPage]*Socket))
	}
	s.place = int32(r.n)
	*r.at(s.place) = s
	r.n++
	r.list = nil
}

// remove removes s. The last socket takes its place.
func (r *roster) remove(s *Socket) {
	r.n--
	last := r.at(int32(r.n))
	*r.at(s.place) = *last
	(*last).place = s.place
	*last = nil
	if used := r.n/rosterPage + 1; len(r.pages) > used+1 { // one empty page is kept
		r.pages[used+1] = nil
		r.pages = r.pages[:used+1]
	}
	r.list = nil
}

// all returns the sockets. The caller must not change the list, and the list does not
// change later.
func (r *roster) all() []*Socket {
	if r.list == nil && r.n > 0 {
		r.list = make([]*Socket, 0, r.n)
		for i := range r.n {
			r.list = append(r.list, *r.at(int32(i)))
		}
	}
	return r.list
}
