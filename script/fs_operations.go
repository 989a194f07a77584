// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"io"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"

	"github.com/dop251/goja"
)

// fileOperations are what fs.js is made of; the arguments are in its order.
var fileOperations map[string]func(*files, fileArgs) (*fileCall, error)

func init() {
	fileOperations = map[string]func(*files, fileArgs) (*fileCall, error){
		"open": (*files).doOpen, "close": (*files).doClose, "read": (*files).doRead, "write": (*files).doWrite,
		"readFile": (*files).doReadFile, "writeFile": (*files).doWriteFile,
		"stat":    func(f *files, a fileArgs) (*fileCall, error) { return f.doStat(a, "stat", true) },
		"lstat":   func(f *files, a fileArgs) (*fileCall, error) { return f.doStat(a, "lstat", false) },
		"fstat":   (*files).doFstat,
		"statfs":  (*files).doStatfs,
		"readdir": (*files).doReaddir, "mkdir": (*files).doMkdir, "mkdtemp": (*files).doMkdtemp,
		"rm": (*files).doRm, "realpath": (*files).doRealpath, "readlink": (*files).doReadlink, "access": (*files).doAccess,
		"rmdir":  one("rmdir", syscall.Rmdir),
		"unlink": one("unlink", syscall.Unlink),
		"rename": two("rename", "write", os.Rename),
		"link":   two("link", "write", os.Link),
		// The target of a link that is granted must be granted too, or links would
		// lead everywhere.
		"symlink":  two("symlink", "write", os.Symlink),
		"copyfile": (*files).doCopyFile,
		"truncate": (*files).doTruncate,
		"utime":    (*files).doUtime,
		"lutime":   (*files).doLutime,
		"chmod": func(f *files, a fileArgs) (*fileCall, error) {
			return one("chmod", func(path string) error { return os.Chmod(path, fileMode(a.int(1))) })(f, a)
		},
		"chown": func(f *files, a fileArgs) (*fileCall, error) {
			return one("chown", func(path string) error { return os.Chown(path, a.int(1), a.int(2)) })(f, a)
		},
		"lchown": func(f *files, a fileArgs) (*fileCall, error) {
			return one("lchown", func(path string) error { return os.Lchown(path, a.int(1), a.int(2)) })(f, a)
		},
		"fchmod":    opened("fchmod", func(file *os.File, a fileArgs) error { return file.Chmod(fileMode(a.int(1))) }),
		"fchown":    opened("fchown", func(file *os.File, a fileArgs) error { return file.Chown(a.int(1), a.int(2)) }),
		"fsync":     opened("fsync", func(file *os.File, _ fileArgs) error { return file.Sync() }),
		"fdatasync": opened("fdatasync", func(file *os.File, _ fileArgs) error { return file.Sync() }),
		"ftruncate": opened("ftruncate", func(file *os.File, a fileArgs) error { return file.Truncate(a.at(1).ToInteger()) }),
		"futime": opened("futime", func(file *os.File, a fileArgs) error {
			return touchOpen(file, nanoseconds(a.at(1)), nanoseconds(a.at(2)))
		}),
	}
}

// one is an operation that changes what one path names.
func one(name string, do func(string) error) func(*files, fileArgs) (*fileCall, error) {
	return func(f *files, a fileArgs) (*fileCall, error) {
		path := a.text(0)
		if err := f.allow("write", path); err != nil {
			return nil, err
		}
		return &fileCall{work: func() error { return failed(errnoless(do(path)), name, path, "") }}, nil
	}
}

// two is one for two paths.
func two(name, op string, do func(from, to string) error) func(*files, fileArgs) (*fileCall, error) {
	return func(f *files, a fileArgs) (*fileCall, error) {
		from, to := a.text(0), a.text(1)
		source := from
		if name == "symlink" && !filepath.IsAbs(from) {
			source = filepath.Join(filepath.Dir(to), from)
		}
		if err := f.allow(op, source, to); err != nil {
			return nil, err
		}
		return &fileCall{work: func() error { return failed(do(from, to), name, from, to) }}, nil
	}
}

// opened is an operation on a descriptor.
func opened(name string, do func(*os.File, fileArgs) error) func(*files, fileArgs) (*fileCall, error) {
	return func(f *files, a fileArgs) (*fileCall, error) {
		fd := a.int(0)
		return &fileCall{work: func() error {
			file, err := f.file(fd)
			if err == nil {
				err = do(file, a)
			}
			return failed(err, name, "", "")
		}}, nil
	}
}

// errnoless keeps a nil Errno from being an error.
func errnoless(err error) error {
	if errno, ok := err.(syscall.Errno); ok && errno == 0 {
		return nil
	}
	return err
}

func fileMode(mode int) os.FileMode {
	m := os.FileMode(mode & 0o777)
	for bit, flag := range map[int]os.FileMode{0o4000: os.ModeSetuid, 0o2000: os.ModeSetgid, 0o1000: os.ModeSticky} {
		if mode&bit != 0 {
			m |= flag
		}
	}
	return m
}

