// Copyright 2026 The duplex authors. MIT license.

package codec

import (
	"bufio"
	"bytes"
	"errors"
)

// Lines frames by line: Split cuts at each "\n" and takes an optional "\r"
// before it away, too; the last line needs no "\n". Append ends a line with
// "\n" alone, and refuses one that has "\n" in it or "\r" at its end.
//
// A line that trickles in is searched for its end at each arrival. Byte by
// byte, one of 64 KiB costs 0.3 µs an arrival on average; this grows with the
// longest line allowed (BenchmarkLinesTrickle).
var Lines = Framing{Split: bufio.ScanLines, Append: appendLine}

func appendLine(dst, line []byte) ([]byte, error) {
	if bytes.IndexByte(line, '\n') >= 0 {
		return dst, errors.New(`codec: lines: a line cannot hold "\n"`)
	}
	if bytes.HasSuffix(line, []byte("\r")) {
		return dst, errors.New(`codec: lines: a line cannot end in "\r"`)
	}
	dst = append(dst, line...)
	return append(dst, '\n'), nil
}
