// Copyright 2026 The duplex authors. MIT license.

package main

import (
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
	intake *intake
	stdin  *outbox     // to intake
	over   bool        // stdin is ended; owned by the loop
	ended  atomic.Bool // it has exited; its group may be another's by now
	killed atomic.Bool // because its client is gone
}

// execute starts the program of a client.
func (v *serve) execute(c *client) {
	p := &program{Cmd: shell(v.exec)}
	p.Env = append(os.Environ(), fmt.Sprintf("DUPLEX_ID=%d", c.id), "DUPLEX_REMOTE="+shown(c.RemoteAddr()),
		"DUPLEX_LOCAL="+shown(c.LocalAddr()))
	p.Stderr = os.Stderr
	stdout, err := p.StdoutPipe()
	if err == nil {
		p.intake, err = start(p.Cmd)
	}
	if err != nil {
		v.fails(c, fmt.Errorf("exec: %w", err))
		return
	}
	p.stdin = newOutbox(p.intake)
	p.stdin.resume = v.resume
	c.program.Store(p)
	if v.dropped.Load() {
		v.expire(c, errCut) // drop came before it, and has not seen it
	}
	v.feed(c, stdout, -1, func(err error) {
		io.Copy(io.Discard, stdout) // what a client that is gone does not get
		if failed := p.Wait(); failed != nil && err == nil && !p.killed.Load() {
			err = failed
		}
		p.ended.Store(true)
		if err != nil {
			v.broken.Add(1)
			v.report(c, fmt.Errorf("exec: %w", err))
		}
		c.End()
	})
}

// toProgram passes data on, and pauses the client while the program does not read.
func (c *client) toProgram(data []byte) {
	if p := c.program.Load(); p != nil && !p.over {
		p.intake.given.Add(int64(len(data)))
		p.stdin.Write(data)
		p.stdin.hold(c.Socket)
	}
}

// endProgram ends the stdin of the program.
func (c *client) endProgram() {
	if p := c.program.Load(); p != nil {
		p.over = true
		p.stdin.end()
	}
}

// leaveProgram is called when a client is gone. It ends its program, or else counts what that
// has left unread.
func (v *serve) leaveProgram(c *client) {
	p := c.program.Load()
	switch {
	case p == nil:
	case !p.ended.Load():
		p.killed.Store(true)
		kill(p.Process)
		p.stdin.end() // last: a program that reads it would take a part for the whole
		p.intake.drop()
	case c.Err() != nil || v.printer.peer(c.Socket).failed.Load():
		p.stdin.end()
		p.intake.drop()
	default:
		p.intake.Close() // nothing reads what waits
		p.stdin.end()
		p.stdin.flush()
		if n := p.intake.unread(); n > 0 {
			v.unread.Add(n)
			v.report(c, unreadError(n))
		}
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

// runs reports whether the program of c has not exited.
func (c *client) runs() bool {
	p := c.program.Load()
	return p != nil && !p.ended.Load()
}
