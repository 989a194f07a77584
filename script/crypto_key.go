// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"math/big"
)

// A cryptoKey is what a KeyObject stands for. It does not change.
type cryptoKey struct {
	kind    string // "secret", "public" or "private"
	secret  []byte
	public  any        // *rsa.PublicKey, *ecdsa.PublicKey, ed25519.PublicKey or *ecdh.PublicKey
	private any        // the same with Private; nil unless kind is "private"
	pss     *pssLimits // an RSA key for PSS alone
}

// pssLimits are what an RSA key for PSS demands.
type pssLimits struct {
	digest, mask *digest // nil: anything
	salt         int
}

// asymmetric is asymmetricKeyType.
func (k *cryptoKey) asymmetric() string {
	switch k.public.(type) {
	case *rsa.PublicKey:
		if k.pss != nil {
			return "rsa-pss"
		}
		return "rsa"
	case *ecdsa.PublicKey:
		return "ec"
	case ed25519.PublicKey:
		return "ed25519"
	case *ecdh.PublicKey:
		return "x25519"
	}
	return ""
}

// details is asymmetricKeyDetails.
func (k *cryptoKey) details() cryptoFields {
	switch p := k.public.(type) {
	case *rsa.PublicKey:
		f := cryptoFields{{"modulusLength", p.N.BitLen()}, {"publicExponent", big.NewInt(int64(p.E))}}
		if k.pss != nil && k.pss.digest != nil {
			f = append(f, cryptoField{"hashAlgorithm", k.pss.digest.name}, cryptoField{"mgf1HashAlgorithm", k.pss.mask.name},
				cryptoField{"saltLength", k.pss.salt})
		}
		return f
	case *ecdsa.PublicKey:
		return cryptoFields{{"namedCurve", curveOf(p.Curve).name}}
	}
	return cryptoFields{}
}

// publicOnly returns the public key of a private one.
func (k *cryptoKey) publicOnly() *cryptoKey {
	return &cryptoKey{kind: "public", public: k.public, pss: k.pss}
}

func (k *cryptoKey) equal(other *cryptoKey) bool {
	if k.kind != other.kind || k.asymmetric() != other.asymmetric() {
		return false
	}
	if k.kind == "secret" {
		return sameTag(k.secret, other.secret) && len(k.secret) == len(other.secret)
	}
	switch p := k.public.(type) {
	case *rsa.PublicKey:
		return p.Equal(other.public)
	case *ecdsa.PublicKey:
		return p.Equal(other.public)
	case ed25519.PublicKey:
		return bytes.Equal(p, other.public.(ed25519.PublicKey))
	}
	return k.public.(*ecdh.PublicKey).Equal(other.public.(*ecdh.PublicKey))
}

// privateKey returns a key of one of the private types, with its public side.
func privateKey(private any, pss *pssLimits) *cryptoKey {
	k := &cryptoKey{kind: "private", private: private, pss: pss}
	switch p := private.(type) {
	case *rsa.PrivateKey:
		k.public = &p.PublicKey
	case *ecdsa.PrivateKey:
		k.public = &p.PublicKey
	case ed25519.PrivateKey:
		k.public = p.Public().(ed25519.PublicKey)
	case *ecdh.PrivateKey:
		k.public = p.PublicKey()
	}
	return k
}

// keyOperations are what KeyObjects do.
var keyOperations = map[string]func(cryptoCall) cryptoWork{
	"key.secret": func(c cryptoCall) cryptoWork {
		return done(&cryptoKey{kind: "secret", secret: append([]byte{}, c.bytes(0)...)}, nil)
	},
	// (kind, bytes, format, type, passphrase or undefined) → key; of the kind "public"
	// a private key will do, too
	"key.decode": func(c cryptoCall) cryptoWork {
		var passphrase []byte
		if c.has(4) {
			passphrase = append([]byte{}, c.bytes(4)...)
		}
		return done(decodeKey(c.text(0), c.bytes(1), c.text(2), c.text(3), passphrase))
	},
	// (kind, JWK) → key
	"key.jwk": func(c cryptoCall) cryptoWork { return done(decodeJWK(c.text(0), c.fields(1))) },
	// (kind, type, curve, bytes) → key of a point or a seed, as the web has them raw
	"key.raw":    func(c cryptoCall) cryptoWork { return done(decodeRaw(c.text(0), c.text(1), c.text(2), c.bytes(3))) },
	"key.public": func(c cryptoCall) cryptoWork { return done(c.key(0).publicOnly(), nil) },
	"key.info": func(c cryptoCall) cryptoWork {
		k := c.key(0)
		f := cryptoFields{{"kind", k.kind}, {"size", len(k.secret)}, {"type", k.asymmetric()}}
		if k.kind != "secret" {
			f = append(f, cryptoField{"details", k.details()})
		}
		return done(f, nil)
	},
	"key.equal": func(c cryptoCall) cryptoWork { return done(c.key(0).equal(c.key(1)), nil) },
	// (key) → bytes of a secret
	"key.bytes": func(c cryptoCall) cryptoWork { return done(append([]byte{}, c.key(0).secret...), nil) },
	// (key, format, type, cipher or undefined, passphrase) → bytes or text
	"key.encode": func(c cryptoCall) cryptoWork {
		return done(encodeKey(c.key(0), c.text(1), c.text(2), c.text(3), c.bytes(4)))
	},
	"key.encodeJWK": func(c cryptoCall) cryptoWork { return done(encodeJWK(c.key(0))) },
	"key.encodeRaw": func(c cryptoCall) cryptoWork { return done(encodeRaw(c.key(0))) },
}

// errKeyType is of a key that has no such form.
var errKeyType = plainFailure("Unsupported key type")

// decodeRaw makes a key of a public point.
func decodeRaw(kind, name, curve string, p []byte) (*cryptoKey, error) {
	k := &cryptoKey{kind: kind}
	switch name {
	case "ec":
		key := curveNamed(curve, true).parse(p)
		if key == nil {
			return nil, errKeyType
		}
		k.public = key
	case "ed25519":
		if len(p) != ed25519.PublicKeySize {
			return nil, errKeyType
		}
		k.public = ed25519.PublicKey(append([]byte{}, p...))
	default:
		key, err := ecdh.X25519().NewPublicKey(p)
		if err != nil {
			return nil, errKeyType
		}
		k.public = key
	}
	return k, nil
}

func encodeRaw(k *cryptoKey) ([]byte, error) {
	switch p := k.public.(type) {
	case *ecdsa.PublicKey:
		return curveOf(p.Curve).point(p, uncompressed), nil
	case ed25519.PublicKey:
		return append([]byte{}, p...), nil
	case *ecdh.PublicKey:
		return p.Bytes(), nil
	}
	return nil, errKeyType
}
