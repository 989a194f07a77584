// Copyright 2026 The duplex authors. MIT license.

// Package drivertest is the suite that every driver passes: the contract of
// driver.Driver, sentence by sentence.
//
// Each test has a referee (see socket). It follows the calls of the test and fails the test
// for an event that the contract does not allow: an event for an ID that is not in use, an
// event after Closed, bytes of a stopped connection, Sent though nothing is lent.
package drivertest

import (
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

// A Config describes the driver to test.
type Config struct {
	// New returns a driver for one more loop: a sibling of the drivers returned before.
	// The suite stops it.
	New func(t testing.TB) driver.Driver

	// TriesAtOnce means that the driver reads and writes when the socket is ready: Send
	// takes all bytes that there is room for, and nothing is read once Receive has
	// stopped reading. Other drivers have reads and sends under way.
	TriesAtOnce bool

	// Sockets means that connections are the kernel's: they have options and
	// descriptors, and the platform may be without IPv6.
	Sockets bool

	// Exhaust makes accepting fail with EMFILE until restore is called. If it is nil, the
	// suite makes the process run out of descriptors, on systems where it can.
	Exhaust func(t testing.TB) (restore func())

	// Unix means that the driver can listen on a path.
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
		{"Releasing", releasing},
		{"Waiting", waiting},
		{"Telling", telling},
		{"Probing", probing},
		{"Options", options},
		{"Splicing", splicing},
		{"Sharing", sharing},
		{"Streams", streams},
		{"Storm", storm},
	} {
		t.Run(chapter.name, func(t *testing.T) { chapter.run(t, c) })
	}
}
