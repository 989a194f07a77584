// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"reflect"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/rig"
)

// from returns a header of version 2 that announces a client.
func from(client string) *duplex.ProxyHeader {
	return &duplex.ProxyHeader{Source: netip.MustParseAddrPort(client), Destination: to4}
}

// TestAServerReadsAProxyHeaderBeforeAnythingElse sends header and data in two pieces, cut
// at each place.
func TestAServerReadsAProxyHeaderBeforeAnythingElse(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		served := make(chan *duplex.Socket, 1)
		var r duplextest.Recorder
		h := r.Handler(&duplex.Handler{OnConnect: func(s *duplex.Socket) { served <- s }})
		srv := &duplex.Server{Engine: e, Handler: h, TrustedProxies: rig.Loopback()}
		addr := rig.Serve(t, srv)
		for _, c := range []struct {
			header *duplex.ProxyHeader
			remote netip.AddrPort // the zero value is that of the connection
		}{
			{&duplex.ProxyHeader{Version: 1, Source: from4, Destination: to4}, from4},
			{&duplex.ProxyHeader{Version: 1, Source: from6, Destination: to6}, from6},
			{&duplex.ProxyHeader{Version: 1}, netip.AddrPort{}},
			{&duplex.ProxyHeader{Version: 2, Source: from6, Destination: to6}, from6},
			{&duplex.ProxyHeader{Version: 2, Source: from4, Destination: to4, TLVs: []duplex.ProxyTLV{{Type: 2, Value: []byte("host")}}}, from4},
			{&duplex.ProxyHeader{Version: 2, Local: true}, netip.AddrPort{}},
		} {
			header, err := c.header.Append(nil)
			if err != nil {
				t.Fatal(err)
			}
			all := append(header, "hello"...)
			for i := range len(all) + 1 {
				client := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
				client.Write(all[:i])
				if i > 0 && i < len(header) {
					rig.Until(t, "the first piece is sent", func() bool { return client.LocalAddr() != nil && client.Buffered() == 0 })
				}
				client.Write(all[i:])
				s := rig.Wait(t, served)
				r.Expect(t, "connect", "data: hello")
				remote, local := c.remote, c.header.Destination
				if !remote.IsValid() {
					remote, local = client.LocalAddrPort(), client.RemoteAddrPort()
				}
				if s.RemoteAddrPort() != remote || s.RemoteAddr().String() != remote.String() || s.LocalAddrPort() != local || s.LocalAddr().String() != local.String() {
					t.Errorf("cut at %d, the addresses are %v and %v, want %v and %v", i, s.RemoteAddr(), s.LocalAddr(), remote, local)
				}
				if got := s.ProxyHeader(); !reflect.DeepEqual(got, c.header) || s.BytesRead() != 5 {
					t.Errorf("cut at %d, the header is %+v and %d bytes are read, want %+v and 5", i, got, s.BytesRead(), c.header)
				}
				if found, ok := srv.Socket(remote); !ok || found != s {
					t.Errorf("the server has %v at %v, want %v", found, remote, s)
				}
				client.End()
				r.Expect(t, "end", "close")
			}
		}
		if st := e.Stats(); st.Dropped != 0 {
			t.Errorf("Stats counts %+v", st.Drops)
		}
	})
}

// TestAClientSendsAProxyHeaderFirst connects by way of a proxy that passes the client on.
func TestAClientSendsAProxyHeaderFirst(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var r duplextest.Recorder
		remotes := make(chan net.Addr, 1)
		addr := rig.Serve(t, &duplex.Server{Engine: e, TrustedProxies: rig.Loopback(), Handler: r.Handler(&duplex.Handler{
			OnConnect: func(s *duplex.Socket) { remotes <- s.RemoteAddr() },
		})})
		proxy := rig.Serve(t, &duplex.Server{Engine: e, Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			c := &duplex.Client{Engine: e, Near: s, ProxyHeader: &duplex.ProxyHeader{Source: s.RemoteAddrPort(), Destination: s.LocalAddrPort()}}
			c.MaxWriteBuffer = 16
			up := c.Connect(context.Background(), "tcp", addr, nil)
			s.Pipe(up)
			up.Pipe(s)
		}}})
		client := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", proxy, nil)
		io.WriteString(client, "hello")
		r.Expect(t, "connect", "data: hello")
		if got := rig.Wait(t, remotes); got.String() != client.LocalAddr().String() {
			t.Errorf("the server sees %v, want %v", got, client.LocalAddr())
		}
		client.End()
		r.Expect(t, "end", "close")

		var failed duplextest.Recorder
		bad := &duplex.Client{Engine: e, ProxyHeader: &duplex.ProxyHeader{Version: 3}}
		bad.Connect(t.Context(), "tcp", addr, failed.Handler(nil))
		failed.ExpectMatch(t, "error: .*version 3.*", "close: hadError")
	})
}

