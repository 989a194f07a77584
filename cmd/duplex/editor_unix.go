// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"os"
	"os/signal"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// A mode is that of a terminal before an editor had it.
type mode struct {
	fd      int
	mu      sync.Mutex // guards what follows
	before  unix.Termios
	editing bool
}

// editingMode makes the terminal of stdin give each key at once. Ctrl-C and Ctrl-Z stay
// signals. It returns nil if that is not possible: a process in the background would be
// stopped.
func editingMode() *mode {
	m := &mode{fd: syscall.Stdin}
	if !inForeground(m.fd) {
		return nil
	}
	before, err := unix.IoctlGetTermios(m.fd, getTermios)
	if err != nil {
		return nil
	}
	m.before = *before
	if !m.edit() {
		return nil
	}
	return m
}

// edit sets the mode of editing.
func (m *mode) edit() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.before
	now.Lflag &^= unix.ICANON | unix.ECHO | unix.IEXTEN
	now.Iflag &^= unix.ICRNL
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 1, 0
	m.editing = unix.IoctlSetTermios(m.fd, setTermios, &now) == nil
	return m.editing
}

// restore sets the mode that was before.
func (m *mode) restore() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.editing {
		m.editing = false
		unix.IoctlSetTermios(m.fd, setTermios, &m.before)
	}
}

// watch calls resize now, and when the size of the terminal changes. While the process is
// stopped by Ctrl-Z, the terminal is as it was before.
func (m *mode) watch(resize func()) {
	resize()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGWINCH, syscall.SIGTSTP, syscall.SIGCONT)
	go func() { // until the process ends
		for s := range signals {
			switch s {
			case syscall.SIGTSTP:
				m.restore()
				syscall.Kill(os.Getpid(), syscall.SIGSTOP) // some time after it has returned
			case syscall.SIGCONT:
				if screen.Load() != nil && inForeground(m.fd) {
					m.edit()
				}
				fallthrough
			default:
				resize()
			}
		}
	}()
}

// inForeground reports whether this process may read the terminal.
func inForeground(fd int) bool {
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
