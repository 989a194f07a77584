// Copyright 2026 The duplex authors. MIT license.

package handover

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/sys"
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

// A predecessor that is not told waits for as long as this process lives.
func TestReadyTellsAPredecessorWhoseFilesAreNotUnderstood(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("NOT TESTED: no descriptor is passed on there")
	}
	for _, field := range []string{"x", "2", "99999", ""} {
		for _, asked := range []bool{true, false} {
			ready, end, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			inherited, err := sys.CopyOf(end.Fd(), "inherited")
			if err != nil {
				t.Fatal(err)
			}
			end.Close()
			t.Setenv(variable, strconv.Itoa(int(inherited.Fd()))+":"+field)
			predecessor = heritage{}
			if asked {
				if _, err := Inherited(); err == nil {
					t.Errorf("the field %q names a descriptor", field)
				}
			}
			if err := Ready(); (err == nil) != asked {
				t.Errorf("the field %q: Ready returned %v, after Inherited: %v", field, err, asked)
			}
			inherited.Close() // as Ready has, by its number
			ready.SetReadDeadline(time.Now().Add(5 * time.Second))
			if _, err := ready.Read(make([]byte, 1)); err != nil {
				t.Errorf("the field %q: the predecessor has %v, want a byte", field, err)
			}
			ready.Close()
		}
	}
}
