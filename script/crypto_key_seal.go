// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"strings"

	"golang.org/x/crypto/pbkdf2"
	"golang.org/x/crypto/scrypt"
)

// Keys under a passphrase: as PKCS #5 has them in PKCS #8, and as PEM did before.

var (
	oidPBES2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	oidPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	oidScrypt = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}
	oidHMAC   = asn1.ObjectIdentifier{1, 2, 840, 113549, 2} // and the number of the digest
)

// hmacNumbers end an identifier that begins with oidHMAC.
var hmacNumbers = map[int]string{7: "sha1", 8: "sha224", 9: "sha256", 10: "sha384", 11: "sha512", 12: "sha512-224", 13: "sha512-256"}

// sealers are ciphers by their identifiers.
var sealers = map[string]string{
	"2.16.840.1.101.3.4.1.2": "aes-128-cbc", "2.16.840.1.101.3.4.1.22": "aes-192-cbc", "2.16.840.1.101.3.4.1.42": "aes-256-cbc",
	"1.2.840.113549.3.7": "des-ede3-cbc",
}

type (
	encryptedKey struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	pbes2 struct{ Derive, Cipher pkix.AlgorithmIdentifier }
	kdf2  struct {
		Salt       []byte
		Iterations int
		Length     int                      `asn1:"optional"`
		PRF        pkix.AlgorithmIdentifier `asn1:"optional"`
	}
	kdfScrypt struct {
		Salt    []byte
		N, R, P int
		Length  int `asn1:"optional"`
	}
)

// mostSealed bounds what a key that someone else has made may make us compute.
const (
	mostSealedIterations = 10_000_000
	mostSealedMemory     = 64 << 20
)

// open decrypts a key.
func (e *encryptedKey) open(passphrase []byte) ([]byte, error) {
	var scheme pbes2
	if _, err := asn1.Unmarshal(e.Algorithm.Parameters.FullBytes, &scheme); err != nil || !e.Algorithm.Algorithm.Equal(oidPBES2) {
		return nil, sslDecoder
	}
	kind := cipherNamed(sealers[scheme.Cipher.Algorithm.String()])
	var iv []byte
	if _, err := asn1.Unmarshal(scheme.Cipher.Parameters.FullBytes, &iv); err != nil || kind == nil || len(iv) != kind.ivSize {
		return nil, sslDecoder
	}
	key, err := deriveSealed(scheme.Derive, passphrase, kind.keySize)
	if err != nil {
		return nil, err
	}
	p, err := cipherOnce(kind.name, key, iv, e.Data, nil, 0, false)
	if err == sslBadDecrypt {
		err = sslBadDecrypt.after(sslPKCS12Final, sslBadDecrypt, sslPKCS12Final)
	}
	return p, err
}

func deriveSealed(derive pkix.AlgorithmIdentifier, passphrase []byte, size int) ([]byte, error) {
	if derive.Algorithm.Equal(oidScrypt) {
		var form kdfScrypt
		if _, err := asn1.Unmarshal(derive.Parameters.FullBytes, &form); err != nil {
			return nil, sslDecoder
		}
		if err := checkScrypt(uint64(form.N), uint64(form.R), uint64(form.P), mostSealedMemory); err != nil {
			return nil, sslDecoder
		}
		return scrypt.Key(passphrase, form.Salt, form.N, form.R, form.P, size)
	}
	var form kdf2
	if _, err := asn1.Unmarshal(derive.Parameters.FullBytes, &form); err != nil || !derive.Algorithm.Equal(oidPBKDF2) ||
		form.Iterations > mostSealedIterations {
		return nil, sslDecoder
	}
	name := "sha1"
	if id := form.PRF.Algorithm; len(id) == len(oidHMAC)+1 && id[:len(oidHMAC)].Equal(oidHMAC) {
		name = hmacNumbers[id[len(id)-1]]
	}
	d := digests[name]
	if d == nil {
		return nil, sslDecoder
	}
	return pbkdf2.Key(passphrase, form.Salt, form.Iterations, size, d.make), nil
}

// sealKey encrypts a key with OpenSSL's defaults.
func sealKey(p []byte, kind *cipherKind, passphrase []byte) ([]byte, error) {
	const iterations = 2048
	var id asn1.ObjectIdentifier
	for text, name := range sealers {
		if name == kind.name {
			id = objectIdentifier(text)
		}
	}
	if id == nil {
		return nil, nodeFailure("ERR_CRYPTO_UNKNOWN_CIPHER")
	}
	salt, iv := make([]byte, 8), make([]byte, kind.ivSize)
	rand.Read(salt)
	rand.Read(iv)
	key := pbkdf2.Key(passphrase, salt, iterations, kind.keySize, digests["sha256"].make)
	data, err := cipherOnce(kind.name, key, iv, p, nil, 0, true)
	if err != nil {
		return nil, err
	}
	vector, _ := asn1.Marshal(iv)
	prf := pkix.AlgorithmIdentifier{Algorithm: append(oidHMAC[:len(oidHMAC):len(oidHMAC)], 9), Parameters: asn1.NullRawValue}
	derive, err := asn1.Marshal(kdf2{Salt: salt, Iterations: iterations, PRF: prf})
	if err != nil {
		return nil, err
	}
	scheme, err := asn1.Marshal(pbes2{
		Derive: pkix.AlgorithmIdentifier{Algorithm: oidPBKDF2, Parameters: asn1.RawValue{FullBytes: derive}},
		Cipher: pkix.AlgorithmIdentifier{Algorithm: id, Parameters: asn1.RawValue{FullBytes: vector}},
	})
	if err != nil {
		return nil, err
	}
	return asn1.Marshal(encryptedKey{pkix.AlgorithmIdentifier{Algorithm: oidPBES2, Parameters: asn1.RawValue{FullBytes: scheme}}, data})
}

func objectIdentifier(text string) (id asn1.ObjectIdentifier) {
	for part := range strings.SplitSeq(text, ".") {
		n := 0
		for _, c := range part {
			n = 10*n + int(c-'0')
		}
		id = append(id, n)
	}
	return id
}

// decryptPEM opens a block whose header names the cipher.
func decryptPEM(block *pem.Block, passphrase []byte) ([]byte, error) {
	name, vector, _ := strings.Cut(block.Headers["DEK-Info"], ",")
	kind := cipherNamed(name)
	iv, err := hex.DecodeString(vector)
	if err != nil || kind == nil || len(iv) != kind.ivSize || len(iv) < 8 {
		return nil, sslDecoder
	}
	key, _ := bytesToKey(digests["md5"], passphrase, iv[:8], kind.keySize, 0)
	p, err := cipherOnce(kind.name, key, iv, block.Bytes, nil, 0, false)
	if err == sslBadDecrypt {
		err = sslBadDecrypt.after(sslPEMBadDecrypt)
	}
	return p, err
}

func encryptPEM(block *pem.Block, kind *cipherKind, passphrase []byte) error {
	if kind.ivSize < 8 || kind.authenticated {
		return nodeFailure("ERR_CRYPTO_UNKNOWN_CIPHER")
	}
	iv := make([]byte, kind.ivSize)
	rand.Read(iv)
	key, _ := bytesToKey(digests["md5"], passphrase, iv[:8], kind.keySize, 0)
	p, err := cipherOnce(kind.name, key, iv, block.Bytes, nil, 0, true)
	block.Bytes = p
	block.Headers = map[string]string{
		"Proc-Type": "4,ENCRYPTED", "DEK-Info": strings.ToUpper(kind.name) + "," + strings.ToUpper(hex.EncodeToString(iv)),
	}
	return err
}
