// Copyright 2026 The duplex authors. MIT license.

package duplex

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
	if ln.served && ln.listens() {
		ln.lane.Driver.Accept(ln.id, !ln.isPaused())
	}
}

func (ln *listener) isPaused() bool {
	ln.srv.mu.Lock()
	defer ln.srv.mu.Unlock()
	return ln.paused
}

// MayWait reports whether the caller may wait for an event of s. It reports false on the
// loops of the Engine of s, which a call that waits would stop, and in a Blocking callback
// of s, since the events of s wait for that. It is for packages that make blocking calls
// of a Socket's, to return an error instead of a deadlock. It takes a microsecond, and some
// 20 while a Blocking callback of s runs.
func (s *Socket) MayWait() bool { return !s.onLoop() && !s.onItsOwn() }
