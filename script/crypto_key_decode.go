// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"math/big"
	"strings"
)

// Algorithms of keys.
var (
	oidRSA     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
	oidPSS     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}
	oidMGF1    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 8}
	oidEC      = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidX25519  = asn1.ObjectIdentifier{1, 3, 101, 110}
	oidEd25519 = asn1.ObjectIdentifier{1, 3, 101, 112}
)

// The forms of PKCS #8, X.509 and SEC 1.
type (
	pkcs8 struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}
	spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	sec1 struct {
		Version int
		Key     []byte
		Curve   asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		Public  asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	pssParameters struct {
		Digest pkix.AlgorithmIdentifier `asn1:"optional,explicit,tag:0"`
		Mask   pkix.AlgorithmIdentifier `asn1:"optional,explicit,tag:1"`
		Salt   int                      `asn1:"optional,explicit,tag:2,default:20"`
	}
)

// decodeKey reads a key: private, or public, for which a private key or a certificate
// will do as well.
func decodeKey(kind string, p []byte, format, form string, passphrase []byte) (*cryptoKey, error) {
	if format == "pem" {
		return decodePEM(kind, p, passphrase)
	}
	var k *cryptoKey
	var err error
	switch {
	case form == "pkcs1" && kind == "public":
		if k, err = rsaPublic(p); err != nil {
			k, err = rsaPrivate(p)
		}
	case form == "pkcs1":
		k, err = rsaPrivate(p)
	case form == "sec1":
		k, err = ecPrivate(p, nil)
	case form == "spki":
		k, err = decodeSPKI(p)
	default:
		k, err = decodePKCS8(p, passphrase)
	}
	switch {
	case err != nil:
		return nil, err
	case kind == "public" && k.kind == "private":
		return k.publicOnly(), nil
	}
	return k, nil
}

// decodePEM takes the first block that holds such a key.
func decodePEM(kind string, p, passphrase []byte) (*cryptoKey, error) {
	for {
		block, rest := pem.Decode(p)
		if block == nil {
			return nil, sslDecoder
		}
		p = rest
		var k *cryptoKey
		var err error
		switch label := block.Type; {
		case label == "PUBLIC KEY" && kind == "public":
			k, err = decodeSPKI(block.Bytes)
		case label == "RSA PUBLIC KEY" && kind == "public":
			k, err = rsaPublic(block.Bytes)
		case strings.HasSuffix(label, "CERTIFICATE") && kind == "public":
			var certificate *x509.Certificate
			if certificate, err = x509.ParseCertificate(block.Bytes); err == nil {
				k, err = decodeSPKI(certificate.RawSubjectPublicKeyInfo)
			}
		case strings.HasSuffix(label, "PRIVATE KEY"):
			if k, err = decodePrivateBlock(block, passphrase); err == nil && kind == "public" {
				k = k.publicOnly()
			}
		default:
			continue
		}
		return k, err
	}
}

func decodePrivateBlock(block *pem.Block, passphrase []byte) (*cryptoKey, error) {
	p := block.Bytes
	if block.Headers["DEK-Info"] != "" {
		if passphrase == nil {
			return nil, sslInterrupted.after(sslPasswordRead, sslInterrupted)
		}
		var err error
		if p, err = decryptPEM(block, passphrase); err != nil {
			return nil, err
		}
	}
	switch block.Type {
	case "RSA PRIVATE KEY":
		return rsaPrivate(p)
	case "EC PRIVATE KEY":
		return ecPrivate(p, nil)
	case "ENCRYPTED PRIVATE KEY":
		if passphrase == nil {
			return nil, sslInterrupted.after(sslPasswordRead, sslInterrupted, sslNoPassphrase, sslInterrupted)
		}
		return decodePKCS8(p, passphrase)
	case "PRIVATE KEY":
		return decodePKCS8(p, passphrase)
	}
	return nil, sslDecoder
}

// decodePKCS8 opens it with the passphrase if it is encrypted.
func decodePKCS8(p, passphrase []byte) (*cryptoKey, error) {
	var form pkcs8
	if _, err := asn1.Unmarshal(p, &form); err != nil {
		var sealed encryptedKey
		if _, again := asn1.Unmarshal(p, &sealed); again != nil {
			return nil, malformed(p)
		}
		if passphrase == nil {
			return nil, sslInterrupted.after(sslPasswordRead, sslInterrupted)
		}
		opened, err := sealed.open(passphrase)
		if err != nil {
			return nil, err
		}
		if _, err := asn1.Unmarshal(opened, &form); err != nil {
			return nil, sslDecoder
		}
	}
	switch id := form.Algorithm.Algorithm; {
	case id.Equal(oidRSA):
		return rsaPrivate(form.Key)
	case id.Equal(oidPSS):
		k, err := rsaPrivate(form.Key)
		if err != nil {
			return nil, err
		}
		k.pss, err = decodePSS(form.Algorithm.Parameters)
		return k, err
	case id.Equal(oidEC):
		var named asn1.ObjectIdentifier
		if _, err := asn1.Unmarshal(form.Algorithm.Parameters.FullBytes, &named); err != nil {
			return nil, sslDecoder
		}
		return ecPrivate(form.Key, named)
	case id.Equal(oidEd25519), id.Equal(oidX25519):
		var seed []byte
		if _, err := asn1.Unmarshal(form.Key, &seed); err != nil || len(seed) != ed25519.SeedSize {
			return nil, sslDecoder
		}
		if id.Equal(oidEd25519) {
			return privateKey(ed25519.NewKeyFromSeed(seed), nil), nil
		}
		key, err := ecdh.X25519().NewPrivateKey(seed)
		return privateKey(key, nil), err
	}
	return nil, unknownKind(form.Algorithm.Algorithm)
}

