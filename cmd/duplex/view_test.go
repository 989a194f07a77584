// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"encoding/hex"
	"net"
	"strings"
	"testing"
	"time"
)

// A dump of a stream is the same lines however it is cut, if it is cut at lines.
func TestDumpGoesOnWhereItWas(t *testing.T) {
	stream := make([]byte, 300)
	for i := range stream {
		stream[i] = byte(i)
	}
	whole := appendDump(nil, stream, 0)
	cut := appendDump(nil, stream[:160], 0)
	cut = appendDump(cut, stream[160:], 160)
	if !bytes.Equal(cut, whole) {
		t.Errorf("cut:\n%s\nwant:\n%s", cut, whole)
	}
	if want := hex.Dump(stream); string(whole) != want {
		t.Errorf("dump:\n%s\nwant:\n%s", whole, want)
	}
}

func TestXXD(t *testing.T) {
	got := string(appendXXD(nil, []byte("HelloWorld!!! and a\n"), 0x100))
	want := "00000100: 4865 6c6c 6f57 6f72 6c64 2121 2120 616e  HelloWorld!!! an\n" +
		"00000110: 6420 610a                                d a.\n"
	if got != want {
		t.Errorf("xxd:\n%s\nwant:\n%s", got, want)
	}
}

// Text that is shown alone is the same however it is cut, and what is no character
// is not lost.
func TestTextGoesOnWhereItWas(t *testing.T) {
	const text, want = "é汉😀\xff\xe6\xb1x\xf0\x9f", `é汉😀\xff\xe6\xb1x\xf0\x9f`
	for size := 1; size <= len(text); size++ {
		var shown bytes.Buffer
		p := &printer{outbox: newOutbox(&shown), view: viewNamed("utf8")}
		for at := 0; at < len(text); at += size {
			p.emit(event{name: "data", data: []byte(text[at:min(at+size, len(text))])})
		}
		p.emit(event{name: "close"})
		if p.flush(); shown.String() != want {
			t.Errorf("in pieces of %d: %s, want %s", size, shown.String(), want)
		}
	}
}

func TestLongDataIsCutOnTerminals(t *testing.T) {
	p := &printer{view: viewNamed("utf8"), most: 5}
	got := string(p.appendText(nil, event{name: "data", id: 1, data: []byte("abcdé and more")}))
	if want := "data       15 B \"abcd\" … 11 more bytes (--full)\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.view = viewNamed("dump")
	got = string(p.appendText(nil, event{name: "data", id: 1, data: []byte("abcdefgh")}))
	if want := "\n  … 3 more bytes (--full)\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got %q, want it to end in %q", got, want)
	}
	p.most = 0
	got = string(p.appendText(nil, event{name: "data", id: 1, data: []byte("abcdefgh")}))
	if strings.Contains(got, "more") {
		t.Errorf("got %q, want all of it", got)
	}
}

// The name of a Unix socket is the peer's choice.
func TestAddressesAreHarmless(t *testing.T) {
	got := shown(&net.UnixAddr{Name: "/tmp/\x1b[2J\n", Net: "unix"})
	if want := `unix:/tmp/\x1b[2J\n`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestClock(t *testing.T) {
	for _, c := range []struct{ form, want string }{
		{"rel", `^ +\d+\.\d{6} end\n$`},
		{"abs", `^\d\d:\d\d:\d\d\.\d{6} end\n$`},
		{"unix", `^\d{10}\.\d{6} end\n$`},
		{"", `^end\n$`},
	} {
		p := &printer{clock: clock{c.form, time.Now()}}
		if got := string(p.appendText(nil, event{name: "end", id: 1})); !matches(c.want, got) {
			t.Errorf("--time=%s: %q, want %s", c.form, got, c.want)
		}
	}
}
