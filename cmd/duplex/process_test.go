// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a test waits for an event.
const patience = 30 * time.Second

// In tests the command is this program under another name. Its resolver needs no
// network, and a test may choose another address for the tutorial's pair.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"duplex": func() {
			resolver = hosts{}
			if a := os.Getenv("DUPLEX_TEST_TUTORIAL"); a != "" {
				tutorialAddress = a
			}
			main()
		},
		runner: fakeRunner,
	})
}

// hosts is the resolver of tests.
type hosts struct{}

func (hosts) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	switch host {
	case "localhost":
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	case "twice.test":
		return []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("127.0.0.1")}, nil
	case "dumb.test":
		return nil, &net.DNSError{Err: "server misbehaving", Name: host, IsTemporary: true}
	case "slow.test":
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// A process is the command at work.
type process struct {
	*exec.Cmd
	stdin       io.WriteCloser // open until the test closes it
	out, errOut transcript
	started     func()        // called once it is started, if not nil
	done        chan struct{} // closed when it has exited
}

// goRace keeps the race detector from sleeping for a second at each exit.
const goRace = "GORACE=atexit_sleep_ms=0"

// command returns a process that is not started yet.
func command(args ...string) *process {
	cmd := exec.Command("duplex", args...)
	cmd.Env = append(os.Environ(), "NO_COLOR=", "FORCE_COLOR=", "CLICOLOR_FORCE=", "TERM=xterm", "DUPLEX_HISTORY=", goRace)
	return &process{Cmd: cmd, done: make(chan struct{})}
}

// start starts it with pipes all around.
func (p *process) start() error {
	if p.Stdin == nil {
		stdin, err := p.StdinPipe()
		if err != nil {
			return err
		}
		p.stdin = stdin
	}
	if p.Stdout == nil {
		p.Stdout = &p.out
	}
	p.Stderr = &p.errOut
	if err := p.Start(); err != nil {
		return err
	}
	if p.started != nil {
		p.started()
	}
	go func() {
		p.Wait()
		p.out.end()
		p.errOut.end()
		close(p.done)
	}()
	return nil
}

// finish waits for the exit and returns its code, 128 and the signal's number
// if it was killed by one.
func (p *process) finish() (int, error) {
	select {
	case <-p.done:
		if status := p.ProcessState; status.Exited() {
			return status.ExitCode(), nil
		}
		return killedBy(p.ProcessState), nil
	case <-time.After(patience):
		p.Process.Kill()
		<-p.done
		return 0, fmt.Errorf("%v does not exit; stdout:\n%s\nstderr:\n%s", p.Args, p.out.String(), p.errOut.String())
	}
}

// launch starts the command, and kills it when the test ends.
func launch(t *testing.T, p *process) *process {
	t.Helper()
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Process.Kill()
		<-p.done
		if t.Failed() {
			t.Logf("%v\nstdout:\n%s\nstderr:\n%s", p.Args, p.out.String(), p.errOut.String())
		}
	})
	return p
}

// startServe starts duplex serve and returns it with the port it listens on.
func startServe(t *testing.T, args ...string) (server *process, address string) {
	t.Helper()
	server = launch(t, command(append([]string{"serve", "127.0.0.1:0"}, args...)...))
	address = server.await(t, `listening  (127.0.0.1:\d+)`)[1]
	return server, address
}

// await waits until the output of the process matches the pattern.
func (p *process) await(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := p.out.await(pattern)
	if err != nil {
		t.Fatalf("%v: %v", p.Args, err)
	}
	return found
}

// exits fails the test unless the process exits with code.
func (p *process) exits(t *testing.T, code int) {
	t.Helper()
	got, err := p.finish()
	if err != nil {
		t.Fatal(err)
	}
	if got != code {
		t.Errorf("%v: exit code is %d, want %d", p.Args, got, code)
	}
}

// A transcript is the output of a process.
type transcript struct {
	mu    sync.Mutex
	text  []byte
	ended bool
	more  chan struct{} // closed at a change; nil while no test waits
}

func (tr *transcript) Write(p []byte) (int, error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.text = append(tr.text, p...)
	tr.changed()
	return len(p), nil
}

func (tr *transcript) end() {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.ended = true
	tr.changed()
}

func (tr *transcript) changed() {
	if tr.more != nil {
		close(tr.more)
		tr.more = nil
	}
}

func (tr *transcript) String() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return string(tr.text)
}

// await waits for a match of the pattern.
func (tr *transcript) await(pattern string) ([]string, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	timeout := time.After(patience)
	for {
		tr.mu.Lock()
		found, ended := re.FindStringSubmatch(string(tr.text)), tr.ended
		if tr.more == nil {
			tr.more = make(chan struct{})
		}
		more := tr.more
		tr.mu.Unlock()
		if found != nil {
			return found, nil
		}
		if ended {
			return nil, errors.New("it ended without " + pattern + ", but with:\n" + tr.String())
		}
		select {
		case <-more:
		case <-timeout:
			return nil, errors.New("waited for " + pattern + " in vain; there is:\n" + tr.String())
		}
	}
}
