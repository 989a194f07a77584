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
		if n := s.BytesWritten(); n != 28+5 || s.BytesSent() != n {
			t.Errorf("the client has written %d bytes, and %d were sent, want 33", n, s.BytesSent())
		}
		s = (&duplex.Client{Engine: e, TLS: client, ProxyHeader: from("192.0.2.7:7")}).Connect(t.Context(), "tcp", rig.FreeAddr(t), nil)
		rig.Until(t, "the client has failed", func() bool { return s.State() == duplex.Closed })
		if n := s.BytesSent(); n != 0 {
			t.Errorf("a client without a connection has sent %d bytes", n)
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
