// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

// sm3 is the hash of GB/T 32905-2016.
type sm3 struct {
	state [8]uint32
	block [64]byte
	used  int // of block
	size  uint64
}

func newSM3() hash.Hash {
	h := new(sm3)
	h.Reset()
	return h
}

func (h *sm3) Reset() {
	*h = sm3{state: [8]uint32{
		0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e,
	}}
}

func (h *sm3) Size() int      { return 32 }
func (h *sm3) BlockSize() int { return 64 }

func (h *sm3) Write(p []byte) (int, error) {
	n := len(p)
	h.size += uint64(n)
	for len(p) > 0 {
		taken := copy(h.block[h.used:], p)
		h.used += taken
		p = p[taken:]
		if h.used == len(h.block) {
			h.compress()
			h.used = 0
		}
	}
	return n, nil
}

func (h *sm3) Sum(p []byte) []byte {
	end := *h
	size := end.size * 8
	padding := make([]byte, 1+(119-end.used)%64, 80)
	padding[0] = 0x80
	end.Write(binary.BigEndian.AppendUint64(padding, size))
	for _, word := range end.state {
		p = binary.BigEndian.AppendUint32(p, word)
	}
	return p
}

func (h *sm3) compress() {
	var w [68]uint32
	for i := range 16 {
		w[i] = binary.BigEndian.Uint32(h.block[4*i:])
	}
	for i := 16; i < len(w); i++ {
		x := w[i-16] ^ w[i-9] ^ bits.RotateLeft32(w[i-3], 15)
		w[i] = x ^ bits.RotateLeft32(x, 15) ^ bits.RotateLeft32(x, 23) ^ bits.RotateLeft32(w[i-13], 7) ^ w[i-6]
	}
	a, b, c, d, e, f, g, k := h.state[0], h.state[1], h.state[2], h.state[3], h.state[4], h.state[5], h.state[6], h.state[7]
	for i := range 64 {
		constant, ff, gg := uint32(0x79cc4519), a^b^c, e^f^g
		if i >= 16 {
			constant, ff, gg = 0x7a879d8a, a&b|a&c|b&c, e&f|^e&g
		}
		one := bits.RotateLeft32(bits.RotateLeft32(a, 12)+e+bits.RotateLeft32(constant, i), 7)
		two := one ^ bits.RotateLeft32(a, 12)
		left := ff + d + two + (w[i] ^ w[i+4])
		right := gg + k + one + w[i]
		d, c, b, a = c, bits.RotateLeft32(b, 9), a, left
		k, g, f = g, bits.RotateLeft32(f, 19), e
		e = right ^ bits.RotateLeft32(right, 9) ^ bits.RotateLeft32(right, 17)
	}
	for i, word := range []uint32{a, b, c, d, e, f, g, k} {
		h.state[i] ^= word
	}
}
