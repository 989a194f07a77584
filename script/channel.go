// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"net"
	"os"
	"syscall"
	"time"

	"github.com/dop251/goja"
)

// A channel carries messages between a process and its child, and with some of them
// a descriptor. It keeps the script alive while it is held, and so does each
// message that the kernel has not taken yet.
type channel struct {
	r    *Runtime
	conn *net.UnixConn
	over chan struct{} // is closed when everything has been read

	// Owned by the loop.
	deliver  goja.Value // (bytes, or null at the end)
	reading  bool
	holding  bool
	closed   bool
	received []int     // descriptors that have come, until they are taken
	waiting  []message // for room; a goroutine sends the first
}

// A message is what the kernel had no room for.
type message struct {
	p      []byte
	rights *os.File // or nil
	done   goja.Value
}

// bindChannel binds
//
//	channelRead(channel, deliver)
//	channelWrite(channel, data, native or undefined, done) → errno; 0 if it is sent,
//	  and 1 if done(errno) will be called
//	channelWaits(channel) → bytes; channelTake(channel) → a descriptor, or -1
//	channelDescriptor(channel) → its own; channelHold(channel, flag)
//	channelClose(channel)
func bindChannel(r *Runtime, exports *goja.Object) {
	verb := func(name string, f func(c *channel, call goja.FunctionCall) any) {
		exports.Set(name, func(call goja.FunctionCall) goja.Value {
			return r.vm.ToValue(f(call.Argument(0).Export().(*channel), call))
		})
	}
	verb("channelRead", func(c *channel, call goja.FunctionCall) any {
		c.deliver = call.Argument(1)
		if !c.reading {
			c.reading = true
			go c.read()
		}
		return nil
	})
	verb("channelWrite", func(c *channel, call goja.FunctionCall) any {
		var rights *os.File
		if h, ok := call.Argument(2).Export().(*handle); ok {
			fd := h.descriptor()
			if fd < 0 { // the driver has none to show
				return -int(syscall.ENOTSUP)
			}
			file, err := duplicate(fd)
			if err != nil {
				return fileErrno(err)
			}
			rights = file
		}
		return c.write(octets(call.Argument(1)), rights, call.Argument(3))
	})
	verb("channelWaits", func(c *channel, _ goja.FunctionCall) any {
		n := 0
		for _, m := range c.waiting {
			n += len(m.p)
		}
		return n
	})
	verb("channelTake", func(c *channel, _ goja.FunctionCall) any {
		if len(c.received) == 0 {
			return -1
		}
		fd := c.received[0]
		c.received = c.received[1:]
		return fd
	})
	verb("channelDescriptor", func(c *channel, _ goja.FunctionCall) any {
		fd := -1
		if raw, err := c.conn.SyscallConn(); err == nil {
			raw.Control(func(n uintptr) { fd = int(n) })
		}
		return fd
	})
	verb("channelHold", func(c *channel, call goja.FunctionCall) any {
		c.hold(call.Argument(1).ToBoolean())
		return nil
	})
	verb("channelClose", func(c *channel, _ goja.FunctionCall) any {
		c.close()
		return nil
	})
}

func (r *Runtime) newChannel(conn *net.UnixConn) *channel {
	c := &channel{r: r, conn: conn, over: make(chan struct{})}
	r.ending = append(r.ending, c.close)
	return c
}

// read runs until the channel is at its end.
func (c *channel) read() {
	defer close(c.over)
	for {
		p := make([]byte, 64<<10)
		n, rights, err := receive(c.conn, p)
		over := err != nil || n == 0
		c.r.engine.Post(func() {
			c.received = append(c.received, rights...)
			if c.closed {
				c.discard()
			}
		})
		c.r.post(func() {
			switch {
			case c.closed:
			case over:
				c.r.enter(c.deliver, goja.Undefined(), goja.Null())
			default:
				c.r.enter(c.deliver, goja.Undefined(), c.r.newBuffer(p[:n]))
			}
		})
		if over {
			return
		}
	}
}

// wait waits until everything has been read that a child has written, which has
// ended. Its own children may have the channel still, and are not waited for.
func (c *channel) wait() {
	select {
	case <-c.over:
	case <-time.After(100 * time.Millisecond):
	}
}

// write offers p to the kernel, with rights, which it closes.
func (c *channel) write(p []byte, rights *os.File, done goja.Value) int {
	drop := func() {
		if rights != nil {
			rights.Close()
		}
	}
	if c.closed {
		drop()
		return -int(syscall.EPIPE)
	}
	if len(c.waiting) == 0 {
		n, err := send(c.conn, p, rights)
		if err != nil || n > 0 {
			drop()
			rights = nil
		}
		switch {
		case err != nil:
			return fileErrno(err)
		case n == len(p):
			return 0
		}
		p = p[n:]
	}
	c.r.ref()
	c.waiting = append(c.waiting, message{p, rights, done})
	if len(c.waiting) == 1 {
		c.next()
	}
	return 1
}

// next sends the first message that waits.
func (c *channel) next() {
	m := c.waiting[0]
	go func() {
		err := sendAll(c.conn, m.p, m.rights)
		if m.rights != nil {
			m.rights.Close()
		}
		c.r.post(func() {
			c.waiting = c.waiting[1:]
			if len(c.waiting) > 0 {
				c.next()
			}
			c.r.enter(m.done, goja.Undefined(), c.r.vm.ToValue(number(err)))
			c.r.unref()
		})
	}()
}

// hold says whether the channel keeps the script alive.
func (c *channel) hold(flag bool) {
	if flag = flag && !c.closed; flag == c.holding {
		return
	}
	c.holding = flag
	if flag {
		c.r.refs++
	} else {
		c.r.refs--
	}
}

func (c *channel) close() {
	if c.closed {
		return
	}
	c.hold(false)
	c.closed = true
	c.conn.Close()
	c.discard()
}

// discard closes the descriptors that nobody wants.
func (c *channel) discard() {
	for _, fd := range c.received {
		closeDescriptor(fd)
	}
	c.received = nil
}
