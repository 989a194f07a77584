// Copyright 2026 The duplex authors. MIT license.

//go:build linux

package sys

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestPipeCarriesBytesBetweenSockets(t *testing.T) {
	a, b := pair(t)
	c, d := pair(t)
	for _, s := range []Socket{a, b, c, d} {
		defer s.Close()
	}
	p := must(NewPipe(1 << 16))(t)
	defer p.Close()
	if n, err := p.Fill(b, 1<<16); n != 0 || err != unix.EAGAIN {
		t.Errorf("Fill with nothing: got %d, %v, want EAGAIN", n, err)
	}
	want := "through the pipe"
	if n, err := a.Send([][]byte{[]byte(want)}); n != len(want) || err != nil {
		t.Fatalf("Send: %d, %v", n, err)
	}
	await(t, b, unix.POLLIN)
	if n, err := p.Fill(b, 1<<16); n != len(want) || err != nil {
		t.Fatalf("Fill: got %d, %v, want %d", n, err, len(want))
	}
	if n, err := p.Drain(c, 7); n != 7 || err != nil {
		t.Fatalf("Drain: got %d, %v, want 7", n, err)
	}
	await(t, d, unix.POLLIN)
	got := make([]byte, len(want))
	n, err := d.Recv(got)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Read(got[n:]); err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if err := p.Read(got); err != unix.EAGAIN {
		t.Errorf("Read of nothing: %v, want EAGAIN", err)
	}
	if n, err := p.Drain(c, 1); n != 0 || err != unix.EAGAIN {
		t.Errorf("Drain of nothing: got %d, %v, want EAGAIN", n, err)
	}
}
