// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// The shell that comes after would show nothing of what is typed.
func TestASignalLeavesNoRawTerminal(t *testing.T) {
	for _, c := range []command{findNode(t), {"duplex", []string{buildRunner(t)}}} {
		if !c.there() {
			continue // findNode has said so
		}
		for _, s := range []syscall.Signal{unix.SIGTERM, unix.SIGINT} {
			screen := c.onScreen(t, "raw-and-ended.js")
			screen.until(t, 0, "raw")
			shows := func() bool {
				state, err := unix.IoctlGetTermios(int(screen.keys.Fd()), unix.TCGETS)
				if err != nil {
					t.Fatal(err)
				}
				return state.Lflag&unix.ECHO != 0
			}
			if shows() {
				t.Errorf("%s: the terminal is not raw", c.name)
			}
			pid, err := unix.IoctlGetInt(int(screen.keys.Fd()), unix.TIOCGPGRP)
			if err != nil {
				t.Fatal(err)
			}
			if err := unix.Kill(pid, s); err != nil {
				t.Fatal(err)
			}
			screen.until(t, 0, "")
			if !shows() {
				t.Errorf("%s: after %v the terminal is raw", c.name, s)
			}
		}
	}
}
