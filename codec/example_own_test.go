// Copyright 2026 The duplex authors. MIT license.

package codec_test

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/duplex-go/duplex/codec"
)

// bulk is a Cutter for the strings of Redis: "$5\r\nhello\r\n".
type bulk struct{}

// longest is how many bytes the first line of a string has at most.
const longest = len("$9999999999\r\n")

func (bulk) Cut(data []byte, _, most int, final bool) (advance int, frame []byte, wait int, err error) {
	line, rest, found := bytes.Cut(data, []byte("\r\n"))
	switch {
	case len(data) == 0:
		return 0, nil, 1, nil // the end between two frames is no error
	case data[0] != '$' || !found && len(data) >= longest:
		return 0, nil, 0, codec.ErrMalformed
	case !found && final:
		return 0, nil, 0, io.ErrUnexpectedEOF
	case !found:
		return 0, nil, len(data) + 1, nil // the length has few digits, so it is read anew for each
	}
	n, err := strconv.ParseUint(string(line[1:]), 10, 32)
	if err != nil {
		return 0, nil, 0, codec.ErrMalformed
	}
	if most >= 0 && n > uint64(most) {
		return 0, nil, 0, codec.ErrTooLong // before the string has come
	}
	size := int(n)
	whole := len(line) + len("\r\n") + size + len("\r\n")
	switch {
	case len(data) >= whole && string(rest[size:size+2]) != "\r\n":
		return 0, nil, 0, codec.ErrMalformed
	case len(data) >= whole:
		return whole, rest[:size], 0, nil
	case final:
		return 0, nil, 0, io.ErrUnexpectedEOF
	}
	return 0, nil, whole, nil // not called before all of it is there
}

// A Cutter of the program, for a protocol that no framing of this package cuts. As the
// Framing of a Handler it makes each string a call of OnData. There ErrTooLong becomes
// duplex.ErrFrameTooLong, and OnError receives other errors as they are.
func ExampleCutter_own() {
	for _, data := range []string{"$5\r\nhello\r\n$0\r\n", "$5\r\nhel", "$99\r\n", "+OK\r\n"} {
		n, frame, wait, err := bulk{}.Cut([]byte(data), 0, 64, false)
		fmt.Printf("%d %q %d %v\n", n, frame, wait, err)
	}
	// Output:
	// 11 "hello" 0 <nil>
	// 0 "" 11 <nil>
	// 0 "" 0 codec: the frame is too long
	// 0 "" 0 codec: malformed frame
}
