// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
)

// The scenarios of testdata/order, one to a file, say what the ends of
// connections do, and what Node was seen to tell each of them:
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
// A step is what is done (>), and then what happens until all is quiet again.
// The verbs of one line are carried out in one turn of a socket's loop; those of
// "on", whenever that event is told, inside its callback. (duplex listens and
// connects from outside: what follows in the same line may come a little late.)
// Whoever adds a scenario writes what is done and lets go generate write the rest.
//
// Ends are named: server, server2 … listen. The sockets that they accept are
// socket, socket2 … in the order of their coming. Every other name is a client.
//
//	server listen [at SERVER] [OPTION…]          its port; otherwise any
//	client connect [to nobody|HOST] [OPTION…]    otherwise to server
//	server close
//	client write TEXT | end [TEXT] | destroy [TEXT] | reset | pause | resume
//	client setEncoding NAME | setTimeout MILLISECONDS
//
// An OPTION is allowHalfOpen, pauseOnConnect or maxConnections=N. TEXT is a Go
// string, or several, which may be repeated: "a"*1000 "b". Every HOST is unknown,
// but of silence.invalid one hears nothing.
//
// Among the events, full says that a write asks to wait for drain. What is told
// to one end is in order, and a server is one end with each of its sockets; data
// told in pieces is one event. The order among ends means nothing and is here
// the servers' side first, then by name.

//go:generate go test -run ^TestOrder$ -update .

var update = flag.Bool("update", false, "record the scenarios of testdata/order anew, from node")

// TestOrder plays every scenario with every cast: duplex alone, Node alone, and
// one against the other, both ways.
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
					server := c.server.enter(t, node)
					client := server
					if c.client != c.server {
						client = c.client.enter(t, node)
					}
					st := newStage(t, server, client)
					if c.client.driver != "memory" {
						st.nobody = nobody
					}
					st.play(s)
				})
			}
		})
	}
}

// A cast is who plays the two sides.
type cast struct{ server, client role }

// A role is Node, or duplex on a driver.
type role struct {
	driver  string // "" for Node
	outside bool   // duplex's verbs are called from another goroutine, not on the loop
}

func casts() (list []cast) {
	node := role{}
	for _, driver := range duplextest.Drivers() {
		inside, outside := role{driver: driver}, role{driver: driver, outside: true}
		list = append(list, cast{inside, inside}, cast{outside, outside})
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
	}
	return r.driver
}

// enter returns a player in the role.
func (r role) enter(t *testing.T, node *nodePlayer) player {
	if r.driver != "" {
		return &duplexPlayer{
			engine:    duplextest.Engine(t, r.driver),
			outside:   r.outside,
			servers:   make(map[string]*duplex.Server),
			sockets:   make(map[string]*duplex.Socket),
			names:     make(map[*duplex.Socket]string),
			reactions: make(map[string][]verb),
		}
	}
	if node == nil {
		t.Skip("NOT COMPARED WITH A LIVING NODE, only with what one once told: there is no node command")
	}
	return node
}

// A player plays ends of a scenario: those of one side, or all.
type player interface {
	// begin forgets the scenario before and tells all that happens in the next.
	begin(tell func(happening)) error
	// carryOut does what a line asks for, or promises to. What was sent by then is
	// with the kernel when it returns.
	carryOut(l line) error
}

// portOfNobody returns a port where nobody listens, nor will: the port of a
// client.
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
	nobody         int            // port where nobody listens
	ports          map[string]int // of the servers

	mu   sync.Mutex
	told []happening // and not yet looked at
	bell chan struct{}
}

