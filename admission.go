// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"encoding/json"
	"errors"
	"net"
	"net/netip"
	"sync"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/ledger"
	"github.com/duplex-go/duplex/internal/ranges"
	"github.com/duplex-go/duplex/internal/rates"
)

// A Drop is a client that a Server refused.
type Drop struct {
	// Local is the address that the client connected to, and Remote is the client's own:
	// those that a PROXY header has announced, if there was one. Both are zero on a Unix
	// socket.
	Local, Remote netip.AddrPort

	// Reason is [ErrBlocked], [ErrNotAllowed], [ErrOverBudget], [ErrMaxConns], [ErrAcceptRate],
	// [ErrMaxPerIP], [ErrAcceptRatePerIP], the error of Admit, or [net.ErrClosed] for a
	// client that connected as the server stopped listening. If several limits refuse a
	// client, the first of this list is the reason. For a client of TrustedProxies that
	// sent no PROXY header, it wraps [ErrProxyHeader], is [ErrProxyTimeout], or is the
	// [*net.OpError] of a connection that was lost before. For a client whose TLS
	// handshake failed, it is a [*net.OpError], which may wrap [ErrHandshakeTimeout] or
	// [ErrMaxHandshakes], or [net.ErrClosed] if the socket was destroyed meanwhile. Code
	// returns Node's code of it.
	Reason error
}

// Reasons of a Drop, beside [ErrBlocked] and [ErrOverBudget]. No socket has these errors. The client that is
// refused sees that its connection is made and then closed.
var (
	// ErrNotAllowed means that the address is not in the AllowList.
	ErrNotAllowed = errors.New("duplex: the address is not allowed")

	// ErrMaxConns means that the Server has MaxConns sockets already.
	ErrMaxConns = errors.New("duplex: the server has its maximum of connections")

	// ErrMaxPerIP means that the Server has MaxPerIP sockets from the client's address
	// already.
	ErrMaxPerIP = errors.New("duplex: the address has its maximum of connections")

	// ErrAcceptRate means that clients came faster than AcceptRate.
	ErrAcceptRate = errors.New("duplex: the server has accepted its share of connections for now")

	// ErrAcceptRatePerIP means that clients from one address came faster than
	// AcceptRatePerIP.
	ErrAcceptRatePerIP = errors.New("duplex: the address has had its share of connections for now")
)

// A Rate limits how often something happens. The zero Rate is no limit.
type Rate struct {
	// PerSecond is how often it may happen on average. Zero or negative is no limit.
	PerSecond float64

	// Burst is how often it may happen at once, after a pause of Burst / PerSecond
	// seconds. Zero or negative is PerSecond without its fraction, and at least 1.
	Burst int
}

func (r Rate) pace() rates.Pace { return rates.NewPace(r.PerSecond, r.Burst) }

// ErrBlocked is the error of a connection to an address that a BlockList blocks, and
// the Reason of a Drop of a client with such an address. (Node: ERR_IP_BLOCKED.)
var ErrBlocked = errors.New("duplex: the address is blocked")

// A BlockList is a set of addresses that a Server refuses and a Client does not connect
// to. The zero BlockList blocks no address; nor does nil in [Options]. Any goroutine may
// call its methods, also while Servers and Clients use it. (Node: net.BlockList.)
//
// As the AllowList of a Server, a BlockList is the set of the only addresses that the
// Server accepts. Its methods speak of blocking all the same.
//
// An IPv4 address and its form in IPv6 (::ffff:192.0.2.1) are the same. Zones are
// ignored.
//
// The cost of Contains, and of adding or removing one rule, grows with the logarithm of
// the number of rules. Contains does not wait while many rules are added.
type BlockList struct {
	rules ranges.List
}

