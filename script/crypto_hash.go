// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"hash"
	"io"
	"reflect"
	"strings"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/blake2s"
	"golang.org/x/crypto/ripemd160" //lint:ignore SA1019 scripts ask for it by name
)

// A digest is a kind of hash.
type digest struct {
	name   string
	make   func() hash.Hash
	size   int         // of its result, unless another is asked for
	xof    bool        // the result may have any size
	id     crypto.Hash // 0 if package crypto has none
	prefix []byte      // goes before the result in a signature of PKCS #1; nil if that has none
}

// hashNames are getHashes(): OpenSSL's names, of which some mean the same.
var hashNames = strings.Fields(`RSA-MD5 RSA-RIPEMD160 RSA-SHA1 RSA-SHA1-2 RSA-SHA224 RSA-SHA256 RSA-SHA3-224 RSA-SHA3-256
	RSA-SHA3-384 RSA-SHA3-512 RSA-SHA384 RSA-SHA512 RSA-SHA512/224 RSA-SHA512/256 RSA-SM3 blake2b512 blake2s256
	id-rsassa-pkcs1-v1_5-with-sha3-224 id-rsassa-pkcs1-v1_5-with-sha3-256 id-rsassa-pkcs1-v1_5-with-sha3-384
	id-rsassa-pkcs1-v1_5-with-sha3-512 md5 md5-sha1 md5WithRSAEncryption ripemd ripemd160 ripemd160WithRSA rmd160 sha1
	sha1WithRSAEncryption sha224 sha224WithRSAEncryption sha256 sha256WithRSAEncryption sha3-224 sha3-256 sha3-384 sha3-512
	sha384 sha384WithRSAEncryption sha512 sha512-224 sha512-224WithRSAEncryption sha512-256 sha512-256WithRSAEncryption
	sha512WithRSAEncryption shake128 shake256 sm3 sm3WithRSAEncryption ssl3-md5 ssl3-sha1`)

// digests by the name that getCipherInfo and asymmetricKeyDetails would show.
var digests = map[string]*digest{
	"md5":        {make: md5.New, size: 16, id: crypto.MD5, prefix: digestPrefix("300c06082a864886f70d020505000410")},
	"sha1":       {make: sha1.New, size: 20, id: crypto.SHA1, prefix: digestPrefix("300906052b0e03021a05000414")},
	"sha224":     {make: sha256.New224, size: 28, id: crypto.SHA224, prefix: digestPrefix("300d0609608648016503040204 0500041c")},
	"sha256":     {make: sha256.New, size: 32, id: crypto.SHA256, prefix: digestPrefix("300d06096086480165030402010500 0420")},
	"sha384":     {make: sha512.New384, size: 48, id: crypto.SHA384, prefix: digestPrefix("300d060960864801650304020205000430")},
	"sha512":     {make: sha512.New, size: 64, id: crypto.SHA512, prefix: digestPrefix("300d060960864801650304020305000440")},
	"sha512-224": {make: sha512.New512_224, size: 28, id: crypto.SHA512_224, prefix: digestPrefix("300d06096086480165030402050500041c")},
	"sha512-256": {make: sha512.New512_256, size: 32, id: crypto.SHA512_256, prefix: digestPrefix("300d060960864801650304020605000420")},
	"sha3-224":   {make: func() hash.Hash { return sha3.New224() }, size: 28, id: crypto.SHA3_224, prefix: digestPrefix("300d06096086480165030402070500041c")},
	"sha3-256":   {make: func() hash.Hash { return sha3.New256() }, size: 32, id: crypto.SHA3_256, prefix: digestPrefix("300d060960864801650304020805000420")},
	"sha3-384":   {make: func() hash.Hash { return sha3.New384() }, size: 48, id: crypto.SHA3_384, prefix: digestPrefix("300d060960864801650304020905000430")},
	"sha3-512":   {make: func() hash.Hash { return sha3.New512() }, size: 64, id: crypto.SHA3_512, prefix: digestPrefix("300d060960864801650304020a05000440")},
	"shake128":   {make: func() hash.Hash { return &shake{sha3.NewSHAKE128(), 16} }, size: 16, xof: true},
	"shake256":   {make: func() hash.Hash { return &shake{sha3.NewSHAKE256(), 32} }, size: 32, xof: true},
	"ripemd160":  {make: ripemd160.New, size: 20, id: crypto.RIPEMD160, prefix: digestPrefix("300906052b2403020105000414")},
	"blake2b512": {make: func() hash.Hash { h, _ := blake2b.New512(nil); return h }, size: 64, id: crypto.BLAKE2b_512},
	"blake2s256": {make: func() hash.Hash { h, _ := blake2s.New256(nil); return h }, size: 32, id: crypto.BLAKE2s_256},
	"sm3":        {make: newSM3, size: 32},
	"md5-sha1":   {make: func() hash.Hash { return &twoHashes{md5.New(), sha1.New()} }, size: 36, id: crypto.MD5SHA1, prefix: []byte{}},
}

