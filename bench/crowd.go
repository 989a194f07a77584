// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A crowd is connections that idle, more than one process may have descriptors
// and one address ports: there are as many servers as it takes, each with its own
// holders, which are processes that hold the clients' ends.
type crowd struct {
	servers []*process // the first is not ours to stop
	holders []*holder
	room    int // connections that a process may have
}

// start starts as many servers as n connections need, beside p.
func (c *crowd) start(p *process, n int, e effort) error {
	c.room = descriptors() - 100
	if e.room > 0 {
		c.room = e.room
	}
	c.servers = []*process{p}
	for len(c.servers)*c.room < n {
		another, err := p.twin()
		if err != nil {
			return err
		}
		c.servers = append(c.servers, another)
	}
	for _, p := range c.servers {
		if err := p.knock(); err != nil { // what the first connection needs is not for each
			return err
		}
	}
	return nil
}

// gather lets n connections come, or as many as can.
func (c *crowd) gather(n int) (err error) {
	const ports = 10000 // of one address, so that the kernel need not look for a free one
	for _, p := range c.servers {
		for room := c.room; room > 0 && n > 0; {
			share := min(n, room, ports)
			// 127.0.0.1 is for knocks.
			h, err := hold(p, share, netip.AddrFrom4([4]byte{127, 0, 1, byte(1 + len(c.holders)%250)}))
			if err != nil {
				return err
			}
			c.holders = append(c.holders, h)
			room -= share
			n -= share
		}
	}
	for _, h := range c.holders {
		if h.n, err = h.told(); err != nil {
			return err
		}
	}
	if c.size() == 0 {
		return errors.New("not one connection could be made")
	}
	return nil
}

// size returns how many connections there are, which may be fewer than were
// wanted.
func (c *crowd) size() (n int) {
	for _, h := range c.holders {
		n += h.n
	}
	return n
}

// once has one message echoed on every connection.
func (c *crowd) once() error {
	for _, h := range c.holders {
		if _, err := fmt.Fprintln(h.in, "once"); err != nil {
			return err
		}
	}
	for _, h := range c.holders {
		if _, err := h.told(); err != nil {
			return err
		}
	}
	return nil
}

// warm lets a few clients visit every server, so that what it needs once, such as
// the code that accepts and answers, is not counted among what a connection needs.
func (c *crowd) warm() error {
	message := make([]byte, 64)
	for _, p := range c.servers {
		for range 16 {
			conn, err := net.Dial("tcp", p.addr.String())
			if err != nil {
				return err
			}
			conn.SetDeadline(time.Now().Add(patience))
			_, err = conn.Write(message)
			if err == nil {
				_, err = io.ReadFull(conn, message)
			}
			conn.Close()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// settled returns the resident memory of all servers once it is the same for a
// tenth of a second.
func (c *crowd) settled() (int64, error) {
	last := int64(-1)
	for range 20 {
		now := int64(0)
		for _, p := range c.servers {
			n, err := p.resident()
			if err != nil {
				return 0, err
			}
			now += n
		}
		if now == last {
			break
		}
		last = now
		time.Sleep(100 * time.Millisecond)
	}
	return last, nil
}

// close ends the holders, then the servers but the first.
func (c *crowd) close() {
	for _, h := range c.holders {
		_ = h.in.Close()
	}
	for _, h := range c.holders {
		h.late.Stop()
		late := time.AfterFunc(patience, func() { _ = h.cmd.Process.Kill() })
		_ = h.cmd.Wait()
		late.Stop()
	}
	if len(c.servers) > 0 {
		for _, p := range c.servers[1:] {
			p.stop()
		}
	}
}

// A holder is a process that holds clients' ends. It tells how many it has made,
// has one message echoed on each when asked to, and ends when its standard input
// does.
type holder struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	late *time.Timer // ends one that hangs
	n    int         // connections
}

// hold starts a holder of n connections to p.
func hold(p *process, n int, from netip.Addr) (*holder, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	h := &holder{cmd: exec.Command(exe, "hold", p.addr.String(), strconv.Itoa(n), from.String())}
	h.cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	h.cmd.Stderr = os.Stderr
	if h.in, err = h.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	h.out = bufio.NewReader(out)
	if err := startOn(p.at.generator, h.cmd); err != nil {
		return nil, err
	}
	h.late = time.AfterFunc(2*time.Minute, func() { _ = h.cmd.Process.Kill() })
	return h, nil
}

// told reads the number that a holder tells.
func (h *holder) told() (int, error) {
	line, err := h.out.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("a process of the load has ended: %w", err)
	}
	return strconv.Atoi(strings.TrimSpace(line))
}

// holding is a holder's own program: ADDRESS CONNECTIONS FROM.
func holding(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("hold %s: what is that?", strings.Join(args, " "))
	}
	to, err1 := netip.ParseAddrPort(args[0])
	n, err2 := strconv.Atoi(args[1])
	from, err3 := netip.ParseAddr(args[2])
	f, err4 := newFleet()
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	defer f.close()
	f.near = from
	t := &echoes{meter: &meter{epoch: time.Now()}, fleet: f, size: 64, each: 1}
	if err := t.dial(&process{addr: to}, n); err != nil {
		if fmt.Fprintln(os.Stderr, "bench:", err); len(t.conns) == 0 {
			return err
		}
	}
	fmt.Println(len(t.conns))
	if _, err := fmt.Scanln(new(string)); err != nil {
		return nil // nothing is asked of it
	}
	if err := t.once(); err != nil {
		return err
	}
	fmt.Println(len(t.conns))
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}
