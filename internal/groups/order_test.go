// Copyright 2026 The duplex authors. MIT license.

package groups_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/internal/testrun"
)

var oneSeed = flag.Uint64("seed", 0, "play only the history of this seed, in TestOrder")

// TestOrder lets several goroutines write to sockets and to groups of them, change who is a
// member, post functions that write, and end the sockets, all at once. What the peers have
// received must be what the laws promise, as far as the times of the calls decide it.
//
// -long plays 10,000 histories on each driver.
func TestOrder(t *testing.T) {
	first, last := uint64(1), uint64(150)
	switch {
	case *oneSeed > 0:
		first, last = *oneSeed, *oneSeed+100 // chance has a part in it
	case *rig.Long:
		last = 10_000
	case testrun.Race():
		last = 50
	}
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var next atomic.Uint64
		next.Store(first)
		var group sync.WaitGroup
		for range 2 * runtime.GOMAXPROCS(0) {
			group.Go(func() {
				for seed := next.Add(1) - 1; seed <= last && !t.Failed(); seed = next.Add(1) - 1 {
					plays := seed
					if *oneSeed > 0 {
						plays = *oneSeed
					}
					h, err := play(t, e, plays)
					if err == "" {
						err = h.check()
					}
					if err != "" {
						t.Errorf("seed %d (go test ./internal/groups -run TestOrder -seed %d):\n%s\n%v", plays, plays, err, h)
					}
				}
			})
		}
		group.Wait()
	})
}

const (
	sockets = 4
	groups  = 3
	actors  = 4
)

// A stage is where one history is played.
type stage struct {
	engine *duplex.Engine
	secure bool
	clock  atomic.Int64
	at     [sockets]*duplex.Socket
	groups [groups]duplex.Group
	posts  sync.WaitGroup // functions that have not run
	plays  sync.WaitGroup // callbacks that play
	closed sync.WaitGroup // sockets

	mu sync.Mutex // guards the history until all have ended
	history
}

// play plays the history of the seed.
func play(t *testing.T, e *duplex.Engine, seed uint64) (*history, string) {
	r := rand.New(rand.NewPCG(seed, 0))
	st := &stage{engine: e, secure: r.IntN(10) == 0}
	st.changes = make([][][]change, sockets)
	st.ends = make([]span, sockets)
	st.gentle = make([]bool, sockets)
	st.heard = make([][]int, sockets)
	srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
		Framing:   codec.Lines,
		MaxFrame:  1 << 20,
		OnConnect: func(s *duplex.Socket) { s.Value = -1 },
		OnData:    st.hear,
	}}
	client := &duplex.Client{Engine: e}
	if st.secure {
		srv.TLS, client.TLS = testrun.TLS()
		srv.AllowTruncation, client.AllowTruncation = true, true
	}
	addr := rig.Serve(t, srv)
	st.closed.Add(sockets)
	for i := range st.at {
		st.changes[i] = make([][]change, groups)
		st.ends[i] = never
		st.connect(t, r, client, addr, i)
	}
	for i, s := range st.at {
		fmt.Fprintf(s, "I am %d\n", i)
	}
	var acting sync.WaitGroup
	for i := range actors {
		a := rand.New(rand.NewPCG(seed, uint64(i)+1))
		acting.Go(func() {
			for range 14 {
				st.act(a, i)
			}
		})
	}
	acting.Wait()
	st.posts.Wait()
	for i := range st.at {
		if st.ends[i] == never {
			at := st.now()
			st.at[i].End()
			st.ends[i], st.gentle[i] = span{at, st.now()}, true
		}
	}
	// The peer of a socket that was destroyed early may not have been accepted.
	if !within(func() { st.closed.Wait(); st.plays.Wait(); srv.Shutdown(t.Context()) }) {
		return &st.history, "the connections did not close"
	}
	for i := range st.groups {
		if n := st.groups[i].Len(); n != 0 {
			return &st.history, fmt.Sprintf("group %d has %d members left", i, n)
		}
	}
	return &st.history, ""
}

// within reports whether f returns in time.
func within(f func()) bool {
	done := make(chan struct{})
	go func() {
		f()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-time.After(duplextest.Patience):
		return false
	}
}

// connect makes socket i. Its first line says which it is, and the answer makes it play. Sockets connect while the others
// act, and what is written to them waits.
func (st *stage) connect(t *testing.T, r *rand.Rand, client *duplex.Client, addr string, i int) {
	own := rand.New(rand.NewPCG(r.Uint64(), 0))
	blocking := -1
	if r.IntN(3) == 0 {
		blocking = i
	}
	st.plays.Add(1)
	played := sync.OnceFunc(st.plays.Done)
	st.at[i] = client.Connect(t.Context(), "tcp", addr, &duplex.Handler{
		Blocking: blocking == i,
		Framing:  codec.Lines,
		OnData: func(*duplex.Socket, []byte) {
			for range 4 {
				st.write(own, nil, blocking, i)
			}
			played()
		},
		OnClose: func(*duplex.Socket) { played(); st.closed.Done() },
	})
}

