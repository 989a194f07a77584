// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// What came of a node that was out is late, and so is its last heartbeat. The goodbye brings it back.
func TestTheGoodbyeOfANodeThatIsOutReportsWhatWasLate(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		b.client(t, e, "x")
		b.sync(t)
		network.Drop(func(m roomtest.Message) bool { return m.From == "a" && m.To == "b" })
		text(t, a.Room("x"), "lost")
		time.Sleep(5*second + second/10)
		network.Drop(nil)
		text(t, a.Room("x"), "late")
		if err := a.Close(t.Context()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if x, late, heard := b.gap("a", "x"), b.Stats().Late, b.heard(); x != 2 || late != 1 || heard != "[-a +a -a]" {
			t.Errorf("missed %d, want 2; %d late, want 1; heard %s", x, late, heard)
		}
	})
}

// A node that is frozen while the others let it go finds their answers, which it has not read yet.
func TestANodeThatIsFrozenWhileItClosesWaitsForAnswers(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a, b := newNode(t, network, "a", nil), newNode(t, network, "b", nil)
		b.client(t, e, "x")
		b.sync(t)
		time.Sleep(10*second + second/10)
		began := time.Now()
		network.Delay(func(from, _ string) time.Duration {
			if from == "b" {
				return 5*second + second/2 - time.Since(began)
			}
			return 0
		})
		text(t, a.Room("x"), "1")
		ended := make(chan error)
		go func() { ended <- a.Close(t.Context()) }()
		synctest.Wait()
		thaw := network.Freeze("a")
		time.Sleep(5 * second)
		thaw()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 5*second+second/2 {
			t.Errorf("Close took %v, want to the answer after 5.5 s", took)
		}
		if n := b.Stats().Received; n != 1 {
			t.Errorf("%d messages have come, want 1", n)
		}
	})
}

// A plodder is a Bus that takes a tenth of a second for each message once it is slow, and counts those
// that it then publishes to all nodes.
type plodder struct {
	room.Bus
	slow atomic.Bool
	wide atomic.Int64
}

func (b *plodder) Publish(subject string, p []byte) error {
	if b.slow.Load() {
		time.Sleep(second / 10)
		if subject == "all" {
			b.wide.Add(1)
		}
	}
	return b.Bus.Publish(subject, p)
}

// However long it takes until the goodbye is published, the others have their time to answer it, also if a
// connection has changed before.
func TestTheOthersAreAwaitedOnceTheGoodbyeIsPublished(t *testing.T) {
	for _, changes := range []bool{false, true} {
		closeSlowly(t, changes)
	}
}

func closeSlowly(t *testing.T, changes bool) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		b := newNode(t, network, "b", nil)
		_, s := b.client(t, e, "x")
		bus := &plodder{Bus: network.Bus("a")}
		a := &room.Hub{Bus: bus}
		if err := a.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2*second + second/10)
		b.sync(t)
		network.Delay(func(_, _ string) time.Duration { return second / 20 })
		bus.slow.Store(true)
		const sent = 150
		for range sent {
			text(t, a.Room("x"), "x")
		}
		ended := make(chan error)
		go func() { ended <- a.Close(t.Context()) }()
		time.Sleep(5 * second)
		if changes {
			network.Lost("a", 0) // b says nothing for more than a third of a second then, and lives
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if n := b.Stats().Nodes; n != 0 {
			t.Error("the goodbye has not come when Close returns")
		}
		if n := bus.wide.Load(); n != 2 {
			t.Errorf("%d messages to all nodes, want a heartbeat and a goodbye", n)
		}
		synctest.Wait()
		if n, lost := b.Stats().Received, b.gap("a", "x"); n+int64(lost) != sent || n == 0 {
			t.Errorf("%d messages have come, and %d are missing; %d were sent", n, lost, sent)
		}
		s.Destroy(nil)
	})
}

// A falseStart is a Bus that hears others for two seconds, and then does not start.
type falseStart struct{ room.Bus }

