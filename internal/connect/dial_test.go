// Copyright 2026 The duplex authors. MIT license.

package connect_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/nodetest"
	"github.com/duplex-go/duplex/internal/rig"
)

// six and four are the addresses of many.test, all of one family before the other.
var (
	six  = []netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")}
	four = []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}
)

// A race is a Connect to many.test on a network with faults, and a log of its events.
type race struct {
	client  *duplex.Client
	network *memory.Network
	began   time.Time
	log     []string
	events  duplextest.Recorder
}

// at adds a line with the time since the race began.
func (r *race) at(format string, args ...any) {
	r.log = append(r.log, time.Since(r.began).String()+" "+fmt.Sprintf(format, args...))
}

// run begins the race against a server that listens at the given addresses. The
// addresses in holes never answer.
func (r *race) run(t *testing.T, listen, holes []netip.Addr, check func(s *duplex.Socket)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		name := t.Name()
		r.network = memory.Named(name)
		defer memory.Forget(name)
		e := &duplex.Engine{Loops: 1, Driver: "memory:" + name}
		defer e.Close()
		for _, a := range listen {
			srv := &duplex.Server{Engine: e}
			if err := srv.Listen("tcp", netip.AddrPortFrom(a, 80).String()); err != nil {
				t.Fatal(err)
			}
		}
		for _, a := range holes {
			r.network.SetFaultsAt(driver.Addr{AddrPort: netip.AddrPortFrom(a, 80)}, memory.Faults{Blackhole: true})
		}
		r.client.Engine = e
		r.client.Resolver = duplextest.Hosts{"many.test": slices.Concat(six, four)}
		r.client.OnAttempt = func(_ *duplex.Socket, a netip.AddrPort) { r.at("try %v", a.Addr()) }
		r.client.OnAttemptFailed = func(_ *duplex.Socket, a netip.AddrPort, err error) {
			r.at("%v failed: %s", a.Addr(), duplex.Code(err))
		}
		r.began = time.Now()
		s := r.client.Connect(t.Context(), "tcp", "many.test:80", r.events.Handler(&duplex.Handler{
			OnConnect: func(s *duplex.Socket) { r.at("connected to %v", s.RemoteAddrPort().Addr()) },
		}))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		check(s)
	})
}

func (r *race) expect(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(r.log, want) {
		t.Errorf("got\n%q\nwant\n%q", r.log, want)
	}
}

func TestAttemptsRace(t *testing.T) {
	r := &race{client: &duplex.Client{}}
	r.run(t, six, []netip.Addr{four[0], four[1], six[0]}, func(s *duplex.Socket) {
		r.expect(t,
			"0s try 2001:db8::1",
			"250ms try 192.0.2.1",
			"500ms try 2001:db8::2",
			"500ms connected to 2001:db8::2")
		r.events.Expect(t, "connect")
		s.End()
		r.events.Expect(t, "end", "close")
	})
}

func TestAnAttemptThatFailsIsFollowedAtOnce(t *testing.T) {
	r := &race{client: &duplex.Client{AttemptDelay: time.Second}}
	r.run(t, four[1:], []netip.Addr{four[0]}, func(*duplex.Socket) {
		r.expect(t,
			"0s try 2001:db8::1",
			"0s 2001:db8::1 failed: ECONNREFUSED",
			"0s try 192.0.2.1",
			"1s try 2001:db8::2",
			"1s 2001:db8::2 failed: ECONNREFUSED",
			"1s try 192.0.2.2",
			"1s connected to 192.0.2.2")
	})
}

func TestALateAnswerStillWins(t *testing.T) {
	r := &race{client: &duplex.Client{}}
	r.run(t, six[:1], []netip.Addr{four[0], four[1], six[1]}, func(*duplex.Socket) {
		r.expect(t, "0s try 2001:db8::1", "0s connected to 2001:db8::1")
	})
	slow := &race{client: &duplex.Client{}}
	synctest.Test(t, func(t *testing.T) {
		n := memory.Named("late")
		defer memory.Forget("late")
		e := &duplex.Engine{Loops: 1, Driver: "memory:late"}
		defer e.Close()
		addr := netip.AddrPortFrom(six[0], 80)
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", addr.String()); err != nil {
			t.Fatal(err)
		}
		n.SetFaultsAt(driver.Addr{AddrPort: addr}, memory.Faults{Delay: 300 * time.Millisecond})
		n.SetFaultsAt(driver.Addr{AddrPort: netip.AddrPortFrom(four[0], 80)}, memory.Faults{Blackhole: true})
		client := &duplex.Client{Engine: e, Resolver: duplextest.Hosts{"two.test": {six[0], four[0]}}}
		s := client.Connect(t.Context(), "tcp", "two.test:80", slow.events.Handler(nil))
		slow.events.Expect(t, "connect")
		if s.RemoteAddrPort() != addr {
			t.Errorf("connected to %v, want %v", s.RemoteAddr(), addr)
		}
	})
}

