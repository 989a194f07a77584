// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/duplex-go/duplex/codec"
)

// A network may cut anywhere. The bytes of a character that is not complete go in
// front of the next piece.
func ExampleEncoding() {
	var waiting []byte
	for _, piece := range []string{"5 \xe2", "\x82", "\xac for a caf\xc3", "\xa9"} {
		src := append(waiting, piece...)
		text, rest := codec.UTF8.Decode(nil, src, false)
		fmt.Printf("%q, %d waiting\n", text, rest)
		waiting = src[len(src)-rest:]
	}
	text, _ := codec.UTF8.Decode(nil, waiting, true)
	fmt.Printf("%q at the end\n", text)
	// Output:
	// "5 ", 1 waiting
	// "", 2 waiting
	// "€ for a caf", 1 waiting
	// "é", 0 waiting
	// "" at the end
}

func ExampleParse() {
	enc, err := codec.Parse("UCS-2")
	fmt.Println(enc.Name(), err)

	_, err = codec.Parse("utf-7")
	fmt.Println(err)
	// Output:
	// utf16le <nil>
	// codec: unknown encoding "utf-7": want utf8, hex, base64, latin1, ascii or utf16le
}

func ExampleHex() {
	p, err := codec.Hex.Encode(nil, "68656C6c6f")
	fmt.Printf("%s %v\n", p, err)

	_, err = codec.Hex.Encode(nil, "68 65")
	fmt.Println(err)
	// Output:
	// hello <nil>
	// codec: hex: ' ' at offset 2 is not a digit
}

func ExampleLines() {
	var p []byte
	for _, line := range []string{"EHLO example.com", "", "QUIT"} {
		p, _ = codec.Lines.Append(p, []byte(line))
	}
	fmt.Printf("%q\n", p)

	scanner := bufio.NewScanner(strings.NewReader(string(p)))
	scanner.Split(codec.Lines.Split)
	for scanner.Scan() {
		fmt.Printf("%q\n", scanner.Text())
	}
	// Output:
	// "EHLO example.com\n\nQUIT\n"
	// "EHLO example.com"
	// ""
	// "QUIT"
}

// Text of other programs may come in another encoding, and keys and files as text.
func ExampleEncoding_encode() {
	for _, enc := range []codec.Encoding{codec.UTF16LE, codec.Latin1, codec.Hex, codec.Base64} {
		text := "café"
		if enc == codec.Hex || enc == codec.Base64 { // their text stands for bytes
			text = "cafe"
		}
		p, err := enc.Encode(nil, text)
		back, _ := enc.Decode(nil, p, true)
		fmt.Printf("%-8s % x %s %v\n", enc.Name(), p, back, err)
	}
	// Output:
	// utf16le  63 00 61 00 66 00 e9 00 café <nil>
	// latin1   63 61 66 e9 café <nil>
	// hex      ca fe cafe <nil>
	// base64   71 a7 de cafe <nil>
}
