// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package main

import (
	"errors"
	"syscall"

	"github.com/duplex-go/duplex"
)

func setBuffers(syscall.RawConn, int, int) error { return errors.ErrUnsupported }
func kernelFacts(*duplex.Socket) facts           { return nil }
