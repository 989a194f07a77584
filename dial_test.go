// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
)

// six and four are the addresses of many.test: two families, not in turn.
var (
	six  = []netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")}
	four = []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}
)

// A race is a Connect to many.test on a network with faults, and what came of it.
type race struct {
	client  *duplex.Client
	network *memory.Network
	began   time.Time
	log     []string
	events  duplextest.Recorder
}

// at adds a line with the time since the race began.
func (r *race) at(format string, args ...any) {
	r.log = append(r.log, time.Since(r.began).String()+" "+fmt.Sprintf(format, args...))
}

// run begins the race against a server that listens at the given addresses; those
// in holes never answer.
func (r *race) run(t *testing.T, listen, holes []netip.Addr, check func(s *duplex.Socket)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		name := t.Name()
		r.network = memory.Named(name)
		defer memory.Forget(name)
		e := &duplex.Engine{Loops: 1, Driver: "memory:" + name}
		defer e.Close()
		for _, a := range listen {
			srv := &duplex.Server{Engine: e}
			if err := srv.Listen("tcp", netip.AddrPortFrom(a, 80).String()); err != nil {
				t.Fatal(err)
			}
		}
		for _, a := range holes {
			r.network.SetFaultsAt(driver.Addr{AddrPort: netip.AddrPortFrom(a, 80)}, memory.Faults{Blackhole: true})
		}
		r.client.Engine = e
		r.client.Resolver = hosts{"many.test": slices.Concat(six, four)}
		r.client.OnAttempt = func(_ *duplex.Socket, a netip.AddrPort) { r.at("try %v", a.Addr()) }
		r.client.OnAttemptFailed = func(_ *duplex.Socket, a netip.AddrPort, err error) {
			r.at("%v failed: %s", a.Addr(), duplex.Code(err))
		}
		r.began = time.Now()
		s := r.client.Connect(t.Context(), "tcp", "many.test:80", r.events.Handler(&duplex.Handler{
			OnConnect: func(s *duplex.Socket) { r.at("connected to %v", s.RemoteAddrPort().Addr()) },
		}))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		check(s)
	})
}

func (r *race) expect(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(r.log, want) {
		t.Errorf("got\n%q\nwant\n%q", r.log, want)
	}
}

func TestAttemptsRace(t *testing.T) {
	r := &race{client: &duplex.Client{}}
	r.run(t, six, []netip.Addr{four[0], four[1], six[0]}, func(s *duplex.Socket) {
		r.expect(t,
			"0s try 2001:db8::1",
			"250ms try 192.0.2.1",
			"500ms try 2001:db8::2",
			"500ms connected to 2001:db8::2")
		r.events.Expect(t, "connect")
		s.End()
		r.events.Expect(t, "end", "close")
	})
}

func TestAnAttemptThatFailsIsFollowedAtOnce(t *testing.T) {
	r := &race{client: &duplex.Client{AttemptDelay: time.Second}}
	r.run(t, four[1:], []netip.Addr{four[0]}, func(*duplex.Socket) {
		r.expect(t,
			"0s try 2001:db8::1",
			"0s 2001:db8::1 failed: ECONNREFUSED",
			"0s try 192.0.2.1",
			"1s try 2001:db8::2",
			"1s 2001:db8::2 failed: ECONNREFUSED",
			"1s try 192.0.2.2",
			"1s connected to 192.0.2.2")
	})
}

func TestALateAnswerStillWins(t *testing.T) {
	r := &race{client: &duplex.Client{}}
	r.run(t, six[:1], []netip.Addr{four[0], four[1], six[1]}, func(*duplex.Socket) {
		r.expect(t, "0s try 2001:db8::1", "0s connected to 2001:db8::1")
	})
	slow := &race{client: &duplex.Client{}}
	synctest.Test(t, func(t *testing.T) {
		n := memory.Named("late")
		defer memory.Forget("late")
		e := &duplex.Engine{Loops: 1, Driver: "memory:late"}
		defer e.Close()
		addr := netip.AddrPortFrom(six[0], 80)
		srv := &duplex.Server{Engine: e}
		if err := srv.Listen("tcp", addr.String()); err != nil {
			t.Fatal(err)
		}
		n.SetFaultsAt(driver.Addr{AddrPort: addr}, memory.Faults{Delay: 300 * time.Millisecond})
		n.SetFaultsAt(driver.Addr{AddrPort: netip.AddrPortFrom(four[0], 80)}, memory.Faults{Blackhole: true})
		client := &duplex.Client{Engine: e, Resolver: hosts{"two.test": {six[0], four[0]}}}
		s := client.Connect(t.Context(), "tcp", "two.test:80", slow.events.Handler(nil))
		slow.events.Expect(t, "connect")
		if s.RemoteAddrPort() != addr {
			t.Errorf("connected to %v, want %v", s.RemoteAddr(), addr)
		}
	})
}

func TestSequentialAttemptsAreGivenUpInTurn(t *testing.T) {
	r := &race{client: &duplex.Client{Sequential: true}}
	r.run(t, nil, []netip.Addr{six[0], four[0], six[1]}, func(s *duplex.Socket) {
		r.expect(t,
			"0s try 2001:db8::1",
			"250ms 2001:db8::1 failed: ETIMEDOUT",
			"250ms try 192.0.2.1",
			"500ms 192.0.2.1 failed: ETIMEDOUT",
			"500ms try 2001:db8::2",
			"750ms 2001:db8::2 failed: ETIMEDOUT",
			"750ms try 192.0.2.2",
			"750ms 192.0.2.2 failed: ECONNREFUSED")
		r.events.Expect(t, "error: ETIMEDOUT", "close: hadError") // the first one's
		if !errors.Is(s.Err(), os.ErrDeadlineExceeded) || !errors.Is(s.Err(), syscall.ECONNREFUSED) {
			t.Errorf("Err is %v, which lacks some of the attempts", s.Err())
		}
	})
}

func TestTheTimeoutEndsAllAttempts(t *testing.T) {
	r := &race{client: &duplex.Client{Timeout: 400 * time.Millisecond}}
	r.run(t, nil, slices.Concat(six, four), func(s *duplex.Socket) {
		r.expect(t, "0s try 2001:db8::1", "250ms try 192.0.2.1")
		r.events.Expect(t, "error: ETIMEDOUT", "close: hadError")
	})
}