// TestWhatFollowsAProxyHeaderIsComplete sends much, and ends, in one go.
// A prefaced is a connection whose first write goes out in one piece with a header.
type prefaced struct {
	net.Conn
	header []byte
}

func (c *prefaced) Write(p []byte) (int, error) {
	all := append(c.header, p...)
	c.header = nil
	if _, err := c.Conn.Write(all); err != nil {
		return 0, err
	}
	return len(p), nil
}

func TestAProxyHeaderComesBeforeTLS(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		var r duplextest.Recorder
		remote := make(chan netip.AddrPort, 1)
		h := r.Handler(&duplex.Handler{OnConnect: func(s *duplex.Socket) { remote <- s.RemoteAddrPort() }})
		addr := rig.Serve(t, &duplex.Server{Engine: e, Handler: h, TLS: server, TrustedProxies: rig.Loopback()})
		check := func() {
			t.Helper()
			if got := rig.Wait(t, remote); got != netip.MustParseAddrPort("192.0.2.7:7") {
				t.Errorf("the client is %v", got)
			}
			r.Expect(t, "connect", "data: hello", "end", "close")
		}

		s := (&duplex.Client{Engine: e, TLS: client, ProxyHeader: from("192.0.2.7:7")}).Connect(t.Context(), "tcp", addr, nil)
		s.WriteString("hello")
		s.End()
		check()
		if n := s.BytesWritten(); n != 28+5 {
			t.Errorf("the client has written %d bytes, want 33", n)
		}

		raw, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		header, err := from("192.0.2.7:7").Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		c := tls.Client(&prefaced{raw, header}, client)
		io.WriteString(c, "hello")
		c.CloseWrite()
		io.Copy(io.Discard, c)
		c.Close()
		check()

		plain := (&duplex.Client{Engine: e, ProxyHeader: from("192.0.2.7:7")}).Connect(t.Context(), "tcp", addr, nil)
		plain.WriteString("GET / HTTP/1.0\r\n\r\n")
		rig.Until(t, "the plain client is refused", func() bool { return e.Stats().Dropped > 0 })
		if drops := e.Stats().Drops; drops != (duplex.Drops{Handshake: 1}) {
			t.Errorf("Stats counts %+v, want one handshake", drops)
		}
	})
}

func TestWhatFollowsAProxyHeaderIsComplete(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, o := range []duplex.Options{{}, {PauseOnConnect: true}} {
			for _, blocking := range []bool{false, true} {
				want := rig.Pattern(300_000)
				var got []byte
				done := make(chan error, 1)
				addr := rig.Serve(t, &duplex.Server{Engine: e, Options: o, TrustedProxies: rig.Loopback(), Handler: &duplex.Handler{
					Blocking:  blocking,
					OnConnect: func(s *duplex.Socket) { s.AfterFunc(time.Millisecond, s.Resume) },
					OnData:    func(_ *duplex.Socket, p []byte) { got = append(got, p...) },
					OnClose:   func(s *duplex.Socket) { done <- s.Err() },
				}})
				client := &duplex.Client{Engine: e, ProxyHeader: from("192.0.2.9:9")}
				s := client.Connect(t.Context(), "tcp", addr, nil)
				s.Write(want)
				s.End()
				if err := rig.Wait(t, done); err != nil || string(got) != string(want) {
					t.Errorf("%d bytes arrived, and then %v; want %d", len(got), err, len(want))
				}
			}
		}
	})
}

