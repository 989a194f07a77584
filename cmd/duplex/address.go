// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// parseAddress returns an address in the form that the library takes. The error is a
// misuse.
func parseAddress(arg string) (network, address string, err error) {
	if path, ok := strings.CutPrefix(arg, "unix:"); ok {
		path = strings.TrimPrefix(path, "//")
		if path == "" {
			return "", "", misuse("write unix:/path, or unix:@name for an abstract one", "no path in %q", arg)
		}
		return "unix", path, nil
	}
	switch kind, value, _ := strings.Cut(arg, ":"); {
	case kind == "exec" && !isNumber(value):
		return "", "", misuse("it is an upstream of proxy; for each client of a server: duplex serve ADDR --exec COMMAND", "a program is no address: %s", arg)
	case kind == "file" && !isNumber(value):
		return "", "", misuse("it is an upstream of proxy; for each client of a server: duplex serve ADDR --file FILE", "a file is no address: %s", arg)
	}
	network, address, ok := strings.Cut(arg, "://")
	if !ok {
		network, address = "tcp", arg
	}
	switch network {
	case "tcp", "tcp4", "tcp6":
	case "http", "https", "ws", "wss":
		host, _, _ := strings.Cut(address, "/")
		return "", "", misuse(otherProtocol(network, host), "%s:// is a protocol above TCP, and duplex speaks TCP", network)
	default:
		return "", "", misuse("there are tcp://, tcp4://, tcp6://, tls:// and unix:", "no such network: %s", network)
	}
	if isNumber(address) {
		address = net.JoinHostPort(loopback(network), address)
	}
	if strings.Contains(address, "?") {
		return "", "", misuse("write tls://, or leave them away", "only an address of tls:// has options: %s", address)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil || port == "" {
		return "", "", badAddress(address)
	}
	if strings.Contains(host, ":") && !isIPv6(host) {
		return "", "", misuse("in brackets goes an IPv6 address, as in [::1]:6666", "no such address: %s", address)
	}
	if _, err := net.LookupPort(network, port); err != nil {
		if isRange(port) {
			return "", "", misuse(oneOfRange, "a range of ports is no port: %s", port)
		}
		return "", "", misuse("a port is a number from 0 to 65535", "no such port: %s", port)
	}
	return network, address, nil
}

// checkLocal returns a misuse if --local does not take s.
func checkLocal(s string) error {
	if isLocalAddress(s) {
		return nil
	}
	return misuse("write 127.0.0.1 or 127.0.0.1:35890", "--local takes an IP address, not %s", s)
}

// parseRemote is parseAddress of an address to connect to: its port is not 0. Who is what
// listens there, as the hint calls it.
func parseRemote(arg, who string) (network, address string, err error) {
	network, address, err = parseAddress(arg)
	if err == nil && network != "unix" && strings.HasSuffix(address, ":0") {
		return "", "", misuse("give the port that the "+who+" listens on", "no port to connect to: %s", address)
	}
	return network, address, err
}

// otherProtocol returns how to reach the server of a URL.
func otherProtocol(scheme, host string) string {
	prefix, port := "", ":80"
	if scheme == "https" || scheme == "wss" {
		prefix, port = "tls://", ":443"
	}
	if strings.Contains(host, ":") {
		port = ""
	}
	return "write " + prefix + host + port
}

// badAddress is the misuse of an address that has no clear host and port.
func badAddress(address string) error {
	host := strings.TrimSuffix(address, ":")
	switch {
	case isRange(address):
		return misuse(oneOfRange, "a range of ports is no address: %s", address)
	case bracketed(address) != "":
		return misuse("write it in brackets: "+bracketed(address), "an IPv6 address without brackets: %s", address)
	case strings.Contains(address, "/"):
		return misuse("a Unix socket is unix:"+address, "no port in %q", address)
	case host == "":
		return misuse("write HOST:PORT, as in 127.0.0.1:6666", "the address is empty")
	case !strings.Contains(host, ":"), strings.HasSuffix(host, "]") && isIPv6(strings.Trim(host, "[]")):
		return misuse("write "+host+":PORT", "no port in %q", address)
	}
	return misuse("write HOST:PORT, or [IPv6]:PORT", "no such address: %s", address)
}

// oneOfRange is the hint for a range of ports where there has to be one port.
const oneOfRange = "give one port; a range is for: duplex connect -z HOST:20-25"

// isRange reports whether s is a range of ports, as in 20-25.
func isRange(s string) bool {
	first, last, found := strings.Cut(s, "-")
	return found && isNumber(first) && isNumber(last)
}

// bracketed returns an IPv6 address, with a port or without, in brackets; "" if the
// address is not IPv6.
func bracketed(address string) string {
	if i := strings.LastIndexByte(address, ':'); i > 0 && isIPv6(address[:i]) && isNumber(address[i+1:]) {
		return net.JoinHostPort(address[:i], address[i+1:])
	}
	if isIPv6(address) {
		return net.JoinHostPort(address, "PORT")
	}
	return ""
}

// isLocalAddress reports whether --local takes s: an IP address, with a port or
// without, or a port alone.
func isLocalAddress(s string) bool {
	if host, port, err := net.SplitHostPort(s); err == nil {
		_, err := strconv.ParseUint(port, 10, 16)
		return err == nil && (host == "" || isIP(host))
	}
	return s == "" || isIP(s)
}

func isIP(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

func isIPv6(s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Is6()
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 64)
	return err == nil
}

// loopback returns the address that only this machine reaches.
func loopback(network string) string {
	if network == "tcp6" {
		return "::1"
	}
	return "127.0.0.1"
}
