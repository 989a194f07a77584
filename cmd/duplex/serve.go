// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"cmp"
	"errors"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/relay"
)

// The words of the tutorial's pair, and their address. (Tests set another one.)
const (
	tutorialHello = "HelloWorld!!!"
	tutorialReply = "goodbye!!!"
)

var tutorialAddress = "127.0.0.1:6666"

// A serve is the verb of that name.
type serve struct {
	display
	conversation // of --stdio
	limits
	secure
	tuning
	lineEnds
	stdio       bool
	keepOpen    bool
	interactive bool
	banner      string
	reply       string
	replyFile   string
	per         string
	echo        bool
	discard     bool
	chargen     bool
	file        string
	exec        string
	chat        bool
	then        string
	stopAfter   int
	grace       time.Duration

	given     func(flag string) bool
	answer    []byte // to each piece of data; nil if no flag gives one
	template  bool   // answer has fields to fill in
	greeting  []byte // of --banner; nil if it is not given
	localPort string // ADDR, if it is a port alone, which only this machine reaches
	onlyLogs  bool   // no flag says what to answer
	tutorial  bool   // no ADDR
	service   service
	terms     relay.Limits // of a client whose answer is on its way
	remarking sync.WaitGroup
	server    *duplex.Server
	clients   clients
	room      duplex.Group // of --chat: all clients

	unsent     shortfall    // of clients that were cut when the grace was over
	late       shortfall    // of clients whose limit of time had passed
	missed     shortfall    // of clients that failed
	unread     atomic.Int64 // bytes that programs of --exec did not read
	untold     atomic.Int64 // lines of a pipe that no client got
	incomplete atomic.Int64 // answers that could not be read
	broken     atomic.Int64 // programs of --exec that have failed
	cutOff     atomic.Int64 // programs that were killed before they had ended
	stopping   atomic.Bool  // a signal came
	dropped    atomic.Bool  // the grace is over
	feeding    sync.WaitGroup
	answering  sync.Mutex // held while an answer is queued, a client enters, and when the grace is over

	// Owned by the loop until it has ended.
	accepted int   // clients so far
	failed   error // why listening ended
}

func newServe() *cobra.Command {
	v := &serve{then: "keep", grace: 5 * time.Second, secure: secure{serves: true}}
	v.conversation.display, v.closed = &v.display, make(chan struct{})
	cmd := &cobra.Command{
		Use:               "serve [ADDR]",
		ValidArgsFunction: cobra.NoFileCompletions,
		Args:              atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			v.given = cmd.Flags().Changed
			return v.run(args)
		},
	}
	addFlags(cmd, v.display.flags(), v.display.dataFlags(), v.conversation.flags(), v.limits.flags(), v.secure.flags(), v.tuning.flags(), v.lineEnds.flags(), []flag{
		{"stdio", "", yes{&v.stdio}},
		{"keep-open", "", yes{&v.keepOpen}},
		{"interactive", "i", yes{&v.interactive}},
		{"banner", "", text{&v.banner}},
		{"reply", "", text{&v.reply}},
		{"reply-file", "", text{&v.replyFile}},
		{"per", "", oneOf(&v.per, "piece", "line")},
		{"echo", "", yes{&v.echo}},
		{"discard", "", yes{&v.discard}},
		{"chargen", "", yes{&v.chargen}},
		{"file", "", text{&v.file}},
		{"exec", "", text{&v.exec}},
		{"chat", "", yes{&v.chat}},
		{"then", "", oneOf(&v.then, "keep", "end", "destroy", "reset")},
		{"once", "", yes{&v.once}},
		{"stop-after", "", count{&v.stopAfter, "clients"}},
		{"grace", "", span{&v.grace}},
	})
	return cmd
}

