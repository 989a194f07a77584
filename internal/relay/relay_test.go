// Copyright 2026 The duplex authors. MIT license.

package relay

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/faults"
	"github.com/duplex-go/duplex/internal/rig"
)

// A reported is what a relay has reported.
type reported struct {
	mu     sync.Mutex
	events []string
}

func (r *reported) add(e Event) {
	text := e.Name
	if e.Leg != nil {
		way := e.Leg.Direction()
		if e.Sending {
			way = e.Leg.other().Direction()
		}
		text += " " + way.String()
	}
	if e.Name == "close" && e.Leg == nil {
		text += fmt.Sprint(" failed ", e.Pair.Failed)
	}
	if code := duplex.Code(e.Err); code != "" {
		text += " " + code
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, text)
}

// await waits for an event.
func (r *reported) await(t *testing.T, event string) {
	t.Helper()
	rig.Until(t, event, func() bool { return r.count(event) > 0 })
}

func (r *reported) count(event string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e == event {
			n++
		}
	}
	return n
}

// open starts a relay to the upstreams.
func open(t *testing.T, e *duplex.Engine, change func(*Relay), upstreams ...string) (*Relay, *reported) {
	t.Helper()
	log := new(reported)
	var all []*Upstream
	for _, u := range upstreams {
		all = append(all, &Upstream{Network: "tcp", Address: u, Shown: u})
	}
	r := &Relay{
		Network:   "tcp",
		Address:   "127.0.0.1:0",
		Pool:      NewPool(RoundRobin, 1, all...),
		Faults:    &faults.Set{Seed: 1},
		NewServer: func() *duplex.Server { return &duplex.Server{Engine: e} },
		Dialer:    duplex.Client{Engine: e},
		Report:    log.add,
		Hold:      func(*duplex.Socket) bool { return false },
		Numbers:   new(atomic.Int64),
	}
	if change != nil {
		change(r)
	}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Drop(nil) })
	return r, log
}

// poison adds toxics to r.
func poison(t *testing.T, r *Relay, texts ...string) {
	t.Helper()
	for i, text := range texts {
		toxics, err := faults.Parse(text, i+1)
		if err != nil {
			t.Fatal(err)
		}
		for _, toxic := range toxics {
			if _, err := r.Faults.Add(toxic); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// ways runs f on every driver, with each way in which bytes can be carried.
func ways(t *testing.T, f func(t *testing.T, e *duplex.Engine, way func(*Relay))) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for name, way := range map[string]func(*Relay){
			"piped":   nil,
			"watched": func(r *Relay) { r.Watched = true },
			"delayed": func(r *Relay) { poison(t, r, "latency:1ms") },
		} {
			t.Run(name, func(t *testing.T) { f(t, e, way) })
		}
	})
}

// underWay returns how many bytes have come and are not passed on.
func underWay(p *Pair) int64 {
	up, down := p.Unsent()
	return up + down
}

// visit connects to a relay.
func visit(t *testing.T, e *duplex.Engine, r *Relay) (*duplex.Socket, *duplextest.Recorder) {
	t.Helper()
	told := new(duplextest.Recorder)
	client := duplex.Client{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}
	return client.Connect(t.Context(), "tcp", r.Addr().String(), told.Handler(nil)), told
}

// serve returns the address of a server whose sockets come by the channel.
func serve(t *testing.T, e *duplex.Engine) (string, <-chan *duplex.Socket, *duplextest.Recorder) {
	t.Helper()
	came, told := make(chan *duplex.Socket, 8), new(duplextest.Recorder)
	h := told.Handler(&duplex.Handler{OnConnect: func(s *duplex.Socket) { came <- s }})
	return rig.Listen(t, e, h, duplex.Options{AllowHalfOpen: true}), came, told
}

// echo returns the address of an echo server.
func echo(t *testing.T, e *duplex.Engine) string {
	return rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.Pipe(s) }}, duplex.Options{AllowHalfOpen: true})
}

