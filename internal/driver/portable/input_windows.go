// Copyright 2026 The duplex authors. MIT license.

package portable

// await reads what the peer sends next. Package net asks twice whether it is
// done waiting, and in between it waits with a read of no bytes.
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
	in.buf = buffers.Get().(*buffer)
	n, err := s.conn.Read(in.buf[:])
	if n == 0 {
		in.release()
	}
	in.n, in.err = n, err
	return in
}

// dead need not be known: Windows reports a reset to everyone.
func (s *socket) dead() bool { return false }
