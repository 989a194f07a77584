// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"math"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// A listener is the handle of a socket that listens. Its holder closes it; the driver
// holds a listener that it serves.
type listener struct {
	socket sys.Socket
	local  driver.Addr
	file   atomic.Pointer[unix.Stat_t] // the file that closing removes; nil for none
	shared atomic.Bool                 // another process may have the description, and make it blocking

	// Held while accept is in the kernel, which keeps the address for that time, unless
	// the listener is shared. It also guards closed.
	mu     sync.Mutex
	closed bool // the number of the socket may be that of another descriptor
}

// Bind implements driver.Driver.
func (d *Driver) Bind(addr driver.Addr, o driver.ListenOptions) (driver.Conn, error) {
	socket, err := sys.NewSocket(sys.Addr(addr))
	if err != nil {
		return driver.Conn{}, err
	}
	l := &listener{socket: socket, local: addr}
	if err := l.listen(o); err != nil {
		_ = l.Close()
		return driver.Conn{}, err
	}
	return driver.Conn{Local: l.local, Handle: l}, nil
}

func (l *listener) listen(o driver.ListenOptions) error {
	if err := l.set(o); err != nil {
		return err
	}
	if err := l.socket.Bind(sys.Addr(l.local)); err != nil {
		return err
	}
	if l.local.Path != "" && !strings.HasPrefix(l.local.Path, "@") {
		if err := l.own(); err != nil {
			return err
		}
		if o.Mode != 0 { // before Listen, so that no client has connected yet
			if err := unix.Chmod(l.local.Path, uint32(o.Mode.Perm())); err != nil {
				return err
			}
		}
	}
	backlog := o.Backlog
	if backlog == 0 {
		backlog = math.MaxInt32 // the kernel makes it the system's maximum
	}
	if err := l.socket.Listen(backlog); err != nil {
		return err
	}
	local, err := l.socket.Local()
	l.local = driver.Addr(local)
	return err
}

func (l *listener) set(o driver.ListenOptions) error {
	if l.local.Path != "" {
		return nil
	}
	// On Linux this option does not let two sockets listen on one address. It only
	// ignores connections that an earlier listener has left.
	if err := l.socket.Set(unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if !l.local.Addr().Unmap().Is4() {
		only := 0
		if o.V6Only {
			only = 1
		}
		if err := l.socket.Set(unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, only); err != nil {
			return err
		}
	}
	if o.ReusePort {
		if err := l.socket.Set(unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
			return err
		}
	}
	return noDelay(l.socket)
}

// own makes Close remove the file of a Unix socket, as it is now.
func (l *listener) own() error {
	file := new(unix.Stat_t)
	err := unix.Lstat(l.local.Path, file)
	if err == nil {
		l.file.Store(file)
	}
	return err
}

// Own makes Close remove the file of a Unix socket, as it is now, or leave it. It reports
// whether Close removes a file. Any goroutine may call it.
func (l *listener) Own(on bool) bool {
	l.file.Store(nil)
	return on && l.local.Path != "" && !strings.HasPrefix(l.local.Path, "@") && l.own() == nil
}

// Owns reports whether Close removes a file. Any goroutine may call it.
func (l *listener) Owns() bool { return l.file.Load() != nil }

// File returns a copy of the descriptor, for another process. Any goroutine may call it.
func (l *listener) File() (*os.File, error) {
	l.shared.Store(true)
	return sys.CopyOf(uintptr(l.socket), "listener")
}

// Close implements io.Closer. It removes the file that it owns, unless another file has
// the name by now. The order matters: while the socket is open, no other file can have the
// number of its inode.
func (l *listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.remove()
	return l.socket.Close()
}

// remove removes the file that l owns.
func (l *listener) remove() {
	if file := l.file.Swap(nil); file != nil {
		var now unix.Stat_t
		err := unix.Lstat(l.local.Path, &now)
		if err == nil && now.Dev == file.Dev && now.Ino == file.Ino {
			_ = unix.Unlink(l.local.Path)
		}
	}
}

// Vacate implements driver.Vacater. The socket stops listening, also for a child between fork
// and exec, which has a copy. A socket that does not listen keeps no other listener from its
// address, since all have SO_REUSEADDR. Then another socket takes its place, so that its
// number, which the loop may be about to use, stays that of the listener. Without a descriptor
// for that one, an abstract name of a Unix socket is free only when the loop closes l.
func (l *listener) Vacate() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.shared.Load() {
		return
	}
	l.remove()
	_ = unix.Shutdown(int(l.socket), unix.SHUT_RDWR)
	idle, err := sys.NewSocket(sys.Addr{AddrPort: netip.AddrPortFrom(netip.IPv4Unspecified(), 0)})
	if err != nil {
		return
	}
	_ = unix.Dup3(int(idle), int(l.socket), unix.O_CLOEXEC)
	_ = idle.CloseOwn()
}

// accept is accept of the socket.
func (l *listener) accept() (sys.Socket, sys.Addr, error) {
	if l.shared.Load() {
		return l.socket.Accept(true)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.socket.Accept(false)
}

// Serve implements driver.Driver.
func (d *Driver) Serve(id driver.ID, ln driver.Conn) error {
	l, ok := ln.Handle.(*listener)
	if !ok {
		_ = ln.Handle.Close()
		return unix.EINVAL
	}
	s := d.slots.take(id, l.socket, listening)
	if err := d.start(id, s); err != nil {
		s.phase = free
		_ = l.Close()
		return err
	}
	d.listeners[id] = l
	return nil
}

// Accept implements driver.Driver.
func (d *Driver) Accept(id driver.ID, on bool) {
	if s := d.slots.find(id); s != nil {
		d.read(id, s, on)
	}
}

// batch is how many connections a listener accepts before others have their turn.
const batch = 64

// accept reports the clients that wait at the listener s to sink.
func (d *Driver) accept(id driver.ID, s *slot, sink driver.Sink) {
	l := d.listeners[id]
	for range batch {
		socket, remote, err := l.accept()
		switch err {
		case nil:
			local := l.local
			if local.Path == "" && local.Addr().IsUnspecified() {
				at, _ := socket.Local()
				local = driver.Addr(at)
			}
			sink.Accepted(id, driver.Conn{Local: local, Remote: driver.Addr(remote), Handle: socket})
			if d.slots.find(id) == nil || s.inward != input {
				return
			}
		case unix.EAGAIN:
			return
		case unix.EINTR, unix.ECONNABORTED, unix.EPROTO, unix.ENETDOWN, unix.ENOPROTOOPT,
			unix.EHOSTDOWN, unix.ENONET, unix.EHOSTUNREACH, unix.EOPNOTSUPP, unix.ENETUNREACH:
			// The error concerns only that client; see accept(2).
		default:
			d.stop(s)
			sink.AcceptFailed(id, err)
			return
		}
	}
}
