// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"testing"
	"time"

	"github.com/duplex-go/duplex/duplextest"
)

// A visitor asks a server of lines one question after another. It uses package net, so that
// what it measures is the server.
type visitor struct {
	conn    net.Conn
	answers *bufio.Reader
}

// visit returns a visitor of the nth server of v. It says hello first, and speaks TLS if the
// server does.
func visit(v *service, nth int, hello string) (*visitor, error) {
	conn, err := net.Dial("tcp", v.Addrs[nth])
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(conn, hello); err != nil {
		conn.Close()
		return nil, err
	}
	if v.kinds[nth] == "secure" {
		conn = tls.Client(conn, v.clients)
	}
	return &visitor{conn, bufio.NewReaderSize(conn, 64)}, nil
}

// newVisitor is visit. The visitor leaves with the test.
func newVisitor(t testing.TB, v *service, nth int, hello string) *visitor {
	t.Helper()
	u, err := visit(v, nth, hello)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.conn.Close() })
	return u
}

// once asks one question, and returns how long the answer took.
func (u *visitor) once() (time.Duration, error) {
	asked := time.Now()
	u.conn.SetDeadline(asked.Add(duplextest.Patience))
	if _, err := io.WriteString(u.conn, "is all well?\n"); err != nil {
		return 0, err
	}
	_, err := u.answers.ReadString('\n')
	return time.Since(asked), err
}

// ask asks every millisecond for a while, and 20 times at least.
func (u *visitor) ask(t testing.TB, span time.Duration) (l latencies) {
	t.Helper()
	for began := time.Now(); len(l) < 20 || time.Since(began) < span; time.Sleep(time.Millisecond) {
		d, err := u.once()
		if err != nil {
			t.Fatal(err)
		}
		l = append(l, d)
	}
	return l
}
