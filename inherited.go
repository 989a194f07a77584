// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"github.com/duplex-go/duplex/internal/sys"
)

// An InheritedListener is a listener that this process was started with.
type InheritedListener struct {
	// Name is that of LISTEN_FDNAMES: FileDescriptorName= of a unit of systemd, or the
	// name that HandOver was given. It is "unknown" if there are no names.
	Name string

	// Listener is what [Server.ListenOn] takes.
	Listener net.Listener
}

// firstInherited is the first descriptor that is passed on (SD_LISTEN_FDS_START).
const firstInherited = 3

// InheritedListeners returns the listeners that this process was started with: by
// systemd's socket activation, or by [HandOver] of the process that this one replaces. It
// returns none if there are none, and on Windows. So a program may begin with
//
//	inherited, err := duplex.InheritedListeners()
//	switch {
//	case err != nil:
//		return err
//	case len(inherited) > 0:
//		err = srv.ListenOn(inherited[0].Listener)
//	default:
//		err = srv.Listen("tcp", ":6666")
//	}
//
// The protocol is that of sd_listen_fds(3): the environment variables LISTEN_PID,
// LISTEN_FDS and LISTEN_FDNAMES, and descriptors from 3 on. InheritedListeners removes the
// variables, and child processes do not inherit the descriptors. So a second call returns
// none. Call it at the start of the program, before anything opens descriptors, and close
// the listeners that the program does not use.
//
// The error says which variable or descriptor is wrong: LISTEN_PID is not this process,
// LISTEN_FDS is no number, LISTEN_FDNAMES has another count, a descriptor is not open or
// is no stream socket that listens. Then no listener is returned, and all descriptors
// stay open.
func InheritedListeners() ([]InheritedListener, error) {
	if runtime.GOOS == "windows" {
		return nil, nil
	}
	start, err := takeStart()
	if err != nil || start.count == 0 {
		return nil, err
	}
	var list []InheritedListener
	for i := range start.count {
		fd := uintptr(firstInherited + i)
		if err := checkInherited(fd); err != nil {
			return nil, fmt.Errorf("duplex: descriptor %d of LISTEN_FDS (%s): %w", fd, start.names[i], err)
		}
	}
	for i := range start.count {
		fd := firstInherited + i
		ln, err := listenerOf(uintptr(fd), start.names[i])
		if err != nil {
			for _, l := range list {
				l.Listener.Close()
			}
			return nil, fmt.Errorf("duplex: descriptor %d of LISTEN_FDS (%s): %w", fd, start.names[i], err)
		}
		if unix, ok := ln.(*net.UnixListener); ok && predecessor.owned[fd] {
			ln = &ownedListener{unix}
		}
		list = append(list, InheritedListener{start.names[i], ln})
	}
	for i := range start.count { // the listeners have copies
		os.NewFile(uintptr(firstInherited+i), start.names[i]).Close()
	}
	return list, nil
}

// An ownedListener is a Unix socket whose file belongs to this process from Ready on.
type ownedListener struct{ *net.UnixListener }

// A start is what the environment says about inherited descriptors.
type start struct {
	count int
	names []string
}

// takeStart removes the variables of the start from the environment, and returns what they
// say.
func takeStart() (s start, err error) {
	pid, byPID := os.LookupEnv("LISTEN_PID")
	fds, counted := os.LookupEnv("LISTEN_FDS")
	names, named := os.LookupEnv("LISTEN_FDNAMES")
	for _, name := range startVariables {
		os.Unsetenv(name)
	}
	handedOver, err := predecessor.find()
	switch {
	case err != nil:
		return s, err
	case !counted && !byPID:
		return s, nil
	case byPID:
		if n, err := strconv.Atoi(pid); err != nil || n <= 0 {
			return s, fmt.Errorf("duplex: LISTEN_PID is %q, which is no process", pid)
		} else if n != os.Getpid() {
			return s, fmt.Errorf("duplex: LISTEN_PID is %d, and this process is %d: the listeners are those of another process", n, os.Getpid())
		}
	case !handedOver:
		return s, errors.New("duplex: LISTEN_FDS is set, and LISTEN_PID is not")
	}
	const most = 1 << 16 // no process is passed more
	if s.count, err = strconv.Atoi(fds); err != nil || s.count < 0 || s.count > most {
		return start{}, fmt.Errorf("duplex: LISTEN_FDS is %q, which is no number of descriptors", fds)
	}
	for range s.count {
		s.names = append(s.names, "unknown")
	}
	if named && s.count > 0 {
		if s.names = strings.Split(names, ":"); len(s.names) != s.count {
			return start{}, fmt.Errorf("duplex: LISTEN_FDNAMES has %d names, and LISTEN_FDS is %d", len(s.names), s.count)
		}
	}
	return s, nil
}

// startVariables are those of sd_listen_fds(3).
var startVariables = []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"}

// checkInherited returns an error unless fd is a stream socket that listens. Child
// processes do not inherit fd any more.
func checkInherited(fd uintptr) error {
	if !sys.CloseOnExec(fd) {
		return fmt.Errorf("it is not open: %w", syscall.EBADF)
	}
	if err := sys.Listening(fd); errors.Is(err, syscall.ENOTSOCK) {
		return fmt.Errorf("it is not a socket: %w", err)
	} else if err != nil {
		return err
	}
	return nil
}

// listenerOf returns a listener on a copy of fd.
func listenerOf(fd uintptr, name string) (net.Listener, error) {
	file, err := sys.CopyOf(fd, name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return net.FileListener(file)
}