func TestALateAnswerComesBack(t *testing.T) {
	ways(t, func(t *testing.T, e *duplex.Engine, way func(*Relay)) {
		address, came, upstream := serve(t, e)
		r, log := open(t, e, way, address)
		s, client := visit(t, e, r)
		io.WriteString(s, "question")
		s.End()
		upstream.Expect(t, "connect", "data: question", "end")
		client.Expect(t, "connect")
		server := rig.Wait(t, came)
		io.WriteString(server, "late answer")
		server.End()
		client.Expect(t, "data: late answer", "end", "close")
		upstream.Expect(t, "close")
		log.await(t, "close failed false")
	})
}

func TestAResetIsOneOfTheOtherSide(t *testing.T) {
	ways(t, func(t *testing.T, e *duplex.Engine, way func(*Relay)) {
		rig.NeedResets(t, e)
		address, came, upstream := serve(t, e)
		r, log := open(t, e, way, address)
		s, client := visit(t, e, r)
		io.WriteString(s, "hello")
		upstream.Expect(t, "connect", "data: hello")
		server := rig.Wait(t, came)
		io.WriteString(server, "hi")
		client.Expect(t, "connect", "data: hi")
		server.Reset()
		client.Expect(t, "error: ECONNRESET", "close: hadError")
		log.await(t, "error down ECONNRESET")
		log.await(t, "close failed true")
		upstream.Expect(t, "close")

		s, client = visit(t, e, r)
		io.WriteString(s, "again")
		upstream.Expect(t, "connect", "data: again")
		s.Reset()
		client.Expect(t, "connect", "close")
		upstream.Expect(t, "error: ECONNRESET", "close: hadError")
		log.await(t, "error up ECONNRESET")
		if n := log.count("error up ECONNRESET") + log.count("error down ECONNRESET"); n != 2 {
			t.Errorf("%d errors are reported, want 2: that of the other side is what it leads to", n)
		}
	})
}

// While one side does not read, the other one is not read either. Then all comes.
func TestASlowSideMakesTheOtherWait(t *testing.T) {
	const size = 8 << 20
	ways(t, func(t *testing.T, e *duplex.Engine, way func(*Relay)) {
		for _, d := range []faults.Direction{faults.Up, faults.Down} {
			t.Run(d.String(), func(t *testing.T) {
				address, came, _ := serve(t, e)
				r, _ := open(t, e, way, address)
				from, _ := visit(t, e, r)
				to := rig.Wait(t, came)
				if d == faults.Down {
					from, to = to, from
				}
				got := rig.NewCollector(size)
				to.SetHandler(&duplex.Handler{OnData: got.Take})
				to.Pause()
				rig.Turn(t, to)
				sent := rig.Pattern(size)
				from.Write(sent)
				var pair *Pair
				for p := range r.all() {
					pair = p
				}
				wait := func() (stuck bool) {
					over := make(chan bool, 1)
					pair.Client.Post(func() {
						source, sink := pair.Client, pair.Upstream
						if d == faults.Down {
							source, sink = sink, source
						}
						over <- sink.NeedDrain() && (source.Paused() || pair.unpipe != nil)
						if n := underWay(pair); n > 4<<20+256<<10 || way == nil && n > 512<<10 {
							t.Errorf("%d bytes are under way", n)
						}
					})
					return rig.Wait(t, over)
				}
				rig.Until(t, "the sender waits", wait)
				to.Resume()
				rig.Wait(t, got.Done)
				if !bytes.Equal(got.Got, sent) {
					t.Errorf("%d bytes came, and others than those that were sent", len(got.Got))
				}
			})
		}
	})
}

