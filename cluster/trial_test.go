// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex/duplextest"
)

// long selects the long form of the trials, which also holds times.
var long = flag.Bool("long", false, "play the trials for their full time, and hold what they measure to its goals")

// choose returns what the short or the long form takes.
func choose[T any](short, whole T) T {
	if *long {
		return whole
	}
	return short
}

// A process is a node of a trial, in a process of its own.
type process struct {
	setup
	cmd    *exec.Cmd
	orders *json.Encoder
	in     io.Closer
	out    *json.Decoder

	// What this process knows of earlier processes of other nodes, by node and room, and which nodes
	// had sent something before it was there.
	past map[string]int
	late map[string]bool
}

// start starts the process.
func (p *process) start(t *testing.T) {
	t.Helper()
	config, err := json.Marshal(p.setup)
	if err != nil {
		t.Fatal(err)
	}
	p.past, p.late = make(map[string]int), make(map[string]bool)
	p.cmd = exec.Command(os.Args[0])
	p.cmd.Env = append(os.Environ(), beAgent+"="+string(config))
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errors bytes.Buffer
	p.cmd.Stderr = &errors
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.orders, p.in, p.out = json.NewEncoder(in), in, json.NewDecoder(out)
	cmd := p.cmd
	t.Cleanup(func() {
		in.Close()
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() && errors.Len() > 0 {
			t.Logf("%s: %s", p.Name, errors.String())
		}
	})
}

// do has the process carry out an order.
func (p *process) do(t *testing.T, o order) (r report) {
	t.Helper()
	if err := p.orders.Encode(o); err != nil {
		t.Fatalf("%s, %s: %v", p.Name, o.Do, err)
	}
	if err := p.out.Decode(&r); err != nil {
		t.Fatalf("%s, %s: %v", p.Name, o.Do, err)
	}
	if r.Err != "" {
		t.Fatalf("%s, %s: %s", p.Name, o.Do, r.Err)
	}
	for _, wrong := range r.Wrong {
		t.Errorf("%s: %s", p.Name, wrong)
	}
	return r
}

// all has all carry out an order at the same time.
func all(t *testing.T, nodes []*process, o order) []report {
	t.Helper()
	list := make([]report, len(nodes))
	var group sync.WaitGroup
	for i, p := range nodes {
		group.Go(func() { list[i] = p.do(t, o) })
	}
	group.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return list
}

// trio starts three processes that know each other. With a web they know but the first one,
// and routes lead through relays.
func trio(t *testing.T, w *web, base setup) []*process {
	t.Helper()
	addrs := free(t, 3)
	told := slices.Clone(addrs)
	var nodes []*process
	for i, name := range []string{"a", "b", "c"} {
		s := base
		s.Name, s.Listen, s.Peers = name, addrs[i], addrs
		if w != nil {
			told[i] = w.relay(t, name, addrs[i])
			s.Advertise, s.Peers = told[i], told[:1]
		}
		p := &process{setup: s}
		p.start(t)
		nodes = append(nodes, p)
	}
	met(t, nodes)
	return nodes
}

// met waits until all know each other. On a machine that has other work, three processes that start at the lowest
// priority, with a thousand subscriptions each, have taken 20 s.
func met(t *testing.T, nodes []*process) {
	t.Helper()
	within(t, 6*duplextest.Patience, "all nodes know each other", func() bool {
		return !slices.ContainsFunc(nodes, func(p *process) bool {
			return p.do(t, order{Do: "report"}).Stats.Nodes < len(nodes)-1
		})
	})
}

// rooms are where each node of a trial has a member from start to end.
func rooms(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprint("room-", i))
	}
	return list
}

// open returns what is wrong with the account that p has, in r, of the messages of a node to
// a room: received and lost have to be what was sent. Of a node that had sent something before, only the first number that came is
// known, and what was lost may have been before that.
func (p *process) open(r report, node, name string, sent int) string {
	at := r.Accounts[node+" "+name]
	if p.late[node] {
		sent -= max(at.First, 1) - 1
		if at.Received <= sent && sent <= at.Received+at.Lost {
			return ""
		}
	}
	if sent += p.past[node+" "+name]; at.Received+at.Lost == sent {
		return ""
	}
	return fmt.Sprintf("%s of %s in %s: %d received, %d lost; %d sent\n", p.Name, node, name, at.Received, at.Lost, sent)
}

