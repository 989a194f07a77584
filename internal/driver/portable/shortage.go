// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"errors"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/sys"
)

// breath is how long a send waits after the system had no memory for it.
const breath = 10 * time.Millisecond

// passing reports whether an error is temporary.
func passing(err error) bool {
	err = sys.Errno(err)
	return errors.Is(err, syscall.ENOBUFS) || errors.Is(err, syscall.ENOMEM)
}

// persist calls send until it succeeds, or fails for another reason than want of memory.
// It returns how many bytes all calls have sent, and the error of the last.
func persist(send func() (int, error)) (n int, err error) {
	for {
		took, err := send()
		n += took
		if !passing(err) {
			return n, err
		}
		time.Sleep(breath)
	}
}
