// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"crypto/tls"
	"slices"
	"strings"
)

// A tlsCurve is a group of a key exchange.
type tlsCurve struct {
	id    tls.CurveID
	name  string // OpenSSL's
	also  string
	bits  int
	usual bool
}

// tlsCurves are in the order that Node prefers. Those that are not usual are for scripts
// that ask for them.
var tlsCurves = []tlsCurve{
	{tls.X25519, "X25519", "x25519", 253, true},
	{tls.CurveP256, "prime256v1", "P-256", 256, true},
	{tls.CurveP521, "secp521r1", "P-521", 521, true},
	{tls.CurveP384, "secp384r1", "P-384", 384, true},
	{tls.X25519MLKEM768, "X25519MLKEM768", "", 256, false},
}

func usualCurves() (ids []tls.CurveID) {
	for _, c := range tlsCurves {
		if c.usual {
			ids = append(ids, c.id)
		}
	}
	return ids
}

// A tlsSuite is a cipher suite by OpenSSL's name, with the words by which a list can name
// it.
type tlsSuite struct {
	id      uint16
	name    string
	version string // OpenSSL's, in which it came up
	words   string
}

// tlsSuites are those of crypto/tls, in the order of OpenSSL's list.
var tlsSuites = []tlsSuite{
	{tls.TLS_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384", "TLSv1.3", ""},
	{tls.TLS_CHACHA20_POLY1305_SHA256, "TLS_CHACHA20_POLY1305_SHA256", "TLSv1.3", ""},
	{tls.TLS_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256", "TLSv1.3", ""},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, "ECDHE-ECDSA-AES256-GCM-SHA384", "TLSv1.2", "ECDHE ECDSA AESGCM AES256 AES SHA384 AEAD HIGH"},
	{tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, "ECDHE-RSA-AES256-GCM-SHA384", "TLSv1.2", "ECDHE aRSA AESGCM AES256 AES SHA384 AEAD HIGH"},
	{tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-ECDSA-CHACHA20-POLY1305", "TLSv1.2", "ECDHE ECDSA CHACHA20 AEAD HIGH"},
	{tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, "ECDHE-RSA-CHACHA20-POLY1305", "TLSv1.2", "ECDHE aRSA CHACHA20 AEAD HIGH"},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, "ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2", "ECDHE ECDSA AESGCM AES128 AES SHA256 AEAD HIGH"},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ECDHE-RSA-AES128-GCM-SHA256", "TLSv1.2", "ECDHE aRSA AESGCM AES128 AES SHA256 AEAD HIGH"},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, "ECDHE-ECDSA-AES128-SHA256", "TLSv1.2", "ECDHE ECDSA AES128 AES SHA256 HIGH"},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256, "ECDHE-RSA-AES128-SHA256", "TLSv1.2", "ECDHE aRSA AES128 AES SHA256 HIGH"},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, "ECDHE-ECDSA-AES256-SHA", "TLSv1.0", "ECDHE ECDSA AES256 AES SHA HIGH"},
	{tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "ECDHE-RSA-AES256-SHA", "TLSv1.0", "ECDHE aRSA AES256 AES SHA HIGH"},
	{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, "ECDHE-ECDSA-AES128-SHA", "TLSv1.0", "ECDHE ECDSA AES128 AES SHA HIGH"},
	{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, "ECDHE-RSA-AES128-SHA", "TLSv1.0", "ECDHE aRSA AES128 AES SHA HIGH"},
	{tls.TLS_RSA_WITH_AES_256_GCM_SHA384, "AES256-GCM-SHA384", "TLSv1.2", "kRSA aRSA AESGCM AES256 AES SHA384 AEAD HIGH"},
	{tls.TLS_RSA_WITH_AES_128_GCM_SHA256, "AES128-GCM-SHA256", "TLSv1.2", "kRSA aRSA AESGCM AES128 AES SHA256 AEAD HIGH"},
	{tls.TLS_RSA_WITH_AES_128_CBC_SHA256, "AES128-SHA256", "TLSv1.2", "kRSA aRSA AES128 AES SHA256 HIGH"},
	{tls.TLS_RSA_WITH_AES_256_CBC_SHA, "AES256-SHA", "SSLv3", "kRSA aRSA AES256 AES SHA HIGH"},
	{tls.TLS_RSA_WITH_AES_128_CBC_SHA, "AES128-SHA", "SSLv3", "kRSA aRSA AES128 AES SHA HIGH"},
}

// suite returns the suite of a connection.
func suite(id uint16) tlsSuite {
	for _, s := range tlsSuites {
		if s.id == id {
			return s
		}
	}
	return tlsSuite{name: tls.CipherSuiteName(id), version: "TLSv1.2"}
}

func suiteNames() (names []string) {
	for _, s := range tlsSuites {
		names = append(names, strings.ToLower(s.name))
	}
	slices.Sort(names)
	return names
}

// synonyms are other words of OpenSSL for those of tlsSuites.
var synonyms = map[string]string{
	"EECDH": "ECDHE", "kECDHE": "ECDHE", "kEECDH": "ECDHE", "aECDSA": "ECDSA", "RSA": "kRSA", "SHA1": "SHA",
}

// is reports whether a suite has a name, or all of several words that + joins.
func (s tlsSuite) is(name string) bool {
	if s.name == name {
		return true
	}
	for word := range strings.SplitSeq(name, "+") {
		if other := synonyms[word]; other != "" {
			word = other
		}
		switch {
		case word == "ALL", word == "DEFAULT":
		case word == s.version, slices.Contains(strings.Fields(s.words), word):
		default:
			return false
		}
	}
	return true
}

// suitesOf reads a list of OpenSSL's: what it adds, and what ! and - take away. It returns
// nil for a list without suites of TLS 1.2, and an error for one that names only what there
// is not.
func suitesOf(list string) ([]uint16, error) {
	if list == "" {
		return nil, nil
	}
	var chosen []tlsSuite
	never := make(map[uint16]bool)
	known := false
	for _, rule := range strings.FieldsFunc(list, func(c rune) bool { return c == ':' || c == ',' || c == ' ' }) {
		if rule[0] == '@' {
			continue // an order, or a level of security: crypto/tls has its own
		}
		name := strings.TrimLeft(rule, "!-+")
		for _, s := range tlsSuites {
			if s.words == "" || !s.is(name) {
				continue
			}
			at := slices.IndexFunc(chosen, func(c tlsSuite) bool { return c.id == s.id })
			switch rule[0] {
			case '!':
				never[s.id] = true
				fallthrough
			case '-':
				if at >= 0 {
					chosen = slices.Delete(chosen, at, at+1)
				}
			case '+': // its place in the order
			default:
				known = true
				if at < 0 && !never[s.id] {
					chosen = append(chosen, s)
				}
			}
		}
	}
	if !known || len(chosen) == 0 {
		return nil, sslNoCipherMatch
	}
	ids := make([]uint16, len(chosen))
	for i, s := range chosen {
		ids[i] = s.id
	}
	return ids, nil
}
