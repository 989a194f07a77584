// Copyright 2026 The duplex authors. MIT license.

package relay

import (
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// maxAge is the MaxAge of these tests, in virtual time. A latency of an hour holds up all
// bytes for longer.
const maxAge = 10 * time.Minute

// At MaxAge both sides are reset, to the moment: whatever is held up, and whatever has
// ended before. The client says up, and the server down.
func TestMaxAgeIsExact(t *testing.T) {
	reset := []string{"error: ECONNRESET", "close: hadError"}
	for _, c := range []struct {
		toxics, first  string // what ends before
		client, server []string
		unsent         int64
	}{
		{"", "", []string{"data: down"}, []string{"data: up"}, 0},
		{"watched", "", []string{"data: down"}, []string{"data: up"}, 0},
		{"latency:1h@up", "", []string{"data: down"}, nil, 2},
		{"latency:1h@down", "", nil, []string{"data: up"}, 4},
		{"latency:1h", "", nil, nil, 6},
		{"bandwidth:1B/s@down latency:1h@up", "", []string{"data: down"}, nil, 2},

		{"", "client", []string{"data: down"}, []string{"data: up", "end"}, 0},
		{"watched", "client", []string{"data: down"}, []string{"data: up", "end"}, 0},
		{"latency:1h@up", "client", []string{"data: down"}, nil, 2},
		{"latency:1h@down", "client", nil, []string{"data: up", "end"}, 4},

		{"", "server", []string{"data: down", "end"}, []string{"data: up"}, 0},
		{"watched", "server", []string{"data: down", "end"}, []string{"data: up"}, 0},
		{"latency:1h@up", "server", []string{"data: down", "end"}, nil, 2},
		{"latency:1h@down", "server", nil, []string{"data: up"}, 4},

		// One of the two is closed before, as both directions have ended for it.
		{"latency:1h@up", "client server", []string{"data: down", "end", "close"}, nil, 2},
		{"latency:1h@down", "client server", nil, []string{"data: up", "end", "close"}, 4},
		{"slow_close:1h@up", "client server", []string{"data: down", "end", "close"}, []string{"data: up"}, 0},
		{"latency:1h@up", "reset", []string{"data: down", "close"}, nil, 2},
	} {
		t.Run(fmt.Sprint(c.toxics, " ", c.first), func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
				address, came, upstream := serve(t, e)
				r, log := open(t, e, func(r *Relay) {
					r.Limits.MaxAge = maxAge
					if r.Watched = c.toxics == "watched"; !r.Watched {
						poison(t, r, strings.Fields(c.toxics)...)
					}
				}, address)
				began := time.Now()
				s, client := visit(t, e, r)
				server := rig.Wait(t, came)
				io.WriteString(s, "up")
				io.WriteString(server, "down")
				time.Sleep(time.Minute) // what is not held up comes
				for _, who := range strings.Fields(c.first) {
					switch who {
					case "client":
						s.End()
					case "server":
						server.End()
					case "reset":
						s.Reset()
					}
				}
				expect := func(told *duplextest.Recorder, events []string) {
					t.Helper()
					if !slices.Contains(events, "close") {
						events = slices.Concat(events, reset)
					}
					told.Expect(t, slices.Concat([]string{"connect"}, events)...)
				}
				expect(client, c.client)
				expect(upstream, c.server)
				log.await(t, "close failed true")
				if took := time.Since(began); took != maxAge {
					t.Errorf("it took %v, want %v", took, maxAge)
				}
				if n := r.Unsent(); n != c.unsent {
					t.Errorf("%d bytes are counted as not passed on, want %d", n, c.unsent)
				}
				if n := log.count("error up ERR_MAX_AGE") + log.count("error down ERR_MAX_AGE"); n != 1 && c.first != "reset" {
					t.Errorf("MaxAge is reported %d times, want once: %q", n, log.events)
				}
			})
		})
	}
}

// A connection that has ended in time is none of MaxAge's, and one that finds no upstream
// in that time is.
func TestMaxAgeOfOthers(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		r, log := open(t, e, func(r *Relay) { r.Limits.MaxAge = maxAge }, echo(t, e))
		s, client := visit(t, e, r)
		io.WriteString(s, "x")
		s.End()
		client.Expect(t, "connect", "data: x", "end", "close")
		time.Sleep(2 * maxAge)
		log.await(t, "close failed false")
		if n := log.count("close failed true"); n > 0 || r.Unsent() > 0 {
			t.Errorf("%d of those that had ended are cut, and %d bytes of theirs", n, r.Unsent())
		}
	})
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		r, log := open(t, e, func(r *Relay) {
			r.Limits.MaxAge = maxAge
			r.Dialer.Timeout = -1
			r.Dialer.Resolver = make(asking, 1) // it never answers
		}, "slow.test:80")
		began := time.Now()
		_, client := visit(t, e, r)
		client.Expect(t, "connect", "error: ECONNRESET", "close: hadError")
		log.await(t, "close failed true")
		if took := time.Since(began); took != maxAge {
			t.Errorf("it took %v, want %v", took, maxAge)
		}
	})
}

