// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
	"golang.org/x/sys/unix"
)

func addrPort(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

func TestAcceptFailsWithoutDescriptorsAndIsResumed(t *testing.T) {
	r := newRig(t)
	ln, err := r.Bind(loopback, driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	client, err := net.Dial("tcp", ln.Local.String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	allow := exhaust(t)
	if err := r.Serve(listenerID, ln); err != nil {
		t.Fatal(err)
	}
	r.until("accept fails", r.told("accept failed 0"))
	if r.err != unix.EMFILE {
		t.Errorf("got %v, want EMFILE", r.err)
	}
	r.turn(0)
	if n, err := r.poll(0); n != 0 || err != nil {
		t.Errorf("epoll still reports %d events (%v)", n, err)
	}
	if len(r.events) != 1 {
		t.Errorf("got %v, want one event", r.events)
	}

	allow()
	r.Accept(listenerID, true)
	r.until("the client is accepted", r.told("accepted 0"))
}

// exhaust takes away all descriptors that are free, until allow is called.
func exhaust(t *testing.T) (allow func()) {
	t.Helper()
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	free, err := unix.Dup(0)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(free)
	set := func(n uint64) {
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: n, Max: limit.Max}); err != nil {
			t.Fatal(err)
		}
	}
	allow = func() { set(limit.Cur) }
	t.Cleanup(allow)
	set(uint64(free))
	return allow
}

func TestCloseInAcceptedIsTheEndOfAccepting(t *testing.T) {
	r := newRig(t)
	ln, err := r.Bind(loopback, driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		client, err := net.Dial("tcp", ln.Local.String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
	}
	r.after = func(event string) {
		if event == "accepted 0" {
			r.Driver.Close(listenerID, false)
		}
	}
	if err := r.Serve(listenerID, ln); err != nil {
		t.Fatal(err)
	}
	r.until("it is closed", r.told("closed 0"))
	if want := []string{"accepted 0", "closed 0"}; !slices.Equal(r.events, want) {
		t.Errorf("got %v, want %v", r.events, want)
	}
}

// The number of a listener that is closed is that of another descriptor soon. A driver that
// cannot serve a listener closes it, and the program may call Unlisten at this moment.
func TestVacateOfAClosedListenerLeavesItsNumberAlone(t *testing.T) {
	d, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer d.Stop()
	closed, err := d.Bind(loopback, driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	closed.Handle.Close()
	other, err := d.Bind(loopback, driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Handle.Close()
	if had, has := closed.Handle.(*listener).socket, other.Handle.(*listener).socket; had != has {
		t.Fatalf("the descriptors are %d and %d, want the same number", had, has)
	}
	closed.Handle.(driver.Vacater).Vacate()
	client, err := net.Dial("tcp", other.Local.String())
	if err != nil {
		t.Fatalf("the other listener is gone: %v", err)
	}
	client.Close()
}

// A command that the program starts has copies of all descriptors from fork to exec.
func TestVacateFreesTheAddressAlsoIfAChildHasACopy(t *testing.T) {
	r := newRig(t)
	ln, err := r.Bind(loopback, driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Handle.Close()
	copied, err := unix.Dup(int(ln.Handle.(*listener).socket))
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(copied)
	ln.Handle.(driver.Vacater).Vacate()
	next, err := r.Bind(ln.Local, driver.ListenOptions{})
	if err != nil {
		t.Fatalf("the address is not free: %v", err)
	}
	next.Handle.Close()
}

func TestVacateFreesTheAddressAlsoWithoutDescriptors(t *testing.T) {
	for _, addr := range []driver.Addr{loopback, {Path: filepath.Join(t.TempDir(), "s")}} {
		r := newRig(t)
		ln, err := r.Bind(addr, driver.ListenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Handle.Close()
		allow := exhaust(t)
		ln.Handle.(driver.Vacater).Vacate()
		allow()
		next, err := r.Bind(ln.Local, driver.ListenOptions{})
		if err != nil {
			t.Fatalf("the address is not free: %v", err)
		}
		next.Handle.Close()
	}
}

func TestAcceptedOnAWildcardBearsTheAddressThatTheClientUsed(t *testing.T) {
	r := newRig(t)
	addr := r.listen(driver.Addr{AddrPort: addrPort("0.0.0.0:0")})
	want := driver.Addr{AddrPort: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), addr.Port())}
	r.Connect(clientID, want, driver.Addr{}, driver.Options{})
	r.until("it is accepted", r.told("accepted 0"))
	if got := r.accepted[0].Local; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPathTooLongIsEINVAL(t *testing.T) {
	r := newRig(t)
	_, err := r.Bind(driver.Addr{Path: "/tmp/" + strings.Repeat("x", 103)}, driver.ListenOptions{})
	if err != unix.EINVAL {
		t.Errorf("got %v, want EINVAL", err)
	}
}

func TestNameInAbstractSpaceLeavesNoFile(t *testing.T) {
	r := newRig(t)
	name := driver.Addr{Path: "@" + t.Name()}
	r.pair(name)
	if _, err := os.Lstat(name.Path); err == nil {
		t.Errorf("there is a file %s", name.Path)
	}
	ln, err := r.Bind(name, driver.ListenOptions{}) // the listener is closed
	if err != nil {
		t.Fatal(err)
	}
	if ln.Local != name {
		t.Errorf("got %v, want %v", ln.Local, name)
	}
	ln.Handle.Close()
}

func TestListenerRemovesItsFile(t *testing.T) {
	r := newRig(t)
	path := filepath.Join(t.TempDir(), "s")
	r.listen(driver.Addr{Path: path})
	r.Driver.Close(listenerID, false)
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("got %v, want no such file", err)
	}
}

func TestListenerLeavesTheFileOfASuccessor(t *testing.T) {
	r := newRig(t)
	path := filepath.Join(t.TempDir(), "s")
	r.listen(driver.Addr{Path: path})
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	successor, err := r.Bind(driver.Addr{Path: path}, driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer successor.Handle.Close()
	r.Driver.Close(listenerID, false)
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the successor's file: %v", err)
	}
}

func TestFileOfALostListenerIsInTheWay(t *testing.T) {
	r := newRig(t)
	path := filepath.Join(t.TempDir(), "s")
	lost, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	lost.SetUnlinkOnClose(false)
	lost.Close()
	if _, err := r.Bind(driver.Addr{Path: path}, driver.ListenOptions{}); err != unix.EADDRINUSE {
		t.Errorf("got %v, want EADDRINUSE", err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the file was touched: %v", err)
	}
}

func TestListenerThatEpollRefusesIsClosed(t *testing.T) {
	r := newRig(t)
	ln, err := r.Bind(loopback, driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	real := r.epoll
	r.epoll = -1
	if err := r.Serve(listenerID, ln); err != unix.EBADF {
		t.Errorf("got %v, want EBADF", err)
	}
	r.epoll = real
	ln, err = r.Bind(ln.Local, driver.ListenOptions{})
	if err != nil {
		t.Fatalf("the address is not free: %v", err)
	}
	ln.Handle.Close()
}
