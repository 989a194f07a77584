// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/examples/internal/program"
	"github.com/duplex-go/duplex/room/roomtest"
)

// TestMain is the example itself where a test has started it as one.
func TestMain(m *testing.M) { program.Main(m, main) }

// A town is three nodes in this process, whose network and time are the test's.
type town struct {
	roomtest.Network
	nodes []*lobby
}

// simulate runs f with three nodes, in a bubble of virtual time: a wait takes no time.
func simulate(t *testing.T, f func(t *testing.T, w *town)) {
	synctest.Test(t, func(t *testing.T) {
		w := new(town)
		for i := range 3 {
			e := &duplex.Engine{Driver: "memory"}
			defer e.Close()
			l := newLobby(e, w.Bus(fmt.Sprint("node-", i+1)))
			l.report = t.Logf
			if err := l.start("127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := l.close(context.Background()); err != nil {
					t.Error(err)
				}
			}()
			w.nodes = append(w.nodes, l)
		}
		time.Sleep(time.Second) // they meet
		f(t, w)
	})
}

// A client is what a player has, and what it was told, line by line.
type client struct {
	*duplex.Socket
	duplextest.Recorder
}

// visit connects to node 1, 2 or 3.
func (w *town) visit(t *testing.T, node int) *client {
	t.Helper()
	l := w.nodes[node-1]
	c := &client{Recorder: duplextest.Recorder{Pieces: true}}
	from := duplex.Client{Engine: l.srv.Engine}
	c.Socket = from.Connect(t.Context(), "tcp", l.srv.Addr().String(), c.Handler(&duplex.Handler{Framing: codec.Lines}))
	c.Expect(t, "connect", "data: hello from "+l.name)
	return c
}

// login visits a node as a player, who joins the room game.
func (w *town) login(t *testing.T, node int, name string) *client {
	t.Helper()
	time.Sleep(time.Second) // what was said before has arrived
	c := w.visit(t, node)
	c.says("login "+name, "join game")
	c.Expect(t, "data: welcome "+name)
	c.hears(t, node, name+" comes")
	return c
}

func (c *client) says(lines ...string) { io.WriteString(c.Socket, strings.Join(lines, "\n")+"\n") }

// hears expects lines of the room game from a node. Their numbers are in TestNumbersRise.
func (c *client) hears(t *testing.T, node int, lines ...string) {
	t.Helper()
	for _, line := range lines {
		c.ExpectMatch(t, fmt.Sprintf(`data: in game node-%d \d+ %s`, node, line))
	}
}

func TestPlayersOfAllNodesTalk(t *testing.T) {
	simulate(t, func(t *testing.T, w *town) {
		ann := w.login(t, 1, "Ann")
		bob := w.login(t, 2, "Bob")
		ann.hears(t, 2, "Bob comes")
		ann.says("say game 你好")
		ann.hears(t, 1, "Ann says 你好")
		bob.hears(t, 1, "Ann says 你好")
		bob.says("to Ann psst", "move game 4 2", "who game", "count game", "nodes")
		bob.Expect(t, "data: who game: Ann Bob", "data: count game: 2", "data: this is node-2; others: node-1, node-3")
		ann.Expect(t, "data: from Bob: psst", "data: at game Bob 4 2")
		bob.says("quit game", "say game hello?")
		bob.hears(t, 2, "Bob leaves")
		bob.Expect(t, "data: error: you are not in that room")
		ann.hears(t, 2, "Bob leaves")
		ann.End()
		ann.Expect(t, "end", "close")
		bob.says("who game")
		bob.Expect(t, "data: who game: ")
	})
}

