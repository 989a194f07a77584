// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"strings"
	"testing"

	"github.com/duplex-go/duplex/internal/faults"
	"github.com/duplex-go/duplex/internal/load"
)

// What completion offers is what the flags take, as far as its example says.
func TestSuggestedValuesAreTaken(t *testing.T) {
	for flag, takes := range map[string]func(string) error{
		"toxic":     func(text string) error { _, err := faults.Parse(text, 1); return err },
		"threshold": func(text string) error { _, err := load.ParseThreshold(text); return err },
		"until":     func(text string) error { _, err := parseUntil(text, true, false); return err },
		"payload":   func(text string) error { _, err := parsePayload(text); return err },
	} {
		words, _ := suggestions[flag]("")
		if len(words) < 2 {
			t.Errorf("--%s: %d words", flag, len(words))
		}
		for _, word := range words {
			begin, meaning, _ := strings.Cut(word, "\t")
			_, example, found := strings.Cut(meaning, "as in ")
			if !found {
				continue
			}
			if err := takes(example); err != nil || !strings.HasPrefix(example, begin) {
				t.Errorf("--%s: %s has the example %s: %v", flag, begin, example, err)
			}
		}
	}
}
