// Copyright 2026 The duplex authors. MIT license.

package limits_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// slowly connects a client to a server with the handler and options, in virtual time,
// and gives it to the script. It returns when and with which error the server's socket
// closed; after an hour it gives up, and the error is nil.
func slowly(t *testing.T, h duplex.Handler, o duplex.Options, script func(client, server *duplex.Socket)) (at time.Duration, err error) {
	t.Helper()
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		e.Stats()               // it starts,
		time.Sleep(time.Second) // and its loops' time is not 0
		began := time.Now()
		accepted := make(chan *duplex.Socket, 1)
		h.OnConnect = func(s *duplex.Socket) { accepted <- s }
		c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", rig.Listen(t, e, &h, o), &duplex.Handler{
			OnClose: func(*duplex.Socket) { at = time.Since(began) },
		})
		s := <-accepted
		synctest.Wait()
		script(c, s)
		time.Sleep(time.Hour)
		err = s.Err()
		c.Destroy(nil)
		synctest.Wait()
	})
	return at, err
}

// expectCut checks a result of slowly. A nil error is that of a socket that was not cut. A
// byte that comes at the very moment of the cut is still read, in the next turn.
func expectCut(t *testing.T, at time.Duration, err error, wantAt time.Duration, want error) {
	t.Helper()
	if want == nil {
		if err != nil {
			t.Errorf("it was cut after %v with %v, want no end", at, err)
		}
		return
	}
	var ne net.Error
	if !errors.Is(err, want) || at != wantAt && at != wantAt+1 {
		t.Errorf("it ended after %v with %v, want %v and %v", at, err, wantAt, want)
	} else if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &ne) || !ne.Timeout() {
		t.Errorf("%v is no timeout", err)
	}
}

func TestFirstByteTimeoutFindsAClientThatSaysNothing(t *testing.T) {
	const s = time.Second
	for name, c := range map[string]struct {
		o      duplex.Options
		script func(client, server *duplex.Socket)
		at     time.Duration
		err    error
	}{
		"silent":                     {duplex.Options{}, func(c, srv *duplex.Socket) {}, 5 * s, duplex.ErrFirstByteTimeout},
		"in time":                    {duplex.Options{}, func(c, srv *duplex.Socket) { time.Sleep(5*s - 1); io.WriteString(c, "x") }, 0, nil},
		"the server speaks":          {duplex.Options{}, func(c, srv *duplex.Socket) { time.Sleep(3 * s); io.WriteString(srv, "x") }, 5 * s, duplex.ErrFirstByteTimeout},
		"paused":                     {duplex.Options{PauseOnConnect: true}, func(c, srv *duplex.Socket) {}, 0, nil},
		"paused, and then it reads":  {duplex.Options{PauseOnConnect: true}, func(c, srv *duplex.Socket) { time.Sleep(7 * s); srv.Resume() }, 12 * s, duplex.ErrFirstByteTimeout},
		"the client ends":            {duplex.Options{AllowHalfOpen: true}, func(c, srv *duplex.Socket) { c.End() }, 0, nil},
		"beside a long idle timeout": {duplex.Options{IdleTimeout: time.Minute}, func(c, srv *duplex.Socket) {}, 5 * s, duplex.ErrFirstByteTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.FirstByteTimeout = 5 * s
			at, err := slowly(t, duplex.Handler{}, c.o, c.script)
			expectCut(t, at, err, c.at, c.err)
		})
	}
}

// The time of a handshake is not that of the first byte, whether TLS is there from the start
// or begins when a callback has found it.
func TestTLSFirstByteTimeoutBeginsAfterTheHandshake(t *testing.T) {
	const s = time.Second
	server, client := rig.Configs(tls.VersionTLS13)
	found := &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.StartTLS(duplex.ServerSide, server, nil, p) }}
	for name, srv := range map[string]*duplex.Server{"from the start": {TLS: server}, "found": {Handler: found}} {
		t.Run(name, func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
				srv.Engine, srv.FirstByteTimeout = e, 5*s
				addr := rig.Serve(t, srv)
				for _, speaks := range []bool{true, false} {
					began := time.Now()
					c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", addr, nil)
					time.Sleep(4 * s)
					c.StartTLS(duplex.ClientSide, client, nil)
					time.Sleep(4 * s)
					if speaks {
						c.WriteString("hello")
					}
					time.Sleep(s / 2)
					if c.State() != duplex.Open {
						t.Errorf("the client is %v 8.5 s after the connection", c.State())
					}
					time.Sleep(s)
					if open := c.State() == duplex.Open; open != speaks {
						t.Errorf("a client that speaks: %v, is open: %v, after %v", speaks, open, time.Since(began))
					}
					c.Destroy(nil)
				}
			})
		})
	}
}

