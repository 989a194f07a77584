// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"sync"
	"syscall"

	"github.com/dop251/goja"
)

// files is what a script has of the system's files: each call of require('fs') is
// an operation of fileOperations, done at once or, for callbacks and promises, by
// the worker.
type files struct {
	r *Runtime

	// Owned by the loop.
	fail    goja.Callable // of fs.js: (errno, syscall, path, dest, message) → Error
	waiting []func()      // for the worker
	working bool          // the worker runs

	// Shared with the worker.
	mu   sync.Mutex
	open map[int]*os.File // by descriptor
}

// A fileCall is an operation with its arguments read.
type fileCall struct {
	work    func() error      // away from the loop, perhaps
	result  func() goja.Value // on the loop; nil is undefined
	patient bool              // work may wait for somebody: for a pipe, a terminal
}

// A fileFailure is an error with what Node tells of it.
type fileFailure struct {
	err                 error
	syscall, path, dest string
}

func (f *fileFailure) Error() string { return f.syscall + ": " + f.err.Error() }

// A refusal is the host's error for a file that the script may not have.
type refusal struct {
	err      error
	op, path string
}

func (f *refusal) Error() string { return f.err.Error() }

func failed(err error, syscall, path, dest string) error {
	var known *fileFailure
	if err == nil || errors.As(err, &known) {
		return err
	}
	return &fileFailure{err, syscall, path, dest}
}

// bindFS is binding('fs'):
//
//	call(name, ...args): does the operation and returns what it gives, or throws
//	later(name, callback, ...args): does it later and calls callback(err, result)
//	failures(f): has errors made by f(errno, syscall, path, dest, refused)
func bindFS(r *Runtime, exports *goja.Object) {
	f := &files{r: r, open: make(map[int]*os.File)}
	r.files = f
	r.ending = append(r.ending, f.closeAll)
	exports.Set("failures", func(call goja.FunctionCall) goja.Value {
		f.fail, _ = goja.AssertFunction(call.Argument(0))
		return goja.Undefined()
	})
	exports.Set("call", func(call goja.FunctionCall) goja.Value {
		c, err := f.prepare(call.Argument(0).String(), call.Arguments[1:])
		if err == nil {
			err = c.work()
		}
		if err != nil {
			panic(f.failure(err))
		}
		return c.value()
	})
	exports.Set("later", func(call goja.FunctionCall) goja.Value {
		c, err := f.prepare(call.Argument(0).String(), call.Arguments[2:])
		callback := call.Argument(1)
		if err != nil {
			c = &fileCall{work: func() error { return err }}
		}
		f.later(c, func(err error) {
			if err != nil {
				r.enter(callback, goja.Undefined(), f.failure(err))
				return
			}
			r.enter(callback, goja.Undefined(), goja.Null(), c.value())
		})
		return goja.Undefined()
	})
}

func (c *fileCall) value() goja.Value {
	if c.result == nil {
		return goja.Undefined()
	}
	return c.result()
}

// later has c done by the worker, one after the other so that callbacks come in
// the order of the calls, or by a goroutine of its own if it may take long.
func (f *files) later(c *fileCall, done func(error)) {
	f.r.ref()
	var err error
	// The second post is so that what the script asked for in this turn, such as
	// setImmediate, comes first, however quick the work was.
	finish := func() {
		f.r.post(func() {
			f.r.post(func() {
				done(err)
				f.r.unref()
			})
		})
	}
	task := func() {
		err = c.work()
		finish()
	}
	if c.patient {
		go task()
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting = append(f.waiting, task)
	if !f.working {
		f.working = true
		go f.run() // until nothing waits
	}
}

func (f *files) run() {
	for {
		f.mu.Lock()
		if len(f.waiting) == 0 {
			f.working = false
			f.mu.Unlock()
			return
		}
		task := f.waiting[0]
		f.waiting = f.waiting[1:]
		f.mu.Unlock()
		task()
	}
}

func (f *files) closeAll() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, file := range f.open {
		file.Close()
	}
	clear(f.open)
}

// prepare reads the arguments of an operation and asks the host for leave.
func (f *files) prepare(name string, args []goja.Value) (*fileCall, error) {
	operation, ok := fileOperations[name]
	if !ok {
		panic(fmt.Sprintf("script: no operation %s on files", name))
	}
	return operation(f, fileArgs{f, args})
}

// failure returns the Error of err.
func (f *files) failure(err error) goja.Value {
	vm := f.r.vm
	args := make([]goja.Value, 7)
	for i := range args {
		args[i] = goja.Undefined()
	}
	var refused *refusal
	var known *fileFailure
	switch {
	case errors.As(err, &refused):
		args[4], args[5], args[2] = vm.ToValue(refused.Error()), vm.ToValue(refused.op), vm.ToValue(refused.path)
	case errors.As(err, &known):
		args[0], args[1] = vm.ToValue(fileErrno(known.err)), vm.ToValue(known.syscall)
		if known.path != "" {
			args[2] = vm.ToValue(known.path)
		}
		if known.dest != "" {
			args[3] = vm.ToValue(known.dest)
		}
	}
	e, thrown := f.fail(goja.Undefined(), args...)
	if thrown != nil {
		return f.r.thrown(thrown)
	}
	return e
}

