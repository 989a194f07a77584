// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/loop"
)

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
	if !st.lent || st.conf.lane.tries && !patient || st.sending == broken {
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
		st.conf.lane.Driver.Receive(st.id, true)
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
	d, ok := st.conf.lane.Driver.(driver.Confirmer)
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
