// Copyright 2026 The duplex authors. MIT license.

package conform_test

import (
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// Each file of testdata/order is a scenario. It says what the ends of connections do,
// and which events Node reported to each of them:
//
//	# Why the scenario is here.
//	# Recorded from Node v20.20.2.
//
//	> socket on data: write "goodbye!!!"; end
//	> server listen
//	server: listening
//
//	> client connect
//	socket: connection
//	client: connect
//
// A step is what the ends do (>), and then all events until no more follow. The verbs
// of a line are called in one turn of a socket's loop. Those of a line with "on" are
// called inside the callback of that event, each time it comes. (duplex listens and
// connects from outside of the loop, so the rest of such a line may come a little
// later.) To add a scenario, write what the ends do; go generate adds the events.
//
// The ends called server, server2 … listen. The sockets that they accept are called
// socket, socket2 … in the order in which they are accepted. Every other name is a
// client.
//
//	server listen [at SERVER|path] [OPTION…]            a server's port; otherwise any
//	client connect [to nobody|HOST|path] [OPTION…]      otherwise to server
//	server close | count
//	client write TEXT [callback] | end [TEXT] | destroy [TEXT] | reset
//	client pause | resume | cork | uncork
//	client setEncoding NAME | setTimeout MILLISECONDS | state
//	client address, server address
//
// The word path stands for the path of a Unix socket. A write's callback reports
// written or unwritten; count, state and address report at once. The name of an end
// stands for its port.
//
// An OPTION is allowHalfOpen, pauseOnConnect or maxConnections=N. TEXT is a Go
// string, or several, which may be repeated: "a"*1000 "b". The resolver finds no
// HOST; for silence.invalid it never answers.
//
// The event full means that a write asks to wait for drain. The events of one end are
// in order, and a server is one end with each of its sockets. Data that arrives in
// pieces is one event. The order among different ends means nothing: the servers' side
// is written first, then the clients by name.

//go:generate go test -run ^(TestOrder|TestCodesAreNodes)$ -update .

var update = flag.Bool("update", false, "record testdata anew, from node")

// TestOrder plays every scenario with every cast: duplex alone, Node alone, and each
// as the server of the other.
func TestOrder(t *testing.T) {
	files, err := filepath.Glob("testdata/order/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("got no scenarios, error %v", err)
	}
	node := startNode(t)
	nobody := portOfNobody(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			s := readScenario(t, file)
			if node != nil && node.version != s.node {
				t.Logf("recorded from Node %s; the one here is %s", s.node, node.version)
			}
			if *update {
				st := newStage(t, node, node)
				st.nobody = nobody
				st.record(s)
				s.node = node.version
				if err := os.WriteFile(file, []byte(s.String()), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, c := range casts() {
				t.Run(c.name(), func(t *testing.T) {
					if c.server.driver != "memory" && strings.Contains(s.String(), "ECONNRESET") {
						testrun.NotUnderWine(t, testrun.LostResets)
					}
					server := c.server.enter(t, node)
					client := server
					if c.client != c.server {
						client = c.client.enter(t, node)
					}
					st := newStage(t, server, client)
					if c.client.secure {
						st.secure(s)
					}
					if c.client.driver != "memory" {
						st.nobody = nobody
					}
					st.play(s)
				})
			}
		})
	}
}

// A cast is the two roles of a scenario.
type cast struct{ server, client role }

// A role is Node, or duplex on a driver.
type role struct {
	driver  string // "" for Node
	outside bool   // duplex's verbs are called from another goroutine, while the loop holds still
	secure  bool   // the connections have TLS
}

func casts() (list []cast) {
	node := role{}
	for _, driver := range duplextest.Drivers() {
		inside, outside := role{driver: driver}, role{driver: driver, outside: true}
		secure := role{driver: driver, secure: true}
		list = append(list, cast{inside, inside}, cast{outside, outside}, cast{secure, secure})
		if driver != "memory" {
			list = append(list, cast{node, inside}, cast{inside, node})
		}
	}
	return append(list, cast{node, node})
}

func (c cast) name() string {
	if c.server == c.client {
		return c.server.name()
	}
	return c.server.name() + " serves " + c.client.name()
}

func (r role) name() string {
	switch {
	case r.driver == "":
		return "node"
	case r.outside:
		return r.driver + " from outside"
	case r.secure:
		return r.driver + " with TLS"
	}
	return r.driver
}

// enter returns a player in the role.
func (r role) enter(t *testing.T, node *nodePlayer) player {
	if r.driver != "" {
		engine := duplextest.Engine(t, r.driver)
		if r.outside {
			engine.Loops = 1 // to hold it, see inOneTurn
		}
		return &duplexPlayer{
			engine:    engine,
			outside:   r.outside,
			secure:    r.secure,
			servers:   make(map[string]*duplex.Server),
			sockets:   make(map[string]*duplex.Socket),
			names:     make(map[*duplex.Socket]string),
			reactions: make(map[string][]verb),
		}
	}
	if node == nil {
		t.Skip("NOT COMPARED WITH A LIVING NODE, only with what one once told: there is no node command, or DUPLEX_NODE=recorded")
	}
	return node
}

// A player plays ends of a scenario: those of one side, or all.
type player interface {
	// begin forgets the previous scenario, and calls tell for each event of the next.
	begin(tell func(happening)) error
	// carryOut calls the verbs of a line, or those of "on" later. When it returns, the
	// kernel has what was sent before.
	carryOut(l line) error
}

// portOfNobody returns a port where no server listens during the test, as a client
// uses it.
func portOfNobody(t *testing.T) int {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c.LocalAddr().(*net.TCPAddr).Port
}

// A stage is where a scenario is played.
type stage struct {
	t              *testing.T
	server, client player
	nobody         int            // port where no server listens
	ports          map[string]int // of the servers and clients
	path           string         // of a Unix socket; "" until there is one
	finishless     bool           // finish is not compared

	mu   sync.Mutex
	told []happening // not looked at yet
	bell chan struct{}
}

func newStage(t *testing.T, server, client player) *stage {
	st := &stage{
		t:      t,
		server: server,
		client: client,
		nobody: 9, // no server listens there in the network of memory
		ports:  make(map[string]int),
		bell:   make(chan struct{}, 1),
	}
	for _, p := range st.players() {
		if err := p.begin(st.tell); err != nil {
			t.Fatal(err)
		}
	}
	return st
}

// secure prepares st for s with TLS. The events are those that Node has told without,
// with two exceptions. A server that drops a client does so before the handshake, so that
// the client does not connect. And close_notify comes before FIN: if the peer was destroyed,
// or resets in its 'end', the reset may come between the two, before finish.
func (st *stage) secure(s *scenario) {
	switch text := s.String(); {
	case strings.Contains(text, "maxConnections="):
		st.t.Skip("a client that is dropped does not connect with TLS")
	case strings.Contains(text, "destroy"), strings.Contains(text, "end: reset"):
		st.finishless = true
	}
}

func (st *stage) players() []player {
	if st.server == st.client {
		return []player{st.server}
	}
	return []player{st.server, st.client}
}

// tell adds a happening. Any goroutine may call it.
func (st *stage) tell(h happening) {
	st.mu.Lock()
	st.told = append(st.told, h)
	st.mu.Unlock()
	select {
	case st.bell <- struct{}{}:
	default:
	}
}

// look returns what was added since the last look.
func (st *stage) look() []happening {
	st.mu.Lock()
	defer st.mu.Unlock()
	told := st.told
	st.told = nil
	return told
}

// play carries out the steps of s. Each step begins after all events of the previous
// one.
func (st *stage) play(s *scenario) {
	st.t.Helper()
	patience := time.NewTimer(duplextest.Patience)
	defer patience.Stop()
	for _, step := range s.steps {
		if st.finishless {
			step.want = slices.DeleteFunc(slices.Clone(step.want), func(line string) bool { return strings.HasSuffix(line, ": finish") })
		}
		st.carryOut(step.lines)
		var got account
		for !slices.Equal(got.lines(), step.want) {
			if got.deviates(step.want) {
				st.fail(step, got, "")
			}
			select {
			case <-st.bell:
				st.add(&got)
			case <-patience.C:
				st.fail(step, got, fmt.Sprintf(", and no more in %v", duplextest.Patience))
			}
		}
		// An event that comes now is one too many.
		st.carryOut([]line{{end: "server"}, {end: "client"}})
		if st.add(&got); !slices.Equal(got.lines(), step.want) {
			st.fail(step, got, "")
		}
	}
}

// record carries out the steps of s and stores the events that follow in s.
func (st *stage) record(s *scenario) {
	const silence = 200 * time.Millisecond
	for i := range s.steps {
		st.carryOut(s.steps[i].lines)
		var got account
		for quiet := false; !quiet; {
			select {
			case <-st.bell:
				st.add(&got)
			case <-time.After(silence):
				quiet = true
			}
		}
		s.steps[i].want = got.lines()
	}
}

// add adds the new happenings to got, and remembers the ports.
func (st *stage) add(got *account) {
	for _, h := range st.look() {
		if h.event == "finish" && st.finishless {
			continue
		}
		if h.port != 0 {
			st.ports[h.end] = h.port
		}
		if h.event == "address" {
			h.details = st.owners(h.details)
		}
		if st.path != "" {
			h.details = strings.ReplaceAll(h.details, st.path, "PATH")
		}
		got.add(h)
	}
}

var portNumber = regexp.MustCompile(`:\d+`)

// owners returns addresses with the names of ends in place of their ports.
func (st *stage) owners(addresses string) string {
	return portNumber.ReplaceAllStringFunc(addresses, func(port string) string {
		for end, number := range st.ports {
			if port == fmt.Sprintf(":%d", number) {
				return ":" + end
			}
		}
		return port
	})
}

func (st *stage) carryOut(lines []line) {
	st.t.Helper()
	for _, l := range lines {
		p := st.client
		if onServerSide(l.end) {
			p = st.server
		}
		if err := p.carryOut(st.address(l)); err != nil {
			st.t.Fatalf("%s %s: %v", l.end, l.text, err)
		}
	}
}

// address returns l with the addresses to connect to and to listen at.
func (st *stage) address(l line) line {
	l.verbs = slices.Clone(l.verbs)
	for i := range l.verbs {
		v := &l.verbs[i]
		v.Host = "127.0.0.1"
		switch {
		case v.at == "path":
			v.Path = st.unixPath()
		case v.Verb == "connect" && v.at == "":
			v.Port = st.ports["server"]
		case v.Verb == "connect" && v.at == "nobody":
			v.Port = st.nobody
		case v.Verb == "connect":
			v.Host, v.Port = v.at, st.ports["server"]
		case v.Verb == "listen":
			v.Port = st.ports[v.at]
		}
	}
	return l
}

// unixPath returns the path of the scenario's Unix socket.
func (st *stage) unixPath() string {
	if st.path == "" {
		if runtime.GOOS == "windows" {
			st.t.Skip("Node has no Unix sockets on Windows")
		}
		st.path = duplextest.SocketPath(st.t)
	}
	return st.path
}

func (st *stage) fail(s step, got account, why string) {
	st.t.Helper()
	var did []string
	for _, l := range s.lines {
		did = append(did, "> "+l.end+" "+l.text)
	}
	st.t.Fatalf("after\n\t%s\ngot\n\t%s%s\nwant\n\t%s", strings.Join(did, "\n\t"),
		strings.Join(got.lines(), "\n\t"), why, strings.Join(s.want, "\n\t"))
}
