// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"
)

// TestAServerThatCannotBeServedReportsItAndCloses closes the listener's descriptor after
// Listen, and before the turn of the loop that is to serve it.
func TestAServerThatCannotBeServedReportsItAndCloses(t *testing.T) {
	e := &Engine{Driver: "memory", Loops: 1}
	defer e.Close()
	told := make(chan string, 9)
	srv := &Server{Engine: e, OnClose: func() { told <- "close" }, OnListening: func() { told <- "listening" }}
	srv.OnError = func(err error) {
		var op *net.OpError
		if !errors.As(err, &op) || op.Op != "listen" || !errors.Is(err, syscall.EBADF) {
			t.Errorf("OnError got %v, want listen EBADF", err)
		}
		if srv.Addr() != nil || srv.Unlisten() != net.ErrClosed {
			t.Errorf("it listens on %v, whose descriptor is closed", srv.Addr())
		}
		told <- "error"
	}
	for range 2 {
		err := e.Post(func() {
			if err := srv.Listen("tcp", "127.0.0.1:80"); err != nil {
				t.Error(err)
				return
			}
			srv.listener.bound.Handle.Close()
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"error", "close"} {
			select {
			case got := <-told:
				if got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			case <-time.After(20 * time.Second):
				t.Fatal("waited in vain")
			}
		}
		e.Wait()
		if n := e.Stats().Servers; n != 0 {
			t.Errorf("Stats counts %d servers, want 0", n)
		}
	}
}

// TestAnAddressIsReadWithoutALookup holds that parseTarget, which loops call, looks
// nothing up.
func TestAnAddressIsReadWithoutALookup(t *testing.T) {
	for address, want := range map[string]target{
		"host.test:http":      {host: "host.test", service: "http"},
		"host.test:80":        {host: "host.test", port: 80},
		"127.0.0.1:http":      {service: "http"},
		"[::1]:no such thing": {service: "no such thing"},
		"127.0.0.1:0080":      {port: 80},
		"127.0.0.1:":          {},
	} {
		got, err := parseTarget("tcp", address, "::")
		if err != nil || got.host != want.host || got.service != want.service || got.port != want.port || got.known() != (want.host+want.service == "") {
			t.Errorf("%s is %+v, %v; want %+v", address, got, err, want)
		}
	}
	for _, service := range []string{"65536", "-1", "99999999999999999999"} {
		_, err := parseTarget("tcp", "127.0.0.1:"+service, "::")
		if got := Code(err); got != "ERR_SOCKET_BAD_PORT" {
			t.Errorf("port %s: %v, want ERR_SOCKET_BAD_PORT", service, err)
		}
	}
}
