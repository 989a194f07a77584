// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex"
)

// resolver finds the addresses of names; nil is the system's. Tests have theirs.
var resolver duplex.Resolver

// netcatsQ is the hint for who writes -q N. Here -q is --quiet everywhere.
const netcatsQ = "netcat's -q N is --linger Ns here"

func isNetcatsQ(arg string) bool { return strings.HasPrefix(arg, "-q") && isNumber(arg[2:]) }

// A connect is the verb of that name.
type connect struct {
	display
	showEvents  bool
	send        string
	sendFile    string
	once        bool
	local       string
	timeout     time.Duration
	idle        time.Duration
	linger      time.Duration
	grace       time.Duration
	halfOpen    bool
	noHalfClose bool
	sendOnly    bool
	recvOnly    bool
	netcat      bool // -N asks for what we do anyway

	given   func(flag string) bool
	input   io.Reader // what is sent
	talks   bool      // stdin is part of it
	printer *printer
	closed  chan struct{} // closed by OnClose

	inputFailed chan error // holds why the input ended, if that was no end
}

func newConnect() *cobra.Command {
	v := &connect{
		grace:       time.Second,
		closed:      make(chan struct{}),
		inputFailed: make(chan error, 1),
	}
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
	v.display.add(cmd, viewNames()...)
	flags := cmd.Flags()
	flags.BoolVar(&v.showEvents, "events", false, "")
	flags.StringVar(&v.send, "send", "", "")
	flags.StringVar(&v.sendFile, "send-file", "", "")
	flags.BoolVar(&v.once, "once", false, "")
	flags.StringVar(&v.local, "local", "", "")
	span(cmd, &v.timeout, "timeout")
	span(cmd, &v.idle, "idle")
	span(cmd, &v.linger, "linger")
	span(cmd, &v.grace, "grace")
	flags.BoolVar(&v.halfOpen, "half-open", false, "")
	flags.BoolVar(&v.noHalfClose, "no-half-close", false, "")
	flags.BoolVar(&v.sendOnly, "send-only", false, "")
	flags.BoolVar(&v.recvOnly, "recv-only", false, "")
	flags.BoolVarP(&v.netcat, "netcat", "N", false, "")
	return cmd
}

func (v *connect) run(args []string) error {
	network, address, err := v.prepare(args)
	if err != nil {
		return err
	}
	signals := catch()
	v.printer = v.display.printer()
	v.printer.events = v.showEvents || v.json || v.as != "raw" && isTerminal(os.Stdout)
	if !v.printer.events && v.as == "" {
		v.printer.view = viewNamed("raw")
	}
	client := &duplex.Client{
		// One loop is enough for one socket.
		Engine:    &duplex.Engine{Loops: 1},
		LocalAddr: v.local,
		Timeout:   v.timeout,
		Resolver:  resolver,
		Options: duplex.Options{
			AllowHalfOpen: v.halfOpen,
			IdleTimeout:   v.idle,
			Linger:        v.linger,
		},
	}
	if v.given("linger") && v.linger == 0 {
		client.Linger = -1
	}
	handler := v.printer.watch(v.handler())
	if v.sendOnly {
		handler.OnData = nil
	}
	s := client.Connect(context.Background(), network, address, handler)

	done := make(chan struct{})
	go func() {
		<-v.closed
		v.printer.flush()
		close(done)
	}()
	go func() {
		<-v.printer.failed // or the process ends
		s.Destroy(nil)
	}()
	ending := ending{grace: v.grace, soft: func() { hangUp(s) }, hard: func() { s.Destroy(nil) }}
	signal, _ := ending.await(done, signals)
	if signal != 0 {
		return &failure{code: exitSignal + int(signal)}
	}
	return v.outcome(s)
}

// hangUp ends s behind what it has to send, or gives up connecting.
func hangUp(s *duplex.Socket) {
	if s.RemoteAddr() == nil {
		s.Destroy(nil)
	}
	s.End()
}

