// Copyright 2026 The duplex authors. MIT license.

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
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// serveGeneration is a process that is replaced by its successor on SIGHUP. It answers
// each line with the number of its generation. It ends at the end of its input, which all
// generations share.
func serveGeneration() {
	generation := os.Getenv("DUPLEX_TEST_GENERATION")
	fail := func(what ...any) {
		fmt.Println(append([]any{"error of generation", generation}, what...)...)
		os.Exit(1)
	}
	hangUp := make(chan os.Signal, 1)
	signal.Notify(hangUp, syscall.SIGHUP)
	inherited, err := duplex.InheritedListeners()
	if err != nil {
		fail(err)
	}
	e := &duplex.Engine{Driver: os.Getenv("DUPLEX_TEST_DRIVER"), Loops: 2}
	closed := make(chan bool, 2)
	newServer := func() *duplex.Server {
		return &duplex.Server{
			Engine:  e,
			Handler: &duplex.Handler{Split: codec.Lines.Split, OnData: func(s *duplex.Socket, _ []byte) { s.WriteString(generation + "\n") }},
			OnDrop:  func(d duplex.Drop) { fail("dropped", d) },
			OnClose: func() { closed <- true },
		}
	}
	servers := map[string]*duplex.Server{"tcp": newServer(), "unix": newServer()}
	for _, in := range inherited {
		if err := servers[in.Name].ListenOn(in.Listener); err != nil {
			fail(err)
		}
	}
	if len(inherited) == 0 {
		if err := errors.Join(servers["tcp"].Listen("tcp", "127.0.0.1:0"), servers["unix"].Listen("unix", os.Getenv("DUPLEX_TEST_PATH"))); err != nil {
			fail(err)
		}
	}
	var replaced atomic.Bool
	go func() {
		io.Copy(io.Discard, os.Stdin)
		if replaced.Load() {
			return
		}
		e.Close()
		fmt.Println("end of generation", generation)
		os.Exit(0)
	}()
	fmt.Println("generation", generation, os.Getpid(), servers["tcp"].Addr())
	if err := duplex.Ready(); err != nil {
		fail(err)
	}
	<-hangUp
	n, _ := strconv.Atoi(generation)
	self, err := os.Executable()
	if err != nil {
		fail(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), fmt.Sprint("DUPLEX_TEST_GENERATION=", n+1))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	ctx, cancel := context.WithTimeout(context.Background(), duplextest.Patience)
	defer cancel()
	if err := duplex.HandOver(ctx, cmd, servers); err != nil {
		fail(err)
	}
	for range servers {
		select {
		case <-closed:
		case <-time.After(duplextest.Patience):
			fail("clients do not leave", e.Stats())
		}
	}
	replaced.Store(true)
	fmt.Println("handed over by generation", generation)
}

// A generation is a process of serveGeneration, and those that replace it.
type generation struct {
	pid   int
	addr  string
	lines <-chan string
	end   func()
}

// startGeneration starts the first generation.
func startGeneration(t *testing.T, driver, path string) *generation {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "DUPLEX_TEST_GENERATION=1", "DUPLEX_TEST_DRIVER="+driver, "DUPLEX_TEST_PATH="+path)
	cmd.Stderr = os.Stderr
	stdin, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	cmd.Stdin = stdin
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); errors.Is(err, syscall.ENOEXEC) {
		in.Close()
		t.Skip("NOT TESTED: an emulator runs this program, and the kernel cannot start it")
	} else if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 100)
	go func() { // until all generations have ended
		defer close(lines)
		for scan := bufio.NewScanner(stdout); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	g := &generation{lines: lines}
	g.end = sync.OnceFunc(func() { in.Close() })
	t.Cleanup(func() {
		g.end()
		for range lines {
		}
		cmd.Wait()
	})
	g.await(t, 1)
	return g
}

// await waits until generation n listens.
func (g *generation) await(t *testing.T, n int) {
	t.Helper()
	var got int
	var addr string
	line := rig.Wait(t, g.lines)
	if _, err := fmt.Sscanf(line, "generation %d %d %s", &got, &g.pid, &addr); err != nil || got != n {
		t.Fatalf("the process printed %q, want where generation %d listens", line, n)
	}
	if g.addr == "" {
		g.addr = addr
	}
	if addr != g.addr {
		t.Errorf("generation %d listens on %s, want %s", n, addr, g.addr)
	}
}

