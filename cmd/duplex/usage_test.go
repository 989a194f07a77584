// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"maps"
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

// A shell offers files for the flags whose value is a FILE in the help, and for no others.
func TestFilesAreCompletedWhereHelpSaysFile(t *testing.T) {
	var inHelp []string
	for _, m := range regexp.MustCompile(`--([a-z0-9-]+) FILE\b`).FindAllStringSubmatch(strings.Join(slices.Collect(maps.Values(usage)), ""), -1) {
		inHelp = append(inHelp, m[1])
	}
	slices.Sort(inHelp)
	if inHelp, inFact := slices.Compact(inHelp), slices.Sorted(slices.Values(fileFlags)); !slices.Equal(inHelp, inFact) {
		t.Errorf("help has %q, and files are offered for %q", inHelp, inFact)
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
