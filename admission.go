// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"math"
	"net"
	"net/netip"
	"slices"
	"sync"

	"github.com/duplex-go/duplex/internal/driver"
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
	blocked   *BlockList // may be nil
	allowed   *BlockList // nil is all
	budget    *Budget    // may be nil
	max       int        // zero or negative is no limit
	maxPerIP  int        // zero or negative is no limit
	bits      int        // of an IPv6 address; those after them do not count
	pace      pace
	pacePerIP pace

	mostHandshakes int // negative is no limit, zero the default

	mu         sync.Mutex
	in         int   // connections that are admitted and not released
	due        int64 // of pace
	visitors   map[netip.Addr]visitor
	crowd      int // the number of visitors at which thin looks for those that may be forgotten
	handshakes int // those that have a goroutine
}

// A visitor is what a gate knows of the connections from one address.
type visitor struct {
	in  int   // those that are admitted and not released
	due int64 // of pacePerIP
}

func newGate(srv *Server) gate {
	bits := srv.IPv6Prefix
	if bits <= 0 || bits > 128 {
		bits = 64
	}
	return gate{
		blocked:   srv.BlockList,
		allowed:   srv.AllowList,
		max:       srv.MaxConns,
		maxPerIP:  srv.MaxPerIP,
		bits:      bits,
		pace:      newPace(srv.AcceptRate),
		pacePerIP: newPace(srv.AcceptRatePerIP),

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
	case g.budget.refuses():
		return refusedOverBudget
	case g.max > 0 && g.in >= g.max:
		return refusedMaxConns
	case !g.pace.allows(g.due, now):
		return refusedAcceptRate
	}
	return admitted
}

// enter takes a place of the whole server. The caller holds mu.
func (g *gate) enter(now int64) {
	g.in++
	g.due = g.pace.after(g.due, now)
}

// receive takes a place of the address, if there is one. The caller holds mu.
func (g *gate) receive(remote netip.Addr, now int64) refusal {
	if !g.counts(remote) {
		return admitted
	}
	key := g.key(remote)
	v := g.visitors[key]
	switch {
	case g.maxPerIP > 0 && v.in >= g.maxPerIP:
		return refusedMaxPerIP
	case !g.pacePerIP.allows(v.due, now):
		return refusedAcceptRatePerIP
	}
	v.in++
	v.due = g.pacePerIP.after(v.due, now)
	if g.visitors == nil || len(g.visitors) >= g.crowd {
		g.thin(now)
	}
	g.visitors[key] = v
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

// counts reports whether a limit concerns the connections of each address by itself.
func (g *gate) counts(remote netip.Addr) bool {
	return remote.IsValid() && (g.maxPerIP > 0 || g.pacePerIP.interval > 0)
}

// key returns what remote has in common with the addresses that count as one with it.
func (g *gate) key(remote netip.Addr) netip.Addr {
	remote = bare(remote)
	if remote.Is4() {
		return remote
	}
	prefix, _ := remote.Prefix(g.bits) // bits is in range
	return prefix.Addr()
}

// release gives back the place of a connection that was admitted with the address.
func (g *gate) release(remote netip.Addr) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.in--
	if !g.counts(remote) {
		return
	}
	key := g.key(remote)
	v := g.visitors[key]
	if v.in--; v.in == 0 && g.pacePerIP.interval == 0 {
		delete(g.visitors, key)
		return
	}
	g.visitors[key] = v
}

// fewestVisitors is how many visitors are kept without a look whether all have to be.
const fewestVisitors = 1 << 10

// mostVisitors is how many visitors without a connection are kept, whatever the rate is.
// They take some 6 MB.
const mostVisitors = 1 << 16

// thin forgets the visitors that nothing is to be remembered of: none of their
// connections is left, and a whole burst may come. It runs when their number has doubled,
// so the cost is spread over as many connections. An address is kept only until its burst
// may come again, also in a flood from ever new addresses. If more than half of
// mostVisitors are left without a connection, those whose burst comes first are forgotten,
// so a flood cannot fill the memory at a low rate either. The caller holds mu.
func (g *gate) thin(now int64) {
	const most = mostVisitors / 2
	last, room := now, 0 // of those that are due at last, room are kept
	if len(g.visitors) > most {
		last, room = g.latest(now, most)
	}
	kept := make(map[netip.Addr]visitor)
	for key, v := range g.visitors {
		switch {
		case v.in > 0 || v.due > last:
			kept[key] = v
		case v.due == last && room > 0:
			kept[key] = v
			room--
		}
	}
	g.visitors = kept
	g.crowd = max(fewestVisitors, 2*len(kept))
}

// latest returns when the first of the latest n visitors without a connection is due, and
// how many of these are due at that time. If there are fewer than n that are due after
// now, it returns now and 0.
func (g *gate) latest(now int64, n int) (last int64, room int) {
	var dues []int64
	for _, v := range g.visitors {
		if v.in == 0 && v.due > now {
			dues = append(dues, v.due)
		}
	}
	if len(dues) <= n {
		return now, 0
	}
	slices.Sort(dues)
	dues = dues[len(dues)-n:]
	for room < n && dues[room] == dues[0] {
		room++
	}
	return dues[0], room
}

// A pace is a Rate, as a generic cell rate algorithm: a single time says how much of the
// burst is used up. The zero pace is no limit.
type pace struct {
	interval int64 // between two events that come evenly, in nanoseconds
	slack    int64 // how much earlier than evenly an event may come
}

// longestPace keeps the sum of a few times within an int64.
const longestPace = math.MaxInt64 / 4

func newPace(r Rate) pace {
	if !(r.PerSecond > 0) {
		return pace{}
	}
	burst := float64(r.Burst)
	if r.Burst <= 0 {
		burst = max(1, math.Floor(r.PerSecond))
	}
	interval := min(max(1, 1e9/r.PerSecond), longestPace)
	return pace{interval: int64(interval), slack: int64(min((burst-1)*interval, longestPace))}
}

// allows reports whether an event may come now. Due is when the next one is due, if they
// come evenly.
func (p pace) allows(due, now int64) bool { return due-now <= p.slack }

// after returns the new value of due after an event.
func (p pace) after(due, now int64) int64 {
	if p.interval == 0 {
		return 0
	}
	return max(due, now) + p.interval
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
		ln.gate.budget.refused.Add(1)
	}
	if f := ln.srv.OnDrop; f != nil {
		ln.call(func() { f(Drop{Local: unmap(local), Remote: unmap(remote), Reason: reason}) })
	}
}
