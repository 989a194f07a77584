// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/codec"
)

// framings has each framing, with a stream of it that ends with a whole frame.
var framings = []struct {
	name   string
	f      codec.Framing
	stream string
	want   []string
}{
	{"length/1", codec.Length{Width: 1}, "\x02ab\x00\x01c", []string{"ab", "", "c"}},
	{"length/2", codec.Length{Width: 2}, "\x00\x02ab\x00\x00\x00\x01c", []string{"ab", "", "c"}},
	{"length/3", codec.Length{Width: 3}, "\x00\x00\x02ab\x00\x00\x00", []string{"ab", ""}},
	{"length/3, little", codec.Length{Width: 3, LittleEndian: true}, "\x02\x00\x00ab\x00\x00\x00", []string{"ab", ""}},
	{"length/4", codec.Length{}, "\x00\x00\x00\x02ab\x00\x00\x00\x00", []string{"ab", ""}},
	{"length/8, little", codec.Length{Width: 8, LittleEndian: true}, "\x03\x00\x00\x00\x00\x00\x00\x00abc", []string{"abc"}},
	// The six examples of Netty's LengthFieldBasedFrameDecoder.
	{"netty/1", codec.Length{Width: 2, Strip: -1}, "\x00\x0cHELLO, WORLD", []string{"\x00\x0cHELLO, WORLD"}},
	{"netty/2", codec.Length{Width: 2}, "\x00\x0cHELLO, WORLD", []string{"HELLO, WORLD"}},
	{"netty/3", codec.Length{Width: 2, Adjust: -2, Strip: -1}, "\x00\x0eHELLO, WORLD", []string{"\x00\x0eHELLO, WORLD"}},
	{"netty/4", codec.Length{Width: 3, Offset: 2, Strip: -1}, "\xca\xfe\x00\x00\x0cHELLO, WORLD", []string{"\xca\xfe\x00\x00\x0cHELLO, WORLD"}},
	{"netty/5", codec.Length{Width: 2, Offset: 1, Adjust: 1, Strip: 3}, "\xca\x00\x0c\xfeHELLO, WORLD", []string{"\xfeHELLO, WORLD"}},
	{"netty/6", codec.Length{Width: 2, Offset: 1, Adjust: -3, Strip: 3}, "\xca\x00\x10\xfeHELLO, WORLD", []string{"\xfeHELLO, WORLD"}},
	{"length, a part of it stripped", codec.Length{Width: 2, Strip: 1}, "\x00\x02ab\x00\x00", []string{"\x02ab", "\x00"}},
	{"length, more stripped", codec.Length{Width: 1, Strip: 3}, "\x04abcd\x02ef", []string{"cd", ""}},
	{"varint", codec.Varint, "\x02ab\x00\x01c\x81\x00d", []string{"ab", "", "c", "d"}},
	{"netstring", codec.Netstring, "2:ab,0:,10:0123456789,", []string{"ab", "", "0123456789"}},
	{"delim/1", codec.Delim("\x00"), "ab\x00\x00c\x00", []string{"ab", "", "c"}},
	{"delim/3", codec.Delim("aab"), "xaaaabaabaab", []string{"xaa", "", ""}},
	{"delim/5", codec.Delim("\r\n.\r\n"), "a\r\n.\r\r\n.\r\n\r\n.\r\n", []string{"a\r\n.\r", ""}},
	{"fixed/1", codec.Fixed(1), "abc", []string{"a", "b", "c"}},
	{"fixed/3", codec.Fixed(3), "abcdef", []string{"abc", "def"}},
	{"lines", codec.Lines, "ab\r\n\r\r\n\nc\rd\n", []string{"ab", "\r", "", "c\rd"}},
}

func TestEveryCutGivesTheSameFrames(t *testing.T) {
	for _, c := range framings {
		t.Run(c.name, func(t *testing.T) {
			someCuts(c.stream, func(pieces [][]byte) {
				frames, err := receive(t, c.f, pieces, -1)
				if !slices.Equal(frames, c.want) || err != nil {
					t.Fatalf("%q = %q, %v; want %q", pieces, frames, err, c.want)
				}
			})
		})
	}
}

