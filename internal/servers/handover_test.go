// Copyright 2026 The duplex authors. MIT license.

package servers_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// successor returns a command that serves an echo on what it inherits, and is ready.
func successor(t *testing.T, e *duplex.Engine) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "DUPLEX_TEST_INHERITED="+e.Driver)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		if cmd.Process != nil {
			cmd.Wait()
		}
	})
	return cmd
}

// handOver hands srv over to a successor.
func handOver(t *testing.T, e *duplex.Engine, srv *duplex.Server) {
	t.Helper()
	err := duplex.HandOver(t.Context(), successor(t, e), map[string]*duplex.Server{"echo": srv})
	if err != nil {
		t.Fatal(err)
	}
}

// A client whose PROXY header is awaited was accepted, and is served by the process that
// has accepted it.
func TestHandOverKeepsTheClientsThatWereAccepted(t *testing.T) {
	needDescriptors(t)
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		for _, shut := range []bool{false, true} {
			var r duplextest.Recorder
			closed := make(chan struct{})
			srv := &duplex.Server{Engine: e, TrustedProxies: rig.Loopback(), Handler: r.Handler(nil), OnClose: func() { close(closed) }}
			srv.OnDrop = func(d duplex.Drop) { t.Errorf("dropped: %v", d) }
			addr := rig.Serve(t, srv)
			waiting, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			header, err := (&duplex.ProxyHeader{Source: netip.MustParseAddrPort("192.0.2.7:7"), Destination: netip.MustParseAddrPort("192.0.2.1:80")}).Append(nil)
			if err != nil {
				t.Fatal(err)
			}
			had := e.Stats().BytesReceived
			waiting.Write(header[:5])
			rig.Until(t, "the start of the header is read", func() bool { return e.Stats().BytesReceived == had+5 })
			handOver(t, e, srv)
			if srv.Addr() != nil || srv.Unlisten() != net.ErrClosed {
				t.Error("the server listens on")
			}
			over := make(chan error, 1)
			if shut {
				go func() { over <- srv.Shutdown(t.Context()) }()
				time.Sleep(10 * time.Millisecond)
			}
			other, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			rig.ExpectEcho(t, other)
			other.Close()

			waiting.Write(header[5:])
			io.WriteString(waiting, "hello")
			r.Expect(t, "connect", "data: hello")
			waiting.Close()
			r.Expect(t, "end", "close")
			if shut {
				if err := rig.Wait(t, over); err != nil {
					t.Errorf("Shutdown returned %v", err)
				}
			}
			rig.Wait(t, closed)
		}
	})
}

func TestCloseAfterAHandOverDropsWhatWasAccepted(t *testing.T) {
	needDescriptors(t)
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		closed, drops := make(chan struct{}), make(chan duplex.Drop, 1)
		srv := &duplex.Server{Engine: e, TrustedProxies: rig.Loopback(), OnClose: func() { close(closed) }}
		srv.OnDrop = func(d duplex.Drop) { drops <- d }
		waiting, err := net.Dial("tcp", rig.Serve(t, srv))
		if err != nil {
			t.Fatal(err)
		}
		defer waiting.Close()
		waiting.Write([]byte("PROXY"))
		rig.Until(t, "the start of the header is read", func() bool { return e.Stats().BytesReceived >= 5 })
		handOver(t, e, srv)
		srv.Close()
		if d := rig.Wait(t, drops); d.Reason != net.ErrClosed {
			t.Errorf("dropped because of %v, want net.ErrClosed", d.Reason)
		}
		rig.Wait(t, closed)
	})
}

