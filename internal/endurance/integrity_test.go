// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"hash"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/testrun"
)

// TestBothStreamsArriveAsTheyWereSent sends random pieces both ways at once over
// connections of random kinds: plain or TLS, Blocking or not, straight or through a proxy.
// The kernel's buffers are short, and the memory driver takes random parts of what it is
// given, so that writes are short. Readers pause at random. Each end compares what it
// received with what the other sent, by SHA-256.
func TestBothStreamsArriveAsTheyWereSent(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		if e.Driver != "memory" {
			testrun.NotUnderWine(t, testrun.SlowSockets)
		}
		driver, start := e.Driver, *seed
		if start == 0 {
			start = rand.Uint64()
		}
		if driver == "memory" {
			e.Driver = "memory:" + t.Name()
			network, r := memory.Named(t.Name()), rand.New(rand.NewPCG(start, 0))
			defer memory.Forget(t.Name())
			network.SetFaults(memory.Faults{Take: func(room int) int { return r.IntN(room + 1) }})
		}
		total := form(int64(96<<20), map[string]int64{"epoll": 5 << 30, "portable": 3 << 30, "memory": 2 << 30}[driver])
		if testrun.Race() {
			total /= 4
		}
		const connections, atOnce = 24, 6
		cert := certificate()
		root, _ := x509.ParseCertificate(cert.Certificate[0])
		roots := x509.NewCertPool()
		roots.AddCert(root)
		began := time.Now()
		var group sync.WaitGroup
		tickets := make(chan uint64, connections)
		for i := range uint64(connections) {
			tickets <- i
		}
		close(tickets)
		for range atOnce {
			group.Go(func() {
				for i := range tickets {
					c := &conversation{
						engine: e, random: rand.New(rand.NewPCG(start, 1+i)), size: total / connections / 2,
						server: &tls.Config{Certificates: []tls.Certificate{cert}},
						client: &tls.Config{RootCAs: roots, ServerName: serverName},
					}
					if err := c.run(t); err != nil {
						t.Errorf("seed %d, connection %d: %v", start, i, err)
					}
				}
			})
		}
		group.Wait()
		t.Logf("%s in %v over %d connections", mib(total), time.Since(began).Round(time.Millisecond), connections)
	})
}

// A conversation is two streams of size bytes, one each way.
type conversation struct {
	engine         *duplex.Engine
	random         *rand.Rand
	size           int64
	server, client *tls.Config
}

// run makes a connection of a random kind, and returns when both ends are closed.
func (c *conversation) run(t *testing.T) error {
	r := c.random
	secure, proxied := r.IntN(3) == 0, r.IntN(3) == 0
	ends := make(chan *stream, 2)
	near := c.stream(ends, secure)
	far := c.stream(ends, secure)
	kind := fmt.Sprintf("TLS %v, through a proxy %v, Blocking %v and %v", secure, proxied, near.handler.Blocking, far.handler.Blocking)
	srv := &duplex.Server{Engine: c.engine, Handler: far.handler, Options: c.options()}
	if secure {
		srv.TLS = c.server
	}
	addr := listen(t, srv)
	defer srv.Unlisten()
	if proxied {
		to := addr
		proxy := &duplex.Server{Engine: c.engine, Options: c.options(), Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) {
			onward := (&duplex.Client{Engine: c.engine, Near: s}).Connect(t.Context(), "tcp", to, nil)
			s.Pipe(onward)
			onward.Pipe(s)
		}}}
		addr = listen(t, proxy)
		defer proxy.Unlisten()
	}
	client := &duplex.Client{Engine: c.engine, Options: c.options()}
	if secure {
		client.TLS = c.client
	}
	if c.engine.Stats().Driver != "memory" && r.IntN(3) > 0 {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		conn.(*net.TCPConn).SetReadBuffer(32<<10 + r.IntN(100<<10))
		conn.(*net.TCPConn).SetWriteBuffer(8<<10 + r.IntN(100<<10))
		client.Adopt(conn, near.handler)
	} else {
		client.Connect(t.Context(), "tcp", addr, near.handler)
	}
	for range 2 {
		select {
		case <-ends:
		case <-time.After(form(duplextest.Patience, 10*time.Minute)):
			return fmt.Errorf("%s: an end does not close; %v, %v", kind, near, far)
		}
	}
	if near.err != nil || far.err != nil || near.heard != c.size || far.heard != c.size {
		return fmt.Errorf("%s: %v, %v; want %d bytes", kind, near, far, c.size)
	}
	if !bytes.Equal(near.in.Sum(nil), far.out.Sum(nil)) || !bytes.Equal(far.in.Sum(nil), near.out.Sum(nil)) {
		return fmt.Errorf("%s: what arrived is not what was sent", kind)
	}
	return nil
}

