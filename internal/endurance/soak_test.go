// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// TestSoak keeps a mix of clients at work: visits that end and that reset, half-closes, slow
// readers, over plain connections and TLS, with handlers that are Blocking or not, and a room
// whose members come and go while messages are broadcast. Now and then all come to rest, and
// memory is measured. It must not grow, and goroutines and descriptors are back. From ten
// minutes on the slope of memory is tested, too.
func TestSoak(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		rounds, precise := 6, *soakTime >= time.Minute
		if precise {
			rounds = 30
		}
		s := newSoak(t, e)
		s.run(t, *soakTime/10) // what is needed once
		tally, heap := testrun.Count(), live()
		var memory, rss series
		for i := range rounds {
			s.run(t, *soakTime/time.Duration(rounds))
			if precise {
				debug.FreeOSMemory() // RSS without it depends on the moment
			}
			at, used := *soakTime*time.Duration(i+1)/time.Duration(rounds), live()
			if i < rounds/3 {
				continue // it warms up
			}
			memory.add(at, used)
			if n, shown := resident(); shown {
				rss.add(at, n)
			}
		}
		if err := tally.Returns(); err != nil {
			t.Error(err)
		}
		after := live()
		t.Logf("%d connections in %v: %s; heap at rest %s, then %+d bytes", s.begun.Load(), *soakTime, s.counts(), mib(heap), after-heap)
		if precise {
			t.Logf("slopes after warm-up: heap %v, RSS %v", memory.slope(), rss.slope())
		}
		if after > heap+heap/20+256<<10 {
			t.Errorf("the heap at rest grew from %d bytes to %d", heap, after)
		}
		if *soakTime >= 10*time.Minute {
			for name, slope := range map[string]slope{"heap": memory.slope(), "RSS": rss.slope()} {
				if most := float64(1 << 20); slope.perHour-2*slope.err > most {
					t.Errorf("the %s grows by %v", name, slope)
				}
			}
		}
		if st := e.Stats(); st.Sockets != 0 || st.Unread != 0 || st.Panics != 0 || st.Closed != s.closed.Load() {
			t.Errorf("%d sockets were closed; %+v", s.closed.Load(), st)
		}
		if n := s.failed.Load(); n > 0 {
			t.Errorf("%d connections failed; the first: %v", n, s.failure)
		}
		for kind := range s.done {
			if s.done[kind].Load() == 0 {
				t.Errorf("no connection of kind %q came to its end", deeds[kind].name)
			}
		}
	})
}

// A soak is the run on one driver.
type soak struct {
	engine  *duplex.Engine
	seed    uint64
	servers map[bool][]string // with TLS and without: echo, Blocking echo
	floods  map[bool]string
	room    *duplex.Server
	client  *tls.Config

	begun, closed, failed atomic.Int64
	done                  [kinds]atomic.Int64
	over                  atomic.Bool
	live                  sync.Map // clients, and what they do
	once                  sync.Once
	failure               error
}

const kinds = 5

// deeds are what a client does. Each returns its Handler, and reports at OnClose whether all
// went as it has to.
var deeds = [kinds]struct {
	name string
	do   func(s *soak, r *rand.Rand, size int, secure bool) (addr string, o duplex.Options, h *duplex.Handler, well func(s *duplex.Socket) bool)
}{
	{"visit", (*soak).visit},
	{"reset", (*soak).reset},
	{"half-close", (*soak).halfClose},
	{"slow reader", (*soak).slowReader},
	{"member", (*soak).member},
}

func newSoak(t *testing.T, e *duplex.Engine) *soak {
	cert := certificate()
	root, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	s := &soak{engine: e, seed: *seed, servers: make(map[bool][]string), floods: make(map[bool]string)}
	if s.seed == 0 {
		s.seed = rand.Uint64()
	}
	s.client = &tls.Config{RootCAs: x509.NewCertPool(), ServerName: serverName}
	s.client.RootCAs.AddCert(root)
	server := &tls.Config{Certificates: []tls.Certificate{cert}}
	count := func(*duplex.Socket) { s.closed.Add(1) }
	echo := duplex.Handler{OnData: func(c *duplex.Socket, p []byte) { c.Write(p) }, OnClose: count}
	blocking := duplex.Handler{Blocking: true, OnClose: count, OnData: func(c *duplex.Socket, p []byte) {
		if p[0]%8 == 0 {
			time.Sleep(time.Millisecond) // a handler that works
		}
		c.Write(p)
	}}
	flood := duplex.Handler{OnClose: count, OnConnect: func(c *duplex.Socket) {
		for range 256 { // a client that reads as fast is never too slow for the limit
			if _, err := c.Write(content[:32<<10]); err != nil {
				break
			}
		}
		c.End()
	}}
	s.room = &duplex.Server{Engine: e, Handler: &duplex.Handler{OnClose: count}}
	listen(t, s.room)
	for _, secure := range []bool{false, true} {
		open := func(h duplex.Handler) string {
			srv := &duplex.Server{Engine: e, Handler: &h, Options: duplex.Options{MaxWriteBuffer: 256 << 10, HandshakeTimeout: patient}}
			if secure {
				srv.TLS = server
			}
			return listen(t, srv)
		}
		s.servers[secure] = []string{open(echo), open(blocking)}
		s.floods[secure] = open(flood)
	}
	return s
}

