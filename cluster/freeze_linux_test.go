// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

func TestANodeIsFrozen(t *testing.T) {
	beat := choose(300*time.Millisecond, time.Second)
	stable := rooms(5)
	nodes := trio(t, nil, setup{Heartbeat: beat})
	b := nodes[1]
	all(t, nodes, order{Do: "join", Rooms: stable})
	all(t, nodes, order{Do: "send", Rooms: stable, N: choose(500, 1000)})
	var stops []time.Time
	rounds := choose(1, 5)
	for range rounds {
		time.Sleep(2 * beat)
		stops = append(stops, time.Now())
		for _, signal := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT} {
			if err := b.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if signal == syscall.SIGSTOP {
				time.Sleep(5 * beat)
			}
		}
		met(t, nodes)
		time.Sleep(beat)
	}
	all(t, nodes, order{Do: "stop"})
	for i, r := range balance(t, nodes, stable) {
		accused := make(map[string]int)
		for _, c := range r.Nodes {
			if !c.Up {
				accused[c.Node]++
			}
		}
		received, lost, _ := r.sums(nodes[i].Name)
		t.Logf("%s: %d messages received, %d lost; it has reported as out: %v", nodes[i].Name, received, lost, accused)
		for _, m := range r.Stale {
			// What the frozen process had in its hands when it was stopped is not the Hub's any more.
			if !slices.ContainsFunc(stops, func(stop time.Time) bool {
				return m.Sent.Before(stop) && m.Sent.After(stop.Add(-250*time.Millisecond))
			}) {
				t.Errorf("%s has received one that was %v old: %+v", nodes[i].Name, m.Age, m)
			}
		}
		if *long {
			want := map[string]int{"b": rounds}
			if nodes[i] == b {
				want = nil
			}
			for _, p := range nodes {
				if accused[p.Name] != want[p.Name] {
					t.Errorf("%s has reported %v", nodes[i].Name, accused)
				}
			}
		}
	}
}
