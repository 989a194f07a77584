// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/load"
)

func TestExitCodes(t *testing.T) {
	here := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 6666}
	near := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 35890}
	op := func(op string, source net.Addr, err error) error {
		o := &net.OpError{Op: op, Net: "tcp", Addr: here, Err: err}
		if source != nil {
			o.Source = source
		}
		return o
	}
	for _, c := range []struct {
		err  error
		code int
		text string
	}{
		{op("listen", nil, syscall.EADDRINUSE), 45, "listen EADDRINUSE: address already in use 127.0.0.1:6666"},
		{op("listen", nil, syscall.EACCES), 45, "listen EACCES: permission denied 127.0.0.1:6666"},
		{op("listen", nil, syscall.EADDRNOTAVAIL), 45, "listen EADDRNOTAVAIL: address not available 127.0.0.1:6666"},
		{op("connect", nil, syscall.ECONNREFUSED), 7, "connect ECONNREFUSED 127.0.0.1:6666"},
		{op("connect", nil, syscall.EHOSTUNREACH), 7, "connect EHOSTUNREACH 127.0.0.1:6666"},
		{op("connect", nil, syscall.ENETUNREACH), 7, "connect ENETUNREACH 127.0.0.1:6666"},
		{op("connect", nil, syscall.EMFILE), 1, "connect EMFILE 127.0.0.1:6666"},
		{op("connect", nil, syscall.ENFILE), 1, "connect ENFILE 127.0.0.1:6666"},
		{op("connect", near, syscall.EADDRINUSE), 45, "connect EADDRINUSE 127.0.0.1:6666 - Local (127.0.0.1:35890)"},
		{op("connect", nil, syscall.ECONNRESET), 56, "connect ECONNRESET 127.0.0.1:6666"},
		{op("connect", nil, os.ErrDeadlineExceeded), 28, "connect ETIMEDOUT 127.0.0.1:6666"},
		{op("connect", nil, syscall.ETIMEDOUT), 28, "connect ETIMEDOUT 127.0.0.1:6666"},
		{op("read", near, syscall.ECONNRESET), 56, "read ECONNRESET"},
		{op("read", near, os.ErrDeadlineExceeded), 28, "read ETIMEDOUT"},
		{op("write", near, syscall.EPIPE), 55, "write EPIPE"},
		{op("write", near, syscall.ECONNRESET), 56, "write ECONNRESET"},
		{op("getaddrinfo", nil, &net.DNSError{Name: "x.test", IsNotFound: true}), 6, "getaddrinfo ENOTFOUND x.test"},
		{op("getaddrinfo", nil, &net.DNSError{Name: "x.test", IsTemporary: true}), 6, "getaddrinfo EAI_AGAIN x.test"},
		{errors.Join(op("connect", nil, syscall.ECONNREFUSED), op("connect", nil, syscall.ENETUNREACH)), 7,
			"connect ECONNREFUSED 127.0.0.1:6666; connect ENETUNREACH 127.0.0.1:6666"},
		{op("handshake", near, duplex.ErrHandshakeTimeout), 28, "handshake ERR_TLS_HANDSHAKE_TIMEOUT"},
		{op("handshake", near, tls.RecordHeaderError{}), 35, "handshake ERR_SSL_WRONG_VERSION_NUMBER"},
		{op("handshake", near, &pinError{"sha256:00"}), 60, "handshake: the server's pin is sha256:00"},
		{op("handshake", near, &tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: new(x509.Certificate), Host: "x"}}), 60,
			"handshake ERR_TLS_CERT_ALTNAME_INVALID: certificate is not valid for any names, but wanted to match x"},
		{op("connect", nil, viaError("the proxy cannot")), 7, "connect tcp 127.0.0.1:6666: the proxy cannot"},
		{errors.New("something else"), 1, "something else"},
	} {
		f := fail(c.err)
		if f.code != c.code || f.message != c.text {
			t.Errorf("%v: code %d, %s; want %d, %s", c.err, f.code, f.message, c.code, c.text)
		}
		if f.code != exitOther && f.hint == "" {
			t.Errorf("%v: no hint", c.err)
		}
		if len("hint       "+f.hint) > 80 {
			t.Errorf("%v: a terminal breaks the hint: %s", c.err, f.hint)
		}
		if !strings.Contains(usage["exit-codes"], " "+strconv.Itoa(f.code)+" ") {
			t.Errorf("%d is not in the table of exit codes", f.code)
		}
	}
}

// A path fails for other reasons than a port, and has hints of its own.
func TestHintsOfPaths(t *testing.T) {
	path := &net.UnixAddr{Name: "/there/x", Net: "unix"}
	for _, c := range []struct {
		op   string
		err  error
		hint string
	}{
		{"listen", syscall.EADDRINUSE, "another program has it; try another path"},
		{"listen", syscall.EACCES, "you may make no file there; try another folder"},
		{"connect", syscall.EACCES, "it is not open to you: what are the permissions of the file?"},
		{"listen", syscall.EINVAL, "is the path too long? The system takes some 100 bytes"},
		{"listen", syscall.ENOENT, "there is no such folder; make it first"},
		{"listen", syscall.ENOTDIR, "there is no such folder; make it first"},
		{"connect", syscall.ENOENT, "nothing listens there; start it with: duplex serve unix:/there/x"},
		{"connect", syscall.ECONNREFUSED, "nothing listens there; start it with: duplex serve unix:/there/x"},
	} {
		if hint := fail(&net.OpError{Op: c.op, Net: "unix", Addr: path, Err: c.err}).hint; hint != c.hint {
			t.Errorf("%s %v: hint is %q, want %q", c.op, c.err, hint, c.hint)
		}
	}
}

// The hint names the process that listens, where the system shows it.
func TestOwnerIsTheProcessThatListens(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	pid, name := owner(ln.Addr())
	if pid != 0 && (pid != os.Getpid() || name == "") {
		t.Errorf("pid %d (%s) listens, want %d", pid, name, os.Getpid())
	}
	if runtime.GOOS == "linux" && pid == 0 {
		t.Error("this process is not found")
	}
	if pid, _ := owner(&net.UnixAddr{Name: "/x", Net: "unix"}); pid != 0 {
		t.Errorf("pid %d has a Unix socket", pid)
	}
}

// A server that was reached has gone away if it refuses later. A machine that has no port left for
// another connection says nothing of the server.
func TestBenchKnowsWhoIsGone(t *testing.T) {
	for errno, want := range map[syscall.Errno]int{
		syscall.ECONNREFUSED: 56, syscall.EHOSTUNREACH: 56, syscall.EADDRNOTAVAIL: 7, syscall.EAGAIN: 7,
	} {
		err := &net.OpError{Op: "connect", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 6666}, Err: errno}
		r := &load.Report{OK: 1, Errors: 1, Failures: []load.Failure{{Err: err, Count: 1}}, Connect: hdrhistogram.New(1, 1000, 1)}
		f := new(bench).verdict(r)
		if gone := strings.Contains(f.message, "the server has gone away"); f.code != want || gone != (want == 56) {
			t.Errorf("%v: %d %s, want %d", errno, f.code, f.message, want)
		}
		if ports := f.hint == hintOfPorts; ports != (errno == syscall.EADDRNOTAVAIL) {
			t.Errorf("%v: the hint is %s", errno, f.hint)
		}
	}
}