// serveRules are the rules for the flags of serve.
var serveRules = rules{
	exclusive: []string{
		answerFlags + " stdio",
		"once stop-after", "keep-open send-only",
		"eol crlf", "recv-only eol", "recv-only crlf",
		"stdio then", "stdio once", "stdio stop-after", "stdio banner", "stdio interactive", "stdio max-conns",
		"exec then", "chat then", "chargen then",
		"exec half-open", "file half-open", "chargen half-open",
	},
	needs: [][2]string{
		{"no-half-close send-only recv-only netcat keep-open", "stdio"},
		{"per", "reply reply-file echo"},
		{"trust", "proxy-protocol"},
	},
}

func (v *serve) run(args []string) error {
	network, address, err := v.prepare(args)
	if err != nil {
		return err
	}
	security, pin, err := v.secure.server(v.note)
	if err != nil {
		return err
	}
	signals := catch()
	// One loop: events come one at a time, and the log is in their order.
	engine := &duplex.Engine{Loops: 1}
	v.printer = v.newPrinter()
	if err := v.recorder(v.printer); err != nil {
		return err
	}
	v.printer.ids, v.printer.pin = true, pin
	v.printer.anyPort = strings.HasSuffix(address, ":0")
	v.printer.resumeBy(v.resume)
	v.server = &duplex.Server{
		Engine: engine,
		TLS:    security,
		Options: duplex.Options{
			AllowHalfOpen: v.halfOpen || v.service.feeds,
			// A socket whose client does not read is paused, so no more than one
			// answer comes on top of the high-water mark.
			MaxWriteBuffer: -1,
		},
		OnListening: v.listening,
		OnDrop: func(d duplex.Drop) {
			v.printer.print(event{name: "drop", remote: d.Remote.String(), err: d.Reason})
		},
		OnError: func(err error) {
			v.printer.print(event{name: "error", err: err})
			if opOf(err).Op == "listen" {
				v.failed = err
			}
		},
		OnClose: func() { v.printer.print(event{name: "close"}) },
	}
	if v.chat {
		v.server.MaxWriteBuffer, v.server.Overflow = 1<<20, duplex.OverflowDestroy
	}
	v.limits.apply(v.server)
	if v.service.feeds {
		v.terms = v.limits.patience(v.server)
	}
	v.tuning.options(&v.server.Options)
	v.server.HandshakeTimeout = v.secure.handshake
	if v.stdio {
		return v.pipe(network, address, signals)
	}
	v.server.Handler = v.tuning.watch(v.entered(v.printer.watch(v.handler())))
	if err := v.listen(network, address); err != nil {
		return v.printer.refused(err)
	}

	v.typed()
	done := make(chan struct{})
	go func() {
		engine.Wait()
		v.feeding.Wait()
		v.remarking.Wait()
		v.printer.flush()
		close(done)
	}()
	go func() {
		v.printer.awaitFailure() // or the process ends
		v.server.Close()
	}()
	ending := ending{grace: v.grace, soft: v.stop, hard: v.drop}
	first, second := ending.await(done, signals)
	switch {
	case second != 0:
		return &failure{code: exitSignal + int(second)}
	case v.unsent.is():
		return v.notAll()
	case v.cutOff.Load() > 0:
		return cutOff(int(v.cutOff.Load()), v.dropped.Load(), v.ofTime())
	case v.untold.Load() > 0:
		return &failure{exitSendFailed, plural(int(v.untold.Load()), "line") + " of stdin could not be sent", "the notes say why"}
	case v.unread.Load() > 0:
		return leftUnread(v.unread.Load())
	case v.late.is():
		return v.late.failure("the time of their clients was over", v.ofTime())
	case v.missed.is():
		return v.missed.failure("their clients were gone", "the log says why")
	case v.printer.broken() != nil && first == syscall.SIGHUP:
		// The terminal is gone, and the log with it.
	case v.printer.broken() != nil:
		return cannotPrint(v.printer.broken())
	case v.failed != nil:
		return &failure{code: exitCannotBind}
	case v.incomplete.Load() > 0:
		return &failure{exitOther, plural(int(v.incomplete.Load()), "answer") + " could not be read", "the log says why"}
	case v.broken.Load() > 0:
		return &failure{exitOther, plural(int(v.broken.Load()), "program") + " failed", "the log says why"}
	}
	return nil
}

