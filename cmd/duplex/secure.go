// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// A secure holds the flags of TLS, which serve and connect share.
type secure struct {
	tls        bool
	cert       string
	key        string
	ca         string
	alpn       string
	keylog     string
	pin        string // of connect, as are the next two
	insecure   bool
	serverName string
	handshake  time.Duration // negative is any time
	serves     bool          // the verb has no flags of clients
}

// flags returns the table of the flags that both have.
func (t *secure) flags() []flag {
	return []flag{
		{"tls", "", yes{&t.tls}},
		{"cert", "", text{&t.cert}},
		{"key", "", text{&t.key}},
		{"ca", "", text{&t.ca}},
		{"alpn", "", text{&t.alpn}},
		{"keylog", "", text{&t.keylog}},
		{"handshake-timeout", "", span{&t.handshake}},
	}
}

// clientFlags returns the table of the flags that only a client has.
func (t *secure) clientFlags() []flag {
	return []flag{
		{"pin", "", text{&t.pin}},
		{"insecure", "", yes{&t.insecure}},
		{"servername", "", text{&t.serverName}},
	}
}

// secureRules are the rules for its flags.
var secureRules = rules{
	exclusive: []string{"pin insecure ca"},
	needs: [][2]string{
		{"cert key ca alpn keylog handshake-timeout pin insecure servername", "tls"},
		{"key", "cert"},
	},
}

// prepareTimeout has 0s stand for any time.
func (t *secure) prepareTimeout(given func(flag string) bool) {
	if given("handshake-timeout") && t.handshake == 0 {
		t.handshake = -1
	}
}

// prepare notes whether the address begins with tls://, and returns the rest of it.
func (t *secure) prepare(address string, given func(flag string) bool) (rest string, err error) {
	rest, found := strings.CutPrefix(address, "tls://")
	t.tls = t.tls || found
	t.prepareTimeout(given)
	written := make(map[string]bool)
	if found {
		if rest, err = t.options(rest, given, written); err != nil {
			return "", err
		}
	}
	return rest, secureRules.check(func(flag string) bool { return given(flag) || written[flag] || flag == "tls" && t.tls })
}

// options reads the options of an address, which stand after its question mark as in a
// URL, notes them in written, and returns the rest of the address.
func (t *secure) options(address string, given func(flag string) bool, written map[string]bool) (rest string, err error) {
	const hint = "write tls://HOST:PORT?servername=NAME&pin=PIN; there are servername, pin, insecure, alpn, ca, cert and key"
	rest, query, _ := strings.Cut(address, "?")
	texts := map[string]*string{"alpn": &t.alpn, "ca": &t.ca, "cert": &t.cert, "key": &t.key}
	if !t.serves {
		texts["servername"], texts["pin"] = &t.serverName, &t.pin
	}
	for _, option := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' }) {
		name, value, valued := strings.Cut(option, "=")
		if value, err = url.PathUnescape(value); err != nil {
			return "", misuse(hint, "an option of the address cannot be read: %s", option)
		}
		if given(name) || written[name] {
			return "", misuse("once is enough", "%s is given twice", name)
		}
		written[name] = true
		switch text := texts[name]; {
		case name == "insecure" && !t.serves:
			t.insecure = true
			if valued {
				if t.insecure, err = strconv.ParseBool(value); err != nil {
					return "", misuse("write insecure=true", "insecure is true or false, not %s", value)
				}
			}
			written[name] = t.insecure
		case text == nil:
			return "", misuse(hint, "the address has an unknown option: %s", name)
		case value == "":
			return "", misuse(hint, "the option %s of the address has no value", name)
		default:
			*text = value
		}
	}
	return rest, nil
}

// base returns the configuration that both sides have in common.
func (t *secure) base() (*tls.Config, error) {
	config := new(tls.Config)
	if t.alpn != "" {
		config.NextProtos = strings.Split(t.alpn, ",")
	}
	if t.keylog != "" {
		f, err := os.OpenFile(t.keylog, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, &failure{exitOther, err.Error(), "--keylog takes the name of a file to write"}
		}
		config.KeyLogWriter = f // until the process ends
	}
	return config, nil
}

// authorities returns the certificates of --ca.
func (t *secure) authorities() (*x509.CertPool, error) {
	content, err := os.ReadFile(t.ca)
	if err != nil {
		return nil, &failure{exitOther, err.Error(), "--ca takes a file of certificates in PEM"}
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, &failure{exitOther, "no certificate in " + t.ca, "--ca takes a file of certificates in PEM"}
	}
	return pool, nil
}

// client returns the configuration of connect, nil without TLS.
func (t *secure) client() (*tls.Config, error) {
	if !t.tls {
		return nil, nil
	}
	config, err := t.base()
	if err != nil {
		return nil, err
	}
	config.ServerName = t.serverName
	config.InsecureSkipVerify = t.insecure
	if t.ca != "" {
		if config.RootCAs, err = t.authorities(); err != nil {
			return nil, err
		}
	}
	if t.pin != "" {
		want, err := hex.DecodeString(strings.TrimPrefix(t.pin, "sha256:"))
		if err != nil || len(want) != sha256.Size {
			return nil, misuse("serve --tls prints its pin", "--pin takes sha256: and 64 digits, not %s", t.pin)
		}
		config.InsecureSkipVerify = true // the pin decides instead
		config.VerifyConnection = func(state tls.ConnectionState) error {
			if got := pinOf(state.PeerCertificates[0]); got != "sha256:"+hex.EncodeToString(want) {
				return &pinError{got}
			}
			return nil
		}
	}
	if t.cert != "" {
		own, err := t.load()
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{*own}
	}
	return config, nil
}

