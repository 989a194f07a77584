// Copyright 2026 The duplex authors. MIT license.

package interop

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/duplex-go/duplex"
)

// nodeServer is a server of node's tls that does as lines does. It prints its events.
const nodeServer = `
const tls = require('tls'), fs = require('fs');
const [version, mutual, port] = process.argv.slice(1);
const server = tls.createServer({
	key: fs.readFileSync('server.key'), cert: fs.readFileSync('server.pem'),
	ca: mutual === 'true' ? fs.readFileSync('ca.pem') : undefined, // which node would send, too
	ALPNProtocols: ['lines'], requestCert: mutual === 'true', minVersion: version, maxVersion: version,
}, (socket) => {
	socket.on('data', (p) => {
		for (const line of String(p).split('\n').slice(0, -1)) {
			socket.write('echo ' + line + '\n');
			if (line === 'quit') socket.end();
		}
	});
	socket.on('error', () => {});
});
server.listen(+port, '127.0.0.1');
`

// nodeClient is a client of node's tls that does as talk does. It prints its events.
const nodeClient = `
const tls = require('tls'), fs = require('fs');
const [version, port, servername, trust, protocol, certificate] = process.argv.slice(1);
const options = { host: '127.0.0.1', port: +port, minVersion: version, maxVersion: version };
if (servername) options.servername = servername;
if (trust) options.ca = fs.readFileSync(trust);
if (protocol) options.ALPNProtocols = [protocol];
if (certificate) {
	options.cert = fs.readFileSync(certificate + '.pem');
	options.key = fs.readFileSync(certificate + '.key');
}
const events = [];
const socket = tls.connect(options, () => {
	events.push('secure');
	socket.write('hello\n');
});
socket.on('data', (p) => {
	events.push('data ' + String(p).trimEnd());
	socket.end();
});
socket.on('end', () => events.push('end'));
socket.on('error', (err) => events.push('error ' + err.code));
socket.on('close', (hadError) => console.log(events.concat('close ' + hadError).join(', ')));
`

// node20 returns the path of node, which must be v20.
func node20(t *testing.T) string {
	t.Helper()
	node := program(t, "node")
	if version, err := exec.Command(node, "--version").Output(); err != nil || !bytes.HasPrefix(version, []byte("v20.")) {
		missing(t, fmt.Sprintf("node v20; this is %s", version))
	}
	return node
}

// nodeVersion returns node's name of a version of TLS.
func nodeVersion(version uint16) string {
	return strings.ReplaceAll(tls.VersionName(version), "TLS ", "TLSv")
}

// A meeting is a client with a server of TLS.
type meeting struct {
	name, host, protocol, certificate string
	strange                           bool // the client trusts no authority
	mutual                            bool // the server wants a certificate
}

var meetings = []meeting{
	{name: "a client", host: "example.com"},
	{name: "by address"},
	{name: "another host", host: "example.net"},
	{name: "no trust", host: "example.com", strange: true},
	{name: "a protocol", host: "example.com", protocol: "lines"},
	{name: "another protocol", host: "example.com", protocol: "other"},
	{name: "a client certificate", mutual: true, certificate: "client"},
	{name: "no client certificate", mutual: true},
}

// node plays the client of m with node, and returns its events.
func (m *meeting) node(t *testing.T, a *authority, version uint16, port string) string {
	t.Helper()
	trust := "ca.pem"
	if m.strange {
		trust = ""
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, node20(t), "-e", nodeClient, nodeVersion(version), port, m.host, trust, m.protocol, m.certificate)
	cmd.Dir = a.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.Bytes())
	}
	return strings.TrimSpace(string(out))
}

// duplex plays the client of m with duplex, and returns its events.
func (m *meeting) duplex(t *testing.T, a *authority, e *duplex.Engine, version uint16, port string) string {
	t.Helper()
	config := &tls.Config{ServerName: m.host, RootCAs: a.pool, MinVersion: version, MaxVersion: version}
	if m.strange {
		config.RootCAs = nil
	}
	if m.protocol != "" {
		config.NextProtos = []string{m.protocol}
	}
	if m.certificate != "" {
		config.Certificates = a.load(t, m.certificate)
	}
	events, _ := talk(t, &duplex.Client{Engine: e, TLS: config}, port)
	return strings.Join(events, ", ")
}

