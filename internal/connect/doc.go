// Copyright 2026 The duplex authors. MIT license.

// Package connect holds the tests of how clients connect: the names and addresses that
// they are given, the attempts that race, and the errors that report what has failed.
package connect
