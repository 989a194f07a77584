// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/subtle"
	"encoding/binary"
	"math/bits"

	"golang.org/x/crypto/scrypt"
)

var errDerive = plainFailure("Deriving bits failed")

// deriveOperations make keys of passwords and of other keys.
var deriveOperations = map[string]func(cryptoCall) cryptoWork{
	// (password, salt, iterations, length, digest)
	"pbkdf2": func(c cryptoCall) cryptoWork {
		password, salt, iterations, length, d := c.bytes(0), c.bytes(1), c.number(2), c.number(3), digestNamed(c.text(4))
		switch {
		case d == nil:
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_DIGEST", c.text(4)))
		case d.xof:
			return done(nil, errDerive)
		}
		return func() (any, error) {
			return interruptiblePBKDF2(c.r.interrupted, password, salt, iterations, length, d), nil
		}
	},
	// (password, salt, length, N, r, p)
	"scrypt": func(c cryptoCall) cryptoWork {
		password, salt, length, n, r, p := c.bytes(0), c.bytes(1), c.number(2), c.number(3), c.number(4), c.number(5)
		return func() (any, error) {
			if length == 0 {
				return []byte{}, nil
			}
			key, err := scrypt.Key(password, salt, n, r, p, length)
			if err != nil {
				return nil, nodeFailure("ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params")
			}
			return key, nil
		}
	},
	// (N, r, p, maxmem): throws if scrypt would
	"scrypt.check": func(c cryptoCall) cryptoWork {
		return done(nil, checkScrypt(uint64(c.number(0)), uint64(c.number(1)), uint64(c.number(2)), uint64(c.number(3))))
	},
	// (digest, key, salt, info, length)
	"hkdf": func(c cryptoCall) cryptoWork {
		d, secret, salt, info, length := digestNamed(c.text(0)), c.bytes(1), c.bytes(2), string(c.bytes(3)), c.number(4)
		switch {
		case d == nil:
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_DIGEST", c.text(0)))
		case d.xof:
			return done(nil, errDerive)
		case length > 255*d.size:
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_KEYLEN"))
		}
		return func() (any, error) { return hkdf.Key(d.make, secret, salt, info, length) }
	},
}

// interruptiblePBKDF2 is that of RFC 8018. It returns nil if it is interrupted: the
// number of iterations is the script's.
func interruptiblePBKDF2(interrupted <-chan struct{}, password, salt []byte, iterations, length int, d *digest) []byte {
	const unwatched = 1 << 12 // iterations between looks
	mac := hmac.New(d.make, password)
	key := make([]byte, 0, length+d.size)
	sum := make([]byte, 0, d.size)
	for block := uint32(1); len(key) < length; block++ {
		mac.Reset()
		mac.Write(salt)
		mac.Write(binary.BigEndian.AppendUint32(nil, block))
		sum = mac.Sum(sum[:0])
		at := len(key)
		key = append(key, sum...)
		for i := 1; i < iterations; i++ {
			if i%unwatched == 0 {
				select {
				case <-interrupted:
					return nil
				default:
				}
			}
			mac.Reset()
			mac.Write(sum)
			sum = mac.Sum(sum[:0])
			subtle.XORBytes(key[at:], key[at:], sum)
		}
	}
	return key[:length]
}

// checkScrypt has the bounds of RFC 7914, and of the memory that the script grants.
func checkScrypt(n, r, p, most uint64) error {
	invalid := nodeFailure("ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params")
	tooLarge := nodeFailure("ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params: "+sslMemoryLimit.Error())
	if r == 0 || p == 0 || n < 2 || n&(n-1) != 0 || p > (1<<30-1)/r {
		if p > 0 && r > 0 && n >= 2 && n&(n-1) == 0 {
			return tooLarge
		}
		return invalid
	}
	if 16*r <= 63 && n >= 1<<(16*r) {
		return tooLarge
	}
	over, blocks := bits.Mul64(32*r, n+2)
	if over != 0 || 4*blocks < blocks || 128*r*p+4*blocks > most {
		return tooLarge
	}
	return nil
}

// bytesToKey makes a key and an initialization vector of a password as OpenSSL did
// before there were better ways: createCipher and old PEM files do it so.
func bytesToKey(d *digest, password, salt []byte, key, iv int) ([]byte, []byte) {
	var all, last []byte
	for len(all) < key+iv {
		last = d.sum(append(append(last[:len(last):len(last)], password...), salt...))
		all = append(all, last...)
	}
	return all[:key], all[key : key+iv]
}

// mgf1 masks p, the mask generation function of PKCS #1.
func mgf1(d *digest, p, seed []byte) {
	for counter := uint32(0); len(p) > 0; counter++ {
		h := d.make()
		h.Write(seed)
		h.Write([]byte{byte(counter >> 24), byte(counter >> 16), byte(counter >> 8), byte(counter)})
		for i, b := range h.Sum(nil)[:min(h.Size(), len(p))] {
			p[i] ^= b
		}
		p = p[min(h.Size(), len(p)):]
	}
}
