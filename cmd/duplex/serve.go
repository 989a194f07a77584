// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex"
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
	reply     string
	replyFile string
	echo      bool
	discard   bool
	then      string
	once      bool
	stopAfter int
	halfOpen  bool
	idle      time.Duration
	linger    time.Duration
	grace     time.Duration

	given     func(flag string) bool
	answer    []byte // to each piece of data; nil if no flag gives one
	template  bool   // answer has fields to fill in
	localPort string // ADDR, if it is a port alone, which only this machine reaches
	onlyLogs  bool   // no flag says what to answer
	remarking sync.WaitGroup
	printer   *printer
	server    *duplex.Server
	unsent    atomic.Int64 // bytes that were dropped when the grace was over
	dropped   atomic.Bool  // the grace is over
	answering sync.Mutex   // held while an answer is queued, and when the grace is over

	// Owned by the loop until it has ended.
	clients int   // accepted so far
	failed  error // why listening ended
}

func newServe() *cobra.Command {
	v := &serve{then: "keep", grace: 5 * time.Second}
	cmd := &cobra.Command{
		Use:               "serve [ADDR]",
		ValidArgsFunction: cobra.NoFileCompletions,
		Args:              atMostOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			v.given = cmd.Flags().Changed
			return v.run(args)
		},
	}
	v.display.add(cmd, viewNames()...)
	flags := cmd.Flags()
	flags.StringVar(&v.reply, "reply", "", "")
	flags.StringVar(&v.replyFile, "reply-file", "", "")
	flags.BoolVar(&v.echo, "echo", false, "")
	flags.BoolVar(&v.discard, "discard", false, "")
	enum(cmd, &v.then, "then", "keep", "end", "destroy", "reset")
	flags.BoolVar(&v.once, "once", false, "")
	flags.Func("stop-after", "", func(text string) (err error) {
		if v.stopAfter, err = strconv.Atoi(text); err != nil || v.stopAfter <= 0 {
			return errors.New("it is a number of clients, 1 or more")
		}
		return nil
	})
	flags.BoolVar(&v.halfOpen, "half-open", false, "")
	span(cmd, &v.idle, "idle")
	span(cmd, &v.linger, "linger")
	span(cmd, &v.grace, "grace")
	return cmd
}

func (v *serve) run(args []string) error {
	network, address, err := v.prepare(args)
	if err != nil {
		return err
	}
	signals := catch()
	// One loop: events come one at a time, and the log is in their order.
	engine := &duplex.Engine{Loops: 1}
	v.printer = v.display.printer()
	v.printer.ids = true
	v.printer.anyPort = strings.HasSuffix(address, ":0")
	v.printer.resume = v.resume
	v.server = &duplex.Server{
		Engine:  engine,
		Handler: v.printer.watch(v.handler()),
		Options: duplex.Options{
			AllowHalfOpen: v.halfOpen,
			IdleTimeout:   v.idle,
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
	err = v.server.Listen(network, address)
	if network == "unix" && errors.Is(err, syscall.EADDRINUSE) && removeAbandoned(address) {
		err = v.server.Listen(network, address)
	}
	if err != nil {
		return v.refused(err)
	}

	done := make(chan struct{})
	go func() {
		engine.Wait()
		v.remarking.Wait()
		v.printer.flush()
		close(done)
	}()
	go func() {
		<-v.printer.failed // or the process ends
		v.server.Close()
	}()
	ending := ending{grace: v.grace, soft: v.stop, hard: v.drop}
	first, second := ending.await(done, signals)
	switch {
	case second != 0:
		return &failure{code: exitSignal + int(second)}
	case v.unsent.Load() > 0:
		return &failure{exitSendFailed, fmt.Sprintf("%d B were not sent: their clients did not read", v.unsent.Load()),
			"--grace says how long to wait for clients"}
	case v.printer.broken() != nil && first == syscall.SIGHUP:
		// The terminal is gone, and the log with it.
	case v.printer.broken() != nil:
		return cannotPrint(v.printer.broken())
	case v.failed != nil:
		return &failure{code: exitCannotBind}
	}
	return nil
}

// prepare reads the flags and returns the address.
func (v *serve) prepare(args []string) (network, address string, err error) {
	switch err := errors.Join(
		exclusive(v.given, "reply", "reply-file", "echo", "discard"),
		exclusive(v.given, "once", "stop-after"),
	); {
	case err != nil:
		return "", "", err
	case v.once:
		v.stopAfter = 1
	}
	if err := v.chooseAnswer(); err != nil {
		return "", "", err
	}
	silent := v.answer == nil && !v.echo && !v.discard
	if len(args) == 0 {
		if silent {
			v.answer = []byte(tutorialReply)
		}
		return "tcp", tutorialAddress, nil
	}
	if network, address, err = parseAddress(args[0]); err != nil {
		return "", "", err
	}
	if isNumber(args[0]) {
		v.localPort = args[0]
	}
	v.onlyLogs = silent
	return network, address, nil
}

// chooseAnswer sets the answer from --reply or --reply-file.
func (v *serve) chooseAnswer() error {
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
			v.note("only this machine reaches it; for others: duplex serve :%s", v.localPort)
		}
		if v.onlyLogs {
			v.note("it only logs; to answer, add --echo or --reply TEXT")
		}
	})
}

