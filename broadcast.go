// Copyright 2026 The duplex authors. MIT license.

package duplex

import "iter"

// Broadcast writes p to every socket of to, for example of [Server.Sockets], and
// returns the number of sockets whose Write returned no error. It is a Write to each,
// but a message of some length is copied once for all of them. It passes over sockets
// that are closed. For a socket that cannot keep up, its MaxWriteBuffer and Overflow
// apply; no other socket waits for it.
//
// Any goroutine may call it. Each socket receives the messages of one caller in the
// order of the calls.
func Broadcast(to iter.Seq[*Socket], p []byte) (n int) {
	shared := len(p) >= lendable
	if shared {
		p = append([]byte(nil), p...)
	}
	for s := range to {
		if _, err := s.write(p, shared, notice{}); err == nil {
			n++
		}
	}
	return n
}
