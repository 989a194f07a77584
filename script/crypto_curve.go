// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
)

// A curve is one that is known by name.
type curve struct {
	name   string // OpenSSL's
	web    string // NIST's, which JWK has; "" if there is none
	oid    asn1.ObjectIdentifier
	points elliptic.Curve
}

var curves = []*curve{
	{"prime256v1", "P-256", asn1.ObjectIdentifier{1, 2, 840, 10045, 3, 1, 7}, elliptic.P256()},
	{"secp224r1", "", asn1.ObjectIdentifier{1, 3, 132, 0, 33}, elliptic.P224()},
	{"secp256k1", "secp256k1", asn1.ObjectIdentifier{1, 3, 132, 0, 10}, secp256k1},
	{"secp384r1", "P-384", asn1.ObjectIdentifier{1, 3, 132, 0, 34}, elliptic.P384()},
	{"secp521r1", "P-521", asn1.ObjectIdentifier{1, 3, 132, 0, 35}, elliptic.P521()},
}

// curveNames are getCurves().
func curveNames() (names []string) {
	for _, c := range curves {
		names = append(names, c.name)
	}
	return names
}

// curveNamed returns nil if there is no curve of that name; NIST's names count if web.
func curveNamed(name string, web bool) *curve {
	for _, c := range curves {
		if c.name == name || web && (c.web == name || name == "P-224" && c.name == "secp224r1") {
			return c
		}
	}
	return nil
}

func curveOf(points elliptic.Curve) *curve {
	for _, c := range curves {
		if c.points == points {
			return c
		}
	}
	return nil
}

// arithmetic is what the curves of package elliptic do with points. Its documentation
// sends people to packages ecdsa and ecdh, which have neither secp224r1 and secp256k1
// nor keys whose parts are given by a script.
type arithmetic interface {
	IsOnCurve(x, y *big.Int) bool
	ScalarMult(x, y *big.Int, k []byte) (*big.Int, *big.Int)
	ScalarBaseMult(k []byte) (*big.Int, *big.Int)
}

// size is of a coordinate, in bytes.
func (c *curve) size() int { return (c.points.Params().BitSize + 7) / 8 }

// order is that of the base point.
func (c *curve) order() *big.Int { return c.points.Params().N }

// private returns the key of a number, nil if that is none of the curve's.
func (c *curve) private(d []byte) *ecdsa.PrivateKey {
	n := new(big.Int).SetBytes(d)
	if n.Sign() == 0 || n.Cmp(c.order()) >= 0 {
		return nil
	}
	x, y := arithmetic(c.points).ScalarBaseMult(n.FillBytes(make([]byte, (c.order().BitLen()+7)/8)))
	return &ecdsa.PrivateKey{PublicKey: ecdsa.PublicKey{Curve: c.points, X: x, Y: y}, D: n}
}

func (c *curve) generate() *ecdsa.PrivateKey {
	for {
		d, err := rand.Int(rand.Reader, c.order())
		if err == nil && d.Sign() > 0 {
			return c.private(d.Bytes())
		}
	}
}

// public returns the key of a point, nil if that is not on the curve.
func (c *curve) public(x, y *big.Int) *ecdsa.PublicKey {
	p := c.points.Params().P
	if x.Cmp(p) >= 0 || y.Cmp(p) >= 0 || !arithmetic(c.points).IsOnCurve(x, y) {
		return nil
	}
	return &ecdsa.PublicKey{Curve: c.points, X: x, Y: y}
}

// Forms of a point, by their first byte. The last bit of the compressed and the hybrid
// form is that of y.
const (
	compressed   = 2
	uncompressed = 4
	hybrid       = 6
)

// point returns a point in one of the forms.
func (c *curve) point(key *ecdsa.PublicKey, form int) []byte {
	n := c.size()
	p := make([]byte, 1+2*n)
	p[0] = byte(form)
	if form != uncompressed {
		p[0] |= byte(key.Y.Bit(0))
	}
	key.X.FillBytes(p[1 : 1+n])
	if form == compressed {
		return p[:1+n]
	}
	key.Y.FillBytes(p[1+n:])
	return p
}

// parse returns the key of a point in any form, nil if it is none.
func (c *curve) parse(p []byte) *ecdsa.PublicKey {
	n := c.size()
	if len(p) == 0 {
		return nil
	}
	switch form := int(p[0]); {
	case len(p) == 1+2*n && (form == uncompressed || form&^1 == hybrid):
		key := c.public(new(big.Int).SetBytes(p[1:1+n]), new(big.Int).SetBytes(p[1+n:]))
		if key == nil || form != uncompressed && key.Y.Bit(0) != uint(form&1) {
			return nil
		}
		return key
	case len(p) == 1+n && form&^1 == compressed:
		x := new(big.Int).SetBytes(p[1:])
		y := c.yOf(x)
		if y == nil {
			return nil
		}
		if y.Bit(0) != uint(form&1) {
			y.Sub(c.points.Params().P, y)
		}
		return c.public(x, y)
	}
	return nil
}

