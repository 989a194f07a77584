// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Every flag and every verb has its place in the manual pages, and what reads such pages
// has nothing against them.
func TestManualPages(t *testing.T) {
	dir := t.TempDir()
	output(t, "duplex", "man", dir)
	for _, cmd := range newRoot().Commands() {
		if cmd.Hidden || cmd.Name() == "help" {
			continue
		}
		page, err := os.ReadFile(filepath.Join(dir, manName(cmd.Name())))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, f := range readFlags(usage[cmd.Name()]) {
			if !strings.Contains(string(page), "\n.B "+roff.Replace(f.name)+"\n") {
				t.Errorf("%s: the page lacks %s", cmd.Name(), f.name)
			}
		}
	}
	pages, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(pages) != len(usage)-2 {
		t.Errorf("%d pages for %d verbs and topics", len(pages), len(usage)-2)
	}
	for _, reader := range [][]string{
		{"mandoc", "-T", "lint", "-W", "warning"},
		{"groff", "-man", "-Tutf8", "-ww", "-k"},
		{"man", "-l", "--warnings=w"},
	} {
		if _, err := exec.LookPath(reader[0]); err != nil {
			t.Logf("not read by %s, which is not there", reader[0])
			continue
		}
		read := pages
		if reader[0] == "man" {
			read = read[:1] // it calls groff, and is slow
		}
		for _, page := range read {
			out, err := exec.Command(reader[0], append(reader[1:], page)...).CombinedOutput()
			if err != nil || strings.Contains(string(out), "warning") || strings.Contains(string(out), "WARNING") {
				t.Errorf("%s %s: %v\n%s", reader[0], filepath.Base(page), err, out)
			}
		}
	}
}
