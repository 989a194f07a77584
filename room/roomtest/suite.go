// Copyright 2026 The duplex authors. MIT license.

package roomtest

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/room"
)

// Create returns Buses with these names that are not started. Once all are, they find
// each other, within [duplextest.Patience].
type Create func(t *testing.T, names ...string) []room.Bus

// TestBus holds a Bus to the contract of room.Bus, and then Hubs on it to their promises.
func TestBus(t *testing.T, create Create) {
	for _, test := range []struct {
		name string
		f    func(t *testing.T, create Create)
	}{
		{"OnlySubscribersReceive", onlySubscribersReceive},
		{"MessagesOfANodeStayInOrder", messagesStayInOrder},
		{"ASubscriptionIsKnownToWhoeverAnswers", subscriptionIsKnown},
		{"SubjectsAndMessagesMayBeLong", subjectsMayBeLong},
		{"NothingComesAfterClose", nothingComesAfterClose},
		{"HubsServeRoomsTogether", hubsServeRooms},
		{"HubsMissNothingAfterSync", hubsMissNothing},
		{"HubsLetOneOfSimultaneousLoginsStay", hubsLetOneLoginStay},
		{"HubsAccountForAFlood", hubsAccountForAFlood},
		{"HubsSayGoodbye", hubsSayGoodbye},
	} {
		t.Run(test.name, func(t *testing.T) { test.f(t, create) })
	}
}

// A station is a Bus that the suite uses, and what it has received.
type station struct {
	room.Bus
	busy atomic.Bool // receive is at work

	mu     sync.Mutex
	got    []string // "subject message"
	answer func(subject string, p []byte)
}

// stations starts Buses, and returns when each has received something of each other.
func stations(t *testing.T, buses []room.Bus) []*station {
	t.Helper()
	var list []*station
	for _, bus := range buses {
		s := &station{Bus: bus}
		t.Cleanup(func() { s.Close() })
		if err := s.Start(func(subject string, p []byte) { s.receive(t, subject, p) }, func(int) {}); err != nil {
			t.Fatal(err)
		}
		s.subscribe(t, "all")
		list = append(list, s)
	}
	until(t, "all nodes hear each other", func() bool {
		heard := true
		for _, s := range list {
			s.publish(t, "all", "hello "+s.Node())
			for _, other := range list {
				heard = heard && (s == other || s.has("all hello "+other.Node()))
			}
		}
		return heard
	})
	for _, s := range list { // the rest of these hellos
		s.publish(t, "all", "last "+s.Node())
	}
	until(t, "the hellos are over", func() bool {
		for _, s := range list {
			for _, other := range list {
				if s != other && !s.has("all last "+other.Node()) {
					return false
				}
			}
		}
		return true
	})
	for _, s := range list {
		s.take()
	}
	return list
}

func (s *station) receive(t *testing.T, subject string, p []byte) {
	if s.busy.Swap(true) {
		t.Error("receive was called while it was at work")
	}
	defer s.busy.Store(false)
	s.mu.Lock()
	answer := s.answer
	s.got = append(s.got, subject+" "+string(p))
	s.mu.Unlock()
	if answer != nil {
		answer(subject, p)
	}
}

func (s *station) subscribe(t *testing.T, subject string) {
	t.Helper()
	if err := s.Subscribe(subject); err != nil {
		t.Fatal(err)
	}
}

func (s *station) publish(t *testing.T, subject, text string) {
	t.Helper()
	if err := s.Publish(subject, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func (s *station) has(message string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, got := range s.got {
		if got == message {
			return true
		}
	}
	return false
}

func (s *station) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.got)
}

// take returns what was received, and forgets it.
func (s *station) take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.got
	s.got = nil
	return got
}

