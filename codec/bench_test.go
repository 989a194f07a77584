// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"testing"

	"github.com/duplex-go/duplex/codec"
)

// BenchmarkFrames reads frames from a connection that brings 64 KiB at a time: with Cut,
// as a socket does; with a bufio.Scanner and a SplitFunc that was written by hand; and
// with a loop over a bufio.Reader that was written by hand, and that copies no frame
// either. One op is a frame.
func BenchmarkFrames(b *testing.B) {
	for _, size := range []int{16, 256, 4096} {
		for _, c := range []struct {
			name  string
			f     codec.Framing
			split bufio.SplitFunc
			next  func(r *bufio.Reader) ([]byte, error)
		}{
			{"Length", codec.Length{Width: 2}, splitLength, nextLength},
			{"Varint", codec.Varint, splitVarint, nextVarint},
			{"Netstring", codec.Netstring, splitNetstring, nextNetstring},
			{"Delim", codec.Delim("\x00"), splitMark, nextMark('\x00')},
			{"Fixed", codec.Fixed(size), splitFixed(size), nextFixed(size)},
			{"Lines", codec.Lines, bufio.ScanLines, nextMark('\n')},
		} {
			var stream []byte
			frame := bytes.Repeat([]byte("x"), size)
			for len(stream) < 256<<10 {
				stream, _ = c.f.Append(stream, frame)
			}
			bench := func(how string, read func(r io.Reader, got func(frame []byte) bool)) {
				b.Run(fmt.Sprintf("%s/%d/%s", c.name, size, how), func(b *testing.B) {
					b.SetBytes(int64(size))
					b.ReportAllocs()
					n := 0
					for n < b.N {
						read(&arrivals{stream: stream}, func(p []byte) bool {
							if len(p) != size {
								b.Fatalf("a frame of %d bytes, want %d", len(p), size)
							}
							n++
							return n < b.N
						})
					}
				})
			}
			buf, br := make([]byte, 128<<10), bufio.NewReaderSize(nil, 128<<10)
			bench("cut", func(r io.Reader, got func([]byte) bool) { cutFrom(c.f, r, buf, got) })
			bench("scanner", func(r io.Reader, got func([]byte) bool) {
				scanner := bufio.NewScanner(r)
				scanner.Buffer(buf, len(buf))
				scanner.Split(c.split)
				for scanner.Scan() && got(scanner.Bytes()) {
				}
			})
			bench("by hand", func(r io.Reader, got func([]byte) bool) {
				br.Reset(r)
				for p, err := c.next(br); err == nil && got(p); p, err = c.next(br) {
				}
			})
		}
	}
}

// cutFrom reads as a socket does: a frame that is complete in a read is not copied.
func cutFrom(f codec.Cutter, r io.Reader, buf []byte, got func(frame []byte) bool) {
	kept, wait := 0, 0
	for {
		n, err := r.Read(buf[kept:])
		if err != nil {
			return
		}
		data := buf[:kept+n]
		for len(data) >= wait {
			n, frame, w, err := f.Cut(data, wait, 64<<10, false)
			if err != nil || frame != nil && !got(frame) {
				return
			}
			data, wait = data[n:], w
			if frame == nil {
				break
			}
		}
		kept = copy(buf, data)
	}
}

// arrivals is a connection on which a stream arrives, 64 KiB at a time.
type arrivals struct{ stream []byte }

func (a *arrivals) Read(p []byte) (int, error) {
	if len(a.stream) == 0 {
		return 0, io.EOF
	}
	n := copy(p, a.stream[:min(len(a.stream), 64<<10)])
	a.stream = a.stream[n:]
	return n, nil
}

func splitLength(data []byte, atEOF bool) (int, []byte, error) {
	if len(data) < 2 {
		return 0, nil, nil
	}
	end := 2 + int(binary.BigEndian.Uint16(data))
	if len(data) < end {
		return 0, nil, nil
	}
	return end, data[2:end], nil
}

func nextLength(r *bufio.Reader) ([]byte, error) {
	head, err := r.Peek(2)
	if err != nil {
		return nil, err
	}
	return take(r, 2, int(binary.BigEndian.Uint16(head)), 0)
}