func TestOfTwoLoginsTheNewerStays(t *testing.T) {
	simulate(t, func(t *testing.T, w *town) {
		old := w.login(t, 1, "Ann")
		bob := w.login(t, 2, "Bob")
		old.hears(t, 2, "Bob comes")
		ann := w.visit(t, 3)
		ann.says("login Ann", "join game")
		ann.Expect(t, "data: welcome Ann")
		old.Expect(t, "data: kicked: you have logged in elsewhere", "end", "close")
		either := `data: in game node-(3 1 Ann comes|1 \d+ Ann leaves)` // there is no order between two nodes
		bob.ExpectMatch(t, either, either)
		bob.says("to Ann still here?")
		time.Sleep(time.Second)
		ann.End()
		if events := ann.Events(t); !slices.Contains(events, "data: from Bob: still here?") {
			t.Errorf("Ann heard %q", events)
		}
	})
}

func TestTheHostKicks(t *testing.T) {
	simulate(t, func(t *testing.T, w *town) {
		ann, bob, host := w.login(t, 1, "Ann"), w.visit(t, 2), w.visit(t, 3)
		bob.says("login Bob", "kick Ann out")
		bob.Expect(t, "data: welcome Bob", "data: error: only the player named host may do that")
		host.says("login host", "shout behave", "kick Ann for shouting")
		host.Expect(t, "data: welcome host", "data: host shouts: behave")
		bob.Expect(t, "data: host shouts: behave")
		ann.Expect(t, "data: host shouts: behave", "data: kicked: for shouting", "end", "close")
	})
}

// Three messages of a node are lost on the way to another. They come again, with the
// numbers that they had, and to the players of that node alone.
func TestWhatWasLostBetweenNodesComesAgain(t *testing.T) {
	simulate(t, func(t *testing.T, w *town) {
		ann := w.login(t, 1, "Ann")
		bob := w.login(t, 2, "Bob")
		eve := w.login(t, 3, "Eve")
		ann.hears(t, 2, "Bob comes")
		ann.hears(t, 3, "Eve comes")
		bob.hears(t, 3, "Eve comes")
		w.Drop(func(m roomtest.Message) bool { return m.To == "node-2" && strings.HasPrefix(m.Subject, "room.") })
		ann.says("say game one", "say game two", "say game three")
		ann.hears(t, 1, "Ann says one", "Ann says two", "Ann says three")
		eve.hears(t, 1, "Ann says one", "Ann says two", "Ann says three")
		w.Drop(nil)
		ann.says("say game four")
		ann.hears(t, 1, "Ann says four")
		eve.hears(t, 1, "Ann says four")
		eve.ExpectNothing(t, time.Minute)
		bob.End()
		events := bob.Events(t)
		for _, want := range []string{
			"data: in game node-1 5 Ann says four",
			"data: again game node-1 2 Ann says one",
			"data: again game node-1 3 Ann says two",
			"data: again game node-1 4 Ann says three",
		} {
			if !slices.Contains(events, want) {
				t.Errorf("Bob heard %q, and not %s", events, want)
			}
		}
	})
}

// A player was away while others talked, and asks for what was said.
func TestAPlayerAsksForWhatItHasMissed(t *testing.T) {
	simulate(t, func(t *testing.T, w *town) {
		ann := w.login(t, 1, "Ann")
		ann.says("say game who is there?")
		bob := w.login(t, 2, "Bob")
		bob.says("missed game")
		bob.ExpectMatch(t,
			"data: again game node-. 1 (Ann|Bob) comes", // there is no order between two nodes
			"data: again game node-. . .*", "data: again game node-. . .*")
		bob.says("missed elsewhere")
		bob.Expect(t, "data: error: you are not in that room")
	})
}

func TestThePlayersOfADeadNodeLogInElsewhere(t *testing.T) {
	simulate(t, func(t *testing.T, w *town) {
		ann := w.login(t, 1, "Ann")
		old := w.login(t, 2, "Bob")
		ann.hears(t, 2, "Bob comes")
		w.Kill("node-2")
		ann.says("who game") // the node has died, and no one knows yet

		either := "data: (node node-2 is down|who game: Ann, without node-2)" // a callback of the Hub, and an answer
		ann.ExpectMatch(t, either, either)
		bob := w.login(t, 3, "Bob")
		ann.hears(t, 3, "Bob comes")
		bob.says("say game that was close")
		ann.hears(t, 3, "Bob says that was close")
		alone := "data: node node-[13] is down" // here its machine runs on, without a network
		old.ExpectMatch(t, alone, alone)
	})
}

