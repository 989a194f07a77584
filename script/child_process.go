// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/dop251/goja"
)

// bindChildProcess is binding('child_process'). A request is an object with file,
// args, cwd, env (NAME=value), detached, uid, gid, and stdio: for each descriptor
// of the program 'pipe', 'ipc', 'ignore', the number of a descriptor, or a native
// of binding('net').
//
//	spawn(request, exited(code, signal)) → errno or an object with pid,
//	  kill(signal) → errno, hold(flag), and ends: for each descriptor a native, a
//	  channel (see channel.go) or null
//	run(request, input, timeout, signal, most) → [errno, pid, code, signal, outputs]:
//	  waits; outputs are what was piped, or null
//	channel(fd) → the channel to the parent that a descriptor is, or errno
func bindChildProcess(r *Runtime, exports *goja.Object) {
	exports.Set("spawn", func(call goja.FunctionCall) goja.Value {
		return r.spawn(call.Argument(0).ToObject(r.vm), call.Argument(1))
	})
	exports.Set("run", func(call goja.FunctionCall) goja.Value {
		return r.runChild(call.Argument(0).ToObject(r.vm), call.Argument(1), call.Argument(2).ToInteger(),
			syscall.Signal(call.Argument(3).ToInteger()), call.Argument(4).ToInteger())
	})
	exports.Set("channel", func(call goja.FunctionCall) goja.Value {
		if !r.Process {
			return r.vm.ToValue(-int(syscall.EACCES))
		}
		conn, err := openChannel(int(call.Argument(0).ToInteger()))
		if err != nil {
			return r.vm.ToValue(fileErrno(err))
		}
		return r.vm.ToValue(r.newChannel(conn))
	})
	bindChannel(r, exports)
}

// A child is a program that is about to run.
type child struct {
	cmd    *exec.Cmd
	stdio  []goja.Value
	theirs []*os.File // to be closed once it runs
}

// command reads a request.
func (r *Runtime) command(ctx context.Context, request *goja.Object) (*child, error) {
	var args, env []string
	c := new(child)
	r.vm.ExportTo(request.Get("args"), &args)
	r.vm.ExportTo(request.Get("env"), &env)
	stdio := request.Get("stdio").ToObject(r.vm)
	for _, i := range stdio.Keys() {
		c.stdio = append(c.stdio, stdio.Get(i))
	}
	dir := ""
	if cwd := request.Get("cwd"); cwd != nil && !goja.IsUndefined(cwd) && !goja.IsNull(cwd) {
		dir = cwd.String()
	}
	path, err := lookPath(request.Get("file").String(), dir, env)
	if err != nil {
		return nil, err
	}
	if _, err := r.allowed("run", path); err != nil {
		return nil, syscall.EACCES
	}
	c.cmd = exec.CommandContext(ctx, path)
	c.cmd.Args, c.cmd.Dir, c.cmd.Env = args, dir, env
	if c.cmd.Env == nil {
		c.cmd.Env = []string{} // nil would be the host's
	}
	return c, dress(c.cmd, request)
}

// lookPath finds a program, by the PATH that it will have.
func lookPath(file, dir string, env []string) (string, error) {
	if runtime.GOOS == "windows" {
		path, err := exec.LookPath(file)
		if err != nil {
			return "", syscall.ENOENT
		}
		return path, nil
	}
	if strings.Contains(file, "/") {
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		full, err := filepath.Abs(file)
		if err != nil {
			return "", err
		}
		return full, runnable(full)
	}
	folders := "/bin:/usr/bin"
	for _, entry := range env {
		if value, ok := strings.CutPrefix(entry, "PATH="); ok {
			folders = value
		}
	}
	refused := error(syscall.ENOENT)
	for _, folder := range filepath.SplitList(folders) {
		full, err := filepath.Abs(filepath.Join(folder, file))
		if err != nil {
			return "", err
		}
		switch err := runnable(full); {
		case err == nil:
			return full, nil
		case errors.Is(err, syscall.EACCES):
			refused = syscall.EACCES
		}
	}
	return "", refused
}