// take returns the n bytes of r after a header, and drops a trailer.
func take(r *bufio.Reader, header, n, trailer int) ([]byte, error) {
	p, err := r.Peek(header + n + trailer)
	if err != nil {
		return nil, err
	}
	r.Discard(len(p))
	return p[header : header+n], nil
}

func splitVarint(data []byte, atEOF bool) (int, []byte, error) {
	length, n := binary.Uvarint(data)
	if n <= 0 || uint64(len(data)-n) < length {
		return 0, nil, nil
	}
	end := n + int(length)
	return end, data[n:end], nil
}

func nextVarint(r *bufio.Reader) ([]byte, error) {
	length, err := binary.ReadUvarint(r)
	if err != nil {
		return nil, err
	}
	return take(r, 0, int(length), 0)
}

func splitNetstring(data []byte, atEOF bool) (int, []byte, error) {
	length := 0
	for i, b := range data {
		if b == ':' {
			if len(data) < i+1+length+1 {
				return 0, nil, nil
			}
			return i + 1 + length + 1, data[i+1 : i+1+length], nil
		}
		length = length*10 + int(b-'0')
	}
	return 0, nil, nil
}

func nextNetstring(r *bufio.Reader) ([]byte, error) {
	length := 0
	for {
		b, err := r.ReadByte()
		if err != nil {
			return nil, err
		}
		if b == ':' {
			return take(r, 0, length, 1)
		}
		length = length*10 + int(b-'0')
	}
}

func splitMark(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return i + 1, data[:i], nil
	}
	return 0, nil, nil
}

func nextMark(mark byte) func(r *bufio.Reader) ([]byte, error) {
	return func(r *bufio.Reader) ([]byte, error) {
		p, err := r.ReadSlice(mark)
		if err != nil {
			return nil, err
		}
		return p[:len(p)-1], nil
	}
}

func splitFixed(size int) bufio.SplitFunc {
	return func(data []byte, atEOF bool) (int, []byte, error) {
		if len(data) < size {
			return 0, nil, nil
		}
		return size, data[:size], nil
	}
}

func nextFixed(size int) func(r *bufio.Reader) ([]byte, error) {
	return func(r *bufio.Reader) ([]byte, error) { return take(r, 0, size, 0) }
}

// BenchmarkAppend makes frames. One op is a frame of 256 bytes.
func BenchmarkAppend(b *testing.B) {
	frame := bytes.Repeat([]byte("x"), 256)
	for _, c := range []struct {
		name string
		f    codec.Framing
	}{
		{"Length", codec.Length{Width: 2}}, {"Varint", codec.Varint}, {"Netstring", codec.Netstring},
		{"Delim", codec.Delim("\x00")}, {"Fixed", codec.Fixed(256)}, {"Lines", codec.Lines},
	} {
		b.Run(c.name, func(b *testing.B) {
			dst := make([]byte, 0, 512)
			b.ReportAllocs()
			for b.Loop() {
				c.f.Append(dst, frame)
			}
		})
	}
}

// BenchmarkTrickle is the worst case: a frame of 64 KiB that comes byte by byte. One op
// is the frame; ns/byte is the price of an arrival.
func BenchmarkTrickle(b *testing.B) {
	const size = 64<<10 - 1
	frame := bytes.Repeat([]byte("x"), size)
	for name, f := range map[string]codec.Framing{"Lines": codec.Lines, "Delim": codec.Delim("\r\n.\r\n"), "Length": codec.Length{Width: 2}} {
		sent, err := f.Append(nil, frame)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/cut", func(b *testing.B) {
			for b.Loop() {
				wait := 0
				for n := 1; n <= len(sent); n++ {
					if n >= wait {
						_, _, wait, _ = f.Cut(sent[:n], wait, -1, false)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/size, "ns/byte")
		})
		b.Run(name+"/split", func(b *testing.B) {
			for b.Loop() {
				for n := 1; n <= len(sent); n++ {
					f.Split(sent[:n], false)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/size, "ns/byte")
		})
	}
}
