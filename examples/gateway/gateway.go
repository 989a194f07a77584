// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"strconv"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// frames is what cuts the frames of devices, and makes those of answers.
var frames = codec.Length{Width: 2}

// A gateway serves devices. Work on the database may wait, so the callbacks are Blocking;
// no more than four of all devices wait for it at a time.
type gateway struct {
	srv     duplex.Server
	workers duplex.Workers
	store   *store
	login   duplex.Handler // until the device has logged in
	device  duplex.Handler // from then on
}

// nameOf returns the Value of a socket: the name that its device has logged in with.
var nameOf = duplex.ValueOf[string]

func newGateway(e *duplex.Engine, s *store, devices int) *gateway {
	g := &gateway{store: s}
	g.workers.Limit = 4
	g.login = duplex.Handler{
		Framing: frames, MaxFrame: 256, Blocking: true, Workers: &g.workers,
		FrameTimeout: 3 * time.Second, // from its first byte on, the login has to be whole
		OnData:       g.logIn,
	}
	g.device = duplex.Handler{
		Framing: frames, MaxFrame: 256, Blocking: true, Workers: &g.workers,
		OnData: g.read,
	}
	g.srv = duplex.Server{
		Engine: e, Handler: &g.login, MaxConns: devices,
		Options: duplex.Options{
			FirstByteTimeout: 2 * time.Second,  // a device speaks first
			ReadTimeout:      10 * time.Minute, // and then every few minutes
			WriteTimeout:     time.Minute,
			MaxWriteBuffer:   64 << 10,
		},
	}
	return g
}

// logIn is called with the first frame of a device: its name, a space and its secret.
func (g *gateway) logIn(s *duplex.Socket, frame []byte) {
	id, secret, _ := bytes.Cut(frame, []byte(" "))
	known, err := g.store.knows(s.Context(), string(id), string(secret))
	if err != nil || !known {
		answer(s, "refused")
		s.Close()
		return
	}
	s.Value = string(id)
	s.SetHandler(&g.device) // the frames that follow, also those that are here already
	answer(s, "welcome")
}

// read is called with a reading: a number as text.
func (g *gateway) read(s *duplex.Socket, frame []byte) {
	value, err := strconv.ParseFloat(string(frame), 64)
	if err != nil {
		answer(s, "not a number")
		return
	}
	if err := g.store.add(s.Context(), nameOf(s), time.Now(), value); err != nil {
		answer(s, "not stored")
		return
	}
	answer(s, "stored")
}

// answer writes a frame.
func answer(s *duplex.Socket, text string) {
	frame, _ := frames.Append(nil, []byte(text))
	s.Write(frame)
}
