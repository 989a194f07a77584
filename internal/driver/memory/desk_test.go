// Copyright 2026 The duplex authors. MIT license.

package memory_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
)

// A desk is a driver under test, with a log of its events. The slot of the socket stands
// before each event.
type desk struct {
	t testing.TB
	driver.Driver
	network  *memory.Network
	used     uint32
	accepted []driver.Conn
	log      []string
	lent     map[driver.ID]bool
}

func newDesk(t testing.TB) *desk {
	n := memory.NewNetwork()
	return &desk{t: t, Driver: n.Driver(), network: n, lent: make(map[driver.ID]bool)}
}

// turn waits for the next events.
func (d *desk) turn() {
	d.t.Helper()
	if err := d.Wait(10*time.Second, d); err != nil {
		d.t.Fatal(err)
	}
}

// want waits for as many events as it is given and compares them.
func (d *desk) want(events ...string) {
	d.t.Helper()
	for start := time.Now(); len(d.log) < len(events) && time.Since(start) < 10*time.Second; {
		d.turn()
	}
	d.Wait(0, d)
	if !slices.Equal(d.log, events) {
		d.t.Fatalf("got  %q\nwant %q", d.log, events)
	}
	d.log = nil
}

func (d *desk) id() driver.ID {
	d.used++
	return driver.MakeID(d.used-1, 0)
}

// listen returns a listener's ID and address.
func (d *desk) listen(addr string, o driver.ListenOptions) (driver.ID, driver.Addr) {
	d.t.Helper()
	ln, err := d.Bind(tcp(addr), o)
	if err != nil {
		d.t.Fatal(err)
	}
	id := d.id()
	if err := d.Serve(id, ln); err != nil {
		d.t.Fatal(err)
	}
	return id, ln.Local
}

func (d *desk) connect(remote driver.Addr) driver.ID {
	id := d.id()
	d.Connect(id, remote, driver.Addr{}, driver.Options{})
	return id
}

func (d *desk) attach() driver.ID {
	d.t.Helper()
	c := d.accepted[0]
	d.accepted = d.accepted[1:]
	id := d.id()
	if err := d.Attach(id, c, driver.Options{}); err != nil {
		d.t.Fatal(err)
	}
	return id
}

// pair returns the ends of a connection, both reading: 1 is the client and 2
// the server.
func (d *desk) pair() (client, server driver.ID) {
	d.t.Helper()
	_, addr := d.listen("127.0.0.1:80", driver.ListenOptions{})
	client = d.connect(addr)
	for len(d.log) < 2 {
		d.turn()
	}
	server = d.attach()
	d.Receive(client, true)
	d.Receive(server, true)
	d.log = nil
	return client, server
}

// send sends text and returns how many bytes went at once.
func (d *desk) send(id driver.ID, text string) int {
	d.t.Helper()
	n, err := d.Send(id, [][]byte{[]byte(text)})
	if err != nil {
		d.t.Fatalf("Send(%q): %v", text, err)
	}
	return n
}

func tcp(addr string) driver.Addr {
	return driver.Addr{AddrPort: netip.MustParseAddrPort(addr)}
}

func (d *desk) note(id driver.ID, format string, args ...any) {
	d.log = append(d.log, fmt.Sprintf("%d %s", id.Slot(), fmt.Sprintf(format, args...)))
}

func (d *desk) Accepted(id driver.ID, c driver.Conn) {
	d.accepted = append(d.accepted, c)
	d.note(id, "accepted")
}

func (d *desk) AcceptFailed(id driver.ID, err error) { d.note(id, "accept failed: %v", err) }

func (d *desk) Connected(id driver.ID, local driver.Addr, err error) {
	if err != nil {
		d.note(id, "not connected: %v", err)
		return
	}
	d.note(id, "connected")
}

func (d *desk) Received(id driver.ID, p []byte) { d.note(id, "received %s", p) }
func (d *desk) Ended(id driver.ID)              { d.note(id, "ended") }
func (d *desk) Failed(id driver.ID, err error)  { d.note(id, "failed: %v", err) }
func (d *desk) Closed(id driver.ID)             { d.note(id, "closed") }

func (d *desk) Sent(id driver.ID, n int, err error) {
	d.lent[id] = false
	d.note(id, "sent %d %v", n, err)
}
