// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"os"
	"sync"
	"time"
)

// selfSigned makes a certificate that only this process has, for this machine.
func selfSigned() (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "duplex serve"},
		NotBefore:    now.Add(-time.Hour), // for clocks that are late
		NotAfter:     now.AddDate(1, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if name, err := os.Hostname(); err == nil && name != "localhost" {
		template.DNSNames = append(template.DNSNames, name)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

// A certificate is that of --cert and --key. It is read again when a file has changed.
type certificate struct {
	secure *secure
	note   func(format string, args ...any)

	mu     sync.Mutex // guards what follows
	loaded *tls.Certificate
	stamp  stamp // of the files that were read last, whatever was in them
}

// A stamp tells one state of the two files from another.
type stamp struct{ cert, key fileStamp }

type fileStamp struct {
	modified time.Time
	size     int64
}

// stampNow returns the stamp of the files as they are.
func (c *certificate) stampNow() stamp {
	of := func(name string) (s fileStamp) {
		if info, err := os.Stat(name); err == nil {
			s = fileStamp{info.ModTime(), info.Size()}
		}
		return s
	}
	return stamp{of(c.secure.cert), of(c.secure.keyFile())}
}

// load reads the files.
func (c *certificate) load() error {
	c.stamp = c.stampNow()
	own, err := c.secure.load()
	if err == nil {
		c.loaded = own
	}
	return err
}

// get returns the certificate for a handshake. If the files have changed and cannot be
// used, perhaps because one of them is not written yet, the one before stays.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stampNow() != c.stamp {
		if err := c.load(); err != nil {
			c.note("the certificate before stays: %v", err)
		} else {
			c.note("the certificate has changed; its pin is %s", pinOf(c.loaded.Leaf))
		}
	}
	return c.loaded, nil
}
