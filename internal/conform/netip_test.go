// Copyright 2026 The duplex authors. MIT license.

package conform_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/internal/nodetest"
)

// The tests of this file prove what docs/node.md says about net.isIP and
// net.SocketAddress: package net/netip replaces them. They test no code of duplex.

// isIP is Node's net.isIP, by netip.
func isIP(text string) int {
	switch ip, err := netip.ParseAddr(text); {
	case err != nil:
		return 0
	case ip.Is4():
		return 4
	}
	return 6
}

// oddZone matches the only addresses on which the two disagree. Node refuses an IPv6
// zone with characters other than ASCII letters, digits and - . : and netip accepts
// every zone that is not empty.
var oddZone = regexp.MustCompile(`(?s)%.*[^-.:0-9A-Za-z]`)

func TestNetipKnowsAnIPAddressAsNodeDoes(t *testing.T) {
	for text, want := range map[string]int{ // Node's answers
		"127.0.0.1":       4,
		"0.0.0.0":         4,
		"255.255.255.255": 4,
		"127.000.000.001": 0,
		"01.2.3.4":        0,
		"1.2.3.256":       0,
		"1.2.3":           0,
		"1.2.3.4.5":       0,
		"0x7f.0.0.1":      0,
		"2130706433":      0,
		"127.0.0.1/24":    0,
		"127.0.0.1:80":    0,
		" 127.0.0.1":      0,
		"127.0.0.1%lo":    0,

		"::":                     6,
		"::1":                    6,
		"1:2:3:4:5:6:7::":        6,
		"::2:3:4:5:6:7:8":        6,
		"1:2:3:4:5:6:1.2.3.4":    6,
		"::ffff:127.0.0.1":       6,
		"::FFFF:127.0.0.1":       6,
		"2001:DB8::A":            6,
		"1::2::3":                0,
		"1:2:3:4:5:6:7:8::":      0,
		"1:2:3::4:5:6:7:8":       0,
		"1:2:3:4:5:6:7":          0,
		"::00001":                0,
		"::1.2.3.04":             0,
		"::ffff:1.2.3":           0,
		"[::1]":                  0,
		"::1/64":                 0,
		"fe80::1%eth0":           6,
		"fe80::1%25eth0":         6,
		"fe80::1%a:b.c-d":        6,
		"fe80::1%":               0,
		"::ffff:1.2.3.4%eth0":    6,
		"":                       0,
		"localhost":              0,
		"fhqwhgads":              0,
		"１２７.0.0.1":              0,
		"::1\x00":                0,
		"127.0.0.1\n":            0,
		"1:2:3:4:5:6:7:1.2.3.4":  0,
		"::1.2.3.4:5":            0,
		"::ffff:0:0:1.2.3.4":     6,
		"1:2:3:4:5:6:7:8%z":      6,
		"::ffff:300.1.1.1":       0,
		"12345::":                0,
		":1":                     0,
		"1:":                     0,
		":::":                    0,
		"0000:0000::0000:000000": 0,
	} {
		if got := isIP(text); got != want {
			t.Errorf("ParseAddr(%q): IPv%d; Node says %d", text, got, want)
		}
	}
	for _, text := range []string{"fe80::1%eth_0", "fe80::1%a b", "fe80::1%ä", "fe80::1%a%b", "fe80::1%/"} {
		if got := isIP(text); got != 6 || !oddZone.MatchString(text) {
			t.Errorf("ParseAddr(%q): IPv%d, want IPv6, unlike Node's 0", text, got)
		}
	}
}

func TestNetipAgreesWithNode(t *testing.T) {
	texts := nearlyAddresses(6000)
	count, odd := make(map[int]int), 0
	for i, node := range nodetest.Ask[string, [3]int](t, `
		return [net.isIP(question), Number(net.isIPv4(question)), Number(net.isIPv6(question))];`, texts) {
		text := texts[i]
		want := node[0]
		if ip, _, _ := strings.Cut(text, "%"); oddZone.MatchString(text) && isIP(ip) == 6 {
			want = 6
			odd++
			if node[0] != 0 {
				t.Errorf("%q: Node says %d, want 0 for its zone", text, node[0])
			}
		}
		if got := isIP(text); got != want {
			t.Errorf("%q: netip says %d, Node %d; want %d", text, got, node[0], want)
		}
		count[node[0]]++
		if v4, v6 := node[1] == 1, node[2] == 1; v4 != (node[0] == 4) || v6 != (node[0] == 6) {
			t.Errorf("%q: Node says %d, isIPv4 %v, isIPv6 %v", text, node[0], v4, v6)
		}
	}
	if min(count[0], count[4], count[6]) < 500 || odd < 20 {
		t.Errorf("by Node's answer there were %v, and %d odd zones: too few of a kind to tell", count, odd)
	}
}

