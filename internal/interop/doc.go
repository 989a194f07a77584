// Copyright 2026 The duplex authors. MIT license.

// Package interop holds conversations with foreign software: packages of npm, redis,
// PostgreSQL, NATS, HAProxy, OpenSSL, TLS of node, the client of Toxiproxy, Prometheus, and comparisons
// with Go packages. It has only tests, and is a module of its own because they need
// programs that bash .ci/setup installs:
//
//	bash .ci/run interop          all of them, as CI does
//	GOWORK=off go test ./...      inside internal/interop/
//
// A test skips, and names what is missing, where its program is not installed. Where the
// environment variable CI is set, it fails instead.
package interop