// replace makes generation n follow the present one.
func (g *generation) replace(t *testing.T, n int) {
	t.Helper()
	p, err := os.FindProcess(g.pid)
	if err == nil {
		err = p.Signal(syscall.SIGHUP)
	}
	if err != nil {
		t.Fatal(err)
	}
	g.await(t, n)
	if got, want := rig.Wait(t, g.lines), fmt.Sprint("handed over by generation ", n-1); got != want {
		t.Fatalf("the process printed %q, want %q", got, want)
	}
}

// TestHandOverRefusesNoClientUnderLoad dials again and again while the process is replaced
// three times.
func TestHandOverRefusesNoClientUnderLoad(t *testing.T) {
	needDescriptors(t)
	rate, pause := 500, 300*time.Millisecond
	if *rig.Long {
		rate, pause = 5000, 2500*time.Millisecond
	}
	for _, driver := range duplextest.Drivers() {
		if driver == "memory" {
			continue
		}
		t.Run(driver, func(t *testing.T) {
			path := duplextest.SocketPath(t)
			g := startGeneration(t, driver, path)
			before, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			load := &dialers{served: make(map[string]int)}
			began := time.Now()
			stop := load.start(rate, func(i int) (network, addr string) {
				if i%5 == 0 {
					return "unix", path
				}
				return "tcp", g.addr
			})
			for n := 2; n <= 4; n++ {
				time.Sleep(pause)
				g.replace(t, n)
			}
			time.Sleep(pause)
			stop()
			took := time.Since(began)
			t.Logf("%d clients in %v, %.0f a second: served by generation %v, failed %d", load.dialed, took, float64(load.dialed)/took.Seconds(), load.served, len(load.failed))
			if len(load.failed) > 0 {
				t.Errorf("%d of %d clients failed: %.5q", len(load.failed), load.dialed, load.failed)
			}
			for _, n := range []string{"1", "2", "3", "4"} {
				if load.served[n] == 0 {
					t.Errorf("generation %s served no client", n)
				}
			}
			if now, err := os.Lstat(path); err != nil || !os.SameFile(before, now) {
				t.Errorf("the file of the Unix socket is another one now, or gone: %v", err)
			}
			g.end()
			if got := rig.Wait(t, g.lines); got != "end of generation 4" {
				t.Errorf("the process printed %q", got)
			}
			if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the last generation leaves the file of its Unix socket: %v", err)
			}
		})
	}
}

// dialers are clients that connect, ask, and leave with the answer.
type dialers struct {
	group  sync.WaitGroup
	dialed int

	mu     sync.Mutex
	served map[string]int // by the answer
	failed []string
}

// start dials at the rate, until stop is called. Stop waits for the answers.
func (d *dialers) start(rate int, target func(i int) (network, addr string)) (stop func()) {
	over := make(chan struct{})
	d.group.Go(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for began := time.Now(); ; {
			select {
			case <-over:
				return
			case <-tick.C:
			}
			for due := int(time.Since(began).Seconds() * float64(rate)); d.dialed < due; d.dialed++ {
				i := d.dialed
				network, addr := target(i)
				d.group.Go(func() { d.dial(network, addr, i) })
			}
		}
	})
	return func() {
		close(over)
		d.group.Wait()
	}
}

// dial is one client. Its address is one of many, so that ports do not run out.
func (d *dialers) dial(network, addr string, i int) {
	dialer := net.Dialer{Timeout: duplextest.Patience}
	if network == "tcp" && runtime.GOOS == "linux" { // others have one address
		dialer.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+i%20))}
	}
	answer, err := func() (string, error) {
		c, err := dialer.Dial(network, addr)
		if err != nil {
			return "", err
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(duplextest.Patience))
		if _, err := io.WriteString(c, "who?\n"); err != nil {
			return "", err
		}
		return bufio.NewReader(c).ReadString('\n')
	}()
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.failed = append(d.failed, err.Error())
		return
	}
	d.served[strings.TrimSpace(answer)]++
}
