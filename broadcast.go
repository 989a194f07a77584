// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"iter"

	"github.com/duplex-go/duplex/internal/buf"
)

// Broadcast writes p to every socket of to, for example of [Server.Sockets], and
// returns the number of sockets whose Write returned no error. It is a Write to each,
// but a message of some length is copied once for all of them. It passes over sockets
// that are closed. For a socket that cannot keep up, its MaxWriteBuffer and Overflow
// apply; no other socket waits for it.
//
// Any goroutine may call it. Each socket receives the messages of one caller in the
// order of the calls.
func Broadcast(to iter.Seq[*Socket], p []byte) (n int) {
	m := message{size: int64(len(p))}
	shared := len(p) >= lendable
	if shared {
		p = append([]byte(nil), p...)
	}
	for s := range to {
		var loan *buf.Loan
		if shared {
			loan = m.loan(s.conf.account)
		}
		if _, err := s.write(p, loan, notice{}); err == nil {
			n++
		}
	}
	return n
}

// A message is one that queues share: it counts once in each account.
type message struct {
	size  int64
	loans map[*account]*buf.Loan
	last  *account // whose loan is lent
	lent  *buf.Loan
}

// loan returns the loan that a queue of a socket with the account takes.
func (m *message) loan(a *account) *buf.Loan {
	if a == nil {
		return uncounted
	}
	if a == m.last {
		return m.lent
	}
	l := m.loans[a]
	if l == nil {
		if m.loans == nil {
			m.loans = make(map[*account]*buf.Loan)
		}
		size := m.size
		l = &buf.Loan{Count: func(held bool) {
			if held {
				a.add(0, size)
			} else {
				a.add(0, -size)
			}
		}}
		m.loans[a] = l
	}
	m.last, m.lent = a, l
	return l
}
