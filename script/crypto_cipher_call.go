// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"slices"
	"strconv"
	"strings"
)

// noTagLength stands for options that say none.
const noTagLength = -1

// cipherOperations are what Cipheriv and Decipheriv do, one at a time.
var cipherOperations = map[string]func(cryptoCall) cryptoWork{
	// (name, key, iv or null, encrypt, length of the tag or -1) → cipher
	"cipher": func(c cryptoCall) cryptoWork {
		return done(newScriptCipher(c.text(0), c.bytes(1), c.bytes(2), c.has(2), c.flag(3), c.number(4)))
	},
	// (name, password, encrypt, length of the tag or -1) → cipher with a key made of it
	"cipher.password": func(c cryptoCall) cryptoWork {
		k := cipherNamed(c.text(0))
		if k == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_UNKNOWN_CIPHER"))
		}
		key, iv := bytesToKey(digests["md5"], c.bytes(1), nil, k.keySize, k.ivSize)
		return done(newScriptCipher(c.text(0), key, iv, true, c.flag(2), c.number(3)))
	},
	"cipher.update": func(c cryptoCall) cryptoWork {
		s, p := c.handle(0).(*scriptCipher), c.bytes(1)
		if s.phase == cipherOver || s.phase == cipherFed && s.kind.mode == "ccm" {
			return done(nil, errUpdateState)
		}
		s.phase = cipherFed
		if a := s.authenticating(); a != nil && s.expected != nil && s.kind.mode == "ccm" {
			a.expect(s.expected)
		}
		return done(s.work.update(p))
	},
	"cipher.final": func(c cryptoCall) cryptoWork { return done(c.handle(0).(*scriptCipher).final()) },
	// (cipher, whether it pads) → whether it may still be said
	"cipher.padding": func(c cryptoCall) cryptoWork {
		s := c.handle(0).(*scriptCipher)
		if s.phase == cipherOver {
			return done(false, nil)
		}
		if p, ok := s.work.(padding); ok {
			p.setPadding(c.flag(1))
		}
		return done(true, nil)
	},
	// (cipher, bytes, length of the plaintext or -1) → whether it may still be said
	"cipher.aad": func(c cryptoCall) cryptoWork {
		s, size := c.handle(0).(*scriptCipher), c.number(2)
		a := s.authenticating()
		if a == nil || s.phase != cipherFresh {
			return done(false, nil)
		}
		if s.kind.mode == "ccm" && size < 0 {
			return done(nil, nodeFailure("ERR_MISSING_ARGS", "options.plaintextLength required for CCM mode with AAD"))
		}
		return done(true, a.authenticate(c.bytes(1), size))
	},
	// (cipher) → the tag, undefined if there is none
	"cipher.tag": func(c cryptoCall) cryptoWork {
		s := c.handle(0).(*scriptCipher)
		a := s.authenticating()
		if a == nil || s.phase != cipherOver || !s.encrypt {
			return done(nil, nil)
		}
		return done(a.tag(), nil)
	},
	// (cipher, tag) → whether it may still be said
	"cipher.expect": func(c cryptoCall) cryptoWork {
		s, tag := c.handle(0).(*scriptCipher), c.bytes(1)
		if s.authenticating() == nil || s.encrypt || s.phase == cipherOver || s.expected != nil {
			return done(false, nil)
		}
		fits := s.kind.tagFits(len(tag))
		if s.tagLength != noTagLength {
			fits = len(tag) == s.tagLength
		}
		if !fits {
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_AUTH_TAG", "Invalid authentication tag length: "+strconv.Itoa(len(tag))))
		}
		s.expected = slices.Clone(tag)
		return done(true, nil)
	},
	// (name or number, length of the key, of the vector; undefined if not asked) → info
	"cipher.info": func(c cryptoCall) cryptoWork {
		k := cipherNamed(c.text(0))
		if k == nil {
			for _, one := range cipherKinds {
				if strconv.Itoa(one.nid) == c.text(0) {
					k = one
				}
			}
		}
		if k == nil || c.has(1) && c.number(1) != k.keySize {
			return done(nil, nil)
		}
		iv := k.ivSize
		if c.has(2) {
			iv = c.number(2)
			if !k.ivFits(iv) {
				return done(nil, nil)
			}
		}
		return done(k.info(iv), nil)
	},
	// (name, key, iv, bytes, aad, length of the tag, encrypt) → bytes with the tag at
	// the end: all at once
	"cipher.once": func(c cryptoCall) cryptoWork {
		name, key, iv, p, aad, tag, encrypt := c.text(0), c.bytes(1), c.bytes(2), c.bytes(3), c.bytes(4), c.number(5), c.flag(6)
		return func() (any, error) { return cipherOnce(name, key, iv, p, aad, tag, encrypt) }
	},
}

func newScriptCipher(name string, key, iv []byte, hasIV, encrypt bool, tag int) (*scriptCipher, error) {
	k := cipherNamed(name)
	if k == nil {
		if slices.Contains(unsupportedCiphers, strings.ToLower(name)) {
			return nil, sslUnsupported
		}
		return nil, nodeFailure("ERR_CRYPTO_UNKNOWN_CIPHER")
	}
	switch {
	case len(key) != k.keySize:
		return nil, nodeFailure("ERR_CRYPTO_INVALID_KEYLEN")
	case !hasIV && k.ivSize > 0, hasIV && !k.ivFits(len(iv)):
		return nil, nodeFailure("ERR_CRYPTO_INVALID_IV")
	}
	size := tag
	if k.authenticated {
		switch {
		case tag == noTagLength && k.mode == "ccm":
			return nil, nodeFailure("ERR_CRYPTO_INVALID_AUTH_TAG", "authTagLength required for "+name)
		case tag == noTagLength:
			size = 16
		case !k.tagFits(tag):
			return nil, nodeFailure("ERR_CRYPTO_INVALID_AUTH_TAG", "Invalid authentication tag length: "+strconv.Itoa(tag))
		}
	}
	if k.mode == "stream" && len(iv) < k.ivSize {
		iv = append(make([]byte, k.ivSize-len(iv)), iv...)
	}
	work, err := k.start(key, iv, encrypt, size)
	return &scriptCipher{kind: k, work: work, encrypt: encrypt, tagLength: tag}, err
}

// cipherOnce is a cipher from beginning to end, as the web has it. tag is 0 for one
// that has none.
func cipherOnce(name string, key, iv, p, aad []byte, tag int, encrypt bool) ([]byte, error) {
	length := tag
	if tag == 0 {
		length = noTagLength
	}
	s, err := newScriptCipher(name, key, iv, len(iv) > 0, encrypt, length)
	if err != nil {
		return nil, err
	}
	if tag > 0 {
		if err := s.authenticating().authenticate(aad, len(p)); err != nil {
			return nil, err
		}
		if !encrypt {
			if len(p) < tag {
				return nil, errAuthentication
			}
			s.expected, p = p[len(p)-tag:], p[:len(p)-tag]
		}
	}
	out, err := s.work.update(p)
	if err != nil {
		return nil, err
	}
	end, err := s.final()
	if err != nil {
		return nil, err
	}
	out = append(out, end...)
	if tag > 0 && encrypt {
		out = append(out, s.authenticating().tag()...)
	}
	return out, nil
}