// An upstream that Open has made learns that its pair is reset before it has ended: why at
// MaxAge, and nil from Drop.
func TestCutIsToldBeforeAnEnd(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(r *Relay, s *duplex.Socket, far net.Conn)
		want []error
	}{
		{"max age", func(*Relay, *duplex.Socket, net.Conn) {}, []error{duplex.ErrMaxAge}},
		{"max age after the client's end", func(_ *Relay, s *duplex.Socket, _ net.Conn) { s.End() }, []error{duplex.ErrMaxAge}},
		{"drop", func(r *Relay, _ *duplex.Socket, _ net.Conn) { r.Drop(nil) }, []error{nil}},
		{"drop with an error, twice", func(r *Relay, _ *duplex.Socket, _ net.Conn) {
			r.Drop(errors.New("enough"))
			r.Drop(errors.New("enough"))
		}, []error{nil}},
		{"its own end", func(_ *Relay, _ *duplex.Socket, far net.Conn) { far.Close() }, nil},
	} {
		for _, toxics := range []string{"", "latency:1h@up", "latency:1h@down"} {
			t.Run(c.name+" "+toxics, func(t *testing.T) {
				rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
					var told []error
					near, far := halves()
					defer far.Close()
					r, log := open(t, e, func(r *Relay) {
						poison(t, r, strings.Fields(toxics)...)
						r.Limits.MaxAge = maxAge
						r.Pool = NewPool(RoundRobin, 1, &Upstream{
							Open: func(*Pair) (net.Conn, error) { return near, nil },
							Cut:  func(_ *Pair, err error) error { told = append(told, err); return nil },
						})
					})
					go io.Copy(io.Discard, far)
					s, client := visit(t, e, r)
					client.ExpectMatch(t, "connect")
					io.WriteString(s, "held")
					time.Sleep(time.Minute)
					c.end(r, s, far)
					time.Sleep(2 * maxAge)
					rig.Until(t, "it is over", func() bool { return log.count("close failed true")+log.count("close failed false") > 0 })
					if !slices.Equal(told, c.want) {
						t.Errorf("Cut was told %v, want %v", told, c.want)
					}
				})
			})
		}
	}
}

// halves returns the two ends of a connection whose directions end apart.
func halves() (near, far net.Conn) {
	toFar, fromNear := io.Pipe()
	toNear, fromFar := io.Pipe()
	none, _ := net.Pipe() // for what is not asked of them
	return &half{none, toNear, fromNear}, &half{none, toFar, fromFar}
}

type half struct {
	net.Conn
	in  *io.PipeReader
	out *io.PipeWriter
}

func (h *half) Read(p []byte) (int, error)  { return h.in.Read(p) }
func (h *half) Write(p []byte) (int, error) { return h.out.Write(p) }
func (h *half) CloseWrite() error           { return h.out.Close() }
func (h *half) Close() error                { return errors.Join(h.in.Close(), h.out.Close(), h.Conn.Close()) }