func TestAHandOverThatFailsChangesNothing(t *testing.T) {
	needDescriptors(t)
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		path := duplextest.SocketPath(t)
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}}
		if err := srv.Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		servers := map[string]*duplex.Server{"echo": srv}
		shell := func(script string) *exec.Cmd { return exec.Command("/bin/sh", "-c", script) }
		soon, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		began := time.Now()
		var exit *exec.ExitError
		for name, c := range map[string]struct {
			ctx     context.Context
			cmd     *exec.Cmd
			servers map[string]*duplex.Server
			is      func(error) bool
		}{
			"it ends":           {t.Context(), shell("exit 3"), servers, func(err error) bool { return errors.As(err, &exit) && exit.ExitCode() == 3 }},
			"it ends well":      {t.Context(), shell("exit 0"), servers, func(err error) bool { return strings.Contains(err.Error(), "before it was ready") }},
			"it is never ready": {soon, shell("exec sleep 60"), servers, func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }},
			"there is none":     {t.Context(), exec.Command(path + "-none"), servers, func(err error) bool { return errors.Is(err, os.ErrNotExist) }},
			"a bad name":        {t.Context(), shell("exit 0"), map[string]*duplex.Server{"a:b": srv}, func(err error) bool { return strings.Contains(err.Error(), `"a:b"`) }},
			"no server":         {t.Context(), shell("exit 0"), map[string]*duplex.Server{"a": {Engine: e}}, func(err error) bool { return err == net.ErrClosed }},
		} {
			if err := duplex.HandOver(c.ctx, c.cmd, c.servers); err == nil || !c.is(err) {
				t.Errorf("%s: HandOver returned %v", name, err)
			}
			if srv.Addr() == nil {
				t.Fatalf("%s: the server has stopped", name)
			}
			client, err := net.Dial("unix", path)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			rig.ExpectEcho(t, client)
			client.Close()
		}
		if took := time.Since(began); took > duplextest.Patience {
			t.Errorf("it took %v", took)
		}
		rig.CloseServer(t, srv)
		if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the server leaves the file of its Unix socket: %v", err)
		}
	})
}

// The child of the successor keeps the output open. (Descriptor 4 is what Ready writes to.)
func TestAHandOverThatFailsWaitsForNoGrandchild(t *testing.T) {
	needDescriptors(t)
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e}
		rig.Serve(t, srv)
		cmd := exec.Command("/bin/sh", "-c", "sleep 12 4>&- & exit 3")
		cmd.Stdout = new(strings.Builder)
		over := make(chan error, 1)
		go func() { over <- duplex.HandOver(t.Context(), cmd, map[string]*duplex.Server{"echo": srv}) }()
		select {
		case err := <-over:
			if err == nil || srv.Addr() == nil {
				t.Errorf("HandOver returned %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("HandOver waits for the child of a successor that has ended")
		}
	})
}

func TestReadyWithoutAPredecessorDoesNothing(t *testing.T) {
	for range 2 {
		if err := duplex.Ready(); err != nil {
			t.Error(err)
		}
	}
}

func TestHandOverInACallbackReturnsAnError(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		told := make(chan error, 1)
		srv := &duplex.Server{Engine: e}
		srv.OnListening = func() {
			told <- duplex.HandOver(t.Context(), exec.Command("/bin/false"), map[string]*duplex.Server{"": srv})
		}
		rig.Serve(t, srv)
		if err := rig.Wait(t, told); err == nil || !strings.Contains(err.Error(), "callback") {
			t.Errorf("HandOver returned %v", err)
		}
	})
}

func TestFileIsACopyOfTheListener(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{OnConnect: func(s *duplex.Socket) { s.End() }}}
		if _, err := srv.File(); err != net.ErrClosed {
			t.Errorf("File of a server that does not listen returned %v", err)
		}
		addr := rig.Serve(t, srv)
		f, err := srv.File()
		if e.Driver == "memory" {
			if !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("File returned %v, want ErrUnsupported", err)
			}
			return
		}
		needDescriptors(t)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		ln, err := net.FileListener(f)
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		rig.CloseServer(t, srv)
		go net.Dial("tcp", addr)
		c, err := ln.Accept() // the address is still listened on
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
	})
}
