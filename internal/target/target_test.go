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