func (b *falseStart) Start(receive func(string, []byte), lost func(int)) error {
	b.Bus.Start(receive, lost)
	b.Subscribe("all")
	time.Sleep(2*second + second/10)
	b.Close()
	return errors.New("no bus")
}

func TestCloseAwaitsNoAnswerIfTheBusDoesNotStart(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		newNode(t, network, "b", nil)
		a := &room.Hub{Bus: &falseStart{network.Bus("a")}}
		started, began := make(chan error), time.Now()
		go func() { started <- a.Start() }()
		time.Sleep(3 * second / 2)
		if n := a.Stats().Nodes; n != 1 {
			t.Errorf("%d nodes are up, want b", n)
		}
		a.Close(t.Context())
		if took := time.Since(began); took != 2*second+second/10 {
			t.Errorf("Close returned after %v, want when Start has failed", took)
		}
		if err := <-started; err == nil {
			t.Error("Start returned no error")
		}
	})
}

// The question for the numbers is lost, and the connection of the node that leaves changes. The other one lives, and
// asks again at once.
func TestAGoodbyeThatIsRepeatedIsAnsweredWithAQuestion(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, c *node) {
		b.client(t, e, "x")
		b.sync(t)
		time.Sleep(2*second + second/10)
		told, asked := 0, 0
		network.Drop(func(m roomtest.Message) bool {
			switch {
			case m.From == "a" && m.To == "b": // the message, and the last heartbeat
				told++
				return told <= 2
			case m.From == "b" && m.To == "a": // the question
				asked++
				return asked == 1
			}
			return false
		})
		text(t, a.Room("x"), "lost")
		ended := make(chan error)
		go func() { ended <- a.Close(t.Context()) }()
		time.Sleep(second / 10)
		network.Lost("a", 0)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		time.Sleep(5 * second)
		if x, heard := b.gap("a", "x"), b.heard(); x != 1 || heard != "[-a]" {
			t.Errorf("missed %d, want 1; heard %s", x, heard)
		}
	})
}

// The others have answered, and the answers are read after the thaw.
func TestANodeThatIsFrozenForLongWhileItClosesStillWaitsForAnswers(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		network := new(roomtest.Network)
		a, b := newNode(t, network, "a", nil), newNode(t, network, "b", nil)
		b.client(t, e, "x")
		b.sync(t)
		time.Sleep(10*second + second/10)
		began := time.Now()
		network.Delay(func(from, _ string) time.Duration {
			if from == "b" {
				return max(0, 15*second+second/2-time.Since(began))
			}
			return 0
		})
		text(t, a.Room("x"), "1")
		ended := make(chan error)
		go func() { ended <- a.Close(t.Context()) }()
		synctest.Wait()
		thaw := network.Freeze("a")
		time.Sleep(15 * second)
		thaw()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 15*second+second/2 {
			t.Errorf("Close took %v, want to the answer after 15.5 s", took)
		}
	})
}

// A message is lost, and the node is frozen before it is asked for its numbers. For the other one it is out
// meanwhile, but not gone.
func TestAGoodbyeThatIsFollowedByAFreezeReportsALoss(t *testing.T) {
	together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
		b.client(t, e, "x")
		b.sync(t)
		time.Sleep(2*second + second/10)
		told := 0
		network.Drop(func(m roomtest.Message) bool { // the message, and the last heartbeat
			if m.From == "a" && m.To == "b" {
				told++
			}
			return m.From == "a" && m.To == "b" && told <= 2
		})
		network.Delay(func(from, _ string) time.Duration {
			if from == "b" {
				return second / 100 // so that the question comes in the freeze
			}
			return 0
		})
		text(t, a.Room("x"), "lost")
		ended := make(chan error)
		go func() { ended <- a.Close(t.Context()) }()
		synctest.Wait()
		thaw := network.Freeze("a")
		time.Sleep(5 * second)
		if heard := b.heard(); heard != "[-a]" {
			t.Errorf("heard %s of the node that is frozen", heard)
		}
		thaw()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if x := b.gap("a", "x"); x != 1 {
			t.Errorf("missed %d, want 1; heard %s", x, b.heard())
		}
		if left := b.Nodes(); len(left) != 1 {
			t.Errorf("still known: %v", left)
		}
	})
}