// refused returns the failure of a server that cannot listen.
func (v *serve) refused(err error) error {
	f := fail(err)
	if v.json {
		v.printer.print(event{name: "error", err: err})
		v.printer.flush()
		f.message = ""
	}
	return f
}

// stop accepts no more clients, and ends every socket after the answer that is being
// made and its queue.
func (v *serve) stop() {
	v.server.Unlisten()
	if n := v.server.Len(); n > 0 {
		v.note("stopping; press Ctrl-C again to drop %s", plural(n, "connection"))
	}
	begun, cancel := context.WithCancel(context.Background())
	cancel() // Shutdown is to begin; the engine's Wait waits for the end
	v.server.Shutdown(begun)
}

// drop destroys every socket.
func (v *serve) drop() {
	v.answering.Lock() // an answer is queued and counts here, or comes after Close
	defer v.answering.Unlock()
	v.dropped.Store(true)
	for s := range v.server.Sockets() {
		v.unsent.Add(int64(s.Buffered()))
	}
	v.server.Close()
}

// handler returns the Handler of the clients.
func (v *serve) handler() *duplex.Handler {
	return &duplex.Handler{
		OnConnect: func(*duplex.Socket) {
			if v.clients++; v.clients == v.stopAfter {
				v.server.Unlisten()
			}
		},
		OnData: func(s *duplex.Socket, data []byte) {
			v.respond(s, data)
			switch v.then {
			case "end":
				s.End()
			case "destroy":
				v.destroy(s)
			case "reset":
				s.Reset()
			}
			if s.NeedDrain() {
				s.Pause() // until OnDrain: the client reads slower than it writes
			}
		},
		OnDrain: v.resume,
		OnFinish: func(s *duplex.Socket) {
			v.resume(s) // after End there is no OnDrain
			if v.given("linger") {
				s.AfterFunc(v.linger, func() { s.Destroy(nil) })
			}
		},
	}
}

// destroy destroys s once the kernel has taken the answer. Until then it reads no
// more.
func (v *serve) destroy(s *duplex.Socket) {
	s.Pause()
	v.printer.peer(s).leaving.Store(true)
	if _, err := s.WriteFunc(nil, func(error) { s.Destroy(nil) }); err != nil {
		s.Destroy(nil)
	}
}

// resume resumes s unless it has to wait for its client, or for the log, or is
// about to be destroyed.
func (v *serve) resume(s *duplex.Socket) {
	if !v.printer.peer(s).leaving.Load() && !s.NeedDrain() && !v.printer.hold(s) {
		s.Resume()
	}
}

// respond sends the answer to data.
func (v *serve) respond(s *duplex.Socket, data []byte) {
	reply := v.answer
	switch {
	case v.echo:
		reply = data
	case v.template:
		reply = []byte(strings.NewReplacer(
			"{{id}}", strconv.Itoa(v.printer.peer(s).id),
			"{{remote}}", shown(s.RemoteAddr()),
			"{{n}}", strconv.Itoa(len(data)),
		).Replace(string(v.answer)))
	}
	if len(reply) == 0 {
		return
	}
	v.answering.Lock()
	_, err := s.Write(reply)
	v.answering.Unlock()
	switch {
	case err == nil:
		v.printer.wrote(s, reply)
	case v.dropped.Load():
		v.unsent.Add(int64(len(reply)))
	}
}
