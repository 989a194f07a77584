// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/duplex-go/duplex"
)

// Parts of headers of version 2.
const (
	proxy2    = "\r\n\r\n\x00\r\nQUIT\n"
	fourAddrs = "\x7f\x00\x00\x01\xc0\x00\x02\x01\x03\xe8\x07\xd0" // 127.0.0.1:1000 to 192.0.2.1:2000
)

var (
	sixteen = strings.Repeat("\x20\x01\x0d\xb8"+strings.Repeat("\x00", 11)+"\x01", 2) // 2001:db8::1, twice
	from4   = netip.MustParseAddrPort("127.0.0.1:1000")
	to4     = netip.MustParseAddrPort("192.0.2.1:2000")
	from6   = netip.MustParseAddrPort("[2001:db8::1]:1000")
	to6     = netip.MustParseAddrPort("[2001:db8::1]:2000")
)

// headers are texts and what they say. A nil header is an error.
var headers = map[string]struct {
	text string
	want *duplex.ProxyHeader
}{
	"1, TCP4":                    {"PROXY TCP4 127.0.0.1 192.0.2.1 1000 2000\r\n", &duplex.ProxyHeader{Version: 1, Source: from4, Destination: to4}},
	"1, TCP6":                    {"PROXY TCP6 2001:db8::1 2001:DB8:0:0::1 1000 2000\r\n", &duplex.ProxyHeader{Version: 1, Source: from6, Destination: to6}},
	"1, IPv4 in IPv6":            {"PROXY TCP6 ::ffff:127.0.0.1 ::ffff:192.0.2.1 1000 2000\r\n", &duplex.ProxyHeader{Version: 1, Source: from4, Destination: to4}},
	"1, half of it IPv4":         {"PROXY TCP6 ::ffff:127.0.0.1 2001:db8::1 1000 2000\r\n", &duplex.ProxyHeader{Version: 1, Source: netip.MustParseAddrPort("[::ffff:127.0.0.1]:1000"), Destination: to6}},
	"1, the last port":           {"PROXY TCP4 127.0.0.1 192.0.2.1 0 65535\r\n", &duplex.ProxyHeader{Version: 1, Source: netip.AddrPortFrom(from4.Addr(), 0), Destination: netip.AddrPortFrom(to4.Addr(), 65535)}},
	"1, unknown":                 {"PROXY UNKNOWN\r\n", &duplex.ProxyHeader{Version: 1}},
	"1, unknown with text":       {"PROXY UNKNOWN ffff:: and more 1\r\n", &duplex.ProxyHeader{Version: 1}},
	"1, the longest":             {"PROXY UNKNOWN " + strings.Repeat("f", 107-16) + "\r\n", &duplex.ProxyHeader{Version: 1}},
	"1, too long":                {"PROXY UNKNOWN " + strings.Repeat("f", 108-16) + "\r\n", nil},
	"1, too long without an end": {"PROXY TCP4 " + strings.Repeat("1", 200), nil},
	"1, LF alone":                {"PROXY TCP4 127.0.0.1 192.0.2.1 1000 2000\n", nil},
	"1, small letters":           {"proxy TCP4 127.0.0.1 192.0.2.1 1000 2000\r\n", nil},
	"1, unknown and glued":       {"PROXY UNKNOWNS\r\n", nil},
	"1, another family":          {"PROXY UDP4 127.0.0.1 192.0.2.1 1000 2000\r\n", nil},
	"1, TCP4 with IPv6":          {"PROXY TCP4 ::1 ::1 1000 2000\r\n", nil},
	"1, TCP6 with IPv4":          {"PROXY TCP6 127.0.0.1 192.0.2.1 1000 2000\r\n", nil},
	"1, two spaces":              {"PROXY TCP4 127.0.0.1  192.0.2.1 1000 2000\r\n", nil},
	"1, a space at the end":      {"PROXY TCP4 127.0.0.1 192.0.2.1 1000 2000 \r\n", nil},
	"1, a field is missing":      {"PROXY TCP4 127.0.0.1 192.0.2.1 1000\r\n", nil},
	"1, nothing":                 {"PROXY \r\n", nil},
	"1, a port too great":        {"PROXY TCP4 127.0.0.1 192.0.2.1 1000 65536\r\n", nil},
	"1, a negative port":         {"PROXY TCP4 127.0.0.1 192.0.2.1 -1 2000\r\n", nil},
	"1, a port with a sign":      {"PROXY TCP4 127.0.0.1 192.0.2.1 +1 2000\r\n", nil},
	"1, a port with zeros":       {"PROXY TCP4 127.0.0.1 192.0.2.1 01 2000\r\n", nil},
	"1, an address with zeros":   {"PROXY TCP4 127.000.0.1 192.0.2.1 1000 2000\r\n", nil},
	"1, a zone":                  {"PROXY TCP6 fe80::1%eth0 fe80::2 1000 2000\r\n", nil},
	"1, a name":                  {"PROXY TCP4 localhost localhost 1000 2000\r\n", nil},

	"2, TCP4":              {proxy2 + "\x21\x11\x00\x0c" + fourAddrs, &duplex.ProxyHeader{Version: 2, Source: from4, Destination: to4}},
	"2, TCP6":              {proxy2 + "\x21\x21\x00\x24" + sixteen + "\x03\xe8\x07\xd0", &duplex.ProxyHeader{Version: 2, Source: from6, Destination: to6}},
	"2, a Unix socket":     {proxy2 + "\x21\x31\x00\xd8" + strings.Repeat("/", 216), &duplex.ProxyHeader{Version: 2}},
	"2, nothing known":     {proxy2 + "\x21\x00\x00\x00", &duplex.ProxyHeader{Version: 2}},
	"2, a TLV of nothing":  {proxy2 + "\x21\x00\x00\x04\x02\x00\x01h", &duplex.ProxyHeader{Version: 2, TLVs: []duplex.ProxyTLV{{Type: 2, Value: []byte("h")}}}},
	"2, local":             {proxy2 + "\x20\x00\x00\x00", &duplex.ProxyHeader{Version: 2, Local: true}},
	"2, local with more":   {proxy2 + "\x20\x11\x00\x0d" + fourAddrs + "x", &duplex.ProxyHeader{Version: 2, Local: true}},
	"2, local, right sum":  {proxy2 + "\x20\x00\x00\x07\x03\x00\x04\xa9\xb8\x7e\x8f", &duplex.ProxyHeader{Version: 2, Local: true}},
	"2, local, wrong sum":  {proxy2 + "\x20\x00\x00\x07\x03\x00\x04\x01\x02\x03\x04", &duplex.ProxyHeader{Version: 2, Local: true}},
	"2, TLVs":              {proxy2 + "\x21\x11\x00\x16" + fourAddrs + "\x02\x00\x04host\x04\x00\x00", &duplex.ProxyHeader{Version: 2, Source: from4, Destination: to4, TLVs: []duplex.ProxyTLV{{Type: 2, Value: []byte("host")}, {Type: 4, Value: []byte{}}}}},
	"2, a TLV cut off":     {proxy2 + "\x21\x11\x00\x0e" + fourAddrs + "\x02\x00", nil},
	"2, a TLV too long":    {proxy2 + "\x21\x11\x00\x10" + fourAddrs + "\x02\x00\x05h", nil},
	"2, version 1":         {proxy2 + "\x11\x11\x00\x0c" + fourAddrs, nil},
	"2, another command":   {proxy2 + "\x22\x11\x00\x0c" + fourAddrs, nil},
	"2, a datagram":        {proxy2 + "\x21\x12\x00\x0c" + fourAddrs, nil},
	"2, another family":    {proxy2 + "\x21\x41\x00\x0c" + fourAddrs, nil},
	"2, too short":         {proxy2 + "\x21\x11\x00\x0b" + fourAddrs, nil},
	"2, too short for six": {proxy2 + "\x21\x21\x00\x0c" + fourAddrs, nil},
	"2, too long":          {proxy2 + "\x21\x11\xff\xff" + fourAddrs, nil},
	"2, another signature": {"\r\n\r\n\x00\r\nQUIT\r" + "\x21\x11\x00\x0c" + fourAddrs, nil},
	"2, a wrong checksum":  {proxy2 + "\x21\x11\x00\x13" + fourAddrs + "\x03\x00\x04\x01\x02\x03\x04", nil},
	"2, a short checksum":  {proxy2 + "\x21\x11\x00\x11" + fourAddrs + "\x03\x00\x02\x01\x02", nil},

	"a request":  {"GET / HTTP/1.1\r\n\r\n", nil},
	"TLS":        {"\x16\x03\x01\x02\x00", nil},
	"empty line": {"\r\n\r\n\r\n\r\n", nil},
}

