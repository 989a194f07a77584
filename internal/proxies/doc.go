// Copyright 2026 The duplex authors. MIT license.

// Package proxies holds the tests of what proxies are made of: pipes, copies and the
// headers of the PROXY protocol.
package proxies
