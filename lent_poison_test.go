// Copyright 2026 The duplex authors. MIT license.

//go:build poison

package duplex_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// A program that keeps what OnData was lent finds it overwritten in the next callback.
func TestWhatOnDataKeepsIsOverwritten(t *testing.T) {
	server, client := rig.Configs(tls.VersionTLS13)
	for name, h := range map[string]duplex.Handler{
		"bytes":        {},
		"text":         {Encoding: codec.UTF8},
		"changed text": {Encoding: codec.Hex},
		"lines":        {Split: bufio.ScanLines},
		"words":        {Split: bufio.ScanWords, Encoding: codec.Latin1},
		"blocking":     {Blocking: true},
	} {
		t.Run(name, func(t *testing.T) {
			rig.Run(t, func(t *testing.T, e *duplex.Engine) {
				for _, secure := range []bool{false, true} {
					checked := make(chan bool, 1)
					var kept [][]byte
					h := h
					h.OnData = func(_ *duplex.Socket, p []byte) { kept = append(kept, p) }
					h.OnEnd = func(*duplex.Socket) {
						spoilt := len(kept) > 0
						for _, p := range kept {
							spoilt = spoilt && bytes.Count(p, []byte{0xDB}) == len(p)
						}
						checked <- spoilt
					}
					srv := &duplex.Server{Engine: e, Handler: &h}
					c := &duplex.Client{Engine: e}
					if secure {
						srv.TLS, c.TLS = server, client
					}
					if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
						t.Fatal(err)
					}
					s := c.Connect(t.Context(), "tcp", srv.Addr().String(), nil)
					for range 3 {
						io.WriteString(s, "caf\xc3\xa9 12 ab\nand\n")
						rig.Turn(t, s)
					}
					s.End()
					if !rig.Wait(t, checked) {
						t.Errorf("with TLS %t: %q was kept", secure, kept)
					}
				}
			})
		})
	}
}

// A piece that is not part of the input belongs to the program, and one that Split looks
// at again comes again.
func TestPiecesOfTheProgramAreNotOverwritten(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		own := []byte("own")
		peeked := false
		split := func(p []byte, _ bool) (int, []byte, error) {
			switch {
			case len(p) < 4:
				return 0, nil, nil
			case !peeked:
				peeked = true
				return 0, p[:4], nil
			}
			return 4, p[:4], nil
		}
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: split})
		b.Pieces = true
		io.WriteString(a, "word")
		b.Expect(t, "data: word", "data: word")
		c, d := duplextest.PipeOf(t, e, nil, &duplex.Handler{Split: func(p []byte, _ bool) (int, []byte, error) {
			return len(p), own, nil
		}})
		io.WriteString(c, "anything")
		d.Expect(t, "data: own")
		if string(own) != "own" {
			t.Errorf("the program's own bytes are %q", own)
		}
	})
}
