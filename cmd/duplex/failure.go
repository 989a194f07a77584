// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/duplex-go/duplex"
)

// Exit codes: those of curl for failures of the network, and 128 plus the signal's
// number after a signal.
const (
	exitDone        = 0
	exitOther       = 1
	exitUsage       = 2
	exitNoName      = 6
	exitUnreachable = 7
	exitTimeout     = 28
	exitTLS         = 35
	exitCannotBind  = 45
	exitSendFailed  = 55
	exitReset       = 56
	exitUntrusted   = 60
	exitUnexpected  = 98
	exitThreshold   = 99
	exitSignal      = 128
)

// A failure is why the command exits with another code than 0.
type failure struct {
	code    int
	message string // what failed; "" if an event has shown it
	hint    string // what to do about it
}

func (f *failure) Error() string { return f.message }

// misuse is the failure of a command that was called wrongly.
func misuse(hint, format string, args ...any) *failure {
	return &failure{exitUsage, fmt.Sprintf(format, args...), hint}
}

// cutOff is the failure of programs that were killed before they had ended: when the grace
// was over, or because a limit of time had passed, which hint names.
func cutOff(programs int, graceOver bool, hint string) *failure {
	were := " was"
	if programs > 1 {
		were = " were"
	}
	if graceOver {
		hint = "--grace says how long to wait for programs"
	}
	return &failure{exitSendFailed, plural(programs, "program") + were + " cut off", hint}
}

// fail returns err as a failure.
func fail(err error) *failure {
	if f := wrongDriver(); f != nil {
		return f
	}
	return &failure{exitCode(err), describe(err), remedy(err)}
}

// wrongDriver returns the misuse of DUPLEX_DRIVER if it names a driver that this
// system does not have, else nil.
func wrongDriver() *failure {
	name := os.Getenv("DUPLEX_DRIVER")
	if name == "" || new(duplex.Engine).Stats().Driver != "" {
		return nil
	}
	return misuse("unset it, or write portable, which is on every system", "DUPLEX_DRIVER: no driver %q here", name)
}

// cannotPrint is the failure of a command whose stdout cannot be written. It has no
// message if the reader has closed a pipe, as head does.
func cannotPrint(err error) *failure {
	if recording, ok := err.(*recordError); ok {
		return &failure{exitOther, recording.Error(), "is the disk full?"}
	}
	if duplex.Code(err) == "EPIPE" { // also where the system's number is another, as on Windows
		return &failure{code: exitSignal + 13} // as a shell says SIGPIPE
	}
	return &failure{exitOther, err.Error(), "stdout cannot be written; is the disk full?"}
}

// exitCode returns the exit code for an error of the network or the system.
func exitCode(err error) int {
	code := duplex.Code(err)
	op := opOf(err)
	switch {
	case code == "ENOTFOUND" || strings.HasPrefix(code, "EAI_"):
		return exitNoName
	case code == "ETIMEDOUT" || errors.Is(err, os.ErrDeadlineExceeded):
		return exitTimeout
	case code == "ENOSPC", code == "EMFILE", code == "ENFILE":
		return exitOther // the file of --keylog, or no descriptor is left for a socket
	case untrusted(err):
		return exitUntrusted
	case isTruncated(err):
		return exitReset // as curl says it
	case op.Op == "handshake" || strings.HasPrefix(code, "ERR_SSL_"):
		return exitTLS
	case op.Op == "listen" || op.Op == "connect" && isLocal(op, code):
		return exitCannotBind
	case op.Op == "read" || code == "ECONNRESET":
		return exitReset // a reset fails the next read or write, whichever comes first
	case op.Op == "write":
		return exitSendFailed
	case op.Op == "connect":
		return exitUnreachable
	}
	return exitOther
}

// isTruncated reports whether a connection broke off after the handshake, without the
// end that TLS wants.
func isTruncated(err error) bool {
	return opOf(err).Op == "read" && errors.Is(err, duplex.ErrTruncated)
}

// isLocal reports whether a connection failed because of the address of --local.
func isLocal(op *net.OpError, code string) bool {
	return op.Source != nil && (code == "EADDRINUSE" || code == "EADDRNOTAVAIL" || code == "EACCES")
}

// wasMade reports whether err says that a connection was made, and reset before the driver
// looked at it. A system that refuses a connection is ECONNREFUSED.
func wasMade(err error) bool {
	return opOf(err).Op == "connect" && duplex.Code(err) == "ECONNRESET"
}

// opOf returns the first OpError in err, or an empty one.
func opOf(err error) *net.OpError {
	var op *net.OpError
	if errors.As(err, &op) {
		return op
	}
	return new(net.OpError)
}

