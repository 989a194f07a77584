// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"iter"
	"math"
	"sync"

	"github.com/duplex-go/duplex/internal/buf"
	"github.com/duplex-go/duplex/internal/ledger"
)

// An outbox is the write queue of a socket: the bytes that the kernel has not taken,
// and two kinds of entries at positions among them. A mark is a completion of a write.
// A step is a posted function, or a verb that was called after one.
//
// A position is an offset in the stream of all bytes that were written; the bytes from
// Start to End wait. The position of the first step is the barrier. The bytes after it
// are held, because the posted function itself may write, and its bytes come first.
//
// The socket's mu guards an outbox.
type outbox struct {
	queue buf.Queue // the bytes before the barrier
	end   int64
	rare  *outboxRare // nil until something waits at a position
}

// outboxRare is the part of an outbox that few sockets need.
type outboxRare struct {
	marks     []mark       // before the barrier, in order
	completed []completion // those that the pump has to call, in order

	corkedAt int64 // the barrier when the first of corks was made

	steps     []step    // in order
	held      buf.Queue // the bytes after the first step
	heldMarks []mark    // the marks among them; at counts from their own step
	due       int32     // how many steps this turn may take
	ended     bool      // a step ends the socket, so no write may follow
	secures   bool      // a step is StartTLS, so no other may follow
	running   bool      // the first step is a function that runs now
	scheduled bool      // takeSteps is posted to the loop

	corks uint8 // calls of Cork that no Uncork has undone

	grouped bool   // there are seats
	taking  bool   // what waits for the socket is being queued
	deaf    bool   // the socket has ended: it takes nothing
	counted bool   // among the stepping ones of its lane
	seen    uint64 // the number of the last message of groups that was taken
	seats   []seat // its memberships; guarded by the mu of the lane's casts

	lost int64 // bytes that were dropped
}

// A notice is whom a write tells its result: done is called, or sent, which has room
// for it, receives it. The zero notice tells no one. It is apart from its mark because
// every write passes one on, and two words fit in registers: the broadcast of bench/ takes
// 0.97 of the CPU (median of nine alternating rounds).
type notice struct {
	done func(error)
	sent chan<- error
}

// wanted reports whether n tells anyone.
func (n notice) wanted() bool { return n.done != nil || n.sent != nil }

// A mark is a notice at a position, due when the kernel has taken the bytes before at,
// or never will.
type mark struct {
	notice
	at  int64
	err error // the result, if the bytes of this mark are lost already
}

// A completion is a call of the function of WriteFunc that is due.
type completion struct {
	done func(error)
	err  error
}

// A step is a posted function, or a verb that was called after one. Steps are taken in
// order, and the bytes after a step are sent after it.
type step struct {
	run func() // nil for a verb
	op  op

	bytes int // how many bytes were written after this step and before the next
	marks int // how many completions wait among those bytes
}

// shareable is the length from which a message to many sockets is lent to their queues
// and not copied into each: at 1 KiB Broadcast to 100 sockets took 25 us instead of
// 33, at 16 KiB 97 instead of 292 (BenchmarkBroadcast, medians of three on a busy
// machine). Shorter messages are copied, since copies are as fast and go out in one
// piece. Only a queue of crowded bytes, of a client that does not keep up, is lent
// messages from lendable bytes on: the entry in the queue takes less memory than a copy.
const (
	shareable = 1 << 10
	crowded   = 64 << 10
	lendable  = 128
)

// uncounted is the loan of slices that are not copied and that no account counts.
var uncounted = new(buf.Loan)

// entry is how many bytes a mark or a step counts for in the cost of an outbox: its
// own size and that of the function it holds.
const entry = 64

// lenient is how many completions that are due do not count. A callback that asks for
// many is not refused because they wait for its end. The others count, since any goroutine
// may ask for more while a Blocking callback runs.
const lenient = 16 << 10

// extra returns o.rare, making it on first use.
func (o *outbox) extra() *outboxRare {
	if o.rare == nil {
		o.rare = new(outboxRare)
	}
	return o.rare
}

// Len returns how many bytes wait.
func (o *outbox) Len() int {
	n := o.queue.Len()
	if o.rare != nil {
		n += o.rare.held.Len()
	}
	return n
}

// Start returns the position of the first byte that the kernel has not taken.
func (o *outbox) Start() int64 {
	if o.rare == nil {
		return o.end - int64(o.queue.Len())
	}
	return o.end - int64(o.Len()) - o.rare.lost
}

