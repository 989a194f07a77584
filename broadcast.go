// Copyright 2026 The duplex authors. MIT license.

package duplex

import "iter"

// shareable is how long a message has to be for Broadcast to share it rather than
// copy it for each of 100 sockets: at 1 KiB that took 25 us instead of 33, at 16 KiB 97
// instead of 292 (BenchmarkBroadcast, medians of three on a busy machine); below, the
// copies are as good, and go out in one piece.
const shareable = 1 << 10

// Broadcast writes p to every socket of to, such as a [Server.Sockets], and returns
// how many took it. It is a Write to each, but a long message is copied once for all
// of them. A socket that is closed is passed over; what happens to one that cannot
// keep up, its MaxWriteBuffer and Overflow say: it holds up nobody.
//
// Any goroutine may call it. Messages of one caller reach every socket in the order
// of the calls.
func Broadcast(to iter.Seq[*Socket], p []byte) (n int) {
	shared := len(p) >= shareable
	if shared {
		p = append([]byte(nil), p...)
	}
	for s := range to {
		if _, err := s.write(p, shared, nil); err == nil {
			n++
		}
	}
	return n
}
