// Copyright 2026 The duplex authors. MIT license.

// Package proxyheader reads and writes headers of the PROXY protocol, version 1 and 2, as
// HAProxy defines it.
package proxyheader

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"net/netip"
	"strconv"
	"strings"
)

// A Header is what a proxy says about a connection: see duplex.ProxyHeader, whose fields it
// has.
type Header struct {
	Version             int
	Local               bool
	Source, Destination netip.AddrPort
	TLVs                []TLV
}

// A TLV is an addition to a header of version 2.
type TLV struct {
	Type  byte
	Value []byte
}

// ErrHeader is in every error of Parse.
var ErrHeader = errors.New("duplex: not a header of the PROXY protocol")

// Append appends the header to dst; see duplex.ProxyHeader.
func (h *Header) Append(dst []byte) ([]byte, error) {
	from, to := unmapBoth(h.Source, h.Destination)
	mixed := from.IsValid() != to.IsValid() || from.Addr().Is4() != to.Addr().Is4()
	switch {
	case mixed:
		return dst, fmt.Errorf("duplex: a PROXY header cannot have the addresses %v and %v", h.Source, h.Destination)
	case h.Local && (from.IsValid() || len(h.TLVs) > 0):
		return dst, errors.New("duplex: a PROXY header that is Local has nothing else")
	case h.Version == 1 && (h.Local || len(h.TLVs) > 0):
		return dst, errors.New("duplex: a PROXY header of version 1 has addresses alone")
	case h.Version == 1:
		return appendLine(dst, from, to), nil
	case h.Version != 0 && h.Version != 2:
		return dst, fmt.Errorf("duplex: there is no PROXY header of version %d", h.Version)
	}
	return h.append2(dst, from, to)
}

// Parse reads the header that p begins with; see duplex.ParseProxyHeader.
func Parse(p []byte) (*Header, int, error) {
	switch {
	case startsLike(p, "PROXY "):
		return parseLine(p)
	case startsLike(p, signature):
		return parse2(p)
	}
	return nil, 0, Malformed("it begins with %.16q", p)
}

// checksum is the type of the TLV that holds a CRC32C of the header.
const checksum = 0x03

// The lengths of headers.
const (
	longestLine = 107      // of version 1, CRLF included
	fixed       = 16       // of version 2, before the addresses
	longest     = 16 << 10 // ours; a header may announce four times as much
)

// signature begins a header of version 2.
const signature = "\r\n\r\n\x00\r\nQUIT\n"

// Address families of version 2, with the transport. TCP and Unix streams are the only
// transports that fit a connection.
const (
	unspec = 0x00
	tcp4   = 0x11
	tcp6   = 0x21
	unix   = 0x31
)

// unmapBoth returns a and b, and as IPv4 if both are.
func unmapBoth(a, b netip.AddrPort) (netip.AddrPort, netip.AddrPort) {
	if four, other := unmap(a), unmap(b); four.Addr().Is4() && other.Addr().Is4() {
		return four, other
	}
	return a, b
}

// appendLine appends a header of version 1.
func appendLine(dst []byte, from, to netip.AddrPort) []byte {
	if !from.IsValid() {
		return append(dst, "PROXY UNKNOWN\r\n"...)
	}
	family := "TCP6"
	if from.Addr().Is4() {
		family = "TCP4"
	}
	return fmt.Appendf(dst, "PROXY %s %v %v %d %d\r\n",
		family, from.Addr().WithZone(""), to.Addr().WithZone(""), from.Port(), to.Port())
}

// append2 appends a header of version 2.
func (h *Header) append2(dst []byte, from, to netip.AddrPort) ([]byte, error) {
	start := len(dst)
	command, family := byte(0x21), byte(unspec)
	switch {
	case h.Local:
		command = 0x20
	case from.Addr().Is4():
		family = tcp4
	case from.IsValid():
		family = tcp6
	}
	p := append(dst, signature...)
	p = append(p, command, family, 0, 0)
	if from.IsValid() {
		p = append(p, from.Addr().AsSlice()...)
		p = append(p, to.Addr().AsSlice()...)
		p = binary.BigEndian.AppendUint16(p, from.Port())
		p = binary.BigEndian.AppendUint16(p, to.Port())
	}
	sum := 0 // where the checksum goes
	for _, tlv := range h.TLVs {
		if len(p)-start+3+len(tlv.Value) > longest {
			return dst, errors.New("duplex: a PROXY header is longer than 16 KiB")
		}
		p = append(p, tlv.Type)
		p = binary.BigEndian.AppendUint16(p, uint16(len(tlv.Value)))
		p = append(p, tlv.Value...)
		if tlv.Type != checksum {
			continue
		}
		if sum > 0 || len(tlv.Value) != crc32.Size {
			return dst, errors.New("duplex: a PROXY header has one checksum, of 4 bytes")
		}
		sum = len(p) - crc32.Size
		clear(p[sum:])
	}
	binary.BigEndian.PutUint16(p[start+14:], uint16(len(p)-start-fixed))
	if sum > 0 {
		binary.BigEndian.PutUint32(p[sum:], crc32.Checksum(p[start:], castagnoli))
	}
	return p, nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// startsLike reports whether p begins with start, or is the beginning of it.
func startsLike(p []byte, start string) bool {
	n := min(len(p), len(start))
	return string(p[:n]) == start[:n]
}

// Malformed returns an error that wraps ErrHeader.
func Malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrHeader}, args...)...)
}

