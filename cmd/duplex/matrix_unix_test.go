// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// An outcome is what became of a conversation with a peer that ends in some way. Each field
// that is true is good for the person at the keyboard.
type outcome struct {
	sentFIN bool // the peer saw the end of stdin while it waited for that
	reply   bool // the peer's late reply came
	ended   bool // the program ended although its stdin stayed open
	said    bool // it printed something on stderr
	failed  bool // its exit code is not 0
}

// noWorse reports whether o is good wherever other is.
func (o outcome) noWorse(other outcome) bool {
	return (o.sentFIN || !other.sentFIN) && (o.reply || !other.reply) && (o.ended || !other.ended) &&
		(o.said || !other.said) && (o.failed || !other.failed)
}

// The ends of a peer.
const (
	repliesLate = "replies after our end" // and gives up if that does not come
	closesFirst = "closes first"          // while our stdin stays open
	resets      = "resets"                // and our stdin is at its end
)

// lateBy is how long the peer waits before its late reply. Socat gives up after half a second.
const lateBy = 600 * time.Millisecond

// meet runs a program as the client of a peer that ends in a way. HOST and PORT stand for its
// address. The peer gives up, and stdin ends, after the patience.
func meet(t *testing.T, peer string, patience time.Duration, cmd *exec.Cmd) (o outcome) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
		return o
	}
	defer ln.Close()
	host, port, _ := net.SplitHostPort(ln.Addr().String())
	for i, arg := range cmd.Args {
		cmd.Args[i] = strings.NewReplacer("HOST", host, "PORT", port).Replace(arg)
	}
	served := make(chan bool, 1)
	go func() { // until the program has ended, or the patience
		conn, err := ln.Accept()
		if err != nil {
			served <- false
			return
		}
		defer conn.Close()
		switch peer {
		case closesFirst:
			served <- false
		case resets:
			_, err := io.ReadFull(conn, make([]byte, 2))
			conn.(*net.TCPConn).SetLinger(0)
			served <- err == nil
		default:
			conn.SetReadDeadline(time.Now().Add(patience))
			_, err := io.Copy(io.Discard, conn)
			if err == nil {
				time.Sleep(lateBy) // the lateness is what is tested
				io.WriteString(conn, "late")
			}
			served <- err == nil
		}
	}()
	var out, problems strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &problems
	stdin, exited, err := begin(cmd)
	if err != nil {
		t.Error(err)
		return o
	}
	if peer != closesFirst {
		io.WriteString(stdin, "hi")
		stdin.Close()
	}
	select {
	case err = <-exited:
		o.ended = peer == closesFirst
	case <-time.After(patience):
		stdin.Close()
		err = <-exited
	}
	ln.Close()
	o.sentFIN = <-served && peer == repliesLate
	var failure *exec.ExitError
	o.failed = errors.As(err, &failure) && peer == resets
	o.said = problems.Len() > 0 && peer == resets
	o.reply = out.String() == "late"
	return o
}

// The matrix of ends: what becomes of a late reply, of a peer that closes first and of a reset.
// The rows of duplex are what is promised. The rows of other programs show that the plain row
// of duplex is at least as good as each of them. A program that does
// not end by itself has so little time here that a busy machine may only make it look worse.
func TestEndsAreNoWorseThanThoseOfOthers(t *testing.T) {
	rows := []struct {
		command string
		group   string // of .ci/setup, "" for duplex
		peer    string
		want    outcome // of duplex
	}{
		{"duplex connect HOST:PORT", "", repliesLate, outcome{sentFIN: true, reply: true}},
		{"duplex connect HOST:PORT -N", "", repliesLate, outcome{sentFIN: true, reply: true}},
		{"duplex connect HOST:PORT --linger 30s", "", repliesLate, outcome{sentFIN: true, reply: true}},
		{"duplex connect HOST:PORT --send-only", "", repliesLate, outcome{sentFIN: true}},
		{"nc.openbsd HOST PORT", "netcat", repliesLate, outcome{}},
		{"nc.openbsd -N HOST PORT", "netcat", repliesLate, outcome{}},
		{"nc.openbsd -q0 HOST PORT", "netcat", repliesLate, outcome{}},
		{"nc.openbsd -q1 HOST PORT", "netcat", repliesLate, outcome{}},
		{"ncat HOST PORT", "ncat", repliesLate, outcome{}},
		{"ncat --no-shutdown HOST PORT", "ncat", repliesLate, outcome{}},
		{"ncat --send-only HOST PORT", "ncat", repliesLate, outcome{}},
		{"socat - TCP:HOST:PORT", "socat", repliesLate, outcome{}},
		{"socat -t2 - TCP:HOST:PORT", "socat", repliesLate, outcome{}},
		{"duplex connect HOST:PORT", "", closesFirst, outcome{ended: true}},
		{"nc.openbsd HOST PORT", "netcat", closesFirst, outcome{}},
		{"ncat HOST PORT", "ncat", closesFirst, outcome{}},
		{"socat - TCP:HOST:PORT", "socat", closesFirst, outcome{}},
		{"duplex connect HOST:PORT", "", resets, outcome{said: true, failed: true}},
		{"nc.openbsd HOST PORT", "netcat", resets, outcome{}},
		{"ncat HOST PORT", "ncat", resets, outcome{}},
		{"socat - TCP:HOST:PORT", "socat", resets, outcome{}},
	}
	found := make([]outcome, len(rows))
	missing := make(map[string]bool)
	var group sync.WaitGroup
	for i, row := range rows {
		words := strings.Fields(row.command)
		path, err := exec.LookPath(words[0])
		switch {
		case err == nil:
		case os.Getenv("CI") != "":
			t.Fatalf("there is no %s; hint: as root, bash .ci/setup %s", words[0], row.group)
		default:
			missing[words[0]] = true
			continue
		}
		limit := patience
		if row.group != "" {
			limit = 1300 * time.Millisecond
		}
		group.Go(func() {
			cmd := exec.Command(path, words[1:]...)
			if row.group == "" {
				p := command(words[1:]...)
				cmd = p.Cmd
			}
			found[i] = meet(t, row.peer, limit, cmd)
		})
	}
	group.Wait()
	plain := make(map[string]outcome) // by peer
	for i, row := range rows {
		t.Logf("%-40s %-24s %+v", row.command, row.peer, found[i])
		switch first := plain[row.peer]; {
		case row.group == "" && found[i] != row.want:
			t.Errorf("%s, a peer that %s: %+v, want %+v", row.command, row.peer, found[i], row.want)
		case row.group == "" && first == outcome{}:
			plain[row.peer] = found[i]
		case row.group != "" && !first.noWorse(found[i]):
			t.Errorf("duplex connect, a peer that %s: %+v, and %s has %+v", row.peer, first, row.command, found[i])
		}
	}
	for name := range missing {
		t.Logf("NOT TESTED: there is no %s", name)
	}
}

