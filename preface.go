// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"bytes"
	"io"
	"math"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/ledger"
	"github.com/duplex-go/duplex/internal/proxyheader"
)

// A ProxyHeader is what a proxy says about a connection before its first byte: a header
// of the PROXY protocol, version 1 or 2, as HAProxy defines it. A [Server] reads it from
// its TrustedProxies, and a [Client] sends its ProxyHeader. The zero ProxyHeader says
// that nothing is known of the client.
type ProxyHeader struct {
	// Version is 1, a line of text, or 2. Append takes 0 for 2.
	Version int

	// Local means that the proxy itself is the client, for example to check whether the
	// server works (LOCAL). Then the rest of the header is empty. Version 1 has no such
	// thing.
	Local bool

	// Source is the address of the client, and Destination the one that it connected to.
	// Both are of one family. Both are zero if the proxy does not know them, as for a
	// client of a Unix socket (UNKNOWN, UNSPEC).
	Source, Destination netip.AddrPort

	// TLVs are additions of version 2, in their order.
	TLVs []ProxyTLV
}

// A ProxyTLV is an addition to a header of the PROXY protocol, version 2.
type ProxyTLV struct {
	Type  byte // for example 0x01, the protocol by ALPN; 0x02, the host by SNI; 0x20, facts about TLS
	Value []byte
}

// ErrProxyHeader is the Reason of a Drop of a client of a trusted proxy whose PROXY
// header is malformed, longer than 16 KiB, or cut off. ParseProxyHeader returns it, too.
// It is wrapped: use [errors.Is].
var ErrProxyHeader = proxyheader.ErrHeader

// announces reports whether h has the address of a client.
func (h *ProxyHeader) announces() bool {
	return h.Source.IsValid() && !h.Source.Addr().IsUnspecified()
}

// Append appends the header to dst, as a proxy sends it, and returns the extended slice.
// The value of a TLV of type 0x03, a checksum of the header, is computed, and has to be
// 4 bytes long. Append returns an error, and dst as it was, if one of the addresses is
// missing, if they are of two families, if version 1 has TLVs or is Local, if the version
// is another, or if the header would be longer than 16 KiB. A zone of an address is left
// out.
func (h *ProxyHeader) Append(dst []byte) ([]byte, error) {
	inner := proxyheader.Header{Version: h.Version, Local: h.Local, Source: h.Source, Destination: h.Destination}
	for _, tlv := range h.TLVs {
		inner.TLVs = append(inner.TLVs, proxyheader.TLV(tlv))
	}
	return inner.Append(dst)
}

// ParseProxyHeader reads the header of the PROXY protocol, version 1 or 2, that p begins
// with. It returns the header and its length. If p is the start of one, it returns nil
// and 0. The error wraps [ErrProxyHeader]. The header keeps nothing of p.
//
// Addresses of version 2 that are no TCP addresses, such as those of Unix sockets, are
// ignored, and so is all that a Local header has, its checksum too. A header of a transport
// other than a stream is an error, and so is a checksum that does not agree.
func ParseProxyHeader(p []byte) (*ProxyHeader, int, error) {
	inner, n, err := proxyheader.Parse(p)
	if inner == nil {
		return nil, n, err
	}
	h := &ProxyHeader{Version: inner.Version, Local: inner.Local, Source: inner.Source, Destination: inner.Destination}
	for _, tlv := range inner.TLVs {
		h.TLVs = append(h.TLVs, ProxyTLV(tlv))
	}
	return h, n, err
}

// proxyTimeout is how long a PROXY header may take, unless ProxyTimeout says otherwise.
const proxyTimeout = 5 * time.Second

