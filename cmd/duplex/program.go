// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync/atomic"

	"github.com/duplex-go/duplex"
)

// A program is what --exec runs for a client. Its stdin is what the client sends, and its
// stdout is sent to the client.
type program struct {
	*exec.Cmd
	stdin  *outbox
	ended  atomic.Bool // it has exited; its group may be another's by now
	killed atomic.Bool // because its client is gone
	cut    atomic.Bool // and that was our doing
}

// errSignaled is why a program is cut off by a second signal, or when the grace is over.
var errSignaled = errors.New("exec: cut off by a signal")

// execute starts the program of a client.
func (v *serve) execute(c *client) {
	p := &program{Cmd: shell(v.exec)}
	p.Env = append(os.Environ(), fmt.Sprintf("DUPLEX_ID=%d", c.id), "DUPLEX_REMOTE="+shown(c.RemoteAddr()),
		"DUPLEX_LOCAL="+shown(c.LocalAddr()))
	p.Stderr = os.Stderr
	stdin, err := p.StdinPipe()
	if err != nil {
		v.fails(c, err)
		return
	}
	stdout, err := p.StdoutPipe()
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		stdin.Close()
		v.fails(c, err)
		return
	}
	p.stdin = newOutbox(stdin)
	p.stdin.resume = v.resume
	c.program.Store(p)
	if v.dropped.Load() {
		v.cut(c, errSignaled) // drop came before it, and has not seen it
	}
	v.feed(c, stdout, func(err error) {
		io.Copy(io.Discard, stdout) // what a client that is gone does not get
		if failed := p.Wait(); failed != nil && err == nil && !p.killed.Load() {
			err = failed
		}
		p.ended.Store(true)
		if err != nil {
			v.broken.Add(1)
			e := v.printer.event("error", c.Socket, nil)
			e.err = fmt.Errorf("exec: %w", err)
			e.in = c.BytesRead()
			v.printer.print(e)
		}
		c.End()
	})
}

// toProgram passes data on, and pauses the client while the program does not read.
func (c *client) toProgram(data []byte) {
	if p := c.program.Load(); p != nil {
		p.stdin.Write(data)
		p.stdin.hold(c.Socket)
	}
}

// endProgram ends the stdin of the program.
func (c *client) endProgram() {
	if p := c.program.Load(); p != nil {
		p.stdin.end()
	}
}

// killProgram ends the program of a client that is gone.
func (c *client) killProgram() {
	if p := c.program.Load(); p != nil {
		if !p.ended.Load() {
			p.killed.Store(true)
			kill(p.Process)
		}
		p.stdin.end() // last: a program that reads it would take a part for the whole
	}
}

// full reports whether the program has to read before its client may send more.
func (c *client) full(s *duplex.Socket) bool {
	if c == nil {
		return false
	}
	p := c.program.Load()
	return p != nil && p.stdin.hold(s)
}

// cut resets a client whose program still runs, since what it has said is not all. Its
// OnClose kills the program. Any goroutine may call it.
func (v *serve) cut(c *client, why error) {
	p := c.program.Load()
	if p == nil || p.ended.Load() || !p.cut.CompareAndSwap(false, true) {
		return
	}
	v.cutOff.Add(1)
	v.printer.peer(c.Socket).cut.Store(true)
	e := v.printer.event("error", c.Socket, nil)
	e.err = why
	e.in, e.out = c.BytesRead(), c.BytesWritten()
	v.printer.print(e)
	v.printer.reset(c.Socket)
}

// isCut reports whether the program of c was cut off.
func (c *client) isCut() bool {
	p := c.program.Load()
	return p != nil && p.cut.Load()
}

// age ends a client that is as old as --max-age allows. The limit of the library is not set
// for those that have a program, as it knows of none and would end them in order.
func (v *serve) age(c *client) {
	if v.cut(c, duplex.ErrMaxAge); !c.isCut() {
		c.Destroy(duplex.ErrMaxAge)
	}
}
