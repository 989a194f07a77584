// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"encoding/asn1"
	"math/big"
)

// Lengths of a salt that are none, as constants of Node's.
const (
	saltDigest = -1
	saltMax    = -2 // when verifying: any
)

// signing is how a signature is made.
type signing struct {
	key     *cryptoKey
	digest  *digest // nil: the key's own
	padding int     // 0: the key's own
	salt    int
	hasSalt bool
	plain   bool // ECDSA as two numbers rather than as DER
}

// signing reads (key, digest or null, padding, salt, dsaEncoding) from argument i.
func (c cryptoCall) signing(i int) (*signing, error) {
	s := &signing{key: c.key(i), padding: c.number(i + 2), salt: c.number(i + 3), hasSalt: c.has(i + 3), plain: c.text(i+4) == "ieee-p1363"}
	if c.has(i + 1) {
		if s.digest = digestNamed(c.text(i + 1)); s.digest == nil {
			return nil, nodeFailure("ERR_CRYPTO_INVALID_DIGEST", c.text(i+1))
		}
	}
	return s, nil
}

// signOperations make and check signatures. The arguments end with those of signing.
var signOperations = map[string]func(cryptoCall) cryptoWork{
	// (bytes, …) → signature
	"sign": func(c cryptoCall) cryptoWork {
		s, err := c.signing(1)
		p := c.bytes(0)
		return func() (any, error) {
			if err != nil {
				return nil, err
			}
			return s.sign(p, nil)
		}
	},
	// (bytes, signature, …) → whether it is that of the bytes
	"verify": func(c cryptoCall) cryptoWork {
		s, err := c.signing(2)
		p, signature := c.bytes(0), c.bytes(1)
		return func() (any, error) {
			if err != nil {
				return nil, err
			}
			return s.verify(p, nil, signature)
		}
	},
	// (hash, …) → signature of what went into the hash
	"sign.hash": func(c cryptoCall) cryptoWork {
		s, err := c.signing(1)
		if err != nil {
			return done(nil, err)
		}
		if _, ok := s.key.public.(ed25519.PublicKey); ok {
			return done(nil, nodeFailure("ERR_CRYPTO_UNSUPPORTED_OPERATION"))
		}
		return done(s.sign(nil, c.handle(0).(*running).result()))
	},
	// (hash, signature, …)
	"verify.hash": func(c cryptoCall) cryptoWork {
		s, err := c.signing(2)
		if err != nil {
			return done(nil, err)
		}
		if _, ok := s.key.public.(ed25519.PublicKey); ok {
			return done(nil, nodeFailure("ERR_CRYPTO_UNSUPPORTED_OPERATION"))
		}
		return done(s.verify(nil, c.handle(0).(*running).result(), c.bytes(1)))
	},
}

// prepare checks that the key makes such signatures, and returns the digest's result.
func (s *signing) prepare(p, sum []byte) ([]byte, error) {
	switch s.key.public.(type) {
	case ed25519.PublicKey:
		if s.digest != nil {
			return nil, sslInvalidDigest
		}
		return nil, nil
	case *rsa.PublicKey:
		if err := s.prepareRSA(); err != nil {
			return nil, err
		}
	case *ecdsa.PublicKey:
	default:
		return nil, sslNotForKeyType
	}
	if s.digest == nil {
		s.digest = digests["sha256"]
	}
	if s.digest.xof {
		return nil, sslDigestForbidden
	}
	if sum == nil {
		sum = s.digest.sum(p)
	}
	return sum, nil
}

func (s *signing) prepareRSA() error {
	limits := s.key.pss
	if s.padding == 0 {
		s.padding = paddingPKCS1
		if limits != nil {
			s.padding = paddingPSS
		}
	}
	if limits != nil && limits.digest != nil {
		switch {
		case s.padding != paddingPSS:
			return sslPaddingMode
		case s.digest == nil:
			s.digest = limits.digest
		case s.digest != limits.digest:
			return sslDigestForbidden
		}
		if !s.hasSalt {
			s.salt, s.hasSalt = limits.salt, true
		} else if s.salt >= 0 && s.salt < limits.salt {
			return sslSaltTooSmall
		}
	}
	switch {
	case s.padding != paddingPKCS1 && s.padding != paddingPSS, s.padding == paddingPKCS1 && limits != nil:
		return sslPaddingMode
	case s.digest != nil && s.digest.prefix == nil:
		return sslDigestForbidden
	}
	if !s.hasSalt {
		s.salt = saltMax
	}
	return nil
}

// mask is the digest of the mask generation function.
func (s *signing) mask() *digest {
	if limits := s.key.pss; limits != nil && limits.mask != nil {
		return limits.mask
	}
	return s.digest
}

