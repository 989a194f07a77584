// Copyright 2026 The duplex authors. MIT license.

package conform_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// A duplexPlayer plays ends with duplex.
type duplexPlayer struct {
	engine  *duplex.Engine
	outside bool // see role
	secure  bool // see role
	tell    func(happening)

	mu        sync.Mutex
	servers   map[string]*duplex.Server
	sockets   map[string]*duplex.Socket
	names     map[*duplex.Socket]string // of those accepted
	reactions map[string][]verb         // by end and event
}

func (p *duplexPlayer) begin(tell func(happening)) error {
	p.tell = tell
	return nil
}

func (p *duplexPlayer) carryOut(l line) error {
	if l.on != "" {
		p.mu.Lock()
		p.reactions[l.end+" "+l.on] = l.verbs
		p.mu.Unlock()
		return nil
	}
	s := p.socket(l.end)
	switch do := func() { p.do(l.end, s, l.verbs) }; {
	case p.outside:
		if err := p.inOneTurn(do); err != nil {
			return err
		}
	case s == nil || s.Post(do) != nil:
		do()
	}
	return p.settle()
}

// inOneTurn calls do on this goroutine while the engine's only loop waits, so that
// all of do falls into one turn of the loop.
func (p *duplexPlayer) inOneTurn(do func()) error {
	held, release := make(chan struct{}), make(chan struct{})
	err := p.engine.Post(func() {
		close(held)
		<-release
	})
	if err != nil {
		return err
	}
	<-held
	defer close(release)
	do()
	return nil
}

// settle waits until the kernel has everything that was written, as far as it has
// room. It waits for two turns of each loop, as a loop sends at the end of a turn.
func (p *duplexPlayer) settle() error {
	patience := time.After(duplextest.Patience)
	p.mu.Lock()
	sockets := slices.Collect(maps.Values(p.sockets))
	p.mu.Unlock()
	for range 2 {
		for _, s := range sockets {
			turned := make(chan struct{})
			if s.Post(func() { close(turned) }) != nil {
				continue
			}
			select {
			case <-turned:
			case <-patience:
				return errors.New("what was posted does not run")
			}
		}
	}
	return nil
}

func (p *duplexPlayer) server(end string) *duplex.Server {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.servers[end]
}

func (p *duplexPlayer) socket(end string) *duplex.Socket {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sockets[end]
}

// happen reports an event of an end, and carries out the end's reaction to it.
func (p *duplexPlayer) happen(s *duplex.Socket, h happening) {
	p.tell(h)
	p.mu.Lock()
	reaction := p.reactions[h.end+" "+h.event]
	p.mu.Unlock()
	p.do(h.end, s, reaction)
}

// do carries out the verbs of an end. The socket s is nil for a server, and for a
// client that has not called connect yet.
func (p *duplexPlayer) do(end string, s *duplex.Socket, list []verb) {
	for _, v := range list {
		switch v.Verb {
		case "listen":
			p.listen(end, v)
		case "connect":
			s = p.connect(end, v)
		case "close":
			p.server(end).Unlisten()
		case "write":
			p.write(end, s, v)
		case "end":
			s.Write(v.Text.bytes())
			s.End()
		case "destroy":
			var err error
			if v.Text != nil {
				err = errors.New(string(v.Text.bytes()))
			}
			s.Destroy(err)
		case "reset":
			s.Reset()
		case "pause":
			s.Pause()
		case "resume":
			s.Resume()
		case "cork":
			s.Cork()
		case "uncork":
			s.Uncork()
		case "setEncoding":
			enc, err := codec.Parse(v.Word)
			if err != nil {
				panic(err)
			}
			s.SetHandler(p.handler(enc, func(*duplex.Socket) string { return end }))
		case "setTimeout":
			ms, err := strconv.Atoi(v.Word)
			if err != nil {
				panic(err)
			}
			s.SetTimeout(time.Duration(ms) * time.Millisecond)
		case "address":
			h := happening{end: end, event: "address"}
			if s == nil {
				h.details = addresses(addressText(p.server(end).Addr()), "")
			} else {
				h.details = addresses(addressText(s.LocalAddr()), addressText(s.RemoteAddr()))
			}
			p.happen(s, h)
		case "count":
			p.happen(nil, happening{end: end, event: "count", details: strconv.Itoa(p.server(end).Len())})
		case "state":
			details := state(s.State().String(), s.BytesRead(), s.BytesWritten(), s.Buffered(), s.Paused())
			p.happen(s, happening{end: end, event: "state", details: details})
		default:
			panic("no verb " + v.Verb)
		}
	}
}

func (p *duplexPlayer) write(end string, s *duplex.Socket, v verb) {
	if v.Options["callback"] == nil {
		s.Write(v.Text.bytes())
	} else {
		done := func(err error) {
			event := "written"
			if err != nil {
				event = "unwritten"
			}
			p.happen(s, happening{end: end, event: event, details: v.Text.String()})
		}
		if _, err := s.WriteFunc(v.Text.bytes(), done); err != nil {
			done(err)
		}
	}
	if s.NeedDrain() {
		p.happen(s, happening{end: end, event: "full"})
	}
}

