// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"golang.org/x/sys/unix"
)

// tcpInfo returns what the kernel tells of the socket that has the addresses, or,
// if remote is the zero AddrPort, of the listener.
func tcpInfo(t *testing.T, local, remote netip.AddrPort) *unix.TCPInfo {
	t.Helper()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		fd, _ := strconv.Atoi(file.Name())
		if own, err := unix.Getsockname(fd); err != nil || addrPort(own) != local {
			continue
		}
		if peer, _ := unix.Getpeername(fd); addrPort(peer) != remote {
			continue
		}
		info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	t.Fatalf("no descriptor goes from %v to %v", local, remote)
	return nil
}

func TestTheBacklogIs511UnlessAskedOtherwise(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		if onMemory(e) {
			t.Skip("there is no kernel to ask; TestConnectWaitsForRoomInTheBacklog is memory's own")
		}
		for asked, want := range map[int]uint32{0: 511, 7: 7} {
			srv := &duplex.Server{Engine: e, Backlog: asked}
			if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
				t.Fatal(err)
			}
			info := tcpInfo(t, srv.Addr().(*net.TCPAddr).AddrPort(), netip.AddrPort{})
			if got := info.Sacked; got != want { // of a listener it is the backlog
				t.Errorf("Backlog %d: the kernel has %d, want %d", asked, got, want)
			}
		}
	})
}

// TestWritesOfATurnAreOneSegment is why TCP_NODELAY can be on.
func TestWritesOfATurnAreOneSegment(t *testing.T) {
	run(t, func(t *testing.T, e *duplex.Engine) {
		if onMemory(e) {
			t.Skip("memory has no segments")
		}
		a, b := duplextest.Pipe(t, e)
		segments := func() uint32 { return tcpInfo(t, a.LocalAddrPort(), a.RemoteAddrPort()).Data_segs_out }
		before := segments()
		a.Post(func() {
			for range 10 {
				a.WriteString("ten times ")
			}
		})
		b.Expect(t, "data: "+strings.Repeat("ten times ", 10))
		if sent := segments() - before; sent != 1 {
			t.Errorf("ten writes were %d segments, want 1", sent)
		}
	})
}
