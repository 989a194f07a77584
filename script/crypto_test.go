// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/duplex-go/duplex/script"
)

// TestNodeAndScriptsReadEachOthersKeysAndSignatures has testdata/sealed.js make them
// at random, by duplex and by node, and has each read those of both.
func TestNodeAndScriptsReadEachOthersKeysAndSignatures(t *testing.T) {
	node := findNode(t)
	if !node.there() {
		t.Skip("there is no node to read them")
	}
	both := []command{{"duplex", []string{buildRunner(t)}}, node}
	file := filepath.Join("testdata", "sealed.js")
	play := func(t *testing.T, c command, input []byte, mode string) []byte {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), c.line[0], append(c.line[1:len(c.line):len(c.line)], file, mode)...)
		cmd.Env = environment()
		cmd.Stdin = bytes.NewReader(input)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", c.name, mode, err, out)
		}
		return out
	}
	want := play(t, node, play(t, node, nil, "make"), "check")
	for _, maker := range both {
		made := play(t, maker, nil, "make")
		for _, reader := range both {
			t.Run(reader.name+" reads of "+maker.name, func(t *testing.T) {
				if got := play(t, reader, made, "check"); !bytes.Equal(got, want) {
					t.Error(differences("node of node", string(want), reader.name+" of "+maker.name, string(got)))
				}
			})
		}
	}
}

// A script that computes without end ends with its context all the same.
func TestLongComputationEndsWithTheContext(t *testing.T) {
	for name, code := range map[string]string{
		"on the loop": "pbkdf2Sync('pw', 'salt', 2 ** 31 - 1, 64, 'sha512')",
		"on a worker": "pbkdf2('pw', 'salt', 2 ** 31 - 1, 64, 'sha512', () => {})",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r := &script.Runtime{Modules: map[string]func(*goja.Runtime, *goja.Object){
				"begun": func(_ *goja.Runtime, exports *goja.Object) {
					exports.Set("now", func() { time.AfterFunc(50*time.Millisecond, cancel) })
				},
			}}
			ended := make(chan error, 1)
			go func() {
				_, err := r.RunString(ctx, "long.js", "const { pbkdf2, pbkdf2Sync } = require('crypto'); require('begun').now(); "+code)
				ended <- err
			}()
			select {
			case err := <-ended:
				if !errors.Is(err, context.Canceled) {
					t.Errorf("got %v, want %v", err, context.Canceled)
				}
			case <-time.After(patience):
				t.Fatal("the script does not end")
			}
		})
	}
}
