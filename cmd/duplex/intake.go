// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
)

// errCut is why a program or an answer is cut off by a second signal, or when the grace is
// over.
var errCut = errors.New("cut off by a signal")

// An unreadError is what a program has not read of its input.
type unreadError int64

func (e unreadError) Error() string { return fmt.Sprintf("the program left %d B unread", int64(e)) }
func (e unreadError) Unwrap() error { return syscall.EPIPE }

// leftUnread is the failure of programs that have ended by themselves and left input unread.
func leftUnread(n int64) *failure {
	return &failure{exitSendFailed, fmt.Sprintf("%d B were not read by their programs", n),
		"one that needs no more may read on: COMMAND; cat > /dev/null"}
}

// An intake is the pipe to the stdin of a program. It knows how much of the input the
// program has not read.
type intake struct {
	given atomic.Int64 // bytes for the program
	taken atomic.Int64 // those that the pipe has taken

	mu     sync.Mutex // guards what follows, but not the methods of file
	file   *os.File   // the end that is written
	closed bool       // the program reads an end
	watch  *os.File   // the end that is read, once the other is closed; nil if the system has none
}

// start starts a program, and returns the pipe to its stdin.
func start(cmd *exec.Cmd) (*intake, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer r.Close() // it is the program's
	cmd.Stdin = r
	if err := cmd.Start(); err != nil {
		w.Close()
		return nil, err
	}
	return &intake{file: w}, nil
}

// Write passes p on, and waits until the pipe has taken it.
func (in *intake) Write(p []byte) (int, error) {
	n, err := in.file.Write(p)
	in.taken.Add(int64(n))
	return n, err
}

// Close has the program read an end after what the pipe has taken.
func (in *intake) Close() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return nil
	}
	in.closed = true
	in.watch = readEnd(in.file) // or nothing would say what the program leaves
	return in.file.Close()
}

// unread returns how many bytes the program has not read. It closes the pipe, and is called
// once, after the program has exited.
func (in *intake) unread() int64 {
	in.Close()
	in.mu.Lock()
	defer in.mu.Unlock()
	n := in.given.Load() - in.taken.Load()
	if in.watch != nil {
		n += waiting(in.watch)
		in.watch.Close()
	}
	return n
}

// drop closes the pipe of a program whose input does not count.
func (in *intake) drop() {
	in.Close()
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.watch != nil {
		in.watch.Close()
	}
}
