// Copyright 2026 The duplex authors. MIT license.

package duplex

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

// A ProxyHeader is what a proxy says about a connection before its first byte: a header
// of the PROXY protocol, version 1 or 2, as HAProxy defines it. A [Server] reads it from
// its TrustedProxies, and a [Client] sends its ProxyHeader. The zero ProxyHeader says
// that nothing is known of the client.
type ProxyHeader struct {
	// Version is 1, a line of text, or 2. Append takes 0 for 2.
	Version int

	// Local means that the proxy itself is the client, for example to check whether the
	// server works (LOCAL). Then the rest of the header is empty. Version 1 has no such
	// thing.
	Local bool

	// Source is the address of the client, and Destination the one that it connected to.
	// Both are of one family. Both are zero if the proxy does not know them, as for a
	// client of a Unix socket (UNKNOWN, UNSPEC).
	Source, Destination netip.AddrPort

	// TLVs are additions of version 2, in their order.
	TLVs []ProxyTLV
}

// A ProxyTLV is an addition to a header of the PROXY protocol, version 2.
type ProxyTLV struct {
	Type  byte // for example 0x01, the protocol by ALPN; 0x02, the host by SNI; 0x20, facts about TLS
	Value []byte
}

// ErrProxyHeader is the Reason of a Drop of a client of a trusted proxy whose PROXY
// header is malformed, longer than 16 KiB, or cut off. ParseProxyHeader returns it, too.
// It is wrapped: use [errors.Is].
var ErrProxyHeader = errors.New("duplex: not a header of the PROXY protocol")

// checksum is the type of the TLV that holds a CRC32C of the header.
const checksum = 0x03

// The lengths of headers.
const (
	longestProxyLine   = 107      // of version 1, CRLF included
	fixedProxyHeader   = 16       // of version 2, before the addresses
	longestProxyHeader = 16 << 10 // ours; a header may announce four times as much
)

// proxySignature begins a header of version 2.
const proxySignature = "\r\n\r\n\x00\r\nQUIT\n"

// Address families of version 2, with the transport. TCP and Unix streams are the only
// transports that fit a connection.
const (
	proxyUnspec = 0x00
	proxyTCP4   = 0x11
	proxyTCP6   = 0x21
	proxyUnix   = 0x31
)

// announces reports whether h has the address of a client.
func (h *ProxyHeader) announces() bool {
	return h.Source.IsValid() && !h.Source.Addr().IsUnspecified()
}

// Append appends the header to dst, as a proxy sends it, and returns the extended slice.
// The value of a TLV of type 0x03, a checksum of the header, is computed, and has to be
// 4 bytes long. Append returns an error, and dst as it was, if one of the addresses is
// missing, if they are of two families, if version 1 has TLVs or is Local, if the version
// is another, or if the header would be longer than 16 KiB. A zone of an address is left
// out.
func (h *ProxyHeader) Append(dst []byte) ([]byte, error) {
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
		return appendProxyLine(dst, from, to), nil
	case h.Version != 0 && h.Version != 2:
		return dst, fmt.Errorf("duplex: there is no PROXY header of version %d", h.Version)
	}
	return h.append2(dst, from, to)
}

// unmapBoth returns a and b, and as IPv4 if both are.
func unmapBoth(a, b netip.AddrPort) (netip.AddrPort, netip.AddrPort) {
	if four, other := unmap(a), unmap(b); four.Addr().Is4() && other.Addr().Is4() {
		return four, other
	}
	return a, b
}

