// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package script

import (
	"os"
	"syscall"
	"time"
)

// A stamp is a time of a file.
type stamp struct{ sec, nsec int64 }

// A fileState is what stat tells of a file, in Node's order.
type fileState struct {
	numbers [10]int64 // dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks
	times   [4]stamp  // read, written, changed, born
}

func statFile(path string, follow bool) (fileState, error) {
	stat := os.Lstat
	if follow {
		stat = os.Stat
	}
	info, err := stat(path)
	if err != nil {
		return fileState{}, err
	}
	return stateOf(info), nil
}

func statOpen(file *os.File) (fileState, error) {
	info, err := file.Stat()
	if err != nil {
		return fileState{}, err
	}
	return stateOf(info), nil
}

// stateOf has what every system tells.
func stateOf(info os.FileInfo) fileState {
	mode := int64(info.Mode().Perm())
	switch {
	case info.IsDir():
		mode |= 0o040000
	case info.Mode()&os.ModeSymlink != 0:
		mode |= 0o120000
	case info.Mode()&os.ModeNamedPipe != 0:
		mode |= 0o010000
	case info.Mode()&os.ModeSocket != 0:
		mode |= 0o140000
	case info.Mode()&os.ModeCharDevice != 0:
		mode |= 0o020000
	case info.Mode()&os.ModeDevice != 0:
		mode |= 0o060000
	default:
		mode |= 0o100000
	}
	t := stamp{info.ModTime().Unix(), int64(info.ModTime().Nanosecond())}
	return fileState{
		numbers: [10]int64{0, mode, 1, 0, 0, 0, 4096, 0, info.Size(), (info.Size() + 511) / 512},
		times:   [4]stamp{t, t, t, t},
	}
}

func statVolume(path string) (volume, error) { return volume{}, syscall.ENOSYS }

func accessFile(path string, mode int) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if mode&2 != 0 && info.Mode().Perm()&0o222 == 0 {
		return syscall.EACCES
	}
	return nil
}

// touchFile sets the times of a file, in nanoseconds.
func touchFile(path string, read, written int64, follow bool) error {
	return os.Chtimes(path, time.Unix(0, read), time.Unix(0, written))
}

func touchOpen(file *os.File, read, written int64) error {
	return os.Chtimes(file.Name(), time.Unix(0, read), time.Unix(0, written))
}

// openFlags translates Linux's numbers, which are those of fs.constants.
func openFlags(flags int) int {
	host := flags & 3
	for _, f := range [][2]int{{64, os.O_CREATE}, {128, os.O_EXCL}, {512, os.O_TRUNC}, {1024, os.O_APPEND}, {1052672, os.O_SYNC}} {
		if flags&f[0] == f[0] {
			host |= f[1]
		}
	}
	return host
}
