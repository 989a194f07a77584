// Copyright 2026 The duplex authors. MIT license.

package testrun

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"sync"
	"time"
)

// TLS returns configurations of a server and of a client that trust each other. They
// are the same for all tests of a process, and must not be changed.
var TLS = sync.OnceValues(NewTLS)

// NewTLS returns configurations of a server and of a client that trust each other. The
// server has the name example.com and the address 127.0.0.1.
func NewTLS() (server, client *tls.Config) {
	server = &tls.Config{Certificates: []tls.Certificate{example()}}
	client = &tls.Config{RootCAs: Trusted().Pool, ServerName: "example.com"}
	return server, client
}

var example = sync.OnceValue(func() tls.Certificate {
	return Trusted().Certificate("example.com", distant)
})

// distant is when what is made once ends to be valid. It may be made in a bubble of virtual
// time, whose clock stands at 2000, and be used outside of it.
var distant = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// Trusted returns the Authority of NewTLS.
var Trusted = sync.OnceValue(NewAuthority)

// An Authority signs certificates.
type Authority struct {
	Cert *x509.Certificate
	Key  *ecdsa.PrivateKey
	Pool *x509.CertPool // trusts it
}

// NewAuthority returns an Authority that has signed itself.
func NewAuthority() *Authority {
	a := &Authority{Key: newKey(), Pool: x509.NewCertPool()}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "authority"},
		NotBefore:             time.Unix(0, 0),
		NotAfter:              distant,
		IsCA:                  true,
		DNSNames:              []string{"example.com"},
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign,
	}
	a.Cert = sign(template, template, a.Key, a.Key)
	a.Pool.AddCert(a.Cert)
	return a
}

// Certificate returns a certificate for the name and for 127.0.0.1, valid until the time.
func (a *Authority) Certificate(name string, until time.Time) tls.Certificate {
	key := newKey()
	cert := sign(&x509.Certificate{
		SerialNumber: big.NewInt(2),
		Subject:      pkix.Name{CommonName: name},
		DNSNames:     []string{name},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore:    time.Unix(0, 0),
		NotAfter:     until,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a.Cert, key, a.Key)
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key}
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func sign(template, parent *x509.Certificate, key, by *ecdsa.PrivateKey) *x509.Certificate {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		panic(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return cert
}
