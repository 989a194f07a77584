// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"crypto/tls"
	"errors"
	"sync"
	"testing"

	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// TestAnIdleConnectionCostsLittleMemory measures what a server holds for each connection that
// does nothing, plain and with TLS: as it is made, and after a question and its answer.
func TestAnIdleConnectionCostsLittleMemory(t *testing.T) {
	// The most bytes of heap for a connection. With TLS they are crypto/tls's own.
	limits := map[string]map[string]int64{
		"epoll":    {"lines": 2 << 10, "secure": 16 << 10},
		"portable": {"lines": 8 << 10, "secure": 24 << 10},
	}
	for _, kind := range []string{"lines", "secure"} {
		t.Run(kind, func(t *testing.T) {
			count := form(map[string]int{"lines": 1000, "secure": 200}[kind], 10_000)
			if testrun.Race() {
				count /= 4
			}
			system(t, func(t *testing.T, driver string) {
				v := serve(t, setup{Driver: driver, Servers: []string{kind}})
				first := meet(t, v, 50) // what is needed once
				first.ask(t)
				first.leave()
				until(t, "they are gone", duplextest.Patience, func() bool { return v.now(t).Stats.Sockets == 0 })
				empty := v.settled(t)
				bare := func(r report) (heap, rss int64) {
					return (r.Heap - empty.Heap) / int64(count), (r.RSS - empty.RSS) / int64(count)
				}
				all := meet(t, v, count)
				defer all.leave()
				until(t, "all are accepted", duplextest.Patience, func() bool { return v.now(t).Stats.Sockets == count })
				heap, rss := bare(v.settled(t))
				all.ask(t)
				usedHeap, usedRSS := bare(v.settled(t))
				t.Logf("%d connections, for each: heap %d and RSS %d bytes; after a question and its answer heap %d and RSS %d bytes",
					count, heap, rss, usedHeap, usedRSS)
				if most := limits[driver][kind]; heap > most || usedHeap > most {
					t.Errorf("a connection costs %d bytes of heap, and %d after one answer; want at most %d", heap, usedHeap, most)
				}
				if most := 3 * limits[driver][kind]; !testrun.Race() && *long && usedRSS > most {
					t.Errorf("a connection costs %d bytes of RSS, want at most %d", usedRSS, most)
				}
			})
		})
	}
}

// A meeting is visitors of one server who stay.
type meeting []*visitor

// meet makes connections to the first server of v, and shakes hands where that has TLS.
func meet(t testing.TB, v *service, count int) meeting {
	t.Helper()
	m := make(meeting, count)
	m.each(t, func(i int) error {
		u, err := visit(v, 0, "")
		if err != nil {
			return err
		}
		m[i] = u
		if secure, ok := u.conn.(*tls.Conn); ok {
			return secure.Handshake()
		}
		return nil
	})
	return m
}

// each calls do for every visitor, eight at a time.
func (m meeting) each(t testing.TB, do func(i int) error) {
	t.Helper()
	var group sync.WaitGroup
	errs := make([]error, 8)
	for first := range errs {
		group.Go(func() {
			for i := first; i < len(m) && errs[first] == nil; i += len(errs) {
				errs[first] = do(i)
			}
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		m.leave()
		t.Fatal(err)
	}
}

// ask has every visitor ask one question.
func (m meeting) ask(t testing.TB) {
	t.Helper()
	m.each(t, func(i int) error {
		_, err := m[i].once()
		return err
	})
}

func (m meeting) leave() {
	for _, u := range m {
		if u != nil {
			u.conn.Close()
		}
	}
}
