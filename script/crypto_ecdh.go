// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/ecdsa"
	"math/big"
)

// A curveSide is one side of an exchange on a curve.
type curveSide struct {
	curve   *curve
	private *big.Int         // nil until there is one
	public  *ecdsa.PublicKey // the same
}

// pointForms are the forms of a point by Node's names.
var pointForms = map[string]int{"compressed": compressed, "uncompressed": uncompressed, "hybrid": hybrid}

var curveOperations = map[string]func(cryptoCall) cryptoWork{
	// (name) → side
	"ecdh": func(c cryptoCall) cryptoWork {
		known := curveNamed(c.text(0), false)
		if known == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_CURVE"))
		}
		return done(&curveSide{curve: known}, nil)
	},
	"ecdh.generate": func(c cryptoCall) cryptoWork {
		s := c.handle(0).(*curveSide)
		key := s.curve.generate()
		s.private, s.public = key.D, &key.PublicKey
		return done(nil, nil)
	},
	// (side, form) → public key
	"ecdh.public": func(c cryptoCall) cryptoWork {
		s := c.handle(0).(*curveSide)
		if s.public == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_OPERATION_FAILED", "Failed to get ECDH public key"))
		}
		return done(s.curve.point(s.public, pointForms[c.text(1)]), nil)
	},
	"ecdh.private": func(c cryptoCall) cryptoWork {
		s := c.handle(0).(*curveSide)
		if s.private == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_OPERATION_FAILED", "Failed to get ECDH private key"))
		}
		return done(s.private.Bytes(), nil)
	},
	"ecdh.setPrivate": func(c cryptoCall) cryptoWork {
		s := c.handle(0).(*curveSide)
		key := s.curve.private(c.bytes(1))
		if key == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_KEYTYPE", "Private key is not valid for specified curve."))
		}
		s.private, s.public = key.D, &key.PublicKey
		return done(nil, nil)
	},
	"ecdh.setPublic": func(c cryptoCall) cryptoWork {
		s := c.handle(0).(*curveSide)
		public := s.curve.parse(c.bytes(1))
		if public == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_OPERATION_FAILED", "Failed to convert Buffer to EC_POINT"))
		}
		s.public = public
		return done(nil, nil)
	},
	// (side, other's public key) → secret
	"ecdh.secret": func(c cryptoCall) cryptoWork {
		s := c.handle(0).(*curveSide)
		if s.private == nil || s.public == nil || !s.paired() {
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_KEYPAIR"))
		}
		public := s.curve.parse(c.bytes(1))
		if public == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY"))
		}
		return done(s.curve.shared(&ecdsa.PrivateKey{D: s.private}, public), nil)
	},
	// (bytes, curve, form) → the same point in another form
	"ecdh.convert": func(c cryptoCall) cryptoWork {
		known := curveNamed(c.text(1), false)
		if known == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_CURVE"))
		}
		public := known.parse(c.bytes(0))
		if public == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_OPERATION_FAILED", "Failed to convert Buffer to EC_POINT"))
		}
		return done(known.point(public, pointForms[c.text(2)]), nil)
	},
}

// paired reports whether the two keys belong together, which setPublicKey may change.
func (s *curveSide) paired() bool {
	key := s.curve.private(s.private.Bytes())
	return key != nil && key.PublicKey.Equal(s.public)
}
