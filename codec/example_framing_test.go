// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/duplex-go/duplex/codec"
)

// frames prints the frames of what a framing has made.
func frames(f codec.Framing, sent []byte) {
	scanner := bufio.NewScanner(bytes.NewReader(sent))
	scanner.Split(f.Split)
	for scanner.Scan() {
		fmt.Printf("%q\n", scanner.Bytes())
	}
	if err := scanner.Err(); err != nil {
		fmt.Println(err)
	}
}

func ExampleLength() {
	f := codec.Length{Width: 2}
	p, _ := f.Append(nil, []byte("hello"))
	p, _ = f.Append(p, nil)
	fmt.Printf("%q\n", p)
	frames(f, p)
	// Output:
	// "\x00\x05hello\x00\x00"
	// "hello"
	// ""
}

// A header of four bytes: a type, a length that counts the header, too, and a flag. Frames
// keep all of it, and Append writes the length.
func ExampleLength_header() {
	f := codec.Length{Offset: 1, Width: 2, Adjust: -3, Strip: -1}
	p, _ := f.Append(nil, []byte("T\x00\x00Fhello"))
	fmt.Printf("%q\n", p)
	frames(f, p)
	// Output:
	// "T\x00\tFhello"
	// "T\x00\tFhello"
}

func ExampleVarint() {
	p, _ := codec.Varint.Append(nil, []byte("hello"))
	p, _ = codec.Varint.Append(p, bytes.Repeat([]byte("x"), 300))
	fmt.Printf("%q %q\n", p[:6], p[6:10])
	n, frame, _ := codec.Varint.Split(p[6:], true)
	fmt.Println(n, len(frame))
	// Output:
	// "\x05hello" "\xac\x02xx"
	// 302 300
}

func ExampleNetstring() {
	p, _ := codec.Netstring.Append(nil, []byte("hello"))
	p, _ = codec.Netstring.Append(p, []byte("hello, world"))
	fmt.Printf("%q\n", p)
	frames(codec.Netstring, p)
	frames(codec.Netstring, []byte("5:hello."))
	// Output:
	// "5:hello,12:hello, world,"
	// "hello"
	// "hello, world"
	// codec: netstring: no comma follows the frame
}

func ExampleDelim() {
	f := codec.Delim("\r\n\r\n")
	p, _ := f.Append(nil, []byte("GET / HTTP/1.1\r\nHost: example.com"))
	frames(f, p)
	frames(f, []byte("the end is missing"))
	_, err := f.Append(nil, []byte("one\r\n\r\ntwo"))
	fmt.Println(errors.Is(err, codec.ErrMalformed), err)
	// Output:
	// "GET / HTTP/1.1\r\nHost: example.com"
	// unexpected EOF
	// true codec: delim: the mark would occur before the end of the frame
}

func ExampleFixed() {
	frames(codec.Fixed(4), []byte("one.two."))
	_, err := codec.Fixed(4).Append(nil, []byte("three"))
	fmt.Println(err)
	// Output:
	// "one."
	// "two."
	// codec: fixed: the frame is longer than all frames are
}

// A reader that keeps the part of a frame that has come asks again when there is as much
// as Cut waits for.
func ExampleCutter() {
	var f codec.Cutter = codec.Length{Width: 2}
	arrivals := []string{"\x00", "\x05he", "l", "lo\x00\x02h", "i"}

	const most = 1 << 10
	var data []byte
	wait := 0
	for _, p := range arrivals {
		data = append(data, p...)
		for len(data) >= wait {
			n, frame, w, err := f.Cut(data, wait, most, false)
			if err != nil {
				fmt.Println(err)
				return
			}
			data, wait = data[n:], w
			if frame == nil {
				fmt.Printf("%d of %d bytes\n", len(data), wait)
				break
			}
			fmt.Printf("%q\n", frame)
		}
	}
	_, _, _, err := f.Cut(data, wait, most, true)
	fmt.Println(err, err == io.ErrUnexpectedEOF)
	// Output:
	// 1 of 2 bytes
	// 4 of 7 bytes
	// "hello"
	// 3 of 4 bytes
	// "hi"
	// 0 of 2 bytes
	// <nil> false
}
