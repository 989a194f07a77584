// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"
)

func TestWhatDoesNotFitIsSentLater(t *testing.T) {
	message := bytes.Repeat(pattern[:1000], 32<<10) // more than any buffer of the kernel
	p := serveOnce(t, func(c net.Conn) {
		defer c.Close()
		got := make([]byte, len(message))
		if _, err := io.ReadFull(c, got); err == nil && bytes.Equal(got, message) {
			c.Write([]byte("well"))
		}
		io.Copy(io.Discard, c)
	})
	f, err := newFleet()
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	if err := f.dial(p.addr); err != nil {
		t.Fatal(err)
	}
	if err := f.send(0, message); err != nil {
		t.Fatal(err)
	}
	var answer []byte
	for late := time.Now().Add(patience); len(answer) < len("well"); {
		if time.Now().After(late) {
			t.Fatalf("got %q from the server so far", answer)
		}
		err := f.poll(100*time.Millisecond, func(_ int, p []byte) error {
			answer = append(answer, p...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if string(answer) != "well" {
		t.Errorf("got %q from the server", answer)
	}
}
