// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/hmac"
	"crypto/subtle"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"unicode/utf16"
)

// PKCS #12 (RFC 7292): a key and certificates under a passphrase.

var (
	oidData          = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidEncryptedData = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 6}
	oidKeyBag        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 1}
	oidShroudedBag   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 2}
	oidCertBag       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, 3}
	oidPBE3DES       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, 3}
)

type (
	pfx struct {
		Version int
		Safe    contentInfo
		Mac     pfxMac `asn1:"optional"`
	}
	contentInfo struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue `asn1:"tag:0,explicit,optional"`
	}
	pfxMac struct {
		Digest struct {
			Algorithm pkix.AlgorithmIdentifier
			Sum       []byte
		}
		Salt       []byte
		Iterations int `asn1:"optional,default:1"`
	}
	encryptedData struct {
		Version int
		Content struct {
			Type      asn1.ObjectIdentifier
			Algorithm pkix.AlgorithmIdentifier
			Data      []byte `asn1:"tag:0,optional"`
		}
	}
	safeBag struct {
		Type       asn1.ObjectIdentifier
		Value      asn1.RawValue   `asn1:"tag:0,explicit"`
		Attributes []asn1.RawValue `asn1:"set,optional"`
	}
	certBag struct {
		Type  asn1.ObjectIdentifier
		Value []byte `asn1:"tag:0,explicit"`
	}
	pbeParameters struct {
		Salt       []byte
		Iterations int
	}
)

// Errors of openPFX, in OpenSSL's words.
var (
	errPFXLength      = plainFailure("header too long")
	errPFXMac         = plainFailure("mac verify failure")
	errPFXUnsupported = nodeFailure("ERR_CRYPTO_UNSUPPORTED_OPERATION", "Unsupported PKCS12 PFX data")
	errPFXKey         = plainFailure("Unable to load private key from PFX data")
	errPFXCertificate = plainFailure("Unable to load PFX certificate")
)

// openPFX returns the key and the certificates of a file.
func openPFX(p, passphrase []byte) (*cryptoKey, []*x509.Certificate, error) {
	var file pfx
	if _, err := asn1.Unmarshal(p, &file); err != nil {
		return nil, nil, errPFXLength
	}
	var safe []byte
	if _, err := asn1.Unmarshal(file.Safe.Content.Bytes, &safe); err != nil || !file.Safe.Type.Equal(oidData) {
		return nil, nil, errPFXUnsupported
	}
	if err := file.Mac.check(safe, passphrase); err != nil {
		return nil, nil, err
	}
	var parts []contentInfo
	if _, err := asn1.Unmarshal(safe, &parts); err != nil {
		return nil, nil, errPFXUnsupported
	}
	var key *cryptoKey
	var certificates []*x509.Certificate
	for _, part := range parts {
		bags, err := part.open(passphrase)
		if err != nil {
			return nil, nil, err
		}
		for _, bag := range bags {
			switch {
			case bag.Type.Equal(oidKeyBag), bag.Type.Equal(oidShroudedBag):
				if key, err = bag.key(passphrase); err != nil {
					return nil, nil, err
				}
			case bag.Type.Equal(oidCertBag):
				var one certBag
				if _, err := asn1.Unmarshal(bag.Value.Bytes, &one); err != nil {
					return nil, nil, errPFXUnsupported
				}
				if c, err := x509.ParseCertificate(one.Value); err == nil {
					certificates = append(certificates, c)
				}
			}
		}
	}
	switch {
	case key == nil:
		return nil, nil, errPFXKey
	case len(certificates) == 0:
		return nil, nil, errPFXCertificate
	}
	return key, certificates, nil
}

// check compares the digest of the file with that of the passphrase.
func (m *pfxMac) check(safe, passphrase []byte) error {
	if len(m.Digest.Sum) == 0 {
		return nil
	}
	d := digestOf(m.Digest.Algorithm.Algorithm)
	if d == nil || m.Iterations > mostSealedIterations {
		return errPFXUnsupported
	}
	mac := hmac.New(d.make, pfxKey(d, passphrase, m.Salt, m.Iterations, 3, d.size))
	mac.Write(safe)
	if subtle.ConstantTimeCompare(mac.Sum(nil), m.Digest.Sum) != 1 {
		return errPFXMac
	}
	return nil
}

