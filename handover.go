// Copyright 2026 The duplex authors. MIT license.

package duplex

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
)

// HandOver replaces this process by another one without refusing a client. It starts cmd,
// the successor, and passes it the listeners of the servers, under their names. It returns
// nil when the successor has called [Ready] and the servers of this process have stopped
// listening, as after Unlisten. Then the caller ends its sockets, by [Server.ShutdownOver]
// for example, and exits.
//
// Until Ready, the servers accept clients as before. From the moment when the successor
// listens, both processes do. A client that waits to be accepted waits at the listener,
// which both processes share, so it is lost by neither; a client that this process has
// accepted is served by it, also while its PROXY header or its TLS handshake is awaited.
// The file of a Unix socket becomes the successor's with Ready: its server removes it, and
// that of this process does not.
//
// If the successor ends before Ready, and with it all that has its descriptors, or if ctx
// ends, HandOver kills the successor, waits for
// it, and returns why: an error that wraps that of cmd.Wait, or the error of ctx. The
// servers go on as if nothing had happened, and the caller may try again. Other errors are
// those of [Server.File] and of cmd.Start, and a name that LISTEN_FDNAMES cannot hold: a
// name consists of printable ASCII characters other than a colon.
//
// The successor finds the listeners with [InheritedListeners]. It gets the environment of
// cmd, with LISTEN_FDS, LISTEN_FDNAMES and DUPLEX_HANDOVER. (LISTEN_PID cannot be set
// before it is started.) The ExtraFiles of cmd come after the listeners. Each call needs a
// new cmd. In a callback of a server, HandOver would wait for itself: it returns an error
// and does nothing. On Windows, and on the driver "memory", it returns
// [errors.ErrUnsupported].
func HandOver(ctx context.Context, cmd *exec.Cmd, servers map[string]*Server) error {
	names := slices.Sorted(maps.Keys(servers))
	for _, name := range names {
		if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' || r == ':' }) {
			return fmt.Errorf("duplex: the listener's name %q is not printable ASCII, or has a colon", name)
		}
		if servers[name].inCallback() {
			return errHandOverInCallback
		}
	}
	ready, err := startSuccessor(cmd, names, servers)
	if err != nil {
		return err
	}
	defer ready.Close()
	told := make(chan error, 1)
	go func() { // until the successor is ready or ends, or ready is closed
		_, err := io.ReadFull(ready, make([]byte, 1))
		told <- err
	}()
	select {
	case err = <-told:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		_ = cmd.Process.Kill()
		if cmd.WaitDelay == 0 { // its own children may hold its output open
			cmd.WaitDelay = time.Second
		}
		ended := cmd.Wait()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if ended == nil {
			return errors.New("duplex: the successor ended before it was ready")
		}
		return fmt.Errorf("duplex: the successor ended before it was ready: %w", ended)
	}
	for _, name := range names {
		servers[name].retire()
	}
	return nil
}

var errHandOverInCallback = errors.New("duplex: HandOver was called in a callback of its server, and would wait for itself")

// handOverVariable is the environment variable that names the descriptor by which a
// successor reports that it is ready, and those of Unix sockets whose files it gets.
const handOverVariable = "DUPLEX_HANDOVER"

// startSuccessor starts cmd with the listeners, and returns the pipe by which it reports
// that it is ready.
func startSuccessor(cmd *exec.Cmd, names []string, servers map[string]*Server) (ready *os.File, err error) {
	var files []*os.File
	defer func() {
		for _, f := range files {
			f.Close()
		}
	}()
	var owned []string
	for i, name := range names {
		file, owns, err := servers[name].file()
		if err != nil {
			return nil, err
		}
		files = append(files, file)
		if owns {
			owned = append(owned, strconv.Itoa(firstInherited+i))
		}
	}
	ready, end, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	files = append(files, end)
	listeners := files[:len(names)]
	cmd.ExtraFiles = slices.Concat(listeners, cmd.ExtraFiles, []*os.File{end})
	fd := firstInherited + len(cmd.ExtraFiles) - 1
	cmd.Env = slices.DeleteFunc(cmd.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == handOverVariable || slices.Contains(startVariables, name)
	})
	cmd.Env = append(cmd.Env,
		"LISTEN_FDS="+strconv.Itoa(len(names)),
		"LISTEN_FDNAMES="+strings.Join(names, ":"),
		handOverVariable+"="+strings.Join(append([]string{strconv.Itoa(fd)}, owned...), ":"))
	if err := cmd.Start(); err != nil {
		ready.Close()
		return nil, err
	}
	return ready, nil
}

