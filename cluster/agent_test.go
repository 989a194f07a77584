// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/cluster"
	"github.com/duplex-go/duplex/room"
)

// beAgent makes the test binary a node of a trial. It has the node's fields, as JSON.
const beAgent = "DUPLEX_TRIAL_NODE"

// A setup is how a node of a trial starts.
type setup struct {
	Name, Listen, Advertise string
	Peers                   []string
	Heartbeat               time.Duration
	Unique                  bool
}

// An order is what a trial has a node do: one line of JSON, answered by one.
type order struct {
	Do     string
	Rooms  []string
	N      int       // how many, or how many a second
	At     time.Time // when to begin
	Expect int       // what Count has to be
}

// A report is the answer to every order.
type report struct {
	Err      string
	Sent     map[string]int     // messages for other nodes, by room
	Accounts map[string]account // by node and room
	Stale    []stale
	Nodes    []change // calls of OnNode
	Stats    room.Stats
	Subs     uint32 // subscriptions of the node's server
	Heap     int64
	Count    int
	Users    []string        // with a socket here
	Rooms    map[string]int  // sockets here, by room
	Took     []time.Duration // of each call of Sync
	Missed   int
	Wrong    []string // what must never be
	Done     int      // joins and leaves
}

// An account is what became of the messages of a node to a room.
type account struct {
	Received, Lost int
	First          int           // the lowest number that came
	Oldest         time.Duration // the age of the oldest when it came
}

// A stale message came after more than three heartbeats.
type stale struct {
	Stream string
	Number int
	Sent   time.Time
	Age    time.Duration
}

// A change is a call of OnNode.
type change struct {
	Node string
	Up   bool
	At   time.Time
}

// An agent is a node of a trial: a process with a Hub, sockets and their clients.
type agent struct {
	setup
	life   string // differs between two processes of one name
	bus    *cluster.Node
	hub    *room.Hub
	engine *duplex.Engine
	srv    *duplex.Server
	joined chan *duplex.Socket

	mu      sync.Mutex
	report  report
	numbers map[string]int // the last message, by room
	refused map[string]int
	stop    chan struct{} // closed when senders and churners end
	workers sync.WaitGroup
	churned []*churner
	logins  map[string]*duplex.Socket
	echoes  chan string
}

// runAgent carries out the orders of the trial, until it closes the node or its own end.
func runAgent(config string) error {
	a := &agent{
		joined: make(chan *duplex.Socket), stop: make(chan struct{}), echoes: make(chan string, 1000), life: strconv.Itoa(os.Getpid()),
		numbers: make(map[string]int), refused: make(map[string]int), logins: make(map[string]*duplex.Socket),
		report: report{Accounts: make(map[string]account)},
	}
	if err := json.Unmarshal([]byte(config), &a.setup); err != nil {
		return err
	}
	a.engine = &duplex.Engine{Driver: "memory", Loops: 2}
	a.srv = &duplex.Server{Engine: a.engine, Options: duplex.Options{MaxWriteBuffer: -1}, Handler: &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { a.joined <- s },
	}}
	if err := a.srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		return err
	}
	a.bus = &cluster.Node{Name: a.Name, Listen: a.Listen, Advertise: a.Advertise, Peers: a.Peers, Secret: "of the trial", Logger: quiet}
	a.hub = &room.Hub{
		Bus: a.bus, Unique: a.Unique, Heartbeat: a.Heartbeat,
		OnKick: func(*duplex.Socket, error) {},
		OnGap: func(g room.Gap) {
			a.count(g.Node, g.Room, func(at *account) { at.Lost += g.Messages })
		},
		OnNode: func(name string, up bool) {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.report.Nodes = append(a.report.Nodes, change{name, up, time.Now()})
		},
	}
	if err := a.hub.Start(); err != nil {
		return err
	}
	if err := a.hub.Bind(a.member(a.echo), "echo-"+a.Name); err != nil {
		return err
	}
	orders, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var o order
		if err := orders.Decode(&o); err != nil {
			return err
		}
		err := a.obey(o)
		a.mu.Lock()
		r := a.report
		r.Err = ""
		if err != nil {
			r.Err = err.Error()
		}
		r.Sent = make(map[string]int)
		for name, n := range a.numbers {
			r.Sent[name] = n - a.refused[name]
		}
		r.Stats = a.hub.Stats()
		err = answers.Encode(r)
		a.mu.Unlock()
		if err != nil || o.Do == "close" {
			return err
		}
	}
}

