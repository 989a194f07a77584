// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

var (
	loopback  = tcp("127.0.0.1:0")
	loopback6 = tcp("[::1]:0")
)

// tcp returns the address that is written so.
func tcp(addr string) driver.Addr {
	return driver.Addr{AddrPort: netip.MustParseAddrPort(addr)}
}

// port returns the address of ip with the port of addr.
func port(ip string, addr driver.Addr) driver.Addr {
	return driver.Addr{AddrPort: netip.AddrPortFrom(netip.MustParseAddr(ip), addr.Port())}
}

// plain returns addr with an IPv4 address as four bytes.
func plain(addr driver.Addr) driver.Addr {
	if addr.Path == "" {
		addr.AddrPort = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	}
	return addr
}

// show returns addr as text.
func show(addr driver.Addr) string {
	if addr.Path != "" {
		return addr.Path
	}
	return addr.String()
}

// addresses returns an address to listen on for each kind there is here.
func (c Config) addresses(t *testing.T) map[string]driver.Addr {
	kinds := map[string]driver.Addr{"IPv4": loopback}
	if c.hasIPv6() {
		kinds["IPv6"] = loopback6
	} else {
		t.Log("without IPv6: this machine has none")
	}
	if c.Unix {
		kinds["Unix"] = path(t)
	}
	return kinds
}

// hasIPv6 says that the loopback has an IPv6 address.
func (c Config) hasIPv6() bool {
	if !c.Sockets {
		return true
	}
	ln, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	ln.Close()
	return true
}

// likeLinux says that what only Linux does can be expected.
func (c Config) likeLinux() bool { return !c.Sockets || runtime.GOOS == "linux" }

// path returns a path to listen on, which is short enough for every system.
func path(t *testing.T) driver.Addr {
	t.Helper()
	folder, err := os.MkdirTemp("", "duplex")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return driver.Addr{Path: filepath.Join(folder, "s")}
}
