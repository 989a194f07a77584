// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex"
)

// A demo is the verb of that name: the tutorial's pair in one process. The events of
// the two sides come independently; the demo shows them always in the same order.
type demo struct {
	display
	engine    *duplex.Engine
	listener  *duplex.Server
	sides     map[string]*side
	endsFirst bool // the server, after its reply
}

// A side of the demo is a printer, and the events that are not shown yet.
type side struct {
	*printer
	told chan event
}

func newDemo() *cobra.Command {
	v := new(demo)
	cmd := &cobra.Command{
		Use:               "demo",
		ValidArgsFunction: cobra.NoFileCompletions,
		Args:              none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := displayRules.check(cmd.Flags().Changed); err != nil {
				return err
			}
			return v.run()
		},
	}
	addFlags(cmd, v.display.flags())
	return cmd
}

func (v *demo) run() error {
	server, client := v.newSide("server"), v.newSide("client")
	server.ids = true
	client.outbox = server.outbox
	v.sides = map[string]*side{"server": server, "client": client}
	v.engine = &duplex.Engine{Loops: 1}
	if err := v.tell(); err != nil {
		server.flush()
		return err
	}
	if err := server.flush(); err != nil {
		return cannotPrint(err)
	}
	return nil
}

func (v *demo) newSide(name string) *side {
	s := &side{v.newPrinter(), make(chan event, 16)}
	s.side = name
	s.collect = func(e event) {
		e.data = bytes.Clone(e.data)
		s.told <- e
	}
	return s
}

// tell runs the conversations and explains them.
func (v *demo) tell() error {
	v.explain(`A server listens. A client connects, says %s, receives %s
and ends. Each side has a socket, and each socket reports its events:

`, tutorialHello, tutorialReply)
	if err := v.listen(); err != nil {
		return err
	}

	s := v.connect()
	if err := v.show("client connect", "server connection"); err != nil {
		return err
	}
	io.WriteString(s, tutorialHello)
	if err := v.show("server data", "client data"); err != nil {
		return err
	}
	s.End()
	if err := v.show("server end", "client end", "server close", "client close"); err != nil {
		return err
	}
	v.explain(`
Sockets come in pairs. Port %d, which the client got by chance, is the one
that the server sees: that is how it tells its clients apart. When one side
ends, the other receives "end" and ends too; then both close.

Again, with bytes shown as hex. Now the server ends first, and listens no more:

`, s.LocalAddrPort().Port())

	v.sides["server"].view, v.sides["client"].view = viewNamed("hex"), viewNamed("hex")
	v.endsFirst = true
	s = v.connect()
	if err := v.show("client connect", "server connection"); err != nil {
		return err
	}
	v.listener.Unlisten()
	io.WriteString(s, tutorialHello)
	if err := v.show("server data", "client data", "client end", "server end", "server close", "server close", "client close"); err != nil {
		return err
	}
	v.explain(`
A server that stops listening keeps its clients, and closes with the last.

Now you, in two terminals:

  %[1]s serve
  %[1]s connect
`, invocation())
	return nil
}

// explain prints a text for people.
func (v *demo) explain(format string, args ...any) {
	if !v.json && !v.quiet {
		fmt.Fprintf(v.sides["server"], format, args...)
	}
}

// listen listens on the tutorial's port, or on any free one if that is taken.
func (v *demo) listen() error {
	server := v.sides["server"]
	v.listener = &duplex.Server{
		Engine: v.engine,
		Handler: server.watch(&duplex.Handler{
			OnData: func(s *duplex.Socket, _ []byte) {
				io.WriteString(s, tutorialReply)
				if v.endsFirst {
					s.End()
				}
			},
		}),
		OnListening: func() {
			server.srv = shown(v.listener.Addr())
			server.print(event{name: "listening"})
		},
		OnClose: func() { server.print(event{name: "close"}) },
	}
	err := v.listener.Listen("tcp", tutorialAddress)
	if errors.Is(err, syscall.EADDRINUSE) {
		v.explain("(Port 6666 is taken, so today it is any free one.)\n\n")
		err = v.listener.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return fail(err)
	}
	return v.show("server listening")
}

// connect makes a client.
func (v *demo) connect() *duplex.Socket {
	client := &duplex.Client{Engine: v.engine}
	return client.Connect(context.Background(), "tcp", v.listener.Addr().String(), v.sides["client"].watch(&duplex.Handler{}))
}

// show waits for events, each named by its side and its word. It prints them, and
// all events of that side that come before.
func (v *demo) show(events ...string) error {
	timeout := time.After(5 * time.Second)
	for _, awaited := range events {
		name, word, _ := strings.Cut(awaited, " ")
		side := v.sides[name]
		for told := ""; told != word; {
			select {
			case e := <-side.told:
				side.emit(e)
				if e.err != nil {
					return fail(e.err)
				}
				told = e.name
			case <-timeout:
				return &failure{exitTimeout, "waited for " + awaited + " in vain", "does a firewall filter connections to 127.0.0.1?"}
			}
		}
	}
	return nil
}

// invocation returns how the command was called.
func invocation() string {
	if path, err := os.Executable(); err == nil && strings.Contains(path, "go-build") {
		return "go run ./cmd/duplex"
	}
	return "duplex"
}
