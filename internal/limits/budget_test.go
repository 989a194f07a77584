// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"bufio"
	"bytes"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/rig"
)

const mib = 1 << 20

// outside returns an engine without a Budget that reaches the network of e, which was not
// used yet.
func outside(t *testing.T, e *duplex.Engine) *duplex.Engine {
	t.Helper()
	if e.Driver == "memory" {
		e.Driver += ":" + t.Name()
		t.Cleanup(func() { memory.Forget(t.Name()) })
	}
	return duplextest.Engine(t, e.Driver)
}

// A hall is a server with a Budget, and clients outside of it.
type hall struct {
	t       *testing.T
	budget  *duplex.Budget
	srv     *duplex.Server
	addr    string
	clients *duplex.Client
	guests  chan *guest
	drops   chan error

	mu     sync.Mutex
	closed []error // of the server's sockets, in this order
}

// A guest is a client of a hall, and the server's socket of it.
type guest struct {
	client *duplextest.End
	server *duplex.Socket
	data   chan []byte // what the server received
}

// newHall returns a hall whose server uses the Options and Handler of srv, which may be
// nil. Its OnData and OnClose are the hall's.
func newHall(t *testing.T, e *duplex.Engine, b *duplex.Budget, srv *duplex.Server) *hall {
	t.Helper()
	out := outside(t, e)
	e.Budget = b
	return newHallOf(t, e, out, b, srv)
}

func newHallOf(t *testing.T, e, out *duplex.Engine, b *duplex.Budget, srv *duplex.Server) *hall {
	t.Helper()
	h := &hall{
		t: t, budget: b, srv: srv, clients: &duplex.Client{Engine: out},
		guests: make(chan *guest, 1), drops: make(chan error, 100),
	}
	if h.srv == nil {
		h.srv = new(duplex.Server)
	}
	var handler duplex.Handler
	if h.srv.Handler != nil {
		handler = *h.srv.Handler
	}
	handler.OnConnect = func(s *duplex.Socket) {
		g := &guest{server: s, data: make(chan []byte, 100)}
		s.Value = g
		h.guests <- g
	}
	if onData := handler.OnData; onData == nil {
		handler.OnData = func(s *duplex.Socket, p []byte) { s.Value.(*guest).data <- bytes.Clone(p) }
	}
	handler.OnClose = func(s *duplex.Socket) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.closed = append(h.closed, s.Err())
	}
	h.srv.Handler, h.srv.Engine = &handler, e
	h.srv.OnDrop = func(d duplex.Drop) { h.drops <- d.Reason }
	h.addr = rig.Serve(t, h.srv)
	return h
}

// enter lets a client in.
func (h *hall) enter() *guest {
	h.t.Helper()
	c := &duplextest.End{Recorder: new(duplextest.Recorder)}
	c.Socket = h.clients.Connect(h.t.Context(), "tcp", h.addr, c.Handler(nil))
	g := rig.Wait(h.t, h.guests)
	g.client = c
	c.Expect(h.t, "connect")
	return g
}

// hold has the server keep n bytes for g, whatever the kernel has room for.
func (g *guest) hold(n int) {
	g.server.Cork()
	g.server.Write(make([]byte, n))
}

// release lets go what hold keeps.
func (g *guest) release() { g.server.Uncork() }

// shed reports whether the server's socket of g was shed.
func (g *guest) shed() bool { return g.server.Err() == duplex.ErrOverBudget }

// expectNothingQueued closes the server, and checks that nothing is counted then.
func (h *hall) expectNothingQueued() {
	h.t.Helper()
	rig.CloseServer(h.t, h.srv)
	expectEmpty(h.t, h.budget)
}

func expectEmpty(t *testing.T, b *duplex.Budget) {
	t.Helper()
	if st := b.Stats(); st.QueuedIn != 0 || st.QueuedOut != 0 || st.Stopped {
		t.Errorf("all sockets are closed, and the budget counts %+v", st)
	}
}

// TestReadingStopsAndGoesOnByItself has two clients of each lane that wait to be read, one
// of them new. A paused one is none of them.
func TestReadingStopsAndGoesOnByItself(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := newHall(t, e, &duplex.Budget{Limit: 8 * mib, MaxStop: -1}, nil)
		hog := h.enter()
		var readers []*guest
		for range 6 {
			readers = append(readers, h.enter())
		}
		io.WriteString(readers[0].client, "before")
		rig.Wait(t, readers[0].data)
		hog.hold(5 * mib)
		if st := h.budget.Stats(); st.Stopped || st.QueuedOut < 5*mib {
			t.Errorf("5 of 8 MiB are used: %+v", st)
		}
		hog.hold(mib + mib/8)
		if st := e.Stats().Budget; !st.Stopped || st.Stops != 1 || st.Limit != 8*mib {
			t.Errorf("more than 6 of 8 MiB are used: %+v", st)
		}
		readers = append(readers, h.enter())
		paused := h.enter()
		paused.server.Pause()
		rig.Until(t, "no socket reads", func() bool { return e.Stats().Unread == 9 })
		for _, g := range append(readers, paused) {
			io.WriteString(g.client, "hello")
		}
		rig.Turn(t, readers[0].server)
		for _, g := range readers {
			rig.Turn(t, g.server)
			if len(g.data) > 0 {
				t.Errorf("a socket was read: %q", <-g.data)
			}
		}
		hog.release()
		hog.release()
		for _, g := range readers {
			if got := rig.Wait(t, g.data); string(got) != "hello" {
				t.Errorf("got %q, want hello", got)
			}
		}
		rig.Until(t, "all but one read", func() bool { return e.Stats().Unread == 1 })
		if st := h.budget.Stats(); st.Stopped || st.Stops != 1 || st.Shed != 0 || st.Refused != 0 {
			t.Errorf("%+v, want one stop that is over", st)
		}
		h.expectNothingQueued()
	})
}