// A goodbye, or an answer, of an earlier process with the name of b comes late. It says nothing about b.
func TestAnEarlierProcessLetsNoOneGoUnanswered(t *testing.T) {
	for name, kind := range map[string]byte{"goodbye": 2, "answer": 14} {
		t.Run(name, func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
				network := new(roomtest.Network)
				old := forged(kind, 1)
				lives := make(chan []byte, 1) // of a
				bus := network.Bus("m")
				_ = bus.Start(func(_ string, p []byte) {
					if p[19] != 'a' {
						return
					}
					select {
					case lives <- p[2:10]:
					default:
					}
				}, func(int) {})
				bus.Subscribe("all")
				time.Sleep(second)
				a, b := newNode(t, network, "a", nil), newNode(t, network, "b", nil)
				b.client(t, e, "x")
				b.sync(t)
				if kind == 14 {
					old = append(old[:20:20], <-lives...)
				}
				time.Sleep(2*second + second/10)
				network.Delay(func(from, to string) time.Duration {
					if from == "a" && to == "b" {
						return second
					}
					return 0
				})
				text(t, a.Room("x"), "1")
				began, ended := time.Now(), make(chan error, 1)
				go func() { ended <- a.Close(t.Context()) }()
				synctest.Wait()
				bus.Publish("all", as('b', old))
				err := <-ended
				if took := time.Since(began); err != nil || took < second || b.Stats().Received != 1 {
					t.Errorf("Close returned %v after %v, and b has received %d messages; want 1 first", err, took, b.Stats().Received)
				}
				bus.Close()
			})
		})
	}
}

// Faults of one Close: what the other node has not received when Close returns is a Gap there.
func TestWhatIsLostWhileANodeClosesIsAGap(t *testing.T) {
	seeds := []uint64{*seedFlag}
	if *seedFlag == 0 {
		seeds = seeds[:0]
		for range 20 * rig.Rounds() {
			seeds = append(seeds, rand.Uint64())
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("-seed ", seed), func(t *testing.T) {
			together(t, func(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b, _ *node) {
				closeAmongFaults(t, e, network, a, b, rand.New(rand.NewPCG(seed, 0)))
			})
		})
	}
}

func closeAmongFaults(t *testing.T, e *duplex.Engine, network *roomtest.Network, a, b *node, random *rand.Rand) {
	b.client(t, e, "x", "y")
	b.sync(t)
	time.Sleep(2*second + time.Duration(random.IntN(1000))*time.Millisecond)
	percent, delay := random.IntN(80), time.Duration(random.IntN(700))*time.Millisecond
	faults := rand.New(rand.NewPCG(random.Uint64(), 1)) // for the one goroutine of a that publishes
	network.Drop(func(m roomtest.Message) bool { return m.From == "a" && m.To == "b" && faults.IntN(100) < percent })
	network.Delay(func(from, to string) time.Duration { return delay / time.Duration(len(from+to)) })
	sent := random.IntN(20)
	for range sent {
		text(t, a.Room("x"), "1")
	}
	ended := make(chan error)
	go func() { ended <- a.Close(t.Context()) }()
	for range random.IntN(3) {
		time.Sleep(time.Duration(random.IntN(2000)) * time.Millisecond)
		thaw := network.Freeze("a")
		time.Sleep(time.Duration(random.IntN(14)) * second)
		thaw()
	}
	if err := <-ended; err != nil {
		var incomplete *room.IncompleteError
		if !errors.As(err, &incomplete) || percent < 20 {
			t.Errorf("Close returned %v, although %d %% are lost", err, percent)
		}
		return
	}
	time.Sleep(2 * second)
	if n, lost := b.Stats().Received, b.gap("a", "x"); n+int64(lost) != int64(sent) {
		t.Errorf("%d messages have come, and %d are missing; %d were sent", n, lost, sent)
	}
}