// parseLine parses a header of version 1.
func parseLine(p []byte) (*Header, int, error) {
	line := p[:min(len(p), longestLine)]
	end := bytes.IndexByte(line, '\n')
	switch {
	case end < 0 && len(line) == longestLine:
		return nil, 0, Malformed("the line is longer than %d bytes", longestLine)
	case end < 0:
		return nil, 0, nil
	case line[end-1] != '\r':
		return nil, 0, Malformed("the line ends without CR")
	}
	text := string(line[:end-1])
	h := &Header{Version: 1}
	if text == "PROXY UNKNOWN" || strings.HasPrefix(text, "PROXY UNKNOWN ") {
		return h, end + 1, nil
	}
	fields := strings.Split(text, " ")
	if len(fields) != 6 || fields[1] != "TCP4" && fields[1] != "TCP6" {
		return nil, 0, Malformed("%q", text)
	}
	var ok1, ok2 bool
	h.Source, ok1 = addrPort(fields[1], fields[2], fields[4])
	h.Destination, ok2 = addrPort(fields[1], fields[3], fields[5])
	if !ok1 || !ok2 {
		return nil, 0, Malformed("%q", text)
	}
	h.Source, h.Destination = unmapBoth(h.Source, h.Destination)
	return h, end + 1, nil
}

// addrPort parses an address and a port of version 1.
func addrPort(family, ip, port string) (a netip.AddrPort, ok bool) {
	addr, err := netip.ParseAddr(ip)
	if err != nil || addr.Is4() != (family == "TCP4") || addr.Zone() != "" {
		return a, false
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || port != strconv.FormatUint(n, 10) {
		return a, false
	}
	return netip.AddrPortFrom(addr, uint16(n)), true
}

// parse2 parses a header of version 2.
func parse2(p []byte) (*Header, int, error) {
	if len(p) > 12 && p[12] != 0x20 && p[12] != 0x21 {
		return nil, 0, Malformed("version and command are %#x", p[12])
	}
	if len(p) < fixed {
		return nil, 0, nil
	}
	h := &Header{Version: 2, Local: p[12] == 0x20}
	size := 0 // of an address
	switch family := p[13]; {
	case h.Local || family == unspec:
	case family == tcp4:
		size = 4
	case family == tcp6:
		size = 16
	case family == unix:
		size = 108 - 2 // without a port
	default:
		return nil, 0, Malformed("family and transport are %#x", family)
	}
	n := fixed + int(binary.BigEndian.Uint16(p[14:]))
	addrs := 0
	if size > 0 {
		addrs = 2 * (size + 2)
	}
	switch {
	case n > longest:
		return nil, 0, Malformed("its length is %d", n)
	case n < fixed+addrs:
		return nil, 0, Malformed("its length is %d, which its addresses exceed", n)
	case len(p) < n:
		return nil, 0, nil
	case h.Local:
		// The specification has the rest discarded, family included, so nobody could know
		// where the TLVs begin. HAProxy looks at no checksum here either.
		return h, n, nil
	}
	rest := p[fixed:n]
	if size == 4 || size == 16 {
		ports := rest[2*size:]
		h.Source = addr2(rest[:size], ports)
		h.Destination = addr2(rest[size:2*size], ports[2:])
		h.Source, h.Destination = unmapBoth(h.Source, h.Destination)
	}
	var err error
	if h.TLVs, err = parseTLVs(p[:n], fixed+addrs); err != nil {
		return nil, 0, err
	}
	return h, n, nil
}

// addr2 returns an address of version 2.
func addr2(ip, port []byte) netip.AddrPort {
	addr, _ := netip.AddrFromSlice(ip)
	return netip.AddrPortFrom(addr, binary.BigEndian.Uint16(port))
}

// parseTLVs returns the TLVs of a header, which begin at start.
func parseTLVs(header []byte, start int) (tlvs []TLV, err error) {
	rest, summed := header[start:], false
	for len(rest) > 0 {
		if len(rest) < 3 || len(rest)-3 < int(binary.BigEndian.Uint16(rest[1:])) {
			return nil, Malformed("a TLV is cut off")
		}
		n := 3 + int(binary.BigEndian.Uint16(rest[1:]))
		tlv := TLV{Type: rest[0], Value: bytes.Clone(rest[3:n])}
		rest = rest[n:]
		if tlv.Type == checksum {
			if summed || !agrees(header, len(header)-len(rest), tlv.Value) {
				return nil, Malformed("its checksum does not agree")
			}
			summed = true
		}
		tlvs = append(tlvs, tlv)
	}
	return tlvs, nil
}

// agrees reports whether sum, which ends at end, is the checksum of header.
func agrees(header []byte, end int, sum []byte) bool {
	if len(sum) != crc32.Size {
		return false
	}
	got := crc32.Checksum(header[:end-crc32.Size], castagnoli)
	got = crc32.Update(got, castagnoli, make([]byte, crc32.Size))
	got = crc32.Update(got, castagnoli, header[end:])
	return got == binary.BigEndian.Uint32(sum)
}

// unmap returns a, and as IPv4 if it is IPv4 in IPv6.
func unmap(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }
