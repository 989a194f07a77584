// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// Ctrl-C ends the room of the example: everybody hears of it, who has no name yet
// is sent away as well, and the script ends by itself.
func TestTheRoomOfTheExampleCloses(t *testing.T) {
	room := launch(t, command("run", "../../examples/scripts/chat-server.js", "0"))
	port := room.await(t, `listening (\d+)`)[1]
	var guests [3]net.Conn
	for i := range guests {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(patience))
		guests[i] = conn
	}
	for _, guest := range guests[:2] {
		io.WriteString(guest, "guest\n")
		if err := waitFor(guest, "* guest is here"); err != nil {
			t.Fatal(err)
		}
	}
	if err := waitFor(guests[2], "your name?"); err != nil {
		t.Fatal(err)
	}
	if err := sendSignal(room.Process, "INT"); err != nil {
		t.Fatal(err)
	}
	for i, guest := range guests {
		heard, err := io.ReadAll(guest)
		if told := strings.HasSuffix(string(heard), "* the room closes\n"); told != (i < 2) || err != nil {
			t.Errorf("guest %d hears %q, %v", i, heard, err)
		}
		guest.Close()
	}
	room.exits(t, 0)
	if !strings.HasSuffix(room.out.String(), "closed\n") || room.errOut.String() != "" {
		t.Errorf("stdout: %s\nstderr: %s", room.out.String(), room.errOut.String())
	}
}

// waitFor reads until a peer has said text.
func waitFor(conn net.Conn, text string) error {
	var heard []byte
	for !strings.Contains(string(heard), text) {
		b := make([]byte, 100)
		n, err := conn.Read(b)
		if err != nil {
			return err
		}
		heard = append(heard, b[:n]...)
	}
	return nil
}
