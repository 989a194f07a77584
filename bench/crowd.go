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
	for _, p := range c.servers {
		message, answer := pattern[:p.workload.size], make([]byte, p.workload.size)
		for range 16 {
			conn, err := p.dial()
			if err != nil {
				return err
			}
			err = exchange(conn, message, answer)
			conn.Close()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// settled returns the resident memory of all servers once it is the same for a
// tenth of a second. The garbage of handshakes is a matter of chance, so with TLS it is
// collected first where a server can.
func (c *crowd) settled() (int64, error) {
	for _, p := range c.servers {
		if p.workload.secure {
			if err := p.collect(); err != nil {
				return 0, err
			}
		}
	}
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
	h := &holder{cmd: exec.Command(exe, "hold", p.addr.String(), strconv.Itoa(n), from.String(),
		strconv.Itoa(p.workload.size), strconv.FormatBool(p.workload.secure))}
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

// holding is a holder's own program: ADDRESS CONNECTIONS FROM SIZE SECURE.
func holding(args []string) error {
	if len(args) != 5 {
		return fmt.Errorf("hold %s: what is that?", strings.Join(args, " "))
	}
	to, err1 := netip.ParseAddrPort(args[0])
	n, err2 := strconv.Atoi(args[1])
	from, err3 := netip.ParseAddr(args[2])
	size, err4 := strconv.Atoi(args[3])
	secure, err5 := strconv.ParseBool(args[4])
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		return err
	}
	p := &process{addr: to, workload: workload{size: size, secure: secure}}
	held := p.holdPlain
	if secure {
		held = p.holdSecure
	}
	made, once, err := held(n, from)
	if err != nil {
		if fmt.Fprintln(os.Stderr, "bench:", err); made == 0 {
			return err
		}
	}
	fmt.Println(made)
	if _, err := fmt.Scanln(new(string)); err != nil {
		return nil // nothing is asked of it
	}
	if err := once(); err != nil {
		return err
	}
	fmt.Println(made)
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// holdPlain makes n connections from an address, or as many as can be made, and returns
// what has one message echoed on each.
func (p *process) holdPlain(n int, from netip.Addr) (made int, once func() error, err error) {
	f, err := newFleet()
	if err != nil {
		return 0, nil, err
	}
	f.near = from
	t := &echoes{meter: &meter{epoch: time.Now()}, fleet: f, size: p.workload.size, each: 1}
	err = t.dial(p, n)
	return len(t.conns), t.once, err
}

// holdSecure is holdPlain with TLS.
func (p *process) holdSecure(n int, from netip.Addr) (made int, once func() error, err error) {
	var conns []net.Conn
	dialer := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))}
	for len(conns) < n && err == nil {
		var c net.Conn
		if c, err = p.dialTCP(dialer); err != nil {
			break
		}
		if c, err = secured(c, insecure); err == nil {
			// What the server sends after the handshake is read with the first echo.
			err = c.SetDeadline(time.Time{})
			conns = append(conns, c)
		}
	}
	return len(conns), func() error {
		answer := make([]byte, p.workload.size)
		for i, c := range conns {
			at := 7919 * i % period
			if err := exchange(c, pattern[at:at+len(answer)], answer); err != nil {
				return err
			}
		}
		return nil
	}, err
}
