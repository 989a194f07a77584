// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/dop251/goja"
)

// Numbers of getaddrinfo's errors, as libuv has them.
const (
	eaiAgain  = -3001
	eaiNoName = -3008
)

// bindDNS is binding('dns'):
//
//	isIP(text) → 0, 4 or 6
//	lookup(host, family, callback(errno, addresses)): as the system's resolver would
//	service(address, port, callback(errno, host, service))
//	resolve(type, name, servers, callback(code, records)): asks servers, or the system's
//	servers(): the system's
func bindDNS(r *Runtime, exports *goja.Object) {
	vm := r.vm
	exports.Set("isIP", func(call goja.FunctionCall) goja.Value {
		a, err := netip.ParseAddr(call.Argument(0).String())
		switch {
		case err != nil:
			return vm.ToValue(0)
		case a.Is4():
			return vm.ToValue(4)
		}
		return vm.ToValue(6)
	})
	exports.Set("lookup", func(call goja.FunctionCall) goja.Value {
		host, family, callback := call.Argument(0).String(), call.Argument(1).ToInteger(), call.Argument(2)
		network := map[int64]string{4: "ip4", 6: "ip6"}[family]
		if network == "" {
			network = "ip"
		}
		errno := lookupLeave(r, host)
		var found []netip.Addr
		r.background(func() {
			if errno == 0 {
				found, errno = lookupHost(network, host)
			}
		}, func() {
			var list []any
			for _, a := range found {
				list = append(list, a.Unmap().String())
			}
			r.enter(callback, goja.Undefined(), vm.ToValue(errno), vm.NewArray(list...))
		})
		return goja.Undefined()
	})
	exports.Set("service", func(call goja.FunctionCall) goja.Value {
		address, port, callback := call.Argument(0).String(), int(call.Argument(1).ToInteger()), call.Argument(2)
		errno, host := lookupLeave(r, address), address
		r.background(func() {
			if errno != 0 {
				return
			}
			if names, err := net.DefaultResolver.LookupAddr(context.Background(), address); err == nil && len(names) > 0 {
				host = strings.TrimSuffix(names[0], ".")
			}
		}, func() {
			r.enter(callback, goja.Undefined(), vm.ToValue(errno), vm.ToValue(host), vm.ToValue(serviceName(port)))
		})
		return goja.Undefined()
	})
	exports.Set("resolve", func(call goja.FunctionCall) goja.Value {
		kind, name, callback := call.Argument(0).String(), call.Argument(1).String(), call.Argument(3)
		var servers []string
		vm.ExportTo(call.Argument(2), &servers)
		errno := lookupLeave(r, name)
		var records []any
		var err error
		r.background(func() {
			if errno == 0 {
				ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
				defer cancel()
				records, err = query(ctx, resolver(servers), kind, name)
			}
		}, func() {
			code := resolveCode(err)
			if errno != 0 {
				code = "EREFUSED"
			}
			list := make([]any, len(records))
			for i, record := range records {
				if fields, ok := record.(map[string]any); ok {
					o := vm.NewObject()
					for _, key := range recordKeys {
						if v, ok := fields[key]; ok {
							o.Set(key, v)
						}
					}
					record = o
				}
				list[i] = record
			}
			r.enter(callback, goja.Undefined(), vm.ToValue(code), vm.NewArray(list...))
		})
		return goja.Undefined()
	})
	exports.Set("servers", func(goja.FunctionCall) goja.Value {
		var list []any
		for _, s := range systemServers() {
			list = append(list, s)
		}
		return vm.NewArray(list...)
	})
}

// lookupLeave asks the host whether a name may be looked up.
func lookupLeave(r *Runtime, name string) int {
	if r.Network == nil || r.Network("lookup", "ip", name) != nil {
		return -int(syscall.EACCES)
	}
	return 0
}

func lookupHost(network, host string) ([]netip.Addr, int) {
	if ip, ok := numbered(host); ok && network != "ip6" {
		return []netip.Addr{ip}, 0
	}
	found, err := net.DefaultResolver.LookupNetIP(context.Background(), network, host)
	var failure *net.DNSError
	var address *net.AddrError
	switch {
	case err == nil:
		return found, 0
	case errors.As(err, &address):
		return nil, eaiNoName
	case errors.As(err, &failure) && !failure.IsNotFound && (failure.IsTimeout || failure.IsTemporary):
		return nil, eaiAgain
	}
	return nil, eaiNoName
}

