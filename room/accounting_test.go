// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room/roomtest"
)

var seedFlag = flag.Uint64("seed", 0, "play this one plan of faults")

// A ledger is what one client has received of each sender and room.
type ledger struct {
	mu       sync.Mutex
	received map[string]int // by node and room
	last     map[string]int
	wrong    []string
}

// take is the OnData of a client: a line is "node room number".
func (l *ledger) take(_ *duplex.Socket, p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := bytes.LastIndexByte(p, ' ')
	from := string(p[:i])
	n, _ := strconv.Atoi(string(p[i+1:]))
	if n <= l.last[from] {
		l.wrong = append(l.wrong, fmt.Sprintf("%s after %d", p, l.last[from]))
	}
	l.received[from]++
	l.last[from] = n
}

// TestGapsAreExactlyWhatIsMissing plays random faults, and then holds that every node has
// received, or reported as lost, every message of every other, and none twice.
func TestGapsAreExactlyWhatIsMissing(t *testing.T) {
	seeds := []uint64{*seedFlag}
	if *seedFlag == 0 {
		seeds = seeds[:0]
		for range 4 * rig.Rounds() {
			seeds = append(seeds, rand.Uint64())
		}
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint("-seed ", seed), func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) { playFaults(t, e, rand.New(rand.NewPCG(seed, 0))) })
		})
	}
}

func playFaults(t *testing.T, e *duplex.Engine, random *rand.Rand) {
	network := new(roomtest.Network)
	rooms := []string{"r0", "r1", "r2"}
	var nodes []*node
	var ledgers []*ledger
	for _, name := range []string{"a", "b", "c"} {
		n := newNode(t, network, name, nil)
		l := &ledger{received: make(map[string]int), last: make(map[string]int)}
		_, b := duplextest.PipeOf(t, e, &duplex.Handler{Split: bufio.ScanLines, OnData: l.take}, nil)
		if err := n.Join(b.Socket, rooms...); err != nil {
			t.Fatal(err)
		}
		nodes, ledgers = append(nodes, n), append(ledgers, l)
	}
	synctest.Wait()
	for _, n := range nodes {
		n.sync(t)
	}

	faults := rand.New(rand.NewPCG(random.Uint64(), 1)) // for the goroutines of the network
	var mu sync.Mutex
	dice := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return faults.IntN(n)
	}
	thaw := map[string]func(){}
	sent := make(map[string]int) // by node and room
	for range 400 {              // 40 s
		switch name := nodes[random.IntN(3)].name; random.IntN(30) {
		case 0:
			network.Partition([]string{name})
		case 1, 2:
			network.Heal()
		case 3:
			percent := []int{5, 30, 100}[random.IntN(3)]
			network.Drop(func(m roomtest.Message) bool { return m.From == name && dice(100) < percent })
		case 4:
			network.Drop(nil)
		case 5:
			if thaw[name] == nil {
				thaw[name] = network.Freeze(name)
			}
		case 6, 7:
			if thaw[name] != nil {
				thaw[name]()
				delete(thaw, name)
			}
		case 8:
			most := 1 + random.IntN(5000)
			network.Delay(func(from, _ string) time.Duration {
				if from != name {
					return 0
				}
				return time.Duration(dice(most)) * time.Millisecond
			})
		case 9:
			network.Delay(nil)
		}
		for _, n := range nodes {
			for range random.IntN(3) {
				some := rooms[:1+random.IntN(3)]
				if random.IntN(2) > 0 {
					some = some[len(some)-1:]
				}
				// Of several rooms each client hears once; the first says which.
				from := n.name + " " + strings.Join(some, "+")
				sent[from]++
				for _, name := range some {
					sent[n.name+" in "+name]++
				}
				text(t, n.Room(some...), "%s %d\n", from, sent[from])
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	network.Heal()
	network.Drop(nil)
	network.Delay(nil)
	for _, f := range thaw {
		f()
	}
	time.Sleep(20 * second) // what was delayed arrives, and heartbeats settle the rest
	for _, n := range nodes {
		n.sync(t)
	}
	synctest.Wait()

	for i, n := range nodes {
		l := ledgers[i]
		for _, wrong := range l.wrong {
			t.Errorf("%s received %s", n.name, wrong)
		}
		for _, from := range nodes {
			for _, name := range rooms {
				received := 0
				for key, times := range l.received {
					if sender, some, _ := strings.Cut(key, " "); sender == from.name && strings.Contains(some, name) {
						received += times
					}
				}
				lost := n.gap(from.name, name)
				if all := sent[from.name+" in "+name]; received+lost != all {
					t.Errorf("%s of %s in %s: received %d, lost %d; sent %d", n.name, from.name, name, received, lost, all)
				}
			}
		}
		for _, other := range n.Nodes() {
			if !other.Up {
				t.Errorf("%s is still out for %s", other.Name, n.name)
			}
		}
		n.Room(rooms...).Local().Kick("over")
	}
}
