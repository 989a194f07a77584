// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package endurance_test

import "syscall"

// shortBuffers is the Control of a listener whose connections, which inherit it, have little
// room for what they send. By default the kernel takes megabytes of each. For a thousand
// sockets that is more than Linux allows to all of TCP, and makes every connection slow.
func shortBuffers(_, _ string, c syscall.RawConn) (err error) {
	failed := c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDBUF, 64<<10) })
	if failed != nil {
		return failed
	}
	return err
}
