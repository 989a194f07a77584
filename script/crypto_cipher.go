// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/cipher"
	"crypto/hmac"

	"golang.org/x/crypto/chacha20"
)

// A transforming is a cipher at work on a stream of bytes, in one direction.
type transforming interface {
	update(p []byte) ([]byte, error)
	final() ([]byte, error)
}

// An authenticating is one that makes or checks a tag besides.
type authenticating interface {
	transforming
	authenticate(aad []byte, size int) error // before update; size is of what update will get, -1 if unknown
	expect(tag []byte)                       // before final
	tag() []byte                             // after final
}

// A padding is a cipher that pads the last block; setPadding(false) turns that off.
type padding interface{ setPadding(bool) }

// start returns the work of a cipher of this kind. tag is how long its tag is.
func (k *cipherKind) start(key, iv []byte, encrypt bool, tag int) (transforming, error) {
	if k.mode == "stream" {
		s, err := chacha20.NewUnauthenticatedCipher(key, iv[len(iv)-chacha20.NonceSize:])
		if err != nil {
			return nil, err
		}
		if k.authenticated {
			return newPolyCipher(s, encrypt, tag), nil
		}
		s.SetCounter(uint32(iv[0]) | uint32(iv[1])<<8 | uint32(iv[2])<<16 | uint32(iv[3])<<24)
		return streamCipher{s}, nil
	}
	block, err := k.block(key)
	if err != nil {
		return nil, err
	}
	switch k.mode {
	case "cbc":
		mode := cipher.NewCBCDecrypter(block, iv)
		if encrypt {
			mode = cipher.NewCBCEncrypter(block, iv)
		}
		return &blockCipher{mode: mode, encrypt: encrypt, pads: true}, nil
	case "ecb":
		return &blockCipher{mode: codebook{block, encrypt}, encrypt: encrypt, pads: true}, nil
	case "ctr":
		return streamCipher{cipher.NewCTR(block, iv)}, nil
	case "ofb", "cfb":
		return streamCipher{newFeedback(block, iv, k.shift, encrypt)}, nil
	case "gcm":
		return newGCMCipher(block, iv, encrypt, tag), nil
	case "ccm":
		return &ccmCipher{block: block, nonce: append([]byte{}, iv...), encrypt: encrypt, size: tag}, nil
	}
	return &wrapCipher{block: block, iv: append([]byte{}, iv...), encrypt: encrypt}, nil
}

// A blockCipher works on whole blocks.
type blockCipher struct {
	mode    cipher.BlockMode
	encrypt bool
	pads    bool
	rest    []byte // not a block yet, or the last one, whose padding final takes away
}

func (c *blockCipher) setPadding(on bool) { c.pads = on }

func (c *blockCipher) update(p []byte) ([]byte, error) {
	size := c.mode.BlockSize()
	all := append(c.rest, p...)
	n := len(all) / size * size
	if !c.encrypt && c.pads && n == len(all) && n > 0 {
		n -= size
	}
	out := make([]byte, n)
	c.mode.CryptBlocks(out, all[:n])
	c.rest = append([]byte{}, all[n:]...)
	return out, nil
}

func (c *blockCipher) final() ([]byte, error) {
	size := c.mode.BlockSize()
	switch {
	case !c.pads && len(c.rest) > 0:
		return nil, sslFinalBlock
	case !c.pads:
		return nil, nil
	case c.encrypt:
		pad := size - len(c.rest)
		for range pad {
			c.rest = append(c.rest, byte(pad))
		}
		out := make([]byte, size)
		c.mode.CryptBlocks(out, c.rest)
		return out, nil
	case len(c.rest) != size:
		return nil, sslFinalBlock
	}
	out := make([]byte, size)
	c.mode.CryptBlocks(out, c.rest)
	pad := int(out[size-1])
	if pad == 0 || pad > size {
		return nil, sslBadDecrypt
	}
	for _, b := range out[size-pad:] {
		if int(b) != pad {
			return nil, sslBadDecrypt
		}
	}
	return out[:size-pad], nil
}

