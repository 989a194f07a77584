// Copyright 2026 The duplex authors. MIT license.

// Package recording reads recordings of TCP conversations, which the command's --record
// writes, and converts them for other programs.
//
// A recording is text. Its first line is a header, and each line after that is an event:
//
//	{"duplex":1,"started":"2026-11-30T12:00:00.000000Z","args":["connect","127.0.0.1:6666"]}
//	{"t":"2026-11-30T12:00:00.000310Z","ev":"connect","id":1,"local":…,"remote":…}
//	{"t":"2026-11-30T12:00:00.000420Z","ev":"write","id":1,"n":2,"utf8":"hi"}
//
// Each write and each read has a line of its own, with its exact bytes. Readers ignore
// events and keys that they do not know.
package recording

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// version is that of the format. A break of the format makes it larger.
const version = 1

// mostOfLine is the longest line that is read. A write of 128 MiB makes a longer one.
const mostOfLine = 256 << 20

// A Header is the first line of a recording.
type Header struct {
	Started time.Time
	Args    []string // of the command that has recorded
}

// An Event is another line.
type Event struct {
	Line int    // its number, from 1 on
	Text []byte // the line, without its end

	Time time.Time
	Name string // such as "connect", "data" or "close"
	ID   int    // of the socket; 0 for a listener
	Data []byte // of "data" and "write"

	// Pair is the number that the two sockets of a proxy share; 0 for others.
	Pair int

	Srv, Local, Remote string
	HadError           bool  // of "close"
	Reset              bool  // of "close": the side that records has reset the connection
	In, Out            int64 // of "close"
	Code, Message      string
	Pause              string // of "reconnect"
	Toxic              string // of "toxic"
	Version, Cipher    string // of "secure", as are the next two
	ALPN, Pin          string
}

// An Error is what is wrong with a line of a recording.
type Error struct {
	Line int
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

// A Reader reads the lines of a recording. One goroutine at a time may use it.
type Reader struct {
	Header Header

	from   *bufio.Reader
	number int   // of the last line
	err    error // of it
}

// NewReader reads the header of a recording.
func NewReader(r io.Reader) (*Reader, error) {
	rd := &Reader{from: bufio.NewReaderSize(r, 64<<10)}
	if first, err := rd.from.Peek(1); err == nil && first[0] != '{' {
		return nil, &Error{1, errors.New("this is no recording: it does not begin with a header")}
	}
	line, err := rd.line()
	if err == io.EOF {
		return nil, &Error{1, errors.New("the file is empty")}
	}
	if err != nil {
		return nil, err
	}
	var h struct {
		Duplex  *int
		Started string
		Args    []string
	}
	err = json.Unmarshal(line, &h)
	switch {
	case err != nil:
		return nil, rd.fault("%s", explain(err))
	case h.Duplex == nil:
		return nil, rd.fault("this is no recording: it does not begin with a header")
	case *h.Duplex != version:
		return nil, rd.fault("the recording has version %d, and this program reads version %d", *h.Duplex, version)
	}
	rd.Header.Args = h.Args
	if rd.Header.Started, err = time.Parse(time.RFC3339Nano, h.Started); err != nil {
		return nil, rd.fault("no time is %q", h.Started)
	}
	return rd, nil
}

// Next returns the next event, and [io.EOF] after the last. Any other error is an [*Error],
// or that of reading the file; it comes again in later calls.
func (rd *Reader) Next() (*Event, error) {
	if rd.err != nil {
		return nil, rd.err
	}
	e, err := rd.next()
	rd.err = err
	return e, err
}

func (rd *Reader) next() (*Event, error) {
	line, err := rd.line()
	if err != nil {
		return nil, err
	}
	var f fields
	if err := json.Unmarshal(line, &f); err != nil {
		return nil, rd.fault("%s", explain(err))
	}
	e := &Event{
		Line: rd.number, Text: line,
		Name: f.Ev, ID: f.ID, Pair: f.Pair,
		Srv: f.Srv, Local: f.Local, Remote: f.Remote,
		HadError: f.HadError, Reset: f.Reset, In: f.In, Out: f.Out,
		Code: f.Code, Message: f.Message, Pause: f.Pause, Toxic: f.Toxic,
		Version: f.Version, Cipher: f.Cipher, ALPN: f.ALPN, Pin: f.Pin,
	}
	if e.Time, err = time.Parse(time.RFC3339Nano, f.T); err != nil {
		return nil, rd.fault("the time of an event is its key t, and no time is %q", f.T)
	}
	switch {
	case f.Ev == "":
		return nil, rd.fault("it has no key ev, which names an event")
	case f.ID < 0:
		return nil, rd.fault("no socket is %d", f.ID)
	case f.Ev != "data" && f.Ev != "write":
		return e, nil
	case f.ID == 0:
		return nil, rd.fault("data of no socket: it has no id")
	}
	if e.Data, err = f.data(); err != nil {
		return nil, rd.fault("%v", err)
	}
	return e, nil
}

// fields are the keys of an event's line.
type fields struct {
	T, Ev              string
	ID, Pair           int
	N                  *int
	UTF8               *string
	B64                *string
	Srv, Local, Remote string
	HadError, Reset    bool
	In, Out            int64
	Code, Message      string
	Pause              string
	Toxic              string
	Version, Cipher    string
	ALPN, Pin          string
}

// data returns the bytes of a piece.
func (f *fields) data() (data []byte, err error) {
	switch {
	case f.UTF8 != nil && f.B64 != nil:
		return nil, errors.New("the data is both utf8 and b64")
	case f.UTF8 != nil:
		data = []byte(*f.UTF8)
	case f.B64 != nil:
		if data, err = base64.StdEncoding.Strict().DecodeString(*f.B64); err != nil {
			return nil, errors.New("b64 is not base64")
		}
	default:
		return nil, errors.New("the data is missing: there is neither utf8 nor b64")
	}
	if f.N == nil || *f.N != len(data) {
		n := "missing"
		if f.N != nil {
			n = fmt.Sprint(*f.N)
		}
		return nil, fmt.Errorf("n is %s, and the data has %d B", n, len(data))
	}
	return data, nil
}

// line returns the next line, without its end. The last line need not have an end if it
// is complete.
func (rd *Reader) line() ([]byte, error) {
	var line []byte
	for {
		part, err := rd.from.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > mostOfLine:
			rd.number++
			return nil, rd.fault("it is longer than %d MiB", mostOfLine>>20)
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(line) == 0:
			return nil, io.EOF
		case err != nil && err != io.EOF:
			return nil, err
		}
		rd.number++
		whole := bytes.TrimRight(line, "\r\n")
		switch {
		case err == io.EOF && !json.Valid(whole):
			return nil, rd.fault("the line breaks off")
		case !utf8.Valid(whole):
			return nil, rd.fault("it is not UTF-8")
		}
		return whole, nil
	}
}

func (rd *Reader) fault(format string, args ...any) error {
	return &Error{rd.number, fmt.Errorf(format, args...)}
}

// explain returns what package json has against a line.
func explain(err error) string {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind) && kind.Field == "":
		return "it is not a JSON object"
	case errors.As(err, &syntax) && strings.HasPrefix(err.Error(), "unexpected end"):
		return "the line breaks off"
	case errors.As(err, &kind):
		return fmt.Sprintf("the value of %s is a %s", strings.ToLower(kind.Field), kind.Value)
	}
	return "it is not a JSON object: " + strings.TrimPrefix(err.Error(), "json: ")
}
