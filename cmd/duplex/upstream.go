// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/duplex-go/duplex/internal/relay"
)

// parseUpstream returns the upstream of an argument: an address, or a program or a file for
// each client. The API names addresses alone, since those who reach it may not run programs.
func (v *proxy) parseUpstream(arg string, fromAPI bool) (*relay.Upstream, error) {
	u := &relay.Upstream{Shown: arg}
	kind, value, _ := strings.Cut(arg, ":")
	switch {
	case arg == "-":
		return nil, misuse("for one client there is: duplex serve LISTEN --stdio", "stdin and stdout are no upstream")
	case kind != "exec" && kind != "file":
	case fromAPI:
		return nil, misuse("name it on the command line", "the API starts no program and opens no file: %s", arg)
	case value == "":
		return nil, misuse("write exec:COMMAND or file:FILE", "%s needs what comes after its colon", arg)
	case kind == "exec":
		u.Open = func(p *relay.Pair) (net.Conn, error) { return v.startProgram(p, value) }
		u.Cut, u.Closed = v.cutProgram, v.leaveProgram
		return u, nil
	default:
		if info, err := os.Stat(value); err != nil {
			return nil, &failure{exitOther, err.Error(), "file: takes the name of a file"}
		} else if info.IsDir() {
			return nil, &failure{exitOther, value + " is a folder", "file: takes the name of a file"}
		} else if info.Mode()&os.ModeNamedPipe != 0 { // to open it would wait for who writes, and all clients of the loop with it
			return nil, &failure{exitOther, value + " is a pipe, and has its bytes for one client only", "exec:'cat PIPE' reads it"}
		}
		c, err := openFile(value)
		if err != nil {
			return nil, &failure{exitOther, err.Error(), "file: takes the name of a file that can be read"}
		}
		_ = c.Close()
		u.Open = func(*relay.Pair) (net.Conn, error) {
			c, err := openFile(value)
			if err != nil {
				return nil, err
			}
			c.fails = func() { v.unreadable.Add(1) }
			return c, nil
		}
		return u, nil
	}
	rest, secure := strings.CutPrefix(arg, "tls://")
	u.Secure = secure
	var err error
	if u.Network, u.Address, err = parseRemote(rest, "upstream"); err != nil {
		return nil, err
	}
	if isNumber(rest) {
		u.Shown = strings.TrimSuffix(arg, rest) + u.Address
	}
	return u, nil
}

// A local has the methods of a net.Conn that a connection within this machine has no use
// for. It is the address of its far side.
type local struct{ name string }

func (l local) Network() string                { return "local" }
func (l local) String() string                 { return l.name }
func (l local) LocalAddr() net.Addr            { return nil }
func (l local) RemoteAddr() net.Addr           { return l }
func (local) SetDeadline(time.Time) error      { return os.ErrNoDeadline }
func (local) SetReadDeadline(time.Time) error  { return os.ErrNoDeadline }
func (local) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

// A fileConn sends a file, and ignores what it receives.
type fileConn struct {
	local
	*os.File
	size  int64  // 0 if it is not known
	fails func() // is told if it cannot be read
}

func openFile(name string) (*fileConn, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	c := &fileConn{local: local{"file:" + name}, File: f}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		c.size = info.Size()
	}
	return c, nil
}

// Size returns the length of the file.
func (c *fileConn) Size() int64 { return c.size }

// Read implements net.Conn.
func (c *fileConn) Read(p []byte) (int, error) {
	n, err := c.File.Read(p)
	if err != nil && err != io.EOF && !errors.Is(err, os.ErrClosed) {
		c.fails()
	}
	return n, err
}

func (c *fileConn) Write(p []byte) (int, error) { return len(p), nil }
func (c *fileConn) CloseWrite() error           { return nil }

// The methods of local, and not those of the file.
func (c *fileConn) SetDeadline(t time.Time) error      { return c.local.SetDeadline(t) }
func (c *fileConn) SetReadDeadline(t time.Time) error  { return c.local.SetReadDeadline(t) }
func (c *fileConn) SetWriteDeadline(t time.Time) error { return c.local.SetWriteDeadline(t) }

// A programConn is a program as a connection: what is written is its stdin, and what is read
// its stdout. It ends when the program has exited.
type programConn struct {
	local
	cmd    *exec.Cmd
	stdin  *intake
	stdout io.ReadCloser
	fails  func(error) // is told once if the program fails

	closed atomic.Bool // the connection is, so the program is killed
	exited atomic.Bool // its process group may be another's by now
	once   sync.Once
}

// startProgram starts a program for the client of a pair.
func (v *proxy) startProgram(p *relay.Pair, line string) (net.Conn, error) {
	c := &programConn{local: local{"exec:" + line}, cmd: shell(line)}
	c.cmd.Env = append(os.Environ(), fmt.Sprintf("DUPLEX_ID=%d", p.Number), "DUPLEX_REMOTE="+shown(p.Client.RemoteAddr()),
		"DUPLEX_LOCAL="+shown(p.Client.LocalAddr()))
	c.cmd.Stderr = os.Stderr
	c.fails = func(err error) {
		v.broken.Add(1)
		p.Fail(fmt.Errorf("exec: %w", err))
	}
	var err error
	if c.stdout, err = c.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if c.stdin, err = start(c.cmd); err != nil {
		return nil, err
	}
	return c, nil
}

// cutProgram counts the program of a pair that is reset before it has ended.
func (v *proxy) cutProgram(_ *relay.Pair, err error) error {
	switch {
	case err != nil:
		v.cutOff.Add(1)
	case v.graceOver.Load():
		v.cutOff.Add(1)
		return fmt.Errorf("exec: %w", errCut)
	}
	return nil // or the API ends the connections of a proxy, which is meant
}

// leaveProgram counts what the program of a pair has left unread, if the pair has ended in
// order.
func (v *proxy) leaveProgram(_ *relay.Pair, made net.Conn, orderly bool) error {
	c := made.(*programConn)
	if !orderly || !c.exited.Load() {
		c.stdin.drop()
		return nil
	}
	n := c.stdin.unread()
	if n == 0 {
		return nil
	}
	v.unread.Add(n)
	return unreadError(n)
}

// Read implements net.Conn. The end of stdout counts once the program has exited.
func (c *programConn) Read(p []byte) (int, error) {
	n, err := c.stdout.Read(p)
	if err != nil {
		c.wait()
		err = io.EOF
	}
	return n, err
}

// Write implements net.Conn. A program may leave its input unread.
func (c *programConn) Write(p []byte) (int, error) {
	c.stdin.given.Add(int64(len(p)))
	if n, err := c.stdin.Write(p); err != nil && c.closed.Load() {
		return n, net.ErrClosed
	}
	return len(p), nil
}

// CloseWrite ends the stdin of the program.
func (c *programConn) CloseWrite() error {
	_ = c.stdin.Close() // what is not read by then is known in the end
	return nil
}

// Close kills the program, unless it has exited.
func (c *programConn) Close() error {
	c.closed.Store(true)
	if !c.exited.Load() {
		kill(c.cmd.Process)
	}
	err := errors.Join(c.stdin.Close(), c.stdout.Close())
	go c.wait() // until it has exited, which it does
	return err
}

// wait waits until the program has exited.
func (c *programConn) wait() {
	c.once.Do(func() {
		err := c.cmd.Wait()
		c.exited.Store(true)
		if err != nil && !c.closed.Load() {
			c.fails(err)
		}
	})
}
