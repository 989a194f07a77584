// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"golang.org/x/term"
)

// The rest of a paste that is too long for a line draws nothing. Before, each byte of a
// paste of 100 KB drew a line of 4 KB. Keys after it work.
func TestALongPasteIsCutShort(t *testing.T) {
	drawn := 0
	e := &editor{begun: true}
	e.columns.Store(80)
	e.term = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{readerOf(e.nextKeys), writerOf(func(p []byte) (int, error) {
		drawn += len(p)
		return len(p), nil
	})}, "")
	e.term.AutoCompleteCallback = e.insert
	for range 100 {
		if err := e.edit(bytes.Repeat([]byte("x"), 1<<10)); err != nil {
			t.Fatal(err)
		}
	}
	if drawn > 4<<20 {
		t.Errorf("%d bytes are drawn for a paste of 100 KiB", drawn)
	}
	if err := e.edit([]byte("\x7f\x7fyz\r")); err != nil {
		t.Fatal(err)
	}
	if got, want := string(e.lines), strings.Repeat("x", longest-2)+"yz\n"; got != want {
		t.Errorf("the line has %d bytes and ends with %q", len(got), got[max(0, len(got)-5):])
	}
}
