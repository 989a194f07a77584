// Copyright 2026 The duplex authors. MIT license.

package recording

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

const header = `{"duplex":1,"started":"2026-11-30T12:00:00.000000Z","args":["serve","127.0.0.1:6666"]}` + "\n"

// at returns a line of an event some milliseconds after the start.
func at(ms int, keys string) string {
	t := time.Date(2026, 11, 30, 12, 0, 0, ms*1e6, time.UTC)
	return fmt.Sprintf(`{"t":"%s",%s}`+"\n", t.Format("2006-01-02T15:04:05.000000Z07:00"), keys)
}

// talk is a recording of two clients of a server.
var talk = header +
	at(0, `"ev":"listening","srv":"127.0.0.1:6666"`) +
	at(1, `"ev":"connection","id":1,"srv":"127.0.0.1:6666","local":"127.0.0.1:6666","remote":"127.0.0.1:35001"`) +
	at(2, `"ev":"data","id":1,"n":3,"b64":"YQD/"`) +
	at(3, `"ev":"write","id":1,"n":2,"utf8":"é"`) +
	at(4, `"ev":"connection","id":2,"local":"[::1]:6666","remote":"[::1]:35002"`) +
	at(5, `"ev":"end","id":1`) +
	at(6, `"ev":"finish","id":1`) +
	at(7, `"ev":"close","id":1,"hadError":false,"in":3,"out":2`) +
	at(8, `"ev":"error","id":2,"code":"ECONNRESET","message":"read ECONNRESET"`) +
	at(9, `"ev":"close","id":2,"hadError":true,"in":0,"out":0`)

func TestConversationsAreReadWithTheirBytes(t *testing.T) {
	rec, err := Read(strings.NewReader(talk))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, c := range rec.Conversations {
		fmt.Fprintf(&got, "%d %s %s %s\n", c.ID, c.Recorder, c.Client, c.Server)
		for _, s := range c.Steps {
			fmt.Fprintf(&got, "%d %s %d %q\n", s.Line, s.From, s.Kind, s.Data)
		}
	}
	want := `1 server 127.0.0.1:35001 127.0.0.1:6666
4 client 0 "a\x00\xff"
5 server 0 "é"
7 client 1 ""
8 server 1 ""
2 server [::1]:35002 [::1]:6666
10 client 3 ""
`
	if got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
	if args := strings.Join(rec.Header.Args, " "); args != "serve 127.0.0.1:6666" {
		t.Errorf("args: %s", args)
	}
}

// A recorder that closes without an end of its own has destroyed the connection.
func TestCloseWithoutFinishIsAStep(t *testing.T) {
	rec, err := Read(strings.NewReader(header +
		at(0, `"ev":"connect","id":1,"local":"127.0.0.1:1","remote":"127.0.0.1:2"`) +
		at(1, `"ev":"close","id":1,"hadError":false,"in":0,"out":0`)))
	if err != nil {
		t.Fatal(err)
	}
	steps := rec.Conversations[0].Steps
	if len(steps) != 1 || steps[0].Kind != Close || steps[0].From != Client {
		t.Errorf("got %v, want one close of the client", steps)
	}
}

