// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/bytesize"
)

// A tuning holds the flags for options of sockets, which several verbs share.
type tuning struct {
	nodelay   bool
	keepalive time.Duration
	rcvbuf    int
	sndbuf    int
	sendRate  int
}

// flags returns the table of its flags.
func (t *tuning) flags() []flag {
	t.nodelay = true
	return []flag{
		{"nodelay", "", yes{&t.nodelay}},
		{"keepalive", "", span{&t.keepalive}},
		{"rcvbuf", "", size{&t.rcvbuf}},
		{"sndbuf", "", size{&t.sndbuf}},
		{"send-rate", "", bytesPerTime{&t.sendRate}},
	}
}

// check returns a misuse if this system cannot set what the flags ask for.
func (t *tuning) check() error {
	if t.rcvbuf == 0 && t.sndbuf == 0 {
		return nil
	}
	flag := "--rcvbuf"
	if t.rcvbuf == 0 {
		flag = "--sndbuf"
	}
	if driver := new(duplex.Engine).Stats().Driver; driver != "epoll" {
		return misuse("it works on Linux; leave it away here", "%s cannot be set with the driver %s", flag, driver)
	}
	return nil
}

// options sets the options of sockets.
func (t *tuning) options(o *duplex.Options) {
	o.Nagle = !t.nodelay
	o.KeepAlive = net.KeepAliveConfig{Enable: t.keepalive > 0, Idle: t.keepalive}
	o.WriteRate = t.sendRate
}

// watch returns a Handler that sets the buffers of a socket before h has it.
func (t *tuning) watch(h *duplex.Handler) *duplex.Handler {
	if t.rcvbuf == 0 && t.sndbuf == 0 {
		return h
	}
	tuned := *h
	tuned.OnConnect = func(s *duplex.Socket) {
		if t.set(s) {
			call(h.OnConnect, s)
		}
	}
	return &tuned
}

// set sets the buffers of s. If it cannot, it destroys s and reports false.
func (t *tuning) set(s *duplex.Socket) bool {
	if t.rcvbuf == 0 && t.sndbuf == 0 {
		return true
	}
	raw, err := s.SyscallConn()
	if err == nil {
		err = setBuffers(raw, t.rcvbuf, t.sndbuf)
	}
	if err != nil && !errors.Is(err, net.ErrClosed) && !errors.Is(err, errors.ErrUnsupported) {
		s.Destroy(&net.OpError{Op: "setsockopt", Net: "tcp", Err: err})
		return false
	}
	return true
}

// A factKind is what a number means that the kernel knows of a connection.
type factKind struct {
	key  string // of JSON
	word string // of text
	unit string
}

// factKinds are all of them, in the order in which they are shown.
var factKinds = []factKind{
	{"rttUs", "rtt", " µs"},
	{"rttVarUs", "±", " µs"},
	{"rtoUs", "rto", " µs"},
	{"cwnd", "cwnd", ""},
	{"mss", "mss", " B"},
	{"unacked", "unacked", ""},
	{"retransmitted", "retransmitted", ""},
	{"window", "receive window", " B"},
	{"rate", "rate", " B/s"},
}

// A fact is such a number.
type fact struct {
	factKind
	value uint64
}

type facts []fact

func (fs facts) String() string {
	var parts []string
	for _, f := range fs {
		parts = append(parts, fmt.Sprintf("%s %d%s", f.word, f.value, f.unit))
	}
	return strings.Join(parts, ", ")
}

func (fs facts) appendJSON(dst []byte) []byte {
	for _, f := range fs {
		dst = fmt.Appendf(dst, `,"%s":%d`, f.key, f.value)
	}
	return dst
}

// parseSize returns a number of bytes, as in 1500, 64KiB or 1.5MB.
func parseSize(text string) (int, error) {
	n, _, ok := bytesize.Parse(text)
	if !ok || !(n >= 1) || n > 1<<31-1 {
		return 0, errors.New("it is a number of bytes, as in 1500, 64KiB or 1MB")
	}
	return int(n), nil
}

// A size is a flag whose value is a number of bytes.
type size struct{ *int }

func (s size) String() string { return strconv.Itoa(*s.int) }
func (s size) Type() string   { return "size" }

func (s size) Set(text string) (err error) {
	*s.int, err = parseSize(text)
	return err
}

// A bytesPerTime is a flag whose value is how many bytes may be sent in a second.
type bytesPerTime struct{ *int }

func (b bytesPerTime) String() string { return fmt.Sprintf("%dB/s", *b.int) }
func (b bytesPerTime) Type() string   { return "rate" }

func (b bytesPerTime) Set(text string) error {
	amount, found := strings.CutSuffix(text, "/s")
	n, err := parseSize(amount)
	if err != nil || !found {
		return errors.New("it is a number of bytes in a second, as in 64KiB/s or 1MB/s")
	}
	*b.int = n
	return nil
}
