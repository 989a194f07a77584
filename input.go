// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"bufio"
	"errors"
	"io"

	"github.com/duplex-go/duplex/codec"
)

// slack is how many bytes of a piece may be delimiter or header, beyond MaxFrame.
const slack = 16

// maxEmpty is how many pieces in a row a Split may find without advancing, as in
// bufio.Scanner.
const maxEmpty = 100

// feed makes text of p, puts it behind what may be kept, cuts it and tells it to h.
// It belongs to whoever pumps, and outlives whatever h does.
func (st *stream) feed(h *Handler, p []byte, kept, final bool) {
	completed := false
	defer func() {
		if !completed {
			st.crashed(recover())
		}
	}()
	if h.OnData == nil || st.muted {
		st.conf.lane.discarded.Add(int64(len(p)) + int64(st.nwaiting) + st.forget(kept))
		st.nwaiting = 0
		completed = true
		return
	}
	text := st.decode(h.Encoding, p, final)
	if kept {
		text = st.behindKept(text)
	}
	if h.Split != nil {
		st.cut(h, text, final)
	} else if len(text) > 0 {
		h.OnData((*Socket)(st), text)
	}
	completed = true
}

// decode makes text of p and of what waited for it, and keeps what waits for
// more.
func (st *stream) decode(enc codec.Encoding, p []byte, final bool) []byte {
	if st.nwaiting > 0 {
		p = append(append(make([]byte, 0, len(p)+3), st.waiting[:st.nwaiting]...), p...)
		st.nwaiting = 0
	}
	if enc == nil {
		return p
	}
	text, rest := enc.Decode(nil, p, final)
	st.nwaiting = uint8(copy(st.waiting[:], p[len(p)-rest:]))
	return text
}

// behindKept returns text behind what is kept of the text before it.
func (st *stream) behindKept(text []byte) []byte {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.more == nil || len(st.more.text) == 0 {
		return text
	}
	text = append(st.more.text, text...)
	st.more.text = nil
	return text
}

// forget drops what is kept of the text before, which is not to be told in front of
// what comes after bytes that were discarded, and returns how much that was.
func (st *stream) forget(kept bool) int64 {
	if !kept {
		return 0
	}
	return int64(len(st.behindKept(nil)))
}

// keep keeps text until more arrives or, if it may hold whole pieces, until the
// socket may be told of them.
func (st *stream) keep(text []byte, whole bool) {
	if len(text) == 0 && !whole {
		return
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.phase == open && !st.discard {
		(*Socket)(st).rare().text = append([]byte(nil), text...)
		st.recut = whole
	}
}

// cut tells h the pieces of text and keeps the rest.
func (st *stream) cut(h *Handler, text []byte, final bool) {
	limit := h.maxFrame()
	empty := 0
	for len(text) > 0 || final {
		n, piece, err := h.Split(text, final)
		switch {
		case err != nil && !errors.Is(err, bufio.ErrFinalToken):
			(*Socket)(st).Destroy(err)
			return
		case n < 0 || n > len(text):
			(*Socket)(st).Destroy(errAdvance(n))
			return
		case limit >= 0 && (len(piece) > limit || piece == nil && n == 0 && len(text) > limit+slack):
			(*Socket)(st).Destroy(ErrFrameTooLong)
			return
		}
		text = text[n:]
		if piece != nil {
			h.OnData((*Socket)(st), piece)
		}
		if err != nil {
			st.ignore(len(text))
			return
		}
		if n == 0 {
			if empty++; piece == nil || empty > maxEmpty {
				break
			}
		} else {
			empty = 0
		}
		if (len(text) > 0 || final) && st.interrupted(h) {
			st.keep(text, true) // a Split may find an empty piece at the end
			return
		}
	}
	switch {
	case empty > maxEmpty:
		(*Socket)(st).Destroy(io.ErrNoProgress)
	case !final:
		st.keep(text, false)
	case len(text) > 0:
		(*Socket)(st).Destroy(io.ErrUnexpectedEOF)
	}
}

func errAdvance(n int) error {
	if n < 0 {
		return bufio.ErrNegativeAdvance
	}
	return bufio.ErrAdvanceTooFar
}

// interrupted reports whether h is not to be told more for now.
func (st *stream) interrupted(h *Handler) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.paused || st.discard || st.phase != open || st.handler != h
}

// ignore discards n bytes, and the rest of the input.
func (st *stream) ignore(n int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.muted = true
	st.conf.lane.discarded.Add(int64(n))
}