// ended notes that the process of a node has ended, when p knows of these messages of it.
func (p *process) ended(r report, node string, rooms []string) {
	p.late[node] = false
	for _, name := range rooms {
		at := r.Accounts[node+" "+name]
		p.past[node+" "+name] = at.Received + at.Lost
	}
}

// balance holds that every node has received, or knows that it has lost, every message of
// every other, and all of its own.
func balance(t *testing.T, nodes []*process, rooms []string) []report {
	t.Helper()
	var reports []report
	var open string
	for began := time.Now(); time.Since(began) < duplextest.Patience; time.Sleep(50 * time.Millisecond) {
		reports, open = all(t, nodes, order{Do: "report"}), ""
		for i, p := range nodes {
			for k, from := range nodes {
				for _, name := range rooms {
					open += p.open(reports[i], from.Name, name, reports[k].Sent[name])
				}
			}
		}
		if open == "" {
			return reports
		}
	}
	t.Fatalf("the accounts do not balance:\n%s", open)
	return nil
}

// sums returns the messages of other nodes that a node has received, and lost, and the age of the
// oldest.
func (r report) sums(self string) (received, lost int, oldest time.Duration) {
	for stream, at := range r.Accounts {
		if stream[:len(self)] != self {
			received, lost, oldest = received+at.Received, lost+at.Lost, max(oldest, at.Oldest)
		}
	}
	return received, lost, oldest
}

// gone reports whether a node has ended, as far as OnNode says: before it said goodbye if it was silent.
func (r report) gone(node string) bool {
	up := false
	for _, c := range r.Nodes {
		if c.Node == node {
			up = c.Up
		}
	}
	return !up
}

// left returns when the end of a node was reported, if that was after the given time.
func (r report) left(node string, since time.Time) (at time.Time, ok bool) {
	i := slices.IndexFunc(r.Nodes, func(c change) bool { return c.Node == node && !c.Up && c.At.After(since) })
	if i < 0 {
		return at, false
	}
	return r.Nodes[i].At, true
}

func TestSyncMissesNothing(t *testing.T) {
	joins := choose(200, 8000)
	nodes := trio(t, nil, setup{Heartbeat: time.Second})
	r := nodes[0].do(t, order{Do: "sync", N: joins})
	slices.Sort(r.Took)
	p99 := r.Took[len(r.Took)*99/100]
	t.Logf("%d joins: %d answers missed; Sync took %v at the median, %v at p99, %v at most", joins, r.Missed, r.Took[joins/2], p99, r.Took[joins-1])
	if r.Missed > 0 || *long && p99 > 2*time.Millisecond {
		t.Error("want none, and at most 2 ms")
	}
}

func TestOfLoginsAtTheSameInstantOneStays(t *testing.T) {
	users := choose(300, 10_000)
	nodes := trio(t, nil, setup{Heartbeat: time.Second, Unique: true})
	all(t, nodes[:2], order{Do: "prepare", N: users})
	for range choose(2, 5) {
		began := time.Now().Add(200 * time.Millisecond)
		all(t, nodes[:2], order{Do: "login", N: users, At: began})
		done := time.Now()
		holders := make(map[string]int)
		until(t, "each user has one holder", func() bool {
			clear(holders)
			twice := false
			for _, r := range all(t, nodes, order{Do: "users"}) {
				for _, name := range r.Users {
					holders[name]++
					twice = twice || holders[name] > 1
				}
			}
			return !twice
		})
		t.Logf("%d users: both nodes had bound them after %v, and each had one holder after %v more", users, done.Sub(began), time.Since(done))
		if len(holders) != users {
			t.Errorf("%d users have a holder", len(holders))
		}
		if took := time.Since(done); *long && took > 3*time.Second {
			t.Error("want that within three heartbeats")
		}
	}
}

