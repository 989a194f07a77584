// Copyright 2026 The duplex authors. MIT license.

package room_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/room"
)

//go:noinline
func refuses(name string, open bool) { panic("on purpose") }

// Clients that choose the names of rooms may cause panics: they must not fill the log.
func TestCrashesOfAHubAreLoggedAtALimitedRate(t *testing.T) {
	rig.Bubble(t, func(t *testing.T, e *duplex.Engine) {
		var book bytes.Buffer // written by the goroutine of the Hub, and read when that rests
		h := &room.Hub{Logger: slog.New(slog.NewJSONHandler(&book, nil)), OnRoom: refuses}
		var names []string
		for i := range 50 {
			names = append(names, fmt.Sprint("room ", i))
		}
		_, s := join(t, h, e, names...)
		rig.Turn(t, s)
		synctest.Wait()
		if n := bytes.Count(book.Bytes(), []byte("\n")); n != 10 {
			t.Errorf("%d of 50 crashes were logged, want 10", n)
		}
		if begins := regexp.MustCompile(`"stack":"goroutine \d+ \[[^]]*\]:\\ngithub\.com/duplex-go/duplex/room_test\.refuses\(`); !begins.Match(book.Bytes()) {
			t.Errorf("the stack does not begin with the callback:\n%.500s", book.Bytes())
		}
		book.Reset()
		time.Sleep(time.Second)
		if err := h.Join(s, "another"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !bytes.Contains(book.Bytes(), []byte(`"unlogged":40`)) || h.Stats().Panics != 51 {
			t.Errorf("after %d panics the log has\n%s", h.Stats().Panics, book.Bytes())
		}
	})
}
