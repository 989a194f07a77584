// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"testing"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ arg, network, address string }{
		{"127.0.0.1:6666", "tcp", "127.0.0.1:6666"},
		{"example.com:80", "tcp", "example.com:80"},
		{":6666", "tcp", ":6666"},
		{"6666", "tcp", "127.0.0.1:6666"},
		{"0", "tcp", "127.0.0.1:0"},
		{"[::1]:6666", "tcp", "[::1]:6666"},
		{"[fe80::1%eth0]:6666", "tcp", "[fe80::1%eth0]:6666"},
		{"tcp://localhost:1", "tcp", "localhost:1"},
		{"tcp4://:1", "tcp4", ":1"},
		{"tcp6://1", "tcp6", "[::1]:1"},
		{"unix:/tmp/x", "unix", "/tmp/x"},
		{"unix:///tmp/x", "unix", "/tmp/x"},
		{"unix:@x", "unix", "@x"},
	} {
		network, address, err := parseAddress(c.arg)
		if network != c.network || address != c.address || err != nil {
			t.Errorf("%s is %s %s, %v; want %s %s", c.arg, network, address, err, c.network, c.address)
		}
	}
}

func TestWrongAddressesHaveAHint(t *testing.T) {
	for _, c := range []struct{ arg, hint string }{
		{"", "write HOST:PORT, as in 127.0.0.1:6666"},
		{":", "write HOST:PORT, as in 127.0.0.1:6666"},
		{"example.com", "write example.com:PORT"},
		{"example.com:", "write example.com:PORT"},
		{"[::1]", "write [::1]:PORT"},
		{"::1", "write it in brackets: [::1]:PORT"},
		{"::1:6666", "write it in brackets: [::1]:6666"},
		{"2001:db8::1", "write it in brackets: [2001:db8::1]:PORT"},
		{"fe80::1%eth0:80", "write it in brackets: [fe80::1%eth0]:80"},
		{"1:2:3:4:5:6:7:8", "write it in brackets: [1:2:3:4:5:6:7:8]:PORT"},
		{"1:2:3:4:5:6:7:8:9", "write it in brackets: [1:2:3:4:5:6:7:8]:9"},
		{"::ffff:1.2.3.4", "write it in brackets: [::ffff:1.2.3.4]:PORT"},
		{"/tmp/x", "a Unix socket is unix:/tmp/x"},
		{"./x", "a Unix socket is unix:./x"},
		{"a:b:c", "write HOST:PORT, or [IPv6]:PORT"},
		{"[::1", "write HOST:PORT, or [IPv6]:PORT"},
		{"[a:b]:1", "in brackets goes an IPv6 address, as in [::1]:6666"},
		{"localhost:65536", "a port is a number from 0 to 65535"},
		{"localhost:-1", "a port is a number from 0 to 65535"},
		{"99999", "a port is a number from 0 to 65535"},
		{"udp://localhost:1", "there are tcp://, tcp4://, tcp6://, tls:// and unix:"},
		{"unix:", "write unix:/path, or unix:@name for an abstract one"},
	} {
		_, _, err := parseAddress(c.arg)
		var f *failure
		if !errors.As(err, &f) || f.code != exitUsage || f.hint != c.hint {
			t.Errorf("%q: %#v, want a misuse with hint %s", c.arg, err, c.hint)
		}
	}
}

func TestLocalAddresses(t *testing.T) {
	for _, local := range []string{"", "127.0.0.1", "127.0.0.1:35890", ":35890", "::1", "[::1]:0"} {
		if !isLocalAddress(local) {
			t.Errorf("--local does not take %q", local)
		}
	}
	for _, local := range []string{"localhost", "localhost:1", "35890", "127.0.0.1:", "127.0.0.1:65536"} {
		if isLocalAddress(local) {
			t.Errorf("--local takes %q", local)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("[::1]:6666")
	f.Add("::1:6666")
	f.Add("unix:@x")
	f.Fuzz(func(t *testing.T, arg string) {
		network, address, err := parseAddress(arg)
		var misused *failure
		if err != nil && (!errors.As(err, &misused) || misused.hint == "") || err == nil && (network == "" || address == "") {
			t.Errorf("%q is %q %q, %v", arg, network, address, err)
		}
	})
}
