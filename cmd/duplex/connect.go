// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex"
)

// resolver finds the addresses of names; nil is the resolver of the system. Tests
// set their own.
var resolver duplex.Resolver

// netcatsQ is the hint for a command line with -q N. Here -q is --quiet everywhere.
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
	netcat      bool // -N: the server's end does not end stdin

	given   func(flag string) bool
	input   *input // what is sent
	talks   bool   // stdin is part of it
	printer *printer
	closed  chan struct{} // closed by OnClose

	sent atomic.Int64 // bytes of the input that the kernel has taken

	mu       sync.Mutex // guards what follows
	stopping reason     // why our side has to end
	inputEnd bool       // the input is over, and all of it is sent
}

func newConnect() *cobra.Command {
	v := &connect{
		grace:  time.Second,
		closed: make(chan struct{}),
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
			AllowHalfOpen: true, // our side ends by stop
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
	ending := ending{grace: v.grace, soft: func() { v.hangUp(s) }, hard: func() { s.Destroy(nil) }}
	signal, _ := ending.await(done, signals)
	f := v.outcome(s)
	if signal != 0 {
		f = &failure{code: exitSignal + int(signal)}
		if f.message = v.unsent(); f.message != "" {
			f.hint = "--grace says how long a signal waits for the server"
		}
	}
	if f != nil {
		return f
	}
	return nil
}

// hangUp ends s after the bytes that were read from the input, or gives up
// connecting.
func (v *connect) hangUp(s *duplex.Socket) {
	if s.RemoteAddr() == nil {
		s.Destroy(nil)
	}
	v.stop(s, interrupted)
}

// outcome returns the failure that the conversation ended in, nil if it did not.
func (v *connect) outcome(s *duplex.Socket) *failure {
	if err := v.printer.broken(); err != nil {
		f := cannotPrint(err)
		if f.message == "" {
			f.message = v.unsent()
		}
		return f
	}
	if err := s.Err(); err != nil {
		f := fail(err)
		if v.printer.events {
			f.message = "" // the error event shows it
		}
		return f
	}
	if unsent := v.unsent(); unsent != "" {
		return &failure{exitSendFailed, unsent, "the connection was closed before"}
	}
	if _, _, err := v.input.state(); err != nil {
		return &failure{exitOther, err.Error(), "what was read before has been sent"}
	}
	return nil
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

// openInput opens the input: the text and the file that the flags name, then stdin.
func (v *connect) openInput(tutorial bool) error {
	text, err := unescape(v.send)
	if err != nil {
		return misuse(escapes, "--send: %v", err)
	}
	if tutorial && !v.given("send") && !v.given("send-file") && !isPiped(os.Stdin) {
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
	if v.talks = !v.recvOnly && !asked; v.talks {
		v.input.addFile("stdin", os.Stdin)
	}
	return nil
}

// handler returns the Handler of the client.
func (v *connect) handler() *duplex.Handler {
	return &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			go v.pump(s) // until the input or the socket ends, or the process
		},
		OnData: func(s *duplex.Socket, _ []byte) {
			if v.once {
				v.stop(s, replied)
			}
		},
		OnEnd: func(s *duplex.Socket) {
			if !v.halfOpen {
				go func() { // until stdout has taken all that came before
					v.printer.flush()
					v.stop(s, peerEnded)
				}()
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

// stop ends our side because of why. The input may end early now; our side ends
// after all bytes that were read from it.
func (v *connect) stop(s *duplex.Socket, why reason) {
	v.mu.Lock()
	v.stopping = max(v.stopping, why)
	over := v.inputEnd
	v.mu.Unlock()
	if !over {
		v.input.end(why)
		return
	}
	if why == peerEnded {
		v.settle(s)
	}
	s.End()
}

// ahead is how many pieces of the input may be on their way to the kernel.
const ahead = 2

// pump sends the input, no faster than the peer takes it, and then ends our side.
func (v *connect) pump(s *duplex.Socket) {
	if v.talks && v.printer.events && isTerminal(os.Stdin) && isTerminal(os.Stdout) {
		v.printer.flush()
		v.note("what you type is sent line by line; Ctrl-D ends it")
	}
	underWay := make(chan struct{}, ahead)
	for buf := make([]byte, 32<<10); ; {
		n := v.input.next(buf)
		if n == 0 || v.isClosed() {
			break
		}
		underWay <- struct{}{}
		v.printer.wrote(s, buf[:n])
		_, err := s.WriteFunc(buf[:n], func(err error) {
			if err == nil {
				v.sent.Add(int64(n))
			}
			<-underWay
		})
		if err != nil {
			return // the socket closes, and outcome reports why
		}
	}
	for range ahead {
		underWay <- struct{}{} // all are sent, or the socket closes
	}
	v.endOfInput(s)
}

// endOfInput ends our side after the input, unless our side has to stay open until
// the peer ends.
func (v *connect) endOfInput(s *duplex.Socket) {
	_, stillOpen, failed := v.input.state()
	if stillOpen != "" && !v.quiet {
		say("note", stillOpen+" was still open; what it still gives is not sent", v.color)
	}
	v.mu.Lock()
	v.inputEnd = true
	stopping := v.stopping
	v.mu.Unlock()
	if s.State() == duplex.WriteOnly || v.sendOnly {
		v.settle(s)
	}
	switch {
	case v.sendOnly:
		s.Close()
	case stopping != noReason, failed != nil, v.talks && !v.noHalfClose:
		s.End()
	}
}

// settle waits until the peer's system has taken all that was sent. After the peer's
// end our own end closes the socket, and a later reset would go unseen.
func (v *connect) settle(s *duplex.Socket) {
	for pause := time.Millisecond; isWritable(s); pause = min(2*pause, 50*time.Millisecond) {
		waits, err := unacknowledged(s)
		if err != nil && isWritable(s) { // after both ends, the state is that of a reset
			s.Destroy(&net.OpError{Op: "write", Net: "tcp", Source: s.LocalAddr(), Addr: s.RemoteAddr(), Err: err})
		}
		if !waits {
			return
		}
		select {
		case <-v.closed:
			return
		case <-time.After(pause):
		}
	}
}

// isWritable reports whether our side is open.
func isWritable(s *duplex.Socket) bool {
	state := s.State()
	return state == duplex.Open || state == duplex.WriteOnly
}

func (v *connect) isClosed() bool {
	select {
	case <-v.closed:
		return true
	default:
		return false
	}
}

// unsent returns a message if bytes were read from the input and not sent, else "".
func (v *connect) unsent() string {
	taken, _, _ := v.input.state()
	if sent := v.sent.Load(); sent < taken {
		return fmt.Sprintf("not all was sent: %d B of the %d B that were read", sent, taken)
	}
	return ""
}
