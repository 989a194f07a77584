// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bufio"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// passBoth joins two connections until both ways have ended.
func passBoth(near *net.TCPConn, toNear io.Reader, far *net.TCPConn) {
	over := make(chan struct{})
	go func() {
		defer close(over)
		io.Copy(far, toNear)
		far.CloseWrite()
	}()
	io.Copy(near, far)
	near.CloseWrite()
	<-over
}

// httpProxy serves one client as a proxy of HTTP that wants a password.
func httpProxy(t *testing.T) (address string) {
	t.Helper()
	address, _ = listen(t, func(near *net.TCPConn) {
		in := bufio.NewReader(near)
		request, err := http.ReadRequest(in)
		if err != nil || request.Method != http.MethodConnect {
			return
		}
		if request.Header.Get("Proxy-Authorization") != "Basic "+base64.StdEncoding.EncodeToString([]byte("me:secret")) {
			io.WriteString(near, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
			return
		}
		far, err := net.Dial("tcp", request.Host)
		if err != nil {
			io.WriteString(near, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
			return
		}
		defer far.Close()
		io.WriteString(near, "HTTP/1.1 200 OK\r\nServer: a test\r\n\r\n")
		passBoth(near, in, far.(*net.TCPConn))
	})
	return address
}

// socksProxy serves one client as a proxy of SOCKS5, with a password if login is set.
// Names are all 127.0.0.1. Its replies come byte by byte.
func socksProxy(t *testing.T, login bool) (address string) {
	t.Helper()
	address, _ = listen(t, func(near *net.TCPConn) {
		in := bufio.NewReader(near)
		take := func(n int) []byte {
			p := make([]byte, n)
			io.ReadFull(in, p)
			return p
		}
		answer := func(p ...byte) {
			for i := range p {
				near.Write(p[i : i+1])
			}
		}
		methods := take(int(take(2)[1]))
		if login {
			if !strings.Contains(string(methods), "\x02") {
				answer(5, 0xff)
				return
			}
			answer(5, 2)
			take(1)
			user := string(take(int(take(1)[0])))
			password := string(take(int(take(1)[0])))
			if user != "me" || password != "secret" {
				answer(1, 1)
				return
			}
			answer(1, 0)
		} else {
			answer(5, 0)
		}
		host := "127.0.0.1"
		switch take(4)[3] {
		case 1:
			host = net.IP(take(4)).String()
		case 3:
			take(int(take(1)[0]))
		}
		port := take(2)
		far, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.ParseIP(host), Port: int(port[0])<<8 | int(port[1])})
		if err != nil {
			answer(5, 5, 0, 1, 0, 0, 0, 0, 0, 0)
			return
		}
		defer far.Close()
		answer(5, 0, 0, 3, 4, 'h', 'o', 's', 't', 0, 80)
		passBoth(near, in, far)
	})
	return address
}

// A conversation goes through a proxy as it goes without, with TLS, too.
func TestConnectGoesThroughProxies(t *testing.T) {
	for name, url := range map[string]func() string{
		"http":           func() string { return "http://me:secret@" + httpProxy(t) },
		"socks":          func() string { return "socks5://" + socksProxy(t, false) },
		"socks, a login": func() string { return "socks5://me:secret@" + socksProxy(t, true) },
	} {
		t.Run(name, func(t *testing.T) {
			server, address := startServe(t, "--banner", "welcome ", "--echo", "--once")
			if strings.HasPrefix(name, "socks") {
				address = strings.Replace(address, "127.0.0.1", "name.test", 1)
			}
			p := launch(t, command("connect", address, "--via", url(), "--send", "hello "))
			io.WriteString(p.stdin, "world")
			p.stdin.Close()
			p.exits(t, 0)
			if got, want := p.out.String(), "welcome hello world"; got != want {
				t.Errorf("received %q, want %q; stderr: %s", got, want, p.errOut.String())
			}
			server.exits(t, 0)

			server = launch(t, command("serve", "127.0.0.1:0", "--tls", "--echo", "--once", "--json"))
			found := server.await(t, `"srv":"(127.0.0.1:\d+)","pin":"(sha256:\w+)"`)
			p = launch(t, command("connect", "tls://"+found[1], "--pin", found[2], "--via", url(), "--send", "secret"))
			p.stdin.Close()
			p.exits(t, 0)
			if got := p.out.String(); got != "secret" {
				t.Errorf("received %q; stderr: %s", got, p.errOut.String())
			}
			server.exits(t, 0)
		})
	}
}

