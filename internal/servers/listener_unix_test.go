// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package servers_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/rig"
)

// serveFewDescriptors is this test binary in another role: an echo server that may
// have few descriptors. It ends with its standard input.
func serveFewDescriptors(driver string) {
	limit := syscall.Rlimit{Cur: 48, Max: 48}
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

func TestAServerOutOfDescriptorsGoesOn(t *testing.T) {
	for _, driver := range []string{"", "portable"} { // memory has no descriptors
		t.Run("driver="+driver, func(t *testing.T) {
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), "DUPLEX_TEST_FEW_DESCRIPTORS=1", "DUPLEX_DRIVER="+driver)
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
			var crowd []net.Conn
			for range 200 {
				c, err := net.Dial("tcp", addr) // accepted or not, the backlog takes it
				if err != nil {
					t.Fatal(err)
				}
				crowd = append(crowd, c)
			}
			if got := rig.Wait(t, lines); got != "error EMFILE" {
				t.Errorf("OnError reported %q, want EMFILE", got)
			}
			began := time.Now()
			for time.Since(began) < 1500*time.Millisecond { // what is measured is this time
				first.echo(t)
			}
			for _, c := range crowd {
				c.Close()
			}
			dialEcho(t, addr).echo(t)

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
