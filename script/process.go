// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"errors"
	"io"
	"math/big"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/dop251/goja"
	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/script/internal/sys"
	"golang.org/x/term"
)

// arches and platforms are Node's names where Go has others.
var (
	arches    = map[string]string{"amd64": "x64", "386": "ia32"}
	platforms = map[string]string{"windows": "win32", "solaris": "sunos"}
)

func renamed(names map[string]string, name string) string {
	if other, ok := names[name]; ok {
		return other
	}
	return name
}

// bindProcess is binding('process'):
//
//	args, options, env, pid, ppid, platform, arch, execPath, go: facts
//	own: whether the process is the script's
//	write(fd, data) → undefined or the code of an error
//	terminal(fd) → undefined, or [columns, rows]; kind(fd) → file, pipe, tty, none
//	raw(flag): sets stdin's mode
//	read(f): f(data or null) is called once, with what stdin has next; hold(flag)
//	  says whether that keeps the script alive
//	collect(): garbage; exit(code); abort(); now() → ns; memory(); usage(); cwd(); chdir(path) → code;
//	kill(pid, number) → code; listen(number, f); ignore(number); ids, umask
func bindProcess(r *Runtime, exports *goja.Object) {
	vm := r.vm
	env := vm.NewObject()
	for _, entry := range r.Env {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env.Set(name, value)
		}
	}
	execPath, _ := os.Executable()
	exports.Set("args", r.Args)
	exports.Set("options", r.Options)
	exports.Set("collect", runtime.GC)
	exports.Set("env", env)
	exports.Set("own", r.Process)
	exports.Set("pid", os.Getpid())
	exports.Set("ppid", os.Getppid())
	exports.Set("platform", renamed(platforms, runtime.GOOS))
	exports.Set("arch", renamed(arches, runtime.GOARCH))
	exports.Set("execPath", execPath)
	exports.Set("version", NodeVersion)
	exports.Set("go", strings.TrimPrefix(runtime.Version(), "go"))

	writers := map[int64]io.Writer{1: r.Stdout, 2: r.Stderr}
	exports.Set("write", func(call goja.FunctionCall) goja.Value {
		w := writers[call.Argument(0).ToInteger()]
		if w == nil {
			return goja.Undefined()
		}
		_, err := w.Write(octets(call.Argument(1)))
		if err != nil {
			return vm.ToValue(systemCode(err))
		}
		return goja.Undefined()
	})
	streams := []any{r.Stdin, r.Stdout, r.Stderr}
	exports.Set("kind", func(fd int) string { return standardKind(streams[fd]) })
	exports.Set("terminal", func(fd int) goja.Value {
		if f, ok := streams[fd].(*os.File); ok {
			if columns, rows, err := term.GetSize(int(f.Fd())); err == nil {
				return vm.NewArray(columns, rows)
			}
		}
		return goja.Undefined()
	})
	in := &input{r: r}
	exports.Set("read", in.read)
	exports.Set("hold", in.hold)
	exports.Set("raw", in.raw)
	r.ending = append(r.ending, in.restore)

	exports.Set("exit", func(code int) {
		r.stop(code)
		vm.Interrupt("exit")
	})
	// The host's, unless it says that the process is the script's.
	own := func(f func(call goja.FunctionCall) goja.Value) func(goja.FunctionCall) goja.Value {
		return func(call goja.FunctionCall) goja.Value {
			if !r.Process {
				r.fail("ERR_ACCESS_DENIED")
			}
			return f(call)
		}
	}
	exports.Set("abort", own(func(goja.FunctionCall) goja.Value {
		sys.Die(syscall.SIGABRT)
		return goja.Undefined()
	}))
	epoch := time.Now()
	exports.Set("now", func() goja.Value { return vm.ToValue(big.NewInt(int64(time.Since(epoch)) + bootTime)) })
	exports.Set("hrtime", func(call goja.FunctionCall) goja.Value {
		t := int64(time.Since(epoch)) + bootTime
		return vm.NewArray(t/int64(time.Second), t%int64(time.Second))
	})
	exports.Set("uptime", func() float64 { return time.Since(epoch).Seconds() })
	exports.Set("memory", func() map[string]any {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return map[string]any{"rss": resident(m.Sys), "heapTotal": m.HeapSys, "heapUsed": m.HeapAlloc}
	})
	exports.Set("rss", func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return resident(m.Sys)
	})
	exports.Set("usage", usage)
	exports.Set("cwd", func() string {
		dir, err := os.Getwd()
		if err != nil {
			panic(vm.NewGoError(err))
		}
		return dir
	})
	exports.Set("chdir", own(func(call goja.FunctionCall) goja.Value {
		if err := os.Chdir(call.Argument(0).String()); err != nil {
			return vm.ToValue(systemCode(err))
		}
		return goja.Undefined()
	}))
	exports.Set("kill", own(func(call goja.FunctionCall) goja.Value {
		err := kill(int(call.Argument(0).ToInteger()), int(call.Argument(1).ToInteger()))
		if err != nil {
			return vm.ToValue(systemCode(err))
		}
		return goja.Undefined()
	}))
	exports.Set("umask", own(func(call goja.FunctionCall) goja.Value {
		if arg := call.Argument(0); !goja.IsUndefined(arg) {
			return vm.ToValue(umask(int(arg.ToInteger())))
		}
		old := umask(0)
		umask(old)
		return vm.ToValue(old)
	}))
	exports.Set("ids", func() []int { return []int{os.Getuid(), os.Geteuid(), os.Getgid(), os.Getegid()} })
	exports.Set("groups", func() []int {
		groups, _ := os.Getgroups()
		return groups
	})
	bindSignals(r, exports, in)
}