// codebook is the mode that has no mode: each block by itself.
type codebook struct {
	cipher.Block
	encrypt bool
}

func (c codebook) CryptBlocks(dst, src []byte) {
	size := c.BlockSize()
	for i := 0; i < len(src); i += size {
		if c.encrypt {
			c.Encrypt(dst[i:], src[i:])
		} else {
			c.Decrypt(dst[i:], src[i:])
		}
	}
}

// A streamCipher works on bytes.
type streamCipher struct{ cipher.Stream }

func (c streamCipher) update(p []byte) ([]byte, error) {
	out := make([]byte, len(p))
	c.XORKeyStream(out, p)
	return out, nil
}

func (c streamCipher) final() ([]byte, error) { return nil, nil }

// A feedback is a stream of a block cipher that is fed with its own result: with its
// key stream (OFB) or with what was encrypted (CFB), 128, 8 or 1 bits at a time.
type feedback struct {
	block   cipher.Block
	shift   int // bits; 0 is OFB
	encrypt bool
	state   []byte
	pad     []byte // the key stream; used bytes of it were taken
	used    int
}

func newFeedback(block cipher.Block, iv []byte, shift int, encrypt bool) *feedback {
	size := block.BlockSize()
	return &feedback{block: block, shift: shift, encrypt: encrypt, state: append([]byte{}, iv...), pad: make([]byte, size), used: size}
}

func (f *feedback) XORKeyStream(dst, src []byte) {
	for i, in := range src {
		switch f.shift {
		case 1:
			dst[i] = f.bits(in)
			continue
		case 8:
			f.block.Encrypt(f.pad, f.state)
			dst[i] = in ^ f.pad[0]
			copy(f.state, f.state[1:])
			f.state[len(f.state)-1] = f.sealed(in, dst[i])
			continue
		}
		if f.used == len(f.pad) {
			f.block.Encrypt(f.pad, f.state)
			f.used = 0
			copy(f.state, f.pad)
		}
		dst[i] = in ^ f.pad[f.used]
		if f.shift != 0 {
			f.state[f.used] = f.sealed(in, dst[i])
		}
		f.used++
	}
}

// sealed is the encrypted one of a byte that came and the byte it has become.
func (f *feedback) sealed(in, out byte) byte {
	if f.encrypt {
		return out
	}
	return in
}

// bits is one byte, bit by bit.
func (f *feedback) bits(in byte) (out byte) {
	for bit := 7; bit >= 0; bit-- {
		f.block.Encrypt(f.pad, f.state)
		came := in >> bit & 1
		made := came ^ f.pad[0]>>7
		out |= made << bit
		carry := f.sealed(came, made)
		for i := len(f.state) - 1; i >= 0; i-- {
			f.state[i], carry = f.state[i]<<1|carry, f.state[i]>>7
		}
	}
	return out
}

// cipherPhase is how far a script's cipher is.
type cipherPhase uint8

const (
	cipherFresh cipherPhase = iota
	cipherFed
	cipherOver
)

// A scriptCipher is a cipher with the states in which Node lets a script use it.
type scriptCipher struct {
	kind      *cipherKind
	work      transforming
	encrypt   bool
	phase     cipherPhase
	tagLength int    // of the options; -1 if they have none
	expected  []byte // the tag, for decrypting
}

func (s *scriptCipher) authenticating() authenticating {
	a, _ := s.work.(authenticating)
	return a
}

// final ends the work. Of an AEAD that decrypts, it checks the tag.
func (s *scriptCipher) final() ([]byte, error) {
	if s.phase == cipherOver {
		return nil, nodeFailure("ERR_CRYPTO_INVALID_STATE", "Invalid state")
	}
	s.phase = cipherOver
	a := s.authenticating()
	if a != nil && !s.encrypt {
		if s.expected == nil {
			return nil, errAuthentication
		}
		a.expect(s.expected)
	}
	return s.work.final()
}

// sameTag compares as many bytes of a tag as are given.
func sameTag(want, got []byte) bool {
	return len(want) <= len(got) && hmac.Equal(want, got[:len(want)])
}
