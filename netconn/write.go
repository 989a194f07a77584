// Copyright 2026 The duplex authors. MIT license.

package netconn

import (
	"net"
	"syscall"
)

// An output is what a Conn has written. The mu of the Conn guards it.
type output struct {
	busy  bool // a Write is at work: others wait for it
	ended bool // by CloseWrite
	asked bool // whether a Write may wait was asked

	since   int         // bytes that were queued after the last mark
	marks   int         // completions that were not called
	reached func(error) // the completion of a mark
}

// After stride bytes in the queue there is a mark, and with mostMarks of them a Write waits.
// So the queue does not run dry before Write goes on, and holds less than 128 KiB beyond
// what TryWrite has given it.
const (
	stride    = 32 << 10
	mostMarks = 2
)

// Write sends p. It returns when all of p is with the kernel or in the write queue of the
// socket, and waits while that is full. After an error it has sent the number of bytes that
// it returns, and none of the others.
func (c *Conn) Write(p []byte) (n int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.await(func() bool { return !c.out.busy }); err != nil {
		return 0, c.opError("write", err)
	}
	c.out.busy = true
	defer func() {
		c.out.busy = false
		c.writable.Broadcast()
	}()
	for n < len(p) {
		if err := c.await(func() bool { return c.out.marks < mostMarks }); err != nil {
			return n, c.opError("write", err)
		}
		m, err := c.send(p[n:])
		n += m
		if err != nil {
			return n, c.opError("write", c.refused(err))
		}
	}
	return n, nil
}

// refused returns the error of a Write that the socket has refused with err. What has ended
// the socket meanwhile may not have been reported yet.
func (c *Conn) refused(err error) error {
	switch {
	case c.state == closed:
		return net.ErrClosed
	case err != net.ErrClosed:
		return err
	case c.out.ended:
		return syscall.EPIPE // CloseWrite has come in between
	}
	if why := c.socket.Err(); why != nil {
		return why
	}
	return err
}

// await waits until ready, and returns why there is nothing to wait for.
func (c *Conn) await(ready func() bool) error {
	for {
		switch {
		case c.state == closed:
			return net.ErrClosed
		case c.writeBy.passed:
			return c.writeBy.err()
		case c.out.ended:
			return syscall.EPIPE
		case c.state == gone:
			return c.lost()
		case ready():
			return nil
		case !c.out.asked:
			c.out.asked = true
			if !c.mayWait() {
				c.out.asked = false
				return errOnLoop
			}
			continue
		}
		c.writable.Wait()
	}
}

// send gives the kernel what it takes of p, or queues a part of it. It is called, and
// returns, with mu held; the system call is made without. The caller is the Write at work.
func (c *Conn) send(p []byte) (n int, err error) {
	c.mu.Unlock()
	n, err = c.socket.TryWrite(p)
	c.mu.Lock()
	if n > 0 || err != nil {
		return n, err
	}
	p = p[:min(len(p), stride)]
	marked := c.out.since+len(p) >= stride
	if marked {
		if c.out.reached == nil {
			c.out.reached = c.reached
		}
		c.out.marks++ // reached may be called before WriteFunc has returned
		c.mu.Unlock()
		n, err = c.socket.WriteFunc(p, c.out.reached)
	} else {
		c.mu.Unlock()
		n, err = c.socket.Write(p)
	}
	c.mu.Lock()
	switch {
	case marked && err != nil:
		c.out.marks--
	case marked:
		c.out.since = 0
	default:
		c.out.since += n
	}
	return n, err
}

// reached is called when the kernel has all bytes up to a mark, or never will.
func (c *Conn) reached(error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.marks--
	c.writable.Broadcast()
}
