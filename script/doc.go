// Copyright 2026 The duplex authors. MIT license.

// Package script runs JavaScript written for Node.js on a duplex event loop.
package script
