// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/recording"
)

// A replay is the verb of that name: it plays one side of a recording to a peer.
type replay struct {
	display
	secure
	serveOn  string
	speed    float64 // 0 is as fast as it goes
	id       int
	expected string
	timeout  time.Duration
	local    string

	given   func(flag string) bool
	pattern *regexp.Regexp // of --expect=RE
	printer *printer
	players []*player
	stopped chan struct{} // closed by a signal

	next int // the player for the next client; owned by the loop

	mu       sync.Mutex
	problems []*failure
}

func newReplay() *cobra.Command {
	v := &replay{speed: 1, timeout: 10 * time.Second, stopped: make(chan struct{})}
	cmd := &cobra.Command{
		Use: "replay FILE [ADDR]",
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) < 2:
				return oneFile(cmd, args)
			case len(args) == 2 && !cmd.Flags().Changed("serve"):
				return nil
			case v.expected == anyNumber:
				return misuse("write --expect="+args[len(args)-1], "--expect takes its pattern behind an =")
			}
			return misuse("see: duplex help replay", "one file and one address are enough, %s is one more", args[len(args)-1])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			v.given = cmd.Flags().Changed
			return v.run(args)
		},
	}
	addFlags(cmd, v.display.flags(), v.display.dataFlags(), v.secure.flags(), v.secure.clientFlags(), []flag{
		{"serve", "", text{&v.serveOn}},
		{"speed", "", &pace{&v.speed}},
		{"id", "", count{&v.id, "a connection"}},
		{"expect", "", pattern{&v.expected}},
		{"timeout", "", span{&v.timeout}},
		{"local", "", text{&v.local}},
	})
	return cmd
}

// replayRules are the rules for the flags of replay.
var replayRules = rules{exclusive: []string{
	"serve local", "serve pin", "serve insecure", "serve servername",
}}

// A pace is a flag whose value is how many times faster something goes.
type pace struct{ *float64 }

func (p *pace) String() string { return strconv.FormatFloat(*p.float64, 'g', -1, 64) }
func (p *pace) Type() string   { return "speed" }

func (p *pace) Set(text string) error {
	if text == "max" {
		*p.float64 = 0
		return nil
	}
	n, err := strconv.ParseFloat(strings.TrimSuffix(text, "x"), 64)
	if err != nil || !(n >= 1e-6) || n > 1e9 {
		return errors.New("it is how many times faster, as in 2 or 0.5, or max")
	}
	*p.float64 = n
	return nil
}

// A pattern is a flag whose value is a regular expression, or anyNumber if it is left
// away.
type pattern struct{ *string }

func (p pattern) String() string { return *p.string }
func (p pattern) Type() string   { return "pattern" }

func (p pattern) Set(s string) error {
	*p.string = s
	return nil
}

func (v *replay) run(args []string) error {
	rec, network, address, err := v.prepare(args)
	if err != nil {
		return err
	}
	signals := catch()
	v.printer = v.newPrinter()
	if err := v.recorder(v.printer); err != nil {
		return err
	}
	v.printer.ids = v.given("serve") || len(rec) > 1
	side := recording.Client
	if v.given("serve") {
		side = recording.Server
	}
	for _, c := range rec {
		v.players = append(v.players, newPlayer(v, c, side))
	}
	engine := &duplex.Engine{Loops: 1}
	var server *duplex.Server
	if v.given("serve") {
		if server, err = v.serve(engine, network, address); err != nil {
			return err
		}
	} else if err := v.connect(engine, network, address); err != nil {
		return err
	}

	done := make(chan struct{})
	go func() {
		for _, p := range v.players {
			<-p.done
		}
		engine.Wait()
		v.printer.flush()
		close(done)
	}()
	halt := sync.OnceFunc(func() {
		close(v.stopped)
		if server != nil {
			server.Close()
		}
	})
	go func() {
		v.printer.awaitFailure() // or the process ends
		halt()
	}()
	signal, _ := ending{grace: time.Second, soft: halt, hard: func() {}}.await(done, signals)
	switch {
	case signal != 0:
		return &failure{code: exitSignal + int(signal)}
	case v.printer.broken() != nil:
		return cannotPrint(v.printer.broken())
	}
	return v.verdict()
}

// verdict returns the first failure, and prints the others.
func (v *replay) verdict() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.problems) == 0 {
		return nil
	}
	for _, f := range v.problems[1:] {
		if f.message != "" {
			say("error", f.message, v.color)
		}
	}
	return v.problems[0]
}

// fails notes a failure of a conversation.
func (v *replay) fails(f *failure) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.problems = append(v.problems, f)
}

