// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

// frames is what cuts the frames of devices, and makes those of answers.
var frames = codec.Length{Width: 2}

var errNoLogin = errors.New("no login in time")

// A gateway serves devices. Work on the database may wait, so the callbacks are Blocking;
// no more than four of all devices wait for it at a time.
type gateway struct {
	srv     duplex.Server
	workers duplex.Workers
	store   *store
	login   duplex.Handler // until the device has logged in
	device  duplex.Handler // from then on

	loginTime time.Duration // how long a device may take for its login
}

// A session is the Value of a socket: what is known of its device.
type session struct {
	id    string
	timer *duplex.Timer // ends the connection if there is no login
}

var sessionOf = duplex.ValueOf[*session]

func newGateway(e *duplex.Engine, s *store, devices int) *gateway {
	g := &gateway{store: s, loginTime: 5 * time.Second}
	g.workers.Limit = 4
	g.login = duplex.Handler{
		Framing: frames, MaxFrame: 256, Blocking: true, Workers: &g.workers,
		OnConnect: func(s *duplex.Socket) {
			s.Value = &session{timer: s.AfterFunc(g.loginTime, func() { s.Destroy(errNoLogin) })}
		},
		OnData: g.logIn,
	}
	g.device = duplex.Handler{
		Framing: frames, MaxFrame: 256, Blocking: true, Workers: &g.workers,
		OnData: g.read,
	}
	g.srv = duplex.Server{
		Engine: e, Handler: &g.login, MaxConns: devices,
		Options: duplex.Options{
			ReadTimeout:    10 * time.Minute, // a device speaks every few minutes
			WriteTimeout:   time.Minute,
			MaxWriteBuffer: 64 << 10,
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
	device := sessionOf(s)
	device.id = string(id)
	device.timer.Stop()
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
	if err := g.store.add(s.Context(), sessionOf(s).id, time.Now(), value); err != nil {
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