// listen is Listen of the server. The file that a killed server has left in the place of
// a Unix socket is removed.
func (v *serve) listen(network, address string) error {
	err := v.server.Listen(network, address)
	if network == "unix" && errors.Is(err, syscall.EADDRINUSE) && removeAbandoned(address) {
		err = v.server.Listen(network, address)
	}
	return err
}

// prepare reads the flags and returns the address.
func (v *serve) prepare(args []string) (network, address string, err error) {
	for _, r := range []rules{displayRules, conversationRules, serveRules} {
		if err := r.check(v.given); err != nil {
			return "", "", err
		}
	}
	if err := cmp.Or(v.chooseAnswer(), v.limits.prepare(), v.tuning.check()); err != nil {
		return "", "", err
	}
	if v.eol = v.lineEnds.choose(); v.eol != nil && !v.stdio && !v.interactive && !isTerminal(os.Stdin) {
		return "", "", misuse("add --stdio or -i", "--eol is for the lines of stdin, which is not sent")
	}
	if v.once {
		v.stopAfter = 1
	}
	v.lingers = v.given("linger")
	silent := v.answer == nil && !v.echo && !v.discard && !v.chargen && !v.chat && !v.stdio && v.file == "" && v.exec == ""
	if v.tutorial = len(args) == 0; v.tutorial && silent {
		v.answer = []byte(tutorialReply)
	}
	v.service = v.services()
	arg, err := v.secure.prepare(strings.Join(args, ""), v.given)
	switch {
	case err != nil:
		return "", "", err
	case v.tutorial:
		return "tcp", tutorialAddress, nil
	}
	if network, address, err = parseAddress(arg); err != nil {
		return "", "", err
	}
	if isNumber(arg) {
		v.localPort = arg
	}
	v.onlyLogs = silent && v.greeting == nil
	return network, address, nil
}

// chooseAnswer sets the answer from --reply or --reply-file, and the greeting.
func (v *serve) chooseAnswer() error {
	if v.given("banner") {
		text, err := unescape(v.banner)
		if err != nil {
			return misuse(escapes, "--banner: %v", err)
		}
		v.greeting = []byte(text)
	}
	switch {
	case v.given("reply"):
		text, err := unescape(v.reply)
		if err != nil {
			return misuse(escapes, "--reply: %v", err)
		}
		v.answer, v.template = []byte(text), strings.Contains(text, "{{")
	case v.given("reply-file"):
		content, err := os.ReadFile(v.replyFile)
		if err != nil {
			return &failure{exitOther, err.Error(), "--reply-file takes the name of a file"}
		}
		v.answer = append([]byte{}, content...)
	case v.given("file"):
		if info, err := os.Stat(v.file); err != nil {
			return &failure{exitOther, err.Error(), "--file takes the name of a file"}
		} else if info.IsDir() {
			return &failure{exitOther, v.file + " is a folder", "--file takes the name of a file"}
		}
	}
	return nil
}

// listening prints the address, with the port that was chosen for 0, and notes for
// the reader.
func (v *serve) listening() {
	v.printer.srv = shown(v.server.Addr())
	v.printer.print(event{name: "listening"})
	v.remarking.Go(func() {
		v.printer.flush()
		if v.localPort != "" {
			v.note("only this machine reaches it; others do if the address is :%s", v.localPort)
		}
		if v.printer.pin != "" {
			v.notePin(v.printer.pin)
		}
		if v.onlyLogs {
			v.note("it only logs; to answer, add --echo or --reply TEXT")
		}
	})
}

// stop accepts no more clients, and ends every socket after the answer that is being
// made and its queue.
func (v *serve) stop() {
	v.stopping.Store(true)
	v.server.Unlisten()
	if n := v.server.Len(); n > 0 {
		v.note("stopping; press Ctrl-C again to drop %s", plural(n, "connection"))
	}
	// On the loop, and so between two callbacks: what one has written is sent.
	v.server.Engine.AfterFunc(0, func() {
		for s := range v.server.Sockets() {
			// A client whose handshake is not over gets its answer then.
			if c := v.printer.peer(s).client; c != nil {
				v.wind(c)
			}
		}
	})
}

