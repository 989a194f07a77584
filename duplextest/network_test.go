// Copyright 2026 The duplex authors. MIT license.

package duplextest_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
)

// faulty runs f in a bubble of virtual time, with an engine on a network of its own.
func faulty(t *testing.T, f func(t *testing.T, n *duplextest.Network, e *duplex.Engine)) {
	t.Helper()
	n := duplextest.NewNetwork(t)
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Loops: 2, Driver: n.Driver()}
		defer e.Close()
		f(t, n, e)
	})
}

// needPlain skips a test whose numbers are those of bytes without TLS.
func needPlain(t *testing.T) {
	t.Helper()
	if os.Getenv("DUPLEX_TEST_TLS") != "" {
		t.Skip("not with TLS: its records are bytes, too")
	}
}

func TestDelayIsThatOfTheNetwork(t *testing.T) {
	faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		n.SetFaults(duplextest.Faults{Delay: 3 * time.Second})
		began := time.Now()
		io.WriteString(a, "ping")
		b.Expect(t, "data: ping")
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("it took %v, want 3s", took)
		}
	})
}

func TestATimeoutOfTenMinutesTakesNoTime(t *testing.T) {
	began := time.Now()
	faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e, duplex.Options{ReadTimeout: 10 * time.Minute})
		b.Pause() // its own time does not count
		n.SetFaults(duplextest.Faults{Delay: time.Hour})
		start := time.Now()
		io.WriteString(b, "too late")
		a.Expect(t, "error: ETIMEDOUT", "close: hadError")
		if took := time.Since(start); took != 10*time.Minute {
			t.Errorf("it took %v, want 10m", took)
		}
	})
	if took := time.Since(began); took > time.Minute {
		t.Errorf("the test took %v of real time", took)
	}
}

func TestMaxReadTearsFrames(t *testing.T) {
	faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
		calls := 0
		counted := func(p []byte, atEOF bool) (int, []byte, error) {
			calls++
			return lengths(p, atEOF)
		}
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: counted})
		b.Pieces = true
		n.SetFaults(duplextest.Faults{MaxRead: 1})
		io.WriteString(a, "\x00\x05hello\x00\x05world")
		b.Expect(t, "data: hello", "data: world")
		if calls < 14 && os.Getenv("DUPLEX_TEST_TLS") == "" { // where records are torn, and not frames
			t.Errorf("the frames were cut in %d calls, want one for each byte", calls)
		}
	})
}

func TestResetAfterTearsAFrame(t *testing.T) {
	needPlain(t)
	faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Framing: codec.Lines})
		b.Pieces = true
		n.SetFaults(duplextest.Faults{ResetAfter: 9})
		io.WriteString(a, "one\ntwo\nthree\n")
		b.Expect(t, "data: one", "data: two", "error: ECONNRESET", "close: hadError")
		a.ExpectMatch(t, "error: (ECONNRESET|EPIPE)", "close: hadError")
	})
}

func TestMaxSendMakesShortWrites(t *testing.T) {
	faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
		drained := make(chan bool, 1)
		a, b := duplextest.PipeOf(t, e, &duplex.Handler{OnDrain: func(*duplex.Socket) { drained <- true }}, nil, duplex.Options{HighWaterMark: 10})
		n.SetFaults(duplextest.Faults{MaxSend: 7})
		sent := strings.Repeat("0123456789", 10)
		needs := make(chan bool, 1)
		a.Post(func() {
			io.WriteString(a, sent)
			needs <- a.NeedDrain()
		})
		if !<-needs {
			t.Error("the kernel has taken all at once")
		}
		b.Expect(t, "data: "+sent)
		<-drained
	})
}

func TestBlackholeAnswersNoAttempt(t *testing.T) {
	faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
		n.SetFaults(duplextest.Faults{Blackhole: true})
		var r duplextest.Recorder
		client := &duplex.Client{Engine: e, Timeout: 10 * time.Minute}
		client.Connect(context.Background(), "tcp", "192.0.2.1:80", r.Handler(nil))
		r.ExpectNothing(t, 9*time.Minute)
		r.Expect(t, "error: ETIMEDOUT", "close: hadError")
	})
}