// digestAliases are other names, in lower case.
var digestAliases = map[string]string{
	"ripemd": "ripemd160", "rmd160": "ripemd160", "ripemd-160": "ripemd160", "ripemd160withrsa": "ripemd160",
	"rsa-sha1-2": "sha1", "ssl3-md5": "md5", "ssl3-sha1": "sha1", "sha-1": "sha1",
	"blake2b-512": "blake2b512", "blake2s-256": "blake2s256", "shake-128": "shake128", "shake-256": "shake256",
	"sha2-512/224": "sha512-224", "sha-512/224": "sha512-224", "sha2-512/256": "sha512-256", "sha-512/256": "sha512-256",
	"rsa-sha512/224": "sha512-224", "rsa-sha512/256": "sha512-256",
}

// unsupportedDigests are names that OpenSSL knows and does not provide.
var unsupportedDigests = []string{"md4", "whirlpool", "mdc2", "rsa-md4", "md4withrsaencryption", "rsa-mdc2", "mdc2withrsa"}

func init() {
	for name, d := range digests {
		d.name = name
		digestAliases[name] = name
		digestAliases["rsa-"+name] = name
		digestAliases[name+"withrsaencryption"] = name
		if rest, ok := strings.CutPrefix(name, "sha3-"); ok {
			digestAliases["id-rsassa-pkcs1-v1_5-with-sha3-"+rest] = name
		}
	}
	for _, size := range []string{"224", "256", "384", "512"} {
		digestAliases["sha-"+size], digestAliases["sha2-"+size] = "sha"+size, "sha"+size
	}
	for _, name := range []string{"shake128", "shake256", "blake2b512", "blake2s256", "md5-sha1"} {
		delete(digestAliases, "rsa-"+name)
		delete(digestAliases, name+"withrsaencryption")
	}
}

// digestNamed returns nil if there is no digest of that name.
func digestNamed(name string) *digest { return digests[digestAliases[strings.ToLower(name)]] }

// digestPrefix is the DigestInfo of PKCS #1 that goes before a result.
func digestPrefix(identifier string) []byte {
	p := unhex(strings.ReplaceAll(identifier, " ", ""))
	size := int(p[len(p)-1])
	return append([]byte{0x30, byte(len(p) + size)}, p...)
}

// A running is a hash that a script feeds.
type running struct {
	hash.Hash
	size int // of the result; the digest's own if negative
}

func (h *running) result() []byte {
	x, ok := h.Hash.(*shake)
	if !ok || h.size < 0 {
		return h.Sum(nil)
	}
	return x.read(h.size)
}

// twin returns a copy. All hashes of this package are structs without pointers into
// themselves, so that a shallow copy is one; those of twoHashes are copied each.
func twin(h hash.Hash) hash.Hash {
	switch h := h.(type) {
	case *twoHashes:
		return &twoHashes{twin(h.first), twin(h.second)}
	case *shake:
		x := *h.SHAKE
		return &shake{&x, h.size}
	}
	v := reflect.New(reflect.TypeOf(h).Elem())
	v.Elem().Set(reflect.ValueOf(h).Elem())
	return v.Interface().(hash.Hash)
}

