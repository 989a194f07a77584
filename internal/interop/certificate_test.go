// Copyright 2026 The duplex authors. MIT license.

package interop

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// An authority signs certificates, and keeps them as files of a folder: ca.pem, and for
// each name NAME.pem and NAME.key.
type authority struct {
	dir  string
	pool *x509.CertPool
}

// newAuthority returns an authority with certificates of the names "server", which is
// example.com and 127.0.0.1, and "client". The certificate "stranger" has signed itself.
func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir(), pool: x509.NewCertPool()}
	ca, key := a.issue(t, "ca", nil, nil)
	a.pool.AddCert(ca)
	a.issue(t, "server", ca, key)
	a.issue(t, "client", ca, key)
	a.issue(t, "stranger", nil, nil)
	return a
}

// issue makes a certificate, which signs itself if parent is nil.
func (a *authority) issue(t *testing.T, name string, parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(time.Now().UnixNano()),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		DNSNames:              []string{"example.com"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	if parent == nil {
		parent, by, template.IsCA = template, key, true
		template.KeyUsage |= x509.KeyUsageCertSign
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, a.file(name+".pem"), "CERTIFICATE", der)
	write(t, a.file(name+".key"), "PRIVATE KEY", secret)
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func write(t *testing.T, file, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// file returns the path of a file of the folder.
func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

// load returns a certificate with its key.
func (a *authority) load(t *testing.T, name string) []tls.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(a.file(name+".pem"), a.file(name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	return []tls.Certificate{pair}
}
