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
	"github.com/duplex-go/duplex/internal/testrun"
)

var (
	loopback  = tcp("127.0.0.1:0")
	loopback6 = tcp("[::1]:0")
)

// tcp returns the address with the given text.
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

// addresses returns an address to listen on for each kind that this system has.
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

// hasIPv6 reports whether the loopback has an IPv6 address.
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

// likeLinux reports whether the driver behaves as Linux does.
func (c Config) likeLinux() bool { return !c.Sockets || runtime.GOOS == "linux" }

// needResets skips the test where a connection does not always report a reset.
func (c Config) needResets(t *testing.T) {
	t.Helper()
	if c.Sockets {
		testrun.NotUnderWine(t, testrun.LostResets)
	}
}

// path returns a path to listen on. It is short enough for every system.
func path(t *testing.T) driver.Addr {
	t.Helper()
	folder, err := os.MkdirTemp("", "duplex")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	return driver.Addr{Path: filepath.Join(folder, "s")}
}
