// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package main

import "errors"

// lockFolder fails: a folder cannot be locked here.
func lockFolder(string) (unlock func(), err error) { return nil, errors.ErrUnsupported }
