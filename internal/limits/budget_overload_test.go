// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// TestOverloadShedsTheNewestAndEnds offers a server twice what its clients take, for some
// seconds. Old sockets that behave are served throughout, as are the oldest of those that
// read slowly.
func TestOverloadShedsTheNewestAndEnds(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedSpeed(t, e)
		if *rig.Long {
			o := overload{limit: 256 * mib, queue: 32 * mib, crowd: 24, lasts: 20 * time.Second}
			o.run(t, e)
			return
		}
		o := overload{limit: 8 * mib, queue: mib, crowd: 24, lasts: 2 * time.Second, maxStop: 200 * time.Millisecond}
		o.run(t, e)
	})
}

// An overload is a load, and what came of it.
type overload struct {
	limit, queue int // of the budget, and of one socket
	crowd        int // clients that read slowly
	lasts        time.Duration
	maxStop      time.Duration

	mu    sync.Mutex
	slow  []*duplex.Socket  // of the server; the oldest first
	count int               // of those that were ever there
	kept  [1]*duplex.Socket // the oldest, whose queue fits into half of the limit

	over      atomic.Bool
	worst     atomic.Int64 // use of the budget
	heap      atomic.Uint64
	answers   atomic.Int64
	closed    atomic.Int64
	offered   atomic.Int64
	reconnect func()
}

// welcome takes a slow client in.
func (o *overload) welcome(s *duplex.Socket) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.slow = append(o.slow, s)
	if o.count < len(o.kept) {
		o.kept[o.count] = s
	}
	o.count++
}

// write offers a message to every slow client, as if each had asked for it.
func (o *overload) write(p []byte) {
	o.mu.Lock()
	slow := append([]*duplex.Socket(nil), o.slow...)
	o.slow = o.slow[:0]
	for _, s := range slow {
		if s.State() != duplex.Closed {
			o.slow = append(o.slow, s)
		}
	}
	o.mu.Unlock()
	for _, s := range slow {
		if n, _ := s.Write(p); n > 0 {
			o.offered.Add(int64(n))
		}
	}
}

// measure looks how much is used.
func (o *overload) measure(b *duplex.Budget) {
	st := b.Stats()
	if used := st.QueuedIn + st.QueuedOut; used > o.worst.Load() {
		o.worst.Store(used)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > o.heap.Load() {
		o.heap.Store(m.HeapAlloc)
	}
}

func (o *overload) run(t *testing.T, e *duplex.Engine) {
	out := outside(t, e)
	e.Budget = &duplex.Budget{Limit: o.limit, MaxStop: o.maxStop}
	polite := &duplex.Server{Engine: e, Handler: rig.Echo}
	politeAddr := rig.Serve(t, polite)
	pushing := &duplex.Server{
		Engine: e, Handler: &duplex.Handler{OnConnect: o.welcome},
		Options: duplex.Options{MaxWriteBuffer: o.queue, Overflow: duplex.OverflowDrop},
	}
	pushAddr := rig.Serve(t, pushing)

	var asks sync.WaitGroup
	for range 8 { // honest clients, that came first
		c := &duplextest.End{Recorder: new(duplextest.Recorder)}
		c.Socket = (&duplex.Client{Engine: out}).Connect(t.Context(), "tcp", politeAddr, c.Handler(nil))
		c.Expect(t, "connect")
		asks.Go(func() {
			for !o.over.Load() {
				io.WriteString(c, "ping")
				c.Expect(t, "data: ping")
				o.answers.Add(1)
			}
			c.End()
			c.Expect(t, "end", "close")
		})
	}
	readers := &duplex.Client{Engine: out, Options: duplex.Options{ReadRate: o.limit / o.crowd}}
	connect := func(again func()) {
		readers.Connect(t.Context(), "tcp", pushAddr, &duplex.Handler{
			OnData: func(*duplex.Socket, []byte) {},
			OnClose: func(*duplex.Socket) {
				o.closed.Add(1)
				again()
			},
		})
	}
	o.reconnect = func() {
		out.AfterFunc(10*time.Millisecond, func() {
			if !o.over.Load() {
				connect(o.reconnect)
			}
		})
	}
	for i := range o.crowd {
		connect(o.reconnect)
		if i < len(o.kept) {
			rig.Until(t, "it is in, before the next", func() bool { return pushing.Len() == i+1 })
		}
	}
	rig.Until(t, "all are in", func() bool { return pushing.Len() == o.crowd })

	message := make([]byte, o.queue/16)
	began := time.Now()
	loaded := func() bool { // on a slow machine it takes long to fill the kernel's buffers
		return e.Budget.Stats().Shed >= 10 || time.Since(began) > duplextest.Patience
	}
	for time.Since(began) < o.lasts || !loaded() {
		if o.offered.Load() < 2*e.Stats().BytesSent+int64(o.limit) {
			o.write(message)
		} else {
			runtime.Gosched()
		}
		o.measure(e.Budget)
	}
	during := e.Stats()
	if n := polite.Len(); n != 8 {
		t.Errorf("%d of 8 polite clients are left", n)
	}
	o.over.Store(true)
	ended := time.Now()
	rig.Until(t, "reading goes on", func() bool { return !e.Budget.Stats().Stopped })
	c := &duplextest.End{Recorder: new(duplextest.Recorder)}
	c.Socket = (&duplex.Client{Engine: out}).Connect(t.Context(), "tcp", politeAddr, c.Handler(nil))
	c.Expect(t, "connect")
	io.WriteString(c, "ping")
	c.Expect(t, "data: ping")
	recovered := time.Since(ended)
	asks.Wait()
	t.Logf("limit %d MiB; offered %d MiB, sent %d MiB; at most %.1f MiB used, heap %d MiB; %d stops, %d shed, %d refused; %d answers; served a new client after %v",
		o.limit/mib, o.offered.Load()/mib, during.BytesSent/mib, float64(o.worst.Load())/mib, o.heap.Load()/mib,
		during.Budget.Stops, during.Budget.Shed, during.Budget.Refused, o.answers.Load(), recovered)

	// One write and a read of each loop come on top; on the portable driver
	// also what sockets that were shed have under way.
	slack := int64(len(message) + mib)
	if e.Driver == "portable" {
		slack += int64(o.crowd) * 256 << 10
	}
	if worst := o.worst.Load(); worst > int64(o.limit)+slack {
		t.Errorf("%d bytes were used, %d more than the limit", worst, worst-int64(o.limit))
	}
	if during.Budget.Shed == 0 || during.Budget.Stops == 0 {
		t.Errorf("%+v: the load was none", during.Budget)
	}
	for i, s := range o.kept {
		if err := s.Err(); err != nil {
			t.Errorf("the slow client %d, the oldest, has %v", i, err)
		}
	}
	c.Destroy(nil)
	rig.CloseServer(t, polite)
	rig.CloseServer(t, pushing)
	expectEmpty(t, e.Budget)
}