// TestNoSocketOfACrowdIsForgotten stops reading and lets it go on, again before the loop has
// looked at all sockets. It looks at 1024 in a turn.
func TestNoSocketOfACrowdIsForgotten(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		const crowd = 2500
		e.Loops = 1
		var heard atomic.Int64
		h := newHall(t, e, &duplex.Budget{Limit: 8 * mib, MaxStop: -1}, &duplex.Server{
			Handler: &duplex.Handler{OnData: func(*duplex.Socket, []byte) { heard.Add(1) }},
		})
		hog := h.enter()
		var clients []*guest
		for range crowd {
			clients = append(clients, h.enter())
		}
		speak := func() {
			for _, g := range clients {
				g.client.Write([]byte("x"))
			}
		}
		for range 8 {
			hog.hold(7 * mib)
			hog.release()
			rig.Until(t, "all is sent", func() bool { return hog.server.Buffered() == 0 })
		}
		speak()
		rig.Until(t, "all are read", func() bool { return heard.Load() == crowd })
		hog.hold(7 * mib)
		rig.Until(t, "none reads", func() bool { return e.Stats().Unread > crowd })
		speak()
		rig.Turn(t, hog.server)
		if n := heard.Load() - crowd; n > 0 {
			t.Errorf("%d sockets were read", n)
		}
		hog.server.Destroy(nil)
		rig.Until(t, "all are read again", func() bool { return heard.Load() == 2*crowd })
		rig.Until(t, "all read on", func() bool { return e.Stats().Unread == 0 })
		h.expectNothingQueued()
	})
}

// TestBeyondTheLimitTheNewestAreShed fills a budget from the oldest to the newest, and then
// on. The newest of all hold too little to be worth it.
func TestBeyondTheLimitTheNewestAreShed(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := newHall(t, e, &duplex.Budget{Limit: 8 * mib, MaxStop: -1}, nil)
		var guests []*guest
		for i := range 10 {
			g := h.enter()
			guests = append(guests, g)
			if i < 7 {
				g.hold(mib)
			}
		}
		idle := guests[7]
		guests[8].hold(100)
		guests[9].hold(100)
		if st := h.budget.Stats(); st.Shed != 0 {
			t.Fatalf("%+v, want 7 MiB of 8", st)
		}
		guests[0].hold(5 * mib / 2)
		for _, i := range []int{5, 6} {
			rig.Until(t, "the newest are shed", guests[i].shed)
			guests[i].client.ExpectMatch(t, ".*", "close: hadError")
		}
		for i, g := range guests {
			if g.shed() != (i == 5 || i == 6) {
				t.Errorf("socket %d has the error %v", i, g.server.Err())
			}
		}
		if err := idle.server.Err(); err != nil {
			t.Errorf("a socket that holds nothing has %v", err)
		}
		rig.Until(t, "what they held is free", func() bool { return h.budget.Stats().QueuedOut <= 8*mib })
		if st := e.Stats(); st.Shed != 2 || st.Budget.Shed != 2 || st.Budget.QueuedOut < 7*mib {
			t.Errorf("Stats counts %d shed, and %+v", st.Shed, st.Budget)
		}
		rig.Until(t, "both are closed", func() bool {
			h.mu.Lock()
			defer h.mu.Unlock()
			return len(h.closed) == 2
		})
		h.mu.Lock()
		if h.closed[0] != duplex.ErrOverBudget || duplex.Code(h.closed[1]) != "ERR_OVER_BUDGET" {
			t.Errorf("closed with %v", h.closed)
		}
		h.mu.Unlock()
		h.expectNothingQueued()
	})
}

func TestClientsAreRefusedAfterSocketsWereShed(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := newHall(t, e, &duplex.Budget{Limit: 8 * mib, MaxStop: -1}, nil)
		a, b := h.enter(), h.enter()
		a.hold(7 * mib)
		b.hold(2 * mib)
		rig.Until(t, "the newer one is shed", b.shed)
		c := h.clients.Connect(t.Context(), "tcp", h.addr, nil)
		if got := rig.Wait(t, h.drops); got != duplex.ErrOverBudget {
			t.Errorf("dropped because of %v, want ErrOverBudget", got)
		}
		c.Destroy(nil)
		if st := e.Stats(); st.Drops != (duplex.Drops{OverBudget: 1}) || st.Budget.Refused != 1 {
			t.Errorf("Stats counts %+v and %+v", st.Drops, st.Budget)
		}
		if a.shed() {
			t.Error("the older one was shed, too")
		}
		a.release()
		rig.Until(t, "there is room", func() bool { return h.budget.Stats().QueuedOut < 6*mib })
		h.enter()
		h.expectNothingQueued()
	})
}

