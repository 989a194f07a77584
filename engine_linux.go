// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/epoll"
)

// native are the drivers that only this platform has.
var native = map[string]maker{"epoll": newEpoll}

// fastest is epoll, which every Linux that Go runs on has.
func fastest() (string, maker, error) { return "epoll", newEpoll, nil }

func newEpoll() (driver.Driver, error) { return epoll.New() }