func TestFaultsNameTheirLine(t *testing.T) {
	begun := header + at(0, `"ev":"connect","id":1,"local":"","remote":""`)
	for _, c := range []struct{ text, want string }{
		{"", "line 1: the file is empty"},
		{"\n", "line 1: this is no recording: it does not begin with a header"},
		{"GIF89a", "line 1: this is no recording: it does not begin with a header"},
		{"{}\n", "line 1: this is no recording: it does not begin with a header"},
		{`{"duplex":1`, "line 1: the line breaks off"},
		{`{"duplex":2}` + "\n", "line 1: the recording has version 2, and this program reads version 1"},
		{`{"duplex":1,"started":"now"}` + "\n", `line 1: no time is "now"`},
		{begun + "\n", "line 3: the line breaks off"},
		{begun + "[]\n", "line 3: it is not a JSON object"},
		{begun + `{"ev":"end","id":1}` + "\n", `line 3: the time of an event is its key t, and no time is ""`},
		{begun + at(1, `"id":1`), "line 3: it has no key ev, which names an event"},
		{begun + at(1, `"ev":"end","id":"x"`), "line 3: the value of id is a string"},
		{begun + at(1, `"ev":"end","id":-1`), "line 3: no socket is -1"},
		{begun + at(1, `"ev":"data","id":1,"n":1`), "line 3: the data is missing: there is neither utf8 nor b64"},
		{begun + at(1, `"ev":"data","id":1,"n":1,"utf8":"a","b64":"YQ=="`), "line 3: the data is both utf8 and b64"},
		{begun + at(1, `"ev":"data","id":1,"n":1,"b64":"!"`), "line 3: b64 is not base64"},
		{begun + at(1, `"ev":"data","id":1,"n":2,"utf8":"a"`), "line 3: n is 2, and the data has 1 B"},
		{begun + at(1, `"ev":"data","id":1,"utf8":"a"`), "line 3: n is missing, and the data has 1 B"},
		{begun + at(1, `"ev":"data","n":1,"utf8":"a"`), "line 3: data of no socket: it has no id"},
		{begun + at(1, `"ev":"data","id":2,"n":1,"utf8":"a"`), "line 3: data of a connection that has not begun"},
		{begun + at(1, "\"ev\":\"data\",\"id\":1,\"n\":1,\"utf8\":\"\xff\""), "line 3: it is not UTF-8"},
		{begun + at(1, `"ev":"connect","id":1`), "line 3: each connection has an id of its own"},
		{begun + at(1, `"ev":"close","id":1`) + at(2, `"ev":"end","id":1`), "line 4: the connection is closed already"},
		{begun + at(1, `"ev":"end","id":1`)[:30], "line 3: the line breaks off"},
	} {
		_, err := Read(strings.NewReader(c.text))
		var fault *Error
		if err == nil || err.Error() != c.want || !errors.As(err, &fault) {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
}

// The last line may lack its end, and unknown events and keys are ignored.
func TestReadersAreLenient(t *testing.T) {
	text := strings.TrimSuffix(talk+at(10, `"ev":"weather","id":7,"sky":{"blue":true}`), "\n")
	if _, err := Read(strings.NewReader(text)); err != nil {
		t.Error(err)
	}
}

func TestCheckFindsTheFirstDifference(t *testing.T) {
	rec, _ := Read(strings.NewReader(header +
		at(0, `"ev":"connect","id":1,"local":"","remote":""`) +
		at(1, `"ev":"data","id":1,"n":5,"utf8":"hello"`) +
		at(2, `"ev":"data","id":1,"n":6,"utf8":" world"`)))
	for _, c := range []struct{ pieces, want string }{
		{"hello world", ""},
		{"h|ello wo|rld", ""},
		{"hello|-world", `byte 6 differs: got "-world", recorded " world" (line 4)`},
		{"hello world!", `the peer sends more than the 11 B that were recorded: "!"`},
		{"hello w", `the peer has sent 7 B, and not what was recorded after them: "orld" (line 4)`},
		{"hel", `the peer has sent 3 B, and not what was recorded after them: "lo" (line 3)`},
	} {
		check, got := NewCheck(rec.Conversations[0], Server), (*Difference)(nil)
		for piece := range strings.SplitSeq(c.pieces, "|") {
			if got == nil {
				got = check.Take([]byte(piece))
			}
		}
		if got == nil {
			got = check.End()
		}
		text := ""
		if got != nil {
			text = got.Error()
		}
		if text != c.want {
			t.Errorf("%s: got %s, want %s", c.pieces, text, c.want)
		}
	}
}

// convert writes a recording as pcapng.
func convert(t testing.TB, rec *Recording) []byte {
	var out bytes.Buffer
	p, err := NewPcapng(&out, "duplex", "serve")
	for _, c := range rec.Conversations {
		err = errors.Join(err, p.Begin(c))
		for i := range c.Steps {
			err = errors.Join(err, p.Write(c, &c.Steps[i]))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A long recording has many connections. What a Pcapng keeps of each is no packet.
func TestAConversationKeepsNoPacket(t *testing.T) {
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	p, err := NewPcapng(io.Discard, "duplex", "")
	if err != nil {
		t.Fatal(err)
	}
	const conversations = 300
	big := make([]byte, mostOfSegment)
	before := heap()
	for id := range conversations {
		c := &Conversation{ID: id + 1}
		if err := errors.Join(p.Begin(c), p.Write(c, &Step{Data: big})); err != nil {
			t.Fatal(err)
		}
	}
	if each := (heap() - before) / conversations; each > 4<<10 {
		t.Errorf("%d B are kept of each conversation", each)
	}
	runtime.KeepAlive(p)
}

// Each packet has right lengths and checksums, and the data of each side is in order and
// complete.
func TestPacketsCarryTheBytes(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 10<<10)
	for _, host := range []string{"127.0.0.1", "[2001:db8::1%eth0]", "unix"} {
		rec, err := Read(strings.NewReader(header +
			at(0, `"ev":"connect","id":1,"local":"`+host+`:35001","remote":"`+host+`:6666"`) +
			at(1, fmt.Sprintf(`"ev":"write","id":1,"n":%d,"b64":"%s"`, len(big), base64.StdEncoding.EncodeToString(big))) +
			at(2, `"ev":"data","id":1,"n":3,"utf8":"odd"`) +
			at(3, `"ev":"finish","id":1`) + at(4, `"ev":"end","id":1`)))
		if err != nil {
			t.Fatal(err)
		}
		streams := map[uint16][]byte{} // by source port
		flags := ""
		for file := convert(t, rec); len(file) > 0; {
			kind, n := binary.LittleEndian.Uint32(file), binary.LittleEndian.Uint32(file[4:])
			if n%4 != 0 || binary.LittleEndian.Uint32(file[n-4:]) != n {
				t.Fatalf("%s: a block of %d bytes is not one", host, n)
			}
			if kind == enhancedPacket {
				length := binary.LittleEndian.Uint32(file[20:])
				packet := file[28 : 28+length]
				tcp, pseudo := packet[sizeOfIPv4:], packet[12:20]
				if packet[0]>>4 == 6 {
					tcp, pseudo = packet[sizeOfIPv6:], packet[8:40]
				} else if fold(sum(0, packet[:sizeOfIPv4])) != 0xffff {
					t.Errorf("%s: wrong checksum of IP", host)
				}
				if fold(sum(sum(uint32(6+len(tcp)), pseudo), tcp)) != 0xffff {
					t.Errorf("%s: wrong checksum of TCP", host)
				}
				port := binary.BigEndian.Uint16(tcp)
				if at := int(binary.BigEndian.Uint32(tcp[4:])) - 1; len(tcp) > sizeOfTCP && at != len(streams[port]) {
					t.Errorf("%s: a segment at %d, want %d", host, at, len(streams[port]))
				}
				streams[port] = append(streams[port], tcp[sizeOfTCP:]...)
				flags += fmt.Sprintf("%x ", tcp[13])
			}
			file = file[n:]
		}
		if want := "2 12 10 18 18 18 18 11 11 10 "; flags != want {
			t.Errorf("%s: flags %s, want %s", host, flags, want)
		}
		client := uint16(35001)
		if host == "unix" {
			client = 49153
		}
		if !bytes.Equal(streams[client], big) {
			t.Errorf("%s: the client's stream has %d bytes, want %d", host, len(streams[client]), len(big))
		}
		delete(streams, client)
		for _, other := range streams {
			if string(other) != "odd" {
				t.Errorf("%s: the server's stream is %q", host, other)
			}
		}
	}
}

// A reset from the side that records is an RST, also after its end.
func TestAResetIsOneInPackets(t *testing.T) {
	begun := at(0, `"ev":"connection","id":1,"local":"127.0.0.1:6666","remote":"127.0.0.1:35001"`)
	closed := at(9, `"ev":"close","id":1,"hadError":false,"in":0,"out":0,"reset":true`)
	for events, want := range map[string]string{
		"":                            "2 12 10 14 ",
		at(1, `"ev":"finish","id":1`): "2 12 10 11 14 ",
		at(1, `"ev":"end","id":1`):    "2 12 10 11 14 ",
		at(1, `"ev":"error","id":1,"code":"ECONNRESET"`):           "2 12 10 14 ",
		at(1, `"ev":"end","id":1`) + at(1, `"ev":"finish","id":1`): "2 12 10 11 11 10 ",
	} {
		rec, err := Read(strings.NewReader(header + begun + events + closed))
		if err != nil {
			t.Fatal(err)
		}
		flags := ""
		for file := convert(t, rec); len(file) > 0; file = file[binary.LittleEndian.Uint32(file[4:]):] {
			if binary.LittleEndian.Uint32(file) == enhancedPacket {
				flags += fmt.Sprintf("%x ", file[28+sizeOfIPv4+13])
			}
		}
		if flags != want {
			t.Errorf("%s: flags %s, want %s", events, flags, want)
		}
	}
}

// Whatever a file holds, it is read to its end or to a fault, and what was read can be
// converted.
func FuzzRead(f *testing.F) {
	f.Add([]byte(talk))
	f.Add([]byte(header + at(0, `"ev":"connect","id":1,"local":"127.0.0.1:1","remote":"[::1]:2"`) +
		at(1, `"ev":"write","id":1,"n":1,"utf8":"a"`) + at(2, `"ev":"error","id":1,"code":"ECONNRESET"`) +
		at(3, `"ev":"data","id":1,"n":1,"utf8":"a","dir":"up","pair":1`) + at(4, `"ev":"close","id":1`)))
	f.Add([]byte(talk[:300]))
	f.Add([]byte(header))
	f.Fuzz(func(t *testing.T, file []byte) {
		rec, err := Read(bytes.NewReader(file))
		var fault *Error
		if err != nil && (!errors.As(err, &fault) || fault.Line < 1 || fault.Line > bytes.Count(file, []byte("\n"))+1) {
			t.Fatalf("the error has no line of the file: %v", err)
		}
		if err == nil && rec == nil {
			t.Fatal("neither a recording nor an error")
		}
		if rec == nil {
			return
		}
		convert(t, rec)
		for _, c := range rec.Conversations {
			text := NewText2pcap(io.Discard)
			for i := range c.Steps {
				if err := text.Write(c, &c.Steps[i]); err != nil {
					t.Fatal(err)
				}
			}
			for _, side := range []Side{Client, Server} {
				check := NewCheck(c, side)
				for _, s := range c.Steps {
					if s.From == side && check.Take(s.Data) != nil {
						t.Fatal("a conversation differs from itself")
					}
				}
				if check.End() != nil {
					t.Fatal("a conversation lacks something of itself")
				}
			}
		}
	})
}
