// Copyright 2026 The duplex authors. MIT license.

package roomtest_test

import (
	"testing"

	"github.com/duplex-go/duplex/internal/testrun"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// TestMain fails if goroutines or descriptors are left behind.
func TestMain(m *testing.M) { testrun.Main(m) }

func TestNetwork(t *testing.T) {
	roomtest.TestBus(t, func(t *testing.T, names ...string) []room.Bus {
		network := new(roomtest.Network)
		var buses []room.Bus
		for _, name := range names {
			buses = append(buses, network.Bus(name))
		}
		return buses
	})
}