// yOf returns one of the two y that x has, nil if it has none.
func (c *curve) yOf(x *big.Int) *big.Int {
	p := c.points.Params()
	a := big.NewInt(-3)
	if c.points == elliptic.Curve(secp256k1) {
		a = new(big.Int)
	}
	y := new(big.Int).Exp(x, big.NewInt(3), p.P)
	y.Add(y, a.Mul(a, x)).Add(y, p.B).Mod(y, p.P)
	return y.ModSqrt(y, p.P)
}

// shared is the x of a public key times a private one.
func (c *curve) shared(private *ecdsa.PrivateKey, public *ecdsa.PublicKey) []byte {
	x, _ := arithmetic(c.points).ScalarMult(public.X, public.Y, private.D.FillBytes(make([]byte, (c.order().BitLen()+7)/8)))
	return x.FillBytes(make([]byte, c.size()))
}

// koblitz is a curve y² = x³ + b. Package crypto has none. Its arithmetic is that of
// package big, and takes a time that depends on the numbers.
type koblitz struct{ params *elliptic.CurveParams }

var secp256k1 = &koblitz{&elliptic.CurveParams{
	Name:    "secp256k1",
	BitSize: 256,
	P:       bigHex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"),
	N:       bigHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
	B:       big.NewInt(7),
	Gx:      bigHex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
	Gy:      bigHex("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"),
}}

func (k *koblitz) Params() *elliptic.CurveParams { return k.params }

func (k *koblitz) IsOnCurve(x, y *big.Int) bool {
	left := new(big.Int).Mul(y, y)
	right := new(big.Int).Exp(x, big.NewInt(3), nil)
	return left.Sub(left, right.Add(right, k.params.B)).Mod(left, k.params.P).Sign() == 0
}

// Add has (0, 0) for the point at infinity, as package elliptic does.
func (k *koblitz) Add(x1, y1, x2, y2 *big.Int) (*big.Int, *big.Int) {
	p := k.params.P
	switch {
	case x1.Sign() == 0 && y1.Sign() == 0:
		return new(big.Int).Set(x2), new(big.Int).Set(y2)
	case x2.Sign() == 0 && y2.Sign() == 0:
		return new(big.Int).Set(x1), new(big.Int).Set(y1)
	case x1.Cmp(x2) == 0 && y1.Cmp(y2) == 0:
		return k.Double(x1, y1)
	case x1.Cmp(x2) == 0:
		return new(big.Int), new(big.Int)
	}
	slope := new(big.Int).Sub(x2, x1)
	slope.ModInverse(slope.Mod(slope, p), p)
	slope.Mul(slope, new(big.Int).Sub(y2, y1)).Mod(slope, p)
	return k.along(slope, x1, y1, x2)
}

func (k *koblitz) Double(x, y *big.Int) (*big.Int, *big.Int) {
	p := k.params.P
	if y.Sign() == 0 {
		return new(big.Int), new(big.Int)
	}
	slope := new(big.Int).Lsh(y, 1)
	slope.ModInverse(slope.Mod(slope, p), p)
	slope.Mul(slope, new(big.Int).Mul(big.NewInt(3), new(big.Int).Mul(x, x))).Mod(slope, p)
	return k.along(slope, x, y, x)
}

// along returns the third point of the line through two, mirrored.
func (k *koblitz) along(slope, x1, y1, x2 *big.Int) (*big.Int, *big.Int) {
	p := k.params.P
	x := new(big.Int).Mul(slope, slope)
	x.Sub(x, x1).Sub(x, x2).Mod(x, p)
	y := new(big.Int).Sub(x1, x)
	y.Mul(y, slope).Sub(y, y1).Mod(y, p)
	return x, y
}

func (k *koblitz) ScalarMult(x, y *big.Int, scalar []byte) (*big.Int, *big.Int) {
	sumX, sumY := new(big.Int), new(big.Int)
	for _, b := range scalar {
		for bit := 7; bit >= 0; bit-- {
			sumX, sumY = k.Double(sumX, sumY)
			if b>>bit&1 == 1 {
				sumX, sumY = k.Add(sumX, sumY, x, y)
			}
		}
	}
	return sumX, sumY
}

func (k *koblitz) ScalarBaseMult(scalar []byte) (*big.Int, *big.Int) {
	return k.ScalarMult(k.params.Gx, k.params.Gy, scalar)
}

func unhex(text string) []byte {
	p, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return p
}

func bigHex(text string) *big.Int { return new(big.Int).SetBytes(unhex(text)) }