func TestFaultsMayHoldForOneAddress(t *testing.T) {
	faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", "192.0.2.2:80"); err != nil {
			t.Fatal(err)
		}
		n.SetFaultsAt(netip.MustParseAddrPort("192.0.2.1:80"), duplextest.Faults{Connect: syscall.EHOSTUNREACH})
		for address, want := range map[string][]string{
			"192.0.2.1:80": {"error: EHOSTUNREACH", "close: hadError"},
			"192.0.2.2:80": {"connect"},
		} {
			var r duplextest.Recorder
			(&duplex.Client{Engine: e}).Connect(context.Background(), "tcp", address, r.Handler(nil))
			r.Expect(t, want...)
		}
	})
}

func TestAcceptFailsUntilItDoesNot(t *testing.T) {
	faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
		failed := make(chan error, 9)
		srv := &duplex.Server{Engine: e, OnError: func(err error) { failed <- err }}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		n.SetFaults(duplextest.Faults{Accept: syscall.EMFILE})
		var r duplextest.Recorder
		(&duplex.Client{Engine: e}).Connect(context.Background(), "tcp", srv.Addr().String(), r.Handler(nil))
		for range 3 { // once a second
			if code := duplex.Code(<-failed); code != "EMFILE" {
				t.Errorf("OnError was called with %s, want EMFILE", code)
			}
		}
		n.SetFaults(duplextest.Faults{})
		r.Expect(t, "connect")
		for srv.Len() == 0 {
			time.Sleep(time.Second)
		}
	})
}

func TestAShortBufferFillsAtOnce(t *testing.T) {
	needPlain(t)
	faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
		n.SetBuffer(100)
		a, b := duplextest.Pipe(t, e, duplex.Options{WriteTimeout: time.Hour})
		b.Pause()
		began := time.Now()
		a.Write(bytes.Repeat([]byte("x"), 1000))
		a.Expect(t, "error: ETIMEDOUT", "close: hadError")
		if took := time.Since(began); took != time.Hour {
			t.Errorf("it took %v, want 1h", took)
		}
	})
}

func TestBreakBreaksOneConnection(t *testing.T) {
	faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
		var clients [4]duplextest.Recorder
		var accepted duplextest.Recorder
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		var sockets []*duplex.Socket
		for i := range clients {
			sockets = append(sockets, (&duplex.Client{Engine: e}).Connect(context.Background(), "tcp", srv.Addr().String(), clients[i].Handler(nil)))
			clients[i].Expect(t, "connect")
		}
		synctest.Wait()
		server, ok := srv.Socket(sockets[1].LocalAddrPort())
		if !ok {
			t.Fatal("the server has no socket of the client")
		}
		server.SetHandler(accepted.Handler(nil))
		n.Break(sockets[0]) // by either end
		n.Break(server)
		for i := range 2 {
			clients[i].Expect(t, "error: ECONNRESET", "close: hadError")
		}
		accepted.Expect(t, "error: ECONNRESET", "close: hadError")
		for i := 2; i < 4; i++ {
			clients[i].ExpectNothing(t, time.Minute)
		}
		if n := srv.Len(); n != 2 {
			t.Errorf("%d sockets are left, want 2", n)
		}
	})
}

// A failing is a test that may fail.
type failing struct {
	testing.TB
	failed bool
}

func (f *failing) Errorf(string, ...any) { f.failed = true }

// Behind a PROXY header a server's socket has another address than its connection, and a
// Unix socket has none. A Break that breaks nothing, or all, must not pass for one.
func TestABreakThatBreaksNothingFails(t *testing.T) {
	f := &failing{TB: t}
	n := duplextest.NewNetwork(f)
	synctest.Test(t, func(t *testing.T) {
		e := &duplex.Engine{Loops: 2, Driver: n.Driver()}
		defer e.Close()
		accepted := make(chan *duplex.Socket, 3)
		h := &duplex.Handler{OnConnect: func(s *duplex.Socket) { accepted <- s }}
		trusted := new(duplex.BlockList)
		trusted.AddPrefix(netip.MustParsePrefix("127.0.0.0/8"))
		srv := &duplex.Server{Engine: e, Handler: h, TrustedProxies: trusted}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		header := &duplex.ProxyHeader{Source: netip.MustParseAddrPort("192.0.2.1:1"), Destination: netip.MustParseAddrPort("192.0.2.2:2")}
		var told, apart duplextest.Recorder
		client := &duplex.Client{Engine: e, ProxyHeader: header}
		proxy := client.Connect(t.Context(), "tcp", srv.Addr().String(), told.Handler(nil))
		told.Expect(t, "connect")
		s := <-accepted
		if n.Break(s); !f.failed {
			t.Errorf("Break of a socket whose address is %v found a connection", s.RemoteAddr())
		}

		unix := &duplex.Server{Engine: e, Handler: h}
		if err := unix.Listen("unix", "/socket"); err != nil {
			t.Fatal(err)
		}
		other := (&duplex.Client{Engine: e}).Connect(t.Context(), "unix", "/socket", apart.Handler(nil))
		apart.Expect(t, "connect")
		f.failed = false
		if n.Break(other); !f.failed {
			t.Error("Break of a Unix socket found a connection")
		}
		apart.ExpectNothing(t, time.Second)

		f.failed = false
		n.Break(proxy)
		told.Expect(t, "error: ECONNRESET", "close: hadError")
		synctest.Wait() // the server's end is closed, too
		if n.Break(proxy); !f.failed {
			t.Error("the connection was there a second time")
		}
	})
}