func decodeSPKI(p []byte) (*cryptoKey, error) {
	var form spki
	if _, err := asn1.Unmarshal(p, &form); err != nil {
		return nil, malformed(p)
	}
	point := form.Key.RightAlign()
	switch id := form.Algorithm.Algorithm; {
	case id.Equal(oidRSA):
		return rsaPublic(point)
	case id.Equal(oidPSS):
		k, err := rsaPublic(point)
		if err != nil {
			return nil, err
		}
		k.pss, err = decodePSS(form.Algorithm.Parameters)
		return k, err
	case id.Equal(oidEC):
		var named asn1.ObjectIdentifier
		if _, err := asn1.Unmarshal(form.Algorithm.Parameters.FullBytes, &named); err != nil {
			return nil, sslDecoder
		}
		for _, c := range curves {
			if c.oid.Equal(named) {
				if key := c.parse(point); key != nil {
					return &cryptoKey{kind: "public", public: key}, nil
				}
				return nil, sslDecoder
			}
		}
		return nil, unknownKind(named)
	case id.Equal(oidEd25519):
		if k, err := decodeRaw("public", "ed25519", "", point); err == nil {
			return k, nil
		}
		return nil, sslDecoder
	case id.Equal(oidX25519):
		if k, err := decodeRaw("public", "x25519", "", point); err == nil {
			return k, nil
		}
		return nil, sslDecoder
	}
	return nil, unknownKind(form.Algorithm.Algorithm)
}

// malformed is the error of what is not DER.
func malformed(p []byte) error {
	if len(p) > 0 && p[0] == 0x30 {
		return sslDecoder
	}
	if len(p) < 2 || int(p[1]) > len(p)-2 {
		return sslHeaderTooLong
	}
	return sslWrongTag
}

// unknownKind is the error of keys and curves that this package does not have.
func unknownKind(id asn1.ObjectIdentifier) error {
	return fmt.Errorf("%w (keys of the kind %v are not supported)", sslDecoder, id)
}

// decodePSS reads the demands of a key for PSS; without any there are no limits.
func decodePSS(parameters asn1.RawValue) (*pssLimits, error) {
	if len(parameters.FullBytes) == 0 {
		return &pssLimits{}, nil
	}
	var form pssParameters
	if _, err := asn1.Unmarshal(parameters.FullBytes, &form); err != nil {
		return nil, sslDecoder
	}
	sha1 := digests["sha1"]
	limits := &pssLimits{digest: sha1, mask: sha1, salt: form.Salt}
	if d := digestOf(form.Digest.Algorithm); d != nil {
		limits.digest = d
	}
	var mask pkix.AlgorithmIdentifier
	if _, err := asn1.Unmarshal(form.Mask.Parameters.FullBytes, &mask); err == nil && form.Mask.Algorithm.Equal(oidMGF1) {
		if d := digestOf(mask.Algorithm); d != nil {
			limits.mask = d
		}
	}
	return limits, nil
}

// identifier returns the object that stands for a digest, of its prefix in PKCS #1.
func (d *digest) identifier() (id asn1.ObjectIdentifier) {
	var info struct {
		Algorithm pkix.AlgorithmIdentifier
		Digest    []byte
	}
	if len(d.prefix) > 0 {
		asn1.Unmarshal(append(bytes.Clone(d.prefix), make([]byte, d.size)...), &info)
	}
	return info.Algorithm.Algorithm
}

func digestOf(id asn1.ObjectIdentifier) *digest {
	for _, d := range digests {
		if id != nil && id.Equal(d.identifier()) {
			return d
		}
	}
	return nil
}

func rsaPublic(p []byte) (*cryptoKey, error) {
	var form struct {
		N *big.Int
		E int
	}
	if _, err := asn1.Unmarshal(p, &form); err != nil || form.N.Sign() <= 0 || form.E < 3 {
		return nil, sslDecoder
	}
	return &cryptoKey{kind: "public", public: &rsa.PublicKey{N: form.N, E: form.E}}, nil
}

func rsaPrivate(p []byte) (*cryptoKey, error) {
	key, err := x509.ParsePKCS1PrivateKey(p)
	if err != nil {
		return nil, sslDecoder
	}
	return privateKey(key, nil), nil
}

// ecPrivate reads a key of SEC 1 on the curve that it names itself, or that is named.
func ecPrivate(p []byte, named asn1.ObjectIdentifier) (*cryptoKey, error) {
	var form sec1
	if _, err := asn1.Unmarshal(p, &form); err != nil {
		return nil, malformed(p)
	}
	if named == nil {
		named = form.Curve
	}
	for _, c := range curves {
		if !c.oid.Equal(named) {
			continue
		}
		var key *ecdsa.PrivateKey
		if key = c.private(form.Key); key == nil {
			return nil, sslDecoder
		}
		return privateKey(key, nil), nil
	}
	return nil, unknownKind(named)
}
