// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"net"
	"os"
	"slices"
	"syscall"

	"github.com/dop251/goja"
	"github.com/duplex-go/duplex"
)

// network is what a Runtime has of the network.
type network struct {
	r       *Runtime
	handles map[*handle]struct{} // that are not closed
	made    int                  // handles, ever
	closing []*handle            // in this turn
	idle    bool                 // the engine's turn told of closed descriptors, and asked the system for nothing
	guests  []*handle            // servers that tell of a client before the next event
	began   bool                 // a connection or a listener begins in the engine's next turn

	// From internal/net_handle.js; this is the handle's object.
	data      goja.Callable // (buffer): an entrance
	filled    goja.Value    // (n): so many bytes are in the handle's own buffer
	ended     goja.Value    // ()
	failed    goja.Value    // (errno, syscall)
	written   goja.Value    // (done, errno): of a request that was given done
	connected goja.Value    // (errno, syscall)
	attempt   goja.Value    // (address, port, family)
	missed    goja.Value    // (address, port, family, errno, syscall): of an attempt
	accepted  goja.Value    // (native)

	handler *duplex.Handler // of all sockets
}

// A handle is what a script's net.Socket or net.Server has of the network, as
// libuv's handle is for Node's: it is born before its connection is made, and
// closes on its own. It keeps the script alive while it reads or listens, unless it
// was unref'd; and so does each of its requests, until it is answered.
type handle struct {
	r      *Runtime
	number int
	object *goja.Object   // the script's side of it
	socket *duplex.Socket // nil before it connects
	server *duplex.Server // of one that listens
	fd     int            // of one that was opened with a descriptor, or -1

	here, there net.Addr // of that one, until the socket knows

	mapped     bool   // of IPv6: IPv4 addresses are shown in its form
	buffer     []byte // the script's own, to be filled by what arrives; nil for none
	rest       []byte // arrived, and not yet in buffer
	bound      bool   // it connects from an address of the script's choice
	connecting bool   // a connect is under way
	again      bool   // connect was called where the connection was made
	reading    bool   // the script wants input
	resuming   bool   // reading starts in the next turn
	over       bool   // the peer has ended, or the connection is lost
	gone       bool   // the descriptor is closed
	unrefd     bool
	holding    bool // counted in refs
	closing    bool
	requests   []*request // that were not answered yet
	onclose    goja.Value

	tls *security // nil without TLS

	plainRead, plainWritten int64 // bytes before TLS

	clients []*handle // of a server: accepted, and the script does not know of them
	hushed  bool      // of a server: it has told of a client in this turn
}

// A request is a write or a shutdown that takes its time.
type request struct {
	done     goja.Value
	answered bool
}

// bindNet is binding('net'). A native is a *handle.
//
//	hear(functions): those of network
//	create(object) → native; adopt(native, object) → native: of one that was accepted
//	active(connecting) → the objects of the handles that are ref'd, in the order of their
//	  making, or of those with a connect under way
//	see net_handle.go, net_connect.go, net_server.go and net_address.go for the rest
func bindNet(r *Runtime, exports *goja.Object) {
	n := &network{r: r, handles: make(map[*handle]struct{})}
	r.net = n
	n.handler = &duplex.Handler{
		OnConnect: n.onConnect, OnData: n.onData, OnEnd: n.onEnd, OnError: n.onError, OnClose: n.onClose,
	}
	r.ending = append(r.ending, n.end)
	exports.Set("hear", func(call goja.FunctionCall) goja.Value {
		functions := call.Argument(0).ToObject(r.vm)
		for name, f := range map[string]*goja.Value{
			"filled": &n.filled, "ended": &n.ended, "failed": &n.failed, "written": &n.written, "connected": &n.connected,
			"attempt": &n.attempt, "missed": &n.missed, "accepted": &n.accepted,
		} {
			*f = functions.Get(name)
		}
		n.data, _ = goja.AssertFunction(functions.Get("data"))
		return goja.Undefined()
	})
	exports.Set("create", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(n.handle(call.Argument(0).ToObject(r.vm)))
	})
	exports.Set("adopt", func(call goja.FunctionCall) goja.Value {
		h := call.Argument(0).Export().(*handle)
		h.object = call.Argument(1).ToObject(r.vm)
		return call.Argument(0)
	})
	exports.Set("active", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(n.active(call.Argument(0).ToBoolean()))
	})
	n.bindHandle(exports)
	n.bindConnect(exports)
	n.bindServer(exports)
	bindAddress(r, exports)
}

func (n *network) handle(object *goja.Object) *handle {
	n.made++
	h := &handle{r: n.r, object: object, fd: -1, number: n.made}
	n.handles[h] = struct{}{}
	return h
}

// active returns the objects of the handles that are ref'd, or of those with a connect
// under way.
func (n *network) active(connecting bool) []any {
	var found []*handle
	for h := range n.handles {
		if h.object != nil && (connecting && h.connecting || !connecting && !h.unrefd) {
			found = append(found, h)
		}
	}
	slices.SortFunc(found, func(a, b *handle) int { return a.number - b.number })
	objects := make([]any, len(found))
	for i, h := range found {
		objects[i] = h.object
	}
	return objects
}

// owned returns the handle of a connection that is the script's already.
func (n *network) owned(conn net.Conn) *handle {
	h := n.handle(nil)
	c := &duplex.Client{Engine: n.r.engine, Options: options(true)}
	h.socket = c.Adopt(conn, n.handler)
	h.socket.Value = h
	return h
}

// end destroys what the script leaves open.
func (n *network) end() {
	for h := range n.handles {
		if h.server != nil {
			h.server.Close()
		}
		if h.socket != nil {
			h.socket.Destroy(nil)
		}
	}
	n.handles = nil
}

// unready reports whether the engine's last turn could not see all that has happened.
func (n *network) unready() bool {
	unready := n.idle || n.began
	n.began = false
	return unready
}

// event runs what tells the script of something that has happened.
func (r *Runtime) event(f func()) {
	r.guard(func() {
		r.net.greet()
		f()
		r.check()
	})
}

// hold counts h in refs while it is active.
func (h *handle) hold() {
	active := !h.closing && (h.server != nil || h.socket != nil && h.reading && !h.over)
	if holds := active && !h.unrefd; holds != h.holding {
		h.holding = holds
		if holds {
			h.r.refs++
		} else {
			h.r.refs--
		}
	}
}

// may asks the host whether the script may do op; it returns 0 or an errno of
// libuv's.
func (r *Runtime) may(op, network, address string) int {
	if r.Network == nil {
		return number(syscall.EACCES)
	}
	if err := r.Network(op, network, address); err != nil {
		if n := number(err); n != number(syscall.EIO) {
			return n
		}
		return number(syscall.EACCES)
	}
	return 0
}

// number returns libuv's number of err: minus the errno, on Linux.
func number(err error) int {
	var errno syscall.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &errno):
		return -int(errno)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return -int(syscall.ETIMEDOUT)
	case errors.Is(err, net.ErrClosed):
		return -int(syscall.ECANCELED)
	case errors.Is(err, errors.ErrUnsupported):
		return -int(syscall.EINVAL)
	}
	return -int(syscall.EIO)
}
