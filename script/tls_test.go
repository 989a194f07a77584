// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"path/filepath"
	"testing"
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
