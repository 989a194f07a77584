// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"
)

// A tlsContext is what a SecureContext of a script stands for. The script may change it at
// any time; connections that have begun keep the settings that they found.
type tlsContext struct {
	settings atomic.Pointer[tlsSettings]
}

// tlsSettings do not change.
type tlsSettings struct {
	low, high    uint16 // versions, 0 for crypto/tls's own
	suites       []uint16
	curves       []tls.CurveID
	certificates []tls.Certificate // those without a key last
	keys         []*cryptoKey      // that belong to no certificate yet

	trusts      []*x509.Certificate // nil without ca
	authorities *x509.CertPool      // the same
	system      bool                // the system's authorities are trusted
	partial     bool                // a certificate that is trusted ends a chain, also if it is no root
	revoked     []*x509.RevocationList

	ticketKeys [48]byte
	noTickets  bool
	lifetime   time.Duration // of tickets; 0 for crypto/tls's own
	name       string        // sessions of another are not resumed
}

var contextOperations = map[string]func(cryptoCall) cryptoWork{
	// (lowest version, highest version) → context
	"tls.context": func(c cryptoCall) cryptoWork {
		context := new(tlsContext)
		s := &tlsSettings{low: uint16(c.number(0)), high: uint16(c.number(1)), curves: usualCurves()}
		rand.Read(s.ticketKeys[:])
		context.settings.Store(s)
		return done(context, nil)
	},
	// (context, lowest version or undefined, highest version or undefined) → [lowest, highest]
	"tls.versions": func(c cryptoCall) cryptoWork {
		var low, high uint16
		return changed(c, func(s *tlsSettings) (any, error) {
			if c.has(1) {
				s.low = uint16(c.number(1))
			}
			if c.has(2) {
				s.high = uint16(c.number(2))
			}
			low, high = s.low, s.high
			return []any{int(low), int(high)}, nil
		})
	},
	// (context, PEM): of a certificate, and of those between it and an authority
	"tls.setCert": func(c cryptoCall) cryptoWork {
		return changed(c, func(s *tlsSettings) (any, error) { return nil, s.addCertificate(certificatesOf(c.bytes(1))) })
	},
	// (context, PEM, passphrase)
	"tls.setKey": func(c cryptoCall) cryptoWork {
		return changed(c, func(s *tlsSettings) (any, error) {
			passphrase := []byte{} // as Node, which tries none as an empty one
			if c.has(2) {
				passphrase = c.bytes(2)
			}
			key, err := decodePEM("private", c.bytes(1), passphrase)
			if err != nil {
				return nil, err
			}
			return nil, s.addKey(key)
		})
	},
	// (context, PEM): every certificate of it is trusted
	"tls.addCA": func(c cryptoCall) cryptoWork {
		return changed(c, func(s *tlsSettings) (any, error) {
			for _, certificate := range certificatesOf(c.bytes(1)) {
				s.trust(certificate)
			}
			return nil, nil
		})
	},
	"tls.addRoots": func(c cryptoCall) cryptoWork {
		return changed(c, func(s *tlsSettings) (any, error) { s.system = true; return nil, nil })
	},
	"tls.partial": func(c cryptoCall) cryptoWork {
		return changed(c, func(s *tlsSettings) (any, error) { s.partial = true; return nil, nil })
	},
	// (context, PEM of a list of revoked certificates)
	"tls.addCRL": func(c cryptoCall) cryptoWork {
		return changed(c, func(s *tlsSettings) (any, error) {
			block, _ := pem.Decode(c.bytes(1))
			if block == nil {
				return nil, nodeFailure("ERR_CRYPTO_OPERATION_FAILED", "Failed to parse CRL")
			}
			list, err := x509.ParseRevocationList(block.Bytes)
			if err != nil {
				return nil, nodeFailure("ERR_CRYPTO_OPERATION_FAILED", "Failed to parse CRL")
			}
			s.revoked = append(slices.Clip(s.revoked), list)
			return nil, nil
		})
	},
	// (context, names of OpenSSL, for TLS 1.2 and before)
	"tls.setCiphers": func(c cryptoCall) cryptoWork {
		return changed(c, func(s *tlsSettings) (any, error) {
			suites, err := suitesOf(c.text(1))
			s.suites = suites
			return nil, err
		})
	},
	// (context, names)
	"tls.setCurves": func(c cryptoCall) cryptoWork {
		return changed(c, func(s *tlsSettings) (any, error) {
			if c.text(1) == "auto" {
				s.curves = usualCurves()
				return nil, nil
			}
			s.curves = nil
			for name := range strings.SplitSeq(c.text(1), ":") {
				i := slices.IndexFunc(tlsCurves, func(known tlsCurve) bool { return name == known.name || name == known.also && name != "" })
				if i < 0 {
					return nil, nodeFailure("ERR_CRYPTO_OPERATION_FAILED", "Failed to set ECDH curve")
				}
				s.curves = append(s.curves, tlsCurves[i].id)
			}
			return nil, nil
		})
	},
	// (context, bytes of PKCS #12, passphrase)
	"tls.loadPKCS12": func(c cryptoCall) cryptoWork {
		return changed(c, func(s *tlsSettings) (any, error) {
			key, certificates, err := openPFX(c.bytes(1), c.bytes(2))
			if err != nil {
				return nil, err
			}
			for i, certificate := range certificates {
				if key.fits(certificate) {
					certificates[0], certificates[i] = certificate, certificates[0]
					break
				}
			}
			if err := s.addCertificate(certificates); err != nil {
				return nil, err
			}
			for _, authority := range certificates[1:] {
				s.trust(authority)
			}
			return nil, s.addKey(key)
		})
	},
	"tls.setTicketKeys": func(c cryptoCall) cryptoWork {
		return changed(c, func(s *tlsSettings) (any, error) { copy(s.ticketKeys[:], c.bytes(1)); return nil, nil })
	},
	"tls.ticketKeys": func(c cryptoCall) cryptoWork {
		keys := c.handle(0).(*tlsContext).settings.Load().ticketKeys
		return done(keys[:], nil)
	},
	// (context, without tickets, seconds or undefined, name or undefined)
	"tls.sessions": func(c cryptoCall) cryptoWork {
		return changed(c, func(s *tlsSettings) (any, error) {
			s.noTickets = s.noTickets || c.flag(1)
			if c.has(2) {
				s.lifetime = time.Duration(c.number(2)) * time.Second
			}
			if c.has(3) {
				s.name = c.text(3)
			}
			return nil, nil
		})
	},
	// (context) → [DER of the certificate, DER of its issuer], each undefined if there is none
	"tls.certificate": func(c cryptoCall) cryptoWork {
		s := c.handle(0).(*tlsContext).settings.Load()
		if len(s.certificates) == 0 {
			return done([]any{nil, nil}, nil)
		}
		chain := s.chain(s.certificates[0])
		if len(chain) < 2 {
			return done([]any{chain[0], nil}, nil)
		}
		return done([]any{chain[0], chain[1]}, nil)
	},
}

