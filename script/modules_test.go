// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/duplex-go/duplex/script"
)

// runText runs a script as a host does, and returns all that it printed.
func runText(t *testing.T, r *script.Runtime, source string) (printed string, code int) {
	t.Helper()
	var out bytes.Buffer
	r.Stdout, r.Stderr = &out, &out
	code, err := r.RunString(t.Context(), filepath.Join(t.TempDir(), "main.js"), source)
	if err != nil {
		t.Fatal(err)
	}
	return out.String(), code
}

func TestHostModules(t *testing.T) {
	made := 0
	r := &script.Runtime{Modules: map[string]func(*goja.Runtime, *goja.Object){
		"host": func(vm *goja.Runtime, exports *goja.Object) {
			made++
			exports.Set("add", func(a, b int) int { return a + b })
		},
		"net": func(vm *goja.Runtime, exports *goja.Object) { exports.Set("mine", true) },
	}}
	const source = `
		console.log(require('host').add(1, 2), require('host') === require('host'));
		console.log(require('net').mine);
	`
	if got, _ := runText(t, r, source); got != "3 true\ntrue\n" {
		t.Errorf("printed %q", got)
	}
	if made != 1 {
		t.Errorf("the module was made %d times", made)
	}
}

func TestFilesThatAreNotGranted(t *testing.T) {
	folder := t.TempDir()
	open, secret := filepath.Join(folder, "open.js"), filepath.Join(folder, "secret.js")
	for _, file := range []string{open, secret} {
		if err := os.WriteFile(file, []byte("module.exports = __filename;"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	source := `
		for (const file of [` + "`" + open + "`, `" + secret + "`" + `]) {
			try {
				console.log(require(file).slice(-7));
			} catch (error) {
				console.log(error.code);
			}
		}
	`
	tests := []struct {
		name  string
		files func(op, path string) error
		want  string
	}{
		{"none", nil, "MODULE_NOT_FOUND\nMODULE_NOT_FOUND\n"},
		{"all", script.Allow, "open.js\ncret.js\n"},
		{"some", func(op, path string) error {
			if strings.Contains(path, "secret") {
				return errors.New("no")
			}
			return nil
		}, "open.js\nMODULE_NOT_FOUND\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, _ := runText(t, &script.Runtime{Files: test.files}, source); got != test.want {
				t.Errorf("printed %q, want %q", got, test.want)
			}
		})
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := new(script.Runtime).RunString(ctx, "main.js", "for (;;);")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
}

func TestOneScriptPerRuntime(t *testing.T) {
	r := new(script.Runtime)
	if _, code := runText(t, r, "process.exitCode = 3"); code != 3 {
		t.Errorf("code is %d", code)
	}
	if _, err := r.RunString(t.Context(), "main.js", ""); !errors.Is(err, script.ErrUsed) {
		t.Errorf("error of the second is %v", err)
	}
}

// A module of ECMAScript needs no file either.
func TestModuleSyntaxInText(t *testing.T) {
	const source = `
		import { EventEmitter } from 'events';
		const { default: events } = await import('node:events');
		console.log(EventEmitter === events, import.meta.filename.endsWith('main.js'), typeof require);
	`
	if got, _ := runText(t, new(script.Runtime), source); got != "true true undefined\n" {
		t.Errorf("printed %q", got)
	}
}

// Node has no such line, so it is held here.
func TestUseOfAModuleThatDuplexDoesNotHave(t *testing.T) {
	tests := []struct{ use, want string }{
		{"new (require('https').Server)()", "duplex has no https, so new https.Server() does not work; run the script with node"},
		{"require('zlib').gzipSync('x')", "duplex has no zlib, so zlib.gzipSync() does not work; leave compression off, or run the script with node"},
		{"new (require('http').Agent)().createConnection()", "duplex has no http, so http.Agent.prototype.createConnection() does not work; use net, or run the script with node"},
		{"require('dgram').createSocket('udp4')", "duplex has no dgram, so dgram.createSocket() does not work; use TCP (net), or run the script with node"},
		{"require('vm').runInNewContext('1')", "duplex has no vm contexts, so vm.runInNewContext() does not work; use runInThisContext, or run the script with node"},
	}
	for _, test := range tests {
		source := "try { " + test.use + " } catch (error) { console.log(error.code, error.message) }"
		if got, _ := runText(t, new(script.Runtime), source); got != "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM "+test.want+"\n" {
			t.Errorf("%s: printed %q", test.use, got)
		}
	}
}
