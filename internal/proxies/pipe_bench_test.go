// Copyright 2026 The duplex authors. MIT license.

package proxies_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
	"github.com/duplex-go/duplex/internal/testrun"
)

// BenchmarkPipe carries bytes from a source to a sink, both in another process: by Pipe,
// and by a handler that writes the data that it receives. CPU is that of the proxy.
func BenchmarkPipe(b *testing.B) {
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "DUPLEX_TEST_ENDS=1")
	cmd.Stderr = os.Stderr
	stdin, _ := cmd.StdinPipe()
	stdout, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer cmd.Wait()
	defer stdin.Close()
	var addr string
	if _, err := fmt.Fscanln(stdout, &addr); err != nil {
		b.Fatal(err)
	}
	for _, proxy := range []struct {
		name string
		join func(in, out *duplex.Socket)
	}{
		{"Pipe", func(in, out *duplex.Socket) { in.Pipe(out) }},
		{"Write", func(in, out *duplex.Socket) {
			in.SetHandler(&duplex.Handler{
				OnData: func(_ *duplex.Socket, p []byte) {
					out.Write(p)
					if out.NeedDrain() {
						in.Pause()
					}
				},
				OnEnd: func(*duplex.Socket) { out.End() },
			})
		}},
	} {
		b.Run(proxy.name, func(b *testing.B) {
			e := duplextest.Engine(b, duplextest.Drivers()[0])
			closed := make(chan error, 1)
			in := (&duplex.Client{Engine: e}).Connect(b.Context(), "tcp", addr, nil)
			half := duplex.Options{AllowHalfOpen: true}
			out := (&duplex.Client{Engine: e, Near: in, Options: half}).Connect(b.Context(), "tcp", addr, &duplex.Handler{
				OnDrain: func(*duplex.Socket) { in.Resume() },
				OnClose: func(s *duplex.Socket) { closed <- s.Err() },
			})
			const size = 1 << 20
			proxy.join(in, out)
			b.SetBytes(size)
			b.ReportAllocs()
			before := testrun.CPUTime(b)
			fmt.Fprintf(in, "%d\n", b.N*size)
			fmt.Fprintf(out, "0\n")
			if err := rig.Wait(b, closed); err != nil {
				b.Error(err)
			}
			b.ReportMetric(float64(testrun.CPUTime(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// serveEnds is the other end of a benchmark: it sends as many bytes as a client
// asks for, and reads what the client sends.
func serveEnds() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ln.Addr())
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				var n int
				fmt.Fscanln(c, &n)
				for p := make([]byte, 1<<20); n > 0; n -= len(p) {
					c.Write(p)
				}
				c.(*net.TCPConn).CloseWrite()
				io.CopyBuffer(struct{ io.Writer }{io.Discard}, c, make([]byte, 1<<20))
			}()
		}
	}()
	io.Copy(io.Discard, os.Stdin)
}

// BenchmarkPipesToOne sends a message through one of many pipes that lead to one socket.
func BenchmarkPipesToOne(b *testing.B) {
	for _, n := range []int{1, 1000, 4000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e := &duplex.Engine{Driver: "memory", Loops: 1}
			defer e.Close()
			arrived := make(chan bool, 1)
			out, _ := duplextest.PipeOf(b, e, nil, &duplex.Handler{OnData: func(*duplex.Socket, []byte) { arrived <- true }})
			sources := make([]*duplextest.End, n)
			for i := range sources {
				var in *duplextest.End
				sources[i], in = duplextest.Pipe(b, e)
				in.Pipe(out.Socket)
			}
			for i := 0; b.Loop(); i++ {
				sources[i%n].WriteString("a message")
				<-arrived
			}
		})
	}
}
