// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
)

// A savedSession is a session of a client, with what was thought of the server. The script
// may keep it, as bytes, for a later connection.
type savedSession struct {
	state   *tls.ClientSessionState
	verdict string // its code
}

const sessionMark = "duplex session 1\n"

// loadSession reads what bytes has written; it returns nil for anything else.
func loadSession(p []byte) *savedSession {
	p, ours := bytes.CutPrefix(p, []byte(sessionMark))
	code, p, first := cutField(p)
	ticket, p, second := cutField(p)
	if !ours || !first || !second {
		return nil
	}
	state, err := tls.ParseSessionState(p)
	if err != nil {
		return nil
	}
	whole, err := tls.NewResumptionState(bytes.Clone(ticket), state)
	if err != nil {
		return nil
	}
	return &savedSession{whole, string(code)}
}

func cutField(p []byte) (field, rest []byte, ok bool) {
	if len(p) < 4 || uint64(binary.BigEndian.Uint32(p)) > uint64(len(p)-4) {
		return nil, nil, false
	}
	n := 4 + binary.BigEndian.Uint32(p)
	return p[4:n], p[n:], true
}

// bytes returns the session as the script keeps it, nil if that cannot be.
func (s *savedSession) bytes() []byte {
	ticket, state, err := s.state.ResumptionState()
	if err != nil || state == nil {
		return nil
	}
	tail, err := state.Bytes()
	if err != nil {
		return nil
	}
	p := []byte(sessionMark)
	for _, field := range [][]byte{[]byte(s.verdict), ticket} {
		p = binary.BigEndian.AppendUint32(p, uint32(len(field)))
		p = append(p, field...)
	}
	return append(p, tail...)
}

// Get implements tls.ClientSessionCache.
func (s *security) Get(string) (*tls.ClientSessionState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.resume == nil {
		return nil, false
	}
	return s.resume.state, true
}

// Put implements tls.ClientSessionCache. It is called by the handshake or, on the loop,
// by a read.
func (s *security) Put(_ string, state *tls.ClientSessionState) {
	if state == nil {
		return
	}
	s.mu.Lock()
	s.saved = &savedSession{state: state}
	if s.verdict != nil {
		s.saved.verdict = s.verdict.code
	}
	p := s.saved.bytes()
	if p != nil {
		s.sessions = append(s.sessions, p)
		s.news.Store(true)
	}
	s.mu.Unlock()
	s.e.r.post(s.tell)
}
