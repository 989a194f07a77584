// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// A message that no member here received, because too many wait for a loop, is a Gap.
func TestWhatALoopHasNoRoomForIsAGap(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a, b := newNode(t, network, "a", nil), newNode(t, network, "b", nil)
		_, end := duplextest.PipeOf(t, e, &duplex.Handler{OnData: func(*duplex.Socket, []byte) {}}, nil)
		s := end.Socket
		if err := b.Join(s, "x"); err != nil {
			t.Fatal(err)
		}
		b.sync(t)
		release := rig.HoldUp(t, e)
		p := make([]byte, 1<<20-1<<11)
		const sent = 70
		for range sent {
			if err := a.Room("x").Send(p); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		release()
		synctest.Wait()
		st, gap := b.Stats(), b.gap("a", "x")
		if gap == 0 || st.Lost != int64(gap) || st.Received+st.Lost != sent {
			t.Errorf("%d missing, %d lost, %d received; %d sent", gap, st.Lost, st.Received, sent)
		}
		s.Destroy(nil)
	})
}

// A failing is a Bus that does not start.
type failing struct {
	quietBus
	starts, fails chan struct{}
}

func (b *failing) Start(func(string, []byte), func(int)) error {
	close(b.starts)
	<-b.fails
	return errors.New("no bus")
}

func TestCloseReturnsAlthoughTheBusDoesNotStart(t *testing.T) {
	bus := &failing{starts: make(chan struct{}), fails: make(chan struct{})}
	h := &room.Hub{Bus: bus}
	started, ended := make(chan error, 1), make(chan error, 1)
	go func() { started <- h.Start() }()
	<-bus.starts
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), duplextest.Patience)
		defer cancel()
		ended <- h.Close(ctx)
	}()
	rig.Until(t, "the Hub is closed", func() bool { return h.Leave(nil) != nil })
	close(bus.fails)
	if err := rig.Wait(t, started); err == nil {
		t.Error("Start returned no error")
	}
	rig.Wait(t, ended)
}

// A tardy is a Bus that starts late, and counts calls of Close before and after that.
type tardy struct {
	quietBus
	starts, release, ended chan struct{}
	began                  atomic.Bool
	early                  atomic.Int64
}

func (b *tardy) Start(func(string, []byte), func(int)) error {
	close(b.starts)
	<-b.release
	b.began.Store(true)
	return nil
}

func (b *tardy) Close() error {
	if !b.began.Load() {
		b.early.Add(1)
		return net.ErrClosed
	}
	close(b.ended)
	return nil
}

// A Bus that is still starting when the patience of Close ends is closed after it has started.
func TestCloseLeavesNoBusThatStartsLate(t *testing.T) {
	bus := &tardy{starts: make(chan struct{}), release: make(chan struct{}), ended: make(chan struct{})}
	h := &room.Hub{Bus: bus}
	started := make(chan error, 1)
	go func() { started <- h.Start() }()
	<-bus.starts
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := h.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Close returned %v", err)
	}
	time.Sleep(10 * time.Millisecond)
	close(bus.release)
	if err := rig.Wait(t, started); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Start returned %v", err)
	}
	rig.Wait(t, bus.ended)
	if n := bus.early.Load(); n != 0 {
		t.Errorf("Close of the Bus was called before it had started")
	}
}

// A Hub that is closed while its Bus starts does not come after its goodbye.
func TestAHubThatIsClosedWhileItStartsSaysNothingAfterwards(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		b := newNode(t, network, "b", nil)
		for name, closes := range map[string]bool{"a": true, "c": false} {
			h := &room.Hub{Bus: &sleeper{network.Bus(name)}}
			started := make(chan error, 1)
			go func() { started <- h.Start() }()
			time.Sleep(5 * second)
			if closes {
				h.Close(context.Background())
			}
			if err := <-started; errors.Is(err, net.ErrClosed) != closes {
				t.Errorf("Start returned %v", err)
			}
			time.Sleep(3 * second / 2)
			if n := h.Stats().Epochs; n != 0 {
				t.Errorf("%s took the start of its Bus for a standstill", name)
			}
			want := map[bool]string{true: "[+a -a]", false: "[+c]"}[closes]
			if got := b.heard(); got != want {
				t.Errorf("heard %s, want %s", got, want)
			}
			h.Close(context.Background())
			synctest.Wait()
			b.heard()
		}
	})
}

// A sleeper is a Bus that takes 10 s to start.
type sleeper struct{ room.Bus }

func (b *sleeper) Start(receive func(string, []byte), lost func(int)) error {
	time.Sleep(10 * second)
	return b.Bus.Start(receive, lost)
}

// A slowBus takes its time to publish, and to end.
type slowBus struct {
	quietBus
	release chan struct{}
	ended   chan struct{}
}

func (b *slowBus) Publish(string, []byte) error { <-b.release; return nil }

func (b *slowBus) Close() error {
	<-b.release
	close(b.ended)
	return nil
}

func TestCloseReturnsWhenItsContextEnds(t *testing.T) {
	bus := &slowBus{release: make(chan struct{}), ended: make(chan struct{})}
	h := &room.Hub{Bus: bus}
	if err := h.Start(); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		closed <- h.Close(ctx)
	}()
	if err := rig.Wait(t, closed); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(bus.release)
	rig.Wait(t, bus.ended)
}

