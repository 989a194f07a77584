// Copyright 2026 The duplex authors. MIT license.

// Package drivertest is the suite that every driver passes: the contract of
// driver.Driver, sentence by sentence.
//
// Behind each of its tests stands a referee (see socket), which follows what a
// test has asked of a driver and fails it for an event that the contract does
// not allow: one for an ID that is not in use, one behind Closed, bytes of a
// connection that is stopped, Sent though nothing is lent.
package drivertest

import (
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

// A Config says what to test.
type Config struct {
	// New returns a driver for one more loop: a sibling of those returned
	// before. The suite stops it.
	New func(t testing.TB) driver.Driver

	// TriesAtOnce says that the driver reads and writes when the socket is ready:
	// Send takes what there is room for, and nothing is read once Receive has
	// stopped it. Other drivers have reads and sends under way.
	TriesAtOnce bool

	// Sockets says that connections are the kernel's: they have options and
	// descriptors, and the platform may be without IPv6.
	Sockets bool

	// Exhaust makes accepting fail with EMFILE until restore is called. Nil: the
	// suite lets the process run out of descriptors, where it knows how.
	Exhaust func(t testing.TB) (restore func())

	// Unix says that the driver can listen on a path.
	Unix bool
}

// Run tests the driver.
func Run(t *testing.T, c Config) {
	for _, chapter := range []struct {
		name string
		run  func(*testing.T, Config)
	}{
		{"Listening", listening},
		{"Taking", taking},
		{"Accepting", accepting},
		{"Connecting", connecting},
		{"Reading", reading},
		{"Sending", sending},
		{"Ending", ending},
		{"Closing", closing},
		{"Waiting", waiting},
		{"Telling", telling},
		{"Options", options},
		{"Splicing", splicing},
		{"Streams", streams},
		{"Storm", storm},
	} {
		t.Run(chapter.name, func(t *testing.T) { chapter.run(t, c) })
	}
}