func TestJoinsAndLeavesWithoutEnd(t *testing.T) {
	const beat = 200 * time.Millisecond
	stable := rooms(5)
	nodes := trio(t, nil, setup{Heartbeat: beat})
	all(t, nodes, order{Do: "join", Rooms: stable})
	var second []report
	for round := range choose(1, 4) {
		all(t, nodes, order{Do: "send", Rooms: stable, N: choose(200, 1000)})
		all(t, nodes, order{Do: "churn", Rooms: rooms(choose(500, 5000)), N: choose(500, 3400)})
		all(t, nodes, order{Do: "ask", Rooms: stable, N: 20, Expect: 3})
		before := all(t, nodes, order{Do: "report"})
		began := time.Now()
		time.Sleep(choose(time.Second, 20*time.Second))
		all(t, nodes, order{Do: "stop"})
		seconds := time.Since(began).Seconds()
		reports := balance(t, nodes, stable)
		done, received, lost := 0, 0, 0
		var oldest time.Duration
		for i, r := range reports {
			done += r.Done - before[i].Done
			got, gone, age := r.sums(nodes[i].Name)
			received, lost, oldest = received+got, lost+gone, max(oldest, age)
		}
		t.Logf("round %d: %.0f joins and leaves a second; so far %d messages received and %d lost, the oldest was %v old", round, float64(done)/seconds, received, lost, oldest)
		truth := make(map[string]int)
		for _, r := range all(t, nodes, order{Do: "rooms"}) {
			for name, n := range r.Rooms {
				truth[name] += n
			}
		}
		asked := 0
		for name, n := range truth {
			for _, p := range nodes {
				if got := p.do(t, order{Do: "count", Rooms: []string{name}}).Count; got != n {
					t.Errorf("%s counts %d in %s, want %d", p.Name, got, name, n)
				}
			}
			if asked++; asked == 50 {
				break
			}
		}
		// Rooms stay subscribed to for five heartbeats, and numbers are kept for 120.
		all(t, nodes, order{Do: "settle"})
		quiet := func(r report) bool { return r.Stats.Rooms == len(stable) }
		until(t, "the rooms are empty", func() bool {
			return !slices.ContainsFunc(all(t, nodes, order{Do: "report"}), func(r report) bool { return !quiet(r) })
		})
		time.Sleep(choose(0, 200*beat))
		rest := func() []report { return all(t, nodes, order{Do: "weigh"}) }
		until(t, "the subscriptions are back", func() bool {
			return !slices.ContainsFunc(rest(), func(r report) bool { return r.Subs != rest()[0].Subs || r.Subs > 3*(1024+200) })
		})
		now := rest()
		for i, r := range now {
			t.Logf("round %d: %s has %d subscriptions and a heap of %d KB", round, nodes[i].Name, r.Subs, r.Heap>>10)
			if round > 1 && (r.Subs != second[i].Subs || r.Heap > second[i].Heap*11/10) {
				t.Errorf("%s had %d, and %d KB, after the second round", nodes[i].Name, second[i].Subs, second[i].Heap>>10)
			}
		}
		if round == 1 { // the first has made the maps
			second = now
		}
	}
}

func TestARouteIsCut(t *testing.T) {
	stable := rooms(5)
	w := newWeb(t)
	nodes := trio(t, w, setup{Heartbeat: choose(300*time.Millisecond, time.Second)})
	all(t, nodes, order{Do: "join", Rooms: stable})
	all(t, nodes, order{Do: "send", Rooms: stable, N: choose(500, 2000)})
	wait := func(beats float64) {
		time.Sleep(time.Duration(beats * float64(choose(300*time.Millisecond, time.Second))))
	}
	for range choose(1, 10) { // at once made again
		wait(.5)
		w.cut("b", "c")()
	}
	for _, beats := range choose([]float64{5}, []float64{1, 2, 5, 20}) {
		repair := w.cut("b", "c")
		wait(beats)
		repair()
		met(t, nodes)
	}
	for _, beats := range choose([]float64{}, []float64{1, 2.5, 5, 10}) {
		repair := w.stall("a", "b")
		wait(beats)
		repair()
		met(t, nodes)
		wait(2)
	}
	all(t, nodes, order{Do: "stop"})
	reports := balance(t, nodes, stable)
	for i, r := range reports {
		received, lost, oldest := r.sums(nodes[i].Name)
		t.Logf("%s: %d messages received, %d lost, the oldest was %v old; %d changes of nodes", nodes[i].Name, received, lost, oldest, len(r.Nodes))
		if *long && oldest > 3050*time.Millisecond {
			t.Errorf("want at most three heartbeats")
		}
	}
}

