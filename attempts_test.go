// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

// A notebook is a Resolver that writes down what it is asked, and a Client's
// callbacks that write down what they are told.
type notebook struct {
	hosts

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
	return n.hosts.LookupNetIP(ctx, network, host)
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
	run(t, func(t *testing.T, e *duplex.Engine) {
		_, port, _ := net.SplitHostPort(freeAddr(t, e))
		both := hosts{"both.test": {netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")}}
		for network, want := range map[string][]string{
			"tcp4": {"resolve ip4 both.test", "lookup both.test [127.0.0.1 ::1] ", "attempt 127.0.0.1", "failed 127.0.0.1 ECONNREFUSED"},
			"tcp6": {"resolve ip6 both.test", "lookup both.test [127.0.0.1 ::1] ", "attempt ::1", "failed ::1 ECONNREFUSED"},
			"tcp": {
				"resolve ip both.test", "lookup both.test [127.0.0.1 ::1] ",
				"attempt 127.0.0.1", "failed 127.0.0.1 ECONNREFUSED", "attempt ::1", "failed ::1 ECONNREFUSED",
			},
		} {
			n := &notebook{hosts: both}
			var r duplextest.Recorder
			n.client(e).Connect(t.Context(), network, "both.test:"+port, r.Handler(nil))
			r.Expect(t, "error: ECONNREFUSED", "close: hadError")
			n.expect(t, want...)
		}
	})
}

func TestAHostWithoutAnAddressOfTheFamilyIsENOTFOUND(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		client := &duplex.Client{Engine: e, Resolver: hosts{"four.test": {netip.MustParseAddr("127.0.0.1")}}}
		var r duplextest.Recorder
		client.Connect(t.Context(), "tcp6", "four.test:80", r.Handler(nil))
		r.Expect(t, "error: ENOTFOUND", "close: hadError")
	})
}

func TestAnEmptyHostIsLocalhost(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		_, port, _ := net.SplitHostPort(listen(t, e, nil, duplex.Options{}))
		n := &notebook{hosts: hosts{"localhost": {netip.MustParseAddr("127.0.0.1")}}}
		var r duplextest.Recorder
		n.client(e).Connect(t.Context(), "tcp", ":"+port, r.Handler(nil))
		r.Expect(t, "connect")
		n.expect(t, "resolve ip localhost", "lookup localhost [127.0.0.1] ", "attempt 127.0.0.1")
	})
}

func TestNothingIsLookedUpForAnAddressOrAPath(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		n := new(notebook)
		var r duplextest.Recorder
		n.client(e).Connect(t.Context(), "tcp", listen(t, e, nil, duplex.Options{}), r.Handler(nil))
		r.Expect(t, "connect")
		n.expect(t, "attempt 127.0.0.1")

		path := socketPath(t)
		if err := (&duplex.Server{Engine: e}).Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		n, r = new(notebook), duplextest.Recorder{}
		client := n.client(e)
		client.OnAttempt = nil // a path has no AddrPort to tell
		client.Connect(t.Context(), "unix", path, r.Handler(nil))
		r.Expect(t, "connect")
		n.expect(t)
	})
}

// nodeAttempts are what Node tells of a connection to two.test.
type nodeAttempts struct {
	Addresses []string
	Port      int
}

// TestAttemptsAreToldAsInNode compares the events of Client with those of Node: the
// addresses of a host, in an order of which RFC 8305 makes another, fail at once,
// and the last of them may succeed. Lookup is told once here, once for each
// address there.
func TestAttemptsAreToldAsInNode(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		nobody, somebody := portOf(t, freeAddr(t, e)), portOf(t, listen(t, e, nil, duplex.Options{}))
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
			n := &notebook{hosts: hosts{}}
			for _, a := range q.Addresses {
				n.hosts["two.test"] = append(n.hosts["two.test"], netip.MustParseAddr(a))
			}
			closed := make(chan struct{})
			h := n.handler()
			tell := h.OnClose
			h.OnConnect = func(s *duplex.Socket) { n.note("connect"); s.Destroy(nil) }
			h.OnClose = func(s *duplex.Socket) { tell(s); close(closed) }
			n.client(e).Connect(t.Context(), "tcp", fmt.Sprintf("two.test:%d", q.Port), h)
			wait(t, closed)
			told = append(told, slices.DeleteFunc(n.lines, isLookup))
		}
		if last := told[len(told)-1]; !slices.Equal(last, []string{"error ENOTFOUND", "close"}) {
			t.Errorf("of an unknown host was told %q", last)
		}
		if onMemory(e) {
			return // Node does not reach its servers
		}
		for i, node := range askNode[nodeAttempts, []string](t, `
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
				t.Errorf("%v: told\n%q, Node\n%q", questions[i], told[i], node)
			}
		}
	})
}

func isLookup(line string) bool {
	return strings.HasPrefix(line, "lookup ") || strings.HasPrefix(line, "resolve ")
}

func TestAPathIsNoAttempt(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		path := socketPath(t)
		if err := (&duplex.Server{Engine: e}).Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		var r duplextest.Recorder
		(&duplex.Client{Engine: e, OnAttempt: func(_ *duplex.Socket, a netip.AddrPort) {
			t.Errorf("an attempt to reach %v was told", a)
		}}).Connect(t.Context(), "unix", path, r.Handler(nil))
		r.Expect(t, "connect")
	})
}

func TestALocalAddressOfTheOtherFamilyIsEINVAL(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		err := fails(t, &duplex.Client{Engine: e, LocalAddr: "::1"}, "tcp", freeAddr(t, e))
		if got := duplex.Code(err); got != "EINVAL" {
			t.Errorf("Code is %s, want EINVAL: %v", got, err)
		}
	})
}

func TestACallbackOfAClientMayCrash(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = quiet
		_, port, _ := net.SplitHostPort(freeAddr(t, e))
		for _, crash := range []func(){func() { panic("on purpose") }, runtime.Goexit} {
			for _, callback := range []string{"lookup", "attempt", "failed"} {
				in := func(name string) {
					if name == callback {
						crash()
					}
				}
				var r duplextest.Recorder
				s := (&duplex.Client{
					Engine:          e,
					Resolver:        hosts{"host.test": {netip.MustParseAddr("127.0.0.1")}},
					OnLookup:        func(*duplex.Socket, string, []netip.Addr, error) { in("lookup") },
					OnAttempt:       func(*duplex.Socket, netip.AddrPort) { in("attempt") },
					OnAttemptFailed: func(*duplex.Socket, netip.AddrPort, error) { in("failed") },
				}).Connect(t.Context(), "tcp", "host.test:"+port, r.Handler(nil))
				got := r.Events(t)
				var crashed *duplex.PanicError
				if len(got) != 2 || got[1] != "close: hadError" || !errors.As(s.Err(), &crashed) {
					t.Errorf("%s: got %q, Err %v; want an error, which is a PanicError, and close", callback, got, s.Err())
				}
			}
		}
	})
}

// A nil context is a mistake of the caller, who hears of it, and not the loop.
func TestANilContextIsTheCallersMistake(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Connect did not panic")
		}
	}()
	new(duplex.Client).Connect(nil, "tcp", "127.0.0.1:1", nil) //lint:ignore SA1012 that is the point
}
