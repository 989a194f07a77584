// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"maps"
	"net"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

func TestOptionsReachTheKernel(t *testing.T) {
	runOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		probes := net.KeepAliveConfig{Enable: true, Idle: 30 * time.Second, Interval: 5 * time.Second, Count: 3}
		expect := func(who string, s *duplextest.End, want map[string]int) {
			t.Helper()
			turn(t, s.Socket)
			got := socketOptions(t, s.Socket)
			maps.DeleteFunc(got, func(name string, _ int) bool { _, ok := want[name]; return !ok })
			if !maps.Equal(got, want) {
				t.Errorf("%s has %v, want %v", who, got, want)
			}
		}
		plain := map[string]int{"noDelay": 1, "keepAlive": 0, "typeOfService": 0}
		all := map[string]int{"noDelay": 0, "keepAlive": 1, "idle": 30, "interval": 5, "count": 3, "typeOfService": 0x28}

		a, b := duplextest.Pipe(t, e)
		expect("a client of no options", a, plain)
		expect("a server's socket of no options", b, plain)
		a.SetNoDelay(false)
		a.SetKeepAlive(probes)
		a.SetTypeOfService(0x28)
		expect("a socket that was given them", a, all)
		a.SetNoDelay(true)
		a.SetKeepAlive(net.KeepAliveConfig{})
		a.SetTypeOfService(0)
		expect("a socket that lost them again", a, plain)
		a.Destroy(nil)
		b.Expect(t, "end", "close")

		a, b = duplextest.Pipe(t, e, duplex.Options{Nagle: true, KeepAlive: probes, TypeOfService: 0x28})
		expect("a client of all options", a, all)
		expect("a server's socket of all options", b, all)
		a.Destroy(nil)
		b.Expect(t, "end", "close")

		var r duplextest.Recorder
		c := &duplextest.End{Recorder: &r}
		c.Socket = (&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", listen(t, e, nil, duplex.Options{}), r.Handler(nil))
		c.SetNoDelay(false)
		c.SetKeepAlive(probes)
		c.SetTypeOfService(0x28)
		r.Expect(t, "connect")
		expect("a client that was given them while connecting", c, all)
	})
}
