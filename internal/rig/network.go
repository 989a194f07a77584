// Copyright 2026 The duplex authors. MIT license.

package rig

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// Serve listens with srv on loopback, and returns the address.
func Serve(t *testing.T, srv *duplex.Server) string {
	t.Helper()
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	return srv.Addr().String()
}

// Listen returns the address of a server with the handler.
func Listen(t *testing.T, e *duplex.Engine, h *duplex.Handler, o duplex.Options) string {
	t.Helper()
	return Serve(t, &duplex.Server{Engine: e, Handler: h, Options: o})
}

// CloseServer closes srv and waits until it is.
func CloseServer(t *testing.T, srv *duplex.Server) {
	t.Helper()
	srv.Close()
	if err := srv.Shutdown(t.Context()); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
}

// Reach returns the first event of a client of the address: "connect", or the code of
// its error.
func Reach(t *testing.T, e *duplex.Engine, network, address string) string {
	t.Helper()
	told := make(chan string, 1)
	tell := func(what string) {
		select {
		case told <- what:
		default:
		}
	}
	s := (&duplex.Client{Engine: e}).Connect(t.Context(), network, address, &duplex.Handler{
		OnConnect: func(*duplex.Socket) { tell("connect") },
		OnError:   func(_ *duplex.Socket, err error) { tell(duplex.Code(err)) },
	})
	defer s.Destroy(nil)
	return Wait(t, told)
}

// Loopback holds the addresses from which tests connect.
func Loopback() *duplex.BlockList {
	list := new(duplex.BlockList)
	list.AddPrefix(netip.MustParsePrefix("127.0.0.0/8"))
	return list
}

// FreePort returns a port that no socket of the system has on 127.0.0.1 or ::1. It is
// below those that Linux (from 32768), macOS and Windows (from 49152) hand out, so that
// no connection made meanwhile, here or in another program, has it either. No two calls
// return the same.
func FreePort(t *testing.T) string {
	t.Helper()
	for range 20_000 {
		port := strconv.Itoa(10_000 + int(ports.Add(1)%20_000))
		if listens("127.0.0.1", port) && listens("::1", port) {
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

// ports counts from where FreePort of this process begins.
var ports atomic.Uint32

func init() { ports.Store(rand.Uint32N(20_000)) }

// listens reports whether a socket may listen there, as far as the system has the address.
func listens(host, port string) bool {
	ln, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err == nil {
		ln.Close()
	}
	return !slices.Contains([]string{"EADDRINUSE", "EACCES"}, duplex.Code(err))
}

// FreeAddr returns an address on which no server listens.
func FreeAddr(t *testing.T) string {
	t.Helper()
	return "127.0.0.1:" + FreePort(t)
}

// SocketPath returns a path for a Unix socket of e, or skips the test where there are no
// Unix sockets.
func SocketPath(t *testing.T, e *duplex.Engine) string {
	t.Helper()
	if e.Driver != "memory" {
		testrun.NeedUnixSockets(t)
	}
	return duplextest.SocketPath(t)
}

// SystemListeners returns a listener of each kind, one of them by its descriptor.
func SystemListeners(t *testing.T, e *duplex.Engine) []net.Listener {
	t.Helper()
	var list []net.Listener
	add := func(ln net.Listener, err error) {
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ln.Close() })
		list = append(list, ln)
	}
	add(net.Listen("tcp", "127.0.0.1:0"))
	if runtime.GOOS == "windows" {
		return list // has neither of these
	}
	add(net.Listen("unix", SocketPath(t, e)))
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	file, err := ln.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	add(net.FileListener(file))
	return list
}

// A SlowResolver answers when Answer is closed, or the context ends.
type SlowResolver struct{ Answer chan struct{} }

// LookupNetIP implements duplex.Resolver.
func (r SlowResolver) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	select {
	case <-r.Answer:
		return nil, errors.New("too late")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
