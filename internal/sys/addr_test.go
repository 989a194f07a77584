// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package sys

import (
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestLocalReturnsTheAddressOfBind(t *testing.T) {
	for _, addr := range []Addr{
		{AddrPort: netip.MustParseAddrPort("127.1.2.3:0")},
		{AddrPort: netip.MustParseAddrPort("[::1]:0")},
		{AddrPort: netip.MustParseAddrPort("[::]:0")},
		{Path: filepath.Join(t.TempDir(), "s")},
		{Path: "@" + t.Name()},
		{Path: "@" + strings.Repeat("x", 107)},
		{Path: "@with\x00nul"},
	} {
		got, err := bound(t, addr)
		if err == unix.EADDRNOTAVAIL || err == unix.EAFNOSUPPORT {
			t.Logf("%v is not available here", addr)
			continue
		}
		if got.Port() == 0 && addr.Path == "" {
			t.Errorf("%v: got %v, want a port", addr, got)
		}
		if addr.IsValid() {
			got.AddrPort = netip.AddrPortFrom(got.Addr(), addr.Port())
		}
		if got != addr || err != nil {
			t.Errorf("got %v (%v), want %v", got, err, addr)
		}
	}
}

func TestIPv4InTheGuiseOfIPv6IsIPv4(t *testing.T) {
	got, err := bound(t, Addr{AddrPort: netip.MustParseAddrPort("[::ffff:127.0.0.1]:0")})
	if got.Addr() != netip.MustParseAddr("127.0.0.1") || err != nil {
		t.Errorf("got %v (%v), want 127.0.0.1", got, err)
	}
}

func TestUnusableAddressIsEINVAL(t *testing.T) {
	for _, addr := range []Addr{
		{},
		{Path: strings.Repeat("x", 108)},
		{Path: "@" + strings.Repeat("x", 108)},
		{Path: filepath.Join(t.TempDir(), "with\x00nul")},
	} {
		if _, err := bound(t, addr); err != unix.EINVAL {
			t.Errorf("%q: got %v, want EINVAL", addr.Path, err)
		}
	}
}

// bound returns the address of a socket that was bound to addr.
func bound(t *testing.T, addr Addr) (Addr, error) {
	t.Helper()
	s, err := NewSocket(addr)
	if err != nil {
		return Addr{}, err
	}
	defer s.Close()
	if err := s.Bind(addr); err != nil {
		return Addr{}, err
	}
	return s.Local()
}

func TestZoneIsTheNameOfAnInterface(t *testing.T) {
	s, err := NewSocket(Addr{AddrPort: netip.MustParseAddrPort("127.0.0.1:0")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n, err := s.scope("lo")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.zone(n); got != "lo" {
		t.Errorf("zone %d is %q, want lo", n, got)
	}
	if got, err := s.scope("7"); got != 7 || err != nil {
		t.Errorf("got %d (%v), want 7", got, err)
	}
	if got := s.zone(1 << 30); got != "1073741824" {
		t.Errorf("got %q, want the number of an interface that does not exist", got)
	}
	if got, err := s.scope("nowhere0"); err != unix.ENODEV {
		t.Errorf("got %d (%v), want ENODEV", got, err)
	}
}

// A path may fill its field. Then it has no NUL, but the kernel counts one all the same.
func TestPathOfFullLengthIsRead(t *testing.T) {
	t.Chdir(t.TempDir())
	var raw unix.RawSockaddrUnix
	raw.Family = unix.AF_UNIX
	want := strings.Repeat("x", len(raw.Path))
	for i := range raw.Path {
		raw.Path[i] = 'x'
	}
	s, err := NewSocket(Addr{Path: want})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, _, errno := unix.Syscall(unix.SYS_BIND, uintptr(s), uintptr(unsafe.Pointer(&raw)), unsafe.Sizeof(raw))
	if errno != 0 {
		t.Fatal(errno)
	}
	if got, err := s.Local(); got.Path != want || err != nil {
		t.Errorf("got %q (%v), want %q", got.Path, err, want)
	}
}
