// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
)

// encodeKey writes a key in a form: "pkcs1", "pkcs8", "spki" or "sec1". With a cipher
// it is encrypted.
func encodeKey(k *cryptoKey, format, form, cipher string, passphrase []byte) (any, error) {
	var p []byte
	var label string
	var err error
	switch form {
	case "pkcs1":
		if k.asymmetric() != "rsa" {
			return nil, nodeFailure("ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS", "pkcs1", "can only be used for RSA keys")
		}
		if private, ok := k.private.(*rsa.PrivateKey); ok {
			p, label = x509.MarshalPKCS1PrivateKey(private), "RSA PRIVATE KEY"
		} else {
			p, label = x509.MarshalPKCS1PublicKey(k.public.(*rsa.PublicKey)), "RSA PUBLIC KEY"
		}
	case "sec1":
		private, ok := k.private.(*ecdsa.PrivateKey)
		if !ok {
			return nil, nodeFailure("ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS", "sec1", "can only be used for EC keys")
		}
		p, err = encodeEC(private, true)
		label = "EC PRIVATE KEY"
	case "spki":
		p, err = encodeSPKI(k)
		label = "PUBLIC KEY"
	default:
		p, err = encodePKCS8(k)
		label = "PRIVATE KEY"
	}
	if err != nil {
		return nil, err
	}
	block := &pem.Block{Type: label, Bytes: p}
	if cipher != "" {
		kind := cipherNamed(cipher)
		if kind == nil {
			return nil, nodeFailure("ERR_CRYPTO_UNKNOWN_CIPHER")
		}
		if form == "pkcs8" {
			block.Type = "ENCRYPTED PRIVATE KEY"
			block.Bytes, err = sealKey(p, kind, passphrase)
		} else {
			err = encryptPEM(block, kind, passphrase)
		}
		if err != nil {
			return nil, err
		}
	}
	if format == "pem" {
		return string(pem.EncodeToMemory(block)), nil
	}
	return block.Bytes, nil
}

// algorithm identifies the kind of a key.
func (k *cryptoKey) algorithm() (id pkix.AlgorithmIdentifier, err error) {
	switch p := k.public.(type) {
	case *rsa.PublicKey:
		if k.pss == nil {
			return pkix.AlgorithmIdentifier{Algorithm: oidRSA, Parameters: asn1.NullRawValue}, nil
		}
		id.Algorithm = oidPSS
		if k.pss.digest != nil {
			id.Parameters.FullBytes, err = k.pss.encode()
		}
		return id, err
	case *ecdsa.PublicKey:
		id.Algorithm = oidEC
		id.Parameters.FullBytes, err = asn1.Marshal(curveOf(p.Curve).oid)
		return id, err
	case ed25519.PublicKey:
		id.Algorithm = oidEd25519
	case *ecdh.PublicKey:
		id.Algorithm = oidX25519
	}
	return id, nil
}

func (l *pssLimits) encode() ([]byte, error) {
	hash := pkix.AlgorithmIdentifier{Algorithm: l.digest.identifier(), Parameters: asn1.NullRawValue}
	mask, err := asn1.Marshal(pkix.AlgorithmIdentifier{Algorithm: l.mask.identifier(), Parameters: asn1.NullRawValue})
	if err != nil {
		return nil, err
	}
	form := pssParameters{
		Digest: hash, Mask: pkix.AlgorithmIdentifier{Algorithm: oidMGF1, Parameters: asn1.RawValue{FullBytes: mask}}, Salt: l.salt,
	}
	if l.digest.name == "sha1" {
		form.Digest = pkix.AlgorithmIdentifier{}
	}
	if l.mask.name == "sha1" {
		form.Mask = pkix.AlgorithmIdentifier{}
	}
	return asn1.Marshal(form)
}

func encodeSPKI(k *cryptoKey) ([]byte, error) {
	id, err := k.algorithm()
	if err != nil {
		return nil, err
	}
	var p []byte
	if key, ok := k.public.(*rsa.PublicKey); ok {
		p = x509.MarshalPKCS1PublicKey(key)
	} else if p, err = encodeRaw(k); err != nil {
		return nil, err
	}
	return asn1.Marshal(spki{id, asn1.BitString{Bytes: p, BitLength: 8 * len(p)}})
}

func encodePKCS8(k *cryptoKey) ([]byte, error) {
	id, err := k.algorithm()
	if err != nil {
		return nil, err
	}
	form := pkcs8{Algorithm: id}
	switch p := k.private.(type) {
	case *rsa.PrivateKey:
		form.Key = x509.MarshalPKCS1PrivateKey(p)
	case *ecdsa.PrivateKey:
		form.Key, err = encodeEC(p, false)
	case ed25519.PrivateKey:
		form.Key, err = asn1.Marshal(p.Seed())
	case *ecdh.PrivateKey:
		form.Key, err = asn1.Marshal(p.Bytes())
	}
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(form)
}

// encodeEC writes a key of SEC 1, with the name of its curve if named.
func encodeEC(k *ecdsa.PrivateKey, named bool) ([]byte, error) {
	c := curveOf(k.Curve)
	point := c.point(&k.PublicKey, uncompressed)
	form := sec1{
		Version: 1, Key: k.D.FillBytes(make([]byte, (c.order().BitLen()+7)/8)),
		Public: asn1.BitString{Bytes: point, BitLength: 8 * len(point)},
	}
	if named {
		form.Curve = c.oid
	}
	return asn1.Marshal(form)
}