// TestSmallHoldersGoWhenNoOthersAreLeft has each hold less than is worth it.
func TestSmallHoldersGoWhenNoOthersAreLeft(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := newHall(t, e, &duplex.Budget{Limit: 64 << 10, MaxStop: -1}, nil)
		var guests []*guest
		for range 20 {
			g := h.enter()
			g.server.Cork()
			guests = append(guests, g)
		}
		for _, g := range guests {
			g.server.Write(make([]byte, 4<<10))
		}
		rig.Until(t, "the newest is shed", guests[19].shed)
		if guests[0].shed() {
			t.Error("the oldest was shed, too")
		}
		h.expectNothingQueued()
	})
}

// TestAStopThatDoesNotEndShedsTheNewest has clients that begin pieces and never end them:
// what they hold can only grow, and while they are not read it does not even do that.
func TestAStopThatDoesNotEndShedsTheNewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Loops: 2, Driver: "memory:" + t.Name()}
		out := &duplex.Engine{Loops: 1, Driver: e.Driver}
		defer memory.Forget(t.Name())
		defer e.Close()
		defer out.Close()
		e.Budget = &duplex.Budget{Limit: 8 * mib}
		h := newHallOf(t, e, out, e.Budget, &duplex.Server{
			Handler: &duplex.Handler{Split: bufio.ScanLines, MaxFrame: 4 * mib},
			Options: duplex.Options{ReadTimeout: time.Second / 2},
		})
		old := h.enter()
		var began []*guest
		for range 10 {
			g := h.enter()
			began = append(began, g)
			g.client.Write(bytes.Repeat([]byte("x"), mib))
			synctest.Wait()
			if h.budget.Stats().Stopped {
				break
			}
		}
		if st := h.budget.Stats(); st.QueuedIn < 6*mib || st.Shed != 0 || !st.Stopped {
			t.Fatalf("the budget counts %+v", st)
		}
		io.WriteString(old.client, "a line\n")
		time.Sleep(2*time.Second - time.Nanosecond)
		synctest.Wait()
		if len(old.data) > 0 || h.budget.Stats().Shed > 0 {
			t.Errorf("before MaxStop an old socket has %d pieces, and %+v", len(old.data), h.budget.Stats())
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if len(old.data) != 1 || old.server.Err() != nil {
			t.Errorf("after MaxStop an old socket has %d pieces, and %v", len(old.data), old.server.Err())
		}
		st := h.budget.Stats()
		if st.Stopped || st.Shed == 0 || st.QueuedIn >= 4*mib {
			t.Errorf("after MaxStop the budget counts %+v", st)
		}
		for i, g := range began {
			if want := i >= len(began)-int(st.Shed); g.shed() != want {
				t.Errorf("piece %d of %d has %v; %d were shed", i, len(began), g.server.Err(), st.Shed)
			}
		}
		began[0].client.Write([]byte("\n"))
		synctest.Wait()
		if len(began[0].data) != 1 {
			t.Errorf("the oldest piece did not come: %v", began[0].server.Err())
		}
	})
}

func TestAWriteLongerThanTheBudgetIsRefused(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := newHall(t, e, &duplex.Budget{Limit: mib}, nil)
		g := h.enter()
		if n, err := g.server.Write(make([]byte, mib+1)); n != 0 || err != duplex.ErrOverBudget {
			t.Errorf("Write returned %d and %v, want 0 and ErrOverBudget", n, err)
		}
		if n, err := g.server.Write(make([]byte, mib/2)); n != mib/2 || err != nil {
			t.Errorf("Write returned %d and %v", n, err)
		}
		h.expectNothingQueued()
	})
}

// TestAWriteThatExceedsTheBudgetMayCostItsOwnSocket has the newest write.
func TestAWriteThatExceedsTheBudgetMayCostItsOwnSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		h := newHall(t, e, &duplex.Budget{Limit: 4 * mib, MaxStop: -1}, nil)
		a, b := h.enter(), h.enter()
		a.hold(2 * mib)
		b.server.Cork()
		told := make(chan error, 1)
		n, err := b.server.WriteFunc(make([]byte, 3*mib), func(err error) { told <- err })
		if n != 3*mib || err != nil {
			t.Errorf("Write returned %d and %v", n, err)
		}
		if got := rig.Wait(t, told); got != duplex.ErrOverBudget {
			t.Errorf("the completion has %v, want ErrOverBudget", got)
		}
		if _, err := b.server.Write([]byte("x")); err == nil || !b.shed() {
			t.Errorf("a Write returned %v after the socket was shed with %v", err, b.server.Err())
		}
		if a.shed() {
			t.Error("the older socket was shed, too")
		}
		h.expectNothingQueued()
	})
}