func TestTheEndInsideAFrameIsUnexpected(t *testing.T) {
	for _, c := range framings {
		if c.f == codec.Lines {
			continue // its last line needs no end
		}
		t.Run(c.name, func(t *testing.T) {
			whole := map[int]int{0: 0} // how many frames end there
			for i := 1; i <= len(c.stream); i++ {
				frames, err := receive(t, c.f, [][]byte{[]byte(c.stream[:i])}, -1)
				if err == nil {
					whole[i] = len(frames)
				} else if err != io.ErrUnexpectedEOF {
					t.Errorf("%q: %v; want an unexpected end", c.stream[:i], err)
				}
				if !slices.Equal(frames, c.want[:len(frames)]) {
					t.Errorf("%q = %q", c.stream[:i], frames)
				}
			}
			if len(whole) != len(c.want)+1 {
				t.Errorf("%d of %d lengths end with a frame, want %d", len(whole), len(c.stream), len(c.want)+1)
			}
		})
	}
}

func TestAppendIsWhatCutTakesApart(t *testing.T) {
	for _, c := range framings {
		t.Run(c.name, func(t *testing.T) {
			sent := []byte("before")
			for _, frame := range c.want {
				var err error
				if sent, err = c.f.Append(sent, []byte(frame)); err != nil && !strings.HasSuffix(frame, "\r") {
					t.Fatalf("Append(%q): %v", frame, err)
				}
			}
			if !bytes.HasPrefix(sent, []byte("before")) {
				t.Fatalf("Append wrote over what was there: %q", sent)
			}
			got, err := receive(t, c.f, [][]byte{sent[len("before"):]}, -1)
			want := slices.DeleteFunc(slices.Clone(c.want), func(s string) bool { return c.f == codec.Lines && s == "\r" })
			if !slices.Equal(got, want) || err != nil {
				t.Errorf("%q came back as %q, %v", want, got, err)
			}
		})
	}
}

// A frame may have as many bytes as the limit, and not one more, whatever its mark takes.
func TestTheLimitOfAFrameIsExact(t *testing.T) {
	const most = 300
	for _, c := range framings {
		if strings.HasPrefix(c.name, "fixed") || strings.HasPrefix(c.name, "length/1") || strings.HasPrefix(c.name, "length, more") {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			// mark is how many of a frame's bytes belong to its mark.
			empty, err := c.f.Append(nil, nil)
			mark := 0
			for err != nil {
				mark++
				empty, err = c.f.Append(nil, make([]byte, mark))
				if mark > 20 {
					t.Fatal(err)
				}
			}
			_ = empty
			for _, n := range []int{most - 1, most, most + 1} {
				frame := bytes.Repeat([]byte("x"), mark+n)
				if strings.HasPrefix(c.name, "netty/5") || strings.HasPrefix(c.name, "netty/6") {
					frame = frame[mark:]
				}
				sent, err := c.f.Append(nil, frame)
				if err != nil {
					t.Fatal(err)
				}
				for _, size := range []int{1, 7, len(sent)} {
					got, err := receive(t, c.f, slices.Collect(slices.Chunk(sent, size)), most)
					switch {
					case n > most && (err != codec.ErrTooLong || len(got) > 0):
						t.Errorf("%d bytes in pieces of %d: %d frames, %v; want ErrTooLong", n, size, len(got), err)
					case n <= most && (err != nil || len(got) != 1 || len(got[0]) != len(frame)):
						t.Errorf("%d bytes in pieces of %d: %d frames, %v; want one", n, size, len(got), err)
					}
				}
			}
		})
	}
}