// outcome returns the failure that the conversation ended in, if so.
func (v *connect) outcome(s *duplex.Socket) error {
	if err := v.printer.broken(); err != nil {
		return cannotPrint(err)
	}
	if err := s.Err(); err != nil {
		f := fail(err)
		if v.printer.events {
			f.message = "" // the event has said it
		}
		return f
	}
	select {
	case err := <-v.inputFailed:
		return &failure{exitOther, err.Error(), "what was read before has been sent"}
	default:
		return nil
	}
}

// prepare reads the flags and returns the address.
func (v *connect) prepare(args []string) (network, address string, err error) {
	if err := exclusive(v.given, "send-only", "recv-only"); err != nil {
		return "", "", err
	}
	network, address = "tcp", tutorialAddress
	if len(args) > 0 {
		if network, address, err = parseAddress(args[0]); err != nil {
			return "", "", err
		}
		if network != "unix" && strings.HasSuffix(address, ":0") {
			return "", "", misuse("give the port that the server listens on", "no port to connect to: %s", address)
		}
	}
	if !isLocalAddress(v.local) {
		return "", "", misuse("write 127.0.0.1 or 127.0.0.1:35890", "--local takes an IP address, not %s", v.local)
	}
	return network, address, v.openInput(len(args) == 0)
}

// openInput finds what is to be sent: what the flags say, and then stdin.
func (v *connect) openInput(tutorial bool) error {
	text, err := unescape(v.send)
	if err != nil {
		return misuse(escapes, "--send: %v", err)
	}
	if tutorial && !v.given("send") && !v.given("send-file") && !isPiped(os.Stdin) {
		text = tutorialHello
	}
	inputs := []io.Reader{strings.NewReader(text)}
	if v.sendFile != "" {
		f, err := os.Open(v.sendFile)
		if err != nil {
			return &failure{exitOther, err.Error(), "--send-file takes the name of a file"}
		}
		inputs = append(inputs, f)
	}
	// Who asks on a terminal for one reply to one message has no more to say.
	asked := v.once && isTerminal(os.Stdin) && (text != "" || v.sendFile != "")
	if v.talks = !v.recvOnly && !asked; v.talks {
		inputs = append(inputs, os.Stdin)
	}
	v.input = io.MultiReader(inputs...)
	return nil
}

// handler returns what the client does.
func (v *connect) handler() *duplex.Handler {
	return &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			go v.pump(s) // until the input or the socket ends, or the process
		},
		OnData: func(s *duplex.Socket, _ []byte) {
			if v.once {
				s.End()
			}
		},
		OnFinish: func(s *duplex.Socket) {
			switch {
			case v.given("linger"):
				s.AfterFunc(v.linger, func() { s.Destroy(nil) })
			case v.timeout > 0:
				s.AfterFunc(v.timeout, func() {
					s.Destroy(&net.OpError{Op: "read", Net: "tcp", Addr: s.RemoteAddr(), Err: os.ErrDeadlineExceeded})
				})
			}
		},
		OnClose: func(*duplex.Socket) { close(v.closed) },
	}
}

// pump sends the input, no faster than the peer takes it, and ends our side
// behind it.
func (v *connect) pump(s *duplex.Socket) {
	if v.talks && v.printer.events && isTerminal(os.Stdin) && isTerminal(os.Stdout) {
		v.printer.flush()
		v.note("what you type is sent line by line; Ctrl-D ends it")
	}
	_, err := s.ReadFrom(io.TeeReader(v.input, writes{v.printer, s}))
	var failed *fs.PathError // of a file; what else fails is the socket
	if errors.As(err, &failed) {
		v.inputFailed <- err
	}
	switch {
	case v.sendOnly:
		s.Close()
	case v.talks && !v.noHalfClose || err != nil:
		s.End()
	}
}

// writes prints what is about to be written to a socket.
type writes struct {
	printer *printer
	socket  *duplex.Socket
}

func (w writes) Write(p []byte) (int, error) {
	w.printer.wrote(w.socket, p)
	return len(p), nil
}
