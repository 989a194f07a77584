// Copyright 2026 The duplex authors. MIT license.

// Package sys holds the system calls and socket options that package net does not export,
// and Field. No other package of the module imports unsafe.
//
// Sockets and epoll are here for Linux alone, since a driver calls the kernel only there.
// On other systems duplex goes through package net.
//
// # Raw calls
//
// Calls that cannot block are raw: the Go scheduler does not know of them, which saves an
// echo server 12 % of its CPU. A raw call that blocked would hold up garbage collection,
// and with it every goroutine of the process.
//
// O_NONBLOCK alone does not prevent that. It belongs to the open file description, which
// every copy of a descriptor shares: another process that has inherited a socket
// can clear it at any time, and so does [os.File.Fd] for a child that is about to
// inherit it. Each raw call of this package has its own reason why it cannot block:
//
//   - recvfrom, sendto and sendmsg have MSG_DONTWAIT.
//   - accept4 is raw only for a listener that no other process shares.
//   - close is raw only without an SO_LINGER that waits.
//   - read takes bytes out of a Pipe, which holds them and which no other process shares.
//   - epoll_pwait has a timeout of 0, and epoll_ctl never waits.
//   - getsockopt, setsockopt, getsockname, getpeername, shutdown and the connect of
//     Disconnect never wait for the peer.
//
// The scheduler knows of all other calls, so a call that blocks holds up only its caller:
//
//   - accept4 and splice have no flag of their own that a TCP socket obeys. For a
//     shared listener Accept first sets O_NONBLOCK again if it is missing, and a
//     driver does not splice to or from a shared socket that is blocking. The moment
//     between the check and the call remains. (The check costs a system call, so it is
//     made for shared sockets only.)
//   - close waits for SO_LINGER, which Restore and Hurry switch off.
//   - bind and connect look up the path of a Unix socket on a disk.
package sys
