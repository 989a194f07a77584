// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"encoding/json"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestBlockListContainsTheAddressesOfItsRules(t *testing.T) {
	var b duplex.BlockList
	addr := netip.MustParseAddr
	for _, err := range []error{
		b.Add(addr("192.0.2.1")),
		b.AddRange(addr("10.0.0.1"), addr("10.0.0.10")),
		b.AddPrefix(netip.MustParsePrefix("2001:db8:1::/48")),
		b.AddPrefix(netip.MustParsePrefix("192.168.5.7/16")),
		b.AddPrefix(netip.MustParsePrefix("::ffff:172.16.0.0/108")),
		b.Add(addr("::ffff:198.51.100.1")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]bool{
		"192.0.2.1": true, "192.0.2.2": false, "::ffff:192.0.2.1": true,
		"10.0.0.0": false, "10.0.0.1": true, "10.0.0.5": true, "10.0.0.10": true, "10.0.0.11": false,
		"2001:db8:1::": true, "2001:db8:1:ffff:ffff:ffff:ffff:ffff": true, "2001:db8:2::": false,
		"192.168.255.255": true, "192.169.0.0": false,
		"172.16.0.0": true, "172.31.255.255": true, "172.32.0.0": false,
		"198.51.100.1": true, "fe80::1%eth0": false,
	} {
		if got := b.Contains(addr(text)); got != want {
			t.Errorf("Contains(%s) = %v, want %v", text, got, want)
		}
	}
	want := []string{ // Node's own words, but for IPv4 in IPv6, which is IPv4 here
		"Address: IPv4 198.51.100.1",
		"Subnet: IPv4 172.16.0.0/12",
		"Subnet: IPv4 192.168.5.7/16",
		"Subnet: IPv6 2001:db8:1::/48",
		"Range: IPv4 10.0.0.1-10.0.0.10",
		"Address: IPv4 192.0.2.1",
	}
	if got := b.Rules(); !slices.Equal(got, want) {
		t.Errorf("Rules are\n%q\nwant\n%q", got, want)
	}

	data, err := json.Marshal(&b)
	if err != nil {
		t.Fatal(err)
	}
	var read duplex.BlockList
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	if got := read.Rules(); !slices.Equal(got, want) {
		t.Errorf("read back, Rules are\n%q\nwant\n%q", got, want)
	}
	if !read.Remove(want[0]) || read.Remove(want[0]) || read.Contains(addr("198.51.100.1")) {
		t.Error("Remove did not take out the rule, once")
	}
}

func TestBlockListsCanBeFilledAtOnceAndCleared(t *testing.T) {
	var b duplex.BlockList
	addr, prefix := netip.MustParseAddr, netip.MustParsePrefix
	if err := b.Add(addr("192.0.2.1"), addr("192.0.2.2")); err != nil {
		t.Fatal(err)
	}
	if err := b.AddPrefix(prefix("198.51.100.0/24"), prefix("2001:db8::/32")); err != nil {
		t.Fatal(err)
	}
	want := []string{"Subnet: IPv6 2001:db8::/32", "Subnet: IPv4 198.51.100.0/24", "Address: IPv4 192.0.2.2", "Address: IPv4 192.0.2.1"}
	if got := b.Rules(); !slices.Equal(got, want) || b.Len() != 4 {
		t.Errorf("%d rules are\n%q\nwant\n%q", b.Len(), got, want)
	}
	if err := b.Add(addr("203.0.113.1"), netip.Addr{}); err == nil || b.Len() != 4 {
		t.Errorf("a list with an invalid address: %v, and %d rules; want an error and 4", err, b.Len())
	}
	if err := b.AddPrefix(prefix("203.0.113.0/24"), netip.Prefix{}); err == nil || b.Len() != 4 {
		t.Errorf("a list with an invalid prefix: %v, and %d rules; want an error and 4", err, b.Len())
	}
	b.Clear()
	if b.Len() != 0 || b.Contains(addr("192.0.2.1")) {
		t.Errorf("after Clear it has %d rules", b.Len())
	}
}

func TestPrivateRangesAreThoseOfNetip(t *testing.T) {
	var b duplex.BlockList
	if err := b.AddPrefix(duplex.PrivateRanges()...); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"10.255.0.1", "172.16.0.1", "172.31.255.255", "172.32.0.1", "192.168.1.1", "192.169.0.1", "127.0.0.1", "126.255.255.255",
		"169.254.1.1", "169.255.0.1", "192.0.2.1", "::1", "::2", "fe80::1", "fec0::1", "fc00::1", "fdff::1", "fe00::1", "2001:db8::1",
	} {
		a := netip.MustParseAddr(text)
		if got, want := b.Contains(a), a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast(); got != want {
			t.Errorf("%v is blocked: %v, want %v", a, got, want)
		}
	}
}

func TestBlockListRefusesNonsense(t *testing.T) {
	var b duplex.BlockList
	addr := netip.MustParseAddr
	for name, err := range map[string]error{
		"an invalid address":        b.Add(netip.Addr{}),
		"a range backwards":         b.AddRange(addr("10.0.0.10"), addr("10.0.0.1")),
		"a range of two families":   b.AddRange(addr("10.0.0.1"), addr("2001:db8::1")),
		"an invalid prefix":         b.AddPrefix(netip.Prefix{}),
		"a prefix wider than IPv4":  b.AddPrefix(netip.MustParsePrefix("::ffff:0.0.0.0/80")),
		"JSON that is no list":      json.Unmarshal([]byte(`{"a":1}`), &b),
		"a rule that is none":       json.Unmarshal([]byte(`["Address: IPv4 somewhere"]`), &b),
		"a rule of an unknown kind": json.Unmarshal([]byte(`["Planet: IPv4 192.0.2.1"]`), &b),
		"a range without an end":    json.Unmarshal([]byte(`["Range: IPv4 192.0.2.1"]`), &b),
		"a subnet without a prefix": json.Unmarshal([]byte(`["Subnet: IPv4 192.0.2.1"]`), &b),
	} {
		if err == nil {
			t.Errorf("%s is no error", name)
		}
	}
	if n := len(b.Rules()); n != 0 {
		t.Errorf("%d rules after errors, want 0", n)
	}
	if (*duplex.BlockList)(nil).Contains(addr("192.0.2.1")) {
		t.Error("nil blocks")
	}
}

func TestBlockedAddressesAreNeitherServedNorConnectedTo(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		loopback := new(duplex.BlockList)
		loopback.AddPrefix(netip.MustParsePrefix("127.0.0.0/8"))
		drops := make(chan duplex.Drop, 1)
		srv := &duplex.Server{Engine: e, OnDrop: func(d duplex.Drop) { drops <- d }, Options: duplex.Options{BlockList: loopback}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		var dropped, blocked duplextest.Recorder
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", srv.Addr().String(), dropped.Handler(nil))
		if d := rig.Wait(t, drops); !errors.Is(d.Reason, duplex.ErrBlocked) {
			t.Errorf("the client was dropped for %v, want ErrBlocked", d.Reason)
		}
		dropped.Expect(t, "connect", "end", "close")

		client := &duplex.Client{Engine: e, Options: duplex.Options{BlockList: loopback}}
		s := client.Connect(t.Context(), "tcp", srv.Addr().String(), blocked.Handler(nil))
		blocked.Expect(t, "error: ERR_IP_BLOCKED", "close: hadError")
		if !errors.Is(s.Err(), duplex.ErrBlocked) {
			t.Errorf("Err is %v, want ErrBlocked", s.Err())
		}
	})
}
