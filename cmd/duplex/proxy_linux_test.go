// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"io"
	"math"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/testrun"
)

// peakOf returns the most resident memory that a process has had so far, in bytes.
func peakOf(t *testing.T, p *process) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/" + strconv.Itoa(p.Process.Pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		t.Fatalf("no VmHWM in:\n%s", status)
	}
	kib, _ := strconv.ParseInt(string(found[1]), 10, 64)
	return kib << 10
}

// The memory of a proxy is flat while a fast end sends much more than a slow end reads, each
// way. (Without a log and toxics it is a pipe, which internal/endurance tests.) The slow end
// begins to read when the fast one has got stuck: on a busy machine maybe too early, which
// makes the test easier and never fails it. A proxy that does not hold the fast end back has
// all bytes in memory by then.
func TestAProxyBetweenAFastAndASlowEndHasFlatMemory(t *testing.T) {
	size, flat := int64(40<<20), int64(24<<20)
	if testrun.Race() { // whose own memory is most of all
		size, flat = 8<<20, math.MaxInt64
	}
	for _, flags := range [][]string{{"--as=none"}, {"--as=none", "--toxic=latency:1ms"}} {
		t.Run(flags[len(flags)-1], func(t *testing.T) {
			t.Parallel()
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			proxy, address := startProxy(t, ln.Addr().String(), flags...)
			client := dial(t, address)
			upstream, err := ln.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer upstream.Close()
			before := peakOf(t, proxy)
			for _, way := range [][2]net.Conn{{client, upstream}, {upstream, client}} {
				fast, slow := way[0].(*net.TCPConn), way[1].(*net.TCPConn)
				stuck, sent := make(chan bool), make(chan error, 1)
				go func() { // until all is sent, or the patience
					left, waiting := size, true
					for begun := time.Now(); left > 0 && time.Since(begun) < patience; {
						fast.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
						n, err := fast.ReadFrom(io.LimitReader(zeros{}, left))
						left -= n
						if n == 0 && waiting {
							close(stuck)
							waiting = false
						}
						if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
							break
						}
					}
					if waiting {
						close(stuck)
					}
					fast.CloseWrite()
					if left > 0 {
						sent <- errors.New(strconv.FormatInt(left, 10) + " B were not sent")
					}
					close(sent)
				}()
				<-stuck
				slow.SetReadDeadline(time.Now().Add(patience))
				if n, err := io.Copy(io.Discard, slow); n != size || err != nil {
					t.Errorf("%d bytes came, %v; want %d", n, err, size)
				}
				if err := <-sent; err != nil {
					t.Error(err)
				}
			}
			after := peakOf(t, proxy)
			t.Logf("resident memory was %d MiB before, and %d MiB at most", before>>20, after>>20)
			if grown := after - before; grown > flat {
				t.Errorf("resident memory grew by %d MiB, want %d at most", grown>>20, flat>>20)
			}
			sendSignal(proxy.Process, "TERM") // both directions have ended
			proxy.exits(t, 0)
		})
	}
}

// A limit that cuts a connection with bytes under way is a failure. The log names the way
// that was stuck, and counts the bytes.
func TestALimitThatLosesBytesIsAFailure(t *testing.T) {
	for _, c := range []struct{ limit, way, failed string }{
		{"write-timeout", ">", `error      #1 > write ETIMEDOUT`},
		{"write-timeout", "<", `error      #1 < write ETIMEDOUT`},
		{"max-age", ">", `error      #1 the connection has reached its maximum age`},
		{"max-age", "<", `error      #1 the connection has reached its maximum age`},
		{"idle", ">", `error      #1 > idle for 1s`},
		{"idle", "<", `error      #1 > idle for 1s`},
		{"read-timeout", "<", `error      #1 > nothing came for 1s`},
		{"first-byte-timeout", "<", `error      #1 > no byte came within 1s`},
	} {
		for _, mode := range []string{"--as=none", "--quiet", "--json"} {
			t.Run(c.limit+c.way+mode, func(t *testing.T) {
				t.Parallel()
				ln, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				defer ln.Close()
				p := launch(t, overEpoll(command("proxy", "127.0.0.1:0", ln.Addr().String(), "--stop-after=1", mode, "--sndbuf=8KiB", "--"+c.limit+"=1s")))
				client := dial(t, p.await(t, `(127.0.0.1:\d+)`)[1])
				upstream, err := ln.Accept()
				if err != nil {
					t.Fatal(err)
				}
				defer upstream.Close()
				client.SetReadBuffer(4 << 10) // the way is stuck long before the second is over
				upstream.(*net.TCPConn).SetReadBuffer(4 << 10)
				sender := net.Conn(client)
				if c.way == "<" {
					sender = upstream
				}
				sender.SetDeadline(time.Now().Add(patience))
				go io.Copy(sender, zeros{}) // until the proxy resets
				p.exits(t, 55)
				if got := p.errOut.String(); !strings.Contains(got, " B were not passed on: a limit has cut their connections\n") {
					t.Errorf("stderr: %s", got)
				}
				log := p.out.String()
				switch mode {
				case "--json":
					ids := map[string]string{">": `"id":2,"pair":1,"hadError":`, "<": `"id":1,"pair":1,"hadError":`}
					line := regexp.MustCompile(`"ev":"close",` + ids[c.way] + `(true|false),"in":0,"out":\d+(,"reset":true)?,"unsent":\d+}`)
					if !line.MatchString(log) || !strings.Contains(log, `"hadError":true`) {
						t.Errorf("no close has %s:\n%s", line, closes(log))
					}
				case "--as=none":
					line := regexp.MustCompile(`close +#1 up \d+ B, down \d+ B, unsent ` + map[string]string{">": "up", "<": "down"}[c.way] + ` \d+ B, hadError true\n`)
					if !line.MatchString(log) {
						t.Errorf("no line is %s:\n%s", line, closes(log))
					}
					fallthrough
				default:
					if !strings.Contains(log, c.failed+"\n") {
						t.Errorf("no line is %s:\n%s", c.failed, closes(log))
					}
				}
			})
		}
	}
}

// closes returns the lines of a log that are not of data.
func closes(log string) string {
	return regexp.MustCompile(`(?m)^(data|{"ev":"data").*\n`).ReplaceAllString(log, "")
}

// A limit that cuts a connection of a Unix socket has taken none of what was sent to it: the
// peer reads that later.
func TestACutUnixSocketHasWhatWasSent(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	t.Chdir(t.TempDir())
	proxy := launch(t, command("proxy", "unix:socket", ln.Addr().String(), "--max-age", "1s", "--stop-after", "1"))
	proxy.await(t, "listening ")
	client, err := net.Dial("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	upstream, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer upstream.Close()
	io.WriteString(upstream, "answer")
	proxy.await(t, "close      #1 up 0 B, down 6 B, hadError true")
	proxy.exits(t, 0)
	if answer, err := io.ReadAll(client); string(answer) != "answer" {
		t.Errorf("the client has read %q, %v", answer, err)
	}
}
