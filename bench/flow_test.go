// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
)

// serveOnce lets f serve whoever connects, and returns that as a process.
func serveOnce(t *testing.T, f func(net.Conn)) *process {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() { // until the listener is closed
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go f(c)
		}
	}()
	return &process{pid: os.Getpid(), addr: netip.MustParseAddrPort(ln.Addr().String())}
}

// spoilt returns a server that changes what it echoes.
func spoilt(t *testing.T, change func(p []byte) []byte) *process {
	return serveOnce(t, func(c net.Conn) {
		defer c.Close()
		p := make([]byte, 1024)
		for {
			n, err := c.Read(p)
			if err != nil {
				return
			}
			if n > 1 { // a knock is well answered
				n = copy(p, change(p[:n]))
			}
			c.Write(p[:n])
		}
	})
}

func TestWrongBytesAreNoticed(t *testing.T) {
	for name, change := range map[string]func([]byte) []byte{
		"flipped": func(p []byte) []byte { p[len(p)-1] ^= 1; return p },
		"doubled": func(p []byte) []byte { return append(p, p...) },
		"shifted": func(p []byte) []byte { return append(p[1:], p[0]) },
	} {
		for _, w := range []workload{echo("echo", 64, 2), broadcast("broadcast", 1)} {
			t.Run(name+"/"+w.name, func(t *testing.T) {
				if _, err := w.measure(spoilt(t, change), tiny); err == nil || !strings.Contains(err.Error(), "than were sent") {
					t.Errorf("got %v, want to hear of the bytes", err)
				}
			})
		}
	}
}

func TestAServerThatHangsUpIsNoticed(t *testing.T) {
	p := serveOnce(t, func(c net.Conn) {
		defer c.Close()
		var b [1]byte
		c.Read(b[:])
		c.Write(b[:])
	})
	if _, err := echo("echo", 64, 1).measure(p, tiny); err == nil {
		t.Error("got no error")
	}
}

func TestCutFramesAreJoined(t *testing.T) {
	p := serveOnce(t, func(c net.Conn) {
		defer c.Close()
		p := make([]byte, frameSize)
		for {
			if _, err := io.ReadFull(c, p); err != nil {
				return
			}
			for _, b := range p {
				c.Write([]byte{b})
			}
		}
	})
	if _, err := broadcast("broadcast", 1).measure(p, tiny); err != nil {
		t.Error(err)
	}
}
