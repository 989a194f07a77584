// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"crypto/tls"
	"net"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
)

// A client of crypto/tls that does not accept a certificate sends an alert and closes. What
// it has not read then resets the connection.
func TestTLSAlertBeforeAResetIsTheReason(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		rig.NeedResets(t, e)
		client.ServerName = "example.net"
		d := rig.NewDropper(t, e, &duplex.Server{TLS: server})
		for range 20 {
			raw, err := net.Dial("tcp", d.At)
			if err != nil {
				t.Fatal(err)
			}
			if err := tls.Client(raw, client).Handshake(); err == nil {
				t.Fatal("the client accepts another host")
			}
			raw.(*net.TCPConn).SetLinger(0)
			raw.Close()
			if drop := rig.Wait(t, d.Drops); duplex.Code(drop.Reason) != "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE" {
				t.Errorf("dropped with %q, %v", duplex.Code(drop.Reason), drop.Reason)
			}
		}
	})
}

// plainAlert is a client's connection whose second record is an alert in plain text, as
// OpenSSL's clients send it.
type plainAlert struct{ net.Conn }

func (c plainAlert) Write(p []byte) (int, error) {
	if p[0] != 22 {
		p = []byte{21, 3, 3, 0, 2, 2, 48}
	}
	return c.Conn.Write(p)
}

func TestTLSAlertInPlainTextIsTheReason(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		server, client := rig.Configs(tls.VersionTLS13)
		client.ServerName = "example.net"
		d := rig.NewDropper(t, e, &duplex.Server{TLS: server})
		raw, err := net.Dial("tcp", d.At)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		tls.Client(plainAlert{raw}, client).Handshake()
		if drop := rig.Wait(t, d.Drops); duplex.Code(drop.Reason) != "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA" {
			t.Errorf("dropped with %q, %v", duplex.Code(drop.Reason), drop.Reason)
		}
	})
}

func TestTLSResetBeforeTheFirstRecordCostsNoHandshake(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedResets(t, e)
		server, client := rig.Configs(tls.VersionTLS13)
		entered, leave := make(chan struct{}), make(chan struct{})
		certificate := server.Certificates[0]
		server.Certificates = nil
		server.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			close(entered)
			<-leave
			return &certificate, nil
		}
		d := rig.NewDropper(t, e, &duplex.Server{TLS: server, MaxHandshakes: 1})
		first := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", d.At, nil)
		defer first.Destroy(nil)
		rig.Wait(t, entered)
		defer close(leave)
		raw, err := net.Dial("tcp", d.At)
		if err != nil {
			t.Fatal(err)
		}
		raw.Write([]byte("\x16\x03\x01\x02"))
		rig.Until(t, "the client is accepted", func() bool { return d.Len() == 2 })
		raw.(*net.TCPConn).SetLinger(0)
		raw.Close()
		if drop := rig.Wait(t, d.Drops); duplex.Code(drop.Reason) != "ECONNRESET" {
			t.Errorf("dropped with %q, %v", duplex.Code(drop.Reason), drop.Reason)
		}
	})
}