func TestNetworksAreApart(t *testing.T) {
	near, far := duplextest.NewNetwork(t), duplextest.NewNetwork(t)
	synctest.Test(t, func(t *testing.T) {
		e, other := &duplex.Engine{Driver: near.Driver()}, &duplex.Engine{Driver: far.Driver()}
		third := &duplex.Engine{Driver: near.Driver()}
		defer e.Close()
		defer other.Close()
		defer third.Close()
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", "127.0.0.1:80"); err != nil {
			t.Fatal(err)
		}
		for engine, want := range map[*duplex.Engine][]string{
			other: {"error: ECONNREFUSED", "close: hadError"},
			third: {"connect"},
		} {
			var r duplextest.Recorder
			(&duplex.Client{Engine: engine}).Connect(context.Background(), "tcp", "127.0.0.1:80", r.Handler(nil))
			r.Expect(t, want...)
		}
	})
}

// Until the reset has arrived, the sender has nothing to do but wait: also where time is
// virtual, and passes only when everyone waits.
func TestResetAfterWaitsForItsDelay(t *testing.T) {
	needPlain(t)
	faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		n.SetFaults(duplextest.Faults{ResetAfter: 9, Delay: time.Hour, MaxSend: 4, MaxRead: 2})
		began := time.Now()
		io.WriteString(a, "what arrives, and what does not")
		for _, end := range []*duplextest.End{a, b} {
			events := end.Events(t)
			if last := events[len(events)-2:]; last[0] != "error: ECONNRESET" && last[0] != "error: EPIPE" {
				t.Errorf("the events are %q", events)
			}
		}
		if n := b.BytesRead(); n != 9 {
			t.Errorf("%d bytes arrived, want 9", n)
		}
		if took := time.Since(began); took != time.Hour {
			t.Errorf("the reset took %v, want 1h", took)
		}
	})
}

// Random faults, together: what arrives is all, or as many bytes as ResetAfter says.
func TestFaultsAddUp(t *testing.T) {
	needPlain(t)
	for seed := range uint64(100) {
		faulty(t, func(t *testing.T, n *duplextest.Network, e *duplex.Engine) {
			random := rand.New(rand.NewPCG(seed, 0))
			f := duplextest.Faults{
				Delay:   time.Duration(random.IntN(3)) * time.Second,
				MaxSend: random.IntN(20), MaxRead: random.IntN(10), ResetAfter: random.IntN(400),
			}
			if random.IntN(2) == 0 {
				n.SetBuffer(1 + random.IntN(100))
			}
			sent := bytes.Repeat([]byte("0123456789"), 1+random.IntN(40))
			got := new(bytes.Buffer)
			a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) {
				got.Write(p)
				if random.IntN(9) == 0 {
					s.Pause()
					s.AfterFunc(time.Second, s.Resume)
				}
			}})
			n.SetFaults(f)
			a.Write(sent)
			a.End()
			b.Events(t)
			a.Events(t)
			want, code := sent, ""
			if f.ResetAfter > 0 && f.ResetAfter <= len(sent) {
				want, code = sent[:f.ResetAfter], "ECONNRESET"
			}
			if !bytes.Equal(got.Bytes(), want) || duplex.Code(b.Err()) != code {
				t.Errorf("with %+v %d bytes of %d arrived, and then %v", f, got.Len(), len(sent), b.Err())
			}
		})
	}
}