// A handshake that has begun in time, and lasts, is not cut as if no byte had come.
func TestTLSFirstByteTimeoutDoesNotCountDuringAHandshake(t *testing.T) {
	const s = time.Second
	server, _ := rig.Configs(tls.VersionTLS13)
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
			OnData: func(s *duplex.Socket, p []byte) { s.StartTLS(duplex.ServerSide, server, nil, p) },
		}}
		srv.FirstByteTimeout = 5 * s
		c := (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", rig.Serve(t, srv), nil)
		time.Sleep(4 * s)
		c.WriteString("\x16\x03\x01\x02\x00\x01") // the start of a record
		time.Sleep(3 * s)
		if c.State() != duplex.Open {
			t.Errorf("the client is %v 3 s after its handshake began", c.State())
		}
		c.Destroy(nil)
	})
}

// TestFrameTimeoutEndsAPieceThatTakesTooLong tries each way to send slowly.
func TestFrameTimeoutEndsAPieceThatTakesTooLong(t *testing.T) {
	const s = time.Second
	words := func(p []byte, final bool) (int, []byte, error) { return bufio.ScanWords(p, final) }
	for name, c := range map[string]struct {
		h      duplex.Handler
		script func(client, server *duplex.Socket)
		at     time.Duration
		err    error
	}{
		"byte by byte":                    {duplex.Handler{}, func(c, _ *duplex.Socket) { rig.Trickle(c, "GET / HTTP/1.1", s) }, 5 * s, duplex.ErrFrameTimeout},
		"the start, and then nothing":     {duplex.Handler{}, func(c, _ *duplex.Socket) { time.Sleep(3 * s); io.WriteString(c, "GET") }, 8 * s, duplex.ErrFrameTimeout},
		"nothing":                         {duplex.Handler{}, func(c, _ *duplex.Socket) {}, 0, nil},
		"short lines, byte by byte":       {duplex.Handler{}, func(c, _ *duplex.Socket) { rig.Trickle(c, "one\ntwo\nmany\n", s) }, 0, nil},
		"just in time":                    {duplex.Handler{}, func(c, _ *duplex.Socket) { io.WriteString(c, "o"); time.Sleep(5*s - 1); io.WriteString(c, "k\n") }, 0, nil},
		"a line, and the start of a next": {duplex.Handler{}, func(c, _ *duplex.Socket) { time.Sleep(s); io.WriteString(c, "one\ntwo") }, 6 * s, duplex.ErrFrameTimeout},
		"the next begins later": {duplex.Handler{}, func(c, _ *duplex.Socket) {
			io.WriteString(c, "on")
			time.Sleep(4 * s)
			io.WriteString(c, "e\ntw")
			time.Sleep(4 * s)
			io.WriteString(c, "o\nthre")
		}, 13 * s, duplex.ErrFrameTimeout},
		"bytes that Split skips":      {duplex.Handler{Split: words}, func(c, _ *duplex.Socket) { rig.Trickle(c, "          word ", s) }, 5 * s, duplex.ErrFrameTimeout},
		"the start of a character":    {duplex.Handler{Encoding: codec.UTF8}, func(c, _ *duplex.Socket) { rig.Trickle(c, "\xf0\x9f\x98", s) }, 5 * s, duplex.ErrFrameTimeout},
		"a line that ends with it":    {duplex.Handler{Encoding: codec.UTF8}, func(c, _ *duplex.Socket) { io.WriteString(c, "one\n\xf0") }, 5 * s, duplex.ErrFrameTimeout},
		"to a handler that may block": {duplex.Handler{Blocking: true}, func(c, _ *duplex.Socket) { rig.Trickle(c, "one\nmore and more", s) }, 9 * s, duplex.ErrFrameTimeout},
		"while a callback works on a line": {
			duplex.Handler{Blocking: true, OnData: func(*duplex.Socket, []byte) { time.Sleep(9 * s) }},
			func(c, _ *duplex.Socket) { io.WriteString(c, "on"); time.Sleep(s); io.WriteString(c, "e\n") }, 0, nil,
		},
		"after a callback has worked on a line": {
			duplex.Handler{Blocking: true, OnData: func(*duplex.Socket, []byte) { time.Sleep(9 * s) }},
			func(c, _ *duplex.Socket) { io.WriteString(c, "on"); time.Sleep(s); io.WriteString(c, "e\ntw") }, 15 * s, duplex.ErrFrameTimeout,
		},
		"while the server is paused": {duplex.Handler{}, func(c, srv *duplex.Socket) {
			io.WriteString(c, "on")
			time.Sleep(4 * s)
			srv.Pause()
			time.Sleep(4 * s)
			srv.Resume()
			time.Sleep(4 * s)
		}, 13 * s, duplex.ErrFrameTimeout},
		"another handler takes over": {duplex.Handler{}, func(c, srv *duplex.Socket) {
			io.WriteString(c, "on")
			time.Sleep(4 * s)
			srv.SetHandler(&duplex.Handler{Split: bufio.ScanLines, OnData: func(*duplex.Socket, []byte) {}})
		}, 0, nil},
		"another handler with a limit takes over": {duplex.Handler{}, func(c, srv *duplex.Socket) {
			io.WriteString(c, "on")
			time.Sleep(4 * s)
			h := &duplex.Handler{Split: bufio.ScanLines, FrameTimeout: 3 * s, OnData: func(*duplex.Socket, []byte) {}}
			srv.SetHandler(h)
		}, 7 * s, duplex.ErrFrameTimeout},
		"another handler takes over the start of a character": {duplex.Handler{Encoding: codec.UTF8}, func(c, srv *duplex.Socket) {
			io.WriteString(c, "\xf0")
			time.Sleep(4 * s)
			h := &duplex.Handler{Split: bufio.ScanLines, Encoding: codec.UTF8, FrameTimeout: 3 * s, OnData: func(*duplex.Socket, []byte) {}}
			srv.SetHandler(h)
		}, 7 * s, duplex.ErrFrameTimeout},
		"a pipe takes over": {duplex.Handler{}, func(c, srv *duplex.Socket) {
			io.WriteString(c, "on")
			time.Sleep(4 * s)
			srv.Pipe(srv)
		}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if c.h.FrameTimeout = 5 * s; c.h.Split == nil {
				c.h.Split = bufio.ScanLines
			}
			if c.h.OnData == nil {
				c.h.OnData = func(*duplex.Socket, []byte) {}
			}
			at, err := slowly(t, c.h, duplex.Options{}, c.script)
			expectCut(t, at, err, c.at, c.err)
		})
	}
}

