// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// attributeNames are the short names of what a subject has.
var attributeNames = map[string]string{
	"2.5.4.3": "CN", "2.5.4.4": "SN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "street",
	"2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.12": "title", "2.5.4.17": "postalCode", "2.5.4.42": "GN",
	"1.2.840.113549.1.9.1": "emailAddress", "0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
}

var (
	oidSubjectAltName = asn1.ObjectIdentifier{2, 5, 29, 17}
	oidKeyPurpose     = asn1.ObjectIdentifier{2, 5, 29, 37}
	oidInfoAccess     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 1}
	accessMethods     = map[string]string{"1.3.6.1.5.5.7.48.1": "OCSP", "1.3.6.1.5.5.7.48.2": "CA Issuers"}
)

var certificateOperations = map[string]func(cryptoCall) cryptoWork{
	// (bytes, PEM or DER) → certificate
	"certificate": func(c cryptoCall) cryptoWork {
		p := append([]byte{}, c.bytes(0)...)
		if block, _ := pem.Decode(p); block != nil && strings.HasSuffix(block.Type, "CERTIFICATE") {
			p = block.Bytes
		}
		certificate, err := x509.ParseCertificate(p)
		if err != nil {
			return done(nil, sslNoStartLine)
		}
		return done(certificate, nil)
	},
	"certificate.fields": func(c cryptoCall) cryptoWork { return done(certificateFields(c.handle(0).(*x509.Certificate)), nil) },
	"certificate.key": func(c cryptoCall) cryptoWork {
		return done(decodeSPKI(c.handle(0).(*x509.Certificate).RawSubjectPublicKeyInfo))
	},
	// (certificate, other) → whether the other may have issued it
	"certificate.issued": func(c cryptoCall) cryptoWork {
		subject, issuer := c.handle(0).(*x509.Certificate), c.handle(1).(*x509.Certificate)
		switch {
		case !bytes.Equal(subject.RawIssuer, issuer.RawSubject):
			return done(false, nil)
		case len(subject.AuthorityKeyId) > 0 && len(issuer.SubjectKeyId) > 0 && !bytes.Equal(subject.AuthorityKeyId, issuer.SubjectKeyId):
			return done(false, nil)
		}
		return done(issuer.KeyUsage == 0 || issuer.KeyUsage&x509.KeyUsageCertSign != 0, nil)
	},
	// (certificate, public key) → whether the key has signed it
	"certificate.verify": func(c cryptoCall) cryptoWork {
		certificate, issuer := c.handle(0).(*x509.Certificate), &x509.Certificate{PublicKey: c.key(1).public}
		err := issuer.CheckSignature(certificate.SignatureAlgorithm, certificate.RawTBSCertificate, certificate.Signature)
		return done(err == nil, nil)
	},
}