// runnable returns why a file cannot be run, if it cannot.
func runnable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir() || info.Mode()&0o111 == 0:
		return syscall.EACCES
	}
	return nil
}

// give lets the program have file as its descriptor fd.
func (c *child) give(fd int, file *os.File) {
	switch fd {
	case 0:
		c.cmd.Stdin = file
	case 1:
		c.cmd.Stdout = file
	case 2:
		c.cmd.Stderr = file
	default:
		for len(c.cmd.ExtraFiles) <= fd-3 {
			c.cmd.ExtraFiles = append(c.cmd.ExtraFiles, nil)
		}
		c.cmd.ExtraFiles[fd-3] = file
	}
}

// inherit lets the program have, as its descriptor fd, one that the script has.
func (r *Runtime) inherit(c *child, fd int, from goja.Value) error {
	if h, ok := from.Export().(*handle); ok {
		return c.copy(fd, h.descriptor())
	}
	number := int(from.ToInteger())
	if number < 0 || number > 2 {
		if r.files != nil {
			if file, err := r.files.file(number); err == nil {
				c.give(fd, file)
				return nil
			}
		}
		if !r.Process {
			return syscall.EBADF // it would be the host's
		}
		return c.copy(fd, number)
	}
	switch stream := r.standard(number).(type) {
	case nil:
	case *os.File:
		c.give(fd, stream)
	case io.Reader:
		if fd == 0 {
			c.cmd.Stdin = stream
		}
	case io.Writer:
		return r.lend(c, fd, stream)
	}
	return nil
}

// copy gives the program a copy of a descriptor.
func (c *child) copy(fd, number int) error {
	file, err := duplicate(number)
	if err != nil {
		return err
	}
	c.theirs = append(c.theirs, file)
	c.give(fd, file)
	return nil
}

// lend lets the program write to a stream of the host's, which only the loop may
// touch.
func (r *Runtime) lend(c *child, fd int, to io.Writer) error {
	near, far, err := os.Pipe()
	if err != nil {
		return err
	}
	c.theirs = append(c.theirs, far)
	c.give(fd, far)
	r.ref()
	go func() { // until nobody has the pipe any more
		defer near.Close()
		for {
			p := make([]byte, 64<<10)
			n, err := near.Read(p)
			r.post(func() {
				if n > 0 {
					to.Write(p[:n])
				}
				if err != nil {
					r.unref()
				}
			})
			if err != nil {
				return
			}
		}
	}()
	return nil
}

// close closes what was the program's own.
func (c *child) close() {
	for _, file := range c.theirs {
		file.Close()
	}
}

// ending returns how a process has ended: its code or the signal's number.
func ending(state *os.ProcessState) (code, signal int) {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return -1, int(status.Signal())
	}
	return state.ExitCode(), 0
}

func (r *Runtime) spawn(request *goja.Object, exited goja.Value) goja.Value {
	vm := r.vm
	c, err := r.command(context.Background(), request)
	if err != nil {
		return vm.ToValue(fileErrno(err))
	}
	defer c.close()
	ends := make([]any, len(c.stdio)) // null for none
	var undo []func()
	for fd, kind := range c.stdio {
		switch kind.String() {
		case "ignore":
		case "pipe":
			near, far, e := pair(fd)
			if err = e; err != nil {
				break
			}
			c.theirs = append(c.theirs, far)
			c.give(fd, far)
			h := r.net.owned(near)
			ends[fd] = h
			undo = append(undo, func() { h.close(false, goja.Undefined()) })
		case "ipc":
			near, far, e := channelPair()
			if err = e; err != nil {
				break
			}
			c.theirs = append(c.theirs, far)
			c.give(fd, far)
			channel := r.newChannel(near)
			ends[fd] = channel
			undo = append(undo, channel.close)
		default:
			err = r.inherit(c, fd, kind)
		}
		if err != nil {
			break
		}
	}
	if err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		for _, f := range undo {
			f()
		}
		return vm.ToValue(fileErrno(err))
	}
	process := c.cmd.Process
	held, running := true, true
	r.ref()
	end := func(state *os.ProcessState) {
		running = false
		code, signal := ending(state)
		r.enter(exited, goja.Undefined(), vm.ToValue(code), vm.ToValue(signal))
		if held {
			r.unref()
		}
	}
	go func() { // until the process has ended
		state, _ := process.Wait()
		for _, end := range ends {
			if channel, ok := end.(*channel); ok {
				channel.wait()
			}
		}
		r.post(func() { r.post(func() { end(state) }) }) // behind what it has written
	}()
	h := vm.NewObject()
	h.Set("pid", process.Pid)
	h.Set("ends", vm.NewArray(ends...))
	h.Set("kill", func(call goja.FunctionCall) goja.Value {
		err := process.Signal(syscall.Signal(call.Argument(0).ToInteger()))
		if errors.Is(err, os.ErrProcessDone) {
			err = syscall.ESRCH
		}
		if err != nil {
			return vm.ToValue(fileErrno(err))
		}
		return vm.ToValue(0)
	})
	h.Set("hold", func(call goja.FunctionCall) goja.Value {
		switch flag := call.Argument(0).ToBoolean(); {
		case !running || flag == held:
		case flag:
			held = true
			r.refs++
		default:
			held = false
			r.refs--
		}
		return goja.Undefined()
	})
	return h
}