// member returns a new socket of the node, whose client gives each line to take.
func (a *agent) member(take func(p []byte)) *duplex.Socket {
	client := &duplex.Client{Engine: a.engine}
	client.Connect(context.Background(), "tcp", a.srv.Addr().String(), &duplex.Handler{
		Split:  bufio.ScanLines,
		OnData: func(_ *duplex.Socket, p []byte) { take(p) },
	})
	return <-a.joined
}

func (a *agent) count(node, name string, f func(*account)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := a.report.Accounts[node+" "+name]
	f(&at)
	a.report.Accounts[node+" "+name] = at
}

func (a *agent) wrong(format string, args ...any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.report.Wrong) < 10 {
		a.report.Wrong = append(a.report.Wrong, fmt.Sprintf(format, args...))
	}
}

// ledger returns what takes the lines of a client: "node life room number time". It holds
// them in order, and, with accounts, counts them.
func (a *agent) ledger(accounts bool) func(p []byte) {
	last := make(map[string]int)
	return func(p []byte) {
		words := strings.Fields(string(p))
		if len(words) != 5 {
			a.wrong("the line %q", p)
			return
		}
		number, _ := strconv.Atoi(words[3])
		nano, _ := strconv.ParseInt(words[4], 10, 64)
		stream := strings.Join(words[:3], " ")
		if number <= last[stream] {
			a.wrong("%s %d came after %d", stream, number, last[stream])
		}
		last[stream] = number
		if !accounts {
			return
		}
		sent := time.Unix(0, nano)
		age := time.Since(sent)
		a.count(words[0], words[2], func(at *account) {
			if at.Received++; at.First == 0 || number < at.First {
				at.First = number
			}
			at.Oldest = max(at.Oldest, age)
		})
		if age > 3*a.hub.Heartbeat {
			a.mu.Lock()
			a.report.Stale = append(a.report.Stale, stale{stream, number, sent, age})
			a.mu.Unlock()
		}
	}
}

// say sends the next message to a room.
func (a *agent) say(name string) {
	a.mu.Lock()
	a.numbers[name]++
	number := a.numbers[name]
	a.mu.Unlock()
	line := fmt.Appendf(nil, "%s %s %s %d %d\n", a.Name, a.life, name, number, time.Now().UnixNano())
	switch err := a.hub.Room(name).Send(line); {
	case errors.Is(err, room.ErrBusFull):
		a.mu.Lock()
		a.refused[name]++
		a.mu.Unlock()
	case err != nil:
		a.wrong("Send: %v", err)
	}
}

// pace calls f n times a second, until the order stop.
func (a *agent) pace(n int, f func()) {
	a.workers.Go(func() {
		done, began := 0, time.Now()
		for tick := time.NewTicker(2 * time.Millisecond); ; {
			select {
			case <-a.stop:
				tick.Stop()
				return
			case <-tick.C:
			}
			due := int(time.Since(began).Seconds() * float64(n))
			if due-done > n { // it was stopped for long: what is missed is not made up for
				done = due - 1
			}
			for ; done < due; done++ {
				f()
			}
		}
	})
}

// echo says in a room that another node names that it is heard there.
func (a *agent) echo(p []byte) {
	if name, ok := bytes.CutPrefix(p, []byte("echo ")); ok {
		a.hub.Room(string(name)).Send(fmt.Appendf(nil, "%s %s\n", a.Name, name))
	}
}

// A churner is a socket that joins and leaves rooms.
type churner struct {
	socket *duplex.Socket
	rooms  map[string]bool
}

