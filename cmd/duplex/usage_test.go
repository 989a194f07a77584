// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The help, which is written by hand, names every flag and no other.
func TestHelpNamesEveryFlag(t *testing.T) {
	flag := regexp.MustCompile(`(?m)^ +(?:-\w, |    )--([a-z-]+)`)
	for _, cmd := range newRoot().Commands() {
		var inHelp, inFact []string
		for _, m := range flag.FindAllStringSubmatch(usage[cmd.Name()], -1) {
			inHelp = append(inHelp, m[1])
		}
		for _, m := range flag.FindAllStringSubmatch(cmd.Flags().FlagUsages(), -1) {
			inFact = append(inFact, m[1])
		}
		slices.Sort(inHelp)
		slices.Sort(inFact)
		if !slices.Equal(inHelp, inFact) {
			t.Errorf("%s: help has %q, want %q", cmd.Name(), inHelp, inFact)
		}
		if usage[cmd.Name()] == "" {
			t.Errorf("%s: no help", cmd.Name())
		}
	}
}

func TestHelpFitsATerminal(t *testing.T) {
	for topic, text := range usage {
		if !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
			t.Errorf("%s: does not end in one line end", topic)
		}
		for line := range strings.Lines(text) {
			if utf8.RuneCountInString(line) > 81 || strings.Contains(line, "\t") {
				t.Errorf("%s: too long, or with tabs: %s", topic, line)
			}
		}
	}
}