// Ready tells the process that this one replaces that this one serves its clients: see
// [HandOver]. Call it when every server listens. It does nothing in a process that replaces
// none, and in later calls. The error is that of a predecessor that has ended meanwhile;
// this process serves all the same.
func Ready() error {
	if _, err := predecessor.find(); err != nil {
		return err
	}
	return predecessor.tell()
}

// predecessor is the process that has started this one by HandOver.
var predecessor heritage

// A heritage is what a successor knows of its predecessor.
type heritage struct {
	mu     sync.Mutex
	pipe   *os.File     // by which Ready reports; nil if there is none, and after Ready
	told   bool         // Ready was called
	owned  map[int]bool // descriptors of Unix sockets whose files the predecessor gives away
	owners []owner      // the listeners that own these files from Ready on
}

// An owner is the handle of a listener that may remove the file of its Unix socket.
type owner interface {
	Own(on bool) bool
	Owns() bool
}

// find reports whether there is a predecessor. It removes the variable from the
// environment.
func (h *heritage) find() (bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	text, ok := os.LookupEnv(handOverVariable)
	if !ok {
		return h.pipe != nil, nil
	}
	os.Unsetenv(handOverVariable)
	var fds []int
	for _, field := range strings.Split(text, ":") {
		fd, err := strconv.Atoi(field)
		if err != nil || fd < firstInherited || !sys.CloseOnExec(uintptr(fd)) {
			return false, fmt.Errorf("duplex: %s is %q, which names no descriptors", handOverVariable, text)
		}
		fds = append(fds, fd)
	}
	h.pipe = os.NewFile(uintptr(fds[0]), "the predecessor")
	h.owned = make(map[int]bool)
	for _, fd := range fds[1:] {
		h.owned[fd] = true
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

// bequeath makes o own the file of its Unix socket, from Ready on.
func (h *heritage) bequeath(o owner) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.told {
		o.Own(true)
		return
	}
	h.owners = append(h.owners, o)
}

// File returns a copy of the descriptor that the server listens on, for another process:
// as one of the ExtraFiles of an [os/exec.Cmd] for example. [HandOver] does that with all
// that belongs to it. The caller closes the file. The error is [net.ErrClosed] while the
// server does not listen, and [errors.ErrUnsupported] on Windows and on the driver
// "memory".
func (srv *Server) File() (*os.File, error) {
	file, _, err := srv.file()
	return file, err
}

// file is File, and reports whether the server removes the file of its Unix socket.
func (srv *Server) file() (file *os.File, owns bool, err error) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	ln := srv.listener
	if ln == nil || ln.phase != listening {
		return nil, false, net.ErrClosed
	}
	h, ok := ln.bound.Handle.(interface {
		owner
		File() (*os.File, error)
	})
	if !ok {
		return nil, false, errors.ErrUnsupported
	}
	file, err = h.File()
	return file, h.Owns(), err
}

// retire stops listening in favor of another process, and returns when the descriptor is
// closed. No client that was accepted is refused.
func (srv *Server) retire() {
	srv.mu.Lock()
	ln := srv.listener
	if ln == nil || ln.phase != listening {
		srv.mu.Unlock()
		return
	}
	if ln.retired == nil {
		ln.retired = make(chan struct{})
	}
	retired := ln.retired
	srv.mu.Unlock()
	ln.lane.Post(ln.retire)
	<-retired
}

// retire is retire of its server, on the loop: no accepted connection is on its way
// between the driver and its socket.
func (ln *listener) retire() {
	srv := ln.srv
	srv.mu.Lock()
	if ln.phase != listening { // it was closed meanwhile, or Closed follows
		srv.mu.Unlock()
		return
	}
	ln.phase, ln.handedOver = unlistening, true
	srv.mu.Unlock()
	if o, ok := ln.bound.Handle.(owner); ok {
		o.Own(false)
	}
	if d, ok := ln.lane.Driver.(driver.Retirer); ok && ln.served {
		d.Retire(ln.id)
		return
	}
	ln.end()
}

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
