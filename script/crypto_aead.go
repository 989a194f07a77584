// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/cipher"
	"encoding/binary"

	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/poly1305" //lint:ignore SA1019 the AEADs of Go take a message whole, and Node's stream
)

// Package crypto's AEADs seal and open whole messages. Node hands out bytes as they
// come, so that these modes are made here of their streams and of what makes the tag.

// A gcmCipher is the Galois/counter mode of NIST SP 800-38D.
type gcmCipher struct {
	encrypt  bool
	size     int // of the tag
	stream   *gcmCounter
	hash     ghash
	mask     [16]byte // the key stream's first block, for the tag
	aad, n   uint64   // bytes
	expected []byte
	made     []byte
}

func newGCMCipher(block cipher.Block, iv []byte, encrypt bool, tag int) *gcmCipher {
	g := &gcmCipher{encrypt: encrypt, size: tag}
	var zero, counter [16]byte
	var key [16]byte
	block.Encrypt(key[:], zero[:])
	g.hash.start(key)
	if len(iv) == 12 {
		copy(counter[:], iv)
		counter[15] = 1
	} else {
		g.hash.write(iv)
		g.hash.lengths(0, uint64(len(iv)))
		counter = g.hash.sum()
		g.hash.reset()
	}
	block.Encrypt(g.mask[:], counter[:])
	binary.BigEndian.PutUint32(counter[12:], binary.BigEndian.Uint32(counter[12:])+1)
	g.stream = newGCMCounter(block, counter)
	return g
}

func (g *gcmCipher) authenticate(aad []byte, _ int) error {
	g.aad += uint64(len(aad))
	g.hash.write(aad)
	return nil
}

func (g *gcmCipher) update(p []byte) ([]byte, error) {
	if g.n == 0 && len(p) > 0 {
		g.hash.pad()
	}
	g.n += uint64(len(p))
	out := make([]byte, len(p))
	if !g.encrypt {
		g.hash.write(p)
	}
	g.stream.XORKeyStream(out, p)
	if g.encrypt {
		g.hash.write(out)
	}
	return out, nil
}

func (g *gcmCipher) final() ([]byte, error) {
	g.hash.lengths(g.aad, g.n)
	sum := g.hash.sum()
	for i := range sum {
		sum[i] ^= g.mask[i]
	}
	g.made = sum[:]
	if !g.encrypt && !sameTag(g.expected, g.made) {
		return nil, errAuthentication
	}
	return nil, nil
}

func (g *gcmCipher) expect(tag []byte) { g.expected = tag }
func (g *gcmCipher) tag() []byte       { return append([]byte{}, g.made[:g.size]...) }

// A gcmCounter is the mode CTR whose counter has 32 bits: after them it goes around
// and leaves the other bits alone, which package crypto's does not.
type gcmCounter struct {
	cipher.Stream
	block   cipher.Block
	counter [16]byte
	left    uint64 // bytes until it goes around
}

func newGCMCounter(block cipher.Block, counter [16]byte) *gcmCounter {
	c := &gcmCounter{block: block, counter: counter}
	c.begin()
	return c
}

func (c *gcmCounter) begin() {
	c.Stream = cipher.NewCTR(c.block, c.counter[:])
	c.left = 16 * (1<<32 - uint64(binary.BigEndian.Uint32(c.counter[12:])))
}

func (c *gcmCounter) XORKeyStream(dst, src []byte) {
	for len(src) > 0 {
		n := min(uint64(len(src)), c.left)
		c.Stream.XORKeyStream(dst[:n], src[:n])
		dst, src = dst[n:], src[n:]
		if c.left -= n; c.left == 0 {
			binary.BigEndian.PutUint32(c.counter[12:], 0)
			c.begin()
		}
	}
}

// ghash is the hash of GCM: a polynomial over GF(2¹²⁸) at the point key. A block's
// first bit is the coefficient of x⁰.
type ghash struct {
	table  [16]element // key times each polynomial of degree 3
	at     element
	block  [16]byte // not full yet
	filled int
}

// An element is one of GF(2¹²⁸).
type element struct{ high, low uint64 }

// timesX returns e·x modulo x¹²⁸ + x⁷ + x² + x + 1.
func (e element) timesX() element {
	carry := e.low & 1
	return element{e.high>>1 ^ carry*0xe1<<56, e.low>>1 | e.high<<63}
}

func (e element) plus(f element) element { return element{e.high ^ f.high, e.low ^ f.low} }

