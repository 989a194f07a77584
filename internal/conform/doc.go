// Copyright 2026 The duplex authors. MIT license.

// Package conform holds the tests that compare duplex with Node.js, through the
// public API. What Node reported is recorded in testdata/order; where node is
// installed, the tests also run beside it. docs/node.md names them as its proof.
package conform
