// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"context"
	"testing"

	"github.com/dop251/goja"
)

// inside runs f where it may use the Runtime's Buffers.
func inside(tb testing.TB, f func(r *Runtime)) {
	tb.Helper()
	r := new(Runtime)
	r.Modules = map[string]func(*goja.Runtime, *goja.Object){"test": func(*goja.Runtime, *goja.Object) { f(r) }}
	if code, err := r.RunString(context.Background(), "a.js", "require('test')"); err != nil || code != 0 {
		tb.Fatalf("code %d, %v", code, err)
	}
}

func BenchmarkNewBuffer(b *testing.B) {
	inside(b, func(r *Runtime) {
		p := make([]byte, 64)
		b.ReportAllocs()
		for b.Loop() {
			r.newBuffer(p)
		}
	})
}

func BenchmarkBytesOf(b *testing.B) {
	inside(b, func(r *Runtime) {
		v := r.newBuffer(make([]byte, 64))
		b.ReportAllocs()
		for b.Loop() {
			r.bytesOf(v)
		}
	})
}

func TestBytesOfEachView(t *testing.T) {
	inside(t, func(r *Runtime) {
		for source, want := range map[string][]byte{
			"Buffer.from([1, 2, 3]).subarray(1)":                {2, 3},
			"new Uint8Array([1, 2])":                            {1, 2},
			"new Uint16Array([1, 256]).subarray(1)":             {0, 1},
			"new DataView(new Uint8Array([1, 2, 3]).buffer, 2)": {3},
			"new Uint8Array([5, 6]).buffer":                     {5, 6},
			"new Float32Array(1)":                               {0, 0, 0, 0},
			"[1]":                                               nil,
			"({ length: 1 })":                                   nil,
			"'a'":                                               nil,
			"undefined":                                         nil,
		} {
			v, err := r.vm.RunString(source)
			if err != nil {
				t.Error(source, err)
				continue
			}
			if p, ok := r.bytesOf(v); ok != (want != nil) || !bytes.Equal(p, want) {
				t.Errorf("%s: %v, %v, want %v", source, p, ok, want)
			}
		}
		p := []byte("abc")
		v := r.newBuffer(p)
		if q, _ := r.bytesOf(v); &q[0] != &p[0] {
			t.Error("newBuffer copied its bytes")
		}
		if q, ok := r.encode(goja.StringFromUTF16([]uint16{0x20ac, 0xd800}), "UTF-8"); !ok || string(q) != "€\ufffd" {
			t.Errorf("encode: %q, %v", q, ok)
		}
	})
}
