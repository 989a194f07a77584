// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"net/netip"
	"strings"

	"github.com/dop251/goja"
	"github.com/duplex-go/duplex"
)

// bindAddress binds
//
//	isIP(text) → 4, 6 or 0; canonical(text, family) → the address as Node writes it, or ''
//	blockList() → list; block(list, first, last) → boolean
//	blockSubnet(list, address, bits); blocked(list, address) → boolean
func bindAddress(r *Runtime, exports *goja.Object) {
	list := func(call goja.FunctionCall) *duplex.BlockList { return call.Argument(0).Export().(*duplex.BlockList) }
	ip := func(v goja.Value) netip.Addr {
		a, _ := netip.ParseAddr(v.String())
		return a
	}
	exports.Set("isIP", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(familyOf(call.Argument(0).String()))
	})
	exports.Set("canonical", func(call goja.FunctionCall) goja.Value {
		a := ip(call.Argument(0)).WithZone("") // a zone is no part of it
		if !a.IsValid() || a.Is4() != (call.Argument(1).ToInteger() == 4) {
			return r.vm.ToValue("")
		}
		return r.vm.ToValue(written(a))
	})
	exports.Set("blockList", func(goja.FunctionCall) goja.Value { return r.vm.ToValue(&duplex.BlockList{}) })
	exports.Set("block", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(list(call).AddRange(ip(call.Argument(1)), ip(call.Argument(2))) == nil)
	})
	exports.Set("blockSubnet", func(call goja.FunctionCall) goja.Value {
		subnet := netip.PrefixFrom(ip(call.Argument(1)), int(call.Argument(2).ToInteger()))
		return r.vm.ToValue(list(call).AddPrefix(subnet) == nil)
	})
	exports.Set("blocked", func(call goja.FunctionCall) goja.Value {
		return r.vm.ToValue(list(call).Contains(ip(call.Argument(1))))
	})
}

// familyOf returns 4 or 6 if text is an IP address as Node knows them, else 0: they
// differ from Go's in what may be a zone.
func familyOf(text string) int {
	text, zone, zoned := strings.Cut(text, "%")
	ip, err := netip.ParseAddr(text)
	switch {
	case err != nil:
		return 0
	case ip.Is4():
		if zoned {
			return 0
		}
		return 4
	case zoned && (zone == "" || strings.Trim(zone, zoneBytes) != ""):
		return 0
	}
	return 6
}

const zoneBytes = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-."

// written returns an address as Node writes it: as Go does, but for an IPv6 address
// that ends with an IPv4 one behind nothing but zeros.
func written(ip netip.Addr) string {
	b := ip.As16()
	if ip.Is6() && [12]byte(b[:12]) == [12]byte{} && (b[12] != 0 || b[13] != 0) {
		return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
	}
	return ip.String()
}
