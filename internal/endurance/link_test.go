// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"crypto/sha256"
	"errors"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// TestAPeerBehindADeadLinkIsFoundWithinTheLimit has a link go dead in silence under an echo,
// and measures when each end with a limit is closed: not before the limit, and in the
// long form at most a fifth of it later.
func TestAPeerBehindADeadLinkIsFoundWithinTheLimit(t *testing.T) {
	limit := form(600*time.Millisecond, 5*time.Second)
	// The test may notice the last answer late, and the death is found late on a busy machine.
	early, allowed := form(limit/2, limit/20), form(10*time.Second, limit/5)
	for _, c := range []struct {
		name    string
		options duplex.Options
		death   faults
		talks   time.Duration // the client goes on writing, so often
		size    int           // and so much
		want    error
		both    bool // the server's end finds it, too
	}{
		{"IdleTimeout", duplex.Options{IdleTimeout: limit}, faults{swallow: true}, 0, 0, os.ErrDeadlineExceeded, true},
		{"ReadTimeout", duplex.Options{ReadTimeout: limit}, faults{swallow: true}, limit / 20, 10, os.ErrDeadlineExceeded, true},
		{"WriteTimeout", duplex.Options{WriteTimeout: limit}, faults{stuck: true}, time.Millisecond, 1 << 20, os.ErrDeadlineExceeded, false},
		{"UserTimeout", duplex.Options{UserTimeout: limit}, faults{stuck: true}, time.Millisecond, 1 << 20, syscall.ETIMEDOUT, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.options.UserTimeout > 0 && runtime.GOOS != "linux" {
				t.Skip("NOT TESTED: TCP_USER_TIMEOUT is an option of Linux alone")
			}
			system(t, func(t *testing.T, driver string) {
				t.Parallel()
				e := duplextest.Engine(t, driver)
				type end struct {
					err error
					at  time.Time
				}
				ends := [2]chan end{make(chan end, 1), make(chan end, 1)}
				onClose := func(i int) func(*duplex.Socket) {
					return func(s *duplex.Socket) { ends[i] <- end{s.Err(), time.Now()} }
				}
				srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
					OnData:  func(s *duplex.Socket, p []byte) { s.Write(p) },
					OnClose: onClose(1),
				}}
				if c.both {
					srv.Options = c.options
				}
				link := newRelay(t, listen(t, srv))
				answered := make(chan struct{}, 1)
				client := (&duplex.Client{Engine: e, Options: c.options}).Connect(t.Context(), "tcp", link.addr(), &duplex.Handler{
					OnData: func(*duplex.Socket, []byte) {
						select {
						case answered <- struct{}{}:
						default:
						}
					},
					OnClose: onClose(0),
				})
				defer client.Destroy(nil)
				client.WriteString("is there anybody?")
				wait(t, answered)
				died := time.Now()
				link.set(c.death)
				if c.talks > 0 {
					message := make([]byte, c.size)
					var talk func()
					talk = func() {
						client.Write(message) // refused, once much waits
						client.AfterFunc(c.talks, talk)
					}
					client.Post(talk)
				}
				for i, name := range []string{"client", "server"} {
					if i == 1 && !c.both {
						break
					}
					var got end
					select {
					case got = <-ends[i]:
					case <-time.After(limit + allowed + duplextest.Patience):
						t.Fatalf("the %s's end is not closed", name)
					}
					found := got.at.Sub(died)
					t.Logf("the %s's end is closed %v after the link died, %.2f of the limit", name, found.Round(time.Millisecond), float64(found)/float64(limit))
					if !errors.Is(got.err, c.want) {
						t.Errorf("the %s's end is closed with %v, want %v", name, got.err, c.want)
					}
					if found < limit-early || found > limit+allowed {
						t.Errorf("the %s's end is closed %v after the link died, want between %v and %v", name, found, limit-early, limit+allowed)
					}
				}
			})
		})
	}
}

// TestALinkThatIsSlowLosesNothing carries a megabyte to and fro over a link with a delay and
// little bandwidth. No limit ends a connection on which bytes move.
func TestALinkThatIsSlowLosesNothing(t *testing.T) {
	size := form(1<<20, 16<<20)
	system(t, func(t *testing.T, driver string) {
		t.Parallel()
		e := duplextest.Engine(t, driver)
		limits := duplex.Options{IdleTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, UserTimeout: 10 * time.Second}
		srv := &duplex.Server{Engine: e, Options: limits, Handler: &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}}
		link := newRelay(t, listen(t, srv))
		link.set(faults{delay: 30 * time.Millisecond, rate: 2 << 20})
		sent := content[:1<<20]
		want, got := sha256.New(), sha256.New()
		closed := make(chan error, 1)
		began := time.Now()
		client := (&duplex.Client{Engine: e, Options: limits}).Connect(t.Context(), "tcp", link.addr(), &duplex.Handler{
			OnData:  func(_ *duplex.Socket, p []byte) { got.Write(p) },
			OnClose: func(s *duplex.Socket) { closed <- s.Err() },
		})
		for range size / len(sent) {
			client.Write(sent)
			want.Write(sent)
		}
		client.End()
		select {
		case err := <-closed:
			if err != nil || string(got.Sum(nil)) != string(want.Sum(nil)) {
				t.Errorf("%d bytes came back, Err %v; want all %d", client.BytesRead(), err, size)
			}
		case <-time.After(duplextest.Patience + time.Duration(size>>20)*time.Second):
			t.Fatalf("%d bytes came back, and no close", client.BytesRead())
		}
		t.Logf("%d bytes in %v", size, time.Since(began).Round(time.Millisecond))
	})
}

// TestALinkThatBreaksIsReportedOnceAtBothEnds cuts a link with many connections on it,
// most of them with bytes under way.
func TestALinkThatBreaksIsReportedOnceAtBothEnds(t *testing.T) {
	count := form(50, 200)
	system(t, func(t *testing.T, driver string) {
		testrun.NotUnderWine(t, testrun.LostResets)
		e := duplextest.Engine(t, driver)
		var heard, closed, failed, after atomic.Int64
		h := func(then func(s *duplex.Socket)) *duplex.Handler {
			return &duplex.Handler{
				OnConnect: then,
				OnData: func(s *duplex.Socket, p []byte) {
					switch {
					case s.Value != nil:
						after.Add(1)
					case s.BytesRead() == int64(len(p)):
						heard.Add(1)
					}
					s.Write(p)
				},
				OnError: func(s *duplex.Socket, err error) {
					if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
						failed.Add(1)
					}
				},
				OnClose: func(s *duplex.Socket) {
					if s.Value != nil {
						after.Add(1)
					}
					s.Value = true
					closed.Add(1)
				},
			}
		}
		link := newRelay(t, listen(t, &duplex.Server{Engine: e, Handler: h(func(*duplex.Socket) {})}))
		for range count {
			(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", link.addr(), h(func(s *duplex.Socket) { s.Write(content[:100_000]) }))
		}
		until(t, "bytes of all have arrived", duplextest.Patience, func() bool { return heard.Load() == int64(2*count) })
		began := time.Now()
		link.cut()
		until(t, "all are closed", duplextest.Patience, func() bool { return closed.Load() == int64(2*count) && e.Stats().Sockets == 0 })
		t.Logf("%d ends were closed within %v", 2*count, time.Since(began).Round(time.Millisecond))
		if failed.Load() != int64(2*count) || after.Load() > 0 {
			t.Errorf("%d of %d ends reported a reset, and %d events came after OnClose", failed.Load(), 2*count, after.Load())
		}
	})
}
