// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package sys

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// An Addr is an IP address and port or, if Path is not empty, a Unix socket: a
// file, or a name in Linux's abstract space if it begins with @.
type Addr struct {
	netip.AddrPort
	Path string
}

// family returns the socket family of addr. An IPv4 address written as IPv6 is IPv4, as
// for package net.
func (a Addr) family() (int, error) {
	switch {
	case a.Path != "":
		return unix.AF_UNIX, nil
	case a.Addr().Unmap().Is4():
		return unix.AF_INET, nil
	case a.Addr().Is6():
		return unix.AF_INET6, nil
	}
	return 0, unix.EINVAL
}

// encode writes addr into raw and returns its size there.
func (s Socket) encode(raw *unix.RawSockaddrAny, addr Addr) (uintptr, error) {
	family, err := addr.family()
	if err != nil {
		return 0, err
	}
	switch family {
	case unix.AF_UNIX:
		return encodePath((*unix.RawSockaddrUnix)(unsafe.Pointer(raw)), addr.Path)
	case unix.AF_INET:
		in := (*unix.RawSockaddrInet4)(unsafe.Pointer(raw))
		in.Family = unix.AF_INET
		in.Port = networkOrder(addr.Port())
		in.Addr = addr.Addr().Unmap().As4()
		return unix.SizeofSockaddrInet4, nil
	default:
		in := (*unix.RawSockaddrInet6)(unsafe.Pointer(raw))
		in.Family = unix.AF_INET6
		in.Port = networkOrder(addr.Port())
		in.Addr = addr.Addr().As16()
		in.Scope_id, err = s.scope(addr.Addr().Zone())
		return unix.SizeofSockaddrInet6, err
	}
}

func encodePath(raw *unix.RawSockaddrUnix, path string) (uintptr, error) {
	room := unsafe.Slice((*byte)(unsafe.Pointer(&raw.Path)), len(raw.Path))
	abstract := path[0] == '@'
	if !abstract && (len(path) == len(room) || strings.Contains(path, "\x00")) || len(path) > len(room) {
		return 0, unix.EINVAL
	}
	raw.Family = unix.AF_UNIX
	size := unsafe.Offsetof(raw.Path) + uintptr(copy(room, path))
	if abstract {
		room[0] = 0
		return size, nil
	}
	return size + 1, nil // and its NUL
}

// decode returns the address that the kernel has written into raw.
func (s Socket) decode(raw *unix.RawSockaddrAny, size uint32) Addr {
	switch raw.Addr.Family {
	case unix.AF_UNIX:
		un := (*unix.RawSockaddrUnix)(unsafe.Pointer(raw))
		path := unsafe.Slice((*byte)(unsafe.Pointer(&un.Path)), len(un.Path))
		// The kernel counts a NUL, though a path of full length has no room for it.
		n := min(int(size)-int(unsafe.Offsetof(un.Path)), len(path))
		return Addr{Path: decodePath(path[:max(0, n)])}
	case unix.AF_INET:
		in := (*unix.RawSockaddrInet4)(unsafe.Pointer(raw))
		return Addr{AddrPort: netip.AddrPortFrom(netip.AddrFrom4(in.Addr), networkOrder(in.Port))}
	case unix.AF_INET6:
		in := (*unix.RawSockaddrInet6)(unsafe.Pointer(raw))
		ip := netip.AddrFrom16(in.Addr)
		if in.Scope_id != 0 {
			ip = ip.WithZone(s.zone(in.Scope_id))
		}
		return Addr{AddrPort: netip.AddrPortFrom(ip, networkOrder(in.Port))}
	}
	return Addr{}
}

func decodePath(path []byte) string {
	if len(path) > 0 && path[0] == 0 {
		return "@" + string(path[1:])
	}
	name, _, _ := strings.Cut(string(path), "\x00")
	return name
}

// scope returns the number of a zone. The zone is a number or an interface's name.
func (s Socket) scope(zone string) (uint32, error) {
	if zone == "" {
		return 0, nil
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n), nil
	}
	request, err := unix.NewIfreq(zone)
	if err != nil {
		return 0, err
	}
	if err := unix.IoctlIfreq(int(s), unix.SIOCGIFINDEX, request); err != nil {
		return 0, err
	}
	return request.Uint32(), nil
}

// zone returns the name of the interface with the number scope, or the number if
// it has none.
func (s Socket) zone(scope uint32) string {
	request, _ := unix.NewIfreq("")
	request.SetUint32(scope)
	if err := unix.IoctlIfreq(int(s), unix.SIOCGIFNAME, request); err != nil {
		return strconv.FormatUint(uint64(scope), 10)
	}
	return request.Name()
}

// networkOrder turns a port from the machine's order of bytes to the network's,
// and back.
func networkOrder(port uint16) uint16 {
	var b [2]byte
	binary.NativeEndian.PutUint16(b[:], port)
	return binary.BigEndian.Uint16(b[:])
}
