// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/duplex-go/duplex"
)

// A via is the proxy of --via: one that speaks SOCKS5 (RFC 1928) or CONNECT of HTTP
// (RFC 9110).
type via struct {
	address        string // of the proxy
	socks          bool
	user, password string
	target         string // HOST:PORT behind it
	timeout        time.Duration

	steps []step // that are left; the first awaits a reply
	reply []byte // what has come of it
	timer *duplex.Timer

	failed atomic.Bool // the latest connection failed before it was through
}

// hintOfVia is what to look at when a connection fails before it is through the proxy.
const hintOfVia = "the connection goes through the proxy of --via"

// A viaError is what went wrong with the proxy.
type viaError string

func (e viaError) Error() string { return string(e) }

// An unresolved is the address of a target whose name only the proxy looks up.
type unresolved string

func (u unresolved) Network() string { return "tcp" }
func (u unresolved) String() string  { return string(u) }

// A step of a handshake takes what has come. It returns how many bytes its reply has, 0 if
// more have to come, and what to send next.
type step func(reply []byte) (taken int, next []byte, err error)

// timeoutOfProxy is how long the handshake with a proxy may take without --timeout.
const timeoutOfProxy = 30 * time.Second

// parseVia returns the proxy of a URL, nil if that is empty. Its handshake has a timeout;
// 0 is timeoutOfProxy.
func parseVia(text, network, target string, timeout time.Duration) (*via, error) {
	if text == "" {
		return nil, nil
	}
	const hint = "write socks5://127.0.0.1:1080 or http://127.0.0.1:3128"
	if network == "unix" {
		return nil, misuse("leave --via away", "a Unix socket is not reached through a proxy")
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Path != "" && u.Path != "/" {
		return nil, misuse(hint, "--via takes the address of a proxy, not %s", text)
	}
	p := &via{address: u.Host, target: target, user: u.User.Username(), timeout: cmp.Or(timeout, timeoutOfProxy)}
	p.password, _ = u.User.Password()
	port := "3128"
	switch u.Scheme {
	case "socks5", "socks5h", "socks":
		p.socks, port = true, "1080"
	case "http":
	default:
		return nil, misuse(hint, "--via speaks SOCKS5 and HTTP, not %s", u.Scheme)
	}
	if len(p.user) > 255 || len(p.password) > 255 {
		return nil, misuse(hint, "the user name or the password of --via is too long")
	}
	if u.Port() == "" {
		p.address = net.JoinHostPort(u.Hostname(), port)
	}
	return p, nil
}

// lead returns a Handler that speaks with the proxy first, and gives the socket to h when
// that is done: as connected, and secured by config if that is not nil.
func (p *via) lead(h *duplex.Handler, config *tls.Config) *duplex.Handler {
	p.failed.Store(false)
	return &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			s.Write(p.greeting())
			p.timer = s.AfterFunc(p.timeout, func() { s.Destroy(p.failure(os.ErrDeadlineExceeded)) })
		},
		OnData: func(s *duplex.Socket, data []byte) {
			p.reply = append(p.reply, data...)
			for len(p.steps) > 0 {
				taken, next, err := p.steps[0](p.reply)
				if err != nil {
					s.Destroy(p.failure(err))
					return
				}
				if taken == 0 {
					return
				}
				p.reply, p.steps = p.reply[taken:], p.steps[1:]
				s.Write(next)
			}
			p.arrive(s, h, config)
		},
		OnEnd: func(s *duplex.Socket) { s.Destroy(p.failure(viaError("the proxy has ended the connection"))) },
		OnError: func(s *duplex.Socket, err error) {
			p.failed.Store(true)
			h.OnError(s, err)
		},
		OnClose: h.OnClose,
	}
}

// arrive gives the socket to h.
func (p *via) arrive(s *duplex.Socket, h *duplex.Handler, config *tls.Config) {
	p.timer.Stop()
	rest := p.reply
	if config == nil {
		s.SetHandler(h)
		h.OnConnect(s)
		if len(rest) > 0 && h.OnData != nil {
			h.OnData(s, rest)
		}
		return
	}
	secured := *h
	secured.OnSecure = func(s *duplex.Socket) {
		h.OnConnect(s)
		call(h.OnSecure, s)
	}
	if config.ServerName == "" {
		config = config.Clone()
		config.ServerName, _, _ = net.SplitHostPort(p.target)
	}
	if err := s.StartTLS(duplex.ClientSide, config, &secured, rest); err != nil {
		s.Destroy(err)
	}
}

// failure returns err as the error of a connection to the target.
func (p *via) failure(err error) error {
	op := &net.OpError{Op: "connect", Net: "tcp", Addr: unresolved(p.target), Err: err}
	if at, failed := netip.ParseAddrPort(p.target); failed == nil {
		op.Addr = net.TCPAddrFromAddrPort(at)
	}
	return op
}