func certificateFields(c *x509.Certificate) cryptoFields {
	subject, subjectText := distinguishedName(c.RawSubject)
	issuer, issuerText := distinguishedName(c.RawIssuer)
	const date = "Jan _2 15:04:05 2006 GMT"
	serial := strings.ToUpper(hex.EncodeToString(c.SerialNumber.Bytes()))
	if serial == "" {
		serial = "00"
	}
	f := cryptoFields{
		{"subject", subjectText}, {"subjectParts", subject}, {"issuer", issuerText}, {"issuerParts", issuer},
		{"validFrom", c.NotBefore.UTC().Format(date)}, {"validTo", c.NotAfter.UTC().Format(date)}, {"serialNumber", serial},
		{"raw", c.Raw}, {"ca", c.BasicConstraintsValid && c.IsCA}, {"pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))},
	}
	for _, extension := range c.Extensions {
		switch {
		case extension.Id.Equal(oidSubjectAltName):
			names, text := generalNames(extension.Value)
			f = append(f, cryptoField{"names", names}, cryptoField{"subjectAltName", text})
		case extension.Id.Equal(oidKeyPurpose):
			var purposes []asn1.ObjectIdentifier
			asn1.Unmarshal(extension.Value, &purposes)
			list := []any{}
			for _, id := range purposes {
				list = append(list, id.String())
			}
			f = append(f, cryptoField{"keyUsage", list})
		case extension.Id.Equal(oidInfoAccess):
			var descriptions []struct {
				Method   asn1.ObjectIdentifier
				Location asn1.RawValue
			}
			asn1.Unmarshal(extension.Value, &descriptions)
			list := []any{}
			for _, d := range descriptions {
				method := accessMethods[d.Method.String()]
				if method == "" {
					method = d.Method.String()
				}
				kind, value := generalName(d.Location)
				list = append(list, []any{method + " - " + kind, value})
			}
			f = append(f, cryptoField{"infoAccess", list})
		}
	}
	if key, ok := c.PublicKey.(*rsa.PublicKey); ok {
		f = append(f, cryptoField{"modulus", strings.ToUpper(hex.EncodeToString(key.N.Bytes()))}, cryptoField{"exponent", fmt.Sprintf("0x%x", key.E)})
	}
	return append(f, cryptoField{"spki", c.RawSubjectPublicKeyInfo})
}

// distinguishedName returns the attributes in order, each a name and a value, and a
// line for each, with the escapes of RFC 2253.
func distinguishedName(raw []byte) (parts []any, text string) {
	var sequence pkix.RDNSequence
	asn1.Unmarshal(raw, &sequence)
	parts = []any{}
	var lines []string
	for _, set := range sequence {
		var line []string
		for _, attribute := range set {
			name := attributeNames[attribute.Type.String()]
			if name == "" {
				name = attribute.Type.String()
			}
			value := fmt.Sprint(attribute.Value)
			parts = append(parts, []any{name, value})
			line = append(line, name+"="+escapeName(value))
		}
		lines = append(lines, strings.Join(line, " + "))
	}
	return parts, strings.Join(lines, "\n")
}

func escapeName(value string) string {
	var b strings.Builder
	for i, c := range value {
		edge := i == 0 && (c == ' ' || c == '#') || i == len(value)-1 && c == ' '
		if edge || strings.ContainsRune(`,+"\<>;`, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// generalNames returns the names of an extension, each a kind and a value, and Node's
// text of them.
func generalNames(p []byte) (names []any, text string) {
	var all asn1.RawValue
	asn1.Unmarshal(p, &all)
	names = []any{}
	var words []string
	for rest := all.Bytes; len(rest) > 0; {
		var one asn1.RawValue
		var err error
		if rest, err = asn1.Unmarshal(rest, &one); err != nil {
			break
		}
		kind, value := generalName(one)
		names = append(names, []any{kind, value})
		// What could be taken for more than one name is quoted.
		if strings.ContainsAny(value, `,"'\`) || strings.ContainsFunc(value, func(c rune) bool { return c < ' ' || c > '~' }) {
			value = strconv.Quote(value)
		}
		words = append(words, kind+":"+value)
	}
	return names, strings.Join(words, ", ")
}

func generalName(one asn1.RawValue) (kind, value string) {
	switch one.Tag {
	case 1:
		return "email", string(one.Bytes)
	case 2:
		return "DNS", string(one.Bytes)
	case 4:
		_, text := distinguishedName(one.Bytes)
		return "DirName", strings.ReplaceAll(text, "\n", ",")
	case 6:
		return "URI", string(one.Bytes)
	case 7:
		if ip := net.IP(one.Bytes); len(ip) == net.IPv4len {
			return "IP Address", ip.String()
		}
		var groups []string
		for i := 0; i+1 < len(one.Bytes); i += 2 {
			groups = append(groups, fmt.Sprintf("%X", int(one.Bytes[i])<<8|int(one.Bytes[i+1])))
		}
		return "IP Address", strings.Join(groups, ":")
	case 8:
		var id asn1.ObjectIdentifier
		asn1.Unmarshal(append([]byte{6, byte(len(one.Bytes))}, one.Bytes...), &id)
		return "Registered ID", id.String()
	}
	return "othername", "<unsupported>"
}
