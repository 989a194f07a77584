// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"

	"github.com/dop251/goja"
	"github.com/duplex-go/duplex"
)

// bindServer binds
//
//	listen(native, address, port, backlog, v6only, reusePort) → errno
//	listenPath(native, path, backlog, mode) → errno; mode is what all may do besides
//	listenOn(native, fd) → errno
//
// "accepted" follows for each client.
func (n *network) bindServer(exports *goja.Object) {
	r := n.r
	native := func(call goja.FunctionCall) *handle { return call.Argument(0).Export().(*handle) }
	exports.Set("listen", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(native(call).listen(call.Argument(1).String(), int(call.Argument(2).ToInteger()),
			int(call.Argument(3).ToInteger()), call.Argument(4).ToBoolean(), call.Argument(5).ToBoolean()))
	})
	exports.Set("listenPath", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(native(call).listenPath(pathName(call.Argument(1).String()),
			int(call.Argument(2).ToInteger()), fs.FileMode(call.Argument(3).ToInteger())))
	})
	exports.Set("listenOn", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(native(call).listenOn(int(call.Argument(1).ToInteger())))
	})
}

// listen listens on an IP address and port.
func (h *handle) listen(address string, port, backlog int, v6only, reusePort bool) int {
	if h.server != nil {
		return 0
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return number(syscall.EINVAL)
	}
	network := "tcp"
	switch {
	case ip.Is4():
		network = "tcp4"
	case v6only:
		network = "tcp6"
	}
	h.mapped = ip.Is6()
	address = net.JoinHostPort(address, strconv.Itoa(port))
	if errno := h.r.may("listen", "tcp", address); errno != 0 {
		return errno
	}
	srv := h.newServer()
	srv.Backlog, srv.ReusePort = backlog, reusePort
	return h.begun(srv, srv.Listen(network, address))
}

// listenPath listens on a Unix socket. Everybody may do to its file what mode says,
// besides what the umask leaves.
func (h *handle) listenPath(path string, backlog int, mode fs.FileMode) int {
	if errno := h.r.may("listen", "unix", path); errno != 0 {
		return errno
	}
	srv := h.newServer()
	srv.Backlog = backlog
	err := srv.Listen("unix", path)
	if errors.Is(err, syscall.ENOENT) {
		err = syscall.EACCES // Node's word for a folder that is missing
	}
	errno := h.begun(srv, err)
	if errno == 0 && mode != 0 {
		if info, err := os.Stat(path); err == nil {
			err = os.Chmod(path, info.Mode().Perm()|mode)
			errno = number(err)
		}
	}
	return errno
}

// listenOn listens with a descriptor that does already.
func (h *handle) listenOn(fd int) int {
	if errno := h.r.may("listen", "fd", strconv.Itoa(fd)); errno != 0 {
		return errno
	}
	file, err := duplicate(fd)
	if err != nil {
		return number(err)
	}
	defer file.Close()
	ln, err := net.FileListener(file)
	if err != nil {
		return number(err)
	}
	addr, ok := ln.Addr().(*net.TCPAddr)
	h.mapped = ok && len(addr.IP) == net.IPv6len && addr.IP.To4() == nil
	srv := h.newServer()
	errno := h.begun(srv, srv.ListenOn(ln))
	if errno == 0 {
		h.fd = fd
	}
	return errno
}

// newServer returns a Server whose sockets become handles.
func (h *handle) newServer() *duplex.Server {
	n := h.r.net
	handler := *n.handler
	handler.OnConnect = func(s *duplex.Socket) {
		client := n.handle(nil)
		client.socket, client.mapped = s, h.mapped
		s.Value = client
		h.clients = append(h.clients, client)
		h.r.event(func() {
			if h.closing {
				h.turnAway()
			} else if !h.hushed {
				h.welcome()
			}
		})
	}
	return &duplex.Server{Engine: h.r.engine, Handler: &handler, Options: options(true)}
}

// welcome tells the script of the first client that it does not know. The next one
// follows as the first event of the next turn, as Node accepts one client of a server in
// a turn. So what the first one does, such as to close, comes before what the second one
// does.
func (h *handle) welcome() {
	client := h.clients[0]
	h.clients = h.clients[1:]
	h.hushed = true
	h.r.post(func() {
		h.r.clock.conclude()
		n := h.r.net
		n.guests = append(n.guests, h)
		h.r.post(n.greetAlone)
	})
	h.r.enter(h.r.net.accepted, h.object, h.r.vm.ToValue(client))
}

// greet lets servers tell of their next clients.
func (n *network) greet() {
	for len(n.guests) > 0 && !n.r.exited {
		h := n.guests[0]
		n.guests = n.guests[1:]
		h.hushed = false
		if len(h.clients) > 0 {
			h.welcome()
		}
	}
}

// greetAlone is greet where the turn had no event.
func (n *network) greetAlone() {
	switch {
	case len(n.guests) == 0:
	case n.idle:
		n.r.post(n.greetAlone)
	default:
		n.greet()
	}
}

// turnAway resets the clients that the script does not know of: Node has not accepted
// them yet, and the system resets them when the listener closes.
func (h *handle) turnAway() {
	for _, client := range h.clients {
		delete(h.r.net.handles, client)
		client.socket.Reset()
	}
	h.clients = nil
}

// begun makes srv that of h, if it listens.
func (h *handle) begun(srv *duplex.Server, err error) int {
	if err == nil {
		h.server = srv
		h.r.net.began = h.r.net.began || h.r.clock.apart
		h.hold()
	}
	return number(err)
}

// kindOf says what a descriptor is, in Node's words.
func kindOf(fd int) string {
	file, err := duplicate(fd)
	if err != nil {
		return "UNKNOWN"
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "UNKNOWN"
	}
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return "FILE"
	case mode&fs.ModeCharDevice != 0:
		return "FILE"
	case mode&fs.ModeNamedPipe != 0:
		return "PIPE"
	case mode&fs.ModeSocket == 0:
		return "UNKNOWN"
	}
	if ln, err := net.FileListener(file); err == nil {
		defer ln.Close()
		return socketKind(ln.Addr())
	}
	if conn, err := net.FileConn(file); err == nil {
		defer conn.Close()
		return socketKind(conn.LocalAddr())
	}
	return "UNKNOWN"
}

func socketKind(addr net.Addr) string {
	switch addr.Network() {
	case "tcp":
		return "TCP"
	case "unix":
		return "PIPE"
	case "udp":
		return "UDP"
	}
	return "UNKNOWN"
}
