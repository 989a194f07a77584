// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// mail is the plain part of a server of mail: it answers STARTTLS, and goes on with h.
func mail(config *tls.Config, h *duplex.Handler) *duplex.Handler {
	return &duplex.Handler{
		Split:     bufio.ScanLines,
		OnConnect: func(s *duplex.Socket) { s.WriteString("220 mail\n") },
		OnData: func(s *duplex.Socket, line []byte) {
			if string(line) != "STARTTLS" {
				s.WriteString("500 what?\n")
				return
			}
			s.WriteString("220 go ahead\n")
			s.StartTLS(duplex.ServerSide, config, h)
			s.WriteString("250 hello\n") // waits for the handshake
		},
	}
}

// sends is the plain part of a client of mail.
func sends(config *tls.Config, h *duplex.Handler) *duplex.Handler {
	return &duplex.Handler{
		Split: bufio.ScanLines,
		OnData: func(s *duplex.Socket, line []byte) {
			switch string(line) {
			case "220 mail":
				s.WriteString("STARTTLS\n")
			case "220 go ahead":
				s.StartTLS(duplex.ClientSide, config, h)
				s.WriteString("EHLO\n")
			}
		},
	}
}

func TestTLSStartsOnALiveSocketInBothRoles(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		for _, blocking := range []bool{false, true} {
			secured := make(chan string, 2)
			h := func(name string) *duplex.Handler {
				return &duplex.Handler{Blocking: blocking, Split: bufio.ScanLines, OnSecure: func(s *duplex.Socket) { secured <- name }}
			}
			a, b := &duplextest.Recorder{}, &duplextest.Recorder{}
			ah, bh := mail(server, a.Handler(h("server"))), sends(client, b.Handler(h("client")))
			ah.Blocking, bh.Blocking = blocking, blocking
			address := rig.Listen(t, e, ah, duplex.Options{})
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, bh)
			a.Expect(t, "data: EHLO")
			b.Expect(t, "data: 250 hello")
			if first, second := rig.Wait(t, secured), rig.Wait(t, secured); first == second {
				t.Error("OnSecure was called twice on one side")
			}
			if err := s.StartTLS(duplex.ClientSide, client, nil); !errors.Is(err, duplex.ErrAlreadySecure) {
				t.Errorf("a second StartTLS returned %v", err)
			}
			s.End()
			a.Expect(t, "end", "close")
			b.Expect(t, "end", "close")
			if err := s.StartTLS(duplex.ClientSide, client, nil); err == nil {
				t.Error("StartTLS of a closed socket returned nil")
			}
		}
	})
}

func TestTLSOfACryptoTLSClientMayFollowInTheSameSegment(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		address := rig.Listen(t, e, mail(server, &duplex.Handler{OnData: rig.Echo.OnData}), duplex.Options{})
		raw, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		c := tls.Client(&prefixed{Conn: raw, with: "STARTTLS\n", skip: "220 mail\n220 go ahead\n"}, client)
		line := make([]byte, len("250 hello\n"))
		if _, err := io.ReadFull(c, line); err != nil || string(line) != "250 hello\n" {
			t.Fatalf("got %q, %v", line, err)
		}
		rig.ExpectEcho(t, c)
	})
}

// A prefixed connection sends a prefix with its first write, and skips a prefix of what
// it reads.
type prefixed struct {
	net.Conn
	with, skip string
}

func (c *prefixed) Write(p []byte) (int, error) {
	n := len(c.with)
	m, err := c.Conn.Write(append([]byte(c.with), p...))
	c.with = ""
	return m - n, err
}

func (c *prefixed) Read(p []byte) (int, error) {
	skip := make([]byte, len(c.skip))
	if _, err := io.ReadFull(c.Conn, skip); err != nil {
		return 0, err
	}
	if string(skip) != c.skip {
		return 0, fmt.Errorf("got %q", skip)
	}
	c.skip = ""
	return c.Conn.Read(p)
}

func TestTLSTakesNoPlainTextThatFollowsItsStart(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, _ := rig.Configs(tls.VersionTLS13)
		r := &duplextest.Recorder{}
		address := rig.Listen(t, e, mail(server, r.Handler(nil)), duplex.Options{})
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, nil)
		s.WriteString("STARTTLS\nRCPT TO:<injected@example.com>\n")
		r.Expect(t, "error: ERR_SSL_WRONG_VERSION_NUMBER", "close: hadError")
		s.Destroy(nil)
	})
}

func TestTLSThatFailsAfterStartTLSIsAnErrorOfItsHandler(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		server, client := rig.Configs(tls.VersionTLS13)
		client.ServerName = "example.net"
		a, b := &duplextest.Recorder{}, &duplextest.Recorder{}
		done := make(chan error, 1)
		ch := sends(client, b.Handler(nil))
		onData := ch.OnData
		ch.OnData = func(s *duplex.Socket, line []byte) {
			onData(s, line)
			if string(line) == "220 go ahead" {
				s.WriteFunc([]byte("waits"), func(err error) { done <- err })
			}
		}
		address := rig.Listen(t, e, mail(server, a.Handler(nil)), duplex.Options{})
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, ch)
		a.Expect(t, "error: ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "close: hadError")
		b.Expect(t, "error: ERR_TLS_CERT_ALTNAME_INVALID", "close: hadError")
		if err := rig.Wait(t, done); duplex.Code(err) != "ERR_TLS_CERT_ALTNAME_INVALID" {
			t.Errorf("the write that waited has %v", err)
		}
	})
}