func (s *signing) sign(p, sum []byte) ([]byte, error) {
	sum, err := s.prepare(p, sum)
	if err != nil {
		return nil, err
	}
	switch key := s.key.private.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(key, p), nil
	case *ecdsa.PrivateKey:
		signature, err := ecdsa.SignASN1(rand.Reader, key, sum)
		if err == nil && s.plain {
			signature, err = plainSignature(signature, curveOf(key.Curve))
		}
		return signature, err
	case *rsa.PrivateKey:
		if s.padding == paddingPSS {
			return s.signPSS(key, sum)
		}
		if len(s.digest.prefix)+len(sum) > key.Size()-11 {
			return nil, sslDigestTooBig.after(sslProviderRSA)
		}
		return rsa.SignPKCS1v15(nil, key, 0, append(s.digest.prefix[:len(s.digest.prefix):len(s.digest.prefix)], sum...))
	}
	return nil, sslNotForKeyType
}

func (s *signing) verify(p, sum, signature []byte) (bool, error) {
	sum, err := s.prepare(p, sum)
	if err != nil {
		return false, err
	}
	switch key := s.key.public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, p, signature), nil
	case *ecdsa.PublicKey:
		if s.plain {
			if signature = derSignature(signature, curveOf(key.Curve)); signature == nil {
				return false, nil
			}
		}
		return ecdsa.VerifyASN1(key, sum, signature), nil
	case *rsa.PublicKey:
		if len(signature) != key.Size() {
			return false, nil
		}
		if s.padding == paddingPSS {
			return s.verifyPSS(key, sum, signature), nil
		}
		info := append(s.digest.prefix[:len(s.digest.prefix):len(s.digest.prefix)], sum...)
		return rsa.VerifyPKCS1v15(key, 0, info, signature) == nil, nil
	}
	return false, sslNotForKeyType
}

// plainSignature is two numbers of the same size, from DER; derSignature is the other
// way, nil if there are not two.
func plainSignature(der []byte, c *curve) ([]byte, error) {
	var numbers struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &numbers); err != nil {
		return nil, err
	}
	n := (c.order().BitLen() + 7) / 8
	p := make([]byte, 2*n)
	numbers.R.FillBytes(p[:n])
	numbers.S.FillBytes(p[n:])
	return p, nil
}

func derSignature(p []byte, c *curve) []byte {
	n := (c.order().BitLen() + 7) / 8
	if len(p) != 2*n {
		return nil
	}
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(p[:n]), new(big.Int).SetBytes(p[n:])})
	if err != nil {
		return nil
	}
	return der
}

// signPSS has package rsa do it, but for what that cannot be told: no salt at all, or
// another digest for the mask.
func (s *signing) signPSS(key *rsa.PrivateKey, sum []byte) ([]byte, error) {
	bits := key.N.BitLen() - 1
	size := (bits + 7) / 8
	most := size - len(sum) - 2
	salt := s.salt
	switch salt {
	case saltDigest:
		salt = len(sum)
	case saltMax:
		salt = most
	}
	if salt > most || salt < 0 {
		return nil, sslDataTooLarge.after(sslProviderRSA)
	}
	if salt > 0 && s.mask() == s.digest && s.digest.id.Available() {
		return rsa.SignPSS(rand.Reader, key, s.digest.id, sum, &rsa.PSSOptions{SaltLength: salt})
	}
	random := make([]byte, salt)
	rand.Read(random)
	block := make([]byte, size)
	hash := s.pssHash(sum, random)
	masked := block[:size-len(hash)-1]
	masked[len(masked)-salt-1] = 1
	copy(masked[len(masked)-salt:], random)
	mgf1(s.mask(), masked, hash)
	masked[0] &= 0xff >> (8*size - bits)
	copy(block[len(masked):], hash)
	block[size-1] = 0xbc
	return rsaPrivateRaw(key, block), nil
}

func (s *signing) pssHash(sum, salt []byte) []byte {
	h := s.digest.make()
	h.Write(make([]byte, 8))
	h.Write(sum)
	h.Write(salt)
	return h.Sum(nil)
}

func (s *signing) verifyPSS(key *rsa.PublicKey, sum, signature []byte) bool {
	bits := key.N.BitLen() - 1
	size := (bits + 7) / 8
	opened, err := rsaPublicRaw(key, signature)
	if err != nil || size < len(sum)+2 {
		return false
	}
	block := opened[len(opened)-size:]
	if len(opened) > size && opened[0] != 0 || block[size-1] != 0xbc {
		return false
	}
	masked, hash := block[:size-len(sum)-1], block[size-len(sum)-1:size-1]
	if masked[0]&^(0xff>>(8*size-bits)) != 0 {
		return false
	}
	mgf1(s.mask(), masked, hash)
	masked[0] &= 0xff >> (8*size - bits)
	at := 0
	for at < len(masked)-1 && masked[at] == 0 {
		at++
	}
	if masked[at] != 1 {
		return false
	}
	salt := masked[at+1:]
	want := s.salt
	if want == saltDigest {
		want = len(sum)
	}
	if want >= 0 && want != len(salt) {
		return false
	}
	return subtle.ConstantTimeCompare(s.pssHash(sum, salt), hash) == 1
}
