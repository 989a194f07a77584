// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
	"golang.org/x/sys/unix"
)

// noSocket is the data of events that belong to no socket.
const noSocket = ^uint64(0)

// A Driver is an epoll instance and the sockets of one loop.
type Driver struct {
	epoll  int             // constant
	parker syscall.RawConn // the same descriptor, as the Go runtime's poller sees it
	file   *os.File        // its owner
	slots  table

	// Owned by the loop.
	listeners map[driver.ID]*listener
	notes     notes
	events    [256]unix.EpollEvent
	input     []byte             // the buffer of recv; see inputSize
	take      func(uintptr) bool // asks epoll; its results are the next two
	taken     int
	takeErr   error
	left      []unix.EpollEvent // those of events that are not dispatched yet
	moved     int               // bytes received and spliced since Wait began
	alarmed   bool              // a deadline of file is set
	pipe      sys.Pipe          // of Splice; empty between two calls, so one serves all sockets
	rest      []byte            // the bytes that did not get out of pipe, and as long as pipe; nil while there is no pipe

	woken  atomic.Bool // Wake was called since epoll was last asked
	rested atomic.Bool // the sends in scarce have waited long enough

	mu     sync.Mutex  // also guards fields of slot
	alarm  int         // eventfd that Wake writes to
	scarce []driver.ID // sockets for whose sends the kernel had no memory
}

// inputSize is the most bytes that one recv takes. The buffer is an allocation of its own,
// so it begins with a page. The kernel copies into it faster than into an array between
// other fields, which may begin anywhere: a MiB takes 98 us of recv instead of 106 (medians
// of 41 alternating runs in C, offset 0 against 8 to 104; a whole cache line is as good).
const inputSize = 64 << 10

var _ driver.Driver = (*Driver)(nil)

// New returns a driver without sockets.
func New() (*Driver, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	// The runtime's poller takes only non-blocking descriptors; epoll itself takes any.
	if err := unix.SetNonblock(epoll, true); err != nil {
		_ = unix.Close(epoll)
		return nil, err
	}
	alarm, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		_ = unix.Close(epoll)
		return nil, err
	}
	d := &Driver{
		epoll:     epoll,
		alarm:     alarm,
		file:      os.NewFile(uintptr(epoll), "epoll"),
		input:     make([]byte, inputSize),
		listeners: make(map[driver.ID]*listener),
	}
	d.take = d.takeEvents
	d.slots.pages.Store(new([]*page))
	// The alarm is edge-triggered: each write is reported once. Its counter, which would
	// take centuries to fill, need not be read.
	err = sys.EpollCtl(epoll, unix.EPOLL_CTL_ADD, sys.Socket(alarm), unix.EPOLLIN|unix.EPOLLET, noSocket)
	if err == nil {
		d.parker, err = d.file.SyscallConn()
	}
	if err != nil {
		_ = d.Stop()
		return nil, err
	}
	return d, nil
}

// Stop closes the epoll instance. Wake may still be called.
func (d *Driver) Stop() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := errors.Join(unix.Close(d.alarm), d.file.Close())
	d.alarm = -1
	if d.rest != nil {
		err = errors.Join(err, d.pipe.Close())
	}
	return err
}