// bootTime makes process.hrtime begin somewhere else than 0, as the clock it stands
// for does.
var bootTime = time.Now().UnixNano() % int64(1e15)

// octets returns the bytes that a script writes: of a string, in UTF-8, or of an
// ArrayBuffer or a view of one.
func octets(v goja.Value) []byte {
	switch data := v.Export().(type) {
	case []byte:
		return data
	case goja.ArrayBuffer:
		return data.Bytes()
	}
	return []byte(v.String())
}

// standardKind says what a standard stream is, in Node's words.
func standardKind(stream any) string {
	f, ok := stream.(*os.File)
	if !ok {
		return "pipe"
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		return "none"
	case term.IsTerminal(int(f.Fd())):
		return "tty"
	case info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0:
		return "pipe"
	}
	return "file"
}

// systemCode returns the name of an error of the system.
func systemCode(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		switch name := duplex.Code(number); name {
		case "":
		case "EOPNOTSUPP":
			return "ENOTSUP" // Node's name of the same number
		default:
			return name
		}
	}
	if errors.Is(err, os.ErrProcessDone) {
		return "ESRCH"
	}
	if errors.Is(err, os.ErrClosed) {
		return "EBADF"
	}
	return "EIO"
}

// An input reads the script's stdin, one piece each time it is asked.
type input struct {
	r       *Runtime
	waiting bool // a goroutine reads
	held    bool // waiting keeps the script alive
	ref     bool // what hold said last
	ask     goja.Value
	state   atomic.Pointer[term.State] // to go back to from raw mode
}

func (in *input) read(call goja.FunctionCall) goja.Value {
	in.ask = call.Argument(0)
	if in.waiting {
		return goja.Undefined()
	}
	in.waiting = true
	in.settle()
	go in.fetch()
	return goja.Undefined()
}

// fetch reads one piece; the end of a stream, and any error, is an empty one.
func (in *input) fetch() {
	var piece []byte
	if in.r.Stdin != nil {
		buf := make([]byte, 64<<10)
		n, err := in.r.Stdin.Read(buf)
		for n == 0 && err == nil {
			n, err = in.r.Stdin.Read(buf)
		}
		piece = buf[:n]
	}
	in.r.post(func() {
		in.waiting = false
		data := goja.Null()
		if len(piece) > 0 {
			data = in.r.vm.ToValue(in.r.vm.NewArrayBuffer(piece))
		}
		in.r.enter(in.ask, goja.Undefined(), data)
		in.settle()
	})
}

func (in *input) hold(flag bool) {
	in.ref = flag
	in.settle()
}

// settle counts the reading among what keeps the script alive, or no more.
func (in *input) settle() {
	switch want := in.waiting && in.ref; {
	case want && !in.held:
		in.r.refs++
	case !want && in.held:
		in.r.refs--
	}
	in.held = in.waiting && in.ref
}

// raw sets a terminal's mode. Raw, it still goes to the first column at the end of a
// line that it shows, as Node's does.
func (in *input) raw(flag bool) {
	f, ok := in.r.Stdin.(*os.File)
	switch {
	case !flag:
		in.restore()
	case ok && in.state.Load() == nil:
		state, err := term.MakeRaw(int(f.Fd()))
		if err == nil {
			in.state.Store(state)
			keepNewlines(int(f.Fd()))
		}
	}
}

// restore takes the terminal back from raw mode. Any goroutine may call it.
func (in *input) restore() {
	if state := in.state.Swap(nil); state != nil {
		term.Restore(int(in.r.Stdin.(*os.File).Fd()), state)
	}
}