func TestAnUntrustedClientIsServedWithoutAHeader(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var r duplextest.Recorder
		served := make(chan *duplex.Socket, 1)
		srv := &duplex.Server{Engine: e, TrustedProxies: new(duplex.BlockList), Handler: r.Handler(&duplex.Handler{
			OnConnect: func(s *duplex.Socket) { served <- s },
		})}
		srv.TrustedProxies.Add(netip.MustParseAddr("127.0.0.9"))
		client := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", rig.Serve(t, srv), nil)
		io.WriteString(client, "PROXY UNKNOWN\r\n")
		r.Expect(t, "connect", "data: PROXY UNKNOWN\r\n")
		if s := rig.Wait(t, served); s.ProxyHeader() != nil || s.RemoteAddrPort() != client.LocalAddrPort() {
			t.Errorf("it has the header %+v and the address %v", s.ProxyHeader(), s.RemoteAddr())
		}
	})
}

func TestAProxyMayComeByAUnixSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		remotes := make(chan [2]net.Addr, 1)
		srv := &duplex.Server{Engine: e, TrustedProxies: new(duplex.BlockList), Handler: &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { remotes <- [2]net.Addr{s.RemoteAddr(), s.LocalAddr()} },
		}}
		path := rig.SocketPath(t, e)
		if err := srv.Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		connect := func(h *duplex.ProxyHeader) {
			(&duplex.Client{Engine: e, ProxyHeader: h}).Connect(t.Context(), "unix", path, nil)
		}
		connect(from("192.0.2.9:9"))
		if got := rig.Wait(t, remotes); got[0].String() != "192.0.2.9:9" || got[1].String() != to4.String() {
			t.Errorf("the addresses are %v", got)
		}
		connect(&duplex.ProxyHeader{Local: true})
		if got := rig.Wait(t, remotes); got[0].Network() != "unix" || got[1].String() != path {
			t.Errorf("the addresses are %v, want those of the Unix socket", got)
		}
	})
}

// TestAConnectionWithoutAProxyHeaderIsDropped holds that the Handler learns nothing of it,
// and that its place is free again.
func TestAConnectionWithoutAProxyHeaderIsDropped(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		drops := make(chan duplex.Drop, 1)
		srv := &duplex.Server{
			Engine: e, MaxConns: 1, TrustedProxies: rig.Loopback(), OnDrop: func(d duplex.Drop) { drops <- d },
			Handler: &duplex.Handler{
				OnConnect: func(s *duplex.Socket) {
					if s.ProxyHeader() == nil {
						t.Error("a socket without a header is connected")
					}
				},
				OnError: func(_ *duplex.Socket, err error) { t.Errorf("a socket has the error %v", err) },
			},
		}
		addr := rig.Serve(t, srv)
		count := int64(0)
		for name, act := range map[string]func(*duplex.Socket){
			"another protocol":  func(s *duplex.Socket) { io.WriteString(s, "GET / HTTP/1.1\r\n\r\n") },
			"a malformed line":  func(s *duplex.Socket) { io.WriteString(s, "PROXY TCP4 1.2.3.4\r\n") },
			"an end at once":    func(s *duplex.Socket) { s.End() },
			"an end in between": func(s *duplex.Socket) { io.WriteString(s, "PROXY TC"); s.End() },
			"a reset":           func(s *duplex.Socket) { s.Reset() },
		} {
			if name == "a reset" && e.Driver == "portable" && runtime.GOOS == "windows" {
				continue
			}
			var r duplextest.Recorder
			client := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, r.Handler(nil))
			r.Expect(t, "connect")
			act(client)
			d := rig.Wait(t, drops)
			count++
			ok := errors.Is(d.Reason, duplex.ErrProxyHeader)
			if name == "a reset" {
				ok = errors.Is(d.Reason, syscall.ECONNRESET)
			}
			if !ok || d.Remote != client.LocalAddrPort() {
				t.Errorf("%s: dropped %+v", name, d)
			}
		}
		good := (&duplex.Client{Engine: e, ProxyHeader: from("192.0.2.9:9")}).Connect(t.Context(), "tcp", addr, nil)
		rig.Until(t, "one with a header is served", func() bool { return srv.Len() == 1 })
		good.Destroy(nil)
		rig.Until(t, "it has left", func() bool { return srv.Len() == 0 })
		if st := e.Stats(); st.Drops != (duplex.Drops{ProxyHeader: count}) {
			t.Errorf("Stats counts %+v, want %d", st.Drops, count)
		}
	})
}

