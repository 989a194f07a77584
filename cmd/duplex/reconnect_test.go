// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
)

// listenFor accepts a client for each of serve, calls it, and closes the connection.
func listenFor(t *testing.T, serve ...func(*net.TCPConn)) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() { // until the listener is closed, or all are served
		for _, serve := range serve {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			conn.SetDeadline(time.Now().Add(patience))
			serve(conn.(*net.TCPConn))
			conn.Close()
		}
	}()
	return ln.Addr().String()
}

// What was sent on a connection that broke off may not have arrived, whatever follows.
func TestReconnectSaysWhatMayNotHaveArrived(t *testing.T) {
	const lost = `error      12 B may not have arrived: their connections broke off\nhint       `
	for flag, want := range map[string]string{
		"--as=raw": `^note       read ECONNRESET; trying again until it works\n` + lost + `--events shows which\n$`,
		"--events": `^` + lost + `the events say which\n$`,
	} {
		first, second := make(chan struct{}), make(chan struct{})
		address := listenFor(t,
			func(conn *net.TCPConn) {
				io.ReadFull(conn, make([]byte, 1)) // and leaves the rest unread
				close(first)
			},
			func(conn *net.TCPConn) {
				close(second)
				io.ReadAll(conn)
			})
		client := launch(t, command("connect", address, "--reconnect", "--backoff=1ms..1ms", flag))
		io.WriteString(client.stdin, "twelve bytes")
		<-first
		<-second
		io.WriteString(client.stdin, "others")
		client.stdin.Close()
		client.exits(t, 55)
		if got := client.errOut.String(); !matches(want, got) {
			t.Errorf("%s: stderr: %q, want %s", flag, got, want)
		}
	}
}

// After the server's end our side does not end until the server's system has all: it may reset
// when it gets more, or when it closes and has not read all.
func TestReconnectSeesAResetAfterTheEnd(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux is asked what the peer's system has taken")
	}
	leave := make(chan struct{})
	address, served := listen(t, func(conn *net.TCPConn) {
		conn.CloseWrite()
		<-leave // with all unread
	})
	engine := &duplex.Engine{Loops: 1}
	defer engine.Close()
	v := &conversation{display: new(display), closed: make(chan struct{})}
	ended, gone := make(chan struct{}), make(chan struct{})
	s := (&duplex.Client{Engine: engine, Options: duplex.Options{AllowHalfOpen: true}}).Connect(context.Background(), "tcp", address, &duplex.Handler{
		OnEnd:   func(*duplex.Socket) { close(ended) },
		OnClose: func(*duplex.Socket) { close(gone) },
	})
	<-ended
	if raw, err := s.SyscallConn(); err != nil || raw.Control(func(uintptr) {}) != nil {
		t.Skip("this driver shows no descriptor")
	}
	// All that the server's system can hold, and more, which the kernel here holds.
	for begun := time.Now(); s.Buffered() > 0 || notSentBytes(s) == 0 || notSentBytes(s) != unacknowledgedBytes(s); time.Sleep(time.Millisecond) {
		if s.Buffered() == 0 {
			s.Write(make([]byte, 32<<10))
		}
		if time.Since(begun) > patience {
			t.Fatalf("%d B wait, and in the kernel %d B, of %d B that are not acknowledged", s.Buffered(), notSentBytes(s), unacknowledgedBytes(s))
		}
	}
	go v.parts(s)
	select {
	case <-gone:
		t.Error("it is closed before the server's system has all")
	case <-time.After(50 * time.Millisecond):
	}
	close(leave)
	<-served
	<-gone
	if err := s.Err(); err == nil {
		t.Error("there is no error")
	}
}

// The end of the input between two connections waits for the end of the one before, also if that
// begins meanwhile: who ends it at once does not see a reset that comes.
func TestTheEndOfInputWaitsForAParting(t *testing.T) {
	first, second := make(chan struct{}), make(chan struct{})
	v := &conversation{parting: first, unneeded: func() {}}
	none := make(chan bool, 1)
	go func() {
		_, unneeded := v.parted()
		none <- unneeded
	}()
	time.Sleep(20 * time.Millisecond) // it waits for the first
	v.mu.Lock()
	v.parting = second
	v.mu.Unlock()
	close(first)
	select {
	case <-none:
		t.Fatal("it does not wait for the second")
	case <-time.After(20 * time.Millisecond):
	}
	close(second)
	if !<-none || !v.inputEnd {
		t.Error("another connection is needed")
	}
}
