// Copyright 2026 The duplex authors. MIT license.

package portable

// await reads the next bytes of the peer. Package net calls the function twice, and
// between the two calls it waits in a read of no bytes.
func (s *socket) await() (in input) {
	waited, stopped := false, false
	in.err = s.raw.Read(func(uintptr) bool {
		stopped = !s.on.Load()
		done := waited || stopped
		waited = true
		return done
	})
	if in.err != nil || stopped {
		return in
	}
	s.taking.Store(true)
	in.buf = buffers.Get().(*buffer)
	n, err := s.conn.Read(in.buf[:])
	if n == 0 {
		in.release()
	}
	in.n, in.err = n, err
	return in
}

// watch does nothing: Windows reports a reset after a FIN only to the next Send.
func (s *socket) watch() {}

// dead is not needed: Windows reports a reset to reads and to sends.
func (s *socket) dead() bool { return false }
