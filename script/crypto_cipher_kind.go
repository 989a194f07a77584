// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/des"
	"fmt"
	"slices"
	"strings"
)

// A cipherKind is a cipher with its mode, as OpenSSL names it.
type cipherKind struct {
	name          string // of getCipherInfo
	nid           int
	mode          string
	keySize       int
	ivSize        int
	blockSize     int // 1 for streams
	shift         int // bits of CFB
	authenticated bool
	block         func(key []byte) (cipher.Block, error)
}

// cipherKinds by the name that getCiphers has.
var cipherKinds = make(map[string]*cipherKind)

// cipherAliases are other names of getCiphers.
var cipherAliases = map[string]string{
	"des3": "des-ede3-cbc", "des-ede3-ecb": "des-ede3", "des-ede-ecb": "des-ede",
}

// unsupportedCiphers are those that OpenSSL knows and does not provide.
var unsupportedCiphers = strings.Fields(`rc4 rc4-40 rc4-hmac-md5 bf bf-cbc bf-ecb bf-cfb bf-ofb blowfish des des-cbc des-ecb des-cfb
	des-cfb1 des-cfb8 des-ofb desx desx-cbc rc2 rc2-cbc rc2-ecb rc2-cfb rc2-ofb rc2-40-cbc rc2-64-cbc idea idea-cbc idea-ecb
	idea-cfb idea-ofb cast cast-cbc cast5-cbc cast5-ecb cast5-cfb cast5-ofb seed seed-cbc seed-ecb seed-cfb seed-ofb`)

func init() {
	// OpenSSL's numbers of the modes, for keys of 128, 192 and 256 bits.
	for _, m := range []struct {
		mode, name     string
		nids           [3]int
		ivSize, inform int
		shift          int
	}{
		{"cbc", "cbc", [3]int{419, 423, 427}, 16, 16, 0},
		{"ecb", "ecb", [3]int{418, 422, 426}, 0, 16, 0},
		{"ctr", "ctr", [3]int{904, 905, 906}, 16, 1, 0},
		{"ofb", "ofb", [3]int{420, 424, 428}, 16, 1, 0},
		{"cfb", "cfb", [3]int{421, 425, 429}, 16, 1, 128},
		{"cfb", "cfb1", [3]int{650, 651, 652}, 16, 1, 1},
		{"cfb", "cfb8", [3]int{653, 654, 655}, 16, 1, 8},
		{"gcm", "gcm", [3]int{895, 898, 901}, 12, 1, 0},
		{"ccm", "ccm", [3]int{896, 899, 902}, 12, 1, 0},
		{"wrap", "wrap", [3]int{788, 789, 790}, 8, 8, 0},
	} {
		for i, bits := range []int{128, 192, 256} {
			k := &cipherKind{
				name: fmt.Sprintf("aes-%d-%s", bits, m.name), nid: m.nids[i], mode: m.mode, keySize: bits / 8, ivSize: m.ivSize,
				blockSize: m.inform, shift: m.shift, authenticated: m.mode == "gcm" || m.mode == "ccm", block: aes.NewCipher,
			}
			name := k.name
			switch m.mode {
			case "gcm", "ccm":
				k.name = fmt.Sprintf("id-aes%d-%s", bits, m.name)
				cipherAliases[fmt.Sprintf("id-aes%d-%s", bits, strings.ToUpper(m.name))] = name
			case "wrap":
				k.name = fmt.Sprintf("id-aes%d-wrap", bits)
				name = fmt.Sprintf("aes%d-wrap", bits)
				cipherAliases[k.name] = name
			case "cbc":
				cipherAliases[fmt.Sprintf("aes%d", bits)] = name
			}
			cipherKinds[name] = k
		}
	}
	twoKeys := func(key []byte) (cipher.Block, error) {
		return des.NewTripleDESCipher(append(slices.Clone(key), key[:8]...))
	}
	for _, k := range []cipherKind{
		{name: "des-ede3-cbc", nid: 44, mode: "cbc", keySize: 24, ivSize: 8, blockSize: 8},
		{name: "des-ede3", nid: 33, mode: "ecb", keySize: 24, blockSize: 8},
		{name: "des-ede3-ofb", nid: 63, mode: "ofb", keySize: 24, ivSize: 8, blockSize: 1},
		{name: "des-ede3-cfb", nid: 61, mode: "cfb", keySize: 24, ivSize: 8, blockSize: 1, shift: 64},
		{name: "des-ede3-cfb1", nid: 658, mode: "cfb", keySize: 24, ivSize: 8, blockSize: 1, shift: 1},
		{name: "des-ede3-cfb8", nid: 659, mode: "cfb", keySize: 24, ivSize: 8, blockSize: 1, shift: 8},
		{name: "des-ede-cbc", nid: 43, mode: "cbc", keySize: 16, ivSize: 8, blockSize: 8},
		{name: "des-ede", nid: 32, mode: "ecb", keySize: 16, blockSize: 8},
		{name: "des-ede-ofb", nid: 62, mode: "ofb", keySize: 16, ivSize: 8, blockSize: 1},
		{name: "des-ede-cfb", nid: 60, mode: "cfb", keySize: 16, ivSize: 8, blockSize: 1, shift: 64},
		{name: "chacha20", nid: 1019, mode: "stream", keySize: 32, ivSize: 16},
		{name: "chacha20-poly1305", nid: 1018, mode: "stream", keySize: 32, ivSize: 12, authenticated: true},
	} {
		k.block = des.NewTripleDESCipher
		if k.keySize == 16 {
			k.block = twoKeys
		}
		cipherKinds[k.name] = &k
	}
}

// cipherNames are getCiphers(), in its order.
func cipherNames() []string {
	var names []string
	for name := range cipherKinds {
		names = append(names, name)
	}
	for alias := range cipherAliases {
		names = append(names, alias)
	}
	slices.Sort(names)
	return names
}

// cipherNamed returns nil if there is none of that name.
func cipherNamed(name string) *cipherKind {
	name = strings.ToLower(name)
	if k := cipherKinds[name]; k != nil {
		return k
	}
	for alias, known := range cipherAliases {
		if strings.EqualFold(alias, name) {
			return cipherKinds[known]
		}
	}
	return nil
}

// ivFits reports whether an initialization vector may have n bytes.
func (k *cipherKind) ivFits(n int) bool {
	switch {
	case k.mode == "gcm":
		return n > 0
	case k.mode == "ccm":
		return n >= 7 && n <= 13
	case k.authenticated:
		return n > 0 && n <= k.ivSize
	}
	return n == k.ivSize
}

// tagFits reports whether a tag may have n bytes.
func (k *cipherKind) tagFits(n int) bool {
	switch k.mode {
	case "gcm":
		return n == 4 || n == 8 || n >= 12 && n <= 16
	case "ccm":
		return n >= 4 && n <= 16 && n%2 == 0
	}
	return n >= 1 && n <= 16
}

// info is getCipherInfo's answer.
func (k *cipherKind) info(iv int) cryptoFields {
	f := cryptoFields{{"mode", k.mode}, {"name", k.name}, {"nid", k.nid}}
	if k.mode != "stream" {
		f = append(f, cryptoField{"blockSize", k.blockSize})
	}
	if iv > 0 {
		f = append(f, cryptoField{"ivLength", iv})
	}
	return append(f, cryptoField{"keyLength", k.keySize})
}
