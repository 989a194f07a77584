// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"slices"
	"time"

	"github.com/duplex-go/duplex"
)

// A verdict is what is thought of a peer's certificate.
type verdict struct {
	code  string // OpenSSL's; "" if the certificate is accepted
	chain []*x509.Certificate
}

// verdictTexts are OpenSSL's words.
var verdictTexts = map[string]string{
	"UNABLE_TO_GET_ISSUER_CERT":         "unable to get issuer certificate",
	"UNABLE_TO_GET_CRL":                 "unable to get certificate CRL",
	"CERT_SIGNATURE_FAILURE":            "certificate signature failure",
	"CRL_SIGNATURE_FAILURE":             "CRL signature failure",
	"CERT_NOT_YET_VALID":                "certificate is not yet valid",
	"CERT_HAS_EXPIRED":                  "certificate has expired",
	"CRL_HAS_EXPIRED":                   "CRL has expired",
	"DEPTH_ZERO_SELF_SIGNED_CERT":       "self-signed certificate",
	"SELF_SIGNED_CERT_IN_CHAIN":         "self-signed certificate in certificate chain",
	"UNABLE_TO_GET_ISSUER_CERT_LOCALLY": "unable to get local issuer certificate",
	"UNABLE_TO_VERIFY_LEAF_SIGNATURE":   "unable to verify the first certificate",
	"CERT_REVOKED":                      "certificate revoked",
	"INVALID_CA":                        "invalid CA certificate",
	"PATH_LENGTH_EXCEEDED":              "path length constraint exceeded",
	"INVALID_PURPOSE":                   "unsuitable certificate purpose",
	"CERT_REJECTED":                     "certificate rejected",
}

// verify judges the certificates of a peer. Both must accept them: crypto/x509, and the
// rules of OpenSSL, which have the words.
func (s *tlsSettings) verify(peer []*x509.Certificate, purpose x509.ExtKeyUsage) *verdict {
	if len(peer) == 0 {
		return &verdict{code: "UNABLE_TO_GET_ISSUER_CERT"}
	}
	options := x509.VerifyOptions{Roots: s.roots(), Intermediates: x509.NewCertPool(), KeyUsages: []x509.ExtKeyUsage{purpose}}
	for _, c := range peer[1:] {
		options.Intermediates.AddCert(c)
	}
	chains, err := peer[0].Verify(options)
	trusts := s.trusts
	if err == nil && len(chains) > 0 {
		trusts = append(slices.Clip(trusts), chains[0][len(chains[0])-1])
	}
	t := &trial{settings: s, trusts: trusts, now: time.Now()}
	t.build(peer)
	t.checkPurpose(purpose)
	t.checkRevoked()
	t.checkSignatures()
	if t.code == "" && err != nil {
		err = &tls.CertificateVerificationError{UnverifiedCertificates: peer, Err: err}
		t.code = cmp.Or(duplex.Code(err), "CERT_REJECTED")
	}
	return &verdict{t.code, t.chain}
}

// roots returns the authorities that are trusted.
func (s *tlsSettings) roots() *x509.CertPool {
	pool := s.authorities
	if s.system {
		system, err := x509.SystemCertPool()
		if err == nil {
			pool = system
			for _, c := range s.trusts {
				pool.AddCert(c)
			}
		}
	}
	if pool == nil {
		pool = x509.NewCertPool()
	}
	return pool
}

// A trial is OpenSSL's way to check a chain. It goes on after a fault, and the last one
// counts.
type trial struct {
	settings *tlsSettings
	trusts   []*x509.Certificate
	now      time.Time
	chain    []*x509.Certificate
	code     string
}

// build finds the chain from the peer's certificate up to an authority.
func (t *trial) build(peer []*x509.Certificate) {
	at := peer[0]
	t.chain = []*x509.Certificate{at}
	local := false
	for !selfIssued(at) {
		issuer := issuerOf(at, t.trusts)
		local = local || issuer != nil
		if !local {
			issuer = issuerOf(at, peer[1:])
		}
		if issuer == nil || slices.ContainsFunc(t.chain, issuer.Equal) {
			break
		}
		t.chain = append(t.chain, issuer)
		at = issuer
	}
	trusted := func(c *x509.Certificate) bool { return slices.ContainsFunc(t.trusts, c.Equal) }
	switch root := selfIssued(at); {
	case root && trusted(at), t.settings.partial && slices.ContainsFunc(t.chain, trusted):
	case root && len(t.chain) == 1:
		t.code = "DEPTH_ZERO_SELF_SIGNED_CERT"
	case root:
		t.code = "SELF_SIGNED_CERT_IN_CHAIN"
	case local:
		t.code = "UNABLE_TO_GET_ISSUER_CERT"
	default:
		t.code = "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"
	}
}

