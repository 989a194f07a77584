// Copyright 2026 The duplex authors. MIT license.

// Package endurance holds tests of what is promised about long times, large crowds and
// bad links: memory, latency, CPU time, and that nothing is left. Each test has a short
// form, which asserts shapes and wide bounds, and a long one behind a flag. Where the
// figures of a server count, the server is a process of its own.
package endurance
