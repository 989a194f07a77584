// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/rand"
	"math/big"

	"github.com/dop251/goja"
)

var randomOperations = map[string]func(cryptoCall) cryptoWork{
	// (view): fills it
	"random.fill": func(c cryptoCall) cryptoWork {
		p, _ := c.r.bytesOf(c.arg(0))
		rand.Read(p)
		return done(nil, nil)
	},
	// (length) → bytes
	"random.bytes": func(c cryptoCall) cryptoWork {
		n := c.number(0)
		return func() (any, error) {
			p := make([]byte, n)
			rand.Read(p)
			return p, nil
		}
	},
	// (candidate, checks) → whether it is a prime, probably
	"prime.check": func(c cryptoCall) cryptoWork {
		n, checks := c.integer(0), c.number(1)
		if checks == 0 {
			checks = 64
		}
		return func() (any, error) { return n.ProbablyPrime(min(checks, 1<<16)), nil }
	},
	// (bits, safe, add, rem) → a prime, as bytes
	"prime.generate": func(c cryptoCall) cryptoWork {
		bits, safe, add, rem := c.number(0), c.flag(1), c.integer(2), c.integer(3)
		return func() (any, error) {
			n, err := generatePrime(bits, safe, add, rem)
			if err != nil {
				return nil, err
			}
			return n.FillBytes(make([]byte, (bits+7)/8)), nil
		}
	},
}

// integer returns a bigint, or bytes with the highest first; nil if there is neither.
func (c cryptoCall) integer(i int) *big.Int {
	if !c.has(i) {
		return nil
	}
	if n, ok := c.arg(i).Export().(*big.Int); ok {
		return n
	}
	if p := c.bytes(i); p != nil || !goja.IsNumber(c.arg(i)) {
		return new(big.Int).SetBytes(p)
	}
	return big.NewInt(int64(c.number(i)))
}

var (
	bigOne = big.NewInt(1)
	bigTwo = big.NewInt(2)
)

// generatePrime returns a prime of so many bits: one whose half is nearly a prime too,
// if it is to be safe, and that leaves rem when it is divided by add, if that is not nil.
func generatePrime(bits int, safe bool, add, rem *big.Int) (*big.Int, error) {
	if bits < 2 {
		return nil, &sslFailure{3, 0x7b, "bits too small", nil}
	}
	if rem == nil {
		rem = bigOne
		if safe {
			rem = big.NewInt(3)
		}
	}
	low := new(big.Int).Lsh(bigOne, uint(bits-1))
	high := new(big.Int).Lsh(bigOne, uint(bits))
	for {
		var n *big.Int
		if add == nil {
			n, _ = rand.Prime(rand.Reader, bits)
		} else {
			n, _ = rand.Int(rand.Reader, low)
			n.Add(n, low)
			n.Sub(n, new(big.Int).Mod(n, add)).Add(n, rem)
			for n.Cmp(low) < 0 {
				n.Add(n, add)
			}
			if n.Cmp(high) >= 0 || !n.ProbablyPrime(20) {
				continue
			}
		}
		if !safe || new(big.Int).Rsh(n, 1).ProbablyPrime(20) {
			return n, nil
		}
	}
}