// until waits for a condition that nothing reports.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for began := time.Now(); !done(); time.Sleep(time.Millisecond) {
		if time.Since(began) > duplextest.Patience {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func onlySubscribersReceive(t *testing.T, create Create) {
	nodes := stations(t, create(t, "a", "b", "c"))
	a, b, c := nodes[0], nodes[1], nodes[2]
	b.subscribe(t, "room.x")
	b.subscribe(t, "room.y")
	if err := b.Unsubscribe("room.y"); err != nil {
		t.Fatal(err)
	}
	c.subscribe(t, "room.x.y")
	b.publish(t, "all", "ready")
	c.publish(t, "all", "ready")
	until(t, "both are ready", func() bool { return a.len() == 2 })
	for _, subject := range []string{"room.x", "room.y", "room.x.y", "room", "all"} {
		a.publish(t, subject, "to "+subject)
	}
	until(t, "the last message has come", func() bool { return b.has("all to all") && c.has("all to all") })
	for s, want := range map[*station]string{
		b: "[all ready room.x to room.x all to all]",
		c: "[all ready room.x.y to room.x.y all to all]",
	} {
		if got := fmt.Sprint(s.take()); got != want {
			t.Errorf("%s received %s, want %s", s.Node(), got, want)
		}
	}
}

func messagesStayInOrder(t *testing.T, create Create) {
	const n = 5000
	nodes := stations(t, create(t, "a", "b", "c"))
	for i := range 10 {
		nodes[0].subscribe(t, fmt.Sprint("room.", i))
	}
	nodes[0].publish(t, "all", "ready")
	until(t, "the subscriptions are known", func() bool { return nodes[1].len() > 0 && nodes[2].len() > 0 })
	var group sync.WaitGroup
	for _, s := range nodes[1:] {
		group.Go(func() {
			for i := range n {
				s.Publish(fmt.Sprint("room.", i%10), fmt.Appendf(nil, "%s %d", s.Node(), i))
			}
		})
	}
	group.Wait()
	for _, s := range nodes[1:] {
		s.publish(t, "all", "over "+s.Node())
	}
	until(t, "both are over", func() bool { return nodes[0].has("all over b") && nodes[0].has("all over c") })
	next := map[string]int{}
	for _, message := range nodes[0].take() {
		var i int
		var subject, from string
		if k, _ := fmt.Sscanf(message, "%s %s %d", &subject, &from, &i); k < 3 {
			continue
		}
		if i < next[from] {
			t.Fatalf("message %d of %s came after %d", i, from, next[from]-1)
		}
		next[from] = i + 1
	}
	if next["b"] == 0 || next["c"] == 0 {
		t.Errorf("got up to %v", next)
	}
}

func subscriptionIsKnown(t *testing.T, create Create) {
	nodes := stations(t, create(t, "a", "b"))
	a, b := nodes[0], nodes[1]
	// As a Hub does, b publishes on a goroutine of its own.
	questions := make(chan string, 1000)
	b.mu.Lock()
	b.answer = func(_ string, p []byte) { questions <- string(p) }
	b.mu.Unlock()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case subject := <-questions:
				b.Publish(subject, []byte("answer"))
			case <-stop:
				return
			}
		}
	}()
	missed := 0
	for i := range 300 {
		subject := fmt.Sprint("room.", i)
		a.subscribe(t, subject)
		a.publish(t, "all", subject)
		a.publish(t, "all", "all") // its answer comes after the other
		until(t, "the second answer has come", func() bool { return a.has("all answer") })
		if !a.has(subject + " answer") {
			missed++
		}
		a.take()
	}
	close(stop)
	<-done
	if missed > 0 {
		t.Errorf("%d answers of 300 were missed", missed)
	}
}

func subjectsMayBeLong(t *testing.T, create Create) {
	nodes := stations(t, create(t, "a", "b"))
	subject := "room." + strings.Repeat("%C3%A4-_aZ09", 66)
	nodes[0].subscribe(t, subject)
	nodes[0].publish(t, "all", "ready")
	until(t, "the subscription is known", func() bool { return nodes[1].len() > 0 })
	long := bytes.Repeat([]byte("0123456789"), room.MaxMessage/10)
	long = append(long, long[:room.MaxMessage-len(long)]...)
	for _, p := range [][]byte{{}, {0}, long} {
		if err := nodes[1].Publish(subject, p); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "all have come", func() bool { return nodes[0].len() == 3 })
	got := nodes[0].take()
	for i, want := range []string{"", "\x00", string(long)} {
		if got[i] != subject+" "+want {
			t.Errorf("message %d came with %d bytes, want %d", i, len(got[i]), len(want))
		}
	}
}

func nothingComesAfterClose(t *testing.T, create Create) {
	nodes := stations(t, create(t, "a", "b"))
	over := make(chan string, 1000)
	go func() {
		defer close(over)
		for i := range 2000 {
			nodes[1].Publish("all", fmt.Append(nil, i))
		}
	}()
	until(t, "something comes", func() bool { return nodes[0].len() > 0 })
	if err := nodes[0].Close(); err != nil {
		t.Error(err)
	}
	n := nodes[0].len()
	<-over
	time.Sleep(10 * time.Millisecond)
	if more := nodes[0].len(); more != n {
		t.Errorf("%d messages came after Close", more-n)
	}
	if err := nodes[0].Publish("all", nil); err == nil {
		t.Error("a closed Bus has published")
	}
}