func TestSequentialAttemptsAreGivenUpInTurn(t *testing.T) {
	r := &race{client: &duplex.Client{Sequential: true}}
	r.run(t, nil, []netip.Addr{six[0], four[0], six[1]}, func(s *duplex.Socket) {
		r.expect(t,
			"0s try 2001:db8::1",
			"250ms 2001:db8::1 failed: ETIMEDOUT",
			"250ms try 192.0.2.1",
			"500ms 192.0.2.1 failed: ETIMEDOUT",
			"500ms try 2001:db8::2",
			"750ms 2001:db8::2 failed: ETIMEDOUT",
			"750ms try 192.0.2.2",
			"750ms 192.0.2.2 failed: ECONNREFUSED")
		r.events.Expect(t, "error: ETIMEDOUT", "close: hadError") // the first one's
		if !errors.Is(s.Err(), os.ErrDeadlineExceeded) || !errors.Is(s.Err(), syscall.ECONNREFUSED) {
			t.Errorf("Err is %v, which lacks some of the attempts", s.Err())
		}
	})
}

func TestTheTimeoutEndsAllAttempts(t *testing.T) {
	r := &race{client: &duplex.Client{Timeout: 400 * time.Millisecond}}
	r.run(t, nil, slices.Concat(six, four), func(s *duplex.Socket) {
		r.expect(t, "0s try 2001:db8::1", "250ms try 192.0.2.1")
		r.events.Expect(t, "error: ETIMEDOUT", "close: hadError")
	})
}

// A notebook records questions and events: it is a Resolver, and it has callbacks for a
// Client.
type notebook struct {
	duplextest.Hosts

	mu    sync.Mutex
	lines []string
}

func (n *notebook) note(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines = append(n.lines, fmt.Sprintf(format, args...))
}

func (n *notebook) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	n.note("resolve %s %s", network, host)
	return n.Hosts.LookupNetIP(ctx, network, host)
}

// client returns a Client that writes into n.
func (n *notebook) client(e *duplex.Engine) *duplex.Client {
	return &duplex.Client{
		Engine:   e,
		Resolver: n,
		OnLookup: func(_ *duplex.Socket, host string, found []netip.Addr, err error) {
			n.note("lookup %s %v %s", host, found, duplex.Code(err))
		},
		OnAttempt: func(_ *duplex.Socket, a netip.AddrPort) { n.note("attempt %v", a.Addr()) },
		OnAttemptFailed: func(_ *duplex.Socket, a netip.AddrPort, err error) {
			n.note("failed %v %s", a.Addr(), duplex.Code(err))
		},
	}
}

// handler returns a Handler that writes into n too.
func (n *notebook) handler() *duplex.Handler {
	return &duplex.Handler{
		OnConnect: func(*duplex.Socket) { n.note("connect") },
		OnError:   func(_ *duplex.Socket, err error) { n.note("error %s", duplex.Code(err)) },
		OnClose:   func(*duplex.Socket) { n.note("close") },
	}
}

func (n *notebook) expect(t *testing.T, want ...string) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if !slices.Equal(n.lines, want) {
		t.Errorf("got\n%q\nwant\n%q", n.lines, want)
	}
}

func TestTheNetworkChoosesTheFamily(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		port := rig.FreePort(t)
		both := duplextest.Hosts{"both.test": {netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")}}
		for network, want := range map[string][]string{
			"tcp4": {"resolve ip4 both.test", "lookup both.test [127.0.0.1 ::1] ", "attempt 127.0.0.1", "failed 127.0.0.1 ECONNREFUSED"},
			"tcp6": {"resolve ip6 both.test", "lookup both.test [127.0.0.1 ::1] ", "attempt ::1", "failed ::1 ECONNREFUSED"},
			"tcp": {
				"resolve ip both.test", "lookup both.test [127.0.0.1 ::1] ",
				"attempt 127.0.0.1", "failed 127.0.0.1 ECONNREFUSED", "attempt ::1", "failed ::1 ECONNREFUSED",
			},
		} {
			n := &notebook{Hosts: both}
			var r duplextest.Recorder
			n.client(e).Connect(t.Context(), network, "both.test:"+port, r.Handler(nil))
			r.Expect(t, "error: ECONNREFUSED", "close: hadError")
			n.expect(t, want...)
		}
	})
}

func TestAHostWithoutAnAddressOfTheFamilyIsENOTFOUND(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		client := &duplex.Client{Engine: e, Resolver: duplextest.Hosts{"four.test": {netip.MustParseAddr("127.0.0.1")}}}
		var r duplextest.Recorder
		client.Connect(t.Context(), "tcp6", "four.test:80", r.Handler(nil))
		r.Expect(t, "error: ENOTFOUND", "close: hadError")
	})
}

