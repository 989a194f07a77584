// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/duplex-go/duplex/script"
)

// TestTLSScripts runs a server and a client that begin TLS on a plain connection, each by
// duplex and by node: all four pairs must say the same.
func TestTLSScripts(t *testing.T) {
	node := findNode(t)
	duplex := command{"duplex", []string{buildRunner(t)}}
	programs := []command{duplex}
	if node.there() {
		programs = append(programs, node)
	}
	talk := func(server, client command) string {
		s := server.start(t, "../tls/server.js", "0")
		c := client.start(t, "../tls/client.js", s.port(t))
		c.ends(t)
		s.ends(t)
		return nameless("server:\n" + s.said.String() + "client:\n" + c.said.String())
	}
	want := recording(t, node, filepath.Join("testdata", "tls", "talk.txt"), func() string { return talk(node, node) })
	for _, server := range programs {
		for _, client := range programs {
			if got := talk(server, client); got != want {
				t.Errorf("a server of %s and a client of %s:\n%s", server.name, client.name, differences("node", want, "here", got))
			}
		}
	}
}

// TestTLSHandshakesEndWithTheScript lets a script end while handshakes wait for it, and for
// their peers: no goroutine of theirs may stay.
func TestTLSHandshakesEndWithTheScript(t *testing.T) {
	for name, source := range map[string]string{
		"a server is asked for a context": `
			SNICallback() { end(); }`,
		"a client is asked about the server": `
			}, { checkServerIdentity() { end(); }`,
	} {
		t.Run(name, func(t *testing.T) {
			got := play(t, &script.Runtime{Network: script.AllowNetwork, Files: script.Allow}, `
				const tls = require('tls');
				const certificates = require('./testdata/scripts/certificates');
				const end = () => { console.log('asked'); setImmediate(() => process.exit()); };
				const start = (server, client) => {
					const listening = tls.createServer({ ...certificates.server, ...server }).listen(0, '127.0.0.1', () => {
						tls.connect({
							port: listening.address().port, host: '127.0.0.1', servername: 'localhost', ca: certificates.authority.cert, ...client,
						}).on('error', () => {});
						require('net').connect(listening.address().port, '127.0.0.1').write('\x16\x03\x01');
					});
				};
				start({`+source+`});
			`)
			if got != "asked\n" {
				t.Errorf("the script printed %q", got)
			}
			deadline := time.Now().Add(patience)
			for {
				stacks := make([]byte, 1<<20)
				stacks = stacks[:runtime.Stack(stacks, true)]
				if !bytes.Contains(stacks, []byte("(*security).")) {
					return
				}
				if time.Now().After(deadline) {
					t.Fatalf("a handshake goes on:\n%s", stacks)
				}
				runtime.Gosched()
			}
		})
	}
}
