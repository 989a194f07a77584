// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"math/big"
	"time"

	"github.com/duplex-go/duplex"
)

// A server and a client with TLS. The certificate is made here; a program reads it with
// tls.LoadX509KeyPair.
func ExampleServer_tls() {
	certificate, roots := selfSigned("example.com")
	srv := &duplex.Server{
		TLS: &tls.Config{Certificates: []tls.Certificate{certificate}},
		Handler: &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { s.Server().Unlisten() },
			OnData:    func(s *duplex.Socket, p []byte) { s.Write(bytes.ToUpper(p)) },
		},
		OnDrop: func(d duplex.Drop) { log.Println("refused", d.Remote, d.Reason) },
	}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	client := &duplex.Client{TLS: &tls.Config{RootCAs: roots, ServerName: "example.com"}}
	client.Connect(context.Background(), "tcp", srv.Addr().String(), &duplex.Handler{
		OnSecure: func(s *duplex.Socket) {
			fmt.Println(tls.VersionName(s.ConnectionState().Version))
			s.WriteString("hello")
		},
		OnData: func(s *duplex.Socket, p []byte) {
			fmt.Printf("%s\n", p)
			s.End()
		},
		OnError: func(_ *duplex.Socket, err error) { fmt.Println(duplex.Code(err), err) },
	})
	duplex.Wait()
	// Output:
	// TLS 1.3
	// HELLO
}

// A protocol that begins in plain text, and agrees on TLS.
func ExampleSocket_StartTLS() {
	certificate, roots := selfSigned("example.com")
	secret := &duplex.Handler{
		Split:  bufio.ScanLines,
		OnData: func(s *duplex.Socket, line []byte) { fmt.Printf("in secret: %s\n", line) },
	}
	srv := &duplex.Server{Handler: &duplex.Handler{
		Split:     bufio.ScanLines,
		OnConnect: func(s *duplex.Socket) { s.Server().Unlisten() },
		OnData: func(s *duplex.Socket, line []byte) {
			if string(line) == "STARTTLS" {
				s.WriteString("go ahead\n") // the last line in plain text
				s.StartTLS(duplex.ServerSide, &tls.Config{Certificates: []tls.Certificate{certificate}}, secret)
			}
		},
	}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	s := duplex.Connect("tcp", srv.Addr().String(), &duplex.Handler{
		Split: bufio.ScanLines,
		OnData: func(s *duplex.Socket, line []byte) {
			fmt.Printf("in plain text: %s\n", line)
			s.StartTLS(duplex.ClientSide, &tls.Config{RootCAs: roots, ServerName: "example.com"}, nil)
			s.WriteString("the password\n") // waits for the handshake
			s.End()
		},
	})
	s.WriteString("STARTTLS\n")
	duplex.Wait()
	// Output:
	// in plain text: go ahead
	// in secret: the password
}

// selfSigned returns a certificate for the name, and a pool that trusts it.
func selfSigned(name string) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		log.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		log.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
