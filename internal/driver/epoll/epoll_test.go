// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/drivertest"
)

func TestDriver(t *testing.T) {
	drivertest.Run(t, drivertest.Config{
		New:         func(t testing.TB) driver.Driver { return newDriver(t) },
		TriesAtOnce: true,
		Sockets:     true,
		Unix:        true,
	})
}

func newDriver(t testing.TB) *Driver {
	t.Helper()
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A rig is a driver and its events, for tests that drivertest does not have.
type rig struct {
	*Driver
	t        testing.TB
	events   []string
	accepted []driver.Conn
	local    driver.Addr // of Connected
	data     []byte
	err      error // the last that was reported
	count    int   // bytes received, if quiet
	quiet    bool  // count bytes, and record no event
	after    func(event string)
}

var loopback = driver.Addr{AddrPort: netip.MustParseAddrPort("127.0.0.1:0")}

// The IDs of the tests.
const (
	listenerID driver.ID = iota
	clientID
	serverID
)

// newRig returns a rig whose driver stops with the test.
func newRig(t testing.TB) *rig {
	r := &rig{Driver: newDriver(t), t: t}
	r.slots.grow(1)
	t.Cleanup(func() {
		for _, c := range r.accepted {
			c.Handle.Close()
		}
		for _, id := range []driver.ID{listenerID, clientID, serverID} {
			r.Close(id, false)
		}
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// until waits until ok returns true.
func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); {
		r.turn(time.Until(end))
		if time.Now().After(end) {
			r.t.Fatalf("waited in vain until %s; got %v", what, r.events)
		}
	}
}

func (r *rig) turn(timeout time.Duration) {
	r.t.Helper()
	if err := r.Wait(timeout, r); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) listen(addr driver.Addr) driver.Addr {
	r.t.Helper()
	ln, err := r.Bind(addr, driver.ListenOptions{})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.Serve(listenerID, ln); err != nil {
		r.t.Fatal(err)
	}
	return ln.Local
}

// attach makes a server of the first client that was accepted.
func (r *rig) attach() {
	r.t.Helper()
	r.until("a client is accepted", func() bool { return len(r.accepted) > 0 })
	c := r.accepted[0]
	r.accepted = r.accepted[1:]
	if err := r.Attach(serverID, c, driver.Options{}); err != nil {
		r.t.Fatal(err)
	}
}

// pair connects a client to a server.
func (r *rig) pair(addr driver.Addr) {
	r.t.Helper()
	r.Connect(clientID, r.listen(addr), driver.Addr{}, driver.Options{})
	r.until("the client is connected", r.told("connected 1"))
	r.attach()
	r.Driver.Close(listenerID, false)
	r.until("the listener is closed", r.told("closed 0"))
}

func (r *rig) told(event string) func() bool {
	return func() bool { return slices.Contains(r.events, event) }
}

func (r *rig) note(event string, id driver.ID) {
	event = fmt.Sprint(event, " ", uint64(id))
	r.events = append(r.events, event)
	if r.after != nil {
		r.after(event)
	}
}

func (r *rig) Accepted(id driver.ID, c driver.Conn) {
	r.accepted = append(r.accepted, c)
	r.note("accepted", id)
}

func (r *rig) AcceptFailed(id driver.ID, err error) {
	r.note("accept failed", id)
	r.err = err
}

func (r *rig) Connected(id driver.ID, local driver.Addr, err error) {
	r.note("connected", id)
	r.local, r.err = local, err
}

func (r *rig) Received(id driver.ID, p []byte) {
	if r.quiet {
		r.count += len(p)
		return
	}
	r.note("received", id)
	r.data = append(r.data, p...)
}

func (r *rig) Ended(id driver.ID) { r.note("ended", id) }

func (r *rig) Failed(id driver.ID, err error) {
	r.note("failed", id)
	r.err = err
}

func (r *rig) Sent(id driver.ID, n int, err error) { r.note("sent", id) }

func (r *rig) Closed(id driver.ID) { r.note("closed", id) }