// open returns what is in one part of a file.
func (c *contentInfo) open(passphrase []byte) (bags []safeBag, err error) {
	var p []byte
	switch {
	case c.Type.Equal(oidData):
		_, err = asn1.Unmarshal(c.Content.Bytes, &p)
	case c.Type.Equal(oidEncryptedData):
		var sealed encryptedData
		if _, err = asn1.Unmarshal(c.Content.Bytes, &sealed); err == nil {
			p, err = openPBE(encryptedKey{sealed.Content.Algorithm, sealed.Content.Data}, passphrase)
		}
	default:
		return nil, nil // for a recipient's key: no password opens it
	}
	if err == nil {
		_, err = asn1.Unmarshal(p, &bags)
	}
	if err != nil {
		return nil, errPFXUnsupported
	}
	return bags, nil
}

func (b *safeBag) key(passphrase []byte) (*cryptoKey, error) {
	p := b.Value.Bytes
	if b.Type.Equal(oidShroudedBag) {
		var sealed encryptedKey
		if _, err := asn1.Unmarshal(p, &sealed); err != nil {
			return nil, errPFXUnsupported
		}
		var err error
		if p, err = openPBE(sealed, passphrase); err != nil {
			return nil, errPFXUnsupported
		}
	}
	return decodePKCS8(p, nil)
}

// openPBE decrypts by PBES2, or by the scheme of PKCS #12 with triple DES.
func openPBE(sealed encryptedKey, passphrase []byte) ([]byte, error) {
	if !sealed.Algorithm.Algorithm.Equal(oidPBE3DES) {
		return sealed.open(passphrase)
	}
	var form pbeParameters
	if _, err := asn1.Unmarshal(sealed.Algorithm.Parameters.FullBytes, &form); err != nil || form.Iterations > mostSealedIterations {
		return nil, errPFXUnsupported
	}
	sha1 := digests["sha1"]
	key := pfxKey(sha1, passphrase, form.Salt, form.Iterations, 1, 24)
	iv := pfxKey(sha1, passphrase, form.Salt, form.Iterations, 2, 8)
	return cipherOnce("des-ede3-cbc", key, iv, sealed.Data, nil, 0, false)
}

// pfxKey derives bytes of a passphrase for a purpose: 1 is a key, 2 an IV, 3 a MAC
// (RFC 7292, appendix B).
func pfxKey(d *digest, passphrase, salt []byte, iterations int, purpose byte, size int) []byte {
	h := d.make()
	block := h.BlockSize()
	var text []byte
	for _, c := range append(utf16.Encode([]rune(string(passphrase))), 0) {
		text = append(text, byte(c>>8), byte(c))
	}
	repeated := func(p []byte) (all []byte) {
		if len(p) == 0 {
			return nil
		}
		for n := (len(p) + block - 1) / block * block; len(all) < n; {
			all = append(all, p[len(all)%len(p)])
		}
		return all
	}
	diversifier := make([]byte, block)
	for i := range diversifier {
		diversifier[i] = purpose
	}
	state := append(repeated(salt), repeated(text)...)
	var key []byte
	for len(key) < size {
		h.Reset()
		h.Write(diversifier)
		h.Write(state)
		sum := h.Sum(nil)
		for range iterations - 1 {
			h.Reset()
			h.Write(sum)
			sum = h.Sum(nil)
		}
		key = append(key, sum...)
		add := repeated(sum)[:block]
		for at := 0; at < len(state); at += block { // plus add, plus one
			carry := 1
			for i := block - 1; i >= 0; i-- {
				carry += int(state[at+i]) + int(add[i])
				state[at+i] = byte(carry)
				carry >>= 8
			}
		}
	}
	return key[:size]
}
