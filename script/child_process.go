// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/dop251/goja"
)

// bindChildProcess is binding('child_process'). A request is an object with file,
// args, cwd, env and stdio, which has 'pipe', 'inherit' or 'ignore' for each of the three.
//
//	spawn(request, exited(code, signal), data(fd, buffer or null)) → handle or errno, where
//	handle has pid, write(buffer, done), end() and kill(signal) → errno
//	run(request, input, timeout) → [errno, pid, code, signal, stdout, stderr]: waits
func bindChildProcess(r *Runtime, exports *goja.Object) {
	exports.Set("spawn", func(call goja.FunctionCall) goja.Value {
		return r.spawn(call.Argument(0).ToObject(r.vm), call.Argument(1), call.Argument(2))
	})
	exports.Set("run", func(call goja.FunctionCall) goja.Value {
		return r.runChild(call.Argument(0).ToObject(r.vm), call.Argument(1), call.Argument(2).ToInteger())
	})
}

// command makes the command of a request, and says how its streams are connected.
func (r *Runtime) command(ctx context.Context, request *goja.Object) (c *exec.Cmd, stdio []string, err error) {
	var args, env []string
	r.vm.ExportTo(request.Get("args"), &args)
	r.vm.ExportTo(request.Get("env"), &env)
	r.vm.ExportTo(request.Get("stdio"), &stdio)
	file := request.Get("file").String()
	path, err := exec.LookPath(file)
	if err != nil {
		if errors.Is(err, os.ErrPermission) {
			return nil, nil, syscall.EACCES
		}
		return nil, nil, syscall.ENOENT
	}
	if _, err := r.allowed("run", path); err != nil {
		return nil, nil, syscall.EACCES
	}
	c = exec.CommandContext(ctx, path)
	c.Args, c.Env = args, env
	if cwd := request.Get("cwd"); cwd != nil && !goja.IsUndefined(cwd) && !goja.IsNull(cwd) {
		c.Dir = cwd.String()
	}
	if stdio[0] == "inherit" {
		c.Stdin = r.Stdin
	}
	if stdio[1] == "inherit" {
		c.Stdout = r.Stdout
	}
	if stdio[2] == "inherit" {
		c.Stderr = r.Stderr
	}
	return c, stdio, nil
}

// ending returns how a process has ended: its code or the signal's number.
func ending(state *os.ProcessState) (code, signal int) {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return -1, int(status.Signal())
	}
	return state.ExitCode(), 0
}

func (r *Runtime) spawn(request *goja.Object, exited, data goja.Value) goja.Value {
	vm := r.vm
	c, stdio, err := r.command(context.Background(), request)
	if err != nil {
		return vm.ToValue(fileErrno(err))
	}
	var stdin io.WriteCloser
	outputs := make([]io.Reader, 3)
	if stdio[0] == "pipe" {
		stdin, err = c.StdinPipe()
	}
	if err == nil && stdio[1] == "pipe" {
		outputs[1], err = c.StdoutPipe()
	}
	if err == nil && stdio[2] == "pipe" {
		outputs[2], err = c.StderrPipe()
	}
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return vm.ToValue(fileErrno(err))
	}
	r.ref()
	go func() { // until the process has ended
		state, _ := c.Process.Wait()
		r.post(func() {
			code, signal := ending(state)
			r.enter(exited, goja.Undefined(), vm.ToValue(code), vm.ToValue(signal))
			r.unref()
		})
	}()
	for fd, out := range outputs {
		if out != nil {
			r.ref()
			go r.forward(fd, out, data)
		}
	}
	h := vm.NewObject()
	h.Set("pid", c.Process.Pid)
	h.Set("kill", func(call goja.FunctionCall) goja.Value {
		if err := c.Process.Signal(syscall.Signal(call.Argument(0).ToInteger())); err != nil {
			return vm.ToValue(-int(syscall.ESRCH))
		}
		return vm.ToValue(0)
	})
	h.Set("write", func(call goja.FunctionCall) goja.Value {
		p, _ := r.bytesOf(call.Argument(0))
		p = bytes.Clone(p)
		done, errno := call.Argument(1), 0
		r.background(func() {
			if _, err := stdin.Write(p); err != nil {
				errno = fileErrno(err)
			}
		}, func() { r.enter(done, goja.Undefined(), vm.ToValue(errno)) })
		return goja.Undefined()
	})
	h.Set("end", func(goja.FunctionCall) goja.Value {
		stdin.Close()
		return goja.Undefined()
	})
	return h
}

// forward gives what a process writes to the script, until it ends.
func (r *Runtime) forward(fd int, from io.Reader, data goja.Value) {
	for {
		p := make([]byte, 64<<10)
		n, err := from.Read(p)
		r.post(func() {
			if n > 0 {
				r.enter(data, goja.Undefined(), r.vm.ToValue(fd), r.newBuffer(p[:n]))
			}
			if err != nil {
				r.enter(data, goja.Undefined(), r.vm.ToValue(fd), goja.Null())
				r.unref()
			}
		})
		if err != nil {
			return
		}
	}
}

func (r *Runtime) runChild(request *goja.Object, input goja.Value, timeout int64) goja.Value {
	ctx, cancel := context.WithCancel(context.Background())
	if timeout > 0 {
		ctx, cancel = context.WithTimeout(context.Background(), time.Duration(timeout)*time.Millisecond)
	}
	defer cancel()
	vm := r.vm
	c, stdio, err := r.command(ctx, request)
	if err != nil {
		return vm.NewArray(fileErrno(err), 0, -1, 0, goja.Null(), goja.Null())
	}
	var out, failures bytes.Buffer
	if p, ok := r.bytesOf(input); ok && stdio[0] == "pipe" {
		c.Stdin = bytes.NewReader(p)
	}
	if stdio[1] == "pipe" {
		c.Stdout = &out
	}
	if stdio[2] == "pipe" {
		c.Stderr = &failures
	}
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	err = c.Run()
	if c.ProcessState == nil {
		return vm.NewArray(fileErrno(err), 0, -1, 0, goja.Null(), goja.Null())
	}
	errno := 0
	if ctx.Err() != nil {
		errno = -int(syscall.ETIMEDOUT)
	}
	code, signal := ending(c.ProcessState)
	return vm.NewArray(errno, c.ProcessState.Pid(), code, signal, r.newBuffer(out.Bytes()), r.newBuffer(failures.Bytes()))
}