func TestAProxyHeaderThatIsLateIsDropped(t *testing.T) {
	for name, c := range map[string]struct {
		timeout, want time.Duration // want 0: never
		script        func(*duplex.Socket)
	}{
		"nothing comes":           {0, 5 * time.Second, func(*duplex.Socket) {}},
		"byte by byte":            {time.Second, time.Second, func(s *duplex.Socket) { rig.Trickle(s, "PROXY UNKNOWN\r\n", 100*time.Millisecond) }},
		"a byte comes as it ends": {time.Second, time.Second, func(s *duplex.Socket) { rig.Trickle(s, "PROXY UNKNOWN\r\n", time.Second/2) }},
		"just in time":            {time.Second, 0, func(s *duplex.Socket) { time.Sleep(time.Second - 1); io.WriteString(s, "PROXY UNKNOWN\r\n") }},
		"there is no deadline":    {-1, 0, func(s *duplex.Socket) { time.Sleep(time.Hour); io.WriteString(s, "PROXY UNKNOWN\r\n") }},
	} {
		t.Run(name, func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
				began := time.Now()
				var dropped time.Duration
				srv := &duplex.Server{Engine: e, TrustedProxies: rig.Loopback(), ProxyTimeout: c.timeout, OnDrop: func(d duplex.Drop) {
					dropped = time.Since(began)
					if d.Reason != duplex.ErrProxyTimeout || !errors.Is(d.Reason, os.ErrDeadlineExceeded) || duplex.Code(d.Reason) != "ERR_PROXY_TIMEOUT" {
						t.Errorf("dropped because of %v", d.Reason)
					}
				}}
				client := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", rig.Serve(t, srv), nil)
				synctest.Wait()
				c.script(client)
				time.Sleep(time.Minute)
				synctest.Wait()
				if dropped != c.want || srv.Len() == 1 != (c.want == 0) {
					t.Errorf("dropped after %v, %d served; want %v", dropped, srv.Len(), c.want)
				}
			})
		})
	}
}

