// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/dop251/goja"
	"github.com/duplex-go/duplex"
)

// bindHandle binds what a handle that is connected can do:
//
//	write(native, bytes or string, encoding, done), writev(native, chunks, encodings, done)
//	  → 0: all is with the kernel; 1: "written" will tell of done; or an errno
//	read(native, on); use(native, buffer); shutdown(native, done)
//	close(native, reset, done); ref(native, on); hasRef(native) → boolean
//	local(native), remote(native) → {address, family, port} or an errno
//	noDelay(native, on); keepAlive(native, on, seconds, interval, count)
//	typeOfService(native, tos)
//	received(native), sent(native), queued(native), fd(native), number(native) → number
func (n *network) bindHandle(exports *goja.Object) {
	r := n.r
	native := func(call goja.FunctionCall) *handle { return call.Argument(0).Export().(*handle) }
	exports.Set("write", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(native(call).write(r.chunk(call.Argument(1), call.Argument(2)), call.Argument(3)))
	})
	exports.Set("writev", func(call goja.FunctionCall) goja.Value {
		chunks, encodings := call.Argument(1).ToObject(r.vm), call.Argument(2).ToObject(r.vm)
		var all []byte
		for _, i := range chunks.Keys() {
			all = append(all, r.chunk(chunks.Get(i), encodings.Get(i))...)
		}
		return r.vm.ToValue(native(call).write(all, call.Argument(3)))
	})
	verb := func(name string, f func(h *handle, call goja.FunctionCall)) {
		exports.Set(name, func(call goja.FunctionCall) goja.Value {
			f(native(call), call)
			return goja.Undefined()
		})
	}
	verb("read", func(h *handle, call goja.FunctionCall) { h.read(call.Argument(1).ToBoolean()) })
	verb("use", func(h *handle, call goja.FunctionCall) { h.buffer, _ = r.bytesOf(call.Argument(1)) })
	verb("shutdown", func(h *handle, call goja.FunctionCall) { h.shutdown(call.Argument(1)) })
	verb("close", func(h *handle, call goja.FunctionCall) { h.close(call.Argument(1).ToBoolean(), call.Argument(2)) })
	verb("ref", func(h *handle, call goja.FunctionCall) {
		h.unrefd = !call.Argument(1).ToBoolean()
		h.hold()
	})
	verb("noDelay", func(h *handle, call goja.FunctionCall) {
		if h.socket != nil {
			h.socket.SetNoDelay(call.Argument(1).ToBoolean())
		}
	})
	verb("keepAlive", func(h *handle, call goja.FunctionCall) {
		if h.socket != nil {
			k := keepAlive(call.Argument(1).ToBoolean(), call.Argument(2).ToInteger())
			if v := call.Argument(3); !goja.IsUndefined(v) {
				k.Interval = positive(time.Duration(v.ToInteger()) * time.Second)
			}
			if v := call.Argument(4); !goja.IsUndefined(v) {
				k.Count = positive(int(v.ToInteger()))
			}
			h.socket.SetKeepAlive(k)
		}
	})
	verb("typeOfService", func(h *handle, call goja.FunctionCall) {
		if h.socket != nil {
			h.socket.SetTypeOfService(uint8(call.Argument(1).ToInteger()))
		}
	})
	exports.Set("hasRef", func(call goja.FunctionCall) goja.Value {
		h := native(call)
		if _, alive := n.handles[h]; !alive {
			return goja.Undefined()
		}
		return r.vm.ToValue(!h.unrefd)
	})
	exports.Set("local", func(call goja.FunctionCall) goja.Value { return native(call).local() })
	exports.Set("remote", func(call goja.FunctionCall) goja.Value { return native(call).remote() })
	count := func(name string, f func(s *duplex.Socket) int64) {
		exports.Set(name, func(call goja.FunctionCall) goja.Value {
			if s := native(call).socket; s != nil {
				return r.vm.ToValue(f(s))
			}
			return r.vm.ToValue(0)
		})
	}
	count("received", func(s *duplex.Socket) int64 { return s.BytesRead() - int64(len(of(s).rest)) - of(s).plainRead })
	count("sent", func(s *duplex.Socket) int64 { return s.BytesWritten() - of(s).plainWritten })
	count("queued", func(s *duplex.Socket) int64 { return int64(s.Buffered()) })
	exports.Set("number", func(call goja.FunctionCall) goja.Value { return r.vm.ToValue(native(call).number) })
	exports.Set("fd", func(call goja.FunctionCall) goja.Value { return r.vm.ToValue(native(call).descriptor()) })
}

