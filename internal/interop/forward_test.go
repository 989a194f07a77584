// Copyright 2026 The duplex authors. MIT license.

package interop

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// forwarders are the programs that BenchmarkForward compares. Each passes connections of
// port to upstream.
var forwarders = []struct {
	name  string
	start func(b *testing.B, port, upstream string) *exec.Cmd
}{
	{"duplex", func(b *testing.B, port, upstream string) *exec.Cmd {
		binary, err := built()
		if err != nil {
			b.Fatal(err)
		}
		return exec.Command(binary, "proxy", "127.0.0.1:"+port, upstream, "-q")
	}},
	{"socat", func(b *testing.B, port, upstream string) *exec.Cmd {
		return exec.Command(found(b, "socat"), "-t60", "TCP-LISTEN:"+port+",bind=127.0.0.1,fork,reuseaddr", "TCP:"+upstream)
	}},
	{"haproxy", func(b *testing.B, port, upstream string) *exec.Cmd {
		config := filepath.Join(b.TempDir(), "haproxy.cfg")
		text := "global\n nbthread 1\n maxconn 500\ndefaults\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n option splice-auto\n" +
			"listen it\n bind 127.0.0.1:" + port + "\n server s " + upstream + "\n"
		if err := os.WriteFile(config, []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
		return exec.Command(found(b, "haproxy"), "-db", "-q", "-f", config)
	}},
}

// found returns the path of a command, or skips the benchmark.
func found(b *testing.B, name string) string {
	b.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		b.Skipf("MISSING: %s; hint: bash .ci/setup installs it", name)
	}
	return path
}

// BenchmarkForward compares the CPU time that proxies take, in user mode and in the kernel
// together, by Linux's own count: for a MiB of a long stream, and for a message of 64
// bytes that is echoed on each of 50 connections.
//
//	GOWORK=off go test -run '^$' -bench Forward -benchtime 2s -count 5 .
func BenchmarkForward(b *testing.B) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		b.Skip("there is no /proc")
	}
	for _, f := range forwarders {
		start := func(b *testing.B, upstream string) (port string, cpu func() time.Duration) {
			port = freeBenchPort(b)
			cmd := f.start(b, port, upstream)
			if err := cmd.Start(); err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() {
				cmd.Process.Kill()
				cmd.Wait()
			})
			before := time.Duration(0)
			for began := time.Now(); ; time.Sleep(time.Millisecond) {
				conn, err := net.Dial("tcp", "127.0.0.1:"+port)
				if err == nil {
					conn.Close()
					break
				}
				if time.Since(began) > patience {
					b.Fatal(err)
				}
			}
			before = cpuOf(cmd.Process.Pid)
			return port, func() time.Duration { return cpuOf(cmd.Process.Pid) - before }
		}
		b.Run("stream/"+f.name, func(b *testing.B) { stream(b, start) })
		b.Run("echo-64x50/"+f.name, func(b *testing.B) { echoes(b, start) })
	}
}

// A starter starts a proxy, and returns its port and a function that returns the CPU time
// that it has taken since.
type starter func(b *testing.B, upstream string) (port string, cpu func() time.Duration)

// stream sends b.N MiB to a server that discards them.
func stream(b *testing.B, start starter) {
	const size = 1 << 20
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	go func() { // until the listener is closed
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buf := make([]byte, 256<<10)
				for {
					if _, err := conn.Read(buf); err != nil {
						return
					}
				}
			}()
		}
	}()
	port, cpu := start(b, ln.Addr().String())
	conn, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	chunk := make([]byte, size)
	b.SetBytes(size)
	b.ResetTimer()
	before := cpu()
	for range b.N {
		if _, err := conn.Write(chunk); err != nil {
			b.Fatal(err)
		}
	}
	conn.(*net.TCPConn).CloseWrite()
	io.Copy(io.Discard, conn) // the server has all of it
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-us/MiB")
}

// echoes sends b.N messages on 50 connections, and waits for each to come back.
func echoes(b *testing.B, start starter) {
	const conns, size = 50, 64
	port, cpu := start(b, echoServer(b))
	var all []net.Conn
	for range conns {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		all = append(all, conn)
	}
	b.ResetTimer()
	before := cpu()
	var group sync.WaitGroup
	for i, conn := range all {
		n := b.N / conns
		if i < b.N%conns {
			n++
		}
		group.Go(func() {
			message := make([]byte, size)
			for range n {
				if _, err := conn.Write(message); err != nil {
					b.Error(err)
					return
				}
				if _, err := io.ReadFull(conn, message); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64((cpu()-before).Nanoseconds())/float64(b.N)/1000, "cpu-us/msg")
}

// cpuOf returns the CPU time of a process and of its children, of which socat has one for
// each connection.
func cpuOf(pid int) (total time.Duration) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	for _, i := range []int{11, 12, 13, 14} { // utime, stime, and those of children that have ended
		ticks, _ := strconv.Atoi(fields[i])
		total += time.Duration(ticks) * 10 * time.Millisecond
	}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, task := range tasks {
		children, _ := os.ReadFile(task)
		for child := range strings.FieldsSeq(string(children)) {
			n, _ := strconv.Atoi(child)
			total += cpuOf(n)
		}
	}
	return total
}

// freeBenchPort is freePort for a benchmark.
func freeBenchPort(b *testing.B) string {
	b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer ln.Close()
	return strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
}
