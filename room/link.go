// Copyright 2026 The duplex authors. MIT license.

package room

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// A link is what a Hub has for its Bus: the queue of what waits for it, the numbers of
// messages, and what it knows of the other nodes, its peers. All nodes follow these rules:
//
//  1. Each node numbers its messages, in a stream for each subject. A message to several
//     rooms has a number in each of their streams, and goes out on each of their
//     subjects; a node carries out the first that arrives.
//  2. A node delivers a message if its number is higher than the last of the stream.
//     Numbers that are missing are lost, and reported. So nothing comes twice, nothing
//     out of order, and nothing is lost in silence.
//  3. Heartbeats say the last numbers of the streams that have moved, so that a loss at
//     the end of a stream is noticed, too. They have numbers themselves: a node that misses
//     one asks for the numbers of all streams.
//  4. A node asks the others for their numbers of a subject once it has subscribed to it.
//     From the answer on it knows what it misses, and the other node knows of it.
//  5. A node that was silent for three heartbeats is out. What comes of its epoch from then
//     on is late, and is not delivered; the numbers show the loss later. The node is told,
//     begins a new epoch, and is back.
//  6. Each heartbeat has the sender's time, and is answered with it. What comes after the answer
//     was sent after that time, so nothing is delivered while the last answer is about a time
//     three heartbeats ago: wherever the messages were meanwhile, in the network or in
//     this node, they are late. A node that is new here, or back, is sent the time at once.
//  7. A node that leaves says goodbye, and waits until the others have answered: they have
//     all of its messages then, or know what they miss.
//  8. A node that notices that it was frozen, or that its machine was suspended, begins a new epoch by itself, and accuses no other
//     node of its own silence.
//
// Hub.mu guards all fields but those that say otherwise.
type link struct {
	h    *Hub
	bus  Bus
	name string
	beat time.Duration // the time between heartbeats

	// The queue.
	queue   []entry
	queued  atomic.Int64  // bytes in it, and in the batch that the goroutine of run has taken
	wake    chan struct{} // has room for one: there is something in the queue
	started chan struct{} // closed when the Bus has started, or has failed to
	left    chan struct{} // closed when everything is published
	stop    chan struct{} // closed by close
	done    chan struct{} // closed when the goroutine of run has ended

	// This node.
	clock    clock
	life     uint64 // names this process
	epoch    uint64 // grows
	beats    int64  // heartbeats so far
	nextBeat time.Time
	ticked   time.Time // the last tick
	awake    time.Time // when the time was last asked for
	streams  map[string]*stream
	moved    []*stream        // streams that the next heartbeat lists
	told     uint64           // the number of the last heartbeat to all nodes
	wide     map[string]int64 // subjects of rooms to which other nodes may not have subscribed yet, until that heartbeat
	retired  uint64           // the highest number of a stream that was forgotten
	asked    uint64           // the last number of a question

	// The others.
	peers     map[string]*peer
	strangers debt      // of nodes that are no peers
	renewed   time.Time // when another node has said last that the epoch is over
	channels  map[string]*channel
	born      []*channel // by the order of their births
	births    uint64
	syncs     []*syncing
	queries   map[uint64]*query
	retries   []*channel // whose subscription has failed
	parting   *parting   // the goodbye of this node; nil before

	stats                         Stats
	conflicts, versions, nonsense complaint
}

// An entry of the queue is one call of a method of the Bus.
type entry struct {
	op      op
	subject string
	p       []byte
	channel *channel // to subscribe to or to unsubscribe from
	debt    *debt    // for whose sake it waits; nil for that of this node
	user    *user    // whose login it announces
}

type op uint8

const (
	publish op = iota
	subscribe
	unsubscribe
	said     // the goodbye is published
	leaveBus // so is all that follows it
)

func newLink(h *Hub) *link {
	l := &link{
		h:        h,
		bus:      h.Bus,
		name:     h.Bus.Node(),
		beat:     h.Heartbeat,
		wake:     make(chan struct{}, 1),
		started:  make(chan struct{}),
		left:     make(chan struct{}),
		stop:     make(chan struct{}),
		done:     make(chan struct{}),
		clock:    newClock(h.clocks),
		life:     rand.Uint64(),
		streams:  make(map[string]*stream),
		peers:    make(map[string]*peer),
		channels: make(map[string]*channel),
		queries:  make(map[uint64]*query),
	}
	if l.beat <= 0 {
		l.beat = time.Second
	}
	l.epoch = uint64(l.clock.began.UnixNano())
	l.ticked, l.awake = l.clock.began, l.clock.began
	return l
}