var hashOperations = map[string]func(cryptoCall) cryptoWork{
	// (name, size or undefined) → hash
	"hash": func(c cryptoCall) cryptoWork {
		name := c.text(0)
		d := digestNamed(name)
		if d == nil {
			for _, known := range unsupportedDigests {
				if strings.EqualFold(name, known) {
					return done(nil, sslUnsupported.after(sslInitialization, sslUnsupported))
				}
			}
			return done(nil, plainFailure("Digest method not supported"))
		}
		h := &running{d.make(), -1}
		if c.has(1) {
			h.size = c.number(1)
			if h.size != d.size && !d.xof {
				return done(nil, sslNotXOF)
			}
		}
		return done(h, nil)
	},
	// (name) → whether there is one
	"hash.known": func(c cryptoCall) cryptoWork { return done(digestNamed(c.text(0)) != nil, nil) },
	// (name, key) → hash
	"hmac": func(c cryptoCall) cryptoWork {
		d := digestNamed(c.text(0))
		switch {
		case d == nil:
			return done(nil, nodeFailure("ERR_CRYPTO_INVALID_DIGEST", c.text(0)))
		case d.xof:
			return done(nil, plainFailure(sslNothing.Error()))
		}
		return done(&running{hmac.New(d.make, c.bytes(1)), -1}, nil)
	},
	"hash.update": func(c cryptoCall) cryptoWork {
		c.handle(0).(*running).Write(c.bytes(1))
		return done(nil, nil)
	},
	"hash.digest": func(c cryptoCall) cryptoWork { return done(c.handle(0).(*running).result(), nil) },
	// (hash, size or undefined) → hash
	"hash.copy": func(c cryptoCall) cryptoWork {
		h := c.handle(0).(*running)
		copied := &running{twin(h.Hash), -1}
		if c.has(1) {
			copied.size = c.number(1)
			if _, xof := h.Hash.(*shake); !xof && copied.size != h.Size() {
				return done(nil, sslNotXOF)
			}
		}
		return done(copied, nil)
	},
	// (name, bytes) → digest
	"hash.once": func(c cryptoCall) cryptoWork {
		d, p := digestNamed(c.text(0)), c.bytes(1)
		return func() (any, error) { return d.sum(p), nil }
	},
	// (name, key, bytes) → HMAC
	"hmac.once": func(c cryptoCall) cryptoWork {
		h, p := hmac.New(digestNamed(c.text(0)).make, c.bytes(1)), c.bytes(2)
		return func() (any, error) {
			h.Write(p)
			return h.Sum(nil), nil
		}
	},
	"equal": func(c cryptoCall) cryptoWork { return done(hmac.Equal(c.bytes(0), c.bytes(1)), nil) },
}

func (d *digest) sum(p []byte) []byte {
	h := d.make()
	h.Write(p)
	return h.Sum(nil)
}

// A shake is a hash of a size of its own choosing.
type shake struct {
	*sha3.SHAKE
	size int // of Sum
}

func (h *shake) Size() int { return h.size }

func (h *shake) Sum(p []byte) []byte { return append(p, h.read(h.size)...) }

func (h *shake) read(n int) []byte {
	x := *h.SHAKE // reading ends the writing
	p := make([]byte, n)
	io.ReadFull(&x, p)
	return p
}

// twoHashes are two of the same bytes, one result after the other.
type twoHashes struct{ first, second hash.Hash }

func (h *twoHashes) Write(p []byte) (int, error) {
	h.first.Write(p)
	return h.second.Write(p)
}

func (h *twoHashes) Sum(p []byte) []byte { return h.second.Sum(h.first.Sum(p)) }
func (h *twoHashes) Reset()              { h.first.Reset(); h.second.Reset() }
func (h *twoHashes) Size() int           { return h.first.Size() + h.second.Size() }
func (h *twoHashes) BlockSize() int      { return h.first.BlockSize() }