// server returns the configuration of serve, nil without TLS. The pin is that of a
// certificate that was made for this process alone, else "". Problems that come later
// go to note.
func (t *secure) server(note func(format string, args ...any)) (config *tls.Config, pin string, err error) {
	if !t.tls {
		return nil, "", nil
	}
	if config, err = t.base(); err != nil {
		return nil, "", err
	}
	if t.ca != "" {
		config.ClientAuth = tls.RequireAndVerifyClientCert
		if config.ClientCAs, err = t.authorities(); err != nil {
			return nil, "", err
		}
	}
	if t.cert == "" {
		own, err := selfSigned()
		if err != nil {
			return nil, "", err
		}
		config.Certificates = []tls.Certificate{*own}
		return config, pinOf(own.Leaf), nil
	}
	own := &certificate{secure: t, note: note}
	if err := own.load(); err != nil {
		return nil, "", err
	}
	config.GetCertificate = own.get
	return config, "", nil
}

// load returns the certificate of --cert and --key. A key without a file of its own is in
// that of the certificate.
func (t *secure) load() (*tls.Certificate, error) {
	own, err := tls.LoadX509KeyPair(t.cert, t.keyFile())
	if err != nil {
		return nil, &failure{exitOther, strings.TrimPrefix(err.Error(), "tls: "), t.remedyOfPair(err)}
	}
	return &own, nil
}

// remedyOfPair returns what to do about a certificate and a key that cannot be loaded.
func (t *secure) remedyOfPair(err error) string {
	var unread *fs.PathError
	switch {
	case errors.As(err, &unread) && unread.Path == t.cert:
		return "--cert takes the name of a file"
	case errors.As(err, &unread):
		return "--key takes the name of a file"
	case strings.Contains(err.Error(), "does not match"):
		return "the key belongs to another certificate"
	case t.key == "" && strings.Contains(err.Error(), "certificate rather than a key"):
		return "the file has a certificate and no key; add --key FILE"
	}
	return "--cert and --key take files in PEM"
}

func (t *secure) keyFile() string {
	if t.key == "" {
		return t.cert
	}
	return t.key
}

// pinOf returns the pin of a certificate: a digest of its public key.
func pinOf(c *x509.Certificate) string {
	digest := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return "sha256:" + hex.EncodeToString(digest[:])
}

// A pinError is the failure of a server whose pin is another one.
type pinError struct{ got string }

func (e *pinError) Error() string { return "the server's pin is " + e.got }

// untrusted reports whether err is a certificate that was not accepted here.
func untrusted(err error) bool {
	var pin *pinError
	var verification *tls.CertificateVerificationError
	return errors.As(err, &pin) || errors.As(err, &verification)
}

// describeTLS returns the message for a failed handshake. Node has its code alone, which
// does not say what the names were.
func describeTLS(err error, code string, op *net.OpError) string {
	var pin *pinError
	var verification *tls.CertificateVerificationError
	switch {
	case errors.As(err, &pin):
		return "handshake: " + pin.Error()
	case errors.As(err, &verification):
		text := strings.TrimPrefix(verification.Err.Error(), "x509: ")
		if code == "" {
			return "handshake: " + text
		}
		return fmt.Sprintf("handshake %s: %s", code, text)
	case code == "":
		return "handshake: " + strings.TrimPrefix(op.Err.Error(), "tls: ")
	}
	return "handshake " + code
}

// remedyOfTLS returns what to do about a failed handshake.
func remedyOfTLS(err error, code string) string {
	var pin *pinError
	switch {
	case errors.As(err, &pin):
		return "it is another server, or it has a new key"
	case code == "ENOSPC":
		return "--keylog cannot be written; is the disk full?"
	case code == "DEPTH_ZERO_SELF_SIGNED_CERT":
		return "trust it with --pin or --ca FILE; --insecure trusts any server"
	case code == "ERR_TLS_CERT_ALTNAME_INVALID":
		return "--servername says which name the certificate has to have"
	case untrusted(err):
		return "--ca FILE names who is trusted; --insecure trusts any server"
	case code == "ERR_SSL_WRONG_VERSION_NUMBER", code == "ERR_SSL_PACKET_LENGTH_TOO_LONG", code == "ERR_SSL_UNEXPECTED_MESSAGE", code == "ECONNRESET":
		return "does the server speak TLS there? If not, leave tls:// or --tls away"
	case strings.Contains(code, "CERTIFICATE"):
		return "the server wants a certificate that it trusts: --cert and --key"
	case strings.Contains(code, "ALERT_NO_APPLICATION_PROTOCOL"):
		return "the server has none of the protocols of --alpn"
	}
	return "the two sides do not agree; -v shows more on either side"
}

// describeSecurity returns what a handshake has agreed on.
func describeSecurity(state tls.ConnectionState) string {
	text := fmt.Sprintf(" %s %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
	if state.NegotiatedProtocol != "" {
		text += ", alpn " + state.NegotiatedProtocol
	}
	if pin := peerPin(state); pin != "" {
		text += ", pin " + pin
	}
	return text
}

// peerPin returns the pin of the peer's certificate, "" if it has shown none.
func peerPin(state tls.ConnectionState) string {
	if len(state.PeerCertificates) == 0 {
		return ""
	}
	return pinOf(state.PeerCertificates[0])
}
