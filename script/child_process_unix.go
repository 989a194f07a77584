// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package script

import (
	"net"
	"os"
	"os/exec"
	"syscall"

	"github.com/dop251/goja"
	"golang.org/x/sys/unix"
)

// pair returns a connection, and its other end for a program.
func pair(int) (near net.Conn, far *os.File, err error) { return channelPair() }

// dress gives a command what is Unix's of a request.
func dress(c *exec.Cmd, request *goja.Object) error {
	attributes := &syscall.SysProcAttr{Setsid: request.Get("detached").ToBoolean()}
	uid, gid := request.Get("uid"), request.Get("gid")
	if !goja.IsUndefined(uid) || !goja.IsUndefined(gid) {
		who := &syscall.Credential{Uid: uint32(os.Getuid()), Gid: uint32(os.Getgid()), NoSetGroups: true}
		if !goja.IsUndefined(uid) {
			who.Uid = uint32(uid.ToInteger())
		}
		if !goja.IsUndefined(gid) {
			who.Gid = uint32(gid.ToInteger())
		}
		attributes.Credential = who
	}
	c.SysProcAttr = attributes
	return nil
}

// channelPair is pair for a channel: a socket of Unix's, which can carry
// descriptors.
func channelPair() (near *net.UnixConn, far *os.File, err error) {
	syscall.ForkLock.RLock()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fds[0])
		unix.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, err
	}
	far = os.NewFile(uintptr(fds[1]), "pipe")
	near, err = channelOf(os.NewFile(uintptr(fds[0]), "pipe"))
	if err != nil {
		far.Close()
	}
	return near, far, err
}

// openChannel returns the channel that a descriptor is, which is its own then.
func openChannel(fd int) (*net.UnixConn, error) {
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err != nil {
		return nil, err
	}
	unix.CloseOnExec(fd)
	return channelOf(os.NewFile(uintptr(fd), "channel"))
}

// channelOf makes a connection of file, and closes it.
func channelOf(file *os.File) (*net.UnixConn, error) {
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	channel, ok := conn.(*net.UnixConn)
	if !ok {
		conn.Close()
		return nil, syscall.ENOTSOCK
	}
	return channel, nil
}

// send offers p and a descriptor to the kernel, and returns how much it took.
func send(conn *net.UnixConn, p []byte, rights *os.File) (n int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var control []byte
	if rights != nil {
		control = syscall.UnixRights(descriptor(rights))
	}
	tried := raw.Write(func(fd uintptr) bool {
		n, err = syscall.SendmsgN(int(fd), p, control, nil, 0)
		for err == syscall.EINTR {
			n, err = syscall.SendmsgN(int(fd), p, control, nil, 0)
		}
		return true
	})
	switch {
	case tried != nil:
		return 0, tried
	case err == syscall.EAGAIN:
		return 0, nil
	}
	return max(n, 0), err
}

// sendAll sends p and a descriptor, and waits for room.
func sendAll(conn *net.UnixConn, p []byte, rights *os.File) error {
	var control []byte
	if rights != nil {
		control = syscall.UnixRights(descriptor(rights))
	}
	n, _, err := conn.WriteMsgUnix(p, control, nil)
	for err == nil && n < len(p) {
		p = p[n:]
		n, err = conn.Write(p)
	}
	return err
}

// receive reads what a channel has next, and the descriptors that come with it.
func receive(conn *net.UnixConn, p []byte) (n int, rights []int, err error) {
	control := make([]byte, 256)
	n, size, _, _, err := conn.ReadMsgUnix(p, control)
	if size == 0 {
		return n, nil, err
	}
	messages, _ := syscall.ParseSocketControlMessage(control[:size])
	for _, m := range messages {
		fds, _ := syscall.ParseUnixRights(&m)
		for _, fd := range fds {
			unix.CloseOnExec(fd)
		}
		rights = append(rights, fds...)
	}
	return n, rights, err
}