// What Send took before Close is with the Bus, and what comes after it is refused.
func TestNoSendIsLostBetweenTheQueueAndClose(t *testing.T) {
	names := make([]string, 2000) // so many that most calls are under way when Close is called
	for i := range names {
		names[i] = fmt.Sprint("room ", i)
	}
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		for range 3 * rig.Rounds() {
			network := new(roomtest.Network)
			a, b := newNode(t, network, "a", nil), newNode(t, network, "b", nil)
			to := a.Users("u").Or(a.Room(names...))
			taken := make(chan int64)
			for range 4 {
				go func() {
					var n int64
					for to.Send([]byte("x")) == nil {
						n++
					}
					taken <- n
				}()
			}
			a.Close(context.Background())
			var n int64
			for range 4 {
				n += <-taken
			}
			synctest.Wait()
			if got := b.Stats().Received; got != n {
				t.Fatalf("%d of %d messages received", got, n)
			}
			b.Close(context.Background())
		}
	})
}

// A brittle is a Bus whose messages take a while, and are lost when it is closed meanwhile: so it
// is with a TCP connection, if the other end still writes.
type brittle struct {
	room.Bus
	under chan parcel
	ended chan struct{}
}

type parcel struct {
	subject string
	p       []byte
}

func newBrittle(bus room.Bus) *brittle {
	return &brittle{Bus: bus, under: make(chan parcel, 1<<12), ended: make(chan struct{})}
}

func (b *brittle) Start(receive func(string, []byte), lost func(int)) error {
	go func() { // until Close
		for {
			select {
			case m := <-b.under:
				time.Sleep(second / 100)
				b.Bus.Publish(m.subject, m.p)
			case <-b.ended:
				return
			}
		}
	}()
	return b.Bus.Start(receive, lost)
}

func (b *brittle) Publish(subject string, p []byte) error {
	b.under <- parcel{subject, p}
	return nil
}

func (b *brittle) Close() error {
	close(b.ended)
	return b.Bus.Close()
}

// What was sent before Close arrives, although the Bus loses what is under way when it is closed.
func TestCloseWaitsUntilTheOthersHaveEverything(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		b, c := newNode(t, network, "b", nil), newNode(t, network, "c", nil)
		client, s := b.client(t, e, "x")
		a := &room.Hub{Bus: newBrittle(network.Bus("a"))}
		if err := a.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * second)
		for i := range 9 {
			text(t, a.Room("x"), "%d", i)
		}
		began := time.Now()
		if err := a.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > second/2 {
			t.Errorf("Close took %v, want that of 11 messages", took)
		}
		synctest.Wait()
		if got := b.heard() + c.heard(); got != "[+c +a -a][+b +a -a]" {
			t.Errorf("heard %s", got)
		}
		if n := b.Stats().Received; n != 9 {
			t.Errorf("%d messages have come, want 9", n)
		} else {
			client.Expect(t, "data: 012345678")
		}
		s.Destroy(nil)
	})
}

// A goodbye that is lost is repeated, and so is what was lost before it.
func TestAGoodbyeThatIsLostIsRepeated(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a, b := newNode(t, network, "a", nil), newNode(t, network, "b", nil)
		_, s := b.client(t, e, "x")
		b.sync(t)
		time.Sleep(2 * second)
		b.heard()
		n := 0
		network.Drop(func(m roomtest.Message) bool { // two messages, the last heartbeat, and the goodbye
			if m.From == "a" {
				n++
			}
			return m.From == "a" && n <= 4
		})
		text(t, a.Room("x"), "1")
		text(t, a.Room("x"), "2")
		began := time.Now()
		if err := a.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 3*second {
			t.Errorf("Close took %v, want a heartbeat", took)
		}
		time.Sleep(5 * second)
		if got := b.heard(); got != "[-a]" {
			t.Errorf("heard %s", got)
		}
		if got := b.gap("a", "x"); got != 2 {
			t.Errorf("a gap of %d, want 2", got)
		}
		if left := b.Nodes(); len(left) > 0 {
			t.Errorf("still known: %v", left)
		}
		s.Destroy(nil)
	})
}

// Close names the nodes that do not answer its goodbye, and waits for none that is gone.
func TestCloseNamesTheNodesThatDoNotAnswer(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a := newNode(t, network, "a", nil)
		newNode(t, network, "b", nil)
		newNode(t, network, "c", nil)
		network.Kill("c")
		time.Sleep(3 * second / 2)
		network.Drop(func(m roomtest.Message) bool { return m.From == "a" && m.To == "b" }) // so a hears heartbeats of b
		began := time.Now()
		err := a.Close(context.Background())
		var incomplete *room.IncompleteError
		if !errors.As(err, &incomplete) || fmt.Sprint(incomplete.Nodes) != "[b]" || incomplete.Err != nil {
			t.Errorf("Close returned %v", err)
		}
		if took := time.Since(began); took != 10*second {
			t.Errorf("Close took %v, want ten heartbeats", took)
		}
	})
}

// Nodes that close at the same time wait for each other as long as a message takes.
func TestNodesCloseTogether(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		network.Delay(func(string, string) time.Duration { return second / 100 })
		var nodes []*node
		for _, name := range []string{"a", "b", "c"} {
			nodes = append(nodes, newNode(t, network, name, nil))
		}
		time.Sleep(2 * second)
		began := time.Now()
		ended := make(chan error)
		for _, n := range nodes {
			go func() { ended <- n.Close(context.Background()) }()
		}
		for range nodes {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(began); took > second/10 {
			t.Errorf("they took %v", took)
		}
		time.Sleep(5 * second)
		for _, n := range nodes {
			if got := n.heard(); len(got) != len("[+b +c]") {
				t.Errorf("%s heard %s", n.name, got)
			}
		}
	})
}