// TestAProxyHeaderIsReadTheSameAtEverySplit also holds that bytes after it are left.
func TestAProxyHeaderIsReadTheSameAtEverySplit(t *testing.T) {
	for name, c := range headers {
		t.Run(name, func(t *testing.T) {
			for _, after := range []string{"", "GET / HTTP/1.1\r\n\r\n"} {
				got, n, err := duplex.ParseProxyHeader([]byte(c.text + after))
				if !reflect.DeepEqual(got, c.want) || (err != nil) != (c.want == nil) || err == nil && n != len(c.text) {
					t.Errorf("got %+v, %d, %v; want %+v, %d", got, n, err, c.want, len(c.text))
				}
				if err != nil && !errors.Is(err, duplex.ErrProxyHeader) {
					t.Errorf("%v is not ErrProxyHeader", err)
				}
			}
			checkPrefixes(t, []byte(c.text))
		})
	}
}

// checkPrefixes holds that the start of a header is one, and that the start of anything
// else is either the start of a header or an error, and an error once it was one.
func checkPrefixes(t *testing.T, p []byte) {
	t.Helper()
	whole, n, wholeErr := duplex.ParseProxyHeader(p)
	failed := false
	for i := range len(p) {
		h, m, err := duplex.ParseProxyHeader(p[:i:i])
		switch {
		case wholeErr == nil && whole != nil && i >= n:
			if !reflect.DeepEqual(h, whole) || m != n || err != nil {
				t.Fatalf("the first %d bytes of %q: %+v, %d, %v; want %+v and %d", i, p, h, m, err, whole, n)
			}
		case h != nil || m != 0 || err != nil && wholeErr == nil || err == nil && failed:
			t.Fatalf("the first %d bytes of %q: %+v, %d, %v; all of it: %+v, %v", i, p, h, m, err, whole, wholeErr)
		}
		failed = err != nil
	}
}

