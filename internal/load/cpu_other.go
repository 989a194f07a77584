// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package load

import "time"

func cpuTime() (time.Duration, bool) { return 0, false }