func (r *Runtime) runChild(request *goja.Object, input goja.Value, timeout int64, signal syscall.Signal, most int64) goja.Value {
	ctx, cancel := context.WithCancel(context.Background())
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(context.Background(), time.Duration(timeout)*time.Millisecond)
	}
	defer cancel()
	vm := r.vm
	c, err := r.command(ctx, request)
	if err != nil {
		return vm.NewArray(fileErrno(err), 0, -1, 0, goja.Null())
	}
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(signal) }
	outputs := make([]*output, len(c.stdio))
	for fd, kind := range c.stdio {
		switch kind.String() {
		case "ignore":
		case "pipe":
			if fd == 0 {
				p, _ := r.bytesOf(input)
				c.cmd.Stdin = bytes.NewReader(p)
				break
			}
			near, far, e := os.Pipe()
			if err = e; err == nil {
				c.theirs = append(c.theirs, far)
				c.give(fd, far)
				outputs[fd] = &output{from: near, most: most, full: cancel, done: make(chan struct{})}
			}
		default:
			err = r.inherit(c, fd, kind)
		}
		if err != nil {
			break
		}
	}
	if err == nil {
		err = c.cmd.Start()
	}
	c.close()
	if err != nil {
		for _, out := range outputs {
			if out != nil {
				out.from.Close()
			}
		}
		return vm.NewArray(fileErrno(err), 0, -1, 0, goja.Null())
	}
	for _, out := range outputs {
		if out != nil {
			go out.read()
		}
	}
	c.cmd.Wait()
	errno := 0
	texts := make([]any, len(outputs))
	for fd, out := range outputs {
		if out == nil {
			continue
		}
		select {
		case <-out.done:
		case <-ctx.Done(): // others may have it still, and are not waited for
			out.from.Close()
			<-out.done
		}
		if out.over {
			errno = -int(syscall.ENOBUFS)
		}
		texts[fd] = r.newBuffer(out.text)
	}
	if ctx.Err() == context.DeadlineExceeded {
		errno = -int(syscall.ETIMEDOUT)
	}
	code, number := ending(c.cmd.ProcessState)
	return vm.NewArray(errno, c.cmd.ProcessState.Pid(), code, number, vm.NewArray(texts...))
}

// An output is what a program writes to one of its descriptors while the script
// waits for its end.
type output struct {
	from *os.File
	most int64  // bytes, or negative
	full func() // is called when there are more
	done chan struct{}

	// The reader's, until done.
	text []byte
	over bool
}

func (o *output) read() {
	defer close(o.done)
	defer o.from.Close()
	p := make([]byte, 64<<10)
	for {
		n, err := o.from.Read(p)
		o.text = append(o.text, p[:n]...)
		if o.most >= 0 && int64(len(o.text)) > o.most {
			o.text, o.over = o.text[:o.most], true
			o.full()
			return
		}
		if err != nil {
			return
		}
	}
}
