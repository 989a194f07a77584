// Copyright 2026 The duplex authors. MIT license.

package script

import "golang.org/x/sys/unix"

// keepNewlines lets a raw terminal process its output: "\n" goes to the first column.
func keepNewlines(fd int) {
	mode, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return
	}
	mode.Oflag |= unix.OPOST | unix.ONLCR
	unix.IoctlSetTermios(fd, unix.TCSETS, mode)
}
