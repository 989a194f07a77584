// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"strings"
)

// decodeJWK reads a JSON Web Key (RFC 7517). JavaScript has seen to it that its fields
// are text.
func decodeJWK(kind string, f cryptoCallFields) (*cryptoKey, error) {
	var k *cryptoKey
	var err error
	switch f.text("kty") {
	case "RSA":
		k, err = decodeRSAJWK(f)
	case "EC":
		k, err = decodeECJWK(f)
	default:
		k, err = decodeOKP(f)
	}
	switch {
	case err != nil:
		return nil, err
	case kind == "public" && k.kind == "private":
		return k.publicOnly(), nil
	}
	return k, nil
}

// webBytes decodes a field as base64url.
func (f cryptoCallFields) webBytes(name string) []byte {
	text := strings.NewReplacer("+", "-", "/", "_", "=", "").Replace(f.text(name))
	p, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return p
}

func (f cryptoCallFields) webNumber(name string) *big.Int {
	return new(big.Int).SetBytes(f.webBytes(name))
}

func decodeRSAJWK(f cryptoCallFields) (*cryptoKey, error) {
	invalid := nodeFailure("ERR_CRYPTO_INVALID_JWK", "Invalid JWK RSA key")
	n, e := f.webNumber("n"), f.webNumber("e")
	if n.Sign() == 0 || !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 {
		return nil, invalid
	}
	public := rsa.PublicKey{N: n, E: int(e.Int64())}
	if !f.has("d") {
		return &cryptoKey{kind: "public", public: &public}, nil
	}
	key := &rsa.PrivateKey{PublicKey: public, D: f.webNumber("d"), Primes: []*big.Int{f.webNumber("p"), f.webNumber("q")}}
	if key.Primes[0].Sign() == 0 || key.Primes[1].Sign() == 0 || key.Validate() != nil {
		return nil, invalid
	}
	key.Precompute()
	return privateKey(key, nil), nil
}

func decodeECJWK(f cryptoCallFields) (*cryptoKey, error) {
	invalid := nodeFailure("ERR_CRYPTO_INVALID_JWK", "Invalid JWK EC key")
	c := curveNamed(f.text("crv"), true)
	if c == nil {
		return nil, nodeFailure("ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name")
	}
	public := c.public(f.webNumber("x"), f.webNumber("y"))
	if public == nil {
		return nil, invalid
	}
	if !f.has("d") {
		return &cryptoKey{kind: "public", public: public}, nil
	}
	key := c.private(f.webBytes("d"))
	if key == nil || !key.PublicKey.Equal(public) {
		return nil, invalid
	}
	return privateKey(key, nil), nil
}

// decodeOKP reads the keys of RFC 8037.
func decodeOKP(f cryptoCallFields) (*cryptoKey, error) {
	invalid := nodeFailure("ERR_CRYPTO_INVALID_JWK", "Invalid JWK data")
	name := strings.ToLower(f.text("crv"))
	if name != "ed25519" && name != "x25519" {
		return nil, nodeFailure("ERR_FEATURE_UNAVAILABLE_ON_PLATFORM", f.text("crv"))
	}
	public, err := decodeRaw("public", name, "", f.webBytes("x"))
	if err != nil {
		return nil, invalid
	}
	if !f.has("d") {
		return public, nil
	}
	seed := f.webBytes("d")
	if len(seed) != ed25519.SeedSize {
		return nil, invalid
	}
	if name == "ed25519" {
		return privateKey(ed25519.NewKeyFromSeed(bytes.Clone(seed)), nil), nil
	}
	key, err := ecdh.X25519().NewPrivateKey(seed)
	if err != nil {
		return nil, invalid
	}
	return privateKey(key, nil), nil
}

// encodeJWK writes the fields in Node's order.
func encodeJWK(k *cryptoKey) (cryptoFields, error) {
	text := base64.RawURLEncoding.EncodeToString
	plain := func(n *big.Int) string { return text(n.Bytes()) }
	if k.kind == "secret" {
		return cryptoFields{{"kty", "oct"}, {"k", text(k.secret)}}, nil
	}
	switch p := k.public.(type) {
	case *rsa.PublicKey:
		if k.pss != nil {
			return nil, nodeFailure("ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE")
		}
		f := cryptoFields{{"kty", "RSA"}, {"n", plain(p.N)}, {"e", plain(big.NewInt(int64(p.E)))}}
		if private, ok := k.private.(*rsa.PrivateKey); ok {
			private.Precompute()
			f = append(f, cryptoFields{
				{"d", plain(private.D)}, {"p", plain(private.Primes[0])}, {"q", plain(private.Primes[1])},
				{"dp", plain(private.Precomputed.Dp)}, {"dq", plain(private.Precomputed.Dq)}, {"qi", plain(private.Precomputed.Qinv)},
			}...)
		}
		return f, nil
	case *ecdsa.PublicKey:
		c := curveOf(p.Curve)
		if c.web == "" {
			return nil, nodeFailure("ERR_CRYPTO_JWK_UNSUPPORTED_CURVE", "Unsupported JWK EC curve: "+c.name+".")
		}
		padded := func(n *big.Int) string { return text(n.FillBytes(make([]byte, c.size()))) }
		f := cryptoFields{{"kty", "EC"}, {"x", padded(p.X)}, {"y", padded(p.Y)}, {"crv", c.web}}
		if private, ok := k.private.(*ecdsa.PrivateKey); ok {
			f = append(f, cryptoField{"d", padded(private.D)})
		}
		return f, nil
	}
	raw, err := encodeRaw(k)
	if err != nil {
		return nil, err
	}
	f := cryptoFields{{"crv", map[string]string{"ed25519": "Ed25519", "x25519": "X25519"}[k.asymmetric()]}}
	switch p := k.private.(type) {
	case ed25519.PrivateKey:
		f = append(f, cryptoField{"d", text(p.Seed())})
	case *ecdh.PrivateKey:
		f = append(f, cryptoField{"d", text(p.Bytes())})
	}
	return append(f, cryptoField{"x", text(raw)}, cryptoField{"kty", "OKP"}), nil
}
