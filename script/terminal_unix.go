// Copyright 2026 The duplex authors. MIT license.

//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package script

import "golang.org/x/sys/unix"

// keepNewlines lets a raw terminal process its output: "\n" goes to the first column.
func keepNewlines(fd int) {
	mode, err := unix.IoctlGetTermios(fd, unix.TIOCGETA)
	if err != nil {
		return
	}
	mode.Oflag |= unix.OPOST | unix.ONLCR
	unix.IoctlSetTermios(fd, unix.TIOCSETA, mode)
}
