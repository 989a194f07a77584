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

// A stream that is cut at the lines of its dump has the same dump as the whole.
func TestDumpContinuesAcrossPieces(t *testing.T) {
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

// pieces prints text in pieces of some size, as the data of one peer, and what end
// adds.
func (p *printer) pieces(peer *peer, text string, size int, end string) {
	for at := 0; at < len(text); at += size {
		p.emit(event{name: "data", id: peer.id, peer: peer, data: []byte(text[at:min(at+size, len(text))])})
	}
	p.emit(event{name: end, id: peer.id, peer: peer})
}

// Text that is shown alone is the same however the network cuts it. Bytes that are
// no character are escaped, and an unfinished character is U+FFFD.
func TestTextContinuesAcrossPieces(t *testing.T) {
	const text, want = "é汉😀\xff\xe6\xb1x\xf0\x9f", `é汉😀\xff\xe6\xb1x` + "\ufffd"
	for size := 1; size <= len(text); size++ {
		for _, end := range []string{"end", "error", "close"} {
			var shown bytes.Buffer
			p := &printer{outbox: newOutbox(&shown), view: viewNamed("utf8")}
			p.pieces(&peer{id: 1}, text, size, end)
			if p.flush(); shown.String() != want {
				t.Errorf("in pieces of %d before %s: %s, want %s", size, end, shown.String(), want)
			}
		}
	}
}

// An event line shows whole characters, and counts the bytes that it shows. The
// pieces of two peers are not mixed, nor those of the two directions.
func TestEventsShowWholeCharacters(t *testing.T) {
	one, two := &peer{id: 1}, &peer{id: 2}
	var shown bytes.Buffer
	p := &printer{outbox: newOutbox(&shown), events: true, verbose: true, view: viewNamed("utf8"), ids: true}
	for _, e := range []struct {
		name string
		peer *peer
		data string
	}{
		{"data", one, "a\xe4"},
		{"data", two, "\xf0\x9f"},
		{"write", one, "\xe4\xb8"},
		{"data", one, "\xb8"},
		{"data", two, "\x98\x80b"},
		{"data", one, "\xad\xe4\xb8"},
		{"write", one, "\xad!"},
		{"data", two, "\xe4A"},
		{"write", two, "\xc3"},
		{"end", one, ""},
		{"close", one, ""},
		{"close", two, ""},
	} {
		p.emit(event{name: e.name, id: e.peer.id, peer: e.peer, data: []byte(e.data)})
	}
	want := `data       #1 1 B "a"
data       #2 5 B "😀b"
data       #1 3 B "中"
write      #1 4 B "中!"
data       #2 2 B "\xe4A"
data       #1 2 B "` + "\ufffd" + `"
end        #1
close      #1 in 0 B, out 0 B, hadError false
write      #2 1 B "` + "\ufffd" + `"
close      #2 in 0 B, out 0 B, hadError false
`
	if p.flush(); shown.String() != want {
		t.Errorf("printed:\n%s\nwant:\n%s", shown.String(), want)
	}
}

// JSON shows text as text however the network cuts it, and loses no byte of what
// is not text.
func TestJSONShowsWholeCharacters(t *testing.T) {
	for _, c := range []struct{ pieces, want string }{
		{"a\xe4|\xb8\xad", `n:1 utf8:"a" n:3 utf8:"中"`},
		{"\xff\xe4|\xb8\xad", `n:2 b64:"/+Q=" n:2 b64:"uK0="`},
		{"ab\xe4\xb8", `n:2 utf8:"ab" n:2 b64:"5Lg="`},
	} {
		one := &peer{id: 1}
		var shown bytes.Buffer
		p := &printer{outbox: newOutbox(&shown), events: true, json: true, view: viewNamed("utf8")}
		for piece := range strings.SplitSeq(c.pieces, "|") {
			p.emit(event{name: "data", id: 1, peer: one, data: []byte(piece)})
		}
		p.emit(event{name: "end", id: 1, peer: one})
		p.flush()
		got := strings.NewReplacer(`{"ev":"data","id":1,"n"`, "n", `,"utf8"`, " utf8", `,"b64"`, " b64", "}\n", " ", `{"ev":"end","id":1}`, "").
			Replace(shown.String())
		if got = strings.TrimSpace(got); strings.Join(strings.Fields(got), " ") != c.want {
			t.Errorf("%q: %s, want %s", c.pieces, got, c.want)
		}
	}
}

// Views of bytes show each piece as it came.
func TestBytesAreShownAsTheyCome(t *testing.T) {
	for _, c := range []struct{ view, want string }{
		{"hex", "data       1 B e4\ndata       2 B b8ad\nend\n"},
		{"none", "data       1 B\ndata       2 B\nend\n"},
		{"raw", "data       1 B \xe4\ndata       2 B \xb8\xad\nend\n"},
	} {
		one := &peer{id: 1}
		var shown bytes.Buffer
		p := &printer{outbox: newOutbox(&shown), events: true, view: viewNamed(c.view)}
		p.emit(event{name: "data", id: 1, peer: one, data: []byte("\xe4")})
		p.emit(event{name: "data", id: 1, peer: one, data: []byte("\xb8\xad")})
		p.emit(event{name: "end", id: 1, peer: one})
		if p.flush(); shown.String() != c.want {
			t.Errorf("%s: %q, want %q", c.view, shown.String(), c.want)
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

// The peer chooses the name of a Unix socket, so the name is escaped.
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