// A limit that cuts a connection names the way that is stuck, and what was not passed on
// is counted. Those of a peer that resets are not: the other side sees the reset.
func TestALimitNamesTheWay(t *testing.T) {
	const write, read, idle = 1, 2, 3
	for _, c := range []struct {
		limit int
		from  string // who sends; the other one does not read
		want  string
		lost  bool
	}{
		{write, "client", "error up ETIMEDOUT", true},
		{write, "server", "error down ETIMEDOUT", true},
		{read, "server", "error up ETIMEDOUT", true}, // no byte of the client comes
		{idle, "client", "error up ETIMEDOUT", true},
		{idle, "server", "error up ETIMEDOUT", true},
		{idle, "", "error up ETIMEDOUT", false},
		{0, "client", "error down ECONNRESET", false},
		{0, "server", "error up ECONNRESET", false},
	} {
		for name, way := range map[string]func(*testing.T, *Relay){
			"piped":   func(*testing.T, *Relay) {},
			"watched": func(_ *testing.T, r *Relay) { r.Watched = true },
			"delayed": func(t *testing.T, r *Relay) { poison(t, r, "latency:1ms") },
			"sliced":  func(t *testing.T, r *Relay) { poison(t, r, "slice:1000..2000") },
		} {
			t.Run(fmt.Sprint(c.limit, c.from, " ", name), func(t *testing.T) {
				rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
					address, came, _ := serve(t, e)
					failed := false
					r, log := open(t, e, func(r *Relay) {
						way(t, r)
						switch c.limit {
						case write:
							srv := &duplex.Server{Engine: e}
							srv.WriteTimeout, r.Dialer.WriteTimeout = time.Minute, time.Minute
							r.NewServer = func() *duplex.Server { return srv }
						case read:
							r.Limits.Read = time.Minute
						case idle:
							r.Limits.Idle = time.Minute
						}
						report := r.Report
						r.Report = func(e Event) {
							failed = failed || e.Name == "close" && e.Leg != nil && e.Leg.HadError()
							report(e)
						}
					}, address)
					client, _ := visit(t, e, r)
					server := rig.Wait(t, came)
					client.Pause()
					server.Pause()
					rig.Turn(t, server)
					switch c.from {
					case "client":
						client.Write(make([]byte, 8<<20))
					case "server":
						server.Write(make([]byte, 8<<20))
					}
					time.Sleep(10 * time.Second)
					if c.limit == 0 && c.from == "client" {
						server.Reset()
					} else if c.limit == 0 {
						client.Reset()
					}
					time.Sleep(maxAge)
					log.await(t, c.want)
					log.await(t, "close failed true")
					if n := r.Unsent(); n > 0 != c.lost {
						t.Errorf("%d bytes are counted as lost", n)
					}
					if !failed {
						t.Error("no leg had an error")
					}
				})
			})
		}
	}
}

// Idle counts for both sides, also when the client is gone and the
// upstream does not read the rest: the client has reset, or both directions of it have ended.
func TestIdleOutlivesTheClient(t *testing.T) {
	for _, c := range []struct {
		toxics string
		size   int // more than the network takes
		end    func(client, server *duplex.Socket)
	}{
		{"", 80 << 10, func(client, server *duplex.Socket) { server.End(); client.End() }},
		{"watched", 80 << 10, func(client, server *duplex.Socket) { server.End(); client.End() }},
		{"latency:1ms", 80 << 10, func(client, server *duplex.Socket) { server.End(); client.End() }},
		{"latency:20s", 200 << 10, func(client, _ *duplex.Socket) { client.Reset() }},
	} {
		rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
			address, came, _ := serve(t, e)
			r, log := open(t, e, func(r *Relay) {
				r.Limits.Idle = time.Minute
				if r.Watched = c.toxics == "watched"; !r.Watched {
					poison(t, r, strings.Fields(c.toxics)...)
				}
			}, address)
			client, _ := visit(t, e, r)
			server := rig.Wait(t, came)
			server.Pause()
			rig.Turn(t, server)
			client.Write(make([]byte, c.size))
			time.Sleep(time.Second)
			c.end(client, server)
			time.Sleep(30 * time.Second)
			if r.Len() != 1 || log.count("close up") != 1 {
				t.Fatalf("%q: the client is not gone alone: %q", c.toxics, log.events)
			}
			time.Sleep(time.Minute)
			if r.Len() != 0 || r.Unsent() == 0 {
				t.Errorf("%q: %d connections after the idle time, %d bytes are counted as lost", c.toxics, r.Len(), r.Unsent())
			}
		})
	}
}

