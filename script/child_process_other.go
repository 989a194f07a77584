// Copyright 2026 The duplex authors. MIT license.

//go:build !unix

package script

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"

	"github.com/dop251/goja"
)

// pair returns a connection, and a pipe for a program as its descriptor fd; what
// goes through one is carried on to the other.
func pair(fd int) (near net.Conn, far *os.File, err error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer ln.Close()
	near, err = net.Dial("tcp", ln.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	carrier, err := ln.Accept()
	for err == nil && carrier.RemoteAddr().String() != near.LocalAddr().String() { // somebody else
		carrier.Close()
		carrier, err = ln.Accept()
	}
	if err != nil {
		near.Close()
		return nil, nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		near.Close()
		carrier.Close()
		return nil, nil, err
	}
	if fd == 0 {
		go carry(w, carrier, carrier)
		return near, r, nil
	}
	go carry(carrier, r, r)
	return near, w, nil
}

// carry copies until from ends, and closes both.
func carry(to io.WriteCloser, from io.Reader, source io.Closer) {
	io.Copy(to, from)
	to.Close()
	source.Close()
}

// dress refuses what is Unix's of a request.
func dress(_ *exec.Cmd, request *goja.Object) error {
	if !goja.IsUndefined(request.Get("uid")) || !goja.IsUndefined(request.Get("gid")) {
		return errors.ErrUnsupported
	}
	return nil
}

func channelPair() (*net.UnixConn, *os.File, error) { return nil, nil, errors.ErrUnsupported }

func openChannel(int) (*net.UnixConn, error) { return nil, errors.ErrUnsupported }

func send(*net.UnixConn, []byte, *os.File) (int, error) { return 0, errors.ErrUnsupported }

func sendAll(*net.UnixConn, []byte, *os.File) error { return errors.ErrUnsupported }

func receive(*net.UnixConn, []byte) (int, []int, error) { return 0, nil, errors.ErrUnsupported }