func TestTheNextUpstreamTakesOver(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		address, _, _ := serve(t, e)
		r, log := open(t, e, nil, "127.0.0.1:1", address)
		for range 2 { // each is the first for every other client
			s, client := visit(t, e, r)
			client.Expect(t, "connect")
			s.End()
		}
		log.await(t, "error ECONNREFUSED")
		rig.Until(t, "both are connected", func() bool { return log.count("connect down") == 2 })

		r, log = open(t, e, nil, "127.0.0.1:1", "127.0.0.1:1")
		_, client := visit(t, e, r)
		client.Events(t) // a reset, which may come before connect
		log.await(t, "drop")
		log.await(t, "close failed true")
		if n := log.count("error ECONNREFUSED"); n != 2 {
			t.Errorf("%d upstreams were tried, want 2", n)
		}
	})
}

func TestHealthIsChecked(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		address := rig.Serve(t, srv)
		rig.CloseServer(t, srv)
		r, log := open(t, e, func(r *Relay) { r.Health = 5 * time.Millisecond }, address, echo(t, e))
		log.await(t, "error ECONNREFUSED")
		for range 4 {
			s, client := visit(t, e, r)
			io.WriteString(s, "x")
			client.Expect(t, "connect", "data: x")
			s.End()
		}
		if n := log.count("error ECONNREFUSED"); n != 1 {
			t.Errorf("%d errors: an upstream that is known to be down was tried", n)
		}
		if err := srv.Listen("tcp", address); err != nil {
			t.Fatal(err)
		}
		log.await(t, "ready")
	})
}

// A check may wait for an answer that never comes, and Stop ends it.
func TestStopEndsACheck(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		asked := make(asking, 10)
		r, _ := open(t, e, func(r *Relay) {
			r.Health = time.Hour
			r.Dialer.Resolver = asked
		}, "slow.test:80")
		rig.Wait(t, asked)
		r.Stop()
		e.Wait() // for ever, if a socket is connecting still
	})
}

// asking is a Resolver that says when it is asked, and never answers.
type asking chan struct{}

func (a asking) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	a <- struct{}{}
	<-ctx.Done()
	return nil, ctx.Err()
}

// The order in which upstreams are tried, for some clients.
func TestPolicies(t *testing.T) {
	for _, c := range []struct {
		policy Policy
		want   string
	}{
		{RoundRobin, "abc bca cab abc"},
		{LeastConn, "bca cba bca cba"}, // a has two connections
	} {
		p := NewPool(c.policy, 7, &Upstream{Shown: "a", active: 2}, &Upstream{Shown: "b"}, &Upstream{Shown: "c"})
		if got := orders(p); got != c.want {
			t.Errorf("%s: %s, want %s", c.policy, got, c.want)
		}
	}
	random := func(seed uint64) string {
		return orders(NewPool(Random, seed, &Upstream{Shown: "a"}, &Upstream{Shown: "b"}, &Upstream{Shown: "c"}))
	}
	seven, again, eight := random(7), random(7), random(8)
	if seven != again || seven == eight {
		t.Errorf("seed 7: %s and %s; seed 8: %s", seven, again, eight)
	}
	p := NewPool(RoundRobin, 7, &Upstream{Shown: "a", down: true}, &Upstream{Shown: "b"}, &Upstream{Shown: "c"})
	if got, want := orders(p), "bca cba bca cba"; got != want {
		t.Errorf("with a down: %s, want %s", got, want)
	}
}

