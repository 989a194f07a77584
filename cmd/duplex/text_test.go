// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"net"
	"strings"
	"testing"
)

// dial connects to address.
func dial(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn.(*net.TCPConn)
}

// Two clients send their characters byte by byte, in turns. The server's log shows
// each character whole, and the one that is never finished as U+FFFD.
func TestServeShowsWholeCharacters(t *testing.T) {
	server, address := startServe(t, "--stop-after=2")
	one, two := dial(t, address), dial(t, address)
	server.await(t, "connection #2")
	io.WriteString(one, "1a\xe4")
	server.await(t, `"1a"`)
	io.WriteString(two, "2a\xf0\x9f")
	server.await(t, `"2a"`)
	io.WriteString(one, "\xb8\xad1b\xe4\xb8")
	server.await(t, `"中1b"`)
	io.WriteString(two, "\x98\x802b")
	server.await(t, `"😀2b"`)
	one.CloseWrite()
	server.await(t, "close      #1")
	two.CloseWrite()
	server.exits(t, 0)
	for _, want := range []string{
		"data       #1 2 B \"1a\"\n",
		"data       #1 5 B \"中1b\"\n",
		"data       #2 6 B \"😀2b\"\n",
		"data       #1 2 B \"\ufffd\"\nend        #1\n",
	} {
		if got := server.out.String(); !strings.Contains(got, want) {
			t.Errorf("the server prints\n%s\nwant %q in it", got, want)
		}
	}
}

// A client shows whole characters in events and in text alone.
func TestConnectShowsWholeCharacters(t *testing.T) {
	for _, c := range []struct{ flags, want string }{
		{"--events", "data       2 B \"1a\"\ndata       3 B \"中\"\ndata       1 B \"\ufffd\"\nend\n"},
		{"--as=utf8", "1a中\ufffd"},
		{"--json", `"n":2,"utf8":"1a"}` + "\n" + `{"ev":"data","id":1,"n":3,"utf8":"中"}` + "\n" + `{"ev":"data","id":1,"n":1,"b64":"4g=="}` + "\n"},
		{"--as=raw", "1a中\xe2"},
		{"--as=hex", "3161e4b8ade2\n"},
		{"--as=base64", "MWHkuK3i\n"},
	} {
		shown := make(chan struct{})
		address, _ := listen(t, func(conn *net.TCPConn) {
			io.WriteString(conn, "1a\xe4")
			<-shown
			io.WriteString(conn, "\xb8\xad\xe2")
		})
		p := launch(t, command("connect", address, c.flags))
		p.await(t, "1a|3161|MWHk")
		close(shown)
		p.exits(t, 0)
		if got := p.out.String(); !strings.Contains(got, c.want) {
			t.Errorf("connect %s prints\n%s\nwant %q in it", c.flags, got, c.want)
		}
	}
}
