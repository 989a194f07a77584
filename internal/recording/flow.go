// Copyright 2026 The duplex authors. MIT license.

package recording

import (
	"encoding/binary"
	"net/netip"
)

// Sizes of headers, and the most bytes of a segment that IPv4 can carry.
const (
	sizeOfIPv4 = 20
	sizeOfIPv6 = 40
	sizeOfTCP  = 20

	mostOfSegment = 1<<16 - 1 - sizeOfIPv4 - sizeOfTCP
)

// Flags of TCP.
const (
	fin = 1 << iota
	syn
	rst
	psh
	ack
)

// A flow makes the packets of a conversation.
type flow struct {
	ends   [2]netip.AddrPort // by side
	seq    [2]uint32         // the number of the next byte of a side
	ended  [2]bool           // the side has sent its FIN, or a RST
	packet *[]byte           // room for one, which all flows share
}

func newFlow(c *Conversation, packet *[]byte) *flow {
	return &flow{ends: endpoints(c), packet: packet}
}

// endpoints returns the addresses of both sides, which are of one family.
func endpoints(c *Conversation) [2]netip.AddrPort {
	ends := [2]netip.AddrPort{endpoint(c, Client), endpoint(c, Server)}
	if ends[Client].Addr().Is4() != ends[Server].Addr().Is4() {
		for i, e := range ends { // a proxy may announce another family
			ends[i] = netip.AddrPortFrom(netip.AddrFrom16(e.Addr().As16()), e.Port())
		}
	}
	return ends
}

// endpoint returns the address of a side. One that has no IP address, as on a Unix socket,
// stands as a loopback address.
func endpoint(c *Conversation, of Side) netip.AddrPort {
	text, port := c.Client, uint16(49152+c.ID%16384)
	if of == Server {
		text, port = c.Server, 1
	}
	if a, err := netip.ParseAddrPort(text); err == nil {
		return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
	}
	host := netip.MustParseAddr("127.0.0.1")
	return netip.AddrPortFrom(host, port)
}

func (f *flow) synchronize() []byte { return f.make(Client, syn, nil) }
func (f *flow) accept() []byte      { return f.make(Server, syn|ack, nil) }
func (f *flow) establish() []byte   { return f.make(Client, ack, nil) }

// step returns what makes the packets of a step.
func (f *flow) step(s *Step) (packets []func() []byte) {
	if f.ended[s.From] && (s.Kind != Reset || f.ended[s.From.Other()]) {
		return nil
	}
	switch s.Kind {
	case Data:
		for data := s.Data; len(data) > 0; data = data[min(len(data), mostOfSegment):] {
			piece := data[:min(len(data), mostOfSegment)]
			packets = append(packets, func() []byte { return f.make(s.From, psh|ack, piece) })
		}
		return packets
	case Reset:
		f.ended[0], f.ended[1] = true, true
		return []func() []byte{func() []byte { return f.make(s.From, rst|ack, nil) }}
	}
	f.ended[s.From] = true
	packets = append(packets, func() []byte { return f.make(s.From, fin|ack, nil) })
	if f.ended[s.From.Other()] {
		packets = append(packets, func() []byte { return f.make(s.From.Other(), ack, nil) })
	}
	return packets
}

// make returns a packet of a side, valid until the next one of any flow. It acknowledges all that the
// other side has sent.
func (f *flow) make(from Side, flags byte, data []byte) []byte {
	source, destination := f.ends[from], f.ends[from.Other()]
	length := sizeOfTCP + len(data)
	b := (*f.packet)[:0]
	if source.Addr().Is4() {
		b = append(b, 0x45, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(sizeOfIPv4+length))
		b = append(b, 0, 0, 0x40, 0, 64, 6, 0, 0) // not to be fragmented, TTL 64, TCP
		b = append(append(b, source.Addr().AsSlice()...), destination.Addr().AsSlice()...)
		binary.BigEndian.PutUint16(b[10:], ^fold(sum(0, b)))
	} else {
		b = append(b, 0x60, 0, 0, 0)
		b = binary.BigEndian.AppendUint16(b, uint16(length))
		b = append(b, 6, 64)
		b = append(append(b, source.Addr().AsSlice()...), destination.Addr().AsSlice()...)
	}
	header := len(b)
	b = binary.BigEndian.AppendUint16(b, source.Port())
	b = binary.BigEndian.AppendUint16(b, destination.Port())
	b = binary.BigEndian.AppendUint32(b, f.seq[from])
	acknowledged := uint32(0)
	if flags&ack != 0 {
		acknowledged = f.seq[from.Other()]
	}
	b = binary.BigEndian.AppendUint32(b, acknowledged)
	b = append(b, sizeOfTCP/4<<4, flags, 0xff, 0xff, 0, 0, 0, 0) // window, checksum, urgent
	b = append(b, data...)

	// The checksum covers the addresses, the protocol and the length, too.
	s := sum(uint32(6+length), source.Addr().AsSlice())
	s = sum(s, destination.Addr().AsSlice())
	binary.BigEndian.PutUint16(b[header+16:], ^fold(sum(s, b[header:])))
	*f.packet = b

	f.seq[from] += uint32(len(data))
	if flags&(syn|fin) != 0 {
		f.seq[from]++
	}
	return b
}

// sum adds the words of p to a checksum of the Internet (RFC 1071).
func sum(s uint32, p []byte) uint32 {
	for ; len(p) > 1; p = p[2:] {
		s += uint32(p[0])<<8 | uint32(p[1])
	}
	if len(p) > 0 {
		s += uint32(p[0]) << 8
	}
	return s
}

func fold(s uint32) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