// PrivateRanges returns the ranges that are not part of the public Internet: the
// private networks of RFC 1918 and RFC 4193, loopback, and link-local addresses. A
// Client that connects to addresses which strangers choose should block them. The slice
// belongs to the caller. (Node: BlockList.PRIVATE_RANGES, since v26.8.)
func PrivateRanges() []netip.Prefix {
	prefixes := make([]netip.Prefix, len(privateRanges))
	for i, text := range privateRanges {
		prefixes[i] = netip.MustParsePrefix(text)
	}
	return prefixes
}

var privateRanges = []string{
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "::1/128",
	"169.254.0.0/16", "fe80::/10", "fc00::/7",
}

// Add blocks addresses, with one rule for each. If one is invalid, it returns an error
// and adds none. (Node: addAddress, addAddresses.)
func (b *BlockList) Add(addrs ...netip.Addr) error { return blockAll(b, addrs, ranges.One) }

// AddRange blocks the addresses from first to last, both included. It returns an error
// if one is invalid, if they are of two families, or if first is greater than last.
// (Node: addRange.)
func (b *BlockList) AddRange(first, last netip.Addr) error {
	rule, err := ranges.Span(first, last)
	if err == nil {
		b.rules.Add(rule)
	}
	return err
}

// AddPrefix blocks subnets, with one rule for each. If one is invalid, it returns an
// error and adds none. (Node: addSubnet; addCIDR and addCIDRs with
// [netip.ParsePrefix].)
func (b *BlockList) AddPrefix(prefixes ...netip.Prefix) error {
	return blockAll(b, prefixes, ranges.Subnet)
}

// blockAll adds the rules of all, or none if one of them is an error.
func blockAll[T any](b *BlockList, all []T, ruleOf func(T) (ranges.Rule, error)) error {
	rules := make([]ranges.Rule, len(all))
	for i, x := range all {
		var err error
		if rules[i], err = ruleOf(x); err != nil {
			return err
		}
	}
	b.rules.Add(rules...)
	return nil
}

// Contains reports whether a is blocked. An invalid address is not; a nil BlockList
// blocks none. (Node: check.)
func (b *BlockList) Contains(a netip.Addr) bool {
	return b != nil && b.rules.Contains(a)
}

// Rules returns the text of every rule as Node writes it, the newest rule first:
// "Address: IPv4 192.0.2.1", "Range: IPv4 192.0.2.1-192.0.2.9", "Subnet: IPv6
// 2001:db8::/32".
func (b *BlockList) Rules() []string { return b.rules.Texts() }

// Len returns how many rules there are. (Node: size.)
func (b *BlockList) Len() int { return b.rules.Len() }

// Clear removes all rules. (Node: clear.)
func (b *BlockList) Clear() { b.rules.Clear() }

// Remove removes the rules that have the given text, as Rules writes it, and reports
// whether there was one. An address that several rules block stays blocked by the
// others. (Node: removeAddress, removeRange, removeSubnet, removeCIDR.)
func (b *BlockList) Remove(rule string) bool { return b.rules.Remove(rule) }

// MarshalJSON encodes the rules as an array of strings, in the order of Rules. (Node:
// toJSON.)
func (b *BlockList) MarshalJSON() ([]byte, error) { return json.Marshal(b.Rules()) }

// UnmarshalJSON replaces the rules by those of an array that MarshalJSON has encoded.
// If one is malformed, it returns an error and leaves the rules as they were. (Node:
// fromJSON.)
func (b *BlockList) UnmarshalJSON(data []byte) error {
	var texts []string
	if err := json.Unmarshal(data, &texts); err != nil {
		return err
	}
	rules := make([]ranges.Rule, len(texts))
	for i, text := range texts {
		var err error
		if rules[len(texts)-1-i], err = ranges.Parse(text); err != nil {
			return err
		}
	}
	b.rules.Replace(rules)
	return nil
}

// A refusal is why a gate refuses a connection.
type refusal uint8

const (
	admitted refusal = iota
	refusedBlocked
	refusedNotAllowed
	refusedOverBudget
	refusedMaxConns
	refusedAcceptRate
	refusedMaxPerIP
	refusedAcceptRatePerIP
	refusedAdmit       // Reason is what Admit has returned
	refusedProxyHeader // Reason says what happened
	refusedHandshake   // the same
	refusedClosed
	refusals // the number of them
)