func TestTLSStartsInTheOrderOfTheCalls(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		plain := make(chan string, 1)
		r := &duplextest.Recorder{}
		address := rig.Listen(t, e, &duplex.Handler{Split: bufio.ScanLines, OnData: func(s *duplex.Socket, line []byte) {
			plain <- string(line)
			s.StartTLS(duplex.ServerSide, server, r.Handler(nil))
		}}, duplex.Options{})
		secured := make(chan struct{})
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, nil)
		s.WriteString("one ") // also before it is connected
		s.Post(func() { s.WriteString("two ") })
		s.WriteString("three\n")
		if err := s.StartTLS(duplex.ClientSide, client, &duplex.Handler{OnSecure: func(*duplex.Socket) { close(secured) }}); err != nil {
			t.Fatal(err)
		}
		s.WriteString("four")
		if line := rig.Wait(t, plain); line != "one two three" {
			t.Errorf("in plain text: %q", line)
		}
		rig.Wait(t, secured)
		r.Expect(t, "data: four")
		s.Destroy(nil)
	})
}

func TestTLSStartsAfterMuchThatWasWrittenBefore(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		const size = 4 << 20
		want := rig.Pattern(2 * size)
		got := rig.NewCollector(2 * size)
		address := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			s.Write(want[:size])
			s.StartTLS(duplex.ServerSide, server, nil)
			s.Write(want[size:])
			s.End()
		}}, duplex.Options{})
		closed := make(chan error, 1)
		h := &duplex.Handler{OnData: got.Take, OnClose: func(s *duplex.Socket) { closed <- s.Err() }}
		left := size
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, &duplex.Handler{
			Split: func(p []byte, _ bool) (int, []byte, error) {
				n := min(len(p), left)
				return n, p[:n], nil
			},
			MaxFrame: -1,
			OnData: func(s *duplex.Socket, p []byte) {
				got.Take(s, p)
				if left -= len(p); left == 0 {
					s.StartTLS(duplex.ClientSide, client, h)
				}
			},
		})
		rig.Wait(t, got.Done)
		if err := rig.Wait(t, closed); err != nil || !bytes.Equal(got.Got, want) {
			t.Errorf("closed with %v, equal: %v", err, bytes.Equal(got.Got, want))
		}
	})
}

func TestTLSOfAPausedSocketStartsAllTheSame(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		r := &duplextest.Recorder{}
		secured := make(chan *duplex.Socket, 1)
		h := r.Handler(&duplex.Handler{OnSecure: func(s *duplex.Socket) { secured <- s }})
		address := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.StartTLS(duplex.ServerSide, server, h) }},
			duplex.Options{PauseOnConnect: true})
		c := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", address, nil)
		c.WriteString("kept")
		s := rig.Wait(t, secured)
		r.ExpectNothing(t, time.Millisecond)
		s.Resume()
		r.Expect(t, "data: kept")
		c.Destroy(nil)
	})
}

func TestTLSPipesGoOnAfterStartTLS(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		address := rig.Listen(t, e, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			s.Pipe(s)
			s.StartTLS(duplex.ServerSide, server, nil)
		}}, duplex.Options{})
		want := strings.Repeat("echo ", 100_000)
		r := &duplextest.Recorder{}
		s := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", address, r.Handler(nil))
		s.WriteString(want)
		s.End()
		r.Expect(t, "connect", "data: "+want, "end", "close")
	})
}

func TestTLSTakesNoPlainTextAlsoIfTheHandlerStays(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, blocking := range []bool{false, true} {
			server, _ := rig.Configs(tls.VersionTLS13)
			r := &duplextest.Recorder{Pieces: true}
			var h *duplex.Handler
			h = r.Handler(&duplex.Handler{Blocking: blocking, Split: bufio.ScanLines, OnData: func(s *duplex.Socket, line []byte) {
				if string(line) == "STARTTLS" {
					s.StartTLS(duplex.ServerSide, server, h)
				}
			}})
			address := rig.Listen(t, e, h, duplex.Options{})
			s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, nil)
			s.WriteString("STARTTLS\nRCPT TO:<injected@example.com>\n")
			r.Expect(t, "connect", "data: STARTTLS", "error: ERR_SSL_WRONG_VERSION_NUMBER", "close: hadError")
			s.Destroy(nil)
		}
	})
}

