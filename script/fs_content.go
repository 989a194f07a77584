// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"io"
	"os"
	"syscall"

	"github.com/dop251/goja"
)

// leave asks for what flags do with a path.
func (f *files) leave(path string, flags int) error {
	if flags&(os.O_WRONLY|os.O_RDWR) != 0 || flags&^3 != 0 && flags&(os.O_CREATE|os.O_TRUNC|os.O_APPEND) != 0 {
		if err := f.allow("write", path); err != nil {
			return err
		}
	}
	if flags&os.O_WRONLY == 0 {
		return f.allow("read", path)
	}
	return nil
}

func (f *files) doOpen(a fileArgs) (*fileCall, error) {
	path, flags, mode := a.text(0), openFlags(a.int(1)), fileMode(a.int(2))
	if err := f.leave(path, flags); err != nil {
		return nil, err
	}
	var fd int
	info, _ := os.Stat(path)
	return &fileCall{
		patient: isPatient(info),
		work: func() error {
			file, err := os.OpenFile(path, flags, mode)
			if err == nil {
				fd = f.adopt(file)
			}
			return failed(err, "open", path, "")
		},
		result: func() goja.Value { return f.r.vm.ToValue(fd) },
	}, nil
}

func (f *files) doClose(a fileArgs) (*fileCall, error) {
	fd := a.int(0)
	return &fileCall{work: func() error {
		f.mu.Lock()
		file, ok := f.open[fd]
		delete(f.open, fd)
		f.mu.Unlock()
		if !ok {
			if fd >= 0 && fd <= 2 {
				return nil // the host's
			}
			return failed(syscall.EBADF, "close", "", "")
		}
		return failed(file.Close(), "close", "", "")
	}}, nil
}

// waits reports whether reading a descriptor may wait.
func (f *files) waits(fd int) bool {
	file, err := f.file(fd)
	if err != nil {
		return fd == 0
	}
	info, _ := file.Stat()
	return isPatient(info)
}

// doRead is (fd, view, offset, length, position); the worker reads into memory of
// its own, since the view is the script's until then.
func (f *files) doRead(a fileArgs) (*fileCall, error) {
	fd, at := a.int(0), a.position(4)
	into := a.bytes(1)[a.int(2):][:a.int(3)]
	p := make([]byte, len(into))
	n := 0
	return &fileCall{
		patient: f.waits(fd),
		work: func() (err error) {
			n, err = f.read(fd, p, at)
			return err
		},
		result: func() goja.Value {
			copy(into, p[:n])
			return f.r.vm.ToValue(n)
		},
	}, nil
}

func (f *files) doWrite(a fileArgs) (*fileCall, error) {
	fd, at := a.int(0), a.position(4)
	p := bytes.Clone(a.bytes(1)[a.int(2):][:a.int(3)])
	n := 0
	return &fileCall{
		patient: f.waits(fd),
		work: func() (err error) {
			n, err = f.write(fd, p, at)
			return err
		},
		result: func() goja.Value { return f.r.vm.ToValue(n) },
	}, nil
}

// doReadFile is (path or descriptor, flags).
func (f *files) doReadFile(a fileArgs) (*fileCall, error) {
	var p []byte
	c := &fileCall{result: func() goja.Value { return f.r.newBuffer(p) }}
	if path, ok := a.at(0).Export().(string); ok {
		flags := openFlags(a.int(1))
		if err := f.leave(path, flags); err != nil {
			return nil, err
		}
		info, _ := os.Stat(path)
		c.patient = isPatient(info)
		c.work = func() error {
			file, err := os.OpenFile(path, flags, 0o666)
			if err != nil {
				return failed(err, "open", path, "")
			}
			defer file.Close()
			p, err = readAll(file)
			return failed(err, "read", "", "")
		}
		return c, nil
	}
	fd := a.int(0)
	c.patient = f.waits(fd)
	c.work = func() (err error) {
		file, err := f.file(fd)
		switch {
		case err == nil:
			p, err = readAll(file)
		case fd == 0 && f.r.Stdin != nil:
			p, err = io.ReadAll(f.r.Stdin)
		case fd == 0:
			err = nil
		}
		return failed(err, "read", "", "")
	}
	return c, nil
}

func readAll(file *os.File) ([]byte, error) {
	var b bytes.Buffer
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		b.Grow(int(info.Size()) + bytes.MinRead)
	}
	_, err := b.ReadFrom(file)
	return b.Bytes(), err
}

// doWriteFile is (path or descriptor, view, flags, mode, flush).
func (f *files) doWriteFile(a fileArgs) (*fileCall, error) {
	p, flush := bytes.Clone(a.bytes(1)), a.yes(4)
	path, ok := a.at(0).Export().(string)
	if !ok {
		fd := a.int(0)
		return &fileCall{work: func() error {
			_, err := f.write(fd, p, -1)
			return err
		}}, nil
	}
	flags, mode := openFlags(a.int(2)), fileMode(a.int(3))
	if err := f.leave(path, flags); err != nil {
		return nil, err
	}
	info, _ := os.Stat(path)
	return &fileCall{patient: isPatient(info), work: func() error {
		file, err := os.OpenFile(path, flags, mode)
		if err != nil {
			return failed(err, "open", path, "")
		}
		_, err = file.Write(p)
		if err == nil && flush {
			err = file.Sync()
		}
		if end := file.Close(); err == nil {
			err = end
		}
		return failed(err, "write", "", "")
	}}, nil
}