// TestLimitsByAddressApplyToTheAnnouncedClient holds that the proxy itself has no limit
// but those of the whole server.
func TestLimitsByAddressApplyToTheAnnouncedClient(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		drops := make(chan duplex.Drop, 1)
		no := errors.New("no")
		srv := &duplex.Server{
			Engine: e, MaxConns: 4, MaxPerIP: 1, TrustedProxies: rig.Loopback(), AllowList: new(duplex.BlockList),
			OnDrop: func(d duplex.Drop) { drops <- d },
			Admit: func(_, remote netip.AddrPort) error {
				if remote == netip.MustParseAddrPort("192.0.2.3:3") {
					return no
				}
				return nil
			},
		}
		srv.BlockList = new(duplex.BlockList)
		srv.BlockList.Add(netip.MustParseAddr("192.0.2.2"))
		srv.AllowList.AddPrefix(netip.MustParsePrefix("192.0.2.0/24"))
		addr := rig.Serve(t, srv)
		connect := func(h *duplex.ProxyHeader) *duplex.Socket {
			return (&duplex.Client{Engine: e, ProxyHeader: h}).Connect(t.Context(), "tcp", addr, nil)
		}
		served := func(n int) {
			t.Helper()
			rig.Until(t, "it is served", func() bool { return srv.Len() == n || len(drops) > 0 })
			if len(drops) > 0 {
				t.Fatalf("dropped %+v", <-drops)
			}
		}
		refused := func(client string, want error) {
			t.Helper()
			connect(from(client))
			if d := rig.Wait(t, drops); d.Reason != want || d.Remote.String() != client || d.Local != to4 {
				t.Errorf("%s: dropped %+v, want %v", client, d, want)
			}
		}
		first := connect(from("192.0.2.1:1"))
		served(1)
		for range 3 { // a refusal gives its place back
			refused("192.0.2.1:2", duplex.ErrMaxPerIP)
			refused("192.0.2.2:2", duplex.ErrBlocked)
			refused("192.0.2.3:3", no)
			refused("198.51.100.1:1", duplex.ErrNotAllowed)
		}
		first.Destroy(nil)
		rig.Until(t, "it has left", func() bool { return srv.Len() == 0 })
		connect(from("192.0.2.1:3"))
		served(1)
		connect(&duplex.ProxyHeader{Local: true})
		served(2)
		local := connect(&duplex.ProxyHeader{Version: 1})
		served(3)
		local.Destroy(nil)
		served(2)
		connect(&duplex.ProxyHeader{Local: true})
		served(3)
		rig.Until(t, "only these are left", func() bool { return e.Stats().Sockets == 6 })
		silent := connect(nil)                                                        // it takes the last place
		rig.Until(t, "it is accepted", func() bool { return e.Stats().Sockets == 8 }) // both ends
		connect(from("192.0.2.9:9"))
		if d := rig.Wait(t, drops); d.Reason != duplex.ErrMaxConns {
			t.Errorf("dropped because of %v, want ErrMaxConns", d.Reason)
		}
		silent.End()
		if d := rig.Wait(t, drops); !errors.Is(d.Reason, duplex.ErrProxyHeader) {
			t.Errorf("dropped because of %v, want ErrProxyHeader", d.Reason)
		}
		connect(from("192.0.2.9:9"))
		served(4)
		if st := e.Stats(); st.Drops != (duplex.Drops{MaxPerIP: 3, Blocked: 3, Admit: 3, NotAllowed: 3, MaxConns: 1, ProxyHeader: 1}) {
			t.Errorf("Stats counts %+v", st.Drops)
		}
	})
}

// TestAServerThatEndsDropsTheConnectionsWhoseHeaderIsAwaited holds that OnClose comes after
// their Drops.
func TestAServerThatEndsDropsTheConnectionsWhoseHeaderIsAwaited(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *duplex.Engine, *duplex.Server){
		"Unlisten": func(_ *testing.T, _ *duplex.Engine, srv *duplex.Server) { srv.Unlisten() },
		"Close":    func(_ *testing.T, _ *duplex.Engine, srv *duplex.Server) { srv.Close() },
		"Shutdown": func(t *testing.T, _ *duplex.Engine, srv *duplex.Server) {
			if err := srv.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
		},
		"Close of the engine": func(t *testing.T, e *duplex.Engine, _ *duplex.Server) { e.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, clients *duplex.Engine) {
				driver := clients.Driver
				if driver == "memory" {
					driver = "memory:" + t.Name()
					defer memory.Forget(t.Name())
					clients = duplextest.Engine(t, driver)
				}
				e := &duplex.Engine{Driver: driver, Loops: 3}
				defer e.Close()
				const crowd = 9
				events := make(chan string, 2*crowd)
				srv := &duplex.Server{
					Engine: e, TrustedProxies: rig.Loopback(),
					OnDrop: func(d duplex.Drop) {
						if d.Reason != net.ErrClosed {
							t.Errorf("dropped because of %v", d.Reason)
						}
						events <- "drop"
					},
					OnClose: func() { events <- "close" },
				}
				addr := rig.Serve(t, srv)
				for range crowd {
					(&duplex.Client{Engine: clients}).Connect(t.Context(), "tcp", addr, nil)
				}
				rig.Until(t, "all are accepted", func() bool { return e.Stats().Sockets == crowd })
				end(t, e, srv)
				for i := range crowd + 1 {
					want := "drop"
					if i == crowd {
						want = "close"
					}
					if got := rig.Wait(t, events); got != want {
						t.Errorf("event %d is %s, want %s", i, got, want)
					}
				}
				if st := e.Stats(); st.Sockets != 0 || st.Drops.Closed != crowd {
					t.Errorf("Stats counts %d sockets and %+v", st.Sockets, st.Drops)
				}
			})
		})
	}
}

