// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// owner returns the process that listens on a TCP address, 0 if the system does not
// show it, as for a process of another user.
func owner(a net.Addr) (pid int, name string) {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return 0, ""
	}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		for _, inode := range listeners(table, tcp.Port) {
			if pid, name = holder(inode); pid != 0 {
				return pid, name
			}
		}
	}
	return 0, ""
}

// listeners returns the inodes of the sockets that listen on port, from a table of
// the kernel.
func listeners(table string, port int) (inodes []string) {
	f, err := os.Open(table)
	if err != nil {
		return nil
	}
	defer f.Close()
	const localAddress, state, inode = 1, 3, 9
	const listening = "0A"
	want := fmt.Sprintf(":%04X", port)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		row := strings.Fields(lines.Text())
		if len(row) > inode && row[state] == listening && strings.HasSuffix(row[localAddress], want) {
			inodes = append(inodes, row[inode])
		}
	}
	return inodes
}

// holder returns the process that has a socket open.
func holder(inode string) (pid int, name string) {
	want := "socket:[" + inode + "]"
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		if target, _ := os.Readlink(link); target != want {
			continue
		}
		process := filepath.Dir(filepath.Dir(link))
		pid, _ = strconv.Atoi(filepath.Base(process))
		comm, _ := os.ReadFile(filepath.Join(process, "comm"))
		return pid, string(bytes.TrimSpace(comm))
	}
	return 0, ""
}
