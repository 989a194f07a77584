// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package servers_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
)

// serveFewDescriptors is this test binary in another role: an echo server that may have as
// few descriptors as the variable says. It ends with its standard input.
func serveFewDescriptors(driver string) {
	most, err := strconv.ParseUint(os.Getenv("DUPLEX_TEST_FEW_DESCRIPTORS"), 10, 32)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	var limit syscall.Rlimit
	assign(&limit.Cur, most)
	assign(&limit.Max, most)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		fmt.Println("error", err)
		return
	}
	srv := &duplex.Server{
		Engine:  &duplex.Engine{Driver: driver, Loops: 1},
		Handler: &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }},
		OnError: func(err error) { fmt.Println("error", duplex.Code(err)) },
	}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		fmt.Println("error", err)
		return
	}
	fmt.Println("listening", srv.Addr())
	io.Copy(io.Discard, os.Stdin)
}

// assign sets a number of a Rlimit, whose type depends on the system.
func assign[T int64 | uint64](to *T, n uint64) { *to = T(n) }

// TestAServerOutOfDescriptorsGoesOn has more clients at once than a server has descriptors.
// Those that it cannot accept wait in its backlog, and those that this does not take either
// go on trying to connect.
func TestAServerOutOfDescriptorsGoesOn(t *testing.T) {
	descriptors, clients, span := 48, 200, 1500*time.Millisecond
	if *rig.Long {
		descriptors, clients, span = 256, 10_000, 10*time.Second
	}
	for _, driver := range []string{"", "portable"} { // memory has no descriptors
		t.Run("driver="+driver, func(t *testing.T) {
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), fmt.Sprint("DUPLEX_TEST_FEW_DESCRIPTORS=", descriptors), "DUPLEX_DRIVER="+driver)
			cmd.Stderr = os.Stderr
			stdin, _ := cmd.StdinPipe()
			stdout, _ := cmd.StdoutPipe()
			err = cmd.Start()
			if errors.Is(err, syscall.ENOEXEC) {
				t.Skip("NOT TESTED: an emulator runs this program, and the kernel cannot start it")
			}
			if err != nil {
				t.Fatal(err)
			}
			defer cmd.Wait()
			defer stdin.Close()
			lines := make(chan string, 1000)
			go func() { // until the server ends
				for scan := bufio.NewScanner(stdout); scan.Scan(); {
					lines <- scan.Text()
				}
				close(lines)
			}()
			addr, ok := strings.CutPrefix(rig.Wait(t, lines), "listening ")
			if !ok {
				t.Fatal("the server does not listen")
			}

			first := dialEcho(t, addr)
			first.echo(t)
			began := time.Now()
			leave, dialed := besiege(t, addr, clients)
			defer leave()
			if got := rig.Wait(t, lines); got != "error EMFILE" {
				t.Errorf("OnError reported %q, want EMFILE", got)
			}
			for full := time.Now(); time.Since(full) < span; { // what is measured is this time
				first.echo(t)
			}
			waiting := dialed()
			leave()
			left := time.Now()
			dialEcho(t, addr).echo(t)
			t.Logf("%d descriptors, %d clients, of which %d had connected: a new one was served %v after they had left",
				descriptors, clients, waiting, time.Since(left).Round(time.Millisecond))

			stdin.Close()
			told := 1
			for range lines {
				told++
			}
			if most := 2 + int(time.Since(began)/time.Second); told > most {
				t.Errorf("OnError was called %d times in %v, want once a second", told, time.Since(began))
			}
		})
	}
}

// besiege lets clients dial addr, all at once. It returns functions that end them, and that
// count those that have connected.
func besiege(t *testing.T, addr string, clients int) (leave func(), dialed func() int) {
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	var n atomic.Int64
	for range clients {
		group.Go(func() { // until ctx ends
			c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
			if err != nil {
				if ctx.Err() == nil {
					t.Error(err)
				}
				return
			}
			n.Add(1)
			<-ctx.Done()
			c.Close()
		})
	}
	return func() { cancel(); group.Wait() }, func() int { return int(n.Load()) }
}

// An echoConn is a plain connection to an echo server.
type echoConn struct{ net.Conn }

func dialEcho(t *testing.T, addr string) echoConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return echoConn{c}
}

// echo sends a word and waits until it comes back.
func (c echoConn) echo(t *testing.T) {
	t.Helper()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	var got [5]byte
	if _, err := io.WriteString(c, "hello"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, got[:]); err != nil || string(got[:]) != "hello" {
		t.Fatalf("the echo is %q, %v", got, err)
	}
}