// A preface is a connection of a trusted proxy until its PROXY header has come and the
// server has admitted the client that it announces. It has a place of the server, a
// descriptor and a few bytes, but no Socket: the program learns of a client that is
// served, or of a Drop. It lives on the lane of the socket that it may become. The lane
// of the listener decides about it.
type preface struct {
	ln            *listener    // constant
	lane          *lane        // constant
	local, remote driver.Addr  // constant; of the connection
	header        *ProxyHeader // set before the phase is judged; constant from then on

	// Owned by the loop of lane.
	phase    prefacePhase
	id       driver.ID
	deadline int64  // lane.Clock() when the header has to be there
	owed     int    // bytes that were there when the deadline passed, and are still looked at
	buf      []byte // the start of the header
	rest     []byte // what came after it

	why    refusal // set before the phase is refused, and constant from then on
	reason error

	// Owned by the loop of ln.
	named bool // the gate has given it a place of the address that it announces

	mu    sync.Mutex // guards the fields below; comes after the mu of the server
	stake uint32     // in the account of the server; 0 for none
	fate  fate
}

// A fate is what becomes of a preface, decided once: while the loop of the listener makes a
// socket of it, its own may refuse it.
type fate uint8

const (
	undecided fate = iota
	promotion      // a socket takes the connection over
	rejection      // it is refused
)

// decide reports whether f becomes of p.
func (p *preface) decide(f fate) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fate == undecided {
		p.fate = f
	}
	return p.fate == f
}

// A prefacePhase is how far a preface has come.
type prefacePhase uint8

const (
	unattached prefacePhase = iota // its lane does not know it yet
	awaiting                       // the header is awaited
	judged                         // the header is there; the listener's lane decides
	refused                        // the descriptor is closed, or is being closed
	over                           // a socket has it, or has closed it
)

// await begins to read the header of a connection from a trusted proxy.
func (ln *listener) await(c driver.Conn) {
	if why := ln.gate.reserve(ln.lane.Now()); why != admitted {
		ln.drop(c, why, reasons[why])
		return
	}
	p := &preface{ln: ln, lane: ln.lane.engine.pick(ln.lane), local: c.Local, remote: c.Remote}
	p.deadline = later(p.lane.Clock(), ln.proxyTimeout())
	if !ln.expect(p) {
		ln.gate.release(p.address())
		ln.drop(c, refusedClosed, net.ErrClosed)
		return
	}
	p.lane.sockets.Add(1)
	if p.lane == ln.lane {
		p.start(c)
		return
	}
	p.lane.Post(func() { p.start(c) })
}

// proxyTimeout is how long a header may take.
func (ln *listener) proxyTimeout() time.Duration {
	switch d := ln.srv.ProxyTimeout; {
	case d == 0:
		return proxyTimeout
	case d < 0:
		return math.MaxInt64
	default:
		return d
	}
}

// expect adds p to the prefaces of ln, and reports whether ln listens.
func (ln *listener) expect(p *preface) bool {
	ln.srv.mu.Lock()
	defer ln.srv.mu.Unlock()
	if ln.phase != listening && !ln.handedOver {
		return false
	}
	if ln.prefaces == nil {
		ln.prefaces = make(map[*preface]struct{})
	}
	ln.prefaces[p] = struct{}{}
	return true
}

// cutPrefaces refuses all prefaces of a listener that has stopped. The caller holds the
// server's mu.
func (ln *listener) cutPrefaces() {
	for p := range ln.prefaces {
		p.lane.Post(func() { p.refuse(refusedClosed, net.ErrClosed) })
	}
}

// start begins to read.
func (p *preface) start(c driver.Conn) {
	if p.phase != unattached { // the server was closed meanwhile
		c.Handle.Close()
		p.leave()
		return
	}
	p.id = p.lane.Register(p)
	if err := p.lane.Driver.Attach(p.id, c, p.ln.confs[p.lane.number].socket); err != nil {
		p.lane.Forget(p.id)
		p.refuse(refusedProxyHeader, p.opError("accept", err))
		p.leave()
		return
	}
	p.phase = awaiting
	if a := p.account(); a != nil {
		p.stake = a.Enter(p)
	}
	p.lane.Driver.Receive(p.id, true)
	if p.deadline != math.MaxInt64 {
		p.lane.Arm(p.id, p.deadline)
	}
}