// The length alone decides, before any byte of the frame has come.
func TestATooLongFrameIsRefusedAtItsHeader(t *testing.T) {
	for name, c := range map[string]struct {
		f      codec.Framing
		header string
		most   int
	}{
		"length/2":            {codec.Length{Width: 2}, "\x01\x01", 256},
		"length/2, whole":     {codec.Length{Width: 2, Strip: -1}, "\x01\x01", 256},
		"length/4":            {codec.Length{}, "\xff\xff\xff\xff", 64 << 10},
		"length/8":            {codec.Length{Width: 8}, "\xff\xff\xff\xff\xff\xff\xff\xff", 64 << 10},
		"length/8, unlimited": {codec.Length{Width: 8}, "\xff\xff\xff\xff\xff\xff\xff\xff", -1},
		"length/8, adjusted":  {codec.Length{Width: 8, Adjust: 1 << 30}, "\x7f\xff\xff\xff\xff\xff\xff\xff", -1},
		"varint":              {codec.Varint, "\x81\x02", 256},
		"varint, unlimited":   {codec.Varint, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", -1},
		"netstring":           {codec.Netstring, "257", 256},
		"netstring, long":     {codec.Netstring, "1234567890123456789", -1},
		"fixed":               {codec.Fixed(257), "x", 256},
	} {
		header := []byte(c.header)
		for i := range header {
			if _, frame, _, err := c.f.Cut(header[:i], 0, c.most, false); frame != nil || err != nil {
				t.Errorf("%s: %q is %q, %v; want to wait", name, header[:i], frame, err)
			}
		}
		allocs := testing.AllocsPerRun(100, func() {
			if _, _, _, err := c.f.Cut(header, 0, c.most, false); err != codec.ErrTooLong {
				t.Errorf("%s: %q is %v; want ErrTooLong", name, c.header, err)
			}
		})
		if allocs > 0 {
			t.Errorf("%s: %q costs %v allocations; want none", name, c.header, allocs)
		}
	}
}

func TestMalformedBytesAreRefusedAsSoonAsTheyAreThere(t *testing.T) {
	for _, c := range []struct {
		name  string
		f     codec.Framing
		bytes string
		kind  error
	}{
		{"the length is less than the header", codec.Length{Width: 2, Adjust: -2}, "\x00\x01", codec.ErrMalformed},
		{"the length is less than is stripped", codec.Length{Width: 1, Strip: 3}, "\x01", codec.ErrMalformed},
		{"a varint of 65 bits", codec.Varint, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", codec.ErrMalformed},
		{"an endless varint", codec.Varint, "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80", codec.ErrMalformed},
		{"no digit", codec.Netstring, "x", codec.ErrMalformed},
		{"no length", codec.Netstring, ":", codec.ErrMalformed},
		{"a negative length", codec.Netstring, "-", codec.ErrMalformed},
		{"a leading zero", codec.Netstring, "00", codec.ErrMalformed},
		{"no colon", codec.Netstring, "12,", codec.ErrMalformed},
		{"no comma", codec.Netstring, "2:abc", codec.ErrMalformed},
		{"no comma after nothing", codec.Netstring, "0::", codec.ErrMalformed},
		{"a length of five bytes", codec.Length{Width: 5}, "x", codec.ErrParameter},
		{"a length of no bytes", codec.Length{Width: -1}, "x", codec.ErrParameter},
		{"a negative offset", codec.Length{Offset: -1}, "x", codec.ErrParameter},
		{"an endless offset", codec.Length{Offset: 1<<31 - 1}, "x", codec.ErrParameter},
		{"an endless adjustment", codec.Length{Adjust: 1<<31 - 1}, "x", codec.ErrParameter},
		{"an endless negative adjustment", codec.Length{Adjust: -1 << 31}, "x", codec.ErrParameter},
		{"all is stripped", codec.Length{Strip: 1<<31 - 1}, "x", codec.ErrParameter},
		{"frames of no bytes", codec.Fixed(0), "x", codec.ErrParameter},
		{"frames of less", codec.Fixed(-1), "x", codec.ErrParameter},
		{"no mark", codec.Delim(""), "x", codec.ErrParameter},
	} {
		t.Run(c.name, func(t *testing.T) {
			last := len(c.bytes) - 1
			if _, _, err := c.f.Split([]byte(c.bytes[:last]), false); err != nil && c.kind != codec.ErrParameter {
				t.Errorf("%q: %v; want to wait", c.bytes[:last], err)
			}
			n, frame, err := c.f.Split([]byte(c.bytes), false)
			if !errors.Is(err, c.kind) || n != 0 || frame != nil {
				t.Errorf("%q: %d, %q, %v; want %v", c.bytes, n, frame, err, c.kind)
			}
			if _, err := c.f.Append(nil, []byte("frame")); c.kind == codec.ErrParameter && !errors.Is(err, c.kind) {
				t.Errorf("Append: %v; want %v", err, c.kind)
			}
			if err != nil && (!strings.HasPrefix(err.Error(), "codec: ") || errors.Is(err, io.EOF)) {
				t.Errorf("the error is %q", err)
			}
		})
	}
}

func TestAppendRefusesAFrameThatCutWouldNotReturn(t *testing.T) {
	for _, c := range []struct {
		name  string
		f     codec.Framing
		frame string
		kind  error
	}{
		{"one byte more than 255", codec.Length{Width: 1}, strings.Repeat("x", 256), codec.ErrTooLong},
		{"one byte more than 65,535", codec.Length{Width: 2}, strings.Repeat("x", 1<<16), codec.ErrTooLong},
		{"with the header in its length", codec.Length{Width: 1, Adjust: -1}, strings.Repeat("x", 255), codec.ErrTooLong},
		{"less than a header", codec.Length{Width: 2, Strip: -1}, "x", codec.ErrMalformed},
		{"less than its adjustment", codec.Length{Width: 2, Adjust: 2}, "x", codec.ErrMalformed},
		{"the mark in the frame", codec.Delim("--"), "a--b", codec.ErrMalformed},
		{"the mark across its end", codec.Delim("--"), "a-", codec.ErrMalformed},
		{"a short frame", codec.Fixed(3), "ab", codec.ErrMalformed},
		{"a long frame", codec.Fixed(3), "abcd", codec.ErrTooLong},
		{"a line with an end", codec.Lines, "a\nb", codec.ErrMalformed},
		{"a line that ends in a carriage return", codec.Lines, "a\r", codec.ErrMalformed},
	} {
		got, err := c.f.Append([]byte("before"), []byte(c.frame))
		if string(got) != "before" || !errors.Is(err, c.kind) {
			t.Errorf("%s: %q, %v; want what was there before, and %v", c.name, got, err, c.kind)
		}
	}
}

func TestAppendAllocatesNothingIfThereIsRoom(t *testing.T) {
	for _, c := range framings {
		dst := make([]byte, 0, 1<<10)
		frame := []byte(c.want[0])
		if allocs := testing.AllocsPerRun(100, func() { c.f.Append(dst, frame) }); allocs > 0 {
			t.Errorf("%s: %v allocations; want none", c.name, allocs)
		}
	}
}

func TestCutAndSplitAllocateNothing(t *testing.T) {
	for _, c := range framings {
		data := []byte(c.stream)
		allocs := testing.AllocsPerRun(100, func() {
			c.f.Cut(data, 0, 64<<10, false)
			c.f.Split(data, false)
			c.f.Cut(data[:1], 0, 64<<10, false)
		})
		if allocs > 0 {
			t.Errorf("%s: %v allocations; want none", c.name, allocs)
		}
	}
}

// A frame that comes byte by byte costs what its bytes cost: all calls together look at
// few bytes more than there are. A mark that nearly occurs everywhere is the worst case.
func TestAFrameThatTricklesInIsScannedOnce(t *testing.T) {
	const size = 1 << 20 // byte by byte, half a terabyte of rescans
	for name, c := range map[string]struct {
		f    codec.Framing
		unit string
	}{
		"length": {codec.Length{}, "x"}, "varint": {codec.Varint, "x"}, "netstring": {codec.Netstring, "x"},
		"fixed": {codec.Fixed(size), "x"}, "lines": {codec.Lines, "\r"},
		"delim": {codec.Delim("x\x00"), "x"}, "a long delim": {codec.Delim(strings.Repeat("x", 20) + "\x00"), "\x00x"},
	} {
		t.Run(name, func(t *testing.T) {
			sent, err := c.f.Append(nil, append(bytes.Repeat([]byte(c.unit), size/len(c.unit))[:size-1], '.'))
			if err != nil {
				t.Fatal(err)
			}
			wait, calls := 0, 0
			for n := 1; n <= len(sent); n++ {
				if n < wait {
					continue
				}
				calls++
				var frame []byte
				if _, frame, wait, err = c.f.Cut(sent[:n], wait, -1, false); err != nil {
					t.Fatal(err)
				}
				if (frame != nil) != (n == len(sent)) {
					t.Fatalf("a frame of %d bytes after %d of %d", len(frame), n, len(sent))
				}
			}
			if scans := name == "lines" || strings.Contains(name, "delim"); !scans && calls > 20 {
				t.Errorf("%d calls, want few", calls)
			}
		})
	}
}

// someCuts calls f with each way there is to cut src, or with each way to cut it in up to
// three pieces, and into bytes, if that would take long.
func someCuts(src string, f func(pieces [][]byte)) {
	if len(src) <= 10 {
		everyCut(src, f)
		return
	}
	p := []byte(src)
	for i := range p {
		for j := i; j < len(p); j++ {
			f([][]byte{p[:i], p[i:j], p[j:]})
		}
	}
	f(slices.Collect(slices.Chunk(p, 1)))
}

// receive passes pieces through a framing as a socket does, with a limit. It also does so
// with a call for each piece, whatever the framing waits for; by Split, if there is no
// limit; and with a bufio.Scanner. All must agree.
func receive(t *testing.T, f codec.Framing, pieces [][]byte, most int) (frames []string, err error) {
	t.Helper()
	frames, err = cutAll(t, f, pieces, most, false)
	check := func(how string, got []string, other error) {
		t.Helper()
		if !slices.Equal(got, frames) || !errors.Is(other, err) && other != err {
			t.Fatalf("%q: %s %q, %v; want %q, %v", pieces, how, got, other, frames, err)
		}
	}
	eager, eagerErr := cutAll(t, f, pieces, most, true)
	check("with a call for each piece", eager, eagerErr)
	if most < 0 {
		got, splitErr := splitAll(t, f, pieces)
		check("by Split", got, splitErr)
		var scanned []string
		scanner := bufio.NewScanner(bytes.NewReader(bytes.Join(pieces, nil)))
		scanner.Split(f.Split)
		for scanner.Scan() && len(scanned) < 1<<12 {
			scanned = append(scanned, scanner.Text())
		}
		if !errors.Is(scanner.Err(), bufio.ErrTooLong) { // of the Scanner
			check("by a Scanner", scanned, scanner.Err())
		}
	}
	return frames, err
}

// cutAll cuts pieces. Eager calls Cut for each piece, and else when there is what it waits
// for.
func cutAll(t *testing.T, f codec.Framing, pieces [][]byte, most int, eager bool) (frames []string, err error) {
	t.Helper()
	var data []byte
	wait := 0
	step := func(final bool) bool {
		for len(data) > 0 || final {
			if len(data) < wait && !final && !eager {
				return true
			}
			before := wait
			n, frame, w, err1 := f.Cut(data[:len(data):len(data)], wait, most, final)
			if err = err1; err != nil {
				return false
			}
			if n < 0 || n > len(data) || n > 0 != (frame != nil) {
				t.Fatalf("Cut(%q, %d, %d, %t) = %d, %q, %d", data, before, most, final, n, frame, w)
			}
			if frame == nil {
				if w <= len(data) && len(data) > 0 || final && len(data) > 0 {
					t.Fatalf("Cut(%q, %d, %d, %t) waits for %d bytes", data, before, most, final, w)
				}
				if !final && len(data) < before && w != before {
					t.Fatalf("Cut of %d bytes waits for %d, and waited for %d", len(data), w, before)
				}
				wait = max(w, before)
				if eager {
					wait = w
				}
				return true
			}
			if !final && len(data) < before {
				t.Fatalf("Cut found a frame in %d bytes, and waited for %d", len(data), before)
			}
			frames = append(frames, string(frame))
			data, wait = data[n:], 0
		}
		return true
	}
	for _, p := range pieces {
		data = slices.Concat(data, p)
		if !step(false) {
			return frames, err
		}
	}
	step(true)
	return frames, err
}

// splitAll cuts pieces with Split.
func splitAll(t *testing.T, f codec.Framing, pieces [][]byte) (frames []string, err error) {
	t.Helper()
	var data []byte
	step := func(final bool) bool {
		for {
			n, frame, err1 := f.Split(data, final)
			if err = err1; err != nil {
				return false
			}
			if n < 0 || n > len(data) || n > 0 != (frame != nil) {
				t.Fatalf("Split(%q, %t) = %d, %q", data, final, n, frame)
			}
			if frame == nil {
				return true
			}
			frames = append(frames, string(frame))
			data = data[n:]
		}
	}
	for _, p := range pieces {
		data = slices.Concat(data, p)
		if !step(false) {
			return frames, err
		}
	}
	step(true)
	if err == nil && len(data) > 0 {
		t.Fatalf("%q is left at the end", data)
	}
	return frames, err
}

// fuzzFraming checks that any cut gives the frames and the error of the reference, which
// has all bytes at once, and that Append makes bytes of the frames that Cut takes apart
// in the same way.
func fuzzFraming(t *testing.T, f codec.Framing, src, lengths []byte, most int, reference func(src []byte, most int) ([]string, error)) {
	want, wantErr := reference(src, most)
	pieces := cut(src, lengths)
	got, err := receive(t, f, pieces, most)
	if !slices.Equal(got, want) || !errors.Is(err, wantErr) {
		t.Fatalf("%q = %q, %v; want %q, %v", pieces, got, err, want, wantErr)
	}
	var sent []byte
	for _, frame := range got {
		if sent, err = f.Append(sent, []byte(frame)); err != nil {
			return // such as a line that was sent as "\r\r\n"
		}
	}
	if back, err := receive(t, f, [][]byte{sent}, -1); !slices.Equal(back, got) || err != nil {
		t.Fatalf("%q came back as %q, %v", got, back, err)
	}
}

// expectFrames checks what a framing makes of src.
func expectFrames(t *testing.T, f codec.Framing, src string, want ...string) {
	t.Helper()
	if got, err := receive(t, f, [][]byte{[]byte(src)}, -1); !slices.Equal(got, want) || err != nil {
		t.Errorf("%q = %q, %v; want %q", src, got, err, want)
	}
}