// checkPurpose checks what the certificates may be used for.
func (t *trial) checkPurpose(purpose x509.ExtKeyUsage) {
	between := 0 // authorities below that are not roots
	for i, c := range t.chain {
		uses := len(c.ExtKeyUsage) + len(c.UnknownExtKeyUsage)
		switch {
		case i > 0 && !(c.BasicConstraintsValid && c.IsCA) && !(c.Version < 3 && selfIssued(c)):
			t.code = "INVALID_CA"
		case i > 0 && c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageCertSign == 0:
			t.code = "INVALID_CA"
		case uses > 0 && !slices.Contains(c.ExtKeyUsage, purpose) && !slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageAny):
			t.code = "INVALID_PURPOSE"
		}
		if limited := c.MaxPathLen > 0 || c.MaxPathLenZero; i > 1 && limited && between > c.MaxPathLen {
			t.code = "PATH_LENGTH_EXCEEDED"
		}
		if i > 0 && !selfIssued(c) {
			between++
		}
	}
}

// checkRevoked looks for every certificate of the chain in the lists of the context, if
// there are any.
func (t *trial) checkRevoked() {
	if len(t.settings.revoked) == 0 {
		return
	}
	for i, c := range t.chain {
		issuer := c
		if i+1 < len(t.chain) {
			issuer = t.chain[i+1]
		}
		at := slices.IndexFunc(t.settings.revoked, func(l *x509.RevocationList) bool { return bytes.Equal(l.RawIssuer, c.RawIssuer) })
		if at < 0 {
			t.code = "UNABLE_TO_GET_CRL"
			continue
		}
		list := t.settings.revoked[at]
		switch {
		case list.CheckSignatureFrom(issuer) != nil:
			t.code = "CRL_SIGNATURE_FAILURE"
		case !list.NextUpdate.IsZero() && t.now.After(list.NextUpdate):
			t.code = "CRL_HAS_EXPIRED"
		}
		for _, entry := range list.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(c.SerialNumber) == 0 {
				t.code = "CERT_REVOKED"
			}
		}
	}
}

// checkSignatures checks signatures and times, beginning with the authority's.
func (t *trial) checkSignatures() {
	if len(t.chain) == 1 && !selfIssued(t.chain[0]) {
		t.code = "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
	}
	for i := len(t.chain) - 1; i >= 0; i-- {
		c := t.chain[i]
		if i+1 < len(t.chain) && !signs(t.chain[i+1], c) {
			t.code = "CERT_SIGNATURE_FAILURE"
		}
		switch {
		case t.now.Before(c.NotBefore):
			t.code = "CERT_NOT_YET_VALID"
		case t.now.After(c.NotAfter):
			t.code = "CERT_HAS_EXPIRED"
		}
	}
}

// selfIssued reports whether a certificate names itself as its issuer.
func selfIssued(c *x509.Certificate) bool { return issues(c, c) }

// issues reports whether issuer may be the one that c names.
func issues(issuer, c *x509.Certificate) bool {
	same := len(c.AuthorityKeyId) == 0 || len(issuer.SubjectKeyId) == 0 || bytes.Equal(c.AuthorityKeyId, issuer.SubjectKeyId)
	return bytes.Equal(issuer.RawSubject, c.RawIssuer) && same
}

func signs(issuer, c *x509.Certificate) bool {
	return issuer.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// issuerOf returns the issuer of c among others: one whose key has signed c, if possible.
func issuerOf(c *x509.Certificate, among []*x509.Certificate) (found *x509.Certificate) {
	for _, other := range among {
		if !issues(other, c) || other.Equal(c) {
			continue
		}
		if signs(other, c) {
			return other
		}
		if found == nil {
			found = other
		}
	}
	return found
}
