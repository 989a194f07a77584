// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// makeCertificate writes a certificate for 127.0.0.1 that signs itself, and its key, to
// a file. It returns its pin.
func makeCertificate(t *testing.T, path string) (pin string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: filepath.Base(path)},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	text = append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return pinOf(leaf)
}

// talkSecurely connects with flags and returns what the process is left with.
func talkSecurely(t *testing.T, address string, code int, flags ...string) *process {
	t.Helper()
	p := command(append([]string{"connect", "tls://" + address, "--send", "x"}, flags...)...)
	launch(t, p)
	p.stdin.Close()
	p.exits(t, code)
	return p
}

// A certificate of a file is trusted by --ca. When the file has changed, the server has
// the new one; a file that cannot be read leaves it the one before.
func TestCertificateIsReadAgain(t *testing.T) {
	dir := t.TempDir()
	path, first, second := filepath.Join(dir, "server"), filepath.Join(dir, "first"), filepath.Join(dir, "second")
	makeCertificate(t, first)
	pin := makeCertificate(t, second)
	replace := func(by string) {
		t.Helper()
		text, err := os.ReadFile(by)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	replace(first)
	server, address := startServe(t, "--tls", "--cert", path, "--echo")
	if p := talkSecurely(t, address, 0, "--ca", first); p.out.String() != "x" {
		t.Errorf("the answer is %q", p.out.String())
	}
	if err := os.WriteFile(path, []byte("half of a"), 0o600); err != nil {
		t.Fatal(err)
	}
	talkSecurely(t, address, 0, "--ca", first)
	if _, err := server.errOut.await(`note       the certificate before stays: `); err != nil {
		t.Error(err)
	}
	replace(second)
	talkSecurely(t, address, 0, "--pin", pin)
	talkSecurely(t, address, 60, "--ca", first)
	if _, err := server.errOut.await(`note       the certificate has changed; its pin is ` + pin); err != nil {
		t.Error(err)
	}
}

// A server that breaks off without TLS's end may have more to say. The bytes that came
// are printed, and the exit code is that of a connection that broke off.
func TestTruncationIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "server")
	pin := makeCertificate(t, path)
	pair, err := tls.LoadX509KeyPair(path, path)
	if err != nil {
		t.Fatal(err)
	}
	address, _ := listen(t, func(conn *net.TCPConn) {
		secured := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{pair}})
		io.WriteString(secured, "half of a")
		conn.CloseWrite()
		io.Copy(io.Discard, conn) // so nothing is unread, which would be a reset
	})
	p := talkSecurely(t, address, 56, "--pin", pin)
	if got := p.out.String(); got != "half of a" {
		t.Errorf("stdout: %q", got)
	}
	const want = "error      read ERR_SSL_UNEXPECTED_EOF_WHILE_READING\n" +
		"hint       the peer broke off without TLS's end, so what came may not be all\n"
	if got := p.errOut.String(); got != want {
		t.Errorf("stderr: %q, want %q", got, want)
	}
}

// With --ca, a server wants certificates of its clients.
func TestClientsNeedACertificate(t *testing.T) {
	dir := t.TempDir()
	own, mine, other, keys := filepath.Join(dir, "own"), filepath.Join(dir, "mine"), filepath.Join(dir, "other"), filepath.Join(dir, "keys")
	pin := makeCertificate(t, own)
	client := makeCertificate(t, mine)
	makeCertificate(t, other)
	server, address := startServe(t, "--tls", "--cert", own, "--ca", mine, "--echo", "-v", "--keylog", keys)
	p := talkSecurely(t, address, 0, "--pin", pin, "--cert", mine)
	if p.out.String() != "x" {
		t.Errorf("the answer is %q", p.out.String())
	}
	server.await(t, `secure     #1 TLS 1\.3 \S+, pin `+client)
	for _, flags := range [][]string{{"--pin", pin}, {"--pin", pin, "--cert", other}} {
		p := talkSecurely(t, address, 35, flags...)
		if got := p.errOut.String(); !strings.Contains(got, "hint       ") {
			t.Errorf("%q: stderr is %s", flags, got)
		}
	}
	server.await(t, `drop       127\.0\.0\.1:\d+ handshake`)
	if text, err := os.ReadFile(keys); err != nil || !strings.Contains(string(text), "CLIENT_HANDSHAKE_TRAFFIC_SECRET ") {
		t.Errorf("--keylog wrote %q, %v", text, err)
	}
	wrong := launch(t, command("serve", "127.0.0.1:0", "--tls", "--cert", own, "--ca", keys))
	wrong.exits(t, 1)
	if got := wrong.errOut.String(); !strings.Contains(got, "no certificate in ") {
		t.Errorf("stderr: %s", got)
	}
}

// The hint on a certificate that cannot be loaded says what is wrong with its files.
func TestHintsOnCertificates(t *testing.T) {
	dir := t.TempDir()
	one, other, alone := filepath.Join(dir, "one"), filepath.Join(dir, "other"), filepath.Join(dir, "alone")
	makeCertificate(t, one)
	makeCertificate(t, other)
	content, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(content)
	if err := os.WriteFile(alone, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, files := range map[string]secure{
		"the key belongs to another certificate":                {cert: one, key: other},
		"--cert takes the name of a file":                       {cert: filepath.Join(dir, "none"), key: one},
		"--key takes the name of a file":                        {cert: one, key: filepath.Join(dir, "none")},
		"the file has a certificate and no key; add --key FILE": {cert: alone},
		"--cert and --key take files in PEM":                    {cert: one, key: os.Args[0]},
	} {
		_, err := files.load()
		if f, ok := err.(*failure); !ok || f.hint != want {
			t.Errorf("the error is %v, want one with the hint %q", err, want)
		}
	}
}
