// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"os"
	"sync/atomic"

	"github.com/duplex-go/duplex"
)

// pipe serves one client with stdin and stdout, as netcat's -l does. Events are on
// stderr.
func (v *serve) pipe(network, address string, signals <-chan os.Signal) error {
	v.printer.aside = newOutbox(os.Stderr)
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
	v.server.MaxConns = 1

	var partner atomic.Pointer[duplex.Socket]
	h := v.conversation.handler()
	begin := h.OnConnect
	h.OnConnect = func(s *duplex.Socket) {
		partner.Store(s)
		v.server.Unlisten()
		begin(s)
	}
	v.server.Handler = h
	over := make(chan struct{}) // there is no partner and will be none
	v.server.OnClose = func() {
		if partner.Load() == nil {
			close(over)
		}
	}
	if err := v.listen(network, address); err != nil {
		return v.refused(err)
	}

	done := make(chan struct{})
	go func() {
		select {
		case <-v.closed:
		case <-over:
		}
		v.remarking.Wait()
		v.printer.flush()
		close(done)
	}()
	go func() {
		v.printer.awaitFailure() // or the process ends
		v.server.Close()
	}()
	hard := func() { v.server.Close() }
	soft := func() {
		if s := partner.Load(); s != nil {
			v.hangUp(s)
			return
		}
		hard()
	}
	signal, _ := ending{grace: v.grace, soft: soft, hard: hard}.await(done, signals)
	s := partner.Load()
	var f *failure
	switch {
	case signal != 0:
		f = v.signaled(int(signal))
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