func (a *agent) churn(rooms, rate int) {
	for range 50 {
		a.churned = append(a.churned, &churner{a.member(a.ledger(false)), make(map[string]bool)})
	}
	var mu sync.Mutex
	a.pace(rate, func() {
		mu.Lock()
		defer mu.Unlock()
		c, name := a.churned[rand.IntN(len(a.churned))], fmt.Sprint("churn-", rand.IntN(rooms))
		change := a.hub.Join
		if c.rooms[name] {
			change = a.hub.Leave
		}
		if err := change(c.socket, name); err != nil {
			a.wrong("a join or leave: %v", err)
		}
		c.rooms[name] = !c.rooms[name]
		a.mu.Lock()
		a.report.Done++
		a.mu.Unlock()
	})
	a.pace(rate/10, func() { a.say(fmt.Sprint("churn-", rand.IntN(rooms))) })
}

// sync joins rooms, one after another, and has the other nodes say something there once
// Sync has returned.
func (a *agent) sync(n int) error {
	s := a.member(func(p []byte) { a.echoes <- string(p) })
	var others []string
	for _, node := range a.hub.Nodes() {
		others = append(others, "echo-"+node.Name)
	}
	for i := range n {
		name := fmt.Sprint("sync-", i)
		began := time.Now()
		err := a.hub.Join(s, name)
		if err == nil {
			err = a.hub.Sync(context.Background())
		}
		took := time.Since(began)
		a.mu.Lock()
		a.report.Took = append(a.report.Took, took)
		a.mu.Unlock()
		if err != nil {
			return err
		}
		a.hub.Users(others...).Send([]byte("echo " + name + "\n"))
		timeout := time.After(5 * time.Second)
		for heard := 0; heard < len(others); {
			select {
			case line := <-a.echoes:
				if strings.HasSuffix(line, " "+name) {
					heard++
				}
			case <-timeout:
				a.mu.Lock()
				a.report.Missed += len(others) - heard
				a.mu.Unlock()
				heard = len(others)
			}
		}
		a.hub.Leave(s, name)
	}
	return nil
}

func (a *agent) obey(o order) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	switch o.Do {
	case "report":
	case "join":
		if err := a.hub.Join(a.member(a.ledger(true)), o.Rooms...); err != nil {
			return err
		}
		return a.hub.Sync(ctx)
	case "send":
		next := 0
		a.pace(o.N, func() {
			a.say(o.Rooms[next])
			next = (next + 1) % len(o.Rooms)
		})
	case "churn":
		a.churn(len(o.Rooms), o.N)
	case "ask": // Count, again and again
		to := a.hub.Room(o.Rooms...)
		a.pace(o.N, func() {
			n, err := to.Count(ctx)
			if incomplete := (*room.IncompleteError)(nil); n != o.Expect && !errors.As(err, &incomplete) {
				a.wrong("Count returned %d, %v; want %d", n, err, o.Expect)
			}
		})
	case "stop":
		close(a.stop)
		a.workers.Wait()
		a.stop = make(chan struct{})
	case "count":
		var incomplete *room.IncompleteError // a busy machine may take three heartbeats
		for {
			n, err := a.hub.Room(o.Rooms...).Count(ctx)
			if a.report.Count = n; !errors.As(err, &incomplete) || ctx.Err() != nil {
				return err
			}
		}
	case "rooms":
		a.report.Rooms = make(map[string]int)
		for _, c := range a.churned {
			for _, name := range a.hub.Rooms(c.socket) {
				a.report.Rooms[name]++
			}
		}
	case "settle": // what churned is gone
		for _, c := range a.churned {
			c.socket.Destroy(nil)
		}
		a.churned = nil
	case "weigh":
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		a.report.Heap, a.report.Subs = int64(m.HeapAlloc), a.bus.Subscriptions()
	case "prepare":
		for i := range o.N {
			a.logins[fmt.Sprint("user-", i)] = a.member(func([]byte) {})
		}
	case "login":
		time.Sleep(time.Until(o.At))
		for i := range o.N {
			name := fmt.Sprint("user-", i)
			if err := a.hub.Bind(a.logins[name], name); err != nil {
				return err
			}
		}
	case "users":
		list, err := a.hub.Everyone().Local().List(ctx)
		a.report.Users = slices.DeleteFunc(list, func(name string) bool { return strings.HasPrefix(name, "echo-") })
		return err
	case "sync":
		return a.sync(o.N)
	case "close":
		return a.hub.Close(ctx)
	default:
		return errors.New("no such order: " + o.Do)
	}
	return nil
}