func orders(p *Pool) string {
	var all []string
	for nth := range 4 {
		text := ""
		for _, u := range p.order(nth) {
			text += u.Shown
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

// Stop lets the upstream finish.
func TestStopWaitsForTheUpstream(t *testing.T) {
	ways(t, func(t *testing.T, e *duplex.Engine, way func(*Relay)) {
		address, came, upstream := serve(t, e)
		r, log := open(t, e, way, address)
		s, client := visit(t, e, r)
		io.WriteString(s, "question")
		upstream.Expect(t, "connect", "data: question")
		r.Stop()
		upstream.Expect(t, "end")
		server := rig.Wait(t, came)
		io.WriteString(server, "answer")
		server.End()
		client.Expect(t, "connect", "data: answer", "end")
		s.End()
		client.Expect(t, "close")
		log.await(t, "close failed false")
		if r.Len() != 0 || r.Unsent() != 0 {
			t.Errorf("%d pairs, %d bytes unsent", r.Len(), r.Unsent())
		}
	})
}

func TestDropCountsWhatWasUnderWay(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		r, log := open(t, e, func(r *Relay) {
			r.Watched = true
			poison(t, r, "latency:1h@up")
		}, echo(t, e))
		s, client := visit(t, e, r)
		io.WriteString(s, "hello")
		log.await(t, "data up")
		r.Drop(errors.New("enough"))
		client.ExpectMatch(t, "connect", "end|error: ECONNRESET")
		rig.Until(t, "it is counted", func() bool { return r.Unsent() == 5 })
	})
}

// A relay that was stopped can start again, at the same address.
func TestARelayStartsAgain(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		r, _ := open(t, e, nil, echo(t, e))
		address := r.Addr().String()
		s, client := visit(t, e, r)
		io.WriteString(s, "x")
		client.Expect(t, "connect", "data: x")
		r.Drop(nil)
		if err := r.Start(); err != nil { // its address is free
			t.Fatal(err)
		}
		client.ExpectMatch(t, "end|error: ECONNRESET")
		if got := r.Addr().String(); got != address {
			t.Errorf("it listens on %s, want %s", got, address)
		}
		s, client = visit(t, e, r)
		io.WriteString(s, "x")
		client.Expect(t, "connect", "data: x")
	})
}

func TestUpstreamsLearnWhoTheClientIs(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		seen := make(chan netip.AddrPort, 1)
		trusted := new(duplex.BlockList)
		trusted.AddPrefix(netip.MustParsePrefix("127.0.0.0/8"))
		address := rig.Serve(t, &duplex.Server{Engine: e, TrustedProxies: trusted, Handler: &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { seen <- s.RemoteAddrPort() },
		}})
		r, log := open(t, e, func(r *Relay) {
			r.Header = func(s *duplex.Socket) *duplex.ProxyHeader {
				return &duplex.ProxyHeader{Source: s.RemoteAddrPort(), Destination: s.LocalAddrPort()}
			}
		}, address)
		s, client := visit(t, e, r)
		client.Expect(t, "connect")
		if got := rig.Wait(t, seen); got != s.LocalAddrPort() {
			t.Errorf("the upstream sees %v, want %v", got, s.LocalAddrPort())
		}
		up := make(chan int64, 1)
		log.await(t, "connection")
		for p := range r.all() {
			p.Client.Post(func() { n, _ := p.Carried(); up <- n })
		}
		if n := rig.Wait(t, up); n != 0 {
			t.Errorf("%d bytes count as carried before the client has sent any", n)
		}
	})
}

func TestTLSOnBothSides(t *testing.T) {
	ways(t, func(t *testing.T, e *duplex.Engine, way func(*Relay)) {
		server, client := rig.Configs(tls.VersionTLS13)
		address := rig.Serve(t, &duplex.Server{Engine: e, TLS: server, Handler: &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { s.Pipe(s) },
		}})
		r, log := open(t, e, func(r *Relay) {
			r.NewServer = func() *duplex.Server { return &duplex.Server{Engine: e, TLS: server} }
			r.Dialer.TLS = client
			r.Pool.all[0].Secure = true
			if way != nil {
				way(r)
			}
		}, address)
		told := new(duplextest.Recorder)
		s := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", r.Addr().String(), told.Handler(nil))
		io.WriteString(s, "hello")
		s.End()
		told.Expect(t, "connect", "data: hello", "end", "close")
		log.await(t, "close failed false")
		if log.count("secure up") != 1 || log.count("secure down") != 1 {
			t.Error("not both handshakes are reported")
		}
	})
}