func TestAnEmptyHostIsLocalhost(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		_, port, _ := net.SplitHostPort(rig.Listen(t, e, nil, duplex.Options{}))
		n := &notebook{Hosts: duplextest.Hosts{"localhost": {netip.MustParseAddr("127.0.0.1")}}}
		var r duplextest.Recorder
		n.client(e).Connect(t.Context(), "tcp", ":"+port, r.Handler(nil))
		r.Expect(t, "connect")
		n.expect(t, "resolve ip localhost", "lookup localhost [127.0.0.1] ", "attempt 127.0.0.1")
	})
}

func TestNothingIsLookedUpForAnAddressOrAPath(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		n := new(notebook)
		var r duplextest.Recorder
		n.client(e).Connect(t.Context(), "tcp", rig.Listen(t, e, nil, duplex.Options{}), r.Handler(nil))
		r.Expect(t, "connect")
		n.expect(t, "attempt 127.0.0.1")

		path := rig.SocketPath(t, e)
		if err := (&duplex.Server{Engine: e}).Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		n, r = new(notebook), duplextest.Recorder{}
		client := n.client(e)
		client.OnAttempt = nil // a path has no AddrPort to report
		client.Connect(t.Context(), "unix", path, r.Handler(nil))
		r.Expect(t, "connect")
		n.expect(t)
	})
}

// nodeAttempts describe a connection to two.test, for Node.
type nodeAttempts struct {
	Addresses []string
	Port      int
}

// TestAttemptsAreReportedAsInNode compares the events of Client with those of Node. The
// addresses of a host fail at once, and the last of them may succeed. RFC 8305 changes
// their order. OnLookup is called once here, and once for each address in Node.
func TestAttemptsAreReportedAsInNode(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		nobody, somebody := portOf(t, rig.FreeAddr(t)), portOf(t, rig.Listen(t, e, nil, duplex.Options{}))
		questions := []nodeAttempts{
			{[]string{"127.0.0.1"}, somebody},
			{[]string{"127.0.0.2", "127.0.0.1"}, somebody},
			{[]string{"127.0.0.2", "127.0.0.1"}, nobody},
			{[]string{"127.0.0.2", "127.0.0.3", "::1", "127.0.0.1"}, somebody},
			{[]string{"::1", "127.0.0.3", "127.0.0.2", "127.0.0.1"}, nobody},
			{nil, nobody},
		}
		var told [][]string
		for _, q := range questions {
			n := &notebook{Hosts: duplextest.Hosts{}}
			for _, a := range q.Addresses {
				n.Hosts["two.test"] = append(n.Hosts["two.test"], netip.MustParseAddr(a))
			}
			closed := make(chan struct{})
			h := n.handler()
			tell := h.OnClose
			h.OnConnect = func(s *duplex.Socket) { n.note("connect"); s.Destroy(nil) }
			h.OnClose = func(s *duplex.Socket) { tell(s); close(closed) }
			n.client(e).Connect(t.Context(), "tcp", fmt.Sprintf("two.test:%d", q.Port), h)
			rig.Wait(t, closed)
			told = append(told, slices.DeleteFunc(n.lines, isLookup))
		}
		if last := told[len(told)-1]; !slices.Equal(last, []string{"error ENOTFOUND", "close"}) {
			t.Errorf("an unknown host reported %q", last)
		}
		if rig.OnMemory(e) {
			return // Node does not reach its servers
		}
		for i, node := range nodetest.Ask[nodeAttempts, []string](t, `
			const told = [];
			const lookup = (host, options, answer) => process.nextTick(() => {
				if (!question.Addresses) answer(Object.assign(new Error(host), { code: 'ENOTFOUND' }));
				else answer(null, question.Addresses.map((address) => ({ address, family: net.isIP(address) })));
			});
			const socket = net.connect({ host: 'two.test', port: question.Port, lookup });
			socket.on('connectionAttempt', (ip) => told.push('attempt ' + ip));
			socket.on('connectionAttemptFailed', (ip, port, family, err) => told.push('failed ' + ip + ' ' + err.code));
			socket.on('connect', () => { told.push('connect'); socket.destroy(); });
			socket.on('error', (err) => told.push('error ' + err.code));
			await new Promise((resolve) => socket.on('close', resolve));
			return [...told, 'close'];`, questions) {
			if !slices.Equal(told[i], node) {
				t.Errorf("%v: got\n%q, Node\n%q", questions[i], told[i], node)
			}
		}
	})
}

func isLookup(line string) bool {
	return strings.HasPrefix(line, "lookup ") || strings.HasPrefix(line, "resolve ")
}

func TestAPathIsNoAttempt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		path := rig.SocketPath(t, e)
		if err := (&duplex.Server{Engine: e}).Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		var r duplextest.Recorder
		(&duplex.Client{Engine: e, OnAttempt: func(_ *duplex.Socket, a netip.AddrPort) {
			t.Errorf("an attempt to reach %v was reported", a)
		}}).Connect(t.Context(), "unix", path, r.Handler(nil))
		r.Expect(t, "connect")
	})
}
