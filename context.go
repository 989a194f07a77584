// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"fmt"
	"net"
	"reflect"
)

// Context returns a context that is canceled when the connection is over: when the socket
// is destroyed or has failed, or both sides have ended. That is before OnClose, and also
// while a Blocking callback runs, so work that was given the context stops when no client
// is left to answer. [context.Cause] returns why: Err of the socket, or [net.ErrClosed] if
// there is none.
//
// The peer's end alone cancels nothing, since the peer may wait for the answer; neither
// does Close, which sends what is written. A lost connection is noticed while the socket is
// read or sends: see Pause, HighWaterMark and KeepAlive.
//
// Every call returns the same context. After OnClose it is a canceled one. A socket without
// a call of Context has none, and pays nothing.
func (s *Socket) Context() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.rare()
	if m.life == nil {
		m.life = new(life)
		m.life.Context, m.life.cancel = context.WithCancelCause(context.Background())
		if st := (*stream)(s); st.phase > open || st.sending == broken || st.severed() {
			st.lapse()
		}
	}
	return m.life.Context
}

// A life is the context of a socket.
type life struct {
	context.Context
	cancel context.CancelCauseFunc
}

// lapse cancels the context of st, as the connection is over. The caller holds mu;
// functions that wait for the context run on goroutines of their own.
func (st *stream) lapse() {
	m := st.more
	if m == nil || m.life == nil {
		return
	}
	err := m.err
	if err == nil {
		err = net.ErrClosed
	}
	m.life.cancel(err)
}

// ValueOf returns s.Value as a T. A Value that is nil is the zero T. A Value of another
// type is a mistake of the program, and ValueOf panics, which in a callback destroys the
// socket. Declared once for a type, it needs no assertion where it is used:
//
//	var playerOf = duplex.ValueOf[*player]
//
//	var game = &duplex.Handler{
//		OnConnect: func(s *duplex.Socket) { s.Value = &player{} },
//		OnData:    func(s *duplex.Socket, p []byte) { playerOf(s).move(p) },
//	}
//
// As for Value itself, call it in callbacks of the socket and in functions given to Post
// and AfterFunc.
func ValueOf[T any](s *Socket) (v T) {
	if s.Value == nil {
		return v
	}
	v, ok := s.Value.(T)
	if !ok {
		panic(fmt.Sprintf("duplex: the Value of the socket is a %T, not a %v", s.Value, reflect.TypeFor[T]()))
	}
	return v
}