// chunk returns what a script writes: a string in an encoding, or bytes.
func (r *Runtime) chunk(v, encoding goja.Value) []byte {
	if text, ok := v.(goja.String); ok {
		p, _ := r.encode(text, encoding.String())
		return p
	}
	p, _ := r.bytesOf(v)
	return p
}

// keepAlive is what Node makes of it: probes after so many seconds, a second apart,
// ten of them. Without a time the system's own hold.
func keepAlive(on bool, seconds int64) net.KeepAliveConfig {
	k := net.KeepAliveConfig{Enable: on, Idle: -1, Interval: -1, Count: -1}
	if seconds > 0 {
		k.Idle, k.Interval, k.Count = time.Duration(seconds)*time.Second, time.Second, 10
	}
	return k
}

// positive returns n, or -1, which leaves the system's own.
func positive[T int | time.Duration](n T) T {
	if n <= 0 {
		return -1
	}
	return n
}

// write offers p to the kernel. What that does not take is queued, and done is
// called once it is gone.
func (h *handle) write(p []byte, done goja.Value) int {
	if h.socket == nil || h.closing {
		return number(syscall.EBADF)
	}
	n, err := 0, error(nil)
	if h.tls == nil { // what is sealed takes its time
		n, err = h.socket.TryWrite(p)
	}
	if err == nil && len(p) == 0 && h.tls == nil {
		err = failure(h.socket) // the system tells it to a write of nothing, too
	}
	if err == nil && n == len(p) && h.tls == nil {
		return 0
	}
	req := &request{done: done}
	if err == nil {
		_, err = h.socket.WriteFunc(p[n:], func(err error) { h.answer(req, err) })
	}
	switch {
	case errors.Is(err, net.ErrClosed):
		return number(syscall.EPIPE)
	case err != nil:
		return number(err)
	}
	h.await(req)
	return 1
}

// await counts a request among those that keep the script.
func (h *handle) await(req *request) {
	h.r.refs++
	h.requests = append(h.requests, req)
}

// answer tells how a request ended.
func (h *handle) answer(req *request, err error) {
	h.r.event(func() { h.tellAnswer(req, err) })
}

func (h *handle) tellAnswer(req *request, err error) {
	if req.answered {
		return
	}
	req.answered = true
	h.requests = slices.DeleteFunc(h.requests, func(r *request) bool { return r == req })
	h.r.refs--
	errno, text := number(err), ""
	if h.tls != nil && err != nil {
		if code, message, _ := describe(err); code != "" && !errors.Is(err, net.ErrClosed) {
			errno, text = number(syscall.EPROTO), message
		}
	}
	h.r.enter(h.r.net.written, h.object, req.done, h.r.vm.ToValue(errno), h.r.vm.ToValue(text))
}

// shutdown sends FIN behind what was written.
func (h *handle) shutdown(done goja.Value) {
	req := &request{done: done}
	h.await(req)
	if h.socket == nil || h.closing {
		h.r.clock.pend(func() { h.tellAnswer(req, syscall.ENOTCONN) })
		return
	}
	if h.socket.Buffered() == 0 {
		h.r.clock.pend(func() {
			if !h.closing { // or else it is canceled
				h.socket.End()
				h.tellAnswer(req, nil)
			}
		})
		return
	}
	if _, err := h.socket.WriteFunc(nil, func(err error) { h.answer(req, err) }); err != nil {
		h.r.post(func() { h.answer(req, nil) })
		return
	}
	h.socket.End()
}

