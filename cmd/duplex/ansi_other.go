// Copyright 2026 The duplex authors. MIT license.

//go:build !windows

package main

import "os"

// understandsANSI returns true: every terminal does.
func understandsANSI(*os.File) bool { return true }