// nearlyAddresses returns n texts that are IP addresses, or almost.
func nearlyAddresses(n int) []string {
	random := rand.New(rand.NewPCG(5, 6))
	any := func(list ...string) string { return list[random.IntN(len(list))] }
	zone := func() string {
		var b strings.Builder
		for range random.IntN(4) {
			b.WriteString(any("e", "t", "Z", "0", "9", "-", ".", ":", "_", " ", "~", "/", "%", "é"))
		}
		return "%" + b.String()
	}
	four := func() string {
		return fmt.Sprintf("%d.%d.%d.%d", random.IntN(260), random.IntN(256), random.IntN(11), random.IntN(300))
	}
	six := func() string {
		groups := make([]string, 1+random.IntN(9))
		for i := range groups {
			groups[i] = any("0", "1", "ffff", "FFFF", "00ab", "2001", "db8", "", "10000")
			if i > 0 && groups[i] == "" && random.IntN(2) == 0 {
				groups[i] = "7"
			}
		}
		if random.IntN(4) == 0 {
			groups[len(groups)-1] = four()
		}
		return strings.Join(groups, ":")
	}
	texts := make([]string, n)
	for i := range texts {
		var text string
		switch random.IntN(8) {
		case 0, 1:
			text = four()
		case 2, 3:
			text = six()
		case 4:
			text = "::" + six()
		case 5:
			text = any("", "::ffff:", "::FFFF:", "0:0:0:0:0:ffff:", "::ffff:0:") + four()
		default:
			ip := randomIPv6(random)
			text = any(ip.String(), ip.StringExpanded(), strings.ToUpper(ip.String()))
		}
		if random.IntN(6) == 0 {
			text += zone()
		}
		if len(text) > 0 && random.IntN(4) == 0 { // a slip of the pen
			at := random.IntN(len(text))
			text = text[:at] + any("", "0", ".", ":", "::", "%", "x", " ", "f", "-", "\n") + text[at+random.IntN(2):]
		}
		texts[i] = strings.ToValidUTF8(text, "?")
	}
	return texts
}

// randomIPv6 returns an address that has zeros in some places.
func randomIPv6(random *rand.Rand) netip.Addr {
	var bytes [16]byte
	for i := 0; i < 16; i += 2 {
		if random.IntN(2) == 0 {
			bytes[i], bytes[i+1] = byte(random.IntN(256)), byte(random.IntN(256))
		}
	}
	return netip.AddrFrom16(bytes)
}

// TestNetipWritesAnAddressAsNodeDoes compares net.SocketAddress with
// netip.AddrPort. For ::1.2.3.4, which nothing uses any more, Node writes the last
// four bytes as in IPv4, and netip ::102:304.
func TestNetipWritesAnAddressAsNodeDoes(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	addrs := []netip.AddrPort{
		netip.MustParseAddrPort("127.0.0.1:0"),
		netip.MustParseAddrPort("[::]:65535"),
		netip.MustParseAddrPort("[::ffff:192.0.2.1]:80"),
		netip.MustParseAddrPort("[1:0:0:1::1]:1"),
		netip.MustParseAddrPort("[1:0:1:1:1:1:1:1]:1"),
	}
	compatible := netip.MustParsePrefix("::/96")
	for range 1000 {
		four := netip.AddrFrom4([4]byte{byte(random.IntN(256)), byte(random.IntN(256)), byte(random.IntN(256)), byte(random.IntN(256))})
		addrs = append(addrs, netip.AddrPortFrom(four, uint16(random.IntN(1<<16))))
		if six := randomIPv6(random); !compatible.Contains(six) {
			addrs = append(addrs, netip.AddrPortFrom(six, uint16(random.IntN(1<<16))))
		}
	}
	type made struct {
		Address, Family string
		Port            uint16
		Parsed          *bool // whether parse gives the same; null in versions without it
	}
	var questions [][]any
	for _, a := range addrs {
		questions = append(questions, []any{a.Addr().StringExpanded(), a.Addr().Is4(), a.Port(), a.String()})
	}
	for i, node := range nodetest.Ask[[]any, made](t, `
		const [address, is4, port, text] = question;
		const { family, address: short } = new net.SocketAddress({ address, port, family: is4 ? 'ipv4' : 'ipv6' });
		let parsed = null;
		if (net.SocketAddress.parse) {
			const p = net.SocketAddress.parse(text);
			parsed = !!p && p.address === short && p.port === port && p.family === family;
		}
		return { Address: short, Family: family, Port: port, Parsed: parsed };`, questions) {
		a := addrs[i]
		family := "ipv6"
		if a.Addr().Is4() {
			family = "ipv4"
		}
		if node.Address != a.Addr().String() || node.Family != family || node.Port != a.Port() {
			t.Errorf("%v is %+v in Node", a, node)
		}
		if node.Parsed != nil && !*node.Parsed {
			t.Errorf("%v is another address to Node's SocketAddress.parse", a)
		}
	}
}

// TestParseAddrPortIsSocketAddressParse holds the two forms that Node's
// documentation of SocketAddress.parse gives (v20 has no such function). There a
// port is optional: that is ParseAddr here.
func TestParseAddrPortIsSocketAddressParse(t *testing.T) {
	for text, want := range map[string]netip.AddrPort{
		"123.1.2.3:1234": netip.AddrPortFrom(netip.AddrFrom4([4]byte{123, 1, 2, 3}), 1234),
		"[1::1]:1234":    netip.AddrPortFrom(netip.MustParseAddr("1::1"), 1234),
	} {
		if got, err := netip.ParseAddrPort(text); err != nil || got != want {
			t.Errorf("ParseAddrPort(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"123.1.2.3", "1::1", "[1::1]", "1::1:1234", "localhost:80", ":80", "123.1.2.3:", "123.1.2.3:65536", "123.1.2.3:http"} {
		if got, err := netip.ParseAddrPort(text); err == nil {
			t.Errorf("ParseAddrPort(%q) = %v, want an error", text, got)
		}
	}
}
