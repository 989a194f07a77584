// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/rand"
	"fmt"
	"math/big"
)

// A diffieHellman is one side of an exchange.
type diffieHellman struct {
	prime, generator *big.Int
	public, private  *big.Int // nil until there are some
	named            bool     // a group that is known to be good
}

// modp are the groups of RFC 2409 and RFC 3526. Their primes are made of π:
// 2ⁿ - 2ⁿ⁻⁶⁴ - 1 + 2⁶⁴ (⌊2ⁿ⁻¹³⁰ π⌋ + plus).
var modp = map[string]struct {
	bits uint
	plus int64
}{
	"modp1": {768, 149686}, "modp2": {1024, 129093}, "modp5": {1536, 741804}, "modp14": {2048, 124476},
	"modp15": {3072, 1690314}, "modp16": {4096, 240904}, "modp17": {6144, 929484}, "modp18": {8192, 4743158},
}

func modpPrime(bits uint, plus int64) *big.Int {
	power := func(n uint) *big.Int { return new(big.Int).Lsh(bigOne, n) }
	p := pi(bits - 130)
	p.Add(p, big.NewInt(plus)).Lsh(p, 64)
	return p.Add(p, power(bits)).Sub(p, power(bits-64)).Sub(p, bigOne)
}

// pi returns ⌊2ⁿ π⌋, by Machin's formula: π = 16 arctan 1/5 - 4 arctan 1/239.
func pi(n uint) *big.Int {
	const guard = 32 // bits that the rounding of terms may spoil
	arctan := func(x int64) *big.Int {
		term := new(big.Int).Lsh(bigOne, n+guard)
		term.Quo(term, big.NewInt(x))
		sum := new(big.Int).Set(term)
		for k := int64(3); term.Sign() != 0; k += 2 {
			term.Quo(term, big.NewInt(-x*x))
			sum.Add(sum, new(big.Int).Quo(term, big.NewInt(k)))
		}
		return sum
	}
	p := arctan(5)
	p.Mul(p, big.NewInt(4)).Sub(p, arctan(239)).Mul(p, big.NewInt(4))
	return p.Rsh(p, guard)
}

var exchangeOperations = map[string]func(cryptoCall) cryptoWork{
	// (bits or bytes, generator) → side
	"dh": func(c cryptoCall) cryptoWork {
		generator := c.integer(1)
		if p, ok := c.r.bytesOf(c.arg(0)); ok {
			if generator.Cmp(bigOne) <= 0 {
				return done(nil, sslBadGenerator)
			}
			return done(&diffieHellman{prime: new(big.Int).SetBytes(p), generator: generator}, nil)
		}
		bits := c.number(0)
		switch {
		case bits < 512:
			return done(nil, sslModulusTooSmall)
		case generator.Cmp(bigOne) <= 0:
			return done(nil, sslBadGenerator)
		}
		prime, err := generatePrime(bits, true, nil, nil)
		return done(&diffieHellman{prime: prime, generator: generator}, err)
	},
	// (name) → side, undefined if there is no such group
	"dh.group": func(c cryptoCall) cryptoWork {
		g, ok := modp[c.text(0)]
		if !ok {
			return done(nil, nil)
		}
		return done(&diffieHellman{prime: modpPrime(g.bits, g.plus), generator: bigTwo, named: true}, nil)
	},
	"dh.check":     func(c cryptoCall) cryptoWork { return done(c.handle(0).(*diffieHellman).check(), nil) },
	"dh.prime":     func(c cryptoCall) cryptoWork { return done(c.handle(0).(*diffieHellman).prime.Bytes(), nil) },
	"dh.generator": func(c cryptoCall) cryptoWork { return done(c.handle(0).(*diffieHellman).generator.Bytes(), nil) },
	"dh.generate":  func(c cryptoCall) cryptoWork { return done(c.handle(0).(*diffieHellman).generate()) },
	"dh.public": func(c cryptoCall) cryptoWork {
		d := c.handle(0).(*diffieHellman)
		if d.public == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_STATE", "No public key - did you forget to generate one?"))
		}
		return done(d.public.Bytes(), nil)
	},
	"dh.private": func(c cryptoCall) cryptoWork {
		d := c.handle(0).(*diffieHellman)
		if d.private == nil {
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_STATE", "No private key - did you forget to generate one?"))
		}
		return done(d.private.Bytes(), nil)
	},
	"dh.setPublic": func(c cryptoCall) cryptoWork {
		c.handle(0).(*diffieHellman).public = new(big.Int).SetBytes(c.bytes(1))
		return done(nil, nil)
	},
	"dh.setPrivate": func(c cryptoCall) cryptoWork {
		c.handle(0).(*diffieHellman).private = new(big.Int).SetBytes(c.bytes(1))
		return done(nil, nil)
	},
	// (side, other's public key) → secret
	"dh.secret": func(c cryptoCall) cryptoWork { return done(c.handle(0).(*diffieHellman).secret(c.bytes(1))) },
	// (private key, public key) → secret of two KeyObjects
	"exchange": func(c cryptoCall) cryptoWork {
		private, public := c.key(0), c.key(1)
		return func() (any, error) { return exchange(private, public) }
	},
}

