// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/dop251/goja"
	"github.com/duplex-go/duplex"
)

// bindConnect binds
//
//	connect(native, addresses, port, localAddress, localPort, milliseconds, noDelay, keepAlive) → errno:
//	  one address after the other, each but the last for so long; "connected"
//	  follows, and before it "attempt" and "missed" if there are several addresses
//	connectPath(native, path) → errno
//	bindable(address, port) → errno, of an address to connect from
//	open(native, fd) → errno: adopts a connection
//	pair(native, native) → errno: they become the two ends of a new connection
//	listens(fd) → boolean
//	kind(fd) → 'TCP', 'PIPE', 'TTY', 'FILE', 'UDP' or 'UNKNOWN'
func (n *network) bindConnect(exports *goja.Object) {
	r := n.r
	native := func(call goja.FunctionCall) *handle { return call.Argument(0).Export().(*handle) }
	exports.Set("connect", func(call goja.FunctionCall) goja.Value {
		var addrs []netip.Addr
		list := call.Argument(1).ToObject(r.vm)
		for _, i := range list.Keys() {
			ip, err := netip.ParseAddr(list.Get(i).String())
			if err != nil {
				return r.vm.ToValue(number(syscall.EINVAL))
			}
			addrs = append(addrs, ip)
		}
		local := ""
		if a := call.Argument(3); !goja.IsUndefined(a) {
			local = net.JoinHostPort(a.String(), strconv.FormatInt(call.Argument(4).ToInteger(), 10))
		}
		c := &duplex.Client{
			LocalAddr:    local,
			AttemptDelay: time.Duration(call.Argument(5).ToInteger()) * time.Millisecond,
			Options:      options(!call.Argument(6).ToBoolean()),
		}
		if seconds := call.Argument(7); !goja.IsUndefined(seconds) {
			c.KeepAlive = keepAlive(true, seconds.ToInteger())
		}
		return r.vm.ToValue(native(call).connect(c, addrs, uint16(call.Argument(2).ToInteger())))
	})
	exports.Set("connectPath", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(native(call).connectPath(pathName(call.Argument(1).String())))
	})
	exports.Set("bindable", func(call goja.FunctionCall) goja.Value {
		ip, err := netip.ParseAddr(call.Argument(0).String())
		if err != nil {
			return r.vm.ToValue(number(syscall.EINVAL))
		}
		if r.Network == nil {
			return r.vm.ToValue(0) // connecting is refused
		}
		return r.vm.ToValue(number(bindable(netip.AddrPortFrom(ip, uint16(call.Argument(1).ToInteger())))))
	})
	exports.Set("open", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(native(call).open(int(call.Argument(1).ToInteger())))
	})
	exports.Set("pair", func(call goja.FunctionCall) goja.Value {
		ends, err := connectedPair()
		if err == nil {
			native(call).adopt(ends[0])
			call.Argument(1).Export().(*handle).adopt(ends[1])
		}
		return r.vm.ToValue(number(err))
	})
	exports.Set("listens", func(fd int) bool { return listens(fd) })
	exports.Set("kind", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(kindOf(int(call.Argument(0).ToInteger())))
	})
}

// options are those of a socket whose stream is JavaScript: Go does neither end nor
// read on its own account, and the script sees to it that it does not write too
// much. It limits handshakes of TLS by itself, and takes any end for an end, as Node does.
func options(nagle bool) duplex.Options {
	return duplex.Options{
		AllowHalfOpen: true, PauseOnConnect: true, MaxWriteBuffer: -1, Nagle: nagle, HandshakeTimeout: -1, AllowTruncation: true,
	}
}