// describe returns err in Node's words, such as "connect ECONNREFUSED
// 127.0.0.1:6666".
func describe(err error) string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []string
		for _, err := range joined.Unwrap() {
			all = append(all, describe(err))
		}
		return strings.Join(all, "; ")
	}
	code, op := duplex.Code(err), opOf(err)
	var dns *net.DNSError
	switch {
	case op.Op == "handshake":
		return describeTLS(err, code, op)
	case code == "" || op.Op == "":
		return strings.TrimPrefix(err.Error(), "duplex: ")
	case errors.As(err, &dns):
		return fmt.Sprintf("getaddrinfo %s %s", code, dns.Name)
	case op.Op == "listen":
		return fmt.Sprintf("listen %s: %s %s", code, meaning(code, op.Err), shown(op.Addr))
	case op.Op == "connect" && isLocal(op, code):
		return fmt.Sprintf("connect %s %s - Local (%s)", code, shown(op.Addr), shown(op.Source))
	case op.Op == "connect":
		return fmt.Sprintf("connect %s %s", code, shown(op.Addr))
	}
	return op.Op + " " + code
}

// meaning returns Node's words for a code of listen.
func meaning(code string, err error) string {
	switch code {
	case "EADDRINUSE":
		return "address already in use"
	case "EADDRNOTAVAIL":
		return "address not available"
	case "EACCES":
		return "permission denied"
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}

// remedy returns what to do about err.
func remedy(err error) string {
	code, op := duplex.Code(err), opOf(err)
	if a, ok := op.Addr.(*net.UnixAddr); ok {
		if hint := remedyOfPath(code, op, a); hint != "" {
			return hint
		}
	}
	if isTruncated(err) {
		return "the peer broke off without TLS's end, so what came may not be all"
	}
	if (op.Op == "handshake" || strings.HasPrefix(code, "ERR_SSL_")) && code != "ETIMEDOUT" {
		return remedyOfTLS(err, code)
	}
	if errors.As(err, new(viaError)) {
		return hintOfVia
	}
	switch code {
	case "EADDRINUSE":
		return inUse(op)
	case "EACCES":
		if op.Op == "listen" {
			return "ports below 1024 need root or CAP_NET_BIND_SERVICE; try :8080"
		}
	case "EINVAL":
		if op.Op == "connect" {
			return "is --local of the same kind, IPv4 or IPv6, as the address?"
		}
	case "EADDRNOTAVAIL":
		return "this machine has no such address; 127.0.0.1 and [::1] it has"
	case "ECONNREFUSED":
		if a, ok := op.Addr.(*net.TCPAddr); ok && !a.IP.IsLoopback() {
			return "nothing listens there: is it the right port, and does the server run?"
		}
		return "nothing listens there; start it with: duplex serve " + shown(op.Addr)
	case "EHOSTUNREACH", "ENETUNREACH":
		return "no way leads there: is the address right, and the network up?"
	case "ENOTFOUND":
		return "no such name: is it spelled right? An IP address needs none"
	case "EAI_AGAIN", "EAI_FAIL":
		return "the name server does not answer; try again, or use an IP address"
	case "EMFILE", "ENFILE":
		return "too many files and connections are open: see ulimit -n"
	case "ETIMEDOUT":
		if op.Op == "connect" || op.Op == "getaddrinfo" {
			return "no answer: a wrong address, or a firewall that drops what we send"
		}
		return "the peer was silent too long; --idle and --timeout say how long"
	case "ECONNRESET", "EPIPE":
		return "the peer broke off: it crashed, or closed with our bytes unread"
	}
	return ""
}

// remedyOfPath returns what to do about the path of a Unix socket, "" if the path is
// not the reason.
func remedyOfPath(code string, op *net.OpError, a *net.UnixAddr) string {
	listens := op.Op == "listen"
	switch {
	case code == "EADDRINUSE":
		return pathInUse(a.Name)
	case code == "EACCES" && listens:
		return "you may make no file there; try another folder"
	case code == "EACCES":
		return "it is not open to you: what are the permissions of the file?"
	case code == "EINVAL":
		return "is the path too long? The system takes some 100 bytes"
	case listens && (code == "ENOENT" || code == "ENOTDIR"):
		return "there is no such folder; make it first"
	case code == "ENOENT":
		return "nothing listens there; start it with: duplex serve " + shown(a)
	case (code == "ECONNREFUSED" || code == "ENOTSOCK") && isOtherFile(os.Stat(a.Name)):
		return "the file there is not a socket: is it the right path?"
	}
	return ""
}

// pathInUse returns what to do about the path of a Unix socket that is taken.
func pathInUse(path string) string {
	switch {
	case strings.HasPrefix(path, "@"):
		return "another program has it; try another name"
	case isOtherFile(os.Lstat(path)):
		return "the file there is not a socket; try another path"
	case isAbandoned(path):
		return "no program listens on it, but you may not remove it; try another path"
	}
	return "another program has it; try another path"
}

// isOtherFile reports whether a file is there that is not a socket.
func isOtherFile(info os.FileInfo, err error) bool {
	return err == nil && info.Mode().Type() != os.ModeSocket
}

// inUse returns what to do about a TCP address that is in use.
func inUse(op *net.OpError) string {
	if op.Op == "connect" {
		return "another connection has it; leave --local away for any free port"
	}
	holder := "another program has it"
	if pid, name := owner(op.Addr); pid != 0 {
		holder = fmt.Sprintf("pid %d (%s) has it", pid, name)
	}
	return holder + "; try port 0 for any free port"
}