// TestTLSAgreesWithNode has clients of node and of duplex meet servers of both. What a
// client sees does not depend on whose the server is, nor on whose the client is.
func TestTLSAgreesWithNode(t *testing.T) {
	a := newAuthority(t)
	node := node20(t)
	for _, v := range tlsVersions {
		theirs := make(map[bool]string) // ports of node's servers
		for _, mutual := range []bool{false, true} {
			theirs[mutual] = freePort(t)
			cmd := exec.Command(node, "-e", nodeServer, nodeVersion(v.number), fmt.Sprint(mutual), theirs[mutual])
			cmd.Dir = a.dir
			serve(t, theirs[mutual], cmd)
		}
		want := make(map[string]string)
		for _, m := range meetings {
			want[m.name] = m.node(t, a, v.number, theirs[m.mutual])
		}
		if s := want["a client"]; s != "secure, data echo hello, end, close false" {
			t.Errorf("node with itself: %q", s)
		}
		for _, driver := range drivers {
			t.Run(driver+v.option, func(t *testing.T) {
				e := engine(t, driver)
				config := &tls.Config{Certificates: a.load(t, "server"), NextProtos: []string{"lines"}, ClientCAs: a.pool, MinVersion: v.number, MaxVersion: v.number}
				ours := map[bool]*lineServer{false: lines(t, e, config, false)}
				config = config.Clone()
				config.ClientAuth = tls.RequireAndVerifyClientCert
				ours[true] = lines(t, e, config, false)
				for _, m := range meetings {
					want := want[m.name]
					if got := m.node(t, a, v.number, ours[m.mutual].port); got != want {
						t.Errorf("%s: node with duplex's server: %q; with its own %q", m.name, got, want)
					}
					// Node reports a failure after the handshake as an error, then end, and no hadError.
					want = strings.ReplaceAll(want, "CERTIFICATE_REQUIRED, end, close false", "CERTIFICATE_REQUIRED, close true")
					if got := m.duplex(t, a, e, v.number, theirs[m.mutual]); got != want {
						t.Errorf("%s: duplex with node's server: %q; node %q", m.name, got, want)
					}
				}
			})
		}
	}
}

// A server of duplex that hears a client of node end reports an end, as node's does.
func TestTLSServerSeesTheEndOfNode(t *testing.T) {
	a := newAuthority(t)
	onVersions(t, func(t *testing.T, e *duplex.Engine, _ string, version uint16) {
		l := lines(t, e, &tls.Config{Certificates: a.load(t, "server")}, false)
		m := meetings[0]
		m.node(t, a, version, l.port)
		l.Expect(t, "connect", "data: hello", "end", "close")
	})
}

// A client of duplex starts TLS with a server of node that begins in plain text.
func TestTLSStartsWithNode(t *testing.T) {
	a := newAuthority(t)
	const script = `
const net = require('net'), tls = require('tls'), fs = require('fs');
const key = fs.readFileSync('server.key'), cert = fs.readFileSync('server.pem');
net.createServer((plain) => {
	plain.on('error', () => {});
	plain.once('data', () => {
		plain.write('go ahead\n');
		const socket = new tls.TLSSocket(plain, { isServer: true, key, cert });
		socket.on('data', (p) => socket.end('echo ' + p));
		socket.on('error', () => {});
	});
}).listen(+process.argv[1], '127.0.0.1');
`
	port := freePort(t)
	cmd := exec.Command(node20(t), "-e", script, port)
	cmd.Dir = a.dir
	serve(t, port, cmd)
	onVersions(t, func(t *testing.T, e *duplex.Engine, _ string, version uint16) {
		config := &tls.Config{ServerName: "example.com", RootCAs: a.pool, MinVersion: version, MaxVersion: version}
		answer, closed := make(chan string, 1), make(chan error, 1)
		secret := &duplex.Handler{
			Split:    bufio.ScanLines,
			OnSecure: func(s *duplex.Socket) { s.WriteString("hello\n") },
			OnData:   func(_ *duplex.Socket, line []byte) { answer <- string(line) },
			OnClose:  func(s *duplex.Socket) { closed <- s.Err() },
		}
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", "127.0.0.1:"+port, &duplex.Handler{
			Split:   bufio.ScanLines,
			OnData:  func(s *duplex.Socket, _ []byte) { s.StartTLS(duplex.ClientSide, config, secret) },
			OnClose: func(s *duplex.Socket) { closed <- s.Err() },
		})
		s.WriteString("STARTTLS\n")
		if err := receive(t, closed); err != nil {
			t.Fatalf("closed with %v", err)
		}
		if got := receive(t, answer); got != "echo hello" {
			t.Errorf("got %q", got)
		}
	})
}