// changed is work that changes the settings of the context that is the first argument.
func changed(c cryptoCall, change func(*tlsSettings) (any, error)) cryptoWork {
	context := c.handle(0).(*tlsContext)
	s := *context.settings.Load()
	result, err := change(&s)
	if err == nil {
		context.settings.Store(&s)
	}
	return done(result, err)
}

// contextOf returns the settings of a context that a script has, nil if v is none.
func contextOf(v goja.Value) *tlsSettings {
	if context, ok := v.Export().(*tlsContext); ok {
		return context.settings.Load()
	}
	return nil
}

// certificatesOf returns those of a text that can be read.
func certificatesOf(p []byte) (all []*x509.Certificate) {
	for {
		var block *pem.Block
		if block, p = pem.Decode(p); block == nil {
			return all
		}
		if strings.HasSuffix(block.Type, "CERTIFICATE") {
			if c, err := x509.ParseCertificate(block.Bytes); err == nil {
				all = append(all, c)
			}
		}
	}
}

// trust makes a certificate one of an authority's.
func (s *tlsSettings) trust(c *x509.Certificate) {
	if s.authorities == nil {
		s.authorities = x509.NewCertPool()
	} else {
		s.authorities = s.authorities.Clone()
	}
	s.authorities.AddCert(c)
	s.trusts = append(slices.Clip(s.trusts), c)
}