// prepare reads the flags and the file, and returns the conversations to play and the
// address.
func (v *replay) prepare(args []string) (rec []*recording.Conversation, network, address string, err error) {
	for _, r := range []rules{displayRules, replayRules} {
		if err := r.check(v.given); err != nil {
			return nil, "", "", err
		}
	}
	if v.given("expect") && v.expected != anyNumber {
		if v.pattern, err = regexp.Compile(v.expected); err != nil {
			return nil, "", "", misuse("it is a regular expression of Go: \\. is a dot", "--expect: %v", err)
		}
	}
	if err := checkLocal(v.local); err != nil {
		return nil, "", "", err
	}
	f, err := openRecording(args[0])
	if err != nil {
		return nil, "", "", err
	}
	defer f.Close()
	all, err := recording.Read(f)
	if err != nil {
		return nil, "", "", damaged(args[0], err, "duplex dump shows what stands before that line")
	}
	for _, c := range all.Conversations {
		// Of a proxy's two connections, a client plays the one that a client made.
		other := c.Pair > 0 && (c.Recorder == recording.Server) == v.given("serve")
		if c.ID == v.id || v.id == 0 && !other {
			rec = append(rec, c)
		}
	}
	if len(rec) == 0 {
		return nil, "", "", &failure{exitOther, args[0] + " has no connection to play", "duplex dump shows what it has"}
	}
	where := v.serveOn
	if !v.given("serve") {
		if len(args) == 1 {
			return nil, "", "", misuse(fmt.Sprintf("write duplex replay %s %s, or --serve ADDR", args[0], cmp.Or(rec[0].Server, "ADDR")),
				"to which server?")
		}
		where = args[1]
	}
	v.secure.serves = v.given("serve")
	arg, err := v.secure.prepare(where, v.given)
	if err != nil {
		return nil, "", "", err
	}
	if v.given("serve") {
		network, address, err = parseAddress(arg)
	} else {
		network, address, err = parseRemote(arg, "server")
	}
	return rec, network, address, err
}

// connect plays the clients. Each begins when it began in the recording, and after those
// that were over by then.
func (v *replay) connect(engine *duplex.Engine, network, address string) error {
	security, err := v.secure.client()
	if err != nil {
		return err
	}
	client := &duplex.Client{
		Engine: engine, LocalAddr: v.local, Timeout: v.timeout, Resolver: resolver, TLS: security,
		Options: duplex.Options{AllowHalfOpen: true, HandshakeTimeout: v.handshake},
	}
	start, first := time.Now(), v.players[0].c.Began
	go func() { // until all have begun
		for i, p := range v.players {
			for _, before := range v.players[:i] {
				if !before.c.Ended.After(p.c.Began) {
					<-before.done
				}
			}
			if !p.sleep(start.Add(v.scaled(p.c.Began.Sub(first)))) {
				p.finish(nil)
				continue
			}
			client.Connect(context.Background(), network, address, v.printer.watch(p.handler()))
		}
	}()
	return nil
}

// serve plays the server to one client after the other.
func (v *replay) serve(engine *duplex.Engine, network, address string) (*duplex.Server, error) {
	security, pin, err := v.secure.server(v.note)
	if err != nil {
		return nil, err
	}
	v.printer.pin, v.printer.anyPort = pin, strings.HasSuffix(address, ":0")
	server := &duplex.Server{
		Engine: engine, TLS: security,
		Options: duplex.Options{AllowHalfOpen: true, MaxWriteBuffer: -1, HandshakeTimeout: v.handshake},
		OnDrop: func(d duplex.Drop) {
			v.printer.print(event{name: "drop", remote: d.Remote.String(), err: d.Reason})
		},
	}
	server.OnListening = func() {
		v.printer.srv = shown(server.Addr())
		v.printer.print(event{name: "listening"})
		if pin != "" {
			v.note("its certificate was made just now; connect with --pin %s", pin)
		}
	}
	server.OnError = func(err error) {
		v.printer.print(event{name: "error", err: err})
		if opOf(err).Op == "listen" {
			v.fails(&failure{code: exitCannotBind})
		}
	}
	server.OnClose = func() {
		v.printer.print(event{name: "close"})
		for _, p := range v.players[v.next:] {
			p.finish(nil) // no client comes any more
		}
	}
	server.Handler = v.printer.watch(v.turns(server))
	err = server.Listen(network, address)
	if network == "unix" && errors.Is(err, syscall.EADDRINUSE) && removeAbandoned(address) {
		err = server.Listen(network, address)
	}
	if err != nil {
		return nil, fail(err)
	}
	return server, nil
}

// turns returns the Handler of clients: each gets the next conversation.
func (v *replay) turns(server *duplex.Server) *duplex.Handler {
	return &duplex.Handler{OnConnect: func(s *duplex.Socket) {
		if v.next == len(v.players) {
			s.Destroy(nil) // it was accepted with the last
			return
		}
		h := v.players[v.next].handler()
		if v.next++; v.next == len(v.players) {
			server.Unlisten()
		}
		s.SetHandler(v.printer.watch(h))
		h.OnConnect(s)
	}}
}

// scaled returns how long a recorded time takes now.
func (v *replay) scaled(d time.Duration) time.Duration {
	if v.speed == 0 || d < 0 {
		return 0
	}
	return time.Duration(min(float64(d)/v.speed, math.MaxInt64/4)) // a sum of times is one, too
}
