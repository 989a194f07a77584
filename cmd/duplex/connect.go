// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex"
)

// resolver finds the addresses of names; nil is the resolver of the system. Tests
// set their own.
var resolver duplex.Resolver

// A connect is the verb of that name.
type connect struct {
	display
	conversation
	secure
	tuning
	lineEnds
	showEvents  bool
	interactive bool
	send        string
	sendFile    string
	local       string
	idle        time.Duration
	grace       time.Duration
	expected    string
	retry       bool

	reconnects    bool
	reconnections int
	backoff       between

	via string

	proxyProtocol string
	proxySource   string

	given func(flag string) bool
}

func newConnect() *cobra.Command {
	v := &connect{grace: time.Second, backoff: between{100 * time.Millisecond, 10 * time.Second}}
	v.conversation.display, v.closed = &v.display, make(chan struct{})
	cmd := &cobra.Command{
		Use:               "connect [ADDR]",
		ValidArgsFunction: cobra.NoFileCompletions,
		Args: func(cmd *cobra.Command, args []string) error {
			if v.quiet && len(args) == 2 && isNumber(args[0]) {
				return misuse(netcatsQ, "-q takes no number")
			}
			return atMostOne(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			v.given = cmd.Flags().Changed
			return v.run(args)
		},
	}
	addFlags(cmd, v.display.flags(), v.display.dataFlags(), v.conversation.flags(), v.secure.flags(), v.secure.clientFlags(), v.tuning.flags(), v.lineEnds.flags(), []flag{
		{"events", "", yes{&v.showEvents}},
		{"interactive", "i", yes{&v.interactive}},
		{"send", "", text{&v.send}},
		{"send-file", "", text{&v.sendFile}},
		{"once", "", yes{&v.once}},
		{"local", "", text{&v.local}},
		{"timeout", "", span{&v.timeout}},
		{"idle", "", span{&v.idle}},
		{"grace", "", span{&v.grace}},
		{"zero", "z", yes{&v.probe}},
		{"expect", "", text{&v.expected}},
		{"retry", "", yes{&v.retry}},
		{"reconnect", "", optional{count{&v.reconnections, "attempts"}, &v.reconnects}},
		{"backoff", "", &v.backoff},
		{"via", "", text{&v.via}},
		{"proxy-protocol", "", oneOf(&v.proxyProtocol, "v1", "v2")},
		{"proxy-source", "", text{&v.proxySource}},
	})
	return cmd
}

// connectRules are the rules for the flags of connect.
var connectRules = rules{
	exclusive: []string{
		"eol crlf",
		"recv-only interactive", "recv-only eol", "recv-only crlf",
		"zero send", "zero send-file", "zero interactive", "zero once", "zero expect", "zero reconnect",
		"expect once", "expect send-only",
		"reconnect once", "reconnect expect",
		"via proxy-protocol", "via local",
	},
	needs: [][2]string{
		{"proxy-source", "proxy-protocol"},
		{"backoff", "retry reconnect"},
	},
}

func (v *connect) run(args []string) error {
	if network, host, first, last, found, err := portRange(strings.Join(args, "")); v.probe && found && err == nil {
		if err := v.prepareScan(); err != nil {
			return err
		}
		return v.scan(network, host, first, last)
	} else if v.probe && err != nil {
		return err
	}
	network, address, err := v.prepare(args)
	if err != nil {
		return err
	}
	security, err := v.secure.client()
	if err != nil {
		return err
	}
	header, err := proxyHeader(v.proxyProtocol, v.proxySource, address)
	if err != nil {
		return err
	}
	signals := catch()
	v.printer = v.newPrinter()
	v.printer.probes = v.probe && v.via == "" // a proxy that resets says nothing of the target
	if err := v.recorder(v.printer); err != nil {
		return err
	}
	v.printer.events = v.printsEvents()
	if !v.printer.events && v.as == "" {
		v.printer.view = viewNamed("raw")
	}
	client := &duplex.Client{
		// One loop is enough for one socket.
		Engine:      &duplex.Engine{Loops: 1},
		LocalAddr:   v.local,
		Timeout:     v.timeout,
		Resolver:    resolver,
		TLS:         security,
		ProxyHeader: header,
		Options:     duplex.Options{IdleTimeout: v.idle},
	}
	v.conversation.options(&client.Options)
	v.tuning.options(&client.Options)
	client.HandshakeTimeout = v.secure.handshake
	proxy, err := parseVia(v.via, network, address, v.timeout)
	if err != nil {
		return err
	}
	tries := &attempts{
		handler:   v.tuning.watch(v.conversation.handler()),
		retry:     v.retry,
		reconnect: v.reconnects,
		most:      v.reconnections,
		timeout:   v.timeout,
		pauses:    v.backoff,
		waiting:   v.announce,
		over:      func(*duplex.Socket) { close(v.closed) },
		connect: func(h *duplex.Handler) *duplex.Socket {
			return client.Connect(context.Background(), network, address, h)
		},
	}
	if proxy != nil {
		client.TLS = nil // it begins behind the proxy
		tries.connect = func(h *duplex.Handler) *duplex.Socket {
			return client.Connect(context.Background(), "tcp", proxy.address, proxy.lead(h, security))
		}
	}
	if v.reconnects {
		v.reopen, v.unneeded = tries.reopen, tries.settle
	}
	tries.start()

	done := make(chan struct{})
	go func() {
		<-v.closed
		v.printer.flush()
		close(done)
	}()
	go func() {
		v.printer.awaitFailure() // or the process ends
		tries.stop(destroy)
	}()
	short := "" // says what a reset has cost
	hard := func() {
		if short = v.unsent(); short != "" {
			tries.stop(v.printer.reset)
			return
		}
		tries.stop(destroy)
	}
	ending := ending{grace: v.grace, soft: func() { tries.stop(v.hangUp) }, hard: hard}
	signal, _ := ending.await(done, signals)
	last := tries.socket()
	if tries.isSettled() {
		v.mu.Lock()
		last = v.left // what has become of an attempt does not matter
		v.mu.Unlock()
	}
	f := v.outcome(last)
	if f != nil && proxy != nil && proxy.failed.Load() {
		f.hint = hintOfVia
	}
	if signal != 0 {
		f = v.signaled(int(signal), short)
	}
	if f != nil {
		return f
	}
	return nil
}

// announce says that another attempt follows.
func (v *connect) announce(err error, pause time.Duration, first bool) {
	switch {
	case v.reconnects && v.printer.events:
		v.printer.print(event{name: "reconnect", pause: pause})
	case first && err == nil:
		v.note("the connection has ended; connecting again")
	case first:
		v.note("%s; trying again until it works", describe(err))
	}
}

func destroy(s *duplex.Socket) { s.Destroy(nil) }

// printsEvents reports whether stdout gets events, and not the bytes alone.
func (v *connect) printsEvents() bool {
	return v.showEvents || v.json || v.as != "raw" && isTerminal(os.Stdout)
}

// rules returns a misuse if the given flags contradict each other.
func (v *connect) rules() error {
	for _, r := range []rules{displayRules, conversationRules, connectRules} {
		if err := r.check(v.given); err != nil {
			return err
		}
	}
	return nil
}

// prepare reads the flags and returns the address.
func (v *connect) prepare(args []string) (network, address string, err error) {
	if err := v.rules(); err != nil {
		return "", "", err
	}
	v.lingers = v.given("linger")
	v.eol = v.lineEnds.choose()
	if err := v.tuning.check(); err != nil {
		return "", "", err
	}
	if v.given("expect") {
		if v.expect, err = regexp.Compile(v.expected); err != nil {
			return "", "", misuse("it is a regular expression of Go: \\. is a dot", "--expect: %v", err)
		}
	}
	network, address = "tcp", tutorialAddress
	arg, err := v.secure.prepare(strings.Join(args, ""), v.given)
	if err != nil {
		return "", "", err
	}
	if len(args) > 0 {
		if network, address, err = parseRemote(arg, "server"); err != nil {
			return "", "", err
		}
	}
	if err := checkLocal(v.local); err != nil {
		return "", "", err
	}
	return network, address, v.openInput(len(args) == 0)
}

// openInput opens the input: the text and the file that the flags name, then stdin.
func (v *connect) openInput(tutorial bool) error {
	text, err := unescape(v.send)
	if err != nil {
		return misuse(escapes, "--send: %v", err)
	}
	if tutorial && !v.probe && !v.given("send") && !v.given("send-file") && !isPiped(os.Stdin) {
		text = tutorialHello
	}
	v.input = newInput()
	v.input.whole = v.netcat || v.sendOnly
	v.input.addText(text)
	if v.sendFile != "" {
		f, err := os.Open(v.sendFile)
		if err != nil {
			return &failure{exitOther, err.Error(), "--send-file takes the name of a file"}
		}
		v.input.addFile(v.sendFile, f)
	}
	// A person who asks for one reply to one message types no more.
	asked := v.once && isTerminal(os.Stdin) && (text != "" || v.sendFile != "")
	if v.talks = !v.recvOnly && !v.probe && !asked; v.talks {
		v.input.addFile("stdin", os.Stdin)
	}
	if v.talks && (v.interactive || isTerminal(os.Stdin) && v.printsEvents()) {
		v.keys = newKeyboard(v.display.remark, nil)
		if v.eol != nil {
			v.keys.mark = v.eol.mark
		}
	}
	return nil
}
