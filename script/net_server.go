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
//	listen(native, address, port, backlog, v6only) → errno
//	listenPath(native, path, backlog, mode) → errno; mode is what all may do besides
//	listenOn(native, fd) → errno
//
// "accepted" follows for each client.
func (n *network) bindServer(exports *goja.Object) {
	r := n.r
	native := func(call goja.FunctionCall) *handle { return call.Argument(0).Export().(*handle) }
	exports.Set("listen", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(native(call).listen(call.Argument(1).String(), int(call.Argument(2).ToInteger()),
			int(call.Argument(3).ToInteger()), call.Argument(4).ToBoolean()))
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
func (h *handle) listen(address string, port, backlog int, v6only bool) int {
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
	srv.Backlog = backlog
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
		h.r.event(func() {
			if h.closing {
				delete(n.handles, client)
				s.Destroy(nil) // Node has closed the listener by now, and the client with it
				return
			}
			h.r.enter(n.accepted, h.object, h.r.vm.ToValue(client))
		})
	}
	return &duplex.Server{Engine: h.r.engine, Handler: &handler, Options: options(true)}
}

// begun makes srv that of h, if it listens.
func (h *handle) begun(srv *duplex.Server, err error) int {
	if err == nil {
		h.server = srv
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
