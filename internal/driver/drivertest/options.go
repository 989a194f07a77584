// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"maps"
	"math"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/testrun"
)

func options(t *testing.T, c Config) {
	if !c.Sockets {
		t.Skip("the sockets of this driver have none")
	}
	for _, test := range []struct {
		name string
		o    driver.Options
		want map[string]int
	}{
		{
			"by default TCP_NODELAY is on and keep-alive off",
			driver.Options{},
			map[string]int{"TCP_NODELAY": 1, "SO_KEEPALIVE": 0, "SO_LINGER": 0, "IP_TOS": 0, "USER_TIMEOUT": 0, "FD_CLOEXEC": 1, "O_NONBLOCK": 1},
		},
		{
			"the type of service is as asked",
			driver.Options{TypeOfService: 0x28},
			map[string]int{"TCP_NODELAY": 1, "IP_TOS": 0x28},
		},
		{
			"the user timeout is as asked, rounded up to milliseconds",
			driver.Options{UserTimeout: 1500*time.Millisecond + 1},
			map[string]int{"TCP_NODELAY": 1, "IP_TOS": 0, "USER_TIMEOUT": 1501},
		},
		{
			"the longest user timeout is the longest there is",
			driver.Options{UserTimeout: math.MaxInt64},
			map[string]int{"USER_TIMEOUT": math.MaxInt32},
		},
		{
			"a user timeout below zero is the system's",
			driver.Options{UserTimeout: -1},
			map[string]int{"USER_TIMEOUT": 0},
		},
		{
			"Nagle leaves TCP_NODELAY off",
			driver.Options{Nagle: true},
			map[string]int{"TCP_NODELAY": 0, "SO_KEEPALIVE": 0, "SO_LINGER": 0, "FD_CLOEXEC": 1, "O_NONBLOCK": 1},
		},
		{
			"keep-alive is on with package net's defaults",
			driver.Options{KeepAlive: net.KeepAliveConfig{Enable: true}},
			map[string]int{"TCP_NODELAY": 1, "SO_KEEPALIVE": 1, "TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 9},
		},
		{
			"keep-alive is on as asked",
			driver.Options{KeepAlive: net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 5 * time.Second, Count: 3}},
			map[string]int{"TCP_NODELAY": 1, "SO_KEEPALIVE": 1, "TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.o.KeepAlive.Enable {
				testrun.NotUnderWine(t, testrun.NoKeepAliveTimes)
			}
			r := newRig(t, c, 1)
			l := r.loops[0]
			ln := l.listen(loopback, driver.ListenOptions{})
			client := l.add()
			l.driver.Connect(client.id, ln.local, driver.Addr{}, test.o)
			r.until("the client is accepted", func() bool { return client.connected && len(ln.accepted) == 1 })
			server := l.attach(ln, test.o)
			client.remote = server.local
			for _, s := range []*socket{client, server} {
				got := s.inspect()
				maps.DeleteFunc(got, func(name string, _ int) bool { _, ok := test.want[name]; return !ok })
				if !maps.Equal(got, test.want) {
					t.Errorf("got %v, want %v", got, test.want)
				}
			}
		})
	}

	t.Run("Configure changes all of them, and back", func(t *testing.T) {
		testrun.NotUnderWine(t, testrun.NoKeepAliveTimes)
		r := newRig(t, c, 1)
		l := r.loops[0]
		ln := l.listen(loopback, driver.ListenOptions{})
		client := l.add()
		l.driver.Connect(client.id, ln.local, driver.Addr{}, driver.Options{})
		r.until("the client is accepted", func() bool { return client.connected && len(ln.accepted) == 1 })
		server := l.attach(ln, driver.Options{})
		client.remote = server.local
		for _, want := range []map[string]int{
			{"TCP_NODELAY": 0, "SO_KEEPALIVE": 1, "TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "IP_TOS": 0x28, "USER_TIMEOUT": 2000},
			{"TCP_NODELAY": 1, "SO_KEEPALIVE": 0, "IP_TOS": 0, "USER_TIMEOUT": 0},
		} {
			o := driver.Options{
				Nagle:         want["TCP_NODELAY"] == 0,
				TypeOfService: uint8(want["IP_TOS"]),
				UserTimeout:   time.Duration(want["USER_TIMEOUT"]) * time.Millisecond,
			}
			if want["SO_KEEPALIVE"] == 1 {
				o.KeepAlive = net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 5 * time.Second, Count: 3}
			}
			for _, s := range []*socket{client, server} {
				if err := l.driver.Configure(s.id, o); err != nil {
					t.Fatal(err)
				}
				got := s.inspect()
				maps.DeleteFunc(got, func(name string, _ int) bool { _, ok := want[name]; return !ok })
				if !maps.Equal(got, want) {
					t.Errorf("got %v, want %v", got, want)
				}
			}
		}
	})

	t.Run("a peer that has no room for the user timeout is ETIMEDOUT", func(t *testing.T) {
		if !c.likeLinux() {
			t.Skip("only Linux has this option")
		}
		r := newRig(t, c, 1)
		l := r.loops[0]
		ln := l.listen(loopback, driver.ListenOptions{})
		client := l.add()
		l.driver.Connect(client.id, ln.local, driver.Addr{}, driver.Options{UserTimeout: 100 * time.Millisecond})
		r.until("the client is accepted", func() bool { return client.connected && len(ln.accepted) == 1 })
		l.attach(ln, driver.Options{}) // and does not read
		client.receive(true)
		client.write(pattern(flood))
		r.until("it has failed", client.over)
		if !is(client.err, syscall.ETIMEDOUT) && !is(client.sendErr, syscall.ETIMEDOUT) {
			t.Errorf("got %v and %v, want ETIMEDOUT", client.err, client.sendErr)
		}
	})

	t.Run("the backlog is as asked, or the system's maximum as in package net", func(t *testing.T) {
		l := newRig(t, c, 1).loops[0]
		model := listen(t, "tcp", "127.0.0.1:0")
		defer model.Close()
		maximum := Counter(t, model.Addr().(*net.TCPAddr).AddrPort(), netip.AddrPort{}, "backlog")
		for asked, want := range map[int]int{0: maximum, 7: 7} {
			ln := l.listen(loopback, driver.ListenOptions{Backlog: asked})
			if got := Counter(t, ln.local.AddrPort, netip.AddrPort{}, "backlog"); got != want {
				t.Errorf("Backlog %d: got %d, want %d", asked, got, want)
			}
		}
	})
}
