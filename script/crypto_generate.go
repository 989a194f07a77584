// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
)

// generateOperations make keys. A pair is given by its private key.
var generateOperations = map[string]func(cryptoCall) cryptoWork{
	// (length in bytes) → secret
	"generate.secret": func(c cryptoCall) cryptoWork {
		n := c.number(0)
		return func() (any, error) {
			k := &cryptoKey{kind: "secret", secret: make([]byte, n)}
			rand.Read(k.secret)
			return k, nil
		}
	},
	// (bits, exponent, whether for PSS, digest, mask, length of the salt) → key
	"generate.rsa": func(c cryptoCall) cryptoWork {
		bits, exponent, pss := c.number(0), c.number(1), c.flag(2)
		var limits *pssLimits
		if pss {
			limits = &pssLimits{}
			if c.has(3) || c.has(4) || c.has(5) {
				limits = &pssLimits{digest: digests["sha1"], mask: digests["sha1"], salt: 20}
				if c.has(3) {
					limits.digest = digestNamed(c.text(3))
					if limits.digest == nil {
						return done(nil, nodeFailure("ERR_CRYPTO_INVALID_DIGEST", c.text(3)))
					}
					limits.mask, limits.salt = limits.digest, limits.digest.size
				}
				if c.has(4) {
					limits.mask = digestNamed(c.text(4))
					if limits.mask == nil {
						return done(nil, nodeFailure("ERR_CRYPTO_INVALID_DIGEST", c.text(4)))
					}
				}
				if c.has(5) {
					limits.salt = c.number(5)
				}
			}
		}
		return func() (any, error) {
			key, err := generateRSA(bits, exponent)
			if err != nil {
				return nil, err
			}
			return privateKey(key, limits), nil
		}
	},
	// (curve) → key
	"generate.ec": func(c cryptoCall) cryptoWork {
		curve := curveNamed(c.text(0), true)
		if curve == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_CURVE"))
		}
		return func() (any, error) { return privateKey(curve.generate(), nil), nil }
	},
	"generate.ed25519": func(cryptoCall) cryptoWork {
		return func() (any, error) {
			_, key, err := ed25519.GenerateKey(nil)
			return privateKey(key, nil), err
		}
	},
	"generate.x25519": func(cryptoCall) cryptoWork {
		return func() (any, error) {
			key, err := ecdh.X25519().GenerateKey(rand.Reader)
			return privateKey(key, nil), err
		}
	},
}

// generateRSA returns a key with the given public exponent. Package rsa always takes 65537.
func generateRSA(bits, exponent int) (*rsa.PrivateKey, error) {
	if bits < 512 {
		return nil, plainFailure(sslKeyTooSmall.Error())
	}
	if exponent == 65537 {
		return rsa.GenerateKey(rand.Reader, bits)
	}
	e := big.NewInt(int64(exponent))
	if exponent < 3 || e.Bit(0) == 0 {
		return nil, plainFailure("error:020000B2:rsa routines::pub exponent out of range")
	}
	for {
		p, err := rand.Prime(rand.Reader, (bits+1)/2)
		if err != nil {
			return nil, err
		}
		q, err := rand.Prime(rand.Reader, bits/2)
		if err != nil {
			return nil, err
		}
		n := new(big.Int).Mul(p, q)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, bigOne), new(big.Int).Sub(q, bigOne))
		d := new(big.Int).ModInverse(e, phi)
		if d == nil || p.Cmp(q) == 0 || n.BitLen() != bits {
			continue
		}
		key := &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: exponent}, D: d, Primes: []*big.Int{p, q}}
		key.Precompute()
		return key, key.Validate()
	}
}