// connect begins a connection to the first of addrs that answers.
func (h *handle) connect(c *duplex.Client, addrs []netip.Addr, port uint16) int {
	if h.socket != nil {
		return h.connectAgain()
	}
	for _, ip := range addrs {
		if errno := h.r.may("connect", "tcp", netip.AddrPortFrom(ip, port).String()); errno != 0 {
			return errno
		}
	}
	host := "several.invalid"
	if len(addrs) == 1 {
		host = addrs[0].String()
		h.mapped = addrs[0].Is4In6()
	} else {
		n := h.r.net
		c.Resolver, c.Sequential = found(addrs), true
		first := true
		c.OnAttempt = func(s *duplex.Socket, to netip.AddrPort) {
			if !first { // the script knows of that one
				h.tellAttempt(n.attempt, to)
			}
			first = false
		}
		c.OnAttemptFailed = func(s *duplex.Socket, to netip.AddrPort, err error) {
			errno, word := h.blame(err)
			h.tellAttempt(n.missed, to, h.r.vm.ToValue(errno), h.r.vm.ToValue(word))
		}
	}
	h.bound = c.LocalAddr != ""
	h.begin(c, "tcp", net.JoinHostPort(host, strconv.Itoa(int(port))))
	return 0
}

// connectAgain is connect where a connection is under way, or was made: as for the
// kernel, the latter succeeds once.
func (h *handle) connectAgain() int {
	switch {
	case h.connecting:
		return number(syscall.EALREADY)
	case h.again:
		return number(syscall.EISCONN)
	}
	h.connecting, h.again = true, true
	h.r.refs++ // until tellConnected
	h.r.post(func() {
		if h.connecting {
			h.r.event(func() { h.tellConnected(0, "") })
		}
	})
	return 0
}

func (h *handle) connectPath(path string) int {
	if h.socket != nil {
		return h.connectAgain()
	}
	if errno := h.r.may("connect", "unix", path); errno != 0 {
		return errno
	}
	h.begin(&duplex.Client{Options: options(false)}, "unix", path)
	return 0
}

func (h *handle) begin(c *duplex.Client, network, address string) {
	c.Engine = h.r.engine
	h.connecting = true
	h.r.refs++ // until tellConnected
	h.r.net.began = h.r.net.began || h.r.clock.apart
	h.socket = c.Connect(context.Background(), network, address, h.r.net.handler)
	h.socket.Value = h
}

// found is a Resolver that knows already.
type found []netip.Addr

func (f found) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) { return f, nil }

func (h *handle) tellAttempt(f goja.Value, to netip.AddrPort, more ...goja.Value) {
	family := 6
	if to.Addr().Is4() {
		family = 4
	}
	vm := h.r.vm
	args := append([]goja.Value{vm.ToValue(to.Addr().String()), vm.ToValue(to.Port()), vm.ToValue(family)}, more...)
	h.r.event(func() {
		if !h.closing {
			h.r.enter(f, h.object, args...)
		}
	})
}

func (h *handle) tellConnected(errno int, word string) {
	h.connecting = false
	h.r.refs--
	h.r.enter(h.r.net.connected, h.object, h.r.vm.ToValue(errno), h.r.vm.ToValue(word))
}

// pathName returns Go's name for what Node calls path: one in Linux's abstract space
// begins with @ there, with NUL here. Any other NUL ends it.
func pathName(path string) string {
	const longest = 107 // Node cuts off the rest
	if len(path) > longest {
		path = path[:longest]
	}
	if strings.HasPrefix(path, "\x00") {
		return "@" + path[1:]
	}
	path, _, _ = strings.Cut(path, "\x00")
	return path
}

// open adopts the connection that fd is.
func (h *handle) open(fd int) int {
	if errno := h.r.may("connect", "fd", strconv.Itoa(fd)); errno != 0 {
		return errno
	}
	for other := range h.r.net.handles {
		if watched := other.reading || other.server != nil; watched && other.descriptor() == fd {
			return number(syscall.EEXIST) // as libuv, whose loop watches it already
		}
	}
	file, err := duplicate(fd)
	if err != nil {
		return number(err)
	}
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return number(err)
	}
	switch conn.(type) {
	case *net.TCPConn, *net.UnixConn:
	default:
		conn.Close()
		return number(errors.ErrUnsupported)
	}
	h.fd = fd
	h.adopt(conn)
	return 0
}

// adopt makes conn the handle's connection.
func (h *handle) adopt(conn net.Conn) {
	h.here, h.there = conn.LocalAddr(), conn.RemoteAddr()
	addr, ok := h.here.(*net.TCPAddr)
	h.mapped = ok && len(addr.IP) == net.IPv6len
	c := &duplex.Client{Engine: h.r.engine, Options: options(true)}
	h.socket = c.Adopt(conn, h.r.net.handler)
	h.socket.Value = h
}
