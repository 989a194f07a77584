// Copyright 2026 The duplex authors. MIT license.

package handover

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The tests of package servers hand listeners over to processes. These are about none.

func TestANameThatTheEnvironmentCannotHoldIsRefused(t *testing.T) {
	for name, want := range map[string]bool{"": true, "web 1": true, "a:b": false, "a\nb": false, "ü": false, "\x7f": false} {
		if err := CheckName(name); (err == nil) != want {
			t.Errorf("the name %q: %v, want it accepted: %v", name, err, want)
		}
	}
}

func TestTheListenersAreClosedIfNoSuccessorStarts(t *testing.T) {
	dir := t.TempDir()
	var gifts []Gift
	for _, name := range []string{"a", "b"} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		gifts = append(gifts, Gift{Name: name, File: f})
	}
	if err := Give(t.Context(), exec.Command(filepath.Join(dir, "nothing")), gifts); err == nil {
		t.Error("a successor that does not exist is ready")
	}
	for _, g := range gifts {
		if err := g.File.Close(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("the file of %s: %v, want it closed already", g.Name, err)
		}
	}
}