// Received is called when b has arrived.
func (p *preface) Received(b []byte) {
	p.lane.received.Add(int64(len(b)))
	switch p.phase {
	case awaiting:
		p.read(b)
		p.repay(len(b))
	case judged: // the driver had a read under way
		p.rest = append(p.rest, b...)
	default:
		p.lane.discarded.Add(int64(len(b)))
	}
	p.count()
	if a := p.account(); a != nil {
		a.Relieve()
	}
}

// account returns the account of the server, nil for none.
func (p *preface) account() *ledger.Account { return p.ln.confs[p.lane.number].account }

// count counts what p keeps, on the loop.
func (p *preface) count() {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.stake == 0:
	case p.phase >= refused:
		p.account().Leave(p.stake)
		p.stake = 0
	default:
		p.account().Set(p.stake, ledger.Holding{In: int64(cap(p.buf) + cap(p.rest))})
	}
}

// Shed implements ledger.Holder.
func (p *preface) Shed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stake != 0 {
		p.account().Doom(p.stake)
		p.lane.Post(func() { p.refuse(refusedOverBudget, ErrOverBudget) })
	}
}

// read looks for the end of the header.
func (p *preface) read(b []byte) {
	if len(p.buf) > 0 {
		p.buf = append(p.buf, b...) // at most a header and a read
		b = p.buf
	}
	h, n, err := ParseProxyHeader(b)
	switch {
	case err != nil:
		p.refuse(refusedProxyHeader, err)
	case h == nil && len(p.buf) == 0:
		p.buf = bytes.Clone(b)
	case h != nil:
		p.header, p.rest, p.buf = h, bytes.Clone(b[n:]), nil
		p.phase = judged
		p.lane.Driver.Receive(p.id, false)
		if p.ln.lane == p.lane {
			p.ln.judge(p)
			return
		}
		p.ln.lane.Post(func() { p.ln.judge(p) })
	}
}

// Ended is called at the peer's FIN, which came before the end of the header.
func (p *preface) Ended() {
	p.refuse(refusedProxyHeader, proxyheader.Malformed("%w", io.ErrUnexpectedEOF))
}

// Failed is called when the connection is lost.
func (p *preface) Failed(err error) { p.refuse(refusedProxyHeader, p.opError("read", err)) }

// Expired is called when the header is late. If bytes wait for the loop, which a callback
// has held up, they may complete the header.
func (p *preface) Expired(when int64) {
	if !p.Awaits(when) {
		return
	}
	if p.owed == 0 {
		if p.owed = p.unread(); p.owed > 0 {
			p.deadline = later(p.lane.Now(), spare)
			p.lane.Arm(p.id, p.deadline)
			return
		}
	}
	p.refuse(refusedProxyHeader, ErrProxyTimeout)
}

// repay counts n bytes that were looked at. The header is late if they were the last that
// came in time, and have not completed it.
func (p *preface) repay(n int) {
	if p.owed > 0 && p.phase == awaiting {
		if p.owed -= n; p.owed <= 0 {
			p.refuse(refusedProxyHeader, ErrProxyTimeout)
		}
	}
}

// unread returns how many bytes the driver has to report.
func (p *preface) unread() int {
	d, ok := p.lane.Driver.(driver.Prober)
	if !ok {
		return 0
	}
	n, _ := d.Probe(p.id)
	return n
}

// Awaits reports whether when is the deadline of the header.
func (p *preface) Awaits(when int64) bool { return p.phase == awaiting && when == p.deadline }

// Closed is called when the driver has closed the descriptor.
func (p *preface) Closed() {
	if p.phase == refused {
		p.leave()
		return
	}
	p.uncount()
}

// A preface sends nothing, and has no news for its loop.
func (p *preface) Sent(int, error) {}
func (p *preface) Advance()        {}
func (p *preface) Flush()          {}

func (p *preface) opError(op string, err error) error {
	network := p.ln.network()
	return opError(op, network, netAddr(network, p.local), netAddr(network, p.remote), err)
}