func TestAProxyHeaderIsAppendedAsItIsRead(t *testing.T) {
	all := []byte{1, 2, 3}
	for name, c := range headers {
		if c.want == nil {
			continue
		}
		got, err := c.want.Append(all)
		if err != nil || !bytes.HasPrefix(got, all) {
			t.Errorf("%s: %q, %v", name, got, err)
			continue
		}
		h, n, err := duplex.ParseProxyHeader(got[len(all):])
		if !reflect.DeepEqual(h, c.want) || n != len(got)-len(all) || err != nil {
			t.Errorf("%s: %q is read as %+v, %d, %v; want %+v", name, got, h, n, err, c.want)
		}
	}
	mapped := netip.MustParseAddrPort("[::ffff:127.0.0.1]:1000")
	got, err := (&duplex.ProxyHeader{Source: mapped, Destination: to4}).Append(nil)
	if want := headers["2, TCP4"].text; string(got) != want || err != nil {
		t.Errorf("IPv4 in IPv6, without a version: %q, %v; want %q", got, err, want)
	}
}

// TestAProxyHeaderMayHaveAChecksum knows the checksum from the definition of CRC32C.
func TestAProxyHeaderMayHaveAChecksum(t *testing.T) {
	h := &duplex.ProxyHeader{Source: from4, Destination: to4, TLVs: []duplex.ProxyTLV{
		{Type: 3, Value: []byte{9, 9, 9, 9}}, {Type: 2, Value: []byte("host")},
	}}
	p, err := h.Append([]byte("before"))
	if err != nil {
		t.Fatal(err)
	}
	p = p[len("before"):]
	got, _, err := duplex.ParseProxyHeader(p)
	if err != nil || len(got.TLVs) != 2 || string(got.TLVs[1].Value) != "host" {
		t.Fatalf("%x is read as %+v, %v", p, got, err)
	}
	crc := ^uint32(0)
	for i, b := range p {
		if i >= 31 && i < 35 {
			b = 0
		}
		crc ^= uint32(b)
		for range 8 {
			crc = crc>>1 ^ 0x82f63b78&-(crc&1)
		}
	}
	if want := hex.EncodeToString([]byte{byte(^crc >> 24), byte(^crc >> 16), byte(^crc >> 8), byte(^crc)}); hex.EncodeToString(got.TLVs[0].Value) != want {
		t.Errorf("the checksum is %x, want %s", got.TLVs[0].Value, want)
	}
	p[20] ^= 1
	if _, _, err := duplex.ParseProxyHeader(p); !errors.Is(err, duplex.ErrProxyHeader) {
		t.Errorf("a header that was changed: %v, want ErrProxyHeader", err)
	}
}

