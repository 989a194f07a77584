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
	stdin *outbox
	ended atomic.Bool // it has exited; its group may be another's by now
}

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
	c.program = p
	v.feed(c, stdout, func(err error) {
		io.Copy(io.Discard, stdout) // what a client that is gone does not get
		if failed := p.Wait(); failed != nil && err == nil {
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
	if c.program != nil {
		c.program.stdin.Write(data)
		c.program.stdin.hold(c.Socket)
	}
}

// endProgram ends the stdin of the program.
func (c *client) endProgram() {
	if c.program != nil {
		c.program.stdin.end()
	}
}

// killProgram ends the program of a client that is gone.
func (c *client) killProgram() {
	if c.program != nil {
		c.program.stdin.end()
		if !c.program.ended.Load() {
			kill(c.program.Process)
		}
	}
}

// full reports whether the program has to read before its client may send more.
func (c *client) full(s *duplex.Socket) bool {
	return c != nil && c.program != nil && c.program.stdin.hold(s)
}