// TestAFloodBehindAProxyIsCountedExactly has clients end at any time: before, in the
// middle of and after their header, or say nothing.
func TestAFloodBehindAProxyIsCountedExactly(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Loops = 4
		const goroutines, rounds, together = 5, 6, 12
		var mu sync.Mutex
		var accepted, closed, dropped, reached int
		count := func(n *int) { mu.Lock(); *n++; mu.Unlock() }
		srv := &duplex.Server{
			Engine: e, MaxConns: 20, MaxPerIP: 3, TrustedProxies: rig.Loopback(), ProxyTimeout: 50 * time.Millisecond,
			OnDrop: func(duplex.Drop) { count(&dropped) },
			Handler: &duplex.Handler{
				OnConnect: func(s *duplex.Socket) { count(&accepted); s.End() },
				OnClose:   func(*duplex.Socket) { count(&closed) },
			},
		}
		addr := rig.Serve(t, srv)
		var group sync.WaitGroup
		for g := range goroutines {
			group.Go(func() {
				for range rounds {
					ends := make(chan bool, together)
					for i := range together {
						h := from(netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(g % 3)}), uint16(i)).String())
						if i%4 == 0 {
							h = nil
						}
						(&duplex.Client{Engine: e, ProxyHeader: h}).Connect(t.Context(), "tcp", addr, &duplex.Handler{
							OnConnect: func(s *duplex.Socket) {
								count(&reached)
								switch i % 3 {
								case 0:
									s.End()
								case 1:
									io.WriteString(s, "\r\n\r\nPROXY")
									s.End()
								}
							},
							OnClose: func(*duplex.Socket) { ends <- true },
						})
					}
					for range together {
						rig.Wait(t, ends)
					}
				}
			})
		}
		group.Wait()
		rig.Until(t, "every client was served or dropped", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return accepted+dropped >= reached && closed == accepted && srv.Len() == 0 && e.Stats().Sockets == 0
		})
		st := e.Stats()
		if int(st.Accepted) < accepted || int(st.Dropped) != dropped || int(st.Accepted)+dropped != reached {
			t.Errorf("%d of %d clients were served and %d dropped; Stats counts %d and %+v", accepted, reached, dropped, st.Accepted, st.Drops)
		}
		// Every place was given back. On a machine that is short of time a header may be
		// late; then the client comes again.
		for tries := 0; e.Stats().Accepted < st.Accepted+6; tries++ {
			if tries == 100 {
				t.Fatalf("of %d more clients, %d were served, want 6", tries, e.Stats().Accepted-st.Accepted)
			}
			before := e.Stats()
			source := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(tries % 2)}), 1)
			(&duplex.Client{Engine: e, ProxyHeader: from(source.String())}).Connect(t.Context(), "tcp", addr, nil)
			rig.Until(t, "one more was served or dropped", func() bool {
				after := e.Stats()
				return after.Accepted+after.Dropped > before.Accepted+before.Dropped
			})
		}
	})
}

func TestAProxyConnectionThatTheLoopRefusesIsDropped(t *testing.T) {
	n := memory.Named(t.Name())
	defer memory.Forget(t.Name())
	e := duplextest.Engine(t, "memory:"+t.Name())
	n.SetFaults(memory.Faults{Attach: memory.Times(3, syscall.EMFILE)})
	drops := make(chan error, 9)
	srv := &duplex.Server{Engine: e, MaxConns: 1, TrustedProxies: rig.Loopback(), OnDrop: func(d duplex.Drop) { drops <- d.Reason }}
	addr := rig.Serve(t, srv)
	client := &duplex.Client{Engine: e, ProxyHeader: from("192.0.2.9:9")}
	for range 3 {
		client.Connect(t.Context(), "tcp", addr, nil)
		if err := rig.Wait(t, drops); !errors.Is(err, syscall.EMFILE) {
			t.Errorf("dropped because of %v, want EMFILE", err)
		}
	}
	client.Connect(t.Context(), "tcp", addr, nil)
	rig.Until(t, "it is served", func() bool { return srv.Len() == 1 })
}
