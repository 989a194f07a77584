// Copyright 2026 The duplex authors. MIT license.

package ledger

import "sync/atomic"

// An Account is where the bytes that wait in some sockets are counted: in a Ledger, in a
// quota, or in both. The sockets of a server share one, as do those that clients of an
// engine make. Sockets that neither limits have none, and a stake of 0: so Never, Stops
// and HasQuota may be called with nil.
type Account struct {
	ledger *Ledger // nil for none
	quota  *quota  // nil for none
	stakes *stakes // of the ledger, if there is one
}

// A quota counts bytes towards duplex.Server.MaxQueued.
type quota struct {
	most int64 // constant
	used atomic.Int64
}

// NewAccount returns an account in a ledger, which may be nil, with a quota of most bytes,
// unless that is not positive; nil if there is nothing to count for.
func NewAccount(l *Ledger, most int) *Account {
	if l == nil && most <= 0 {
		return nil
	}
	a := &Account{ledger: l}
	if most > 0 {
		a.quota = &quota{most: int64(most)}
	}
	if l != nil {
		a.stakes = &l.stakes
	} else {
		a.stakes = new(stakes)
	}
	return a
}

// Add counts bytes that wait now, or do not any more, and are no holder's.
func (a *Account) Add(in, out int64) {
	if a.quota != nil {
		a.quota.used.Add(in + out)
	}
	if a.ledger != nil {
		a.ledger.add(in, out)
	}
}

// A Holding is how much memory a holder keeps for bytes that wait: input, output, and slices
// of output that others hold, too.
type Holding struct{ In, Out, Lent int64 }

// Enter returns the number of a stake of h, which is the newest. It is above 0.
func (a *Account) Enter(h Holder) uint32 { return a.stakes.enter(h) }

// Set sets the stake i to h. The caller holds the lock of the holder.
func (a *Account) Set(i uint32, h Holding) {
	e := a.stakes.at(i)
	if e.lent.Load() != h.Lent {
		e.lent.Store(h.Lent)
	}
	in, out := h.In-e.in.Load(), h.Out-e.out.Load()
	if in == 0 && out == 0 {
		return
	}
	less := in+out < 0
	if less { // first, or Relieve would find too much used for a moment, and no holder of it
		a.Add(in, out)
	}
	e.in.Store(h.In)
	e.out.Store(h.Out)
	if !less {
		a.Add(in, out)
	}
	if e.doomed.Load() {
		a.ledger.doomed.Add(in + out)
	}
}

// Leave gives up the stake i. The caller holds the lock of the holder.
func (a *Account) Leave(i uint32) {
	a.Set(i, Holding{})
	a.stakes.leave(i)
}

// Doom records that the holder of the stake i is shed: what it holds is freed by itself.
// The caller holds the lock of the holder.
func (a *Account) Doom(i uint32) {
	if e := a.stakes.at(i); !e.doomed.Swap(true) {
		a.ledger.doomed.Add(e.in.Load() + e.out.Load())
	}
}

// CountShed counts a socket that was shed.
func (a *Account) CountShed() { a.ledger.sheds.Add(1) }

// Relieve sheds holders if too much is used. It reports false if too much is, and no
// holder keeps it. The caller holds no lock of a holder.
func (a *Account) Relieve() bool {
	return a.ledger == nil || !a.ledger.exceeded() || a.ledger.shed(a.ledger.most)
}

// Limit returns how much may be used at most. The account has a ledger.
func (a *Account) Limit() int64 { return a.ledger.most }

// Never reports whether n bytes cannot be kept, since the whole limit is less.
func (a *Account) Never(n int) bool {
	return a != nil && a.ledger != nil && int64(n) > a.ledger.most
}

// Stops reports whether no socket may read now.
func (a *Account) Stops() bool { return a != nil && a.ledger != nil && a.ledger.Stops() }

// HasQuota reports whether there is a quota. A may be nil. The methods below are for an
// account that has one.
func (a *Account) HasQuota() bool { return a != nil && a.quota != nil }

// Reserve counts n bytes, unless the quota has no room for them. The caller gives them back
// when the bytes themselves are counted.
func (a *Account) Reserve(n int64) bool {
	q := a.quota
	if q.used.Add(n) > q.most {
		q.used.Add(-n)
		return false
	}
	return true
}

// GiveBack undoes Reserve.
func (a *Account) GiveBack(n int64) { a.quota.used.Add(-n) }

// Quota returns how many bytes may wait, and Queued how many do.
func (a *Account) Quota() int64  { return a.quota.most }
func (a *Account) Queued() int64 { return a.quota.used.Load() }