// begin subscribes to the subjects that every node hears, and says hello.
func (l *link) begin() {
	now := l.now()
	l.ticked, l.nextBeat = now, now.Add(l.beat) // the Bus may have taken long to start
	l.put(entry{op: subscribe, subject: nodeSubject(l.name), channel: &channel{subject: nodeSubject(l.name)}})
	l.subscribe(allSubject, ToEveryone, "")
	l.subscribe(bindSubject, ToUsers, "").private = true
	for i := range buckets {
		l.subscribe(bucketSubject(i), ToUsers, "")
	}
	l.sendBeat()
}

// put queues e.
func (l *link) put(e entry) {
	l.queue = append(l.queue, e)
	l.queued.Add(int64(len(e.p)))
	if e.debt != nil {
		e.debt.bytes.Add(int64(len(e.p)) + overhead)
	}
	if e.user != nil {
		e.user.announced.Add(1)
	}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// full reports whether n bytes more are too many.
func (l *link) full(n int) bool {
	limit := l.h.MaxQueue
	if limit == 0 {
		limit = 16 << 20
	}
	return limit > 0 && l.queued.Load()+int64(n) > int64(limit)
}

// message returns the beginning of a message of this node.
func (l *link) message(k kind) []byte {
	fresh := len(l.streams) == 0 && l.retired == 0
	return appendHeader(nil, header{kind: k, fresh: fresh, node: l.name, life: l.life, epoch: l.epoch})
}

// run publishes what is queued, and ticks, until close.
func (l *link) run() {
	defer close(l.done)
	tick := time.NewTicker(l.beat / 4)
	defer tick.Stop()
	var batch []entry
	for {
		l.h.mu.Lock()
		batch, l.queue = l.queue, batch[:0]
		l.h.mu.Unlock()
		for _, e := range batch {
			l.publish(e)
			select {
			case <-tick.C:
				l.tick()
			case <-l.stop:
				return
			default:
			}
		}
		clear(batch)
		if len(batch) > 0 {
			continue
		}
		select {
		case <-l.wake:
		case <-tick.C:
			l.tick()
		case <-l.stop:
			return
		}
	}
}

// publish makes one call of the Bus, without mu.
func (l *link) publish(e entry) {
	var err error
	switch e.op {
	case publish:
		err = l.bus.Publish(e.subject, e.p)
	case subscribe:
		if l.carry(e.channel, true) {
			err = l.bus.Subscribe(e.subject)
		}
	case unsubscribe:
		if l.carry(e.channel, false) {
			err = l.bus.Unsubscribe(e.subject)
		}
	case said:
		l.goodbyeSaid()
	case leaveBus:
		close(l.left)
	}
	l.queued.Add(-int64(len(e.p)))
	if e.debt != nil {
		e.debt.bytes.Add(-int64(len(e.p)) - overhead)
		l.resume(e.debt)
	}
	if e.user != nil {
		e.user.announced.Add(-1)
	}
	if err == nil {
		return
	}
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	l.stats.BusErrors++
	if e.op == subscribe {
		e.channel.carried = false
		l.retries = append(l.retries, e.channel)
	}
}

// carry notes that the Bus is about to subscribe to c, or to unsubscribe. It reports false if there is nothing to
// do: c is gone, or its subscription has failed.
func (l *link) carry(c *channel, on bool) bool {
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	if on == c.carried || on && c.gone {
		return false
	}
	c.carried = on
	return true
}

// close says goodbye, waits until everything is published, and closes the Bus. If ctx ends, it
// returns, and the Bus is closed without it.
func (l *link) close(ctx context.Context) error {
	parted := l.part(ctx)
	var err error
	select {
	case <-l.left:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	close(l.stop)
	ended := make(chan error, 1)
	go func() { // until the Bus has started and ended, and the goroutine of run has ended
		<-l.started
		var err error
		if !l.failed() { // else Start has returned why
			err = l.bus.Close()
		}
		<-l.done
		ended <- err
	}()
	if err != nil {
		return err
	}
	select {
	case err = <-ended:
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	switch {
	case err == nil:
		return parted
	case parted == nil: // what may be missing is an answer to the goodbye of another, which says it again
		return fmt.Errorf("room: every node that was up has answered the goodbye, but the Bus did not end well: %w", err)
	}
	return errors.Join(parted, err)
}

// failed reports whether the Bus could not start.
func (l *link) failed() bool {
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	return l.h.link != l
}

// tick does what is due by time, four times in a heartbeat.
func (l *link) tick() {
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	now := l.now()
	if l.h.state == closed {
		l.await(now)
		return
	}
	l.checkStall(now)
	l.ticked = now
	l.checkPeers(now)
	l.checkQueries(now)
	for _, c := range l.retries {
		l.put(entry{op: subscribe, subject: c.subject, channel: c})
	}
	l.retries = l.retries[:0]
	if now.Before(l.nextBeat) {
		return
	}
	l.nextBeat = now.Add(l.beat)
	l.beats++
	l.sendBeat()
	l.sweep()
}

// linger is how many heartbeats a room without a socket stays subscribed to.
const linger = 5

// sweep unsubscribes from rooms that have had no socket for some time, and forgets
// streams that have not moved.
func (l *link) sweep() {
	for r := range l.h.idle {
		if l.beats-r.emptied > linger {
			delete(l.h.idle, r)
			delete(l.h.rooms, r.name)
			l.unsubscribe(r.channel)
		}
	}
	maps.DeleteFunc(l.wide, func(_ string, until int64) bool { return until < l.beats })
	if l.beats%60 == 0 {
		l.retire()
	}
}

// renew begins a new epoch, higher than floor. Questions of the old one may not have been
// answered.
func (l *link) renew(floor uint64) {
	l.epoch++
	for _, e := range []uint64{floor + 1, uint64(time.Now().UnixNano())} {
		if older(l.epoch, e) {
			l.epoch = e
		}
	}
	l.stats.Epochs++
	l.sendBeat()
	for _, p := range l.peers {
		if p.asking != nil {
			p.asking = nil
			l.ask(p)
		}
		if p.roster != nil {
			l.requestUsers(p)
		}
	}
}

// receive takes a message of the Bus.
func (l *link) receive(subject string, p []byte) {
	r := &reader{p: p}
	h, err := r.header()
	l.h.mu.Lock()
	var then func()
	var complaint string
	switch {
	case err != nil:
	case h.node == l.name:
		if h.life != l.life {
			complaint = l.conflict()
		}
	case l.h.state == closed:
		err = l.takeLast(h, r)
	default:
		then, err = l.take(h, r)
	}
	if err != nil {
		complaint = l.malformed(subject, p)
	}
	l.h.mu.Unlock()
	l.h.complain(complaint)
	if then != nil {
		then()
	}
}

// lost is called by the Bus: n messages were lost, or with 0 a connection has changed.
func (l *link) lost(n int) {
	l.h.mu.Lock()
	defer l.h.mu.Unlock()
	if n > 0 {
		l.stats.BusLost += int64(n)
		return
	}
	now := l.now()
	if l.h.state == closed {
		l.doubt()
	} else {
		l.checkStall(now)
		for _, p := range l.peers {
			if p.up && !p.heard.Before(p.probed) { // else a sign of life is awaited
				l.probe(p, now)
			}
		}
	}
	time.AfterFunc(l.probing(), l.tick)
}

// take handles a message, and returns what is to be done without mu; nil is nothing.
func (l *link) take(h header, r *reader) (then func(), err error) {
	now := l.now()
	l.checkStall(now)
	if h.kind == outKind {
		life, epoch := r.fixed(), r.fixed()
		if !r.bad && life == l.life && epoch == l.epoch && now.Sub(l.renewed) >= l.beat/8 {
			l.renewed = now
			l.renew(r.fixed())
		}
		return nil, r.err()
	}
	if h.kind == byeKind {
		l.takeBye(h, r, now)
		return nil, r.err()
	}
	p := l.meet(h, now)
	if p == nil {
		if h.kind == dataKind {
			l.stats.Late++
		}
		return nil, nil
	}
	switch h.kind {
	case helloKind:
		l.takeHello(p, r)
	case beatKind:
		l.takeBeat(p, r)
	case pongKind:
		p.prove(l.clock.began.Add(r.duration()), now)
	case dataKind:
		return l.takeData(p, r)
	case bindKind:
		l.takeBind(p, r)
	case askKind:
		l.takeAsk(p.name, r)
	case numbersKind:
		l.takeNumbers(p, r)
	case queryKind:
		return l.takeQuery(p, r)
	case answerKind:
		l.takeAnswer(p, r)
	case rosterKind:
		l.takeRosterRequest(p, r)
	case usersKind:
		l.takeUsers(p, r)
	default:
		return nil, errMalformed
	}
	return nil, r.err()
}

// count returns the counters of the link.
func (l *link) count() Stats {
	st := l.stats
	st.Queued = l.queued.Load()
	for _, p := range l.peers {
		if p.up {
			st.Nodes++
		}
	}
	return st
}