func TestARollingRestart(t *testing.T) {
	stable := rooms(5)
	nodes := trio(t, nil, setup{Heartbeat: time.Second})
	all(t, nodes, order{Do: "join", Rooms: stable})
	all(t, nodes, order{Do: "send", Rooms: stable, N: choose(200, 1000)})
	for range choose(1, 3) {
		for i, p := range nodes {
			time.Sleep(choose(100*time.Millisecond, 3*time.Second))
			p.do(t, order{Do: "stop"})
			r := p.do(t, order{Do: "close"})
			p.in.Close()
			p.cmd.Wait()
			others := slices.Delete(slices.Clone(nodes), i, i+1)
			until(t, "the others have all of its messages, and know that it has left", func() bool {
				for k, now := range all(t, others, order{Do: "report"}) {
					for _, name := range stable {
						if others[k].open(now, p.Name, name, r.Sent[name]) != "" {
							return false
						}
					}
					if !now.gone(p.Name) {
						return false
					}
				}
				return true
			})
			for k, now := range all(t, others, order{Do: "report"}) {
				others[k].ended(now, p.Name, stable)
			}
			began := time.Now()
			p.start(t)
			for _, q := range others {
				p.late[q.Name] = true
			}
			met(t, nodes)
			t.Logf("%s was back after %v", p.Name, time.Since(began))
			p.do(t, order{Do: "join", Rooms: stable})
			p.do(t, order{Do: "send", Rooms: stable, N: choose(200, 1000)})
		}
	}
	time.Sleep(choose(500*time.Millisecond, 3*time.Second)) // the last one hears all rooms
	all(t, nodes, order{Do: "stop"})
	for i, r := range balance(t, nodes, stable) {
		received, lost, oldest := r.sums(nodes[i].Name)
		t.Logf("%s: %d messages received, %d lost, the oldest was %v old", nodes[i].Name, received, lost, oldest)
		if *long && lost > 0 {
			t.Errorf("want none lost")
		}
	}
}

func TestANodeIsKilled(t *testing.T) {
	stable := rooms(5)
	nodes := trio(t, nil, setup{Heartbeat: time.Second})
	a, b, c := nodes[0], nodes[1], nodes[2]
	all(t, nodes, order{Do: "join", Rooms: stable})
	rate := choose(200, 1000)
	all(t, nodes, order{Do: "send", Rooms: stable, N: rate})
	for range choose(1, 10) {
		sent := b.do(t, order{Do: "report"}).Sent
		time.Sleep(1100 * time.Millisecond)
		killed := time.Now()
		b.cmd.Process.Kill()
		b.cmd.Wait()
		for _, p := range []*process{a, c} {
			var r report
			var at time.Time
			until(t, "its end is reported", func() (ok bool) {
				r = p.do(t, order{Do: "report"})
				at, ok = r.left("b", killed)
				return ok
			})
			took := at.Sub(killed)
			t.Logf("%s reports the end of b after %v", p.Name, took)
			if *long && took > 500*time.Millisecond {
				t.Errorf("want that within half a second")
			}
			for name, n := range sent {
				at := r.Accounts["b "+name]
				if have := at.Received + at.Lost - p.past["b "+name]; have < n {
					t.Errorf("%s knows of %d messages in %s, a heartbeat before its end there were %d", p.Name, have, name, n)
				}
			}
			p.ended(r, "b", stable)
		}
		if !*long {
			break
		}
		b.start(t)
		met(t, nodes)
		b.do(t, order{Do: "join", Rooms: stable})
		b.do(t, order{Do: "send", Rooms: stable, N: rate})
	}
	rest := []*process{a, c}
	all(t, rest, order{Do: "stop"})
	reports := balance(t, rest, stable)
	for i, r := range reports {
		received, lost, _ := r.sums(rest[i].Name)
		t.Logf("%s: %d messages received, %d lost", rest[i].Name, received, lost)
	}
}