// wind ends c after the answer that is being made.
func (v *serve) wind(c *client) {
	switch {
	case !c.feeding.Load() || v.chargen:
		c.End()
	case v.service.rest != nil:
		v.service.rest(c) // the program ends, and then the socket
	}
}

// drop destroys every socket.
func (v *serve) drop() {
	v.answering.Lock() // an answer is queued and counts here, or comes after Close
	defer v.answering.Unlock()
	v.dropped.Store(true)
	for _, c := range v.clients.all() {
		v.cut(c, errCut)
	}
	v.server.Close()
}

// entered returns h, which prints, with each client known before it is printed: who reads
// that it is there may write to it at once.
func (v *serve) entered(h *duplex.Handler) *duplex.Handler {
	prints := h.OnConnect
	h.OnConnect = func(s *duplex.Socket) {
		peer := v.printer.peer(s)
		peer.client = &client{Socket: s, id: peer.id}
		if v.service.feeds {
			peer.client.rest.Store(notBegun)
		}
		v.enter(peer.client)
		prints(s)
	}
	closes := h.OnClose
	h.OnClose = func(s *duplex.Socket) {
		if c := v.printer.peer(s).client; c != nil && v.service.gone != nil {
			v.service.gone(c) // it may have an error to print
		}
		closes(s)
	}
	return h
}

// enter adds c to the list of clients and to the room. A line that chatter sends finds it
// in both or in neither.
func (v *serve) enter(c *client) {
	v.answering.Lock()
	defer v.answering.Unlock()
	v.clients.join(c)
	if v.chat {
		v.room.Add(c.Socket)
	}
}

// handler returns the Handler of the clients.
func (v *serve) handler() *duplex.Handler {
	lines := v.per == "line" || v.chat
	of := func(s *duplex.Socket) *client { return v.printer.peer(s).client }
	return &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			if v.accepted++; v.accepted == v.stopAfter {
				v.server.Unlisten()
			}
			c := of(s)
			v.terms.Watch(s, func() bool { return false }, func(err error) { v.expire(c, err) })
			v.write(c, v.fill(c, v.greeting, 0))
			if v.service.open != nil {
				v.service.open(c)
			}
			if v.stopping.Load() { // stop came before it, and has not seen it
				v.wind(c)
			}
		},
		OnData: func(s *duplex.Socket, data []byte) {
			switch c := of(s); {
			case lines:
				c.begun = append(c.begun, data...)
				v.take(c, false)
			case v.service.data != nil:
				v.service.data(c, data)
			}
			if s.NeedDrain() {
				s.Pause() // until OnDrain: the client reads slower than it writes
			}
		},
		OnEnd: func(s *duplex.Socket) {
			c := of(s)
			v.take(c, true)
			switch {
			case v.service.rest != nil:
				v.service.rest(c)
			case v.service.feeds && !c.feeding.Load():
				s.End()
			}
		},
		OnDrain: v.drained,
		OnFinish: func(s *duplex.Socket) {
			v.drained(s) // after End there is no OnDrain
			if v.lingers {
				s.AfterFunc(v.linger, func() { s.Destroy(nil) })
			}
		},
		OnClose: func(s *duplex.Socket) {
			c := of(s)
			if c == nil {
				return
			}
			v.clients.leave(c)
			v.lose(c)
		},
	}
}

// drained goes on with a client that has read.
func (v *serve) drained(s *duplex.Socket) {
	if c := v.printer.peer(s).client; c != nil && len(c.begun) > 0 {
		v.take(c, false)
	}
	v.resume(s)
}

// resume resumes s unless it has to wait for its client, for the log or for a program,
// or is about to be destroyed.
func (v *serve) resume(s *duplex.Socket) {
	peer := v.printer.peer(s)
	if !peer.leaving.Load() && !s.NeedDrain() && !v.printer.hold(s) && !peer.client.full(s) {
		s.Resume()
	}
}