func nanoseconds(v goja.Value) int64 { return int64(v.ToFloat() * 1e9) }

// state returns what stat's caller gets: 10 numbers, 4 times in milliseconds, and
// for bigint all of them as such and 4 times in nanoseconds.
func (f *files) state(s fileState, exact bool) goja.Value {
	values := make([]any, 0, 18)
	for _, n := range s.numbers {
		if exact {
			values = append(values, big.NewInt(n))
		} else {
			values = append(values, n)
		}
	}
	for _, t := range s.times {
		if exact {
			values = append(values, big.NewInt(t.sec*1000+t.nsec/1e6))
		} else {
			values = append(values, float64(t.sec)*1e3+float64(t.nsec)/1e6)
		}
	}
	if exact {
		for _, t := range s.times {
			values = append(values, big.NewInt(t.sec*1e9+t.nsec))
		}
	}
	return f.r.vm.NewArray(values...)
}

func (f *files) doStat(a fileArgs, name string, follow bool) (*fileCall, error) {
	path, exact := a.text(0), a.yes(1)
	if err := f.allow("read", path); err != nil {
		return nil, err
	}
	var s fileState
	return &fileCall{
		work: func() (err error) {
			s, err = statFile(path, follow)
			return failed(err, name, path, "")
		},
		result: func() goja.Value { return f.state(s, exact) },
	}, nil
}

func (f *files) doFstat(a fileArgs) (*fileCall, error) {
	exact := a.yes(1)
	var s fileState
	c, err := opened("fstat", func(file *os.File, _ fileArgs) (err error) {
		s, err = statOpen(file)
		return err
	})(f, a)
	c.result = func() goja.Value { return f.state(s, exact) }
	return c, err
}

// doReaddir is (path, recursive); it gives name, type and folder of each entry, one
// after the other.
func (f *files) doReaddir(a fileArgs) (*fileCall, error) {
	path, recursive := a.text(0), a.yes(1)
	if err := f.allow("list", path); err != nil {
		return nil, err
	}
	var found []any
	var list func(dir string) error
	list = func(dir string) error {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return failed(err, "scandir", dir, "")
		}
		var within []string
		for _, e := range entries {
			found = append(found, e.Name(), entryType(e.Type()), dir)
			if recursive && e.IsDir() {
				within = append(within, filepath.Join(dir, e.Name()))
			}
		}
		for _, dir := range within {
			if err := list(dir); err != nil {
				return err
			}
		}
		return nil
	}
	return &fileCall{
		work:   func() error { return list(path) },
		result: func() goja.Value { return f.r.vm.NewArray(found...) },
	}, nil
}

// entryType returns the UV_DIRENT number of a kind of file.
func entryType(mode os.FileMode) int {
	switch {
	case mode.IsRegular():
		return 1
	case mode&os.ModeDir != 0:
		return 2
	case mode&os.ModeSymlink != 0:
		return 3
	case mode&os.ModeNamedPipe != 0:
		return 4
	case mode&os.ModeSocket != 0:
		return 5
	case mode&os.ModeCharDevice != 0:
		return 6
	case mode&os.ModeDevice != 0:
		return 7
	}
	return 0
}

// doMkdir is (path, mode, recursive); recursive, it gives the first folder made.
func (f *files) doMkdir(a fileArgs) (*fileCall, error) {
	path, mode, recursive := a.text(0), fileMode(a.int(1)), a.yes(2)
	if err := f.allow("write", path); err != nil {
		return nil, err
	}
	if !recursive {
		return &fileCall{work: func() error { return failed(os.Mkdir(path, mode), "mkdir", path, "") }}, nil
	}
	first := ""
	return &fileCall{
		work: func() error {
			for dir := filepath.Clean(path); ; dir = filepath.Dir(dir) {
				if _, err := os.Lstat(dir); err == nil || dir == filepath.Dir(dir) {
					break
				}
				first = dir
			}
			err := os.MkdirAll(path, mode)
			if err != nil {
				if info, stat := os.Stat(path); stat == nil && !info.IsDir() {
					err = syscall.EEXIST
				}
			}
			return failed(err, "mkdir", path, "")
		},
		result: func() goja.Value {
			if first == "" {
				return goja.Undefined()
			}
			return f.r.vm.ToValue(first)
		},
	}, nil
}