// If a proxy refuses to connect, that is an error with the proxy's reason.
func TestRefusalsOfProxies(t *testing.T) {
	other, _ := listen(t, func(conn *net.TCPConn) {
		io.WriteString(conn, "SSH-2.0-x\r\n")
		io.Copy(io.Discard, conn)
	})
	echo, _ := listen(t, func(conn *net.TCPConn) { io.Copy(conn, conn) })
	silent, _ := listen(t, func(conn *net.TCPConn) { io.Copy(io.Discard, conn) })
	for _, c := range []struct {
		url  string
		code int
		want string
	}{
		{"http://" + httpProxy(t), 7, "407 Proxy Authentication Required"},
		{"http://me:secret@" + httpProxy(t), 7, "502 Bad Gateway"},
		{"socks5://" + socksProxy(t, false), 7, "connect ECONNREFUSED 127.0.0.1:1"},
		{"socks5://" + socksProxy(t, true), 7, "the proxy wants a user name"},
		{"socks5://me:wrong@" + socksProxy(t, true), 7, "the proxy refuses the user name or the password"},
		{"socks5://" + httpProxy(t), 28, "connect ETIMEDOUT 127.0.0.1:1"}, // it waits for more
		{"http://" + other, 7, "the proxy does not speak HTTP"},
		{"socks5://" + echo, 7, "the proxy does not speak SOCKS5"}, // it chooses a way that was not offered
		{"http://127.0.0.1:1", 7, "hint       the connection goes through the proxy of --via"},
		{"socks5://" + socksProxy(t, false), 7, "hint       the connection goes through the proxy of --via"},
		{"socks5://" + silent, 28, "hint       the connection goes through the proxy of --via"},
		{"ftp://127.0.0.1", 2, "--via speaks SOCKS5 and HTTP, not ftp"},
		{"127.0.0.1:1", 2, "--via takes the address of a proxy"},
	} {
		p := launch(t, command("connect", "127.0.0.1:1", "--via", c.url, "--timeout", "2s"))
		p.stdin.Close()
		p.exits(t, c.code)
		if got := p.errOut.String(); !strings.Contains(got, c.want) {
			t.Errorf("--via %s: stderr is %s, want %s in it", c.url, got, c.want)
		}
	}
}

// The error names the target, also where only the proxy knows its address.
func TestRefusalOfANameNamesIt(t *testing.T) {
	for reason, want := range map[byte]string{
		1: "connect tcp name.test:1: the proxy cannot connect there",
		5: "connect ECONNREFUSED name.test:1",
	} {
		proxy, _ := listen(t, func(conn *net.TCPConn) {
			conn.Read(make([]byte, 3)) // the greeting
			conn.Write([]byte{5, 0})
			io.ReadFull(conn, make([]byte, 4+1+len("name.test")+2))
			conn.Write([]byte{5, reason, 0, 1, 0, 0, 0, 0, 0, 0})
			io.Copy(io.Discard, conn)
		})
		p := launch(t, command("connect", "name.test:1", "--via", "socks5://"+proxy))
		p.stdin.Close()
		p.exits(t, 7)
		if got := p.errOut.String(); !strings.Contains(got, want) {
			t.Errorf("reason %d: stderr is %s, want %s in it", reason, got, want)
		}
	}
}
