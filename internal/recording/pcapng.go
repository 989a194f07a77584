// Copyright 2026 The duplex authors. MIT license.

package recording

import (
	"encoding/binary"
	"io"
	"time"
)

// A Pcapng writes a file that Wireshark and tshark read: each conversation as the TCP
// packets that carry it. A recording has no packets, so their headers are made up: each
// piece of data is a segment of its own, and is acknowledged by what the other side sends
// next. (The format: draft-ietf-opsawg-pcapng.)
type Pcapng struct {
	w     io.Writer
	block []byte // the one that is being made
	room  []byte // for a packet
	flows map[*Conversation]*flow
}

// Types of blocks, and what else the format names by number.
const (
	sectionHeader        = 0x0a0d0d0a
	interfaceDescription = 1
	enhancedPacket       = 6

	byteOrder = 0x1a2b3c4d
	rawIP     = 101 // the link type of packets that begin with the header of IPv4 or IPv6

	optionEnd     = 0
	optionComment = 1
	userAppl      = 4 // of a section header
)

// NewPcapng writes the header of a file. The program that writes it and a comment are
// shown by capinfos.
func NewPcapng(w io.Writer, program, comment string) (*Pcapng, error) {
	p := &Pcapng{w: w}
	p.begin(sectionHeader)
	p.block = binary.LittleEndian.AppendUint32(p.block, byteOrder)
	p.block = binary.LittleEndian.AppendUint16(p.block, 1)          // major version
	p.block = binary.LittleEndian.AppendUint16(p.block, 0)          // minor version
	p.block = binary.LittleEndian.AppendUint64(p.block, ^uint64(0)) // the length of the section is not known
	p.option(userAppl, program)
	if comment != "" {
		p.option(optionComment, comment)
	}
	p.option(optionEnd, "")
	if err := p.end(); err != nil {
		return nil, err
	}
	p.begin(interfaceDescription)
	p.block = binary.LittleEndian.AppendUint16(p.block, rawIP)
	p.block = binary.LittleEndian.AppendUint16(p.block, 0)
	p.block = binary.LittleEndian.AppendUint32(p.block, 0) // packets are whole
	return p, p.end()
}

// Begin writes the packets that begin a conversation. Times are in microseconds, which is
// what the format means without an option.
func (p *Pcapng) Begin(c *Conversation) error {
	f := newFlow(c, &p.room)
	if p.flows == nil {
		p.flows = make(map[*Conversation]*flow)
	}
	p.flows[c] = f
	return p.packets(c.Began, []func() []byte{f.synchronize, f.accept, f.establish})
}

// Has reports whether a conversation has begun.
func (p *Pcapng) Has(c *Conversation) bool { return p.flows[c] != nil }

// End forgets a conversation, of which no step follows.
func (p *Pcapng) End(c *Conversation) { delete(p.flows, c) }

// Write writes the packets of a step in a conversation that has begun.
func (p *Pcapng) Write(c *Conversation, s *Step) error {
	return p.packets(s.Time, p.flows[c].step(s))
}

// packets writes packets, each when it is made.
func (p *Pcapng) packets(at time.Time, packets []func() []byte) error {
	for _, packet := range packets {
		if err := p.packet(at, packet()); err != nil {
			return err
		}
	}
	return nil
}

// packet writes a packet.
func (p *Pcapng) packet(at time.Time, packet []byte) error {
	stamp := uint64(at.UnixMicro())
	p.begin(enhancedPacket)
	p.block = binary.LittleEndian.AppendUint32(p.block, 0) // the interface
	p.block = binary.LittleEndian.AppendUint32(p.block, uint32(stamp>>32))
	p.block = binary.LittleEndian.AppendUint32(p.block, uint32(stamp))
	p.block = binary.LittleEndian.AppendUint32(p.block, uint32(len(packet)))
	p.block = binary.LittleEndian.AppendUint32(p.block, uint32(len(packet)))
	p.block = append(p.block, packet...)
	p.pad()
	return p.end()
}

// begin begins a block; its length is filled in by end.
func (p *Pcapng) begin(kind uint32) {
	p.block = binary.LittleEndian.AppendUint32(p.block[:0], kind)
	p.block = binary.LittleEndian.AppendUint32(p.block, 0)
}

// option appends an option of a block.
func (p *Pcapng) option(code uint16, value string) {
	value = value[:min(len(value), 1<<16-1)]
	p.block = binary.LittleEndian.AppendUint16(p.block, code)
	p.block = binary.LittleEndian.AppendUint16(p.block, uint16(len(value)))
	p.block = append(p.block, value...)
	p.pad()
}

// pad fills a block up to a multiple of 4.
func (p *Pcapng) pad() {
	for len(p.block)%4 > 0 {
		p.block = append(p.block, 0)
	}
}

// end writes the block, whose length stands on both ends.
func (p *Pcapng) end() error {
	n := uint32(len(p.block) + 4)
	binary.LittleEndian.PutUint32(p.block[4:], n)
	p.block = binary.LittleEndian.AppendUint32(p.block, n)
	_, err := p.w.Write(p.block)
	return err
}