func (f *files) doMkdtemp(a fileArgs) (*fileCall, error) {
	prefix := a.text(0)
	if err := f.allow("write", prefix+"XXXXXX"); err != nil {
		return nil, err
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	path := ""
	return &fileCall{
		work: func() error {
			for {
				tail := make([]byte, 6)
				for i := range tail {
					tail[i] = letters[rand.IntN(len(letters))]
				}
				path = prefix + string(tail)
				if err := os.Mkdir(path, 0o700); !os.IsExist(err) {
					return failed(err, "mkdtemp", prefix+"XXXXXX", "")
				}
			}
		},
		result: func() goja.Value { return f.r.vm.ToValue(path) },
	}, nil
}

// doRm is (path, recursive, force).
func (f *files) doRm(a fileArgs) (*fileCall, error) {
	path, recursive, force := a.text(0), a.yes(1), a.yes(2)
	if err := f.allow("write", path); err != nil {
		return nil, err
	}
	return &fileCall{work: func() error {
		info, err := os.Lstat(path)
		switch {
		case os.IsNotExist(err) && force:
			return nil
		case err != nil:
			return failed(err, "lstat", path, "")
		case info.IsDir() && !recursive:
			return failed(syscall.EISDIR, "rm", path, "")
		case recursive:
			return failed(os.RemoveAll(path), "rm", path, "")
		}
		return failed(errnoless(syscall.Unlink(path)), "rm", path, "")
	}}, nil
}

// doRealpath is (path, native): Node's own way tells of the first part that is
// missing, the system's of the whole.
func (f *files) doRealpath(a fileArgs) (*fileCall, error) {
	path, native := a.text(0), a.yes(1)
	if err := f.allow("read", path); err != nil {
		return nil, err
	}
	real := ""
	return &fileCall{
		work: func() error {
			full, err := filepath.Abs(path)
			if err == nil {
				real, err = filepath.EvalSymlinks(full)
			}
			if err == nil {
				return nil
			}
			if native {
				return failed(err, "realpath", path, "")
			}
			missing := full
			for dir := full; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
				if _, err := os.Lstat(dir); err == nil {
					break
				}
				missing = dir
			}
			_, lstat := os.Lstat(missing)
			if lstat != nil {
				err = lstat
			}
			return failed(err, "lstat", missing, "")
		},
		result: func() goja.Value { return f.r.vm.ToValue(real) },
	}, nil
}

func (f *files) doReadlink(a fileArgs) (*fileCall, error) {
	path, target := a.text(0), ""
	if err := f.allow("read", path); err != nil {
		return nil, err
	}
	return &fileCall{
		work: func() (err error) {
			target, err = os.Readlink(path)
			return failed(err, "readlink", path, "")
		},
		result: func() goja.Value { return f.r.vm.ToValue(target) },
	}, nil
}

func (f *files) doAccess(a fileArgs) (*fileCall, error) {
	path, mode := a.text(0), a.int(1)
	if err := f.allow("read", path); err != nil {
		return nil, err
	}
	return &fileCall{work: func() error { return failed(errnoless(accessFile(path, mode)), "access", path, "") }}, nil
}

// doCopyFile is (from, to, mode); the first bit of mode is that to must not exist.
func (f *files) doCopyFile(a fileArgs) (*fileCall, error) {
	from, to, mode := a.text(0), a.text(1), a.int(2)
	if err := f.allow("read", from); err != nil {
		return nil, err
	}
	if err := f.allow("write", to); err != nil {
		return nil, err
	}
	return &fileCall{work: func() error {
		return failed(copyFile(from, to, mode&1 != 0), "copyfile", from, to)
	}}, nil
}

func copyFile(from, to string, alone bool) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	info, err := source.Stat()
	if err != nil {
		return err
	}
	flags := os.O_WRONLY | os.O_CREATE
	if alone {
		flags |= os.O_EXCL
	}
	target, err := os.OpenFile(to, flags, info.Mode().Perm())
	if err != nil {
		return err
	}
	if there, err := target.Stat(); err == nil && os.SameFile(info, there) {
		return target.Close()
	}
	if err = target.Truncate(0); err == nil {
		_, err = io.Copy(target, source)
	}
	if err == nil {
		err = target.Chmod(info.Mode())
	}
	if end := target.Close(); err == nil {
		err = end
	}
	return err
}

// doTruncate opens the file as Node does, and fails as that.
func (f *files) doTruncate(a fileArgs) (*fileCall, error) {
	path, size := a.text(0), a.at(1).ToInteger()
	if err := f.allow("write", path); err != nil {
		return nil, err
	}
	return &fileCall{work: func() error {
		file, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			return failed(err, "open", path, "")
		}
		defer file.Close()
		return failed(file.Truncate(size), "ftruncate", "", "")
	}}, nil
}

func (f *files) doUtime(a fileArgs) (*fileCall, error) {
	read, written := nanoseconds(a.at(1)), nanoseconds(a.at(2))
	return one("utime", func(path string) error { return touchFile(path, read, written, true) })(f, a)
}

func (f *files) doLutime(a fileArgs) (*fileCall, error) {
	read, written := nanoseconds(a.at(1)), nanoseconds(a.at(2))
	return one("lutime", func(path string) error { return touchFile(path, read, written, false) })(f, a)
}
