// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// plainPeer returns a connection of crypto/tls to a socket of a server with TLS, and its
// raw connection.
func plainPeer(t *testing.T, e *duplex.Engine, server, client *tls.Config, h *duplex.Handler, o duplex.Options) (*tls.Conn, net.Conn, *duplextest.Recorder) {
	t.Helper()
	r := &duplextest.Recorder{}
	srv := &duplex.Server{Engine: e, TLS: server, Handler: r.Handler(rig.CopyOf(h)), Options: o}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	raw, err := net.Dial("tcp", srv.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	c := tls.Client(raw, client)
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	return c, raw, r
}

func TestTLSEndWithoutCloseNotifyIsAnError(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		for _, blocking := range []bool{false, true} {
			c, raw, r := plainPeer(t, e, server, client, &duplex.Handler{Blocking: blocking}, duplex.Options{})
			c.Write([]byte("half of it"))
			raw.(*net.TCPConn).CloseWrite()
			r.Expect(t, "connect", "data: half of it", "error: ERR_SSL_UNEXPECTED_EOF_WHILE_READING", "close: hadError")
		}
	})
}

func TestTLSEndWithoutCloseNotifyIsAnEndIfAllowed(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		c, raw, r := plainPeer(t, e, server, client, nil, duplex.Options{AllowTruncation: true})
		c.Write([]byte("all of it"))
		raw.(*net.TCPConn).CloseWrite()
		r.Expect(t, "connect", "data: all of it", "end", "close")
		if n, err := c.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the peer reads %d, %v; want EOF", n, err)
		}
	})
}

func TestTLSEndInsideARecordIsAnErrorAlsoIfTruncationIsAllowed(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		_, raw, r := plainPeer(t, e, server, client, nil, duplex.Options{AllowTruncation: true})
		raw.Write([]byte{23, 3, 3, 0, 100, 1, 2, 3})
		raw.(*net.TCPConn).CloseWrite()
		r.Expect(t, "connect", "error: ERR_SSL_UNEXPECTED_EOF_WHILE_READING", "close: hadError")
	})
}

func TestTLSRecordThatWasChangedIsAnErrorOnBothSides(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		c, raw, r := plainPeer(t, e, server, client, nil, duplex.Options{})
		c.Write([]byte("good"))
		r.Expect(t, "connect", "data: good")
		bad := make([]byte, 105)
		copy(bad, []byte{23, 3, 3, 0, 100})
		raw.Write(append(bad, make([]byte, 1<<20)...)) // also if much is not read
		r.Expect(t, "error: ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "close: hadError")
		_, err := c.Read(make([]byte, 1))
		if code := duplex.Code(err); code != "ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC" {
			t.Errorf("the peer has %q, %v", code, err)
		}
	})
}

func TestTLSResetAfterDataIsReportedAfterTheData(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		rig.NeedResets(t, e)
		a, b := rig.Secure(t, e, server, client, nil, nil, duplex.Options{})
		a.WriteString("last words")
		b.Expect(t, "data: last words")
		a.Reset()
		b.Expect(t, "error: ECONNRESET", "close: hadError")
	})
}

func TestTLSCloseLosesNothingThatWasWritten(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		want := rig.Pattern(1 << 20)
		r := rig.NewCollector(len(want))
		_, b := rig.Secure(t, e, server, client, &duplex.Handler{OnData: r.Take}, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			s.Write(want)
			s.Close()
		}}, duplex.Options{})
		rig.Wait(t, r.Done)
		b.Expect(t, "close")
		if !bytes.Equal(r.Got, want) {
			t.Error("other bytes arrived")
		}
	})
}

func TestTLSCloseBeforeTheHandshakeSendsWhatWasWritten(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		r := &duplextest.Recorder{}
		address := rig.ListenTLS(t, e, server, r.Handler(nil))
		closed := make(chan error, 1)
		s := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", address, &duplex.Handler{
			OnClose: func(s *duplex.Socket) { closed <- s.Err() },
		})
		s.WriteString("all of it")
		s.Close()
		r.Expect(t, "connect", "data: all of it", "end", "close")
		if err := rig.Wait(t, closed); err != nil {
			t.Errorf("closed with %v", err)
		}
	})
}

