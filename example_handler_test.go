// Copyright 2026 The duplex authors. MIT license.

package duplex_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"syscall"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// The client asks for something slow, and leaves. The query sees that by its context, and
// does not go on for a client that is gone.
func ExampleSocket_Context() {
	query := func(ctx context.Context) error { // as of database/sql
		<-ctx.Done()
		return context.Cause(ctx)
	}
	began := make(chan bool)
	srv := &duplex.Server{Handler: &duplex.Handler{
		Blocking:  true,
		OnConnect: func(s *duplex.Socket) { s.Server().Unlisten() },
		OnData: func(s *duplex.Socket, p []byte) {
			close(began)
			err := query(s.Context())
			fmt.Println("the client has left:", errors.Is(err, syscall.ECONNRESET))
		},
	}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	client := duplex.Connect("tcp", srv.Addr().String(), &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { s.WriteString("a question") },
	})
	<-began
	client.Reset()
	duplex.Wait()
	// Output: the client has left: true
}

// Each socket has a player, and no callback needs an assertion.
func ExampleValueOf() {
	type player struct{ moves int }
	playerOf := duplex.ValueOf[*player]
	srv := &duplex.Server{Handler: &duplex.Handler{
		Framing: codec.Lines,
		OnConnect: func(s *duplex.Socket) {
			s.Value = &player{}
			s.Server().Unlisten()
		},
		OnData:  func(s *duplex.Socket, move []byte) { playerOf(s).moves++ },
		OnClose: func(s *duplex.Socket) { fmt.Println("moves:", playerOf(s).moves) },
	}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	duplex.Connect("tcp", srv.Addr().String(), &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			s.WriteString("north\nwest\n")
			s.End()
		},
	})
	duplex.Wait()
	// Output: moves: 2
}

// Every event of the socket is logged, and the Handler is called as before.
func ExampleLogged() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case slog.TimeKey, "local", "remote": // which differ each time
				return slog.Attr{}
			}
			return a
		},
	}))
	echo := &duplex.Handler{
		OnConnect: func(s *duplex.Socket) { s.Server().Unlisten() },
		OnData:    func(s *duplex.Socket, p []byte) { s.Write(p) },
	}
	srv := &duplex.Server{Handler: duplex.Logged(echo, logger, slog.LevelDebug)}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	duplex.Connect("tcp", srv.Addr().String(), &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			s.WriteString("hello")
			s.End()
		},
	})
	duplex.Wait()
	// Output:
	// level=DEBUG msg="duplex: connect"
	// level=DEBUG msg="duplex: data" bytes=5
	// level=DEBUG msg="duplex: end"
	// level=DEBUG msg="duplex: finish"
	// level=DEBUG msg="duplex: close" err=<nil> received=5 written=5
}

// A conversation begins with lines, and goes on with frames that have a length. What the
// client has sent ahead arrives in the same read as the last line: SetHandler, called in
// OnData, passes it to the new Handler. State that both need is the Value of the socket.
func ExampleSocket_SetHandler() {
	frames := &duplex.Handler{
		Framing: codec.Length{Width: 2},
		OnData: func(s *duplex.Socket, frame []byte) {
			fmt.Printf("frame of %v: %s\n", s.Value, frame)
		},
	}
	lines := &duplex.Handler{
		Framing:   codec.Lines,
		OnConnect: func(s *duplex.Socket) { s.Server().Unlisten() },
		OnData: func(s *duplex.Socket, line []byte) {
			switch text := string(line); text {
			case "FRAMES":
				s.SetHandler(frames)
			default:
				fmt.Println("line:", text)
				s.Value = text
			}
		},
	}
	srv := &duplex.Server{Handler: lines}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	duplex.Connect("tcp", srv.Addr().String(), &duplex.Handler{
		OnConnect: func(s *duplex.Socket) {
			s.WriteString("gopher\nFRAMES\n\x00\x05hello\x00\x05world") // at once
			s.End()
		},
	})
	duplex.Wait()
	// Output:
	// line: gopher
	// frame of gopher: hello
	// frame of gopher: world
}