// check is verifyError: what is wrong with the group.
func (d *diffieHellman) check() int {
	const (
		notPrime, notSafe, badGenerator = 1, 2, 8
		tooSmall, tooLarge              = 0x80, 0x100
	)
	if d.named {
		return 0
	}
	wrong := 0
	bits := d.prime.BitLen()
	if bits < 512 {
		wrong |= tooSmall
	}
	if bits > 10000 {
		return wrong | tooLarge
	}
	if d.generator.Cmp(bigOne) <= 0 || d.generator.Cmp(new(big.Int).Sub(d.prime, bigOne)) >= 0 {
		wrong |= badGenerator
	}
	switch {
	case !d.prime.ProbablyPrime(20):
		wrong |= notPrime
	case !new(big.Int).Rsh(d.prime, 1).ProbablyPrime(20):
		wrong |= notSafe
	}
	return wrong
}

// generate makes what is not there yet, and returns the public key.
func (d *diffieHellman) generate() ([]byte, error) {
	if d.prime.BitLen() < 512 {
		return nil, sslModulusTooSmall
	}
	if d.private == nil {
		half := new(big.Int).Rsh(d.prime, 1)
		n, err := rand.Int(rand.Reader, half.Sub(half, bigOne))
		if err != nil {
			return nil, err
		}
		d.private = n.Add(n, bigOne)
	}
	d.public = new(big.Int).Exp(d.generator, d.private, d.prime)
	return d.public.Bytes(), nil
}

func (d *diffieHellman) secret(other []byte) ([]byte, error) {
	y := new(big.Int).SetBytes(other)
	switch {
	case y.Cmp(bigOne) <= 0:
		return nil, nodeFailure("ERR_CRYPTO_INVALID_KEYLEN", "Supplied key is too small")
	case d.private == nil:
		return nil, nodeFailure("ERR_CRYPTO_INVALID_KEYTYPE", "Invalid key type")
	}
	return y.Exp(y, d.private, d.prime).FillBytes(make([]byte, (d.prime.BitLen()+7)/8)), nil
}

// exchange is the secret of a private key and another's public key.
func exchange(private, public *cryptoKey) ([]byte, error) {
	switch k := private.private.(type) {
	case *ecdh.PrivateKey:
		if p, ok := public.public.(*ecdh.PublicKey); ok {
			secret, err := k.ECDH(p)
			if err != nil {
				return nil, fmt.Errorf("%w", sslNotForKeyType)
			}
			return secret, nil
		}
	case *ecdsa.PrivateKey:
		p, ok := public.public.(*ecdsa.PublicKey)
		if !ok {
			break
		}
		if p.Curve != k.Curve {
			return nil, sslDifferentKeyTypes
		}
		return curveOf(k.Curve).shared(k, p), nil
	}
	return nil, sslNotForKeyType
}
