// Copyright 2026 The duplex authors. MIT license.

package codec

import (
	"bufio"
	"bytes"
)

// Lines makes each line a frame. Cut and Split cut at "\n", and remove one "\r" before
// it; the last line needs no "\n". Append ends a line with "\n". It returns an error for
// a line that contains "\n" or ends with "\r".
//
// Split is [bufio.ScanLines], and scans a line that arrives in pieces from its start at
// each piece. Cut does not. A line of 64 KiB that arrives byte by byte costs Split 0.5 µs
// for each byte on average, and Cut 7 ns (BenchmarkTrickle).
var Lines Framing = lines{}

type lines struct{}

var (
	errNewline = &failure{ErrMalformed, `lines: a line cannot hold "\n"`}
	errReturn  = &failure{ErrMalformed, `lines: a line cannot end in "\r"`}
)

func (lines) Cut(data []byte, waited, most int, final bool) (advance int, frame []byte, wait int, err error) {
	from := max(0, min(waited-1, len(data)))
	i := bytes.IndexByte(data[from:], '\n')
	switch {
	case i >= 0:
		advance = from + i + 1
		frame = data[:from+i]
	case most >= 0 && len(data)-1 > most: // a last "\r" may not be part of the line
		return refuse(ErrTooLong)
	case len(data) == 0 || !final:
		return 0, nil, len(data) + 1, nil
	default:
		advance = len(data)
		frame = data
	}
	if n := len(frame); n > 0 && frame[n-1] == '\r' {
		frame = frame[:n-1]
	}
	if most >= 0 && len(frame) > most {
		return refuse(ErrTooLong)
	}
	return advance, frame, 0, nil
}

func (lines) Split(data []byte, atEOF bool) (advance int, frame []byte, err error) {
	return bufio.ScanLines(data, atEOF)
}

func (lines) Append(dst, line []byte) ([]byte, error) {
	if bytes.IndexByte(line, '\n') >= 0 {
		return dst, errNewline
	}
	if bytes.HasSuffix(line, []byte("\r")) {
		return dst, errReturn
	}
	dst = append(dst, line...)
	return append(dst, '\n'), nil
}