// greeting returns the first bytes, and sets the steps that follow.
func (p *via) greeting() []byte {
	p.reply = nil
	if !p.socks {
		p.steps = []step{p.connected}
		text := "CONNECT " + p.target + " HTTP/1.1\r\nHost: " + p.target + "\r\n"
		if p.user != "" {
			text += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(p.user+":"+p.password)) + "\r\n"
		}
		return []byte(text + "\r\n")
	}
	p.steps = []step{p.methodChosen, p.answered}
	if p.user != "" {
		return []byte{5, 2, noAuthentication, byPassword}
	}
	return []byte{5, 1, noAuthentication}
}

// connected takes the reply of a proxy of HTTP.
func (p *via) connected(reply []byte) (int, []byte, error) {
	const mostOfHeader = 64 << 10
	const version = "HTTP/1."
	n := bytes.Index(reply, []byte("\r\n\r\n"))
	if begun := string(reply[:min(len(version), len(reply))]); n < 0 && len(reply) < mostOfHeader && strings.HasPrefix(version, begun) {
		return 0, nil, nil
	}
	status, _, _ := strings.Cut(string(reply), "\r\n")
	fields := strings.SplitN(status, " ", 3)
	if n < 0 || len(fields) < 2 || !strings.HasPrefix(fields[0], version) {
		return 0, nil, viaError("the proxy does not speak HTTP")
	}
	if !strings.HasPrefix(fields[1], "2") {
		return 0, nil, viaError("the proxy says " + strings.Join(fields[1:], " "))
	}
	return n + len("\r\n\r\n"), nil, nil
}

// Methods of SOCKS5.
const (
	noAuthentication = 0
	byPassword       = 2
	noneOffered      = 0xff // the proxy takes none of those that it was offered
)

// methodChosen takes the method that the proxy has chosen.
func (p *via) methodChosen(reply []byte) (int, []byte, error) {
	switch {
	case reply[0] != 5:
		return 0, nil, viaError("the proxy does not speak SOCKS5")
	case len(reply) < 2:
		return 0, nil, nil
	case reply[1] == noAuthentication:
		return 2, p.request(), nil
	case reply[1] == byPassword && p.user != "":
		p.steps = []step{p.methodChosen, p.admitted, p.answered}
		login := append([]byte{1, byte(len(p.user))}, p.user...)
		return 2, append(append(login, byte(len(p.password))), p.password...), nil
	case reply[1] == byPassword, reply[1] == noneOffered && p.user == "":
		return 0, nil, viaError("the proxy wants a user name: --via socks5://USER:PASSWORD@HOST")
	case reply[1] == noneOffered:
		return 0, nil, viaError("the proxy wants another login than a user name and a password")
	}
	return 0, nil, viaError("the proxy does not speak SOCKS5") // nothing like that was offered
}

// admitted takes the answer to the password (RFC 1929).
func (p *via) admitted(reply []byte) (int, []byte, error) {
	switch {
	case len(reply) < 2:
		return 0, nil, nil
	case reply[1] != 0:
		return 0, nil, viaError("the proxy refuses the user name or the password")
	}
	return 2, p.request(), nil
}

// request returns the request to connect to the target.
func (p *via) request() []byte {
	host, service, _ := net.SplitHostPort(p.target)
	port, _ := net.LookupPort("tcp", service)
	b := []byte{5, 1, 0}
	if ip, err := netip.ParseAddr(host); err != nil {
		b = append(append(b, 3, byte(len(host))), host...)
	} else if ip = ip.Unmap().WithZone(""); ip.Is4() {
		b = append(append(b, 1), ip.AsSlice()...)
	} else {
		b = append(append(b, 4), ip.AsSlice()...)
	}
	return binary.BigEndian.AppendUint16(b, uint16(port))
}

// refusals are the reasons of a proxy of SOCKS5, by number.
var refusals = map[byte]error{
	1: viaError("the proxy cannot connect there"),
	2: viaError("the proxy does not allow it"),
	3: syscall.ENETUNREACH,
	4: syscall.EHOSTUNREACH,
	5: syscall.ECONNREFUSED,
	6: syscall.ETIMEDOUT,
}

// answered takes the answer to the request.
func (p *via) answered(reply []byte) (int, []byte, error) {
	if len(reply) < 5 {
		return 0, nil, nil
	}
	if reason := reply[1]; reason != 0 {
		if err := refusals[reason]; err != nil {
			return 0, nil, err
		}
		return 0, nil, viaError("the proxy refuses, for reason " + strconv.Itoa(int(reason)))
	}
	length := map[byte]int{1: 4 + 4 + 2, 3: 4 + 1 + int(reply[4]) + 2, 4: 4 + 16 + 2}[reply[3]]
	switch {
	case length == 0:
		return 0, nil, viaError("the proxy does not speak SOCKS5")
	case len(reply) < length:
		return 0, nil, nil
	}
	return length, nil, nil
}
