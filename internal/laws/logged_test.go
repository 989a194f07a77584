// Copyright 2026 The duplex authors. MIT license.

package laws_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// A logbook is a place for a logger. It may be read when the sockets are closed.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logbook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// lines returns what was logged, without ports.
func (b *logbook) lines() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := regexp.MustCompile(`(127\.0\.0\.1):\d+`).ReplaceAllString(b.text.String(), "$1")
	return strings.Split(strings.TrimSpace(text), "\n")
}

// logger returns a logger without times.
func (b *logbook) logger(level slog.Leveler) *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func TestLoggedLogsEveryEventAndCallsTheHandler(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		rig.NeedPlain(t, "a handshake is one event more")
		var book logbook
		var r duplextest.Recorder
		r.All = true
		h := duplex.Logged(r.Handler(&duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}), book.logger(slog.LevelDebug), slog.LevelDebug)
		a, b := duplextest.PipeOf(t, e, nil, h)
		io.WriteString(a, "hello")
		a.Expect(t, "data: hello")
		a.End()
		b.Events(t)
		r.Expect(t, "connect", "data: hello", "end", "finish", "close")
		const where = " local=127.0.0.1 remote=127.0.0.1"
		want := []string{
			"level=DEBUG msg=\"duplex: connect\"" + where,
			"level=DEBUG msg=\"duplex: data\" bytes=5" + where,
			"level=DEBUG msg=\"duplex: end\"" + where,
			"level=DEBUG msg=\"duplex: finish\"" + where,
			"level=DEBUG msg=\"duplex: close\" err=<nil> received=5 written=5" + where,
		}
		if got := book.lines(); !slices.Equal(got, want) {
			t.Errorf("the log is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestLoggedLogsTheErrorWithItsCode(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var book logbook
		var r duplextest.Recorder
		(&duplex.Client{Engine: e}).Connect(t.Context(), "tcp", rig.FreeAddr(t), duplex.Logged(r.Handler(nil), book.logger(slog.LevelInfo), slog.LevelWarn))
		r.Expect(t, "error: ECONNREFUSED", "close: hadError")
		got := book.lines()
		if len(got) != 2 || !strings.Contains(got[0], `level=WARN msg="duplex: error"`) || !strings.Contains(got[0], "code=ECONNREFUSED") {
			t.Errorf("the log is\n%s\nwant the error with its code, and the close", strings.Join(got, "\n"))
		}
	})
}

func TestLoggedIsSilentBelowItsLevel(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		var book logbook
		_, b := duplextest.PipeOf(t, e, nil, duplex.Logged(nil, book.logger(slog.LevelInfo), slog.LevelDebug))
		b.Destroy(nil)
		b.Expect(t, "close")
		if got := book.lines(); got[0] != "" {
			t.Errorf("the log is %q, want none", got)
		}
	})
}

func TestLoggedLeavesTheRestOfTheHandler(t *testing.T) {
	w := new(duplex.Workers)
	h := duplex.Logged(&duplex.Handler{Blocking: true, Workers: w, MaxFrame: 7}, nil, slog.LevelDebug)
	if !h.Blocking || h.Workers != w || h.MaxFrame != 7 || h.OnData != nil {
		t.Errorf("the Handler is %+v, want the fields of the first, and no OnData", h)
	}
	// What is not enabled is not formatted.
	h = duplex.Logged(&duplex.Handler{OnData: func(*duplex.Socket, []byte) {}}, slog.New(muted{}), slog.LevelDebug)
	if n := testing.AllocsPerRun(100, func() { h.OnData(nil, nil) }); n != 0 {
		t.Errorf("an event that is not logged allocates %v times", n)
	}
}

// muted is a place for a logger that enables nothing.
type muted struct{ slog.Handler }

func (muted) Enabled(context.Context, slog.Level) bool { return false }