// refuse closes the connection, unless it is over, or a socket has it.
func (p *preface) refuse(why refusal, reason error) {
	if p.phase >= refused || !p.decide(rejection) {
		return
	}
	attached := p.phase != unattached
	p.phase, p.why, p.reason = refused, why, reason
	p.lane.discarded.Add(int64(len(p.rest)))
	p.rest, p.buf = nil, nil
	p.count()
	if attached {
		p.lane.Driver.Close(p.id, false)
	}
}

// leave lets the listener's lane report the Drop, after the descriptor was closed.
func (p *preface) leave() {
	p.uncount()
	p.ln.lane.Post(func() { p.ln.lose(p) })
}

// uncount takes p off the sockets of its lane, among which it counts until it is closed
// or a socket has taken its place.
func (p *preface) uncount() {
	if p.lane.sockets.Add(-1) == 0 {
		p.lane.engine.changed()
	}
}

// become gives the connection to st, with what came after the header. If st was
// destroyed meanwhile, it closes the connection.
func (p *preface) become(st *stream) {
	p.phase = over
	p.count()
	st.mu.Lock()
	abandoned := st.phase != connecting
	if t := st.session(); !abandoned && t != nil {
		t.wire.Arrived(p.rest)
	} else if !abandoned && len(p.rest) > 0 {
		st.read += int64(len(p.rest))
		st.hoard(p.rest)
	}
	st.mu.Unlock()
	if abandoned {
		p.lane.discarded.Add(int64(len(p.rest)))
		p.lane.Driver.Close(p.id, false)
		return
	}
	p.lane.Adopt(p.id, st.id)
	p.uncount()
	local, remote := p.announced()
	st.opened(p.id, local, remote)
}

// onLane runs f on the lane of p. The caller is on the lane of ln.
func (p *preface) onLane(f func()) {
	if p.lane == p.ln.lane {
		f()
		return
	}
	p.lane.Post(f)
}

// announced returns the addresses of the client, as far as the header has them.
func (p *preface) announced() (local, remote driver.Addr) {
	if p.header == nil || !p.header.announces() {
		return p.local, p.remote
	}
	return driver.Addr{AddrPort: p.header.Destination}, driver.Addr{AddrPort: p.header.Source}
}

// The methods below run on the loop of ln.

// address returns the address that the gate has given p a place of.
func (p *preface) address() netip.Addr {
	if !p.named {
		return netip.Addr{}
	}
	return p.header.Source.Addr()
}

// lose reports a preface that was refused, and ends the life of ln if it was the last
// that the life waited for.
func (ln *listener) lose(p *preface) {
	ln.gate.release(p.address())
	defer func() { // also after Goexit in OnDrop
		ln.srv.mu.Lock()
		delete(ln.prefaces, p)
		over := ln.srv.part(ln)
		ln.srv.mu.Unlock()
		if over {
			ln.farewell()
		}
	}()
	local, remote := p.announced()
	ln.report(local.AddrPort, remote.AddrPort, p.why, p.reason)
}

// judge admits or refuses the client that a header has announced. It makes a socket of a
// client that is admitted.
func (ln *listener) judge(p *preface) {
	local, remote := p.announced()
	if p.header.announces() {
		if why := ln.gate.admitAddr(remote.Addr(), ln.lane.Now()); why != admitted {
			p.onLane(func() { p.refuse(why, reasons[why]) })
			return
		}
		p.named = true
	}
	if ln.srv.Admit == nil {
		ln.promote(p)
		return
	}
	ln.ask(local, remote, func(err error) {
		if err != nil {
			p.onLane(func() { p.refuse(refusedAdmit, err) })
			return
		}
		ln.promote(p)
	})
}

// promote makes a socket of a preface.
func (ln *listener) promote(p *preface) {
	local, remote := p.announced()
	s := ln.enter(p.lane, local, remote, nil, p)
	if s == nil {
		p.onLane(func() { p.refuse(refusedClosed, net.ErrClosed) })
		return
	}
	p.lane.accepted.Add(1)
	p.onLane(func() { p.become((*stream)(s)) })
}
