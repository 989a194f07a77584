// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// A store is what clients have set. Clients are on several loops, so it has a lock.
type store struct {
	mu     sync.Mutex
	values map[string]string
}

func newServer(e *duplex.Engine) *duplex.Server {
	st := &store{values: make(map[string]string)}
	return &duplex.Server{
		Engine: e,
		Handler: &duplex.Handler{
			Framing:      codec.Lines,
			MaxFrame:     4096,
			FrameTimeout: 10 * time.Second, // for a line that comes byte by byte
			OnData: func(s *duplex.Socket, line []byte) {
				answer, last := st.answer(string(line))
				fmt.Fprintln(s, answer)
				switch {
				case last:
					s.End()
				case s.NeedDrain():
					s.Pause() // a client that asks and does not read has to wait
				}
			},
			OnDrain: func(s *duplex.Socket) { s.Resume() },
			OnError: func(s *duplex.Socket, err error) {
				if errors.Is(err, duplex.ErrFrameTooLong) {
					fmt.Fprintln(s, "ERROR a line has at most 4096 bytes")
				}
			},
		},
		MaxConns: 10_000,
		Options: duplex.Options{
			ReadTimeout:  5 * time.Minute,
			WriteTimeout: time.Minute,
		},
	}
}

// answer returns the answer to a request, and whether it is the last one.
func (st *store) answer(request string) (answer string, last bool) {
	verb, rest, _ := strings.Cut(request, " ")
	name, value, several := strings.Cut(rest, " ")
	switch verb {
	case "SET":
		if name == "" || !several {
			return "ERROR say SET name value", false
		}
		st.mu.Lock()
		defer st.mu.Unlock()
		st.values[name] = value
		return "OK", false
	case "GET":
		if name == "" || several {
			return "ERROR say GET name", false
		}
		st.mu.Lock()
		defer st.mu.Unlock()
		if value, ok := st.values[name]; ok {
			return "VALUE " + value, false
		}
		return "NONE", false
	case "QUIT":
		return "BYE", true
	}
	return "ERROR say SET, GET or QUIT", false
}
