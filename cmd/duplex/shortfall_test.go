// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/tls"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What is said to be missing of an answer that was cut did not reach the client: the reset hands
// to the kernel what waits, also what --send-rate has held back. Nor was what the server has not
// written sent.
func TestACutCountsNoByteThatTheClientGot(t *testing.T) {
	const size = 300_000
	cases := [][]string{
		{"--file", answerOf(t, size), "--send-rate=10KB/s", "--max-age"},
		{"--file", answerOf(t, size), "--send-rate=10KB/s", "--tls", "--max-age"},
		{"--reply-file", answerOf(t, 32*size), "--max-age"},
		{"--reply-file", answerOf(t, 32*size), "--idle"},
	}
	for limit := 300 * time.Millisecond; len(cases) > 0; {
		flags := cases[0]
		server, address := startServe(t, append(slices.Clone(flags), limit.String(), "--once")...)
		conn := dial(t, address)
		conn.SetDeadline(time.Now().Add(patience))
		var stream io.ReadWriter = conn
		if slices.Contains(flags, "--tls") {
			stream = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
		}
		io.WriteString(stream, "x")
		server.await(t, `(?m)^close +#1 `)
		if flags[0] == "--reply-file" && !strings.Contains(server.out.String(), "data       #1 ") {
			limit *= 2 // the machine is slow: there was no answer yet that could be cut
			continue
		}
		cases = cases[1:]
		got, _ := io.Copy(io.Discard, stream) // until the reset, or TLS misses its end
		server.exits(t, 55)
		missing := number(t, &server.errOut, `error      (\d+) B or more were not sent: `)
		written := number(t, &server.out, `close +#1 .* out (\d+) B`)
		whole := int64(size)
		if flags[0] == "--reply-file" {
			whole, written = 32*size, 0 // all of it is written, and waits
		}
		if got+missing > whole {
			t.Errorf("%v: %d B are said to be missing of %d, and the client has %d", flags, missing, whole, got)
		}
		if written > 0 && missing < whole-written {
			t.Errorf("%v: %d B are said to be missing of %d, and %d were written", flags, missing, whole, written)
		}
	}
}

// number waits for a match, and returns the number in it.
func number(t *testing.T, tr *transcript, pattern string) int64 {
	t.Helper()
	found, err := tr.await(pattern)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseInt(found[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A cut is a failure also if the kernel takes all that waits when the client is reset, so that
// no byte is known to be missing.
func TestACutOfNoBytesIsAFailure(t *testing.T) {
	server, address := startServe(t, "--file", answerOf(t, 20_000), "--send-rate=1KB/s", "--max-age=300ms", "--once")
	conn := dial(t, address)
	conn.SetDeadline(time.Now().Add(patience))
	io.WriteString(conn, "x")
	io.Copy(io.Discard, conn)
	server.exits(t, 55)
	want := `^error      (1 answer was cut off|\d+ B or more were not sent): the time of their clients was over\nhint       --max-age says how long a connection may last\n$`
	if got := server.errOut.String(); !matches(want, got) {
		t.Errorf("stderr: %q, want %s", got, want)
	}
}
