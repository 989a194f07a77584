// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// typing sends the lines of stdin to clients of serve, until stdin or the process ends.
type typing struct {
	*serve
	to atomic.Int64 // the client that lines go to; 0 is all
}

// backgroundPause is how long typing waits before it looks again whether it may read the
// terminal, which belongs to another process.
const backgroundPause = 200 * time.Millisecond

// typed begins typing, if stdin is a terminal or -i is given.
func (v *serve) typed() {
	onTerminal := isTerminal(os.Stdin)
	if !v.interactive && (!onTerminal || !inForeground(int(syscall.Stdin))) {
		return
	}
	t := &typing{serve: v}
	in := newInput()
	in.addFile("stdin", os.Stdin)
	in.editor = startEditor()
	keys := newKeyboard(v.display.remark, map[string]order{
		"as":    viewOrder(v.printer),
		"to":    {"/to N: lines go to client N from here on, or to all", t.choose},
		"end":   {"/end [N]: ends our side of client N, or of all that /to names", t.forEach(func(c *client) { c.End() })},
		"reset": {"/reset [N]: resets their connections", t.forEach(func(c *client) { v.printer.reset(c.Socket) })},
		"info": {"/info [N]: shows their connections", t.forEach(func(c *client) {
			v.display.remark("#%d %s", c.id, describeSocket(c.Socket))
		})},
	})
	if v.eol != nil {
		keys.mark = v.eol.mark
	}
	go func() {
		buf := make([]byte, 32<<10)
		for {
			for onTerminal && !inForeground(int(syscall.Stdin)) {
				time.Sleep(backgroundPause)
			}
			n := in.next(buf)
			if n == 0 {
				break
			}
			keys.take(buf[:n], false, t.say)
		}
		keys.take(nil, true, t.say)
		if onTerminal {
			for _, c := range v.clients.all() {
				c.End()
			}
		}
	}()
}

// choose is the command /to.
func (t *typing) choose(argument string) ([]byte, error) {
	if argument == "all" {
		t.to.Store(0)
		t.display.remark("to all from here on")
		return nil, nil
	}
	c, err := t.named(argument)
	if err != nil {
		return nil, err
	}
	t.to.Store(int64(c.id))
	t.display.remark("to #%d from here on", c.id)
	return nil, nil
}

// named returns the client that an argument names.
func (t *typing) named(argument string) (*client, error) {
	id, err := strconv.Atoi(strings.TrimPrefix(argument, "#"))
	if err != nil {
		return nil, fmt.Errorf("%q is not the number of a client", argument)
	}
	if c := t.clients.numbered(id); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("no client is #%d", id)
}

// audience returns the clients that /to names.
func (t *typing) audience() []*client {
	id := int(t.to.Load())
	if id == 0 {
		return t.clients.all()
	}
	if c := t.clients.numbered(id); c != nil {
		return []*client{c}
	}
	return nil
}

// forEach returns a command that does something to a client, or to all that /to names.
func (t *typing) forEach(do func(*client)) func(argument string) ([]byte, error) {
	return func(argument string) ([]byte, error) {
		some := t.audience()
		if argument != "" {
			c, err := t.named(argument)
			if err != nil {
				return nil, err
			}
			some = []*client{c}
		}
		if len(some) == 0 {
			return nil, fmt.Errorf("there is no client")
		}
		for _, c := range some {
			do(c)
		}
		return nil, nil
	}
}

// say sends bytes to the clients that /to names. It waits for one that has much to read.
func (t *typing) say(data []byte, _ int) {
	if len(data) == 0 {
		return // it was a command
	}
	some := t.audience()
	if len(some) == 0 {
		t.fails("not sent: there is no client")
	}
	for _, c := range some {
		taken := make(chan error, 1)
		t.answering.Lock()
		_, err := c.WriteFunc(data, func(err error) { taken <- err })
		t.answering.Unlock()
		if err == nil {
			t.printer.wrote(c.Socket, data)
			if c.NeedDrain() && !t.keysFirst() {
				err = <-taken
			}
		}
		if err != nil {
			t.fails("not sent to #%d: %s", c.id, describe(err))
		}
	}
}

// fails says that a line is not sent. Nobody reads that if the lines come from a pipe, so
// the exit code says so, too.
func (t *typing) fails(format string, args ...any) {
	t.display.remark(format, args...)
	if !t.keysFirst() {
		t.untold.Add(1)
	}
}

// keysFirst reports whether lines come from a person, who does not wait for clients.
func (t *typing) keysFirst() bool { return isTerminal(os.Stdin) }