// A machine that is frozen for some seconds is out, and back. Its players receive what was
// said meanwhile, as what comes again.
func TestAFrozenNodeComesBack(t *testing.T) {
	simulate(t, func(t *testing.T, w *town) {
		ann, bob := w.login(t, 1, "Ann"), w.login(t, 2, "Bob")
		ann.hears(t, 2, "Bob comes")
		thaw := w.Freeze("node-2")
		time.Sleep(10 * time.Second)
		ann.Expect(t, "data: node node-2 is down")
		ann.says("say game hello?")
		ann.hears(t, 1, "Ann says hello\\?")
		thaw()
		ann.Expect(t, "data: node node-2 is up")
		time.Sleep(10 * time.Second)
		bob.End()
		if events := bob.Events(t); !slices.Contains(events, "data: again game node-1 2 Ann says hello?") {
			t.Errorf("Bob heard %q", events)
		}
	})
}

// While a network is cut in two, a player may be in both halves. Then the newer login stays.
func TestAPartitionHeals(t *testing.T) {
	simulate(t, func(t *testing.T, w *town) {
		old := w.login(t, 1, "Ann")
		w.Partition([]string{"node-1"}, []string{"node-2", "node-3"})
		time.Sleep(10 * time.Second)
		down := "data: node node-[23] is down"
		old.ExpectMatch(t, down, down)
		ann := w.login(t, 3, "Ann")
		old.ExpectNothing(t, time.Minute)
		w.Heal()
		time.Sleep(10 * time.Second)
		ann.says("to Ann I am the one")
		time.Sleep(time.Second)
		ann.End()
		for c, want := range map[*client]string{
			old: "data: kicked: you have logged in elsewhere",
			ann: "data: from Ann: I am the one",
		} {
			if events := c.Events(t); !slices.Contains(events, want) {
				t.Errorf("got %q, want %s", events, want)
			}
		}
	})
}

func TestBadLinesAreAnswered(t *testing.T) {
	simulate(t, func(t *testing.T, w *town) {
		c := w.visit(t, 1)
		for _, line := range []struct{ text, answer string }{
			{"join game", "first: login NAME"},
			{"", `there is no ""`},
			{"login", "usage: login NAME"},
			{"login @desk", errName.Error()},
			{"login " + strings.Repeat("x", 33), errName.Error()},
		} {
			c.says(line.text)
			c.Expect(t, "data: error: "+line.answer)
		}
		c.says("login Ann")
		c.Expect(t, "data: welcome Ann")
		for _, line := range []struct{ text, answer string }{
			{"login Eve", "you are Ann"},
			{"join @desks", errName.Error()},
			{"to @node-2 missed game Ann", errName.Error()},
			{"say game hi", errNotIn.Error()},
			{"say game", "usage: say ROOM TEXT"},
			{"kick Ann x", errHost.Error()},
		} {
			c.says(line.text)
			c.Expect(t, "data: error: "+line.answer)
		}
	})
}

func TestALoginHasToComeInTime(t *testing.T) {
	simulate(t, func(t *testing.T, w *town) {
		ann, mute := w.login(t, 1, "Ann"), w.visit(t, 1)
		mute.ExpectMatch(t, "end|error: ECONNRESET", "close.*")
		ann.says("who game")
		ann.Expect(t, "data: who game: Ann")
	})
}

func TestARingKeepsTheLast(t *testing.T) {
	var r ring
	for i := range 3000 {
		r.add([]string{"a", "b", "c"}[i%3], fmt.Sprint(i))
	}
	list := r.of("b")
	if first, last := list[0], list[len(list)-1]; len(list) != 341 || first.text != "1978" || first.number != 1979 || last.text != "2998" {
		t.Errorf("%d messages, from %v to %v", len(list), first, last)
	}
}
