// Copyright 2026 The duplex authors. MIT license.

package target

import (
	"net"
	"testing"
)

// TestAnAddressIsReadWithoutALookup holds that Parse, which loops call, looks
// nothing up.
func TestAnAddressIsReadWithoutALookup(t *testing.T) {
	for address, want := range map[string]Target{
		"host.test:http":      {Host: "host.test", Service: "http"},
		"host.test:80":        {Host: "host.test", Port: 80},
		"127.0.0.1:http":      {Service: "http"},
		"[::1]:no such thing": {Service: "no such thing"},
		"127.0.0.1:0080":      {Port: 80},
		"127.0.0.1:":          {},
	} {
		got, err := Parse("tcp", address, "::")
		if err != nil || got.Host != want.Host || got.Service != want.Service || got.Port != want.Port || got.Known() != (want.Host+want.Service == "") {
			t.Errorf("%s is %+v, %v; want %+v", address, got, err, want)
		}
	}
	for _, service := range []string{"65536", "-1", "99999999999999999999"} {
		_, err := Parse("tcp", "127.0.0.1:"+service, "::")
		if e, ok := err.(*net.AddrError); !ok || e.Err != WrongPort {
			t.Errorf("port %s: %v, want %s", service, err, WrongPort)
		}
	}
}

// A local address is not looked up, so its port is a number: a name must not stand for any port.
func TestALocalAddressHasANumberAsItsPort(t *testing.T) {
	for _, address := range []string{"127.0.0.1:http", ":http", "[::1]:no such thing", "127.0.0.1:65536"} {
		got, err := ParseLocal(address)
		if e, ok := err.(*net.AddrError); !ok || e.Err != WrongPort {
			t.Errorf("%s is %+v, %v; want %s", address, got, err, WrongPort)
		}
	}
	for address, port := range map[string]uint16{"127.0.0.1": 0, "127.0.0.1:": 0, ":35890": 35890, "::1": 0, "[::1]:35890": 35890} {
		if got, err := ParseLocal(address); err != nil || len(got.Addrs) != 1 || got.Addrs[0].Port() != port {
			t.Errorf("%s is %+v, %v; want port %d", address, got, err, port)
		}
	}
}