// A limit of time resets both sides, also if nothing waits to be sent to them: neither may take
// what has come for the whole.
func TestALimitResetsBothSides(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits Limits
		sends  bool // the client has sent something before
		want   string
	}{
		{"idle", Limits{Idle: time.Minute}, true, "ETIMEDOUT"},
		{"idle from the start", Limits{Idle: time.Minute}, false, "ETIMEDOUT"},
		{"read", Limits{Read: time.Minute}, true, "ETIMEDOUT"},
		{"read from the start", Limits{Read: time.Minute}, false, "ETIMEDOUT"},
		{"first byte", Limits{FirstByte: time.Minute}, false, "ERR_FIRST_BYTE_TIMEOUT"},
		{"max age", Limits{MaxAge: time.Minute}, true, "ERR_MAX_AGE"},
	} {
		for name, way := range map[string]func(*testing.T, *Relay){
			"piped":   func(*testing.T, *Relay) {},
			"watched": func(_ *testing.T, r *Relay) { r.Watched = true },
			"delayed": func(t *testing.T, r *Relay) { poison(t, r, "latency:1ms") },
		} {
			t.Run(c.name+" "+name, func(t *testing.T) {
				rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
					address, came, upstream := serve(t, e)
					r, log := open(t, e, func(r *Relay) {
						way(t, r)
						r.Limits = c.limits
					}, address)
					s, client := visit(t, e, r)
					server := rig.Wait(t, came)
					io.WriteString(server, "half an")
					told := []string{"connect"}
					if c.sends {
						io.WriteString(s, "x")
						told = append(told, "data: x")
					}
					client.Expect(t, "connect", "data: half an", "error: ECONNRESET", "close: hadError")
					upstream.Expect(t, append(told, "error: ECONNRESET", "close: hadError")...)
					log.await(t, "close failed true")
					if n := log.count("error up " + c.want); n != 1 || r.Unsent() != 0 {
						t.Errorf("%d errors, want 1 %s; %d bytes unsent: %q", n, c.want, r.Unsent(), log.events)
					}
				})
			})
		}
	}
}

// Idle is the silence of both sides: a client that waits while the upstream reads on is not cut,
// and neither is one whose upstream answers while it sends nothing.
func TestIdleIsTheSilenceOfBoth(t *testing.T) {
	for _, toxics := range []string{"bandwidth:1KB/s@up", "bandwidth:1KB/s@down"} {
		t.Run(toxics, func(t *testing.T) {
			rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
				address, came, _ := serve(t, e)
				r, log := open(t, e, func(r *Relay) {
					poison(t, r, toxics)
					r.Limits.Idle = 10 * time.Second
				}, address)
				from, _ := visit(t, e, r)
				to := rig.Wait(t, came)
				if strings.HasSuffix(toxics, "down") {
					from, to = to, from
				}
				const size = 60_000 // a minute of it
				got := rig.NewCollector(size)
				to.SetHandler(&duplex.Handler{OnData: got.Take})
				from.Write(make([]byte, size))
				time.Sleep(65 * time.Second)
				select {
				case <-got.Done:
				default:
					t.Errorf("not all %d bytes have come in a minute; %d errors", size, log.count("error up ETIMEDOUT"))
				}
				if r.Len() != 1 {
					t.Error("the connection is over before the idle time")
				}
				time.Sleep(10 * time.Second)
				if r.Len() != 0 || r.Unsent() != 0 {
					t.Errorf("%d connections after the idle time, %d bytes unsent", r.Len(), r.Unsent())
				}
			})
		})
	}
}

// A peer whose reset has come as a limit passes, or as the relay drops all, has gone by itself: it
// was not cut, and what was under way was not lost by a limit.
func TestWhoBreaksOffAsALimitPassesIsNotCut(t *testing.T) {
	for _, who := range []string{"client", "upstream"} {
		for _, end := range []string{"max age", "idle", "drop"} {
			t.Run(who+" "+end, func(t *testing.T) {
				rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
					address, came, upstream := serve(t, e)
					var peer *duplex.Socket // the one that breaks off
					r, log := open(t, e, func(r *Relay) {
						poison(t, r, "latency:1h")
						switch end {
						case "max age":
							r.Limits.MaxAge = time.Minute
						case "idle":
							r.Limits.Idle = time.Minute
						}
						r.BrokenOff = func(s *duplex.Socket) bool {
							l := legOf(s)
							if (l == l.Pair.Client) != (who == "client") {
								return false
							}
							peer.Reset()
							s.Destroy(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET})
							return true
						}
					}, address)
					s, client := visit(t, e, r)
					server := rig.Wait(t, came)
					if peer = s; who == "upstream" {
						peer = server
					}
					io.WriteString(s, "up")
					io.WriteString(server, "down")
					if end == "drop" {
						time.Sleep(time.Second) // both have come
						r.Drop(errors.New("enough"))
					}
					time.Sleep(5 * time.Minute) // a limit passes
					log.await(t, "close failed true")
					other, way := upstream, "up"
					if who == "upstream" {
						other, way = client, "down"
					}
					other.Expect(t, "connect", "error: ECONNRESET", "close: hadError")
					if n := log.count("error " + way + " ECONNRESET"); n != 1 || r.Unsent() != 0 {
						t.Errorf("%d errors, want 1; %d bytes unsent: %q", n, r.Unsent(), log.events)
					}
				})
			})
		}
	}
}
