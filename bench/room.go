// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"slices"
	"sync"
)

// A room is the connections that hear each other, for libraries that have none.
type room struct {
	mu      sync.Mutex
	members []io.Writer
}

func (r *room) join(c io.Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members = append(r.members, c)
}

func (r *room) leave(c io.Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members = slices.DeleteFunc(r.members, func(m io.Writer) bool { return m == c })
}

// write writes p to everyone. Who is gone is found out by its own reader.
func (r *room) write(p []byte) {
	r.mu.Lock()
	members := slices.Clone(r.members)
	r.mu.Unlock()
	for _, c := range members {
		_, _ = c.Write(p)
	}
}
