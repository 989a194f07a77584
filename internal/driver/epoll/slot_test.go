// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package epoll

import (
	"reflect"
	"testing"

	"github.com/duplex-go/duplex/internal/driver"
)

func TestSlotTakes12Bytes(t *testing.T) {
	if got := reflect.TypeFor[slot]().Size(); got > 12 {
		t.Errorf("got %d", got)
	}
}

func TestSlotsStayWhereTheyAre(t *testing.T) {
	table := &newRig(t).slots
	first := table.take(driver.MakeID(0, 0), -1, open)
	table.take(driver.MakeID(5*perPage, 0), -1, open)
	if table.at(driver.MakeID(0, 0)) != first {
		t.Error("the first slot has moved")
	}
}

func TestSlotOfALaterGenerationIsNotFound(t *testing.T) {
	table := &newRig(t).slots
	table.take(driver.MakeID(3, 8), -1, open)
	if table.find(driver.MakeID(3, 7)) != nil || table.find(driver.MakeID(3, 8)) == nil {
		t.Error("want the slot of generation 8, and of no other")
	}
}