func TestMaxAgeEndsAConnectionThatIsInUse(t *testing.T) {
	const s = time.Second
	at, err := slowly(t, duplex.Handler{}, duplex.Options{MaxAge: 5 * s}, func(c, _ *duplex.Socket) { rig.Trickle(c, "busy as a bee", s) })
	expectCut(t, at, err, 5*s, duplex.ErrMaxAge)

	var told duplextest.Recorder // a part must not pass for the whole
	_, err = slowly(t, duplex.Handler{}, duplex.Options{MaxAge: 5 * s}, func(c, srv *duplex.Socket) {
		c.SetHandler(told.Handler(nil))
		c.Pause()
		srv.Write(make([]byte, 1<<20))
		time.Sleep(5 * s)
		c.Resume()
		told.ExpectMatch(t, "data: .*", "error: ECONNRESET", "close: hadError")
	})
	if err != duplex.ErrMaxAge {
		t.Errorf("Err is %v, want ErrMaxAge", err)
	}
}

// TestLimitsCountWhileASocketLingers has the peer leave its side open after Close. Linger
// itself is no error. The bytes that wait are lost with a reset in any case.
func TestLimitsCountWhileASocketLingers(t *testing.T) {
	const s = time.Second
	for name, c := range map[string]struct {
		o   duplex.Options
		at  time.Duration
		err error
	}{
		"Linger":       {duplex.Options{Linger: 7 * s, MaxAge: 60 * s}, 10 * s, nil},
		"MaxAge":       {duplex.Options{Linger: 20 * s, MaxAge: 5 * s}, 5 * s, duplex.ErrMaxAge},
		"IdleTimeout":  {duplex.Options{Linger: 20 * s, IdleTimeout: 4 * s}, 7 * s, os.ErrDeadlineExceeded},
		"WriteTimeout": {duplex.Options{Linger: 20 * s, WriteTimeout: 9 * s}, 12 * s, os.ErrDeadlineExceeded},
		"ReadTimeout":  {duplex.Options{Linger: 20 * s, ReadTimeout: 4 * s}, 23 * s, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var told duplextest.Recorder
			_, err := slowly(t, duplex.Handler{}, c.o, func(client, srv *duplex.Socket) {
				client.SetHandler(told.Handler(nil))
				client.Pause()
				began := time.Now()
				ended := make(chan time.Duration, 1)
				srv.SetHandler(&duplex.Handler{OnClose: func(*duplex.Socket) { ended <- time.Since(began) }})
				time.Sleep(3 * s)
				srv.Write(make([]byte, 1<<20))
				srv.Close()
				if got := <-ended; got != c.at {
					t.Errorf("the server's socket closed after %v, want %v", got, c.at)
				}
				client.Resume()
				told.ExpectMatch(t, "data: .*", "error: ECONNRESET", "close: hadError")
			})
			if !errors.Is(err, c.err) || c.err == nil && err != nil {
				t.Errorf("Err is %v, want %v", err, c.err)
			}

		})
	}
}

