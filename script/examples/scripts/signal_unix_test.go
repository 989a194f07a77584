// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package scripts_test

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/duplex-go/duplex/script/internal/program"
)

// Ctrl-C closes the room of the example: members receive a message, a guest without a name
// is disconnected, too, and the script exits by itself.
func TestTheRoomClosesAtCtrlC(t *testing.T) {
	room := program.Start(t, "chat-server.js", "0")
	port := listens(t, room)
	var guests []*peer
	for range 3 {
		guest := dial(t, port)
		guest.hears(t, "your name?")
		guests = append(guests, guest)
	}
	for _, guest := range guests[:2] {
		guest.says(t, "guest")
		for line := ""; !strings.HasPrefix(line, "* guest is here"); {
			line = next(t, guest.lines)
		}
	}
	room.Interrupt(t)
	for i, guest := range guests {
		heard, err := io.ReadAll(guest.lines)
		if told := strings.HasSuffix(string(heard), "* the room closes\n"); told != (i < 2) || err != nil {
			t.Errorf("guest %d hears %q, %v", i, heard, err)
		}
		guest.Close()
	}
	room.Prints(t, "closed")
	room.Exits(t, 0)
}

func next(t *testing.T, lines *bufio.Reader) string {
	t.Helper()
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}
