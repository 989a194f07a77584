// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package portable

import (
	"math"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
)

// bindPath listens on a path. Package net binds and listens in one step, so a client could
// connect before the file has its permissions. Here the socket listens after the file has
// them.
func bindPath(addr driver.Addr, o driver.ListenOptions) (driver.Conn, error) {
	if strings.Contains(addr.Path, "\x00") { // package syscall would cut the path there
		return driver.Conn{}, syscall.EINVAL
	}
	fd, err := pathSocket()
	if err != nil {
		return driver.Conn{}, err
	}
	file := os.NewFile(uintptr(fd), addr.Path)
	defer file.Close() // FileListener has a copy
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: addr.Path}); err != nil {
		return driver.Conn{}, err
	}
	ln, err := listenPath(file, addr.Path, o)
	if err != nil {
		if addr.Path[0] != '@' {
			_ = os.Remove(addr.Path)
		}
		return driver.Conn{}, sys.Errno(err)
	}
	return driver.Conn{Local: address(ln.Addr()), Handle: ln}, nil
}

// pathSocket returns a Unix socket that child processes do not inherit.
func pathSocket() (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	return fd, err
}

// listenPath makes a listener of the socket in file, which is bound to path.
func listenPath(file *os.File, path string, o driver.ListenOptions) (*handle, error) {
	if o.Mode != 0 && path[0] != '@' {
		if err := os.Chmod(path, o.Mode.Perm()); err != nil {
			return nil, err
		}
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, err
	}
	backlog := o.Backlog
	if backlog == 0 {
		backlog = math.MaxInt32 // the kernel makes it the system's maximum
	}
	if err := control(raw, func(fd uintptr) error { return sys.Backlog(fd, backlog) }); err != nil {
		return nil, err
	}
	ln, err := net.FileListener(file)
	if err != nil {
		return nil, err
	}
	return newPathHandle(ln.(*net.UnixListener), path), nil
}