func newStage(t *testing.T, server, client player) *stage {
	st := &stage{
		t:      t,
		server: server,
		client: client,
		nobody: 9, // nobody is there in a network of memory
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

func (st *stage) players() []player {
	if st.server == st.client {
		return []player{st.server}
	}
	return []player{st.server, st.client}
}

// tell hears of a happening, from any goroutine.
func (st *stage) tell(h happening) {
	st.mu.Lock()
	st.told = append(st.told, h)
	st.mu.Unlock()
	select {
	case st.bell <- struct{}{}:
	default:
	}
}

// look returns what was told since the last look.
func (st *stage) look() []happening {
	st.mu.Lock()
	defer st.mu.Unlock()
	told := st.told
	st.told = nil
	return told
}

// play carries out the steps of s, each when all that the one before it brings
// about has been told.
func (st *stage) play(s *scenario) {
	st.t.Helper()
	patience := time.NewTimer(duplextest.Patience)
	defer patience.Stop()
	for _, step := range s.steps {
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
		// What comes in spite of it all must not have come.
		st.carryOut([]line{{end: "server"}, {end: "client"}})
		if st.add(&got); !slices.Equal(got.lines(), step.want) {
			st.fail(step, got, "")
		}
	}
}

// record carries out the steps of s and writes down what comes of them.
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

// add enters in got what was told, and notes the ports.
func (st *stage) add(got *account) {
	for _, h := range st.look() {
		if h.port != 0 {
			st.ports[h.end] = h.port
		}
		got.add(h)
	}
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

// address fills in where to connect to, and where to listen.
func (st *stage) address(l line) line {
	l.verbs = slices.Clone(l.verbs)
	for i := range l.verbs {
		v := &l.verbs[i]
		v.Host = "127.0.0.1"
		switch {
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

func (st *stage) fail(s step, got account, why string) {
	st.t.Helper()
	var did []string
	for _, l := range s.lines {
		did = append(did, "> "+l.end+" "+l.text)
	}
	st.t.Fatalf("after\n\t%s\ngot\n\t%s%s\nwant\n\t%s", strings.Join(did, "\n\t"),
		strings.Join(got.lines(), "\n\t"), why, strings.Join(s.want, "\n\t"))
}

// onServerSide reports whether the end is a server, or the socket of one.
func onServerSide(end string) bool {
	return strings.HasPrefix(end, "server") || strings.HasPrefix(end, "socket")
}

// A happening is an event that an end was told of.
type happening struct {
	end, event string
	text       text   // of data
	details    string // of others
	port       int    // of listening
}

func (h happening) String() string {
	switch {
	case h.event == "data":
		return fmt.Sprintf("%s: data %s", h.end, h.text)
	case h.details != "":
		return fmt.Sprintf("%s: %s %s", h.end, h.event, h.details)
	}
	return h.end + ": " + h.event
}

// An account is what has happened in a step: in the order in which it is compared
// and written, which the order among ends does not change.
type account []happening

func (a *account) add(h happening) {
	list := *a
	if h.event == "data" {
		for i := len(list) - 1; i >= 0; i-- {
			if list[i].end == h.end && list[i].event == "data" {
				list[i].text = list[i].text.append(h.text...)
				return
			}
			if list[i].end == h.end {
				break
			}
		}
	}
	// Behind its own end's, and on the servers' side behind the servers'.
	at := len(list)
	for at > 0 && compareEnds(h.end, list[at-1].end) < 0 {
		at--
	}
	*a = slices.Insert(list, at, h)
}

// compareEnds says which end is written first; 0 if their events have an order.
func compareEnds(a, b string) int {
	switch sa, sb := onServerSide(a), onServerSide(b); {
	case sa && !sb:
		return -1
	case sb && !sa:
		return 1
	case strings.HasPrefix(a, "server") || strings.HasPrefix(b, "server"):
		return 0
	}
	return cmp.Compare(a, b)
}

func (a account) lines() (lines []string) {
	for _, h := range a {
		lines = append(lines, h.String())
	}
	return lines
}

// deviates reports whether a can no more become what is wanted: whether some end
// was told something else than it should have been, or more, or ends in another
// order. Data that is the last of an end may still grow.
func (a account) deviates(want []string) bool {
	if slices.Equal(slices.Sorted(slices.Values(a.lines())), slices.Sorted(slices.Values(want))) {
		return !slices.Equal(a.lines(), want)
	}
	wanted := make(map[string][]string) // lines of each end
	for _, line := range want {
		end, _, _ := strings.Cut(line, ":")
		wanted[end] = append(wanted[end], line)
	}
	last := make(map[string]happening)
	for _, h := range a {
		if before, ok := last[h.end]; ok {
			if wanted[h.end][0] != before.String() {
				return true
			}
			wanted[h.end] = wanted[h.end][1:]
		}
		if len(wanted[h.end]) == 0 {
			return true
		}
		last[h.end] = h
	}
	for end, h := range last {
		growing := h.event == "data" && strings.HasPrefix(wanted[end][0], end+": data ")
		if !growing && wanted[end][0] != h.String() {
			return true
		}
	}
	return false
}

// text is bytes, as stretches of the same byte.
type text []stretch

type stretch struct {
	b     byte
	times int
}

// append returns t with more at its end.
func (t text) append(more ...stretch) text {
	for _, r := range more {
		if last := len(t) - 1; last >= 0 && t[last].b == r.b {
			t[last].times += r.times
		} else {
			t = append(t, r)
		}
	}
	return t
}

func textOf(p []byte) (t text) {
	if len(p) > 0 && bytes.Count(p, p[:1]) == len(p) {
		return text{{p[0], len(p)}}
	}
	for _, b := range p {
		t = t.append(stretch{b, 1})
	}
	return t
}

func (t text) bytes() (p []byte) {
	for _, r := range t {
		p = append(p, bytes.Repeat([]byte{r.b}, r.times)...)
	}
	return p
}

// String returns t as Go strings, with long stretches apart.
func (t text) String() string {
	const long = 64
	var parts []string
	var short []byte
	flush := func() {
		if len(short) > 0 {
			parts = append(parts, strconv.Quote(string(short)))
			short = nil
		}
	}
	for _, r := range t {
		if r.times < long {
			short = append(short, bytes.Repeat([]byte{r.b}, r.times)...)
			continue
		}
		flush()
		parts = append(parts, fmt.Sprintf("%q*%d", string([]byte{r.b}), r.times))
	}
	flush()
	return strings.Join(parts, " ")
}

// MarshalJSON returns t for Node: a list of bytes and repetitions.
func (t text) MarshalJSON() ([]byte, error) {
	list := make([][2]any, len(t))
	for i, r := range t {
		list[i] = [2]any{[]byte{r.b}, r.times}
	}
	return json.Marshal(list)
}

func (t *text) UnmarshalJSON(data []byte) error {
	var list [][2]json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return err
	}
	for _, entry := range list {
		var p []byte
		var times int
		if err := errors.Join(json.Unmarshal(entry[0], &p), json.Unmarshal(entry[1], &times)); err != nil {
			return err
		}
		*t = t.append(textOf(bytes.Repeat(p, times))...)
	}
	return nil
}

// A scenario is a file of testdata/order.
type scenario struct {
	about []string // lines of comment
	node  string   // the version that it was recorded from
	steps []step
}

// A step is what is done, and what is told then.
type step struct {
	lines []line
	want  []string
}

// A line is what one end does, at once or on an event.
type line struct {
	end   string
	text  string // all behind the end
	on    string // the event; "" for at once
	verbs []verb
}

// A verb is something that an end does. Node is sent it as it is.
type verb struct {
	Verb    string         `json:"verb"`
	Text    text           `json:"text,omitempty"`
	Word    string         `json:"word,omitempty"` // of setEncoding and setTimeout
	Host    string         `json:"host,omitempty"`
	Port    int            `json:"port"`
	Options map[string]any `json:"options"` // of listen and connect, by Node's names

	at string // where to listen or connect, as written
}

var verbs = strings.Fields("listen connect close write end destroy reset pause resume setEncoding setTimeout")

const (
	recordedFrom = "# Recorded from Node "
	doing        = "> "
)

func readScenario(t *testing.T, file string) *scenario {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := new(scenario)
	fresh := true // the next line begins a step
	for i, text := range strings.Split(string(data), "\n") {
		switch {
		case text == "":
			fresh = true
			continue
		case strings.HasPrefix(text, recordedFrom):
			s.node = strings.TrimSuffix(strings.TrimPrefix(text, recordedFrom), ".")
			continue
		case strings.HasPrefix(text, "#"):
			s.about = append(s.about, text)
			continue
		}
		if fresh {
			s.steps = append(s.steps, step{})
			fresh = false
		}
		now := &s.steps[len(s.steps)-1]
		order, ok := strings.CutPrefix(text, doing)
		if !ok {
			now.want = append(now.want, text)
			continue
		}
		l, err := parseLine(order)
		if err == nil && len(now.want) > 0 {
			err = errors.New("a step needs an empty line before it")
		}
		if err != nil {
			t.Fatalf("%s:%d: %v", file, i+1, err)
		}
		now.lines = append(now.lines, l)
	}
	if s.node == "" && !*update {
		t.Fatalf("%s was not recorded; record it with go test -run ^TestOrder$ -update", file)
	}
	return s
}

// String returns s as its file has it.
func (s *scenario) String() string {
	var b strings.Builder
	for _, text := range s.about {
		fmt.Fprintln(&b, text)
	}
	fmt.Fprintf(&b, "%s%s.\n", recordedFrom, s.node)
	for _, step := range s.steps {
		fmt.Fprintln(&b)
		for _, l := range step.lines {
			fmt.Fprintf(&b, "%s%s %s\n", doing, l.end, l.text)
		}
		for _, text := range step.want {
			fmt.Fprintln(&b, text)
		}
	}
	return b.String()
}

// parseLine reads "END VERB…; VERB…" or "END on EVENT: VERB…; VERB…".
func parseLine(s string) (l line, err error) {
	l.end, l.text, _ = strings.Cut(s, " ")
	rest := l.text
	if on, ok := strings.CutPrefix(rest, "on "); ok {
		if l.on, rest, ok = strings.Cut(on, ":"); !ok {
			return l, fmt.Errorf("no colon in %q", s)
		}
	}
	for rest != "" {
		var v verb
		if v, rest, err = parseVerb(rest); err != nil {
			return l, err
		}
		l.verbs = append(l.verbs, v)
	}
	return l, nil
}

// parseVerb reads one verb, up to a semicolon or the end of s.
func parseVerb(s string) (v verb, rest string, err error) {
	v.Options = make(map[string]any)
	place := false // the next word is where to listen or connect
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		switch s[0] {
		case ';':
			return v, s[1:], nil
		case '"':
			if s, err = v.parseText(s); err != nil {
				return v, "", err
			}
			continue
		}
		end := strings.IndexAny(s, " ;")
		if end < 0 {
			end = len(s)
		}
		word := s[:end]
		s = s[end:]
		option, value, numeric := strings.Cut(word, "=")
		switch {
		case v.Verb == "" && slices.Contains(verbs, word):
			v.Verb = word
		case place:
			v.at, place = word, false
		case v.Verb == "connect" && word == "to" || v.Verb == "listen" && word == "at":
			place = true
		case option == "maxConnections" && numeric:
			if v.Options[option], err = strconv.Atoi(value); err != nil {
				return v, "", err
			}
		case word == "allowHalfOpen" || word == "pauseOnConnect":
			v.Options[word] = true
		case v.Verb == "setEncoding" || v.Verb == "setTimeout":
			v.Word = word
		default:
			return v, "", fmt.Errorf("what is %q?", word)
		}
	}
	return v, "", nil
}

// parseText reads a Go string, and *N if that is behind it.
func (v *verb) parseText(s string) (rest string, err error) {
	quoted, err := strconv.QuotedPrefix(s)
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, s)
	}
	p, err := strconv.Unquote(quoted)
	if err != nil {
		return "", err
	}
	rest = s[len(quoted):]
	times := 1
	if number, ok := strings.CutPrefix(rest, "*"); ok {
		rest = strings.TrimLeft(number, "0123456789")
		if times, err = strconv.Atoi(number[:len(number)-len(rest)]); err != nil {
			return "", err
		}
	}
	v.Text = v.Text.append(textOf(bytes.Repeat([]byte(p), times))...)
	return rest, nil
}

// A duplexPlayer plays with duplex.
type duplexPlayer struct {
	engine  *duplex.Engine
	outside bool // see role
	tell    func(happening)

	mu        sync.Mutex
	servers   map[string]*duplex.Server
	sockets   map[string]*duplex.Socket
	names     map[*duplex.Socket]string // of those accepted
	reactions map[string][]verb         // by end and event
}

func (p *duplexPlayer) begin(tell func(happening)) error {
	p.tell = tell
	return nil
}

func (p *duplexPlayer) carryOut(l line) error {
	if l.on != "" {
		p.mu.Lock()
		p.reactions[l.end+" "+l.on] = l.verbs
		p.mu.Unlock()
		return nil
	}
	s := p.socket(l.end)
	if s == nil || p.outside || s.Post(func() { p.do(l.end, s, l.verbs) }) != nil {
		p.do(l.end, s, l.verbs)
	}
	return p.settle()
}

// settle lets the loops turn until everything written is with the kernel, if
// that has room. Twice, since what is written in a turn is sent at its end.
func (p *duplexPlayer) settle() error {
	patience := time.After(duplextest.Patience)
	p.mu.Lock()
	sockets := slices.Collect(maps.Values(p.sockets))
	p.mu.Unlock()
	for range 2 {
		for _, s := range sockets {
			turned := make(chan struct{})
			if s.Post(func() { close(turned) }) != nil {
				continue
			}
			select {
			case <-turned:
			case <-patience:
				return errors.New("what was posted does not run")
			}
		}
	}
	return nil
}

func (p *duplexPlayer) server(end string) *duplex.Server {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.servers[end]
}

func (p *duplexPlayer) socket(end string) *duplex.Socket {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sockets[end]
}

// happen tells what happened to an end, and lets it react.
func (p *duplexPlayer) happen(s *duplex.Socket, h happening) {
	p.tell(h)
	p.mu.Lock()
	reaction := p.reactions[h.end+" "+h.event]
	p.mu.Unlock()
	p.do(h.end, s, reaction)
}

// do carries out the verbs of an end; s is nil for a server, and for a client
// that has not connected.
func (p *duplexPlayer) do(end string, s *duplex.Socket, list []verb) {
	for _, v := range list {
		switch v.Verb {
		case "listen":
			p.listen(end, v)
		case "connect":
			s = p.connect(end, v)
		case "close":
			p.server(end).Unlisten()
		case "write":
			s.Write(v.Text.bytes())
			if s.NeedDrain() {
				p.happen(s, happening{end: end, event: "full"})
			}
		case "end":
			s.Write(v.Text.bytes())
			s.End()
		case "destroy":
			var err error
			if v.Text != nil {
				err = errors.New(string(v.Text.bytes()))
			}
			s.Destroy(err)
		case "reset":
			s.Reset()
		case "pause":
			s.Pause()
		case "resume":
			s.Resume()
		case "setEncoding":
			enc, err := codec.Parse(v.Word)
			if err != nil {
				panic(err)
			}
			s.SetHandler(p.handler(enc, func(*duplex.Socket) string { return end }))
		case "setTimeout":
			ms, err := strconv.Atoi(v.Word)
			if err != nil {
				panic(err)
			}
			s.SetTimeout(time.Duration(ms) * time.Millisecond)
		default:
			panic("no verb " + v.Verb)
		}
	}
}

func (p *duplexPlayer) listen(end string, v verb) {
	srv := p.server(end)
	if srv == nil {
		most, _ := v.Options["maxConnections"].(int)
		srv = &duplex.Server{
			Engine:   p.engine,
			Handler:  p.handler(nil, p.nameOfAccepted),
			Options:  v.options(),
			MaxConns: most,
			OnDrop:   func(duplex.Drop) { p.happen(nil, happening{end: end, event: "drop"}) },
			OnClose:  func() { p.happen(nil, happening{end: end, event: "close"}) },
		}
		srv.OnListening = func() {
			h := happening{end: end, event: "listening"}
			if addr, ok := srv.Addr().(*net.TCPAddr); ok {
				h.port = addr.Port
			}
			p.happen(nil, h)
		}
		p.mu.Lock()
		p.servers[end] = srv
		p.mu.Unlock()
	}
	if err := srv.Listen("tcp", address(v)); err != nil {
		p.happen(nil, happening{end: end, event: "error", details: wordsOfNode(err)})
	}
}

func (p *duplexPlayer) connect(end string, v verb) *duplex.Socket {
	c := &duplex.Client{Engine: p.engine, Resolver: knowsNobody{}, Options: v.options()}
	h := p.handler(nil, func(*duplex.Socket) string { return end })
	s := c.Connect(context.Background(), "tcp", address(v), h)
	p.mu.Lock()
	p.sockets[end] = s
	p.mu.Unlock()
	return s
}

func (v verb) options() (o duplex.Options) {
	o.AllowHalfOpen, _ = v.Options["allowHalfOpen"].(bool)
	o.PauseOnConnect, _ = v.Options["pauseOnConnect"].(bool)
	return o
}

func address(v verb) string { return net.JoinHostPort(v.Host, strconv.Itoa(v.Port)) }

// nameOfAccepted returns the name of an accepted socket, which it gives at the
// first event.
func (p *duplexPlayer) nameOfAccepted(s *duplex.Socket) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, named := p.names[s]; !named {
		name := "socket"
		if n := len(p.names); n > 0 {
			name += strconv.Itoa(n + 1)
		}
		p.names[s] = name
		p.sockets[name] = s
	}
	return p.names[s]
}

// handler tells everything about sockets that are named by name.
func (p *duplexPlayer) handler(enc codec.Encoding, name func(*duplex.Socket) string) *duplex.Handler {
	event := func(event string) func(*duplex.Socket) {
		return func(s *duplex.Socket) { p.happen(s, happening{end: name(s), event: event}) }
	}
	return &duplex.Handler{
		Encoding: enc,
		OnConnect: func(s *duplex.Socket) {
			event := "connect"
			if s.Server() != nil {
				event = "connection"
			}
			p.happen(s, happening{end: name(s), event: event})
		},
		OnData: func(s *duplex.Socket, data []byte) {
			p.happen(s, happening{end: name(s), event: "data", text: textOf(data)})
		},
		OnEnd:     event("end"),
		OnDrain:   event("drain"),
		OnFinish:  event("finish"),
		OnTimeout: event("timeout"),
		OnError: func(s *duplex.Socket, err error) {
			p.happen(s, happening{end: name(s), event: "error", details: wordsOfNode(err)})
		},
		OnClose: func(s *duplex.Socket) {
			details := closing(s.BytesRead(), s.BytesWritten(), s.Err() != nil)
			p.happen(s, happening{end: name(s), event: "close", details: details})
		},
	}
}

func closing(in, out int64, hadError bool) string {
	return fmt.Sprintf("in %d B, out %d B, hadError %t", in, out, hadError)
}

// knowsNobody is a resolver.
type knowsNobody struct{}

func (knowsNobody) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	if host == "silence.invalid" {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// wordsOfNode says err as Node would.
func wordsOfNode(err error) string {
	code := duplex.Code(err)
	var op *net.OpError
	if !errors.As(err, &op) {
		return errorText(code, err.Error())
	}
	words := []string{op.Op, code}
	switch op.Op {
	case "listen":
		var errno syscall.Errno
		errors.As(err, &errno)
		words[1] += ":"
		words = append(words, errno.Error(), op.Addr.String())
	case "connect":
		words = append(words, op.Addr.String())
	case "getaddrinfo":
		var dns *net.DNSError
		errors.As(err, &dns)
		words = append(words, dns.Name)
	}
	return errorText(code, strings.Join(words, " "))
}

var portOfHost = regexp.MustCompile(`(127\.0\.0\.1):\d+`)

// errorText returns an error's message, with its code unless it tells that, and
// the same whatever the port.
func errorText(code, message string) string {
	if !strings.Contains(message, code) {
		message = code + ": " + message
	}
	return portOfHost.ReplaceAllString(message, "$1:PORT")
}

// A nodePlayer plays with Node: testdata/node/order.js in a process of its own.
type nodePlayer struct {
	version string
	stdin   io.Writer
	answers chan error // one for each command; closed when the process has ended

	mu   sync.Mutex
	tell func(happening)
}

// startNode starts Node, if there is one. It ends with the test.
func startNode(t *testing.T) *nodePlayer {
	path, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("DUPLEX_REQUIRE_NODE") == "1" || *update {
			t.Fatalf("Node is required, but there is no node: %v", err)
		}
		return nil
	}
	version, err := exec.Command(path, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "testdata/node/order.js")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &nodePlayer{
		version: strings.TrimSpace(string(version)),
		stdin:   stdin,
		answers: make(chan error, 1),
		tell:    func(happening) {},
	}
	heard := make(chan struct{})
	go func() { // until stdout ends
		p.hear(stdout)
		close(heard)
	}()
	t.Cleanup(func() {
		stdin.Close()
		<-heard
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	})
	return p
}

// An utterance is a line that Node says.
type utterance struct {
	Done bool

	End, Event    string
	Text          text
	Code, Message string
	HadError      bool
	In, Out       int64
	Port          int
}

// hear listens to Node until it has nothing more to say.
func (p *nodePlayer) hear(stdout io.Reader) {
	defer close(p.answers)
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var u utterance
		if err := json.Unmarshal(lines.Bytes(), &u); err != nil {
			p.answers <- fmt.Errorf("node said %q: %w", lines.Text(), err)
			return
		}
		if u.Done {
			p.answers <- nil
			continue
		}
		p.mu.Lock()
		p.tell(u.happening())
		p.mu.Unlock()
	}
}

func (u utterance) happening() happening {
	h := happening{end: u.End, event: u.Event, text: u.Text, port: u.Port}
	switch u.Event {
	case "error":
		h.details = errorText(u.Code, u.Message)
	case "close":
		if !strings.HasPrefix(u.End, "server") {
			h.details = closing(u.In, u.Out, u.HadError)
		}
	}
	return h
}

func (p *nodePlayer) begin(tell func(happening)) error {
	if err := p.command(map[string]any{"forget": true}); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell = tell
	return nil
}

func (p *nodePlayer) carryOut(l line) error {
	return p.command(map[string]any{"end": l.end, "on": l.on, "verbs": l.verbs})
}

// command has Node do something and waits for its answer.
func (p *nodePlayer) command(c map[string]any) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if _, err := p.stdin.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("node does not listen: %w", err)
	}
	select {
	case err, living := <-p.answers:
		if !living {
			return errors.New("node has ended")
		}
		return err
	case <-time.After(duplextest.Patience):
		return errors.New("node does not answer")
	}
}