func TestTLSFrameTimeoutDoesNotCountInTheHandshake(t *testing.T) {
	server, _ := rig.Configs(tls.VersionTLS13)
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		r := &duplextest.Recorder{Pieces: true}
		var h *duplex.Handler
		h = r.Handler(&duplex.Handler{Split: bufio.ScanLines, FrameTimeout: time.Second, OnData: func(s *duplex.Socket, line []byte) {
			if string(line) == "STARTTLS" {
				s.StartTLS(duplex.ServerSide, server, h)
			}
		}})
		address := rig.Listen(t, e, h, duplex.Options{})
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, nil)
		s.WriteString("STARTTLS\n\x16\x03\x01")
		r.Expect(t, "connect", "data: STARTTLS")
		time.Sleep(5 * time.Second)
		r.ExpectNothing(t, 0)
		s.Destroy(nil)
	})
}

func TestTLSThatFailsSendsWhatWasWrittenBeforeIt(t *testing.T) {
	server, _ := rig.Configs(tls.VersionTLS13)
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := &duplextest.Recorder{}, &duplextest.Recorder{}
		h := a.Handler(nil)
		started := make(chan struct{})
		address := rig.Listen(t, e, &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) {
			s.Cork() // so that the bytes wait
			s.WriteString("go ahead\n")
			s.StartTLS(duplex.ServerSide, server, h)
			close(started)
		}}, duplex.Options{})
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", address, b.Handler(nil))
		s.WriteString("STARTTLS\n")
		rig.Wait(t, started)
		s.WriteString("\x16\x03\x01\x00\x04\x00\x00\x00\x00") // no hello
		a.Expect(t, "error: ERR_SSL_UNEXPECTED_MESSAGE", "close: hadError")
		b.Expect(t, "connect", "data: go ahead\n\x15\x03\x01\x00\x02\x02\x0a", "end", "close")
	})
}

// sniffs is a Handler that tells TLS from lines of text by the first byte, once it has had
// two reads. First is closed after the first of them.
func sniffs(config *tls.Config, h *duplex.Handler, first chan<- struct{}, counted chan<- int64) *duplex.Handler {
	var taken [][]byte
	return &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) {
		if taken = append(taken, bytes.Clone(p)); len(taken) < 2 {
			close(first)
			return
		}
		if taken[0][0] != 22 {
			s.Destroy(nil)
			return
		}
		if err := s.StartTLS(duplex.ServerSide, config, h, taken...); err != nil {
			s.Destroy(err)
		}
		for _, p := range taken {
			clear(p) // StartTLS has copied it
		}
		counted <- s.BytesRead()
	}}
}

func TestTLSStartsWithBytesThatACallbackHasHad(t *testing.T) {
	rig.VersionsOnSystem(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		first, counted, ends := make(chan struct{}), make(chan int64, 1), make(chan int64, 1)
		h := &duplex.Handler{OnData: rig.Echo.OnData, OnEnd: func(s *duplex.Socket) { ends <- s.BytesRead() }}
		address := rig.Listen(t, e, sniffs(server, h, first, counted), duplex.Options{})
		raw, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		c := tls.Client(&torn{Conn: raw, wait: func() { rig.Wait(t, first) }}, client)
		rig.ExpectEcho(t, c)
		if n := rig.Wait(t, counted); n != 0 {
			t.Errorf("BytesRead counts %d bytes after StartTLS, want 0", n)
		}
		c.Close()
		if n := rig.Wait(t, ends); n != int64(len("hello")) {
			t.Errorf("BytesRead counts %d bytes at the end, want %d", n, len("hello"))
		}
	})
}

// A torn connection sends its first write in two pieces, and waits between them.
type torn struct {
	net.Conn
	wait func() // nil afterwards
}

func (c *torn) Write(p []byte) (int, error) {
	if c.wait == nil {
		return c.Conn.Write(p)
	}
	if _, err := c.Conn.Write(p[:1]); err != nil {
		return 0, err
	}
	c.wait()
	c.wait = nil
	n, err := c.Conn.Write(p[1:])
	return n + 1, err
}

// The first bytes, which StartTLS takes back, are none that a callback is owed for.
func TestShutdownEndsASocketThatStartsTLSMeanwhile(t *testing.T) {
	rig.Versions(t, func(t *testing.T, e *duplex.Engine, server, client *tls.Config) {
		began, over := make(chan struct{}), make(chan struct{})
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{Blocking: true, OnData: func(s *duplex.Socket, hello []byte) {
			close(began)
			<-over
			s.StartTLS(duplex.ServerSide, server, &duplex.Handler{Blocking: true, OnData: func(*duplex.Socket, []byte) {}}, hello)
		}}}
		if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		r := new(duplextest.Recorder)
		c := (&duplex.Client{Engine: e, TLS: client}).Connect(t.Context(), "tcp", srv.Addr().String(), r.Handler(nil))
		rig.Wait(t, began)
		done := make(chan error, 1)
		go func() { done <- srv.Shutdown(t.Context()) }()
		rig.Until(t, "the server has stopped listening", func() bool { return srv.Addr() == nil })
		time.Sleep(10 * time.Millisecond) // for Shutdown to come to the socket
		close(over)
		if err := rig.Wait(t, done); err != nil {
			t.Error(err)
		}
		c.Destroy(nil)
	})
}
