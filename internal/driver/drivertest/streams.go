// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
)

func streams(t *testing.T, c Config) {
	for loops := 1; loops <= 2; loops++ {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("8 MiB arrive both ways in order, loops=%d seed=%d", loops, seed), func(t *testing.T) {
				const size = 8 << 20
				r := newRig(t, c, loops)
				random := rand.New(rand.NewPCG(seed, seed))
				a, b := r.pair()
				ends := []*stream{{socket: a, rest: pattern(size)}, {socket: b, rest: pattern(size)}}
				for _, end := range ends {
					end.receive(true)
				}
				r.until("both have ended", func() bool {
					for _, end := range ends {
						end.advance(random)
					}
					return a.ended && b.ended
				})
				same(t, a.data, pattern(size))
				same(t, b.data, pattern(size))
			})
		}
	}
}

// A stream is an end that sends and reads in pieces, with pauses.
type stream struct {
	*socket
	rest   []byte // not written yet
	pause  int    // turns until reading goes on
	ending bool
}

// advance does the next few things.
func (s *stream) advance(random *rand.Rand) {
	for range 4 {
		if !s.flushed() || len(s.rest) == 0 {
			break
		}
		n := min(len(s.rest), 1+random.IntN(1<<random.IntN(20)))
		s.write(s.rest[:n])
		s.rest = s.rest[n:]
	}
	if len(s.rest) == 0 && s.flushed() && !s.ending {
		s.ending = true
		s.shutdown()
	}
	switch {
	case s.pause > 0:
		if s.pause--; s.pause == 0 {
			s.receive(true)
		}
	case random.IntN(20) == 0:
		s.pause = 1 + random.IntN(5)
		s.receive(false)
	}
	if s.pause > 0 {
		s.loop.driver.Wake() // maybe nothing else happens
	}
}

// most is the largest number of bytes that a test sends.
var most = sync.OnceValue(func() []byte {
	p := make([]byte, flood)
	rand.NewChaCha8([32]byte{}).Read(p)
	return p
})

// pattern returns n bytes without repetitions.
func pattern(n int) []byte { return bytes.Clone(most()[:n]) }

// same fails the test unless got is want.
func same(t testing.TB, got, want []byte) {
	t.Helper()
	if g, w := sha256.Sum256(got), sha256.Sum256(want); g != w {
		t.Errorf("got %d bytes with SHA-256 %x, want %d with %x", len(got), g[:4], len(want), w[:4])
	}
}
