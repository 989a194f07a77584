// Copyright 2026 The duplex authors. MIT license.

package drivertest

import (
	"bytes"
	"io"
	"net"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
)

// releasing tests what gives a connection back to package net.
func releasing(t *testing.T, c Config) {
	if _, ok := newRig(t, c, 1).loops[0].driver.(driver.Releaser); !ok {
		t.Skip("this driver's connections are not the system's")
	}

	// released gives s up, and returns the connection and all bytes that its peer, which
	// ends, has sent and s has not received.
	released := func(t *testing.T, r *rig, s, peer *socket) (net.Conn, []byte) {
		t.Helper()
		var out driver.Released
		s.release(&out)
		r.until("it is released", func() bool { return s.gone })
		if out.Err != nil {
			t.Fatal(out.Err)
		}
		t.Cleanup(func() { out.Conn.Close() })
		if _, ok := out.Conn.(*net.TCPConn); !ok {
			t.Errorf("it is a %T", out.Conn)
		}
		peer.shutdownFlushed(r)
		out.Conn.SetDeadline(time.Now().Add(patience))
		rest, err := io.ReadAll(out.Conn)
		if err != nil {
			t.Fatal(err)
		}
		return out.Conn, append(out.Unread, rest...)
	}

	for what, prepare := range map[string]func(r *rig, s, peer *socket){
		"that never read": func(*rig, *socket, *socket) {},
		"that reads": func(r *rig, s, peer *socket) {
			s.receive(true)
			peer.write([]byte("some"))
			r.until("it reads", func() bool { return len(s.data) == 4 })
		},
		"that has stopped reading": func(r *rig, s, peer *socket) {
			s.receive(true)
			peer.write([]byte("some"))
			r.until("it reads", func() bool { return len(s.data) == 4 })
			s.receive(false)
		},
	} {
		t.Run("a connection "+what+" lives on outside, and loses no byte", func(t *testing.T) {
			r := newRig(t, c, 1)
			client, server := r.pair()
			prepare(r, server, client)
			client.write([]byte("more"))
			conn, rest := released(t, r, server, client)
			client.mu.Lock()
			want := client.sent
			client.mu.Unlock()
			if got := append(server.data, rest...); len(got) != want || !bytes.HasSuffix(got, []byte("more")) {
				t.Errorf("%q arrived", got)
			}
			client.receive(true)
			if _, err := conn.Write([]byte("answer")); err != nil {
				t.Fatal(err)
			}
			conn.Close()
			r.until("the answer and the end have come", func() bool { return client.ended })
			if string(client.data) != "answer" {
				t.Errorf("the answer is %q", client.data)
			}
		})
	}

	t.Run("a connection whose peer has ended shows the end outside, too", func(t *testing.T) {
		r := newRig(t, c, 1)
		client, server := r.pair()
		server.receive(true)
		client.write([]byte("some"))
		client.shutdownFlushed(r)
		r.until("the end has come", func() bool { return server.ended })
		var out driver.Released
		server.release(&out)
		r.until("it is released", func() bool { return server.gone })
		if out.Err != nil || len(out.Unread) > 0 {
			t.Fatal(out.Err, out.Unread)
		}
		defer out.Conn.Close()
		out.Conn.SetDeadline(time.Now().Add(patience))
		if rest, err := io.ReadAll(out.Conn); err != nil || len(rest) > 0 {
			t.Errorf("read %q, %v", rest, err)
		}
	})
}

// release gives s up.
func (s *socket) release(out *driver.Released) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing = true
	s.loop.driver.(driver.Releaser).Release(s.id, out)
}