// appendProxyLine appends a header of version 1.
func appendProxyLine(dst []byte, from, to netip.AddrPort) []byte {
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
func (h *ProxyHeader) append2(dst []byte, from, to netip.AddrPort) ([]byte, error) {
	start := len(dst)
	command, family := byte(0x21), byte(proxyUnspec)
	switch {
	case h.Local:
		command = 0x20
	case from.Addr().Is4():
		family = proxyTCP4
	case from.IsValid():
		family = proxyTCP6
	}
	p := append(dst, proxySignature...)
	p = append(p, command, family, 0, 0)
	if from.IsValid() {
		p = append(p, from.Addr().AsSlice()...)
		p = append(p, to.Addr().AsSlice()...)
		p = binary.BigEndian.AppendUint16(p, from.Port())
		p = binary.BigEndian.AppendUint16(p, to.Port())
	}
	sum := 0 // where the checksum goes
	for _, tlv := range h.TLVs {
		if len(p)-start+3+len(tlv.Value) > longestProxyHeader {
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
	binary.BigEndian.PutUint16(p[start+14:], uint16(len(p)-start-fixedProxyHeader))
	if sum > 0 {
		binary.BigEndian.PutUint32(p[sum:], crc32.Checksum(p[start:], castagnoli))
	}
	return p, nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ParseProxyHeader reads the header of the PROXY protocol, version 1 or 2, that p begins
// with. It returns the header and its length. If p is the start of one, it returns nil
// and 0. The error wraps [ErrProxyHeader]. The header keeps nothing of p.
//
// Addresses of version 2 that are no TCP addresses, such as those of Unix sockets, are
// ignored, and so is all that a Local header has. A header of a transport other than a
// stream is an error, and so is a checksum that does not agree.
func ParseProxyHeader(p []byte) (*ProxyHeader, int, error) {
	switch {
	case startsLike(p, "PROXY "):
		return parseProxyLine(p)
	case startsLike(p, proxySignature):
		return parseProxy2(p)
	}
	return nil, 0, proxyError("it begins with %.16q", p)
}

// startsLike reports whether p begins with start, or is the beginning of it.
func startsLike(p []byte, start string) bool {
	n := min(len(p), len(start))
	return string(p[:n]) == start[:n]
}

func proxyError(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrProxyHeader}, args...)...)
}

// parseProxyLine parses a header of version 1.
func parseProxyLine(p []byte) (*ProxyHeader, int, error) {
	line := p[:min(len(p), longestProxyLine)]
	end := bytes.IndexByte(line, '\n')
	switch {
	case end < 0 && len(line) == longestProxyLine:
		return nil, 0, proxyError("the line is longer than %d bytes", longestProxyLine)
	case end < 0:
		return nil, 0, nil
	case line[end-1] != '\r':
		return nil, 0, proxyError("the line ends without CR")
	}
	text := string(line[:end-1])
	h := &ProxyHeader{Version: 1}
	if text == "PROXY UNKNOWN" || strings.HasPrefix(text, "PROXY UNKNOWN ") {
		return h, end + 1, nil
	}
	fields := strings.Split(text, " ")
	if len(fields) != 6 || fields[1] != "TCP4" && fields[1] != "TCP6" {
		return nil, 0, proxyError("%q", text)
	}
	var ok1, ok2 bool
	h.Source, ok1 = proxyAddr(fields[1], fields[2], fields[4])
	h.Destination, ok2 = proxyAddr(fields[1], fields[3], fields[5])
	if !ok1 || !ok2 {
		return nil, 0, proxyError("%q", text)
	}
	h.Source, h.Destination = unmapBoth(h.Source, h.Destination)
	return h, end + 1, nil
}

// proxyAddr parses an address and a port of version 1.
func proxyAddr(family, ip, port string) (a netip.AddrPort, ok bool) {
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

// parseProxy2 parses a header of version 2.
func parseProxy2(p []byte) (*ProxyHeader, int, error) {
	if len(p) > 12 && p[12] != 0x20 && p[12] != 0x21 {
		return nil, 0, proxyError("version and command are %#x", p[12])
	}
	if len(p) < fixedProxyHeader {
		return nil, 0, nil
	}
	h := &ProxyHeader{Version: 2, Local: p[12] == 0x20}
	size := 0 // of an address
	switch family := p[13]; {
	case h.Local || family == proxyUnspec:
	case family == proxyTCP4:
		size = 4
	case family == proxyTCP6:
		size = 16
	case family == proxyUnix:
		size = 108 - 2 // without a port
	default:
		return nil, 0, proxyError("family and transport are %#x", family)
	}
	n := fixedProxyHeader + int(binary.BigEndian.Uint16(p[14:]))
	addrs := 0
	if size > 0 {
		addrs = 2 * (size + 2)
	}
	switch {
	case n > longestProxyHeader:
		return nil, 0, proxyError("its length is %d", n)
	case n < fixedProxyHeader+addrs:
		return nil, 0, proxyError("its length is %d, which its addresses exceed", n)
	case len(p) < n:
		return nil, 0, nil
	case h.Local:
		return h, n, nil
	}
	rest := p[fixedProxyHeader:n]
	if size == 4 || size == 16 {
		ports := rest[2*size:]
		h.Source = proxyAddr2(rest[:size], ports)
		h.Destination = proxyAddr2(rest[size:2*size], ports[2:])
		h.Source, h.Destination = unmapBoth(h.Source, h.Destination)
	}
	var err error
	if h.TLVs, err = parseTLVs(p[:n], fixedProxyHeader+addrs); err != nil {
		return nil, 0, err
	}
	return h, n, nil
}

// proxyAddr2 returns an address of version 2.
func proxyAddr2(ip, port []byte) netip.AddrPort {
	addr, _ := netip.AddrFromSlice(ip)
	return netip.AddrPortFrom(addr, binary.BigEndian.Uint16(port))
}

// parseTLVs returns the TLVs of a header, which begin at start.
func parseTLVs(header []byte, start int) (tlvs []ProxyTLV, err error) {
	rest, summed := header[start:], false
	for len(rest) > 0 {
		if len(rest) < 3 || len(rest)-3 < int(binary.BigEndian.Uint16(rest[1:])) {
			return nil, proxyError("a TLV is cut off")
		}
		n := 3 + int(binary.BigEndian.Uint16(rest[1:]))
		tlv := ProxyTLV{Type: rest[0], Value: bytes.Clone(rest[3:n])}
		rest = rest[n:]
		if tlv.Type == checksum {
			if summed || !agrees(header, len(header)-len(rest), tlv.Value) {
				return nil, proxyError("its checksum does not agree")
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