// numbered returns the IPv4 address that host is in one of the old forms, as C's
// inet_aton knows them: 127.1, 0x7f000001, 0.
func numbered(host string) (netip.Addr, bool) {
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var all uint64
	for i, part := range parts {
		size := 8 // bits of this part: of the last one, all that are left
		if i == len(parts)-1 {
			size = 8 * (5 - len(parts))
		}
		n, err := strconv.ParseUint(part, 0, size)
		if err != nil || goOnly.MatchString(part) {
			return netip.Addr{}, false
		}
		all = all<<size | n
	}
	return netip.AddrFrom4([4]byte{byte(all >> 24), byte(all >> 16), byte(all >> 8), byte(all)}), true
}

// goOnly matches numbers that are some in Go's language and not in C's.
var goOnly = regexp.MustCompile(`^0[bBoO]|_`)

// serviceName returns what the system calls a TCP port.
func serviceName(port int) string {
	text, _ := os.ReadFile("/etc/services")
	want := strconv.Itoa(port) + "/tcp"
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[1] == want {
			return words[0]
		}
	}
	return strconv.Itoa(port)
}

func resolver(servers []string) *net.Resolver {
	if len(servers) == 0 {
		return &net.Resolver{PreferGo: true}
	}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		server := servers[0]
		if _, _, err := net.SplitHostPort(server); err != nil {
			server = net.JoinHostPort(server, "53")
		}
		return new(net.Dialer).DialContext(ctx, network, server)
	}}
}

// recordKeys are the fields of records, in the order in which they are shown.
var recordKeys = []string{"exchange", "name", "port", "priority", "weight"}

func query(ctx context.Context, from *net.Resolver, kind, name string) (records []any, err error) {
	bare := func(host string) string { return strings.TrimSuffix(host, ".") }
	switch kind {
	case "A", "AAAA":
		network := map[string]string{"A": "ip4", "AAAA": "ip6"}[kind]
		var found []netip.Addr
		found, err = from.LookupNetIP(ctx, network, name)
		for _, a := range found {
			records = append(records, a.Unmap().String())
		}
	case "MX":
		var found []*net.MX
		found, err = from.LookupMX(ctx, name)
		for _, m := range found {
			records = append(records, map[string]any{"exchange": bare(m.Host), "priority": m.Pref})
		}
	case "NS":
		var found []*net.NS
		found, err = from.LookupNS(ctx, name)
		for _, n := range found {
			records = append(records, bare(n.Host))
		}
	case "SRV":
		var found []*net.SRV
		_, found, err = from.LookupSRV(ctx, "", "", name)
		for _, s := range found {
			records = append(records, map[string]any{"name": bare(s.Target), "port": s.Port, "priority": s.Priority, "weight": s.Weight})
		}
	case "TXT":
		var found []string
		found, err = from.LookupTXT(ctx, name)
		for _, text := range found {
			records = append(records, []any{text})
		}
	case "CNAME":
		var found string
		if found, err = from.LookupCNAME(ctx, name); err == nil {
			records = append(records, bare(found))
		}
	case "PTR":
		var found []string
		found, err = from.LookupAddr(ctx, name)
		for _, host := range found {
			records = append(records, bare(host))
		}
	default:
		err = errors.ErrUnsupported
	}
	return records, err
}

// resolveCode returns Node's code of what query failed with, "" for nothing.
func resolveCode(err error) string {
	var failure *net.DNSError
	switch {
	case err == nil:
		return ""
	case errors.Is(err, errors.ErrUnsupported):
		return "ENOTIMP"
	case errors.Is(err, syscall.ECONNREFUSED) || strings.Contains(err.Error(), "connection refused"):
		return "ECONNREFUSED"
	case errors.As(err, &failure) && failure.IsTimeout:
		return "ETIMEOUT"
	case errors.As(err, &failure) && failure.IsNotFound:
		return "ENOTFOUND"
	}
	return "ESERVFAIL"
}

// systemServers returns the name servers that the system is told to ask.
func systemServers() []string {
	text, _ := os.ReadFile("/etc/resolv.conf")
	var servers []string
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "nameserver" {
			servers = append(servers, words[1])
		}
	}
	if servers == nil {
		servers = []string{"127.0.0.1"}
	}
	return servers
}
