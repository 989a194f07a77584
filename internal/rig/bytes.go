// Copyright 2026 The duplex authors. MIT license.

package rig

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

// Pattern returns n bytes in which no two places look alike.
func Pattern(n int) []byte {
	p := make([]byte, n)
	x := uint32(2463534242)
	for i := range p {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		p[i] = byte(x)
	}
	return p
}

// Trickle writes text byte by byte, one each period.
func Trickle(s *duplex.Socket, text string, period time.Duration) {
	for i := range len(text) {
		io.WriteString(s, text[i:i+1])
		time.Sleep(period)
	}
}

// Echo is a Handler that answers with what it receives.
var Echo = &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}

// ExpectEcho sends a word and waits until it comes back.
func ExpectEcho(t *testing.T, c net.Conn) {
	t.Helper()
	c.SetDeadline(time.Now().Add(duplextest.Patience))
	got := make([]byte, 5)
	if _, err := c.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
		t.Fatalf("got %q, %v; want hello", got, err)
	}
}

// A Collector collects what a Handler receives.
type Collector struct {
	Got  []byte
	Done chan struct{} // closed when all has come

	n int
}

// NewCollector returns a Collector of n bytes.
func NewCollector(n int) *Collector { return &Collector{n: n, Done: make(chan struct{})} }

// Take is the OnData of a Handler.
func (c *Collector) Take(_ *duplex.Socket, p []byte) {
	c.Got = append(c.Got, p...)
	if len(c.Got) == c.n {
		close(c.Done)
	}
}