// reasons are the Reason of a Drop for each refusal.
var reasons = [refusals]error{
	refusedBlocked:         ErrBlocked,
	refusedNotAllowed:      ErrNotAllowed,
	refusedOverBudget:      ErrOverBudget,
	refusedMaxConns:        ErrMaxConns,
	refusedAcceptRate:      ErrAcceptRate,
	refusedMaxPerIP:        ErrMaxPerIP,
	refusedAcceptRatePerIP: ErrAcceptRatePerIP,
	refusedClosed:          net.ErrClosed,
}

// A gate decides which connections a server admits, before it allocates anything for
// them, and counts the admitted ones. A server has a gate for each of its lives, from
// Listen to OnClose.
type gate struct {
	// Constant.
	blocked *BlockList     // may be nil
	allowed *BlockList     // nil is all
	budget  *ledger.Ledger // may be nil
	max     int            // zero or negative is no limit
	pace    rates.Pace

	mostHandshakes int // negative is no limit, zero the default

	mu         sync.Mutex
	in         int         // connections that are admitted and not released
	due        int64       // of pace
	crowd      rates.Crowd // the limits by address
	handshakes int         // those that have a goroutine
}

func newGate(srv *Server) gate {
	return gate{
		blocked: srv.BlockList,
		allowed: srv.AllowList,
		max:     srv.MaxConns,
		pace:    srv.AcceptRate.pace(),
		crowd:   rates.NewCrowd(srv.MaxPerIP, srv.IPv6Prefix, srv.AcceptRatePerIP.pace()),

		mostHandshakes: srv.MaxHandshakes,
	}
}