func (s *soak) counts() (text string) {
	for kind := range s.done {
		text += fmt.Sprintf("%d %s, ", s.done[kind].Load(), deeds[kind].name)
	}
	return text[:len(text)-2]
}

// run keeps 24 clients at work for a while, and returns when all are gone.
func (s *soak) run(t *testing.T, span time.Duration) {
	t.Helper()
	const atOnce = 24
	s.over.Store(false)
	var idle sync.WaitGroup
	idle.Add(atOnce)
	for range atOnce {
		r := rand.New(rand.NewPCG(s.seed, uint64(s.begun.Load())))
		var next func()
		next = func() {
			if s.over.Load() {
				idle.Done()
				return
			}
			s.connect(t, r, next)
		}
		next()
	}
	for began := time.Now(); time.Since(began) < span; time.Sleep(20 * time.Millisecond) {
		duplex.Broadcast(s.room.Sockets(), content[:1000])
	}
	s.over.Store(true)
	gone := make(chan struct{})
	go func() { // until the last client is gone
		idle.Wait()
		close(gone)
	}()
	select {
	case <-gone:
	case <-time.After(duplextest.Patience):
		t.Fatalf("seed %d: clients do not come to their end: %s; %+v", s.seed, s.left(), s.engine.Stats())
	}
	until(t, "no socket is left", duplextest.Patience, func() bool { return s.engine.Stats().Sockets == 0 })
}

// left says which clients are not closed.
func (s *soak) left() (text string) {
	s.live.Range(func(c, deed any) bool {
		text += fmt.Sprintf("\n%v: %v, paused %v, %d bytes read, %d written, %d queued", deed, c.(*duplex.Socket).State(),
			c.(*duplex.Socket).Paused(), c.(*duplex.Socket).BytesRead(), c.(*duplex.Socket).BytesWritten(), c.(*duplex.Socket).Buffered())
		return true
	})
	return text
}

// patient is a limit of handshakes that a soak reaches on no machine, however busy it is.
const patient = 5 * time.Minute

// connect lets one client do a random deed. Then follows when it is closed.
func (s *soak) connect(t *testing.T, r *rand.Rand, then func()) {
	kind, secure, size := r.IntN(len(deeds)), r.IntN(4) == 0, 1+r.IntN(20_000>>r.IntN(10))
	addr, o, h, well := deeds[kind].do(s, r, size, secure)
	o.HandshakeTimeout = patient
	client := &duplex.Client{Engine: s.engine, Options: o}
	if secure && deeds[kind].name != "member" {
		client.TLS = s.client
	}
	h.Blocking = r.IntN(4) == 0
	h.OnClose = func(c *duplex.Socket) {
		s.closed.Add(1)
		s.live.Delete(c)
		if well(c) {
			s.done[kind].Add(1)
		} else {
			s.failed.Add(1)
			s.once.Do(func() {
				s.failure = fmt.Errorf("%s of %d bytes, TLS %v: %d bytes read, Err %v", deeds[kind].name, size, secure, c.BytesRead(), c.Err())
			})
		}
		then()
	}
	s.begun.Add(1)
	c := client.Connect(t.Context(), "tcp", addr, h)
	s.live.Store(c, fmt.Sprintf("%s of %d bytes, TLS %v, Blocking %v", deeds[kind].name, size, secure, h.Blocking))
	if c.State() == duplex.Closed {
		s.live.Delete(c) // its OnClose may have come before Store
	}
}