// End returns the position after the last byte that was written.
func (o *outbox) End() int64 { return o.end }

// barrier returns the position of the first step, or End if there is none.
func (o *outbox) barrier() int64 {
	if o.rare == nil {
		return o.end
	}
	return o.end - int64(o.rare.held.Len())
}

// cost returns how many bytes count towards MaxWriteBuffer: those that wait, and an
// entry for each mark, step and, beyond the lenient ones, completion that is due.
func (o *outbox) cost() int {
	if o.rare == nil {
		return o.queue.Len()
	}
	r := o.rare
	return o.Len() + entry*(len(r.marks)+len(r.steps)+len(r.heldMarks)+max(0, len(r.completed)-lenient))
}

// held returns the memory of the bytes and entries that wait: own is that of this outbox,
// and lent that of slices that others may hold, too.
func (o *outbox) held() (own, lent int) {
	own, lent = o.queue.Held()
	if r := o.rare; r != nil {
		more, others := r.held.Held()
		own += more + entry*(len(r.marks)+len(r.steps)+len(r.heldMarks)+len(r.completed))
		lent += others
	}
	return own, lent
}

// completions returns how many completions wait, those that are due included.
func (o *outbox) completions() int {
	if o.rare == nil {
		return 0
	}
	return len(o.rare.marks) + len(o.rare.heldMarks) + len(o.rare.completed)
}

// free returns how many bytes may be sent: neither Cork nor a step holds them back.
func (o *outbox) free() int {
	n := o.queue.Len()
	if n > 0 && o.corked() {
		n = max(0, int(o.rare.corkedAt-o.Start()))
	}
	return n
}

// add puts p at the barrier. A p with a loan is not copied if it is long, and must not
// change while it waits. Prepared, if it is not nil, holds a copy of p.
func (o *outbox) add(p []byte, loan *buf.Loan, prepared *buf.Queue) {
	o.put(&o.queue, p, loan, prepared)
}

// hold puts p at the end, after the last step.
func (o *outbox) hold(p []byte, loan *buf.Loan, prepared *buf.Queue) {
	r := o.rare
	r.steps[len(r.steps)-1].bytes += len(p)
	o.put(&r.held, p, loan, prepared)
}

func (o *outbox) put(q *buf.Queue, p []byte, loan *buf.Loan, prepared *buf.Queue) {
	switch {
	case prepared != nil:
		prepared.Move(q, len(p))
	case loan != nil && (len(p) >= shareable || q.Len() >= crowded):
		q.AppendShared(p, loan)
	default:
		q.Append(p)
	}
	o.end += int64(len(p))
}

// pass counts n bytes that went to the kernel while nothing waited.
func (o *outbox) pass(n int) { o.end += int64(n) }

// mark puts a mark at the barrier.
func (o *outbox) mark(n notice) {
	r := o.extra()
	r.marks = append(r.marks, mark{notice: n, at: o.barrier()})
}

// holdMark puts a mark at the end, after the last step.
func (o *outbox) holdMark(n notice) {
	r := o.rare
	last := &r.steps[len(r.steps)-1]
	last.marks++
	r.heldMarks = append(r.heldMarks, mark{notice: n, at: int64(last.bytes)})
}

// reach completes the marks at positions that the kernel has reached.
func (o *outbox) reach() {
	if o.rare == nil || len(o.rare.marks) == 0 {
		return
	}
	r, start := o.rare, o.Start()
	for len(r.marks) > 0 && r.marks[0].at <= start {
		m := take(&r.marks)
		r.complete(m.notice, m.err)
	}
}

// fail completes all marks with err.
func (o *outbox) fail(err error) {
	r := o.rare
	if r == nil {
		return
	}
	o.failHeld(err)
	for len(r.marks) > 0 {
		r.complete(take(&r.marks).notice, err)
	}
}

// failHeld completes the marks after the first step with err, once the marks before
// it are complete. ReadFrom gets its result at once.
func (o *outbox) failHeld(err error) {
	r := o.rare
	if len(r.heldMarks) == 0 {
		return
	}
	at := o.Start() + int64(o.queue.Len())
	for len(r.heldMarks) > 0 {
		m := take(&r.heldMarks)
		if m.sent != nil {
			r.complete(m.notice, err)
			continue
		}
		m.at, m.err = at, err
		r.marks = append(r.marks, m)
	}
	for i := range r.steps {
		r.steps[i].marks = 0
	}
}