// hear is the OnData of the peers.
func (st *stage) hear(s *duplex.Socket, text []byte) {
	if s.Value == -1 {
		s.Value = int(text[len(text)-1] - '0')
		s.WriteString("play\n")
		return
	}
	word, _, _ := bytes.Cut(text, []byte(" "))
	id, _ := strconv.Atoi(string(word))
	st.mu.Lock()
	defer st.mu.Unlock()
	i := s.Value.(int)
	st.heard[i] = append(st.heard[i], id)
}

func (st *stage) now() int64 { return st.clock.Add(1) }

// act does something at random. Each socket and group has one actor that changes the
// membership, and each socket one that ends it.
func (st *stage) act(r *rand.Rand, actor int) {
	i := r.IntN(sockets)
	s := st.at[i]
	switch n := r.IntN(100); {
	case n < 50:
		st.write(r, nil, -1, i)
	case n < 75:
		g := r.IntN(groups)
		if (i+g)%actors == actor {
			st.change(i, g)
		} else {
			runtime.Gosched()
		}
	case n < 85:
		p := &post{of: i, span: span{from: st.now()}}
		own := rand.New(rand.NewPCG(r.Uint64(), 0))
		st.posts.Add(1)
		err := s.Post(func() {
			defer st.posts.Done()
			if own.IntN(3) == 0 {
				for began := time.Now(); time.Since(began) < 100*time.Microsecond; {
				}
			}
			for range own.IntN(4) {
				st.write(own, p, -1, i)
			}
		})
		p.to = st.now()
		if err != nil {
			st.posts.Done()
		}
	case n < 90:
		s.Cork()
		st.write(r, nil, -1, i)
		s.Uncork()
	case n < 92 && i == actor && st.ends[i] == never:
		st.end(r, i)
	default:
		runtime.Gosched()
	}
}

// change adds socket i to the group, or removes it.
func (st *stage) change(i, g int) {
	list := &st.changes[i][g]
	adds := len(*list) == 0 || !(*list)[len(*list)-1].adds
	c := change{at: span{from: st.now()}, adds: adds}
	did := false
	if adds {
		did = st.groups[g].Add(st.at[i])
	} else {
		did = st.groups[g].Remove(st.at[i])
	}
	c.at.to = st.now()
	if did {
		*list = append(*list, c)
	}
}

// end ends socket i.
func (st *stage) end(r *rand.Rand, i int) {
	s := st.at[i]
	at := span{from: st.now()}
	gentle := true
	switch r.IntN(4) {
	case 0:
		s.Destroy(nil)
		gentle = false
	case 1:
		s.Close()
	case 2:
		st.plays.Add(1)
		if s.Detach(func(c net.Conn, _ error) { go st.finish(c) }) != nil {
			st.plays.Done()
			s.End()
		}
	default:
		s.End()
	}
	at.to = st.now()
	st.ends[i], st.gentle[i] = at, gentle
}

// finish ends a connection that a socket has given away. Nil is none.
func (st *stage) finish(c net.Conn) {
	defer st.plays.Done()
	if c == nil {
		return
	}
	defer c.Close()
	if c.(interface{ CloseWrite() error }).CloseWrite() == nil {
		io.Copy(io.Discard, c)
	}
}

// write writes a line to socket i or to groups. By is the posted function that calls, and
// blocking the socket whose Blocking callback calls.
func (st *stage) write(r *rand.Rand, by *post, blocking, i int) {
	l := &line{by: by, blocking: blocking, socket: -1}
	l.size = []int{20, 50, 200, 2 << 10}[r.IntN(4)]
	switch r.IntN(100) {
	case 0:
		l.size = 300 << 10
	case 1, 2, 3, 4:
		l.size = 20 << 10
	}
	st.mu.Lock()
	l.id = len(st.lines)
	st.lines = append(st.lines, l)
	st.mu.Unlock()
	p := make([]byte, l.size)
	for i := range p {
		p[i] = 'x'
	}
	copy(p, fmt.Sprintf("%d ", l.id))
	p[l.size-1] = '\n'
	var err error
	switch n := r.IntN(10); {
	case n < 3:
		l.socket, l.description = i, fmt.Sprintf("Write to %d", i)
		l.at.from = st.now()
		_, err = st.at[i].Write(p)
	case n < 8:
		g := r.IntN(groups)
		l.to, l.description = []int{g}, fmt.Sprintf("to group %d", g)
		l.at.from = st.now()
		l.n, err = st.groups[g].Write(p)
	default:
		c := st.cast(r, l)
		l.at.from = st.now()
		l.n, err = c.Write(p)
	}
	l.at.to = st.now()
	l.ok = err == nil
	clear(p)
}

// cast returns a random Cast, and describes it in l.
func (st *stage) cast(r *rand.Rand, l *line) (c duplex.Cast) {
	for g := range groups {
		if r.IntN(2) == 0 {
			l.to = append(l.to, g)
			c.To = append(c.To, &st.groups[g])
		}
		if r.IntN(6) == 0 {
			l.except = append(l.except, g)
			c.Except = append(c.Except, &st.groups[g])
		}
	}
	if i := r.IntN(2 * sockets); i < sockets {
		l.without = []int{i}
		c.Without = []*duplex.Socket{st.at[i]}
	}
	l.volatile = r.IntN(6) == 0
	c.Volatile = l.volatile
	l.description = fmt.Sprintf("to groups %v except %v without %v, volatile: %v", l.to, l.except, l.without, l.volatile)
	return c
}