func (p *duplexPlayer) listen(end string, v verb) {
	srv := p.server(end)
	if srv == nil {
		most, _ := v.Options["maxConnections"].(int)
		srv = &duplex.Server{
			Engine:   p.engine,
			Handler:  p.handler(nil, p.nameOfAccepted),
			Options:  v.options(),
			MaxConns: most,
			OnDrop:   func(duplex.Drop) { p.happen(nil, happening{end: end, event: "drop"}) },
			OnClose:  func() { p.happen(nil, happening{end: end, event: "close"}) },
		}
		if p.secure {
			srv.TLS, _ = testrun.TLS()
			srv.AllowTruncation = true // as without TLS
		}
		srv.OnListening = func() {
			h := happening{end: end, event: "listening"}
			if addr, ok := srv.Addr().(*net.TCPAddr); ok {
				h.port = addr.Port
			}
			p.happen(nil, h)
		}
		p.mu.Lock()
		p.servers[end] = srv
		p.mu.Unlock()
	}
	if err := srv.Listen(v.address()); err != nil {
		p.happen(nil, happening{end: end, event: "error", details: wordsOfNode(err)})
	}
}

func (p *duplexPlayer) connect(end string, v verb) *duplex.Socket {
	c := &duplex.Client{Engine: p.engine, Resolver: knowsNobody{}, Options: v.options()}
	if p.secure {
		_, c.TLS = testrun.TLS()
		c.AllowTruncation = true
	}
	h := p.handler(nil, func(*duplex.Socket) string { return end })
	network, address := v.address()
	s := c.Connect(context.Background(), network, address, h)
	p.mu.Lock()
	p.sockets[end] = s
	p.mu.Unlock()
	return s
}

func (v verb) options() (o duplex.Options) {
	o.AllowHalfOpen, _ = v.Options["allowHalfOpen"].(bool)
	o.PauseOnConnect, _ = v.Options["pauseOnConnect"].(bool)
	return o
}

func (v verb) address() (network, address string) {
	if v.Path != "" {
		return "unix", v.Path
	}
	return "tcp", net.JoinHostPort(v.Host, strconv.Itoa(v.Port))
}

// nameOfAccepted returns the name of an accepted socket. The first event of a socket
// gives it its name.
func (p *duplexPlayer) nameOfAccepted(s *duplex.Socket) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, named := p.names[s]; !named {
		name := "socket"
		if n := len(p.names); n > 0 {
			name += strconv.Itoa(n + 1)
		}
		p.names[s] = name
		p.sockets[name] = s
	}
	return p.names[s]
}

// handler reports every event of a socket, under the name that the function name
// returns.
func (p *duplexPlayer) handler(enc codec.Encoding, name func(*duplex.Socket) string) *duplex.Handler {
	event := func(event string) func(*duplex.Socket) {
		return func(s *duplex.Socket) { p.happen(s, happening{end: name(s), event: event}) }
	}
	return &duplex.Handler{
		Encoding: enc,
		OnConnect: func(s *duplex.Socket) {
			h := happening{end: name(s), event: "connect", port: int(s.LocalAddrPort().Port())}
			if s.Server() != nil {
				h.event, h.port = "connection", 0
			}
			p.happen(s, h)
		},
		OnData: func(s *duplex.Socket, data []byte) {
			p.happen(s, happening{end: name(s), event: "data", text: textOf(data)})
		},
		OnEnd:     event("end"),
		OnDrain:   event("drain"),
		OnFinish:  event("finish"),
		OnTimeout: event("timeout"),
		OnError: func(s *duplex.Socket, err error) {
			p.happen(s, happening{end: name(s), event: "error", details: wordsOfNode(err)})
		},
		OnClose: func(s *duplex.Socket) {
			details := closing(s.BytesRead(), s.BytesWritten(), s.Err() != nil)
			p.happen(s, happening{end: name(s), event: "close", details: details})
		},
	}
}

func closing(in, out int64, hadError bool) string {
	return fmt.Sprintf("in %d B, out %d B, hadError %t", in, out, hadError)
}

func state(word string, in, out int64, waiting int, paused bool) string {
	return fmt.Sprintf("%s, in %d B, out %d B, %d B wait, paused %t", word, in, out, waiting, paused)
}

// addresses returns the addresses of a socket, or of a server, which has no remote
// address.
func addresses(local, remote string) string {
	if remote == "" {
		return local
	}
	return fmt.Sprintf("local %s, remote %s", local, remote)
}

func addressText(a net.Addr) string {
	if a == nil {
		return "none"
	}
	return a.String()
}

// knowsNobody is a Resolver that finds no host.
type knowsNobody struct{}

func (knowsNobody) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	if host == "silence.invalid" {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// wordsOfNode returns the text of Node's error for err.
func wordsOfNode(err error) string {
	code := duplex.Code(err)
	var op *net.OpError
	if !errors.As(err, &op) {
		return errorText(code, err.Error())
	}
	words := []string{op.Op, code}
	switch op.Op {
	case "listen":
		var errno syscall.Errno
		errors.As(err, &errno)
		words[1] += ":"
		words = append(words, errno.Error(), op.Addr.String())
	case "connect":
		words = append(words, op.Addr.String())
	case "getaddrinfo":
		var dns *net.DNSError
		errors.As(err, &dns)
		words = append(words, dns.Name)
	}
	return errorText(code, strings.Join(words, " "))
}

var portOfHost = regexp.MustCompile(`(127\.0\.0\.1):\d+`)

// errorText returns an error's message without ports, and with its code unless the
// message has it. For a code that is not the system's it returns the code alone.
func errorText(code, message string) string {
	if strings.HasPrefix(code, "ERR_") {
		return code
	}
	if !strings.Contains(message, code) {
		message = code + ": " + message
	}
	return portOfHost.ReplaceAllString(message, "$1:PORT")
}
