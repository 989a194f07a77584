// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"os"
	"strings"
	"testing"
)

// TestMain lets the test program play the servers, too.
func TestMain(m *testing.M) {
	if played, err := play(os.Args[1:]); played {
		fail(err)
		return
	}
	code := m.Run()
	clean()
	os.Exit(code)
}

func TestPartOfARunIsNotKept(t *testing.T) {
	for args, want := range map[string]bool{"": true, "-rounds 7": true, "-short": false, "-only idle": false, "-servers std": false} {
		_, keep, err := parse(strings.Fields(args))
		if err != nil || keep != want {
			t.Errorf("parse(%q): keep is %v (%v), want %v", args, keep, err, want)
		}
	}
	for _, args := range []string{"-only nonsense", "-servers nonsense", "nonsense", "-nonsense"} {
		if _, _, err := parse(strings.Fields(args)); err == nil || !strings.Contains(err.Error(), "hint: ") {
			t.Errorf("parse(%q): got %v, want an error with a hint", args, err)
		}
	}
}