// addCertificate adds the first of a chain.
func (s *tlsSettings) addCertificate(chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return sslNoStartLine
	}
	c := tls.Certificate{Leaf: chain[0]}
	for _, one := range chain {
		c.Certificate = append(c.Certificate, one.Raw)
	}
	for i, key := range s.keys {
		if key.fits(c.Leaf) {
			c.PrivateKey = key.private
			s.keys = slices.Delete(slices.Clone(s.keys), i, i+1)
			break
		}
	}
	s.certificates = append(slices.Clip(s.certificates), c)
	return nil
}

// addKey gives a key to the newest certificate that it fits. As in OpenSSL, there is a
// place for one key of a kind, so one that does not fit the certificate of its kind is an
// error.
func (s *tlsSettings) addKey(key *cryptoKey) error {
	clash := false
	for i := len(s.certificates) - 1; i >= 0; i-- {
		leaf := s.certificates[i].Leaf
		if key.fits(leaf) {
			s.certificates = slices.Clone(s.certificates)
			s.certificates[i].PrivateKey = key.private
			return nil
		}
		other, err := decodeSPKI(leaf.RawSubjectPublicKeyInfo)
		clash = clash || err == nil && other.asymmetric() == key.asymmetric()
	}
	if clash {
		return sslKeyMismatch
	}
	s.keys = append(slices.Clip(s.keys), key)
	return nil
}

// fits reports whether a certificate is that of a private key.
func (k *cryptoKey) fits(c *x509.Certificate) bool {
	public, ok := k.public.(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(c.PublicKey)
}

// chain returns what a peer is shown of a certificate: itself, those that came with it, or
// else those of the context's authorities that lead to it.
func (s *tlsSettings) chain(c tls.Certificate) [][]byte {
	if len(c.Certificate) > 1 {
		return c.Certificate
	}
	chain := [][]byte{c.Certificate[0]}
	for at := c.Leaf; len(chain) < 10 && !selfIssued(at); {
		issuer := issuerOf(at, s.trusts)
		if issuer == nil {
			break
		}
		chain = append(chain, issuer.Raw)
		at = issuer
	}
	return chain
}

// config returns the settings in crypto/tls's form.
func (s *tlsSettings) config() *tls.Config {
	c := &tls.Config{
		MinVersion: s.low, MaxVersion: s.high, CipherSuites: s.suites, CurvePreferences: s.curves,
		SessionTicketsDisabled: s.noTickets, ClientCAs: s.authorities,
	}
	for _, certificate := range s.certificates {
		if certificate.PrivateKey != nil {
			certificate.Certificate = s.chain(certificate)
			c.Certificates = append(c.Certificates, certificate)
		}
	}
	slices.SortStableFunc(c.Certificates, func(a, b tls.Certificate) int { return cmp.Compare(rank(a), rank(b)) })
	return c
}

// rank orders certificates as OpenSSL prefers them: by elliptic curves first.
func rank(c tls.Certificate) int {
	switch c.PrivateKey.(type) {
	case *ecdsa.PrivateKey:
		return 0
	case ed25519.PrivateKey:
		return 1
	}
	return 2
}

// resume has config resume sessions by the context's keys, of its name, for its time.
func (s *tlsSettings) resume(config *tls.Config) {
	config.SetSessionTicketKeys([][32]byte{sha256.Sum256(s.ticketKeys[:])})
	name := append([]byte("duplex "), s.name...)
	config.WrapSession = func(state tls.ConnectionState, session *tls.SessionState) ([]byte, error) {
		made := binary.BigEndian.AppendUint64(nil, uint64(time.Now().Unix()))
		session.Extra = append(session.Extra, name, made)
		return config.EncryptTicket(state, session)
	}
	config.UnwrapSession = func(ticket []byte, state tls.ConnectionState) (*tls.SessionState, error) {
		session, err := config.DecryptTicket(ticket, state)
		if err != nil || session == nil || len(session.Extra) < 2 {
			return nil, err
		}
		n := len(session.Extra) - 2
		known, made := session.Extra[n], session.Extra[n+1]
		session.Extra = session.Extra[:n]
		age := time.Since(time.Unix(int64(binary.BigEndian.Uint64(made)), 0))
		if !bytes.Equal(known, name) || s.lifetime > 0 && age > s.lifetime {
			return nil, nil
		}
		return session, nil
	}
}
