// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"net"
	"net/netip"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// The kernel reports a reset once. Here the driver has asked for it, and has not reported
// it when the connection is released.
func TestAResetThatTheDriverHasTakenIsToldAtTheRelease(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the driver does not ask there")
	}
	d := New().(*portable)
	var p pen
	patience := time.Now().Add(20 * time.Second)
	until := func(what string, done func() bool) {
		t.Helper()
		for !done() {
			if time.Now().After(patience) {
				t.Fatalf("waited in vain until %s", what)
			}
			d.Wait(10*time.Millisecond, &p)
		}
	}
	const listener, id = driver.ID(0), driver.ID(1)
	bound, err := d.Bind(driver.Addr{AddrPort: netip.MustParseAddrPort("127.0.0.1:0")}, driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Serve(listener, bound); err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", bound.Local.String())
	if err != nil {
		t.Fatal(err)
	}
	until("the client is there", func() bool { return p.accepted.Handle != nil })
	if err := d.Attach(id, p.accepted, driver.Options{}); err != nil {
		t.Fatal(err)
	}
	d.Close(listener, false)
	d.Receive(id, true)
	c.(*net.TCPConn).CloseWrite()
	until("the client has ended", func() bool { return p.ended && p.closed == 1 })

	c.(*net.TCPConn).SetLinger(0)
	c.Close()
	for n := 0; n == 0; time.Sleep(time.Millisecond) {
		d.mu.Lock()
		n = len(d.queue)
		d.mu.Unlock()
		if time.Now().After(patience) {
			t.Fatal("the driver does not see the reset")
		}
	}
	var out driver.Released
	d.Release(id, &out)
	until("it is released", func() bool { return p.closed == 2 })
	if out.Err != syscall.ECONNRESET || out.Conn != nil {
		t.Errorf("got %v and %v, want ECONNRESET and no connection", out.Err, out.Conn)
	}
	if err := d.Stop(); err != nil {
		t.Error(err)
	}
}