func TestTimeLimitsHaveCodes(t *testing.T) {
	for err, want := range map[error]string{
		duplex.ErrFirstByteTimeout: "ERR_FIRST_BYTE_TIMEOUT",
		duplex.ErrFrameTimeout:     "ERR_FRAME_TIMEOUT",
		duplex.ErrMaxAge:           "ERR_MAX_AGE",
		os.ErrDeadlineExceeded:     "ETIMEDOUT",
	} {
		if got := duplex.Code(&net.OpError{Op: "read", Net: "tcp", Err: err}); got != want {
			t.Errorf("Code of %v is %q, want %q", err, got, want)
		}
	}
}

// TestACrowdOfSlowClientsIsCutAndAnHonestOneIsServed has a third of the clients silent, a
// third in the middle of a line, and a third that go on sending its bytes.
func TestACrowdOfSlowClientsIsCutAndAnHonestOneIsServed(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		crowd := 60
		limit := 200 * time.Millisecond
		if *rig.Long {
			crowd, limit = 5000, 5*time.Second
		}
		var cut [3]atomic.Int64
		h := &duplex.Handler{
			Split: bufio.ScanLines, FrameTimeout: limit,
			OnData: func(s *duplex.Socket, line []byte) { s.Write(append(line, '\n')) },
			OnClose: func(s *duplex.Socket) {
				switch {
				case errors.Is(s.Err(), duplex.ErrFirstByteTimeout):
					cut[0].Add(1)
				case errors.Is(s.Err(), duplex.ErrFrameTimeout):
					cut[1].Add(1)
				default:
					cut[2].Add(1)
				}
			},
		}
		addr := rig.Listen(t, e, h, duplex.Options{FirstByteTimeout: limit})
		client := &duplex.Client{Engine: e}
		var answers duplextest.Recorder
		honest := client.Connect(t.Context(), "tcp", addr, answers.Handler(nil))
		answers.Expect(t, "connect")
		slowest := time.Duration(0)
		ask := func() {
			asked := time.Now()
			io.WriteString(honest, "ping\n")
			answers.Expect(t, "data: ping\n")
			slowest = max(slowest, time.Since(asked))
		}
		ask()
		began := time.Now()
		for i := range crowd {
			client.Connect(t.Context(), "tcp", addr, &duplex.Handler{OnConnect: func(s *duplex.Socket) {
				if i%3 == 0 {
					return
				}
				io.WriteString(s, "GE")
				var next func()
				next = func() { io.WriteString(s, "T"); s.AfterFunc(limit/4, next) }
				if i%3 == 2 {
					s.AfterFunc(limit/4, next)
				}
			}})
		}
		rig.Until(t, "all are cut", func() bool {
			ask()
			return cut[0].Load()+cut[1].Load()+cut[2].Load() >= int64(crowd)
		})
		t.Logf("%d clients were cut within %v; the slowest answer to the honest one took %v", crowd, time.Since(began), slowest)
		if got := [3]int64{cut[0].Load(), cut[1].Load(), cut[2].Load()}; got != [3]int64{int64(crowd+2) / 3, int64(crowd - (crowd+2)/3), 0} {
			t.Errorf("ended by the first byte, a line, something else: %v of %d", got, crowd)
		}
	})
}