func TestAProxyHeaderThatCannotBeIsNotAppended(t *testing.T) {
	for name, h := range map[string]duplex.ProxyHeader{
		"two families":            {Source: from4, Destination: to6},
		"no destination":          {Source: from4},
		"no source":               {Destination: to4},
		"version 3":               {Version: 3},
		"version 1 with TLVs":     {Version: 1, TLVs: []duplex.ProxyTLV{{Type: 1}}},
		"version 1 that is local": {Version: 1, Local: true},
		"local with addresses":    {Local: true, Source: from4, Destination: to4},
		"too long":                {TLVs: []duplex.ProxyTLV{{Type: 1, Value: make([]byte, 16<<10)}}},
		"two checksums":           {TLVs: []duplex.ProxyTLV{{Type: 3, Value: make([]byte, 4)}, {Type: 3, Value: make([]byte, 4)}}},
		"a short checksum":        {TLVs: []duplex.ProxyTLV{{Type: 3, Value: make([]byte, 3)}}},
	} {
		if got, err := h.Append([]byte("before")); err == nil || string(got) != "before" {
			t.Errorf("%s: %q, %v; want an error", name, got, err)
		}
	}
}

// FuzzProxyHeader holds that every way of cutting the bytes gives the same result, and
// that what was read can be written and is then the same.
func FuzzProxyHeader(f *testing.F) {
	for _, c := range headers {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		h, n, err := duplex.ParseProxyHeader(p)
		switch {
		case err != nil && (h != nil || n != 0 || !errors.Is(err, duplex.ErrProxyHeader)):
			t.Fatalf("%+v, %d, %v", h, n, err)
		case n > len(p) || (h == nil) != (n == 0):
			t.Fatalf("%+v, %d of %d bytes", h, n, len(p))
		}
		checkPrefixes(t, p[:min(len(p), 300)])
		if h == nil {
			return
		}
		again, err := h.Append(nil)
		if err != nil {
			t.Fatalf("%+v: %v", h, err)
		}
		back, m, err := duplex.ParseProxyHeader(again)
		if err != nil || m != len(again) || back.Source != h.Source || back.Destination != h.Destination || len(back.TLVs) != len(h.TLVs) {
			t.Fatalf("%+v was written as %q and read as %+v, %v", h, again, back, err)
		}
	})
}
