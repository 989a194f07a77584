// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"net"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
)

// bindPath listens on a path. The file has no permissions of its own on Windows: the
// access list of its folder decides which users may connect.
func bindPath(addr driver.Addr, _ driver.ListenOptions) (driver.Conn, error) {
	ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: addr.Path, Net: "unix"})
	if err != nil {
		return driver.Conn{}, sys.Errno(err)
	}
	return driver.Conn{Local: address(ln.Addr()), Handle: newPathHandle(ln, addr.Path)}, nil
}
