// Copyright 2026 The duplex authors. MIT license.

package loop

import (
	"bytes"
	"runtime"
	"strconv"
)

// Goroutine returns the number of the calling goroutine, as stack traces show it
// ("goroutine 18 [running]:"). The runtime hides the number from programs on purpose.
// Here it answers only one question, whether the caller is the loop itself, and only if
// an order or a deadlock depends on the answer.
func Goroutine() uint64 {
	var buf [64]byte
	line := buf[:runtime.Stack(buf[:], false)]
	line = bytes.TrimPrefix(line, []byte("goroutine "))
	number, _, _ := bytes.Cut(line, []byte(" "))
	id, _ := strconv.ParseUint(string(number), 10, 64)
	return id
}
