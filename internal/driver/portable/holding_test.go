// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// A pen is a sink that keeps what it is told.
type pen struct {
	accepted  driver.Conn
	connected bool
	received  string
	ended     bool
	closed    int
}

func (p *pen) Accepted(_ driver.ID, c driver.Conn)           { p.accepted = c }
func (p *pen) Connected(_ driver.ID, _ driver.Addr, _ error) { p.connected = true }
func (p *pen) Received(_ driver.ID, b []byte)                { p.received += string(b) }
func (p *pen) Closed(driver.ID)                              { p.closed++ }
func (p *pen) Ended(driver.ID)                               { p.ended = true }
func (p *pen) Failed(driver.ID, error)                       {}
func (p *pen) Sent(driver.ID, int, error)                    {}
func (p *pen) AcceptFailed(driver.ID, error)                 {}

func TestAReadThatHasEndedWaitsIfReceiveHasStopped(t *testing.T) {
	d := New().(*portable)
	var p pen
	until := func(what string, done func() bool) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !done(); {
			if time.Now().After(end) {
				t.Fatalf("waited in vain until %s", what)
			}
			d.Wait(10*time.Millisecond, &p)
		}
	}
	const listener, client, server = driver.ID(0), driver.ID(1), driver.ID(2)
	bound, err := d.Bind(driver.Addr{AddrPort: netip.MustParseAddrPort("127.0.0.1:0")}, driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Serve(listener, bound); err != nil {
		t.Fatal(err)
	}
	d.Connect(client, bound.Local, driver.Addr{}, driver.Options{})
	until("both ends are there", func() bool { return p.connected && p.accepted.Handle != nil })
	if err := d.Attach(server, p.accepted, driver.Options{}); err != nil {
		t.Fatal(err)
	}

	d.Receive(server, true)
	if _, err := d.Send(client, [][]byte{[]byte("patience")}); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		d.mu.Lock()
		n := len(d.queue)
		d.mu.Unlock()
		if n > 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the read does not end")
		}
	}
	d.Receive(server, false)
	d.Wait(0, &p)
	if p.received != "" {
		t.Errorf("received %q although Receive has stopped it", p.received)
	}
	d.Receive(server, true)
	until("the bytes are received", func() bool { return p.received == "patience" })

	for _, id := range []driver.ID{listener, client, server} {
		d.Close(id, false)
	}
	until("all are closed", func() bool { return p.closed == 3 })
	if err := d.Stop(); err != nil {
		t.Error(err)
	}
}

func TestAListenerIsNoMoreThanABurstAheadOfItsLoop(t *testing.T) {
	d := New().(*portable)
	bound, err := d.Bind(driver.Addr{AddrPort: netip.MustParseAddrPort("127.0.0.1:0")}, driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	const listener = driver.ID(0)
	if err := d.Serve(listener, bound); err != nil {
		t.Fatal(err)
	}
	for range burst + 20 {
		c, err := net.Dial("tcp", bound.Local.AddrPort.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	l := d.listeners[listener]
	for end := time.Now().Add(20 * time.Second); l.untold.Load() < burst; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d connections were accepted, want %d", l.untold.Load(), burst)
		}
	}
	time.Sleep(20 * time.Millisecond) // for one too many
	if n := l.untold.Load(); n != burst {
		t.Errorf("%d connections were accepted ahead of the loop, want %d", n, burst)
	}
	var p pen
	d.Close(listener, false)
	for end := time.Now().Add(20 * time.Second); p.closed == 0 && time.Now().Before(end); {
		d.Wait(10*time.Millisecond, &p)
	}
}
