// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// A stamp is a time of a file.
type stamp struct{ sec, nsec int64 }

// A fileState is what stat tells of a file, in Node's order.
type fileState struct {
	numbers [10]int64 // dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks
	times   [4]stamp  // read, written, changed, born
}

func statFile(path string, follow bool) (fileState, error) {
	flags := unix.AT_SYMLINK_NOFOLLOW
	if follow {
		flags = 0
	}
	return statx(unix.AT_FDCWD, path, flags)
}

func statOpen(file *os.File) (fileState, error) {
	return statx(descriptor(file), "", unix.AT_EMPTY_PATH)
}

func statx(dir int, path string, flags int) (fileState, error) {
	var x unix.Statx_t
	err := unix.Statx(dir, path, flags, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &x)
	if err != nil {
		return fileState{}, err
	}
	at := func(t unix.StatxTimestamp) stamp { return stamp{t.Sec, int64(t.Nsec)} }
	return fileState{
		numbers: [10]int64{
			int64(unix.Mkdev(x.Dev_major, x.Dev_minor)), int64(x.Mode), int64(x.Nlink), int64(x.Uid), int64(x.Gid),
			int64(unix.Mkdev(x.Rdev_major, x.Rdev_minor)), int64(x.Blksize), int64(x.Ino), int64(x.Size), int64(x.Blocks),
		},
		times: [4]stamp{at(x.Atime), at(x.Mtime), at(x.Ctime), at(x.Btime)},
	}, nil
}

func statVolume(path string) (volume, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return volume{}, err
	}
	return volume{
		int64(s.Type), int64(s.Bsize), int64(s.Blocks), int64(s.Bfree), int64(s.Bavail), int64(s.Files), int64(s.Ffree),
	}, nil
}

func accessFile(path string, mode int) error { return syscall.Access(path, uint32(mode)) }

// touchFile sets the times of a file, in nanoseconds.
func touchFile(path string, read, written int64, follow bool) error {
	flags := unix.AT_SYMLINK_NOFOLLOW
	if follow {
		flags = 0
	}
	times := []unix.Timespec{unix.NsecToTimespec(read), unix.NsecToTimespec(written)}
	return unix.UtimesNanoAt(unix.AT_FDCWD, path, times, flags)
}

func touchOpen(file *os.File, read, written int64) error {
	return unix.Futimes(descriptor(file), []unix.Timeval{unix.NsecToTimeval(read), unix.NsecToTimeval(written)})
}

func openFlags(flags int) int { return flags }
