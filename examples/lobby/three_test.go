// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex/examples/internal/program"
)

// A line is a player at a terminal.
type terminal struct {
	net.Conn
	lines *bufio.Scanner
	heard []string // and not expected yet
}

func connect(t *testing.T, addr string) *terminal {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(2 * program.Patience))
	return &terminal{Conn: conn, lines: bufio.NewScanner(conn)}
}

func (c *terminal) says(lines ...string) { fmt.Fprintln(c, strings.Join(lines, "\n")) }

// hears reads until a line has the words, for each of words. The lines before it are kept for the next call: there is
// no order between nodes.
func (c *terminal) hears(t *testing.T, words ...string) {
	t.Helper()
	for _, w := range words {
		has := func(line string) bool { return strings.Contains(line, w) }
		for !slices.ContainsFunc(c.heard, has) {
			if !c.lines.Scan() {
				t.Fatalf("heard %q, and not %q: %v", c.heard, w, c.lines.Err())
			}
			c.heard = append(c.heard, c.lines.Text())
		}
		i := slices.IndexFunc(c.heard, has)
		c.heard = slices.Delete(c.heard, i, i+1)
	}
}

var started = regexp.MustCompile(`^(node-\d): players at (\S+), process (\d+)$`)

// A process is a node as the program has announced it.
type process struct {
	addr string
	pid  int
}

// until reads the program's lines until done, and notes the nodes that have started.
func until(t *testing.T, p *program.Program, nodes map[string]process, done func(line string) bool) {
	t.Helper()
	for {
		line, ok := p.Line(t)
		if !ok {
			t.Fatalf("the program has ended: %q", p.Printed)
		}
		if m := started.FindStringSubmatch(line); m != nil {
			pid, _ := strconv.Atoi(m[3])
			nodes[m[1]] = process{m[2], pid}
		}
		if done(line) {
			return
		}
	}
}

// One command starts three nodes. One is killed with kill -9: the others say so to their
// players, its own player goes on at another node, and the node comes back.
func TestANodeIsKilled(t *testing.T) {
	program.NeedProcess(t, "and this one starts three, which talk over the network of the system")
	nodes := make(map[string]process)
	p := program.Start(t, "-addr", "127.0.0.1:0")
	met := 0
	until(t, p, nodes, func(line string) bool {
		if strings.HasSuffix(line, " is up") {
			met++
		}
		return met == 6 && len(nodes) == 3
	})

	ann, bob := connect(t, nodes["node-1"].addr), connect(t, nodes["node-2"].addr)
	ann.says("login Ann", "join game")
	ann.hears(t, "Ann comes")
	bob.says("login Bob", "join game")
	ann.hears(t, "Bob comes")
	ann.says("say game hello")
	bob.hears(t, "Ann says hello")

	old := nodes["node-2"]
	killed, err := os.FindProcess(old.pid)
	if err == nil {
		err = killed.Kill()
	}
	if err != nil {
		t.Fatal(err)
	}
	ann.hears(t, "node node-2 is down")
	for bob.lines.Scan() { // until its connection is over
	}
	bob = connect(t, nodes["node-3"].addr)
	bob.says("login Bob", "join game", "missed game", "say game here again")
	ann.hears(t, "Bob comes", "Bob says here again")
	bob.hears(t, "again game node-1")

	until(t, p, nodes, func(string) bool { return nodes["node-2"].pid != old.pid })
	ann.hears(t, "node node-2 is up")
	eve := connect(t, nodes["node-2"].addr)
	eve.says("login Eve", "join game")
	ann.hears(t, "Eve comes")
	ann.says("who game")
	ann.hears(t, "who game: Ann Bob Eve")
}

// A login at another process ends the older one.
func TestALoginAtAnotherProcess(t *testing.T) {
	program.NeedProcess(t, "and this one starts three, which talk over the network of the system")
	nodes := make(map[string]process)
	p := program.Start(t, "-addr", "127.0.0.1:0")
	met := 0
	until(t, p, nodes, func(line string) bool {
		if strings.HasSuffix(line, " is up") {
			met++
		}
		return met == 6 && len(nodes) == 3
	})
	old, ann := connect(t, nodes["node-1"].addr), connect(t, nodes["node-3"].addr)
	old.says("login Ann")
	old.hears(t, "welcome Ann")
	ann.says("login Ann")
	old.hears(t, "kicked: you have logged in elsewhere")
	if old.lines.Scan() {
		t.Errorf("heard %q after it was kicked", old.lines.Text())
	}
}
