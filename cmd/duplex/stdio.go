// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"os"
	"slices"
	"sync/atomic"

	"github.com/duplex-go/duplex"
)

// pipe serves one client with stdin and stdout, as netcat's -l does. Events are on
// stderr.
func (v *serve) pipe(network, address string, signals <-chan os.Signal) error {
	v.printer.aside = newOutbox(os.Stderr)
	if isTerminal(os.Stdout) && isSameFile(os.Stdout, os.Stderr) {
		v.printer.aside = v.printer.outbox // in the order in which they happened
	}
	v.printer.color = colorful(os.Stderr, v.color)
	v.printer.resumeBy((*duplex.Socket).Resume)
	if v.as == "" && !isTerminal(os.Stdout) {
		v.printer.view = viewNamed("raw")
	}
	v.input = newInput()
	v.input.whole = v.netcat || v.sendOnly
	if v.talks = !v.recvOnly; v.talks {
		v.input.addFile("stdin", os.Stdin)
	}
	v.conversation.options(&v.server.Options)
	if !v.keepOpen {
		v.server.MaxConns = 1
	}

	var partner atomic.Pointer[duplex.Socket]
	h := v.conversation.handler()
	begin := h.OnConnect
	if v.keepOpen {
		h = v.oneByOne(h, &partner)
	} else {
		h.OnConnect = func(s *duplex.Socket) {
			partner.Store(s)
			v.server.Unlisten()
			begin(s)
		}
	}
	v.server.Handler = v.tuning.watch(h)
	over := make(chan struct{}) // there is no partner and will be none
	v.server.OnClose = func() {
		if partner.Load() == nil {
			close(over)
		}
	}
	if err := v.listen(network, address); err != nil {
		return v.printer.refused(err)
	}

	done := make(chan struct{})
	go func() {
		select {
		case <-v.closed:
		case <-over:
		}
		v.remarking.Wait()
		v.printer.flush()
		missSaid(v.printer.aside.broken()) // its events were for stderr
		close(done)
	}()
	// cut resets a client whose bytes are lost, or that has not got all that was read for it.
	cut := func() {
		if s := partner.Load(); s != nil {
			v.printer.reset(s)
		}
		v.server.Close()
	}
	go func() {
		v.printer.awaitFailure() // or the process ends
		cut()
	}()
	short := "" // says what a reset has cost
	hard := func() {
		if short = v.conversation.unsent(); short != "" {
			cut()
			return
		}
		v.server.Close()
	}
	soft := func() {
		if v.keepOpen {
			v.server.Unlisten()
		}
		if s := partner.Load(); s != nil {
			v.hangUp(s)
			return
		}
		hard()
	}
	signal, second := ending{grace: v.grace, soft: soft, hard: hard}.await(done, signals)
	s := partner.Load()
	var f *failure
	switch {
	case signal != 0 && second == 0 && v.keepOpen && short == "" && v.conversation.unsent() == "" && v.doubted.Load() == 0 && v.printer.broken() == nil:
	case signal != 0:
		f = v.signaled(int(signal), short)
	case s == nil && v.failed != nil:
		f = &failure{code: exitCannotBind}
	case s == nil:
		f = cannotPrint(v.printer.broken())
	default:
		f = v.outcome(s)
	}
	if f != nil {
		return f
	}
	return nil
}

// oneByOne returns a Handler for --keep-open, which has h talk with one client after the
// other. The partner is the one whose turn it is, nil between two.
func (v *serve) oneByOne(h *duplex.Handler, partner *atomic.Pointer[duplex.Socket]) *duplex.Handler {
	talk := *h
	begin := h.OnConnect
	var queue []*duplex.Socket // accepted meanwhile; owned by the loop
	turn := func(s *duplex.Socket) {
		partner.Store(s)
		v.server.Pause() // others wait in the backlog
		begin(s)
	}
	v.keeps = true
	v.reopen = func(*duplex.Socket) bool {
		partner.Store(nil)
		if len(queue) == 0 {
			v.server.Resume()
			return true
		}
		next := queue[0]
		queue = queue[1:]
		turn(next)
		next.Resume()
		return true
	}
	talk.OnConnect = func(s *duplex.Socket) {
		if partner.Load() != nil {
			s.Pause()
			queue = append(queue, s)
			return
		}
		turn(s)
	}
	talk.OnClose = func(s *duplex.Socket) {
		if i := slices.Index(queue, s); i >= 0 {
			queue = slices.Delete(queue, i, i+1)
			return
		}
		h.OnClose(s)
	}
	return &talk
}