// read starts or stops reading.
func (h *handle) read(on bool) {
	h.reading = on
	h.hold()
	switch {
	case h.socket == nil:
	case !on:
		h.socket.Pause()
	case len(h.rest) > 0:
		h.r.post(func() {
			h.fill(nil)
			if h.reading && len(h.rest) == 0 {
				h.socket.Resume()
			}
		})
	case h.r.clock.apart:
		h.socket.Resume()
	case !h.resuming: // before the next events, after all that these cause, as Node has it
		h.resuming = true
		h.r.post(func() {
			h.resuming = false
			if h.reading && len(h.rest) == 0 {
				h.socket.Resume()
			}
		})
	}
}

// close gives the handle up, and calls done when the descriptor is closed.
func (h *handle) close(reset bool, done goja.Value) {
	if h.closing {
		return
	}
	h.closing, h.onclose = true, done
	h.hold()
	h.r.refs++ // until done
	if h.connecting {
		h.connecting = false
		h.r.refs--
	}
	if h.server != nil {
		h.server.Unlisten()
		h.turnAway()
	}
	if h.fd >= 0 {
		closeDescriptor(h.fd)
	}
	switch {
	case h.socket == nil || h.gone:
	case reset:
		h.socket.Reset()
	default:
		h.socket.Destroy(nil)
	}
	n := h.r.net
	n.closing = append(n.closing, h)
	h.r.clock.finally()
}

// close calls what waits for handles to be closed: for the last one first, as libuv
// does. Those that are closed meanwhile wait for the next turn.
func (n *network) close() {
	closing := n.closing
	n.closing = nil
	for _, h := range slices.Backward(closing) {
		h.closed()
	}
}

// closed calls back for the end of the handle, its last event. Requests without an answer
// are canceled first.
func (h *handle) closed() {
	for len(h.requests) > 0 && !h.r.exited {
		h.tellAnswer(h.requests[0], syscall.ECANCELED)
	}
	h.r.refs--
	delete(h.r.net.handles, h)
	if _, ok := goja.AssertFunction(h.onclose); ok {
		h.r.enter(h.onclose, h.object)
	}
}

// What the socket tells.

func of(s *duplex.Socket) *handle {
	h, _ := s.Value.(*handle)
	return h
}

func (n *network) onConnect(s *duplex.Socket) {
	h := of(s)
	if !h.connecting {
		return // opened with a descriptor
	}
	n.r.event(func() { h.tellConnected(0, "") })
}

func (n *network) onData(s *duplex.Socket, p []byte) {
	h := of(s)
	n.r.event(func() {
		if h.closing {
			return
		}
		if h.buffer != nil {
			h.fill(p)
			return
		}
		t := &n.r.turns // enter, with less ado
		t.depth++
		_, err := n.data(h.object, n.r.newBuffer(bytes.Clone(p)))
		t.depth--
		n.r.caught(err)
		t.drain()
	})
}

// fill gives the script p behind what rests, as much at a time as its own buffer
// holds.
func (h *handle) fill(p []byte) {
	h.rest = append(h.rest, p...)
	for len(h.rest) > 0 && h.reading && !h.closing && !h.r.exited {
		n := copy(h.buffer, h.rest)
		h.rest = h.rest[n:]
		h.r.enter(h.r.net.filled, h.object, h.r.vm.ToValue(n))
	}
	if len(h.rest) == 0 {
		h.rest = nil
	}
}

func (n *network) onEnd(s *duplex.Socket) {
	h := of(s)
	n.r.event(func() {
		h.over = true
		h.hold()
		if !h.closing {
			n.r.enter(n.ended, h.object)
		}
	})
}

