// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"io/fs"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/duplex-go/duplex/internal/sys"
)

// A handle is a listener of package net. Its holder closes it; the driver holds a handle
// that it serves.
type handle struct {
	net.Listener
	path   string                      // of a Unix socket
	file   atomic.Pointer[fs.FileInfo] // the file that closing removes; nil for none
	shared atomic.Bool                 // another process may have the description, and make it blocking
}

// newPathHandle returns the handle of ln, which has just been bound to path. Package net
// would remove the file by its name, even if the name belongs to another file by now.
func newPathHandle(ln *net.UnixListener, path string) *handle {
	h := &handle{Listener: ln, path: path}
	if h.Own(true) {
		ln.SetUnlinkOnClose(false)
	}
	return h
}

// Own makes Close remove the file of a Unix socket, as it is now, or leave it. It reports
// whether Close removes a file. Any goroutine may call it.
func (h *handle) Own(on bool) bool {
	h.file.Store(nil)
	if !on || h.path == "" || strings.HasPrefix(h.path, "@") { // Linux's abstract space
		return false
	}
	file, err := os.Lstat(h.path)
	if err != nil {
		return false
	}
	h.file.Store(&file)
	return true
}

// Owns reports whether Close removes a file. Any goroutine may call it.
func (h *handle) Owns() bool { return h.file.Load() != nil }

// Close closes the socket, and removes the file that it owns, unless there is another
// under its name by now. The order matters: while the socket is open, no other file can
// have the number of its inode.
func (h *handle) Close() error {
	if file := h.file.Swap(nil); file != nil {
		if now, err := os.Lstat(h.path); err == nil && os.SameFile(*file, now) {
			_ = os.Remove(h.path)
		}
	}
	return h.Listener.Close()
}

// Vacate implements driver.Vacater. An Accept that another process has made block would hold
// it up.
func (h *handle) Vacate() {
	if !h.shared.Load() {
		_ = h.Close()
	}
}

// SyscallConn implements syscall.Conn.
func (h *handle) SyscallConn() (syscall.RawConn, error) {
	return h.Listener.(syscall.Conn).SyscallConn()
}

// File returns a copy of the descriptor, for another process. Any goroutine may call it.
func (h *handle) File() (*os.File, error) {
	raw, err := h.SyscallConn()
	if err != nil {
		return nil, err
	}
	h.shared.Store(true)
	return sys.Copy(raw, h.Addr().String())
}