// ghashReduced has for each four coefficients that go over the edge what they are
// instead.
var ghashReduced = func() (reduced [16]element) {
	for i := range reduced {
		reduced[i] = element{0, uint64(i)}.timesX().timesX().timesX().timesX()
	}
	return reduced
}()

func (g *ghash) start(key [16]byte) {
	e := element{binary.BigEndian.Uint64(key[:8]), binary.BigEndian.Uint64(key[8:])}
	for bit := 8; bit > 0; bit >>= 1 {
		for i := range g.table {
			if i&bit != 0 {
				g.table[i] = g.table[i].plus(e)
			}
		}
		e = e.timesX()
	}
}

func (g *ghash) reset() { g.at, g.filled = element{}, 0 }

func (g *ghash) write(p []byte) {
	for len(p) > 0 {
		n := copy(g.block[g.filled:], p)
		g.filled += n
		p = p[n:]
		if g.filled == len(g.block) {
			g.mix()
		}
	}
}

// pad fills a block that was begun.
func (g *ghash) pad() {
	if g.filled > 0 {
		clear(g.block[g.filled:])
		g.mix()
	}
}

// mix adds the block and multiplies by the key, four coefficients at a time.
func (g *ghash) mix() {
	g.filled = 0
	high := g.at.high ^ binary.BigEndian.Uint64(g.block[:8])
	low := g.at.low ^ binary.BigEndian.Uint64(g.block[8:])
	var z element
	for _, word := range [2]uint64{low, high} {
		for range 16 {
			over := z.low & 15
			z.low = z.low>>4 | z.high<<60
			z.high = z.high>>4 ^ ghashReduced[over].high
			t := &g.table[word&15]
			z.high ^= t.high
			z.low ^= t.low
			word >>= 4
		}
	}
	g.at = z
}

// lengths ends it, with bytes of two parts.
func (g *ghash) lengths(first, second uint64) {
	g.pad()
	var p [16]byte
	binary.BigEndian.PutUint64(p[:8], 8*first)
	binary.BigEndian.PutUint64(p[8:], 8*second)
	g.write(p[:])
}

func (g *ghash) sum() (p [16]byte) {
	binary.BigEndian.PutUint64(p[:8], g.at.high)
	binary.BigEndian.PutUint64(p[8:], g.at.low)
	return p
}

// A polyCipher is the ChaCha20-Poly1305 of RFC 8439.
type polyCipher struct {
	encrypt  bool
	size     int
	stream   *chacha20.Cipher
	mac      *poly1305.MAC
	aad, n   uint64
	expected []byte
	made     []byte
}

func newPolyCipher(stream *chacha20.Cipher, encrypt bool, tag int) *polyCipher {
	var key [32]byte
	stream.XORKeyStream(key[:], key[:])
	stream.SetCounter(1)
	return &polyCipher{encrypt: encrypt, size: tag, stream: stream, mac: poly1305.New(&key)}
}

func (c *polyCipher) authenticate(aad []byte, _ int) error {
	c.aad += uint64(len(aad))
	c.mac.Write(aad)
	return nil
}

func (c *polyCipher) pad(n uint64) {
	var zero [16]byte
	c.mac.Write(zero[:(16-n%16)%16])
}

func (c *polyCipher) update(p []byte) ([]byte, error) {
	if c.n == 0 && len(p) > 0 {
		c.pad(c.aad)
	}
	c.n += uint64(len(p))
	out := make([]byte, len(p))
	if !c.encrypt {
		c.mac.Write(p)
	}
	c.stream.XORKeyStream(out, p)
	if c.encrypt {
		c.mac.Write(out)
	}
	return out, nil
}

func (c *polyCipher) final() ([]byte, error) {
	if c.n == 0 {
		c.pad(c.aad)
	}
	c.pad(c.n)
	var lengths [16]byte
	binary.LittleEndian.PutUint64(lengths[:8], c.aad)
	binary.LittleEndian.PutUint64(lengths[8:], c.n)
	c.mac.Write(lengths[:])
	c.made = c.mac.Sum(nil)
	if !c.encrypt && !sameTag(c.expected, c.made) {
		return nil, errAuthentication
	}
	return nil, nil
}

func (c *polyCipher) expect(tag []byte) { c.expected = tag }
func (c *polyCipher) tag() []byte       { return append([]byte{}, c.made[:c.size]...) }
