// Copyright 2026 The duplex authors. MIT license.

package sys

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Fatal are the signals that end a process of Node, unless it listens to them.
var Fatal = []os.Signal{
	unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGILL, unix.SIGTRAP, unix.SIGABRT, unix.SIGBUS,
	unix.SIGFPE, unix.SIGUSR2, unix.SIGSEGV, unix.SIGALRM, unix.SIGTERM, unix.SIGXCPU,
	unix.SIGVTALRM, unix.SIGIO, unix.SIGPWR, unix.SIGSYS,
}

// Die ends the process by the default action of a signal. The Go runtime handles the
// signal, so the default is restored first: what the runtime does instead, where it is
// told to crash, waits for each thread, up to five seconds in all.
func Die(s syscall.Signal) {
	var byDefault [4]uint64 // a struct sigaction of the kernel: SIG_DFL, no flags, no mask
	unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(&byDefault)), 0, 8, 0, 0)
	unix.Kill(unix.Getpid(), s)
	select {} // the signal is on its way
}
