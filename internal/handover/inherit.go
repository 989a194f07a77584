// Copyright 2026 The duplex authors. MIT license.

package handover

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/duplex-go/duplex/internal/sys"
)

// A Listener is one that this process was started with, and its name.
type Listener struct {
	Name     string
	Listener net.Listener
}

// Inherited returns the listeners that this process was started with: see
// duplex.InheritedListeners. There is none in a second call.
func Inherited() ([]Listener, error) {
	if runtime.GOOS == "windows" {
		return nil, nil
	}
	start, err := takeStart()
	if err != nil || start.count == 0 {
		return nil, err
	}
	var list []Listener
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
			ln = &OwnedListener{unix}
		}
		list = append(list, Listener{start.names[i], ln})
	}
	for i := range start.count { // the listeners have copies
		os.NewFile(uintptr(firstInherited+i), start.names[i]).Close()
	}
	return list, nil
}

// An OwnedListener is a Unix socket whose file belongs to this process from Ready on.
type OwnedListener struct{ *net.UnixListener }

// Ready tells the predecessor, if there is one, that this process serves its clients: see
// duplex.Ready.
func Ready() error {
	_, err := predecessor.find()
	return cmp.Or(err, predecessor.tell())
}

// Claim makes o own the file of its Unix socket, from Ready on.
func Claim(o Owner) { predecessor.claim(o) }

// predecessor is the process that has started this one by HandOver.
var predecessor heritage

// A heritage is what a successor knows of its predecessor.
type heritage struct {
	mu     sync.Mutex
	pipe   *os.File     // by which Ready reports; nil if there is none, and after Ready
	told   bool         // Ready was called
	owned  map[int]bool // descriptors of Unix sockets whose files the predecessor gives away
	owners []Owner      // the listeners that own these files from Ready on
}

// An Owner is the handle of a listener that may remove the file of its Unix socket.
type Owner interface {
	Own(on bool) bool
	Owns() bool
}

// find reports whether there is a predecessor. It removes the variable from the
// environment.
func (h *heritage) find() (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	text, ok := os.LookupEnv(variable)
	if !ok {
		return h.pipe != nil, nil
	}
	os.Unsetenv(variable)
	for i, field := range strings.Split(text, ":") {
		fd, err := strconv.Atoi(field)
		if err != nil || fd < firstInherited || !sys.CloseOnExec(uintptr(fd)) {
			return false, fmt.Errorf("duplex: %s is %q, which names no descriptors", variable, text)
		}
		if i > 0 {
			h.owned[fd] = true
			continue
		}
		h.pipe = os.NewFile(uintptr(fd), "the predecessor") // Ready reports by it, whatever follows
		h.owned = make(map[int]bool)
	}
	return true, nil
}

// tell reports that this process is ready.
func (h *heritage) tell() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = true
	for _, o := range h.owners {
		o.Own(true)
	}
	h.owners = nil
	if h.pipe == nil {
		return nil
	}
	_, err := h.pipe.Write([]byte{1})
	h.pipe.Close()
	h.pipe = nil
	return err
}

// claim makes o own the file of its Unix socket, from Ready on.
func (h *heritage) claim(o Owner) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.told {
		o.Own(true)
		return
	}
	h.owners = append(h.owners, o)
}

// A beginning is what the environment says about inherited descriptors.
type beginning struct {
	count int
	names []string
}

// takeStart removes the variables of sd_listen_fds(3) from the environment, and returns what they
// say.
func takeStart() (s beginning, err error) {
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
		return beginning{}, fmt.Errorf("duplex: LISTEN_FDS is %q, which is no number of descriptors", fds)
	}
	for range s.count {
		s.names = append(s.names, "unknown")
	}
	if named && s.count > 0 {
		if s.names = strings.Split(names, ":"); len(s.names) != s.count {
			return beginning{}, fmt.Errorf("duplex: LISTEN_FDNAMES has %d names, and LISTEN_FDS is %d", len(s.names), s.count)
		}
	}
	return s, nil
}

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
