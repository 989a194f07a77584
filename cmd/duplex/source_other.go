// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package main

import (
	"os"
	"time"
)

// A readiness is what ended a wait for bytes.
type readiness uint8

const (
	readable readiness = iota // bytes, the end or an error can be read
	timedOut
	rung
)

// A bell interrupts the goroutine that waits for bytes.
type bell struct{ rung chan struct{} }

func newBell() *bell { return &bell{make(chan struct{}, 1)} }

func (b *bell) ring() {
	select {
	case b.rung <- struct{}{}:
	default:
	}
}

// A source is a file that is read by a goroutine of its own, since no read can be
// interrupted here. What that reads after the input has ended is lost.
type source struct {
	*os.File
	bell    *bell
	results chan result
	reading bool   // a result is to come
	ready   result // not yet returned by Read
	is      bool   // ready is set
}

type result struct {
	p   []byte
	err error
}

func newSource(f *os.File, b *bell) *source {
	return &source{File: f, bell: b, results: make(chan result, 1)}
}

// await waits for bytes; a negative timeout is none.
func (s *source) await(timeout time.Duration) readiness {
	if s.is {
		return readable
	}
	if !s.reading {
		s.reading = true
		go func() { // until the read returns, or the process ends
			p := make([]byte, 32<<10)
			n, err := s.File.Read(p)
			s.results <- result{p[:n], err}
		}()
	}
	var over <-chan time.Time
	if timeout >= 0 {
		over = time.After(timeout)
	}
	select {
	case s.ready = <-s.results:
		s.reading, s.is = false, true
		return readable
	case <-s.bell.rung:
		return rung
	case <-over:
		return timedOut
	}
}

// Read returns what await waited for.
func (s *source) Read(p []byte) (int, error) {
	n := copy(p, s.ready.p)
	if s.ready.p = s.ready.p[n:]; len(s.ready.p) > 0 {
		return n, nil
	}
	s.is = false
	return n, s.ready.err
}
