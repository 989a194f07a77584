// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/rand"
	"crypto/rsa"
	"math/big"
)

// Paddings, as Node's constants number them.
const (
	paddingPKCS1 = 1
	paddingNone  = 3
	paddingOAEP  = 4
	paddingPSS   = 6
)

// rsaCall is the arguments (key, bytes, padding, digest of OAEP, label).
type rsaCall struct {
	key      *cryptoKey
	p, label []byte
	padding  int
	digest   *digest
}

func (c cryptoCall) rsa() (*rsaCall, error) {
	r := &rsaCall{key: c.key(0), p: c.bytes(1), padding: c.number(2), digest: digests["sha1"], label: c.bytes(4)}
	if _, ok := r.key.public.(*rsa.PublicKey); !ok {
		return nil, sslNotForKeyType
	}
	if c.has(3) {
		if r.digest = digestNamed(c.text(3)); r.digest == nil {
			return nil, nodeFailure("ERR_OSSL_EVP_INVALID_DIGEST", "Invalid digest used")
		}
	}
	return r, nil
}

// rsaOperation is an operation with those arguments.
func rsaOperation(do func(*rsaCall) ([]byte, error)) func(cryptoCall) cryptoWork {
	return func(c cryptoCall) cryptoWork {
		r, err := c.rsa()
		return func() (any, error) {
			if err != nil {
				return nil, err
			}
			return do(r)
		}
	}
}

var rsaOperations = map[string]func(cryptoCall) cryptoWork{
	"rsa.publicEncrypt": rsaOperation(func(r *rsaCall) ([]byte, error) {
		key := r.key.public.(*rsa.PublicKey)
		switch r.padding {
		case paddingOAEP:
			p, err := rsa.EncryptOAEP(r.digest.make(), rand.Reader, key, r.p, r.label)
			if err != nil {
				return nil, sslDataTooLarge
			}
			return p, nil
		case paddingPKCS1:
			p, err := rsa.EncryptPKCS1v15(rand.Reader, key, r.p)
			if err != nil {
				return nil, sslDataTooLarge
			}
			return p, nil
		case paddingNone:
			if err := wholeBlock(key, r.p); err != nil {
				return nil, err
			}
			return rsaPublicRaw(key, r.p)
		}
		return nil, sslUnknownPadding
	}),
	"rsa.privateDecrypt": rsaOperation(func(r *rsaCall) ([]byte, error) {
		key := r.key.private.(*rsa.PrivateKey)
		switch r.padding {
		case paddingOAEP:
			if len(r.p) < key.Size() {
				r.p = append(make([]byte, key.Size()-len(r.p)), r.p...)
			}
			p, err := rsa.DecryptOAEP(r.digest.make(), nil, key, r.p, r.label)
			if err != nil {
				return nil, sslOAEPDecoding
			}
			return p, nil
		case paddingNone:
			if err := wholeBlock(&key.PublicKey, r.p); err != nil {
				return nil, err
			}
			return rsaPrivateRaw(key, r.p), nil
		}
		return nil, sslUnknownPadding
	}),
	"rsa.privateEncrypt": rsaOperation(func(r *rsaCall) ([]byte, error) {
		key := r.key.private.(*rsa.PrivateKey)
		switch r.padding {
		case paddingPKCS1:
			if len(r.p) > key.Size()-11 {
				return nil, sslDataTooLarge.after(sslProviderRSA)
			}
			return rsa.SignPKCS1v15(nil, key, 0, r.p)
		case paddingNone:
			if err := wholeBlock(&key.PublicKey, r.p); err != nil {
				return nil, err.after(sslProviderRSA)
			}
			return rsaPrivateRaw(key, r.p), nil
		}
		return nil, sslPaddingMode
	}),
	"rsa.publicDecrypt": rsaOperation(func(r *rsaCall) ([]byte, error) {
		key := r.key.public.(*rsa.PublicKey)
		if len(r.p) > key.Size() {
			return nil, sslDataTooGreat.after(sslProviderRSA)
		}
		p, err := rsaPublicRaw(key, r.p)
		switch {
		case err != nil:
			return nil, err
		case r.padding == paddingNone:
			return p, nil
		case r.padding != paddingPKCS1:
			return nil, sslPaddingMode
		case p[0] != 0:
			return nil, sslInvalidPadding.after(sslProviderRSA, sslPaddingCheck)
		case p[1] != 1:
			return nil, sslBlockType.after(sslProviderRSA, sslPaddingCheck)
		}
		for i, b := range p[2:] {
			if b == 0 && i >= 8 {
				return p[2+i+1:], nil
			}
			if b != 0xff {
				break
			}
		}
		return nil, sslInvalidPadding.after(sslProviderRSA, sslPaddingCheck)
	}),
}

// wholeBlock is the error of what cannot be encrypted as it is.
func wholeBlock(key *rsa.PublicKey, p []byte) *sslFailure {
	switch {
	case len(p) < key.Size():
		return sslDataTooSmall
	case len(p) > key.Size():
		return sslDataTooLarge
	case new(big.Int).SetBytes(p).Cmp(key.N) >= 0:
		return sslDataTooGreat
	}
	return nil
}

// rsaPublicRaw is the public key's function, without any padding.
func rsaPublicRaw(key *rsa.PublicKey, p []byte) ([]byte, error) {
	n := new(big.Int).SetBytes(p)
	if n.Cmp(key.N) >= 0 {
		return nil, sslDataTooGreat
	}
	return n.Exp(n, big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, key.Size())), nil
}

// rsaPrivateRaw is the private key's. It blinds p, as the time that package big takes
// would tell of the key. p must be less than the modulus.
func rsaPrivateRaw(key *rsa.PrivateKey, p []byte) []byte {
	var blind, undo *big.Int
	for undo == nil {
		var err error
		if blind, err = rand.Int(rand.Reader, key.N); err == nil && blind.Sign() > 0 {
			undo = new(big.Int).ModInverse(blind, key.N)
		}
	}
	blind.Exp(blind, big.NewInt(int64(key.E)), key.N)
	n := new(big.Int).SetBytes(p)
	n.Mul(n, blind).Mod(n, key.N).Exp(n, key.D, key.N)
	n.Mul(n, undo).Mod(n, key.N)
	return n.FillBytes(make([]byte, key.Size()))
}
