// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/duplex-go/duplex/script"
)

func TestOrderOfTurns(t *testing.T) {
	var out bytes.Buffer
	r := &script.Runtime{Stdout: &out, Stderr: &out}
	code, err := r.RunString(context.Background(), "a.js", `
		Promise.resolve().then(() => { console.log('job'); process.nextTick(() => console.log('tick of job')); });
		process.nextTick(() => { console.log('tick'); Promise.resolve().then(() => console.log('job of tick')); });
		setTimeout(() => console.log('timer'), 2);
		process.on('exit', (code) => console.log('exit', code));
		console.log('main');
	`)
	if err != nil || code != 0 {
		t.Fatalf("code %d, %v", code, err)
	}
	if got, want := out.String(), "main\ntick\njob\njob of tick\ntick of job\ntimer\nexit 0\n"; got != want {
		t.Errorf("got %s want %s", got, want)
	}
}
