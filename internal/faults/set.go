// Copyright 2026 The duplex authors. MIT license.

package faults

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// Errors of a Set.
var (
	ErrExists  = errors.New("toxic already exists")
	ErrMissing = errors.New("toxic not found")
)

// A Set holds the toxics of a proxy, in their order. Any goroutine may call its methods.
// Lines that exist follow a change when [Line.Follow] is called.
type Set struct {
	Seed uint64 // constant

	mu     sync.Mutex
	toxics []Toxic // is replaced as a whole
}

// All returns the toxics.
func (s *Set) All() []Toxic {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.toxics
}

// Get returns the toxic of a name.
func (s *Set) Get(name string) (Toxic, error) {
	all := s.All()
	if i := indexOf(all, name); i >= 0 {
		return all[i], nil
	}
	return Toxic{}, ErrMissing
}

// Add adds a toxic. One without a name is named for its kind and direction.
func (s *Set) Add(t Toxic) (Toxic, error) {
	if t.Name == "" {
		t.Name = defaultName(t.Kind, t.Direction)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if indexOf(s.toxics, t.Name) >= 0 {
		return t, ErrExists
	}
	s.toxics = append(slices.Clip(s.toxics), t)
	return t, nil
}

// Replace puts t in the place of the toxic of its name.
func (s *Set) Replace(t Toxic) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := indexOf(s.toxics, t.Name)
	if i < 0 {
		return ErrMissing
	}
	s.toxics = slices.Clone(s.toxics)
	s.toxics[i] = t
	return nil
}

// Remove removes the toxic of a name.
func (s *Set) Remove(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := indexOf(s.toxics, name)
	if i < 0 {
		return ErrMissing
	}
	s.toxics = slices.Delete(slices.Clone(s.toxics), i, i+1)
	return nil
}

// Clear removes all toxics.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.toxics = nil
}

func indexOf(toxics []Toxic, name string) int {
	return slices.IndexFunc(toxics, func(t Toxic) bool { return t.Name == name })
}

// Line returns a direction of the nth connection, which begins at the given time, or in
// which so many bytes have passed by then. It is nil if no toxic touches it.
func (s *Set) Line(nth int, d Direction, now time.Duration, passed int64) *Line {
	l := &Line{set: s, nth: nth, direction: d, taken: passed}
	if l.Follow(now); len(l.stages) == 0 {
		return nil
	}
	return l
}

// touching returns the toxics that touch a direction of the nth connection.
func (s *Set) touching(nth int, d Direction) (toxics []Toxic) {
	for _, t := range s.All() {
		if t.Direction == d && t.Probability > 0 && newLot(s.Seed, t.draw(), uint64(nth)).unit(0) < t.Probability {
			toxics = append(toxics, t)
		}
	}
	return toxics
}

func (t Toxic) draw() string {
	if t.Draw != "" {
		return t.Draw
	}
	return t.Name
}