func TestTLSResetAfterCloseNotifyIsReportedAfterTheEnd(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		rig.NeedResets(t, e)
		c, raw, r := plainPeer(t, e, server, client, nil, duplex.Options{AllowHalfOpen: true})
		c.Write([]byte("last words"))
		c.CloseWrite() // without a FIN
		r.Expect(t, "connect", "data: last words", "end")
		raw.(*net.TCPConn).SetLinger(0)
		raw.Close()
		r.Expect(t, "error: ECONNRESET", "close: hadError")
	})
}

func TestTLSIgnoresWhatFollowsCloseNotify(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		c, raw, r := plainPeer(t, e, server, client, nil, duplex.Options{AllowHalfOpen: true})
		c.CloseWrite()
		raw.Write(bytes.Repeat([]byte("no record "), 100_000))
		r.Expect(t, "connect", "end")
		raw.(*net.TCPConn).CloseWrite()
		r.ExpectNothing(t, 0)
	})
}

// A peer that calls Close of crypto/tls sends close_notify and reads no more, so that the
// answer to it resets the connection.
func TestTLSPeerThatHangsUpIsNoError(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		for _, h := range []*duplex.Handler{
			{},
			{Blocking: true},
			{OnEnd: func(s *duplex.Socket) { s.Close() }},
		} {
			c, raw, r := plainPeer(t, e, server, client, h, duplex.Options{})
			c.Write([]byte("last words"))
			r.Expect(t, "connect", "data: last words")
			c.Close()
			raw.Close()
			r.Expect(t, "end", "close")
		}
	})
}

func TestTLSAnswerToAPeerThatHungUpIsAnError(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		rig.NeedResets(t, e)
		closed := make(chan error, 1)
		c, _, _ := plainPeer(t, e, server, client, &duplex.Handler{
			OnEnd:   func(s *duplex.Socket) { s.Write(rig.Pattern(16 << 20)) }, // more than the kernel takes
			OnClose: func(s *duplex.Socket) { closed <- s.Err() },
		}, duplex.Options{})
		c.Close()
		if err := rig.Wait(t, closed); !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("closed with %v; want a reset, since the answer is lost", err)
		}
	})
}

// TestTLSDataCallbackThatCrashesCostsOneSocket has it crash while the loop opens records.
func TestTLSDataCallbackThatCrashesCostsOneSocket(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Logger = rig.Quiet
		server, client := rig.Configs(tls.VersionTLS13)
		for _, crash := range []func(){func() { panic("as asked") }, runtime.Goexit} {
			ends := make(chan error, 1)
			address := rig.ListenTLS(t, e, server, &duplex.Handler{
				OnData:  func(*duplex.Socket, []byte) { crash() },
				OnClose: func(s *duplex.Socket) { ends <- s.Err() },
			})
			c := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", address, nil)
			c.WriteString("crash")
			if err := rig.Wait(t, ends); !errors.As(err, new(*duplex.PanicError)) {
				t.Errorf("the socket has %v", err)
			}
			c.Destroy(nil)
		}
	})
}

// The peer has sent records and ended, while a Blocking callback keeps all of it waiting.
// Then the program closes: the end must not be lost with the records.
func TestTLSCloseHearsAnEndThatWaitsAfterRecords(t *testing.T) {
	server, client := rig.Configs(tls.VersionTLS13)
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		release, closed := make(chan struct{}), make(chan error, 1)
		srv := &duplex.Server{Engine: e, TLS: server, Options: duplex.Options{Linger: time.Hour}, Handler: &duplex.Handler{
			Blocking: true,
			OnConnect: func(s *duplex.Socket) {
				<-release
				s.Close()
			},
			OnClose: func(s *duplex.Socket) { closed <- s.Err() },
		}}
		c := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", rig.Serve(t, srv), nil)
		c.WriteString("word")
		c.End()
		synctest.Wait()
		began := time.Now()
		close(release)
		if err := <-closed; err != nil || time.Since(began) > time.Minute {
			t.Errorf("closed after %v with %v, want at once and without an error", time.Since(began), err)
		}
	})
}
