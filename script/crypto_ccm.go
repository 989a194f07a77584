// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
)

// A ccmCipher is the counter mode with CBC-MAC of NIST SP 800-38C. It takes a message
// at once.
type ccmCipher struct {
	block    cipher.Block
	nonce    []byte
	encrypt  bool
	size     int // of the tag
	aad      []byte
	planned  int // bytes that update is to get
	hasPlan  bool
	expected []byte
	made     []byte
	wrong    bool // the tag
	over     bool
}

func (c *ccmCipher) authenticate(aad []byte, size int) error {
	c.aad = append(c.aad, aad...)
	c.planned, c.hasPlan = size, true
	return nil
}

func (c *ccmCipher) expect(tag []byte) { c.expected = tag }
func (c *ccmCipher) tag() []byte       { return append([]byte{}, c.made...) }

func (c *ccmCipher) update(p []byte) ([]byte, error) {
	width := 15 - len(c.nonce) // of the length of the message
	if c.hasPlan && c.planned >= 0 && len(p) != c.planned || width < 8 && uint64(len(p)) >= 1<<(8*width) {
		return nil, plainFailure("Invalid message length")
	}
	c.over = true
	var first [16]byte
	first[0] = byte(width - 1)
	copy(first[1:], c.nonce)
	var mask [16]byte
	c.block.Encrypt(mask[:], first[:])
	first[15] = 1
	stream := cipher.NewCTR(c.block, first[:])
	out := make([]byte, len(p))
	stream.XORKeyStream(out, p)
	plain := p
	if !c.encrypt {
		plain = out
	}
	sum := c.mac(plain, width)
	subtle.XORBytes(sum[:], sum[:], mask[:])
	c.made = sum[:c.size]
	if !c.encrypt && (c.expected == nil || !sameTag(c.expected, sum[:])) {
		c.wrong = true
		return nil, nil // no bytes of a message that someone else has made
	}
	return out, nil
}

func (c *ccmCipher) final() ([]byte, error) {
	if !c.over {
		if _, err := c.update(nil); err != nil {
			return nil, err
		}
	}
	if c.wrong {
		return nil, errAuthentication
	}
	return nil, nil
}

// mac is CBC-MAC of what describes the message, the additional data and the message.
func (c *ccmCipher) mac(plain []byte, width int) (sum [16]byte) {
	head := make([]byte, 16, 16+len(c.aad)+32+len(plain))
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(plain)))
	head[0] = byte((c.size-2)/2<<3 | (width - 1))
	copy(head[1:], c.nonce)
	for i := range min(width, 8) {
		head[15-i] = length[7-i]
	}
	fill := func() {
		for len(head)%16 != 0 {
			head = append(head, 0)
		}
	}
	if n := len(c.aad); n > 0 {
		head[0] |= 0x40
		if n < 0xff00 {
			head = binary.BigEndian.AppendUint16(head, uint16(n))
		} else {
			head = binary.BigEndian.AppendUint32(append(head, 0xff, 0xfe), uint32(n))
		}
		head = append(head, c.aad...)
		fill()
	}
	head = append(head, plain...)
	fill()
	for i := 0; i < len(head); i += 16 {
		subtle.XORBytes(sum[:], sum[:], head[i:i+16])
		c.block.Encrypt(sum[:], sum[:])
	}
	return sum
}

// A wrapCipher is the key wrap of RFC 3394. It takes a key at once.
type wrapCipher struct {
	block   cipher.Block
	iv      []byte
	encrypt bool
}

func (c *wrapCipher) final() ([]byte, error) { return nil, nil }

func (c *wrapCipher) update(p []byte) ([]byte, error) {
	if len(p)%8 != 0 || c.encrypt && len(p) < 16 || !c.encrypt && len(p) < 24 {
		return nil, errUpdateState
	}
	var b [16]byte
	if c.encrypt {
		out := append(append([]byte{}, c.iv...), p...)
		for t, n := 0, len(p)/8; t < 6*n; t++ {
			at := out[8*(t%n+1):][:8]
			copy(b[:8], out)
			copy(b[8:], at)
			c.block.Encrypt(b[:], b[:])
			binary.BigEndian.PutUint64(out, binary.BigEndian.Uint64(b[:])^uint64(t+1))
			copy(at, b[8:])
		}
		return out, nil
	}
	out := append([]byte{}, p...)
	for n, t := len(p)/8-1, 6*(len(p)/8-1); t > 0; t-- {
		at := out[8*((t-1)%n+1):][:8]
		binary.BigEndian.PutUint64(b[:], binary.BigEndian.Uint64(out)^uint64(t))
		copy(b[8:], at)
		c.block.Decrypt(b[:], b[:])
		copy(out, b[:8])
		copy(at, b[8:])
	}
	if subtle.ConstantTimeCompare(out[:8], c.iv) != 1 {
		return nil, errUpdateState
	}
	return out[8:], nil
}
