// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/recording"
)

// pauses are the times between the pieces of a conversation that is replayed.
var pauses = []time.Duration{50 * time.Millisecond, 400 * time.Millisecond, 200 * time.Millisecond}

// Each recorded piece is a write of its own with the same bytes, and comes no sooner after
// the one before it than it did, by the speed.
func TestReplayKeepsPiecesAndPauses(t *testing.T) {
	pieces := []string{"a", "b\x00\xff", "cde"}
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	var text strings.Builder
	line := func(after time.Duration, format string, args ...any) {
		at = at.Add(after)
		fmt.Fprintf(&text, `{"t":"%s",`+format+"}\n", append([]any{timeOf(at)}, args...)...)
	}
	fmt.Fprintf(&text, `{"duplex":1,"started":"%s","args":[]}`+"\n", timeOf(at))
	line(0, `"ev":"connect","id":1,"local":"127.0.0.1:1","remote":"127.0.0.1:2"`)
	for i, piece := range pieces {
		line(pauses[i], `"ev":"write","id":1,"n":%d,"b64":"%s"`, len(piece), appendBase64(nil, []byte(piece), 0))
	}
	line(0, `"ev":"finish","id":1`)
	file := filepath.Join(t.TempDir(), "recording")
	if err := os.WriteFile(file, []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, speed := range []float64{1, 4} {
		server, address := startServe(t, "--once")
		again := file + "2"
		client := launch(t, command("replay", file, address, "--speed", fmt.Sprint(speed), "--record", again))
		client.exits(t, 0)
		server.exits(t, 0)
		f, err := os.Open(again)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := recording.Read(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		c := rec.Conversations[0]
		last, n := c.Began, 0
		for _, s := range c.Steps {
			if s.Kind != recording.Data {
				continue
			}
			if n == len(pieces) || string(s.Data) != pieces[n] {
				t.Fatalf("speed %v: piece %d is %q", speed, n, s.Data)
			}
			// Pieces have their places in time from the beginning, so that one late
			// piece does not make the next one late.
			if n == 0 {
				if got, least := s.Time.Sub(last), time.Duration(float64(pauses[0])/speed); got < least-5*time.Millisecond {
					t.Errorf("speed %v: the first piece came after %v, want %v", speed, got, least)
				}
			}
			n++
			last = s.Time
		}
		total := time.Duration(float64(pauses[0]+pauses[1]+pauses[2]) / speed)
		if got := last.Sub(c.Began); n != len(pieces) || got < total-5*time.Millisecond {
			t.Errorf("speed %v: %d pieces in %v, want %d in %v", speed, n, got, len(pieces), total)
		}
	}
}

// A pause that is longer than a Duration can be is a long one, and not none.
func TestReplayWaitsLongWherePausesAreTooLongToCount(t *testing.T) {
	for speed, pause := range map[float64]time.Duration{1e-6: 10 * time.Hour, 0.5: 200 * 365 * 24 * time.Hour, 1: 1<<63 - 1} {
		if got := (&replay{speed: speed}).scaled(pause); got < 1000*time.Hour {
			t.Errorf("at %gx a pause of %v is one of %v", speed, pause, got)
		}
	}
}
