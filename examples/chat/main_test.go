// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/examples/internal/program"
)

// TestMain is the example itself where a test has started it as one.
func TestMain(m *testing.M) { program.Main(m, main) }

// open opens a room on the engine.
func open(t *testing.T, e *duplex.Engine) *room {
	t.Helper()
	r := newRoom(e)
	if err := r.srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return r
}

// A guest is a client of the room, and what it was told, line by line.
type guest struct {
	*duplex.Socket
	duplextest.Recorder
}

func (r *room) visit(t *testing.T, o duplex.Options) *guest {
	t.Helper()
	g := &guest{Recorder: duplextest.Recorder{Pieces: true}}
	client := duplex.Client{Engine: r.srv.Engine, Options: o}
	g.Socket = client.Connect(t.Context(), "tcp", r.srv.Addr().String(), g.Handler(&duplex.Handler{Framing: codec.Lines}))
	g.Expect(t, "connect")
	return g
}

func (g *guest) says(line string) { io.WriteString(g.Socket, line+"\n") }

func TestALineReachesEveryGuestWithAName(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		r := open(t, e)
		ann, bob, mute := r.visit(t, duplex.Options{}), r.visit(t, duplex.Options{}), r.visit(t, duplex.Options{})
		for _, g := range []*guest{ann, bob, mute} {
			g.Expect(t, "data: * What is your name?")
		}
		ann.says("Ann")
		ann.Expect(t, "data: * Ann has come; 1 here")
		bob.says("")
		bob.Expect(t, "data: * A name has 1 to 32 bytes.")
		bob.says("Bob")
		bob.Expect(t, "data: * Bob has come; 2 here")
		ann.Expect(t, "data: * Bob has come; 2 here")
		ann.says("你好")
		bob.Expect(t, "data: Ann: 你好")
		ann.Expect(t, "data: Ann: 你好")
		bob.End()
		ann.Expect(t, "data: * Bob is gone; 1 here")
		ann.says(strings.Repeat("x", 1025))
		ann.Expect(t, "data: * A line has at most 1024 bytes.", "end", "close")
		mute.End()
		mute.Expect(t, "end", "close") // and nothing was told to it
	})
}

func TestAGuestWhoDoesNotReadDoesNotHoldUpTheOthers(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		r := open(t, e)
		told := make(chan string, 1000)
		client := duplex.Client{Engine: e}
		ann := client.Connect(t.Context(), "tcp", r.srv.Addr().String(), &duplex.Handler{
			Framing: codec.Lines,
			OnData:  func(_ *duplex.Socket, line []byte) { told <- string(line) },
		})
		hear := func() string {
			select {
			case line := <-told:
				return line
			case <-time.After(duplextest.Patience):
				t.Fatal("Ann is told nothing more")
				return ""
			}
		}
		io.WriteString(ann, "Ann\n")
		for hear() != "* Ann has come; 1 here" {
		}
		slow := r.visit(t, duplex.Options{PauseOnConnect: true})
		slow.says("Slow")
		if got := hear(); got != "* Slow has come; 2 here" {
			t.Fatalf("Ann was told %q", got)
		}
		long := strings.Repeat("x", 1000)
		const several = 100
		for gone := false; !gone; {
			io.WriteString(ann, strings.Repeat(long+"\n", several))
			for heard := 0; heard < several; {
				switch got := hear(); got {
				case "Ann: " + long:
					heard++
				case "* Slow is gone, who did not read; 1 here":
					gone = true
				default:
					t.Fatalf("Ann was told %q", got)
				}
			}
		}
		ann.Destroy(nil)
		slow.Destroy(nil)
	})
}

func TestCtrlCClosesTheRoom(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot send Ctrl-C to another one on Windows")
	}
	p := program.Start(t, "-addr", "127.0.0.1:0")
	addr := p.Address(t, "chat on ")
	told := new(duplextest.Recorder)
	s := duplex.Connect("tcp", addr, told.Handler(nil))
	told.ExpectMatch(t, "connect", `data: \* What is your name\?\n`)
	io.WriteString(s, "Ann\n")
	told.ExpectMatch(t, `data: \* Ann has come; 1 here\n`)
	p.Interrupt(t)
	told.ExpectMatch(t, `data: \* The room closes.\n`, "end", "close")
	p.Exits(t, 0)
}