// fileErrno returns libuv's number of an error of package os: minus the errno.
func fileErrno(err error) int {
	errno := syscall.EIO
	switch {
	case errors.As(err, &errno):
	case errors.Is(err, os.ErrClosed):
		errno = syscall.EBADF
	case errors.Is(err, os.ErrNotExist):
		errno = syscall.ENOENT
	case errors.Is(err, os.ErrExist):
		errno = syscall.EEXIST
	case errors.Is(err, os.ErrPermission):
		errno = syscall.EACCES
	}
	return -int(errno)
}

// allow asks the host whether the script may do op with a file.
func (f *files) allow(op string, paths ...string) error {
	for _, path := range paths {
		if full, err := f.r.allowed(op, path); err != nil {
			return &refusal{err, op, full}
		}
	}
	return nil
}

// file returns what a descriptor of the script's is.
func (f *files) file(fd int) (*os.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if file, ok := f.open[fd]; ok {
		return file, nil
	}
	if file, ok := f.r.standard(fd).(*os.File); ok {
		return file, nil
	}
	return nil, syscall.EBADF
}

// standard returns the stream that a script knows as 0, 1 or 2, or nil.
func (r *Runtime) standard(fd int) any {
	switch fd {
	case 0:
		return r.Stdin
	case 1:
		return r.Stdout
	case 2:
		return r.Stderr
	}
	return nil
}

// adopt makes file one of the script's and returns its descriptor.
func (f *files) adopt(file *os.File) int {
	fd := descriptor(file)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[fd] = file
	return fd
}

// descriptor returns the number of file and leaves it as it is, unlike Fd.
func descriptor(file *os.File) (fd int) {
	if c, err := file.SyscallConn(); err == nil {
		c.Control(func(n uintptr) { fd = int(n) })
	}
	return fd
}

// isPatient reports whether reading or opening what a path names may wait.
func isPatient(info os.FileInfo) bool {
	return info != nil && info.Mode()&(os.ModeNamedPipe|os.ModeCharDevice|os.ModeSocket) != 0
}

// read is a read of a descriptor at a position, or where it stands.
func (f *files) read(fd int, p []byte, at int64) (int, error) {
	var n int
	file, err := f.file(fd)
	switch {
	case err == nil && at >= 0:
		n, err = file.ReadAt(p, at)
	case err == nil:
		n, err = file.Read(p)
	case fd == 0 && f.r.Stdin != nil:
		n, err = f.r.Stdin.Read(p)
	case fd == 0:
		err = io.EOF
	}
	if err == io.EOF {
		err = nil
	}
	return n, failed(err, "read", "", "")
}

func (f *files) write(fd int, p []byte, at int64) (int, error) {
	file, err := f.file(fd)
	if err != nil {
		if out, ok := f.r.standard(fd).(io.Writer); ok && fd > 0 {
			n, err := out.Write(p)
			return n, failed(err, "write", "", "")
		}
		if fd == 1 || fd == 2 {
			return len(p), nil
		}
		return 0, failed(err, "write", "", "")
	}
	var n int
	if at >= 0 {
		if n, err = file.WriteAt(p, at); err == nil || n > 0 || fileErrno(err) != -int(syscall.EIO) {
			return n, failed(err, "write", "", "")
		}
		// A file that is appended to: the system ignores the position.
	}
	n, err = file.Write(p)
	return n, failed(err, "write", "", "")
}

// fileArgs are the arguments of an operation.
type fileArgs struct {
	f    *files
	args []goja.Value
}

func (a fileArgs) at(i int) goja.Value {
	if i < len(a.args) {
		return a.args[i]
	}
	return goja.Undefined()
}

func (a fileArgs) text(i int) string { return a.at(i).String() }
func (a fileArgs) int(i int) int     { return int(a.at(i).ToInteger()) }
func (a fileArgs) yes(i int) bool    { return a.at(i).ToBoolean() }

// bytes returns the memory of a view.
func (a fileArgs) bytes(i int) []byte {
	p, _ := a.f.r.bytesOf(a.at(i))
	return p
}

// position returns -1 for null and undefined.
func (a fileArgs) position(i int) int64 {
	v := a.at(i)
	if goja.IsNull(v) || goja.IsUndefined(v) {
		return -1
	}
	if n, ok := v.Export().(*big.Int); ok {
		return n.Int64()
	}
	return v.ToInteger()
}