func (n *network) onError(s *duplex.Socket, err error) {
	h := of(s)
	n.r.event(func() {
		h.over = true
		h.hold()
		switch {
		case h.closing:
		case h.connecting:
			h.tellConnected(h.blame(err))
		default:
			errno, word := h.blame(err)
			n.r.enter(n.failed, h.object, n.r.vm.ToValue(errno), n.r.vm.ToValue(word))
		}
	})
}

func (n *network) onClose(s *duplex.Socket) {
	h := of(s)
	n.r.guard(func() {
		h.gone, h.over = true, true
		h.hold()
		if !n.idle {
			n.idle = true
			n.r.post(func() { n.idle = false }) // behind what the turn before has posted
		}
		n.r.check()
	})
}

// blame returns an error's number and the word that Node has for what failed.
func (h *handle) blame(err error) (errno int, word string) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) > 0 {
		return h.blame(joined.Unwrap()[0])
	}
	word = "read"
	var op *net.OpError
	if errors.As(err, &op) {
		word = op.Op
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		word = "timeout"
	case !h.bound || word != "connect":
	case errors.Is(err, syscall.EADDRINUSE), errors.Is(err, syscall.EADDRNOTAVAIL),
		errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EINVAL):
		word = "bind" // these are about the address to connect from
	}
	return number(err), word
}

// Addresses.

func (h *handle) local() goja.Value {
	var addr net.Addr
	switch {
	case h.closing:
		return h.r.vm.ToValue(number(syscall.EBADF))
	case h.server != nil:
		addr = h.server.Addr()
	case h.socket != nil:
		addr = h.known(h.socket.LocalAddr(), h.here)
	}
	return h.show(addr)
}

// known returns addr or, of a socket that is being adopted, what is known already.
func (h *handle) known(addr, adopted net.Addr) net.Addr {
	if addr == nil && !h.over && !h.gone {
		return adopted
	}
	return addr
}

func (h *handle) remote() goja.Value {
	switch {
	case h.closing:
		return h.r.vm.ToValue(number(syscall.EBADF))
	case h.socket == nil:
		return h.show(nil)
	}
	addr := h.known(h.socket.RemoteAddr(), h.there)
	if _, unix := addr.(*net.UnixAddr); unix {
		return h.show(addr)
	}
	// The kernel forgets a peer whose connection is over, and knows what it made of an
	// address that stands for all.
	now, err := peer(h.socket)
	if err != nil {
		return h.r.vm.ToValue(number(err))
	}
	if tcp, ok := addr.(*net.TCPAddr); now.IsValid() && (!ok || tcp.IP.IsUnspecified()) {
		addr = net.TCPAddrFromAddrPort(now)
	}
	return h.show(addr)
}

// show makes {address, family, port} of an IP address, {address} of a path, and an
// errno of none.
func (h *handle) show(addr net.Addr) goja.Value {
	vm := h.r.vm
	object := vm.NewObject()
	switch a := addr.(type) {
	case *net.TCPAddr:
		ip := a.AddrPort()
		object.Set("address", h.text(ip.Addr()))
		family := "IPv6"
		if ip.Addr().Is4() && !h.mapped {
			family = "IPv4"
		}
		object.Set("family", family)
		object.Set("port", ip.Port())
		return object
	case *net.UnixAddr:
		object.Set("address", a.Name)
		return object
	}
	return vm.ToValue(number(syscall.ENOTCONN))
}

// text returns an address in the form of the handle's family.
func (h *handle) text(ip netip.Addr) string {
	if ip.Is4() && h.mapped {
		return "::ffff:" + ip.String()
	}
	return ip.String()
}

// descriptor returns the number of the handle's descriptor, -1 if it has none that
// is known.
func (h *handle) descriptor() (fd int) {
	fd = h.fd
	var conn syscall.Conn
	switch {
	case fd >= 0 || h.closing:
		return fd
	case h.server != nil:
		conn = h.server
	case h.socket != nil:
		conn = h.socket
	default:
		return fd
	}
	if raw, err := conn.SyscallConn(); err == nil {
		raw.Control(func(n uintptr) { fd = int(n) })
	}
	return fd
}