// visit has a client connect to a program that listens at HOST:PORT, say something, and close
// its descriptor, as destroy() of Node does, while the stdin of the program stays open.
func visit(t *testing.T, patience time.Duration, cmd *exec.Cmd) (o outcome) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Error(err)
		return o
	}
	address := ln.Addr().String()
	ln.Close() // another program may take the port, and this one looks worse then
	host, port, _ := net.SplitHostPort(address)
	for i, arg := range cmd.Args {
		cmd.Args[i] = strings.NewReplacer("HOST", host, "PORT", port).Replace(arg)
	}
	var out strings.Builder
	cmd.Stdout = &out
	stdin, exited, err := begin(cmd)
	if err != nil {
		t.Error(err)
		return o
	}
	for begun := time.Now(); time.Since(begun) < patience; time.Sleep(10 * time.Millisecond) {
		if conn, err := net.Dial("tcp", address); err == nil {
			io.WriteString(conn, "hi")
			conn.Close()
			break
		}
	}
	select {
	case err = <-exited:
		o.ended = err == nil
	case <-time.After(patience):
		stdin.Close()
		cmd.Process.Kill()
		<-exited
	}
	o.reply = out.String() == "hi"
	return o
}

// The same for programs that listen: a client that destroys its socket looks to them like one
// that has ended. The bytes that it sent come, and the program ends although its stdin is open.
func TestAClientThatDestroysEndsOurs(t *testing.T) {
	// Here the port is any, since it has to be free.
	server := launch(t, command("serve", "127.0.0.1:0", "--stdio"))
	if _, err := server.errOut.await(`listening  127\.0\.0\.1:\d+`); err != nil {
		t.Fatal(err)
	}
	conn := dial(t, strings.Fields(server.errOut.String())[1])
	io.WriteString(conn, "hi")
	conn.Close()
	server.exits(t, 0)
	if got := server.out.String(); got != "hi" {
		t.Errorf("stdout has %q, want hi", got)
	}
	want := `(?s)connection #1 .*end        #1\n.*close      #1 in 2 B, out 0 B, hadError false\n`
	if got := server.errOut.String(); !matches(want, got) {
		t.Errorf("the events are:\n%s", got)
	}
	ours := outcome{reply: true, ended: true}
	var group sync.WaitGroup
	for _, line := range []string{"nc.openbsd -l HOST PORT", "ncat -l HOST PORT", "socat TCP-LISTEN:PORT,bind=HOST -"} {
		words := strings.Fields(line)
		path, err := exec.LookPath(words[0])
		if err != nil {
			t.Logf("NOT TESTED: there is no %s", words[0]) // the matrix above wants it in CI
			continue
		}
		group.Go(func() {
			found := visit(t, 1300*time.Millisecond, exec.Command(path, words[1:]...))
			t.Logf("%-40s %+v", line, found)
			if !ours.noWorse(found) {
				t.Errorf("serve --stdio has %+v, and %s has %+v", ours, line, found)
			}
		})
	}
	group.Wait()
}

// begin starts cmd, and returns its stdin and how it will end.
func begin(cmd *exec.Cmd) (stdin io.WriteCloser, exited <-chan error, err error) {
	if stdin, err = cmd.StdinPipe(); err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return stdin, ended, nil
}