func (r *outboxRare) complete(n notice, err error) {
	if n.sent != nil {
		n.sent <- err
		return
	}
	r.completed = append(r.completed, completion{n.done, err})
}

// drop drops all bytes that wait.
func (o *outbox) drop() {
	if n := o.queue.Len(); n > 0 {
		o.extra().lost += int64(n)
		o.queue.Clear()
	}
	if o.rare != nil {
		o.dropHeld()
	}
}

// dropAfter drops the bytes after the first n.
func (o *outbox) dropAfter(n int) {
	if before := o.queue.Len(); before > n {
		o.extra().lost += int64(before - n)
		o.queue.Truncate(n)
	}
	if o.rare != nil {
		o.dropHeld()
	}
}

// dropHeld drops the bytes after the first step.
func (o *outbox) dropHeld() {
	r := o.rare
	n := r.held.Len()
	if n == 0 {
		return
	}
	r.lost += int64(n)
	r.held.Clear()
	for i := range r.steps {
		r.steps[i].bytes = 0
	}
}

// ends reports whether a step ends the socket, so that a write is refused: one that is
// held, or of a Blocking callback, but not of the posted function that runs.
func (o *outbox) ends(held bool) bool {
	return o.rare != nil && o.rare.ended && (held || !o.rare.running)
}

// secures reports whether a step is StartTLS, so that another is refused: one that is
// held, or of a Blocking callback, but not of the posted function that runs.
func (o *outbox) secures(held bool) bool {
	return o.rare != nil && o.rare.secures && (held || !o.rare.running)
}

// stepping reports whether there is a step that has not finished.
func (o *outbox) stepping() bool { return o.rare != nil && len(o.rare.steps) > 0 }

// due reports whether the next step may be taken now.
func (o *outbox) due() bool { return o.rare != nil && o.rare.due > 0 && !o.rare.running }

// completes reports whether a completion is due.
func (o *outbox) completes() bool { return o.rare != nil && len(o.rare.completed) > 0 }

// finish removes the first step. The bytes between it and the next step are not held
// any more.
func (o *outbox) finish() {
	r := o.rare
	s := take(&r.steps)
	r.ended = r.ended && len(r.steps) > 0
	r.secures = r.secures && len(r.steps) > 0 && s.op.kind != opStartTLS
	base := o.barrier()
	r.held.Move(&o.queue, s.bytes)
	for range s.marks {
		m := take(&r.heldMarks)
		m.at += base
		r.marks = append(r.marks, m)
	}
}

// cork holds back the bytes written from now on, until uncork was called as often.
func (o *outbox) cork() {
	r := o.extra()
	if r.corks == 0 {
		r.corkedAt = o.barrier()
	}
	if r.corks < math.MaxUint8 {
		r.corks++
	}
}

func (o *outbox) uncork() {
	if o.corked() {
		o.rare.corks--
	}
}

// uncorkAll undoes every cork.
func (o *outbox) uncorkAll() {
	if o.rare != nil {
		o.rare.corks = 0
	}
}

// plain reports whether there are only bytes, which nothing holds back.
func (o *outbox) plain() bool {
	r := o.rare
	return r == nil || len(r.steps)+len(r.marks)+len(r.completed) == 0 && r.corks == 0
}

func (o *outbox) corked() bool { return o.rare != nil && o.rare.corks > 0 }

// take removes and returns the first element of list. The list keeps no reference to
// it.
func take[T any](list *[]T) T {
	var zero T
	first := (*list)[0]
	(*list)[0] = zero
	if *list = (*list)[1:]; len(*list) == 0 {
		*list = nil
	}
	return first
}

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
	size int64

	// Of a group's message, constant.
	p        []byte
	except   []*Group
	without  []*Socket
	volatile bool

	mu    sync.Mutex // comes after all locks of sockets and lanes
	loans map[*ledger.Account]*buf.Loan
	last  *ledger.Account // whose loan is lent
	lent  *buf.Loan
}

// loan returns the loan that a queue of a socket with the account takes.
func (m *message) loan(a *ledger.Account) *buf.Loan {
	if a == nil {
		return uncounted
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if a == m.last {
		return m.lent
	}
	l := m.loans[a]
	if l == nil {
		if m.loans == nil {
			m.loans = make(map[*ledger.Account]*buf.Loan)
		}
		size := m.size
		l = &buf.Loan{Count: func(held bool) {
			if held {
				a.Add(0, size)
			} else {
				a.Add(0, -size)
			}
		}}
		m.loans[a] = l
	}
	m.last, m.lent = a, l
	return l
}