// visit has size bytes echoed, and ends.
func (s *soak) visit(r *rand.Rand, size int, secure bool) (string, duplex.Options, *duplex.Handler, func(*duplex.Socket) bool) {
	back := 0
	return s.servers[secure][r.IntN(2)], duplex.Options{}, &duplex.Handler{
		OnConnect: func(c *duplex.Socket) { c.Write(content[:size]) },
		OnData: func(c *duplex.Socket, p []byte) {
			if back += len(p); back == size {
				c.End()
			}
		},
	}, func(c *duplex.Socket) bool { return c.Err() == nil && back == size }
}

// reset resets in the middle of an echo.
func (s *soak) reset(r *rand.Rand, size int, secure bool) (string, duplex.Options, *duplex.Handler, func(*duplex.Socket) bool) {
	after := time.Duration(r.IntN(2000)) * time.Microsecond
	return s.servers[secure][r.IntN(2)], duplex.Options{}, &duplex.Handler{
		OnConnect: func(c *duplex.Socket) {
			c.Write(content[:size])
			c.AfterFunc(after, c.Reset)
		},
	}, func(c *duplex.Socket) bool { return c.Err() == nil }
}

// halfClose ends its side at once, and takes the echo afterwards.
func (s *soak) halfClose(r *rand.Rand, size int, secure bool) (string, duplex.Options, *duplex.Handler, func(*duplex.Socket) bool) {
	back, ended := 0, false
	return s.servers[secure][r.IntN(2)], duplex.Options{AllowHalfOpen: true}, &duplex.Handler{
		OnConnect: func(c *duplex.Socket) {
			c.Write(content[:size])
			c.End()
		},
		OnData: func(_ *duplex.Socket, p []byte) { back += len(p) },
		OnEnd:  func(*duplex.Socket) { ended = true },
	}, func(c *duplex.Socket) bool { return c.Err() == nil && back == size && ended }
}

// slowReader lets a server fill its queue, and reads later: all of it, or a part.
func (s *soak) slowReader(r *rand.Rand, size int, secure bool) (string, duplex.Options, *duplex.Handler, func(*duplex.Socket) bool) {
	whole, ended := r.IntN(2) == 0, false
	return s.floods[secure], duplex.Options{}, &duplex.Handler{
		OnConnect: func(c *duplex.Socket) {
			c.Pause()
			c.AfterFunc(20*time.Millisecond, c.Resume)
		},
		OnData: func(c *duplex.Socket, p []byte) {
			if !whole {
				c.Destroy(nil)
			}
		},
		OnEnd: func(*duplex.Socket) { ended = true },
	}, func(c *duplex.Socket) bool { return c.Err() == nil && ended == whole }
}

// member stays in the room for a while, and leaves in one of three ways.
func (s *soak) member(r *rand.Rand, _ int, _ bool) (string, duplex.Options, *duplex.Handler, func(*duplex.Socket) bool) {
	stay, way := time.Duration(r.IntN(100))*time.Millisecond, r.IntN(3)
	return s.room.Addr().String(), duplex.Options{}, &duplex.Handler{
		OnConnect: func(c *duplex.Socket) {
			c.AfterFunc(stay, func() { [](func()){c.End, func() { c.Destroy(nil) }, c.Reset}[way]() })
		},
		OnData: func(*duplex.Socket, []byte) {},
	}, func(c *duplex.Socket) bool { return c.Err() == nil }
}

// A series is bytes over time.
type series struct {
	hours []float64
	bytes []float64
}

func (s *series) add(at time.Duration, bytes int64) {
	s.hours = append(s.hours, at.Hours())
	s.bytes = append(s.bytes, float64(bytes))
}

// A slope is how many bytes are added in an hour, and the standard error of that.
type slope struct{ perHour, err float64 }

func (s slope) String() string {
	return fmt.Sprintf("%+.2f MiB/h, give or take %.2f", s.perHour/(1<<20), s.err/(1<<20))
}

// slope returns the slope of the least squares.
func (s *series) slope() slope {
	n := float64(len(s.hours))
	if n < 3 {
		return slope{0, math.Inf(1)}
	}
	var mx, my, sxx, sxy, rest float64
	for i := range s.hours {
		mx, my = mx+s.hours[i]/n, my+s.bytes[i]/n
	}
	for i := range s.hours {
		dx := s.hours[i] - mx
		sxx, sxy = sxx+dx*dx, sxy+dx*(s.bytes[i]-my)
	}
	b := sxy / sxx
	for i := range s.hours {
		d := s.bytes[i] - my - b*(s.hours[i]-mx)
		rest += d * d
	}
	return slope{b, math.Sqrt(rest / (n - 2) / sxx)}
}
