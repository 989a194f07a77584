// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"net"
	"slices"
)

// try takes nothing: a send on Windows ends only when the system has finished it.
func (s *socket) try(bufs [][]byte) (n int, rest [][]byte, err error) {
	return 0, slices.Clone(bufs), nil
}

// write sends lent, which it consumes, and returns how many bytes the kernel took.
func (s *socket) write(lent *[][]byte) (n int, err error) {
	took, err := (*net.Buffers)(lent).WriteTo(s.conn)
	return int(took), err
}
