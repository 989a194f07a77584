// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package script

import (
	"errors"
	"os"
)

// duplicate fails: a socket has no descriptor here.
func duplicate(int) (*os.File, error) { return nil, errors.ErrUnsupported }

func closeDescriptor(int) {}

func listens(int) bool { return false }
