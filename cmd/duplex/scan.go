// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"cmp"
	"context"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/duplex-go/duplex"
)

// timeoutOfScan is how long a port of a range may take to answer without --timeout.
const timeoutOfScan = 3 * time.Second

// mostAtOnce is how many ports of a range are tried at a time.
const mostAtOnce = 64

// portRange returns the host and the first and last port of an address such as
// 127.0.0.1:20-25. It reports false if the address has no range.
func portRange(address string) (network, host string, first, last int, found bool, err error) {
	network, rest, ok := strings.Cut(address, "://")
	if !ok {
		network, rest = "tcp", address
	}
	i := strings.LastIndexByte(rest, ':')
	host, ports := rest[:max(i, 0)], rest[i+1:]
	from, to, found := strings.Cut(ports, "-")
	switch {
	case !found || !isNumber(from) || !isNumber(to):
		return "", "", 0, 0, false, nil
	case network == "tls":
		return "", "", 0, 0, true, misuse("give one port, or leave tls:// away", "-z with a range of ports has no TLS: %s", address)
	case !strings.HasPrefix(network, "tcp"):
		return "", "", 0, 0, false, nil
	}
	first, _ = strconv.Atoi(from)
	last, _ = strconv.Atoi(to)
	if first < 1 || last > 65535 || first > last {
		return "", "", 0, 0, true, misuse("write -z 127.0.0.1:20-25", "no such range of ports: %s", ports)
	}
	if i < 0 {
		host = loopback(network)
	}
	return network, strings.Trim(host, "[]"), first, last, true, nil
}

// notOfRanges are the flags of connect that a range of ports does not have.
const notOfRanges = "tls via proxy-protocol record retry"

// prepareScan checks the flags of a scan.
func (v *connect) prepareScan() error {
	if err := v.rules(); err != nil {
		return err
	}
	for flag := range strings.FieldsSeq(notOfRanges) {
		if v.given(flag) {
			return misuse("give one port, or leave --"+flag+" away", "-z with a range of ports has no --%s", flag)
		}
	}
	if err := secureRules.check(v.given); err != nil {
		return err
	}
	return cmp.Or(checkLocal(v.local), v.tuning.check())
}

// A finding is what a port of a range has answered.
type finding struct {
	remote string
	err    error // nil if the port is open
}

// scan tries the ports of a range, and prints those that are open, in their order; with -v
// the others, too. It fails if none is.
func (v *connect) scan(network, host string, first, last int) error {
	p := v.newPrinter()
	client := &duplex.Client{
		Engine: &duplex.Engine{Loops: 1}, LocalAddr: v.local, Timeout: v.timeout, Resolver: resolver,
		Options: duplex.Options{Linger: -1},
	}
	if client.Timeout == 0 {
		client.Timeout = timeoutOfScan
	}
	results := make(chan chan finding, mostAtOnce)
	go func() { // until the last port is tried
		defer close(results)
		for port := first; port <= last; port++ {
			result := make(chan finding, 1)
			results <- result // waits while too many are under way
			address := net.JoinHostPort(host, strconv.Itoa(port))
			answered := false
			client.Connect(context.Background(), network, address, &duplex.Handler{
				OnConnect: func(s *duplex.Socket) {
					answered = true
					s.Close()
				},
				OnClose: func(s *duplex.Socket) {
					if answered || wasMade(s.Err()) {
						result <- finding{remote: address}
					} else {
						result <- finding{address, s.Err()}
					}
				},
			})
		}
	}()
	var failed error
	open := false
	for result := range results {
		f := <-result
		if f.err == nil {
			open = true
			p.print(event{name: "open", remote: f.remote, said: " " + f.remote})
		} else {
			failed = f.err
			if exitCode(failed) == exitNoName {
				return fail(failed)
			}
			if p.verbose {
				p.print(event{name: "closed", remote: f.remote, err: f.err, said: " " + f.remote + " " + duplex.Code(f.err)})
			}
		}
	}
	if err := p.flush(); err != nil {
		return cannotPrint(err)
	}
	if open {
		return nil
	}
	f := fail(failed)
	f.message = "no port from " + strconv.Itoa(first) + " to " + strconv.Itoa(last) + " is open; the last one: " + f.message
	f.hint = "-v shows all of them"
	return f
}
