// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/duplex-go/duplex"
)

// setBuffers sets the sizes of a socket's buffers in the kernel; 0 leaves one as it is.
func setBuffers(raw syscall.RawConn, receive, send int) (err error) {
	failed := raw.Control(func(fd uintptr) {
		if receive > 0 {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, receive)
		}
		if send > 0 && err == nil {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_SNDBUF, send)
		}
	})
	if failed != nil {
		return failed
	}
	return err
}

// kernelFacts returns what the kernel knows of a connection: round-trip time, window,
// losses. There are none if it is not TCP, or is closed.
func kernelFacts(s *duplex.Socket) facts {
	raw, err := s.SyscallConn()
	if err != nil {
		return nil
	}
	var info *unix.TCPInfo
	raw.Control(func(fd uintptr) { info, _ = unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO) })
	if info == nil {
		return nil
	}
	values := []uint64{uint64(info.Rtt), uint64(info.Rttvar), uint64(info.Rto), uint64(info.Snd_cwnd), uint64(info.Snd_mss),
		uint64(info.Unacked), uint64(info.Total_retrans), uint64(info.Rcv_space)}
	if info.Delivery_rate > 0 {
		values = append(values, info.Delivery_rate)
	}
	known := make(facts, len(values))
	for i, value := range values {
		known[i] = fact{factKinds[i], value}
	}
	return known
}
