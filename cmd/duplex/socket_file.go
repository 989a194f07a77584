// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// isAbandoned reports whether path is the file of a Unix socket that no process has
// open any more. A server that was killed leaves such a file.
//
// It asks by connecting with the wrong type of socket. The system refuses that with
// another error while a process has the socket, even before that process listens,
// and the process does not notice: a connection would count as a client.
func isAbandoned(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return false
	}
	conn, err := net.DialTimeout("unixgram", path, time.Second)
	if err == nil {
		conn.Close()
		return false
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// removeAbandoned removes path if it is an abandoned socket, and reports whether
// listening on it is worth another try.
//
// Another process may replace the file between the look and the removal. Processes
// of this command keep each other out by a lock. Against others, the file is moved
// away first, which takes exactly one file, and is looked at again. If it has become
// another one, it is put back.
func removeAbandoned(path string) bool {
	unlock, err := lockFolder(filepath.Dir(path))
	if err != nil {
		return false
	}
	defer unlock()
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return true // another process has removed it
	}
	if !isAbandoned(path) {
		return false
	}
	folder, err := makeFolder(filepath.Dir(path))
	if err != nil {
		return false
	}
	defer os.Remove(folder)
	taken := filepath.Join(folder, "s")
	if err := os.Rename(path, taken); err != nil {
		return errors.Is(err, fs.ErrNotExist) // another process was faster
	}
	if isAbandoned(taken) {
		return os.Remove(taken) == nil
	}
	if os.Link(taken, path) == nil {
		os.Remove(taken)
	} else if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		os.Rename(taken, path)
	}
	return false // a third file has the path by now if the folder is not empty
}

// makeFolder makes a folder of its own inside parent. Its name is short, since the
// path of a socket may have some 100 bytes only.
func makeFolder(parent string) (folder string, err error) {
	for i := range 36 {
		folder = filepath.Join(parent, "."+strconv.FormatInt(int64(i), 36))
		if err = os.Mkdir(folder, 0o700); !errors.Is(err, fs.ErrExist) {
			return folder, err
		}
	}
	return "", err
}