// admit admits a connection at the time now, or returns why it does not. Each admitted
// connection needs one release. A refused one has no effect on any limit. The address of
// a Unix socket is the zero Addr, which only the limits of the whole server concern.
func (g *gate) admit(remote netip.Addr, now int64) refusal {
	if r := g.listed(remote); r != admitted {
		return r
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if r := g.full(now); r != admitted {
		return r
	}
	if r := g.receive(remote, now); r != admitted {
		return r
	}
	g.enter(now)
	return admitted
}

// shake lets a handshake begin, or returns ErrMaxHandshakes. Each one that begins needs
// one shaken.
func (g *gate) shake() error {
	most := g.mostHandshakes
	if most == 0 {
		most = maxHandshakes
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if most > 0 && g.handshakes >= most {
		return ErrMaxHandshakes
	}
	g.handshakes++
	return nil
}

// shaken gives back the place of a handshake.
func (g *gate) shaken() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.handshakes--
}

// maxHandshakes is the limit of a server that has none of its own.
const maxHandshakes = 10000

// reserve admits a connection whose address is not known yet, or returns why it does not.
func (g *gate) reserve(now int64) refusal {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := g.full(now)
	if r == admitted {
		g.enter(now)
	}
	return r
}

// admitAddr admits the address of a connection that reserve has admitted, or returns why
// it does not. The release of the connection has the address if it was admitted, and the
// zero Addr if it was not.
func (g *gate) admitAddr(remote netip.Addr, now int64) refusal {
	if r := g.listed(remote); r != admitted {
		return r
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.receive(remote, now)
}

// listed refuses the addresses that the lists of the server do.
func (g *gate) listed(remote netip.Addr) refusal {
	switch {
	case g.blocked.Contains(remote):
		return refusedBlocked
	case g.allowed != nil && remote.IsValid() && !g.allowed.Contains(remote):
		return refusedNotAllowed
	}
	return admitted
}

// full looks at the limits of the whole server. The caller holds mu.
func (g *gate) full(now int64) refusal {
	switch {
	case g.budget.Refuses():
		return refusedOverBudget
	case g.max > 0 && g.in >= g.max:
		return refusedMaxConns
	case !g.pace.Allows(g.due, now):
		return refusedAcceptRate
	}
	return admitted
}

// enter takes a place of the whole server. The caller holds mu.
func (g *gate) enter(now int64) {
	g.in++
	g.due = g.pace.After(g.due, now)
}

// receive takes a place of the address, if there is one. The caller holds mu.
func (g *gate) receive(remote netip.Addr, now int64) refusal {
	switch g.crowd.Enter(remote, now) {
	case rates.Full:
		return refusedMaxPerIP
	case rates.Early:
		return refusedAcceptRatePerIP
	}
	return admitted
}

// visitor returns the address that the server's gate has admitted the socket with.
func (s *Socket) visitor() netip.Addr {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.remoteIP == [16]byte{} || s.more != nil && s.more.proxy != nil && !s.more.proxy.announces() {
		return netip.Addr{}
	}
	return netip.AddrFrom16(s.remoteIP)
}

// release gives back the place of a connection that was admitted with the address.
func (g *gate) release(remote netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.in--
	g.crowd.Leave(remote)
}

// trusts reports whether a client of that address begins with a PROXY header. A client
// of a Unix socket has no address.
func (srv *Server) trusts(remote driver.Addr) bool {
	return srv.TrustedProxies != nil && (!remote.IsValid() || srv.TrustedProxies.Contains(remote.Addr()))
}

// Accepted is called when the driver has accepted a connection.
func (ln *listener) Accepted(c driver.Conn) {
	if ln.srv.trusts(c.Remote) {
		ln.await(c)
		return
	}
	if why := ln.gate.admit(c.Remote.Addr(), ln.lane.Now()); why != admitted {
		ln.drop(c, why, reasons[why])
		return
	}
	if ln.srv.Admit == nil {
		ln.welcome(c)
		return
	}
	ln.ask(c.Local, c.Remote, func(err error) {
		if err != nil {
			ln.gate.release(c.Remote.Addr())
			ln.drop(c, refusedAdmit, err)
			return
		}
		ln.welcome(c)
	})
}

// ask asks the server's Admit, and calls then with its answer, also after a panic or
// Goexit.
func (ln *listener) ask(local, remote driver.Addr, then func(error)) {
	var answer error
	defer func() { then(answer) }()
	survive(func() {
		answer = ln.srv.Admit(unmap(local.AddrPort), unmap(remote.AddrPort))
	}, func(err *PanicError) {
		answer = err
		ln.lane.crashed(err, "duplex: a callback of a server crashed", "addr", ln.bound.Local.String())
	})
}

// welcome makes a socket of a connection that was admitted, on the lane with the fewest
// sockets.
func (ln *listener) welcome(c driver.Conn) {
	lane := ln.lane.engine.pick(ln.lane)
	s := ln.enter(lane, c.Local, c.Remote, c.Handle, nil)
	if s == nil {
		ln.gate.release(c.Remote.Addr())
		ln.drop(c, refusedClosed, net.ErrClosed)
		return
	}
	lane.accepted.Add(1)
	if lane == ln.lane {
		(*stream)(s).attach(c)
		return
	}
	lane.Post(func() { (*stream)(s).attach(c) })
}

// drop refuses a connection.
func (ln *listener) drop(c driver.Conn, why refusal, reason error) {
	c.Handle.Close()
	ln.report(c.Local.AddrPort, c.Remote.AddrPort, why, reason)
}

// report counts a connection that was refused, and calls OnDrop.
func (ln *listener) report(local, remote netip.AddrPort, why refusal, reason error) {
	ln.lane.engine.drops[why].Add(1)
	ln.srv.drops[why].Add(1)
	if why == refusedOverBudget {
		ln.gate.budget.CountRefused()
	}
	if f := ln.srv.OnDrop; f != nil {
		ln.call(func() { f(Drop{Local: unmap(local), Remote: unmap(remote), Reason: reason}) })
	}
}