func (c *conversation) options() duplex.Options {
	return duplex.Options{AllowHalfOpen: true, HighWaterMark: 1 << (10 + c.random.IntN(9)), Linger: time.Hour}
}

// A stream is one end of a conversation. Its fields belong to the callbacks of its socket,
// and after OnClose to the test.
type stream struct {
	random  *rand.Rand
	handler *duplex.Handler
	left    int64 // to send
	heard   int64
	in, out hash.Hash
	ended   bool // OnEnd was called
	err     error
}

func (x *stream) String() string {
	return fmt.Sprintf("%d bytes unsent, %d received, end %v, Err %v", x.left, x.heard, x.ended, x.err)
}

// content is what streams send pieces of.
var content = func() []byte {
	p := make([]byte, 1<<20)
	rand.NewChaCha8([32]byte{2}).Read(p)
	return p
}()

// stream returns an end that gives itself to the channel when it is closed.
func (c *conversation) stream(ends chan<- *stream, secure bool) *stream {
	x := &stream{random: rand.New(rand.NewPCG(c.random.Uint64(), 0)), left: c.size, in: sha256.New(), out: sha256.New()}
	x.handler = &duplex.Handler{
		Blocking:  x.random.IntN(3) == 0,
		OnConnect: x.send,
		OnDrain:   x.send,
		OnData: func(s *duplex.Socket, p []byte) {
			x.in.Write(p)
			x.heard += int64(len(p))
			if x.random.IntN(64) == 0 {
				s.Pause()
				time.AfterFunc(time.Duration(x.random.IntN(3000))*time.Microsecond, s.Resume)
			}
		},
		OnEnd: func(*duplex.Socket) { x.ended = true },
		OnClose: func(s *duplex.Socket) {
			x.err = s.Err()
			if x.err == nil && !x.ended {
				x.err = fmt.Errorf("closed without an end")
			}
			ends <- x
		},
	}
	return x
}

// send writes random pieces until the queue is full, and goes on when it is empty.
func (x *stream) send(s *duplex.Socket) {
	for written := 0; x.left > 0 && !s.NeedDrain(); {
		if written > 1<<20 {
			s.Post(func() { x.send(s) }) // others have their turn
			return
		}
		n := int(min(x.left, int64(1+x.random.IntN(200_000>>x.random.IntN(16)))))
		at := x.random.IntN(len(content) - n)
		p := content[at : at+n]
		var err error
		switch cut := x.random.IntN(n + 1); x.random.IntN(6) {
		case 0:
			_, err = s.WriteString(string(p))
		case 1:
			_, err = s.Writev(p[:cut], p[cut:])
		case 2:
			_, err = s.WriteFunc(p, func(error) {})
		case 3:
			if n, err = s.TryWrite(p); err == nil && n == 0 {
				n, err = s.Write(p)
			}
		case 4:
			s.Cork()
			if _, err = s.Write(p[:cut]); err == nil {
				_, err = s.Write(p[cut:])
			}
			s.Uncork()
		default:
			_, err = s.Write(p)
		}
		if err != nil {
			return // OnClose has the reason
		}
		x.out.Write(p[:n])
		x.left -= int64(n)
		written += n
	}
	if x.left == 0 {
		s.End()
	}
}
