// Copyright 2026 The duplex authors. MIT license.

package interop

import (
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a service or a conversation may take.
const patience = time.Minute

// missing skips the test for want of a program. In CI it fails the test.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("MISSING: %s; hint: bash .ci/setup installs it", what)
	}
	t.Skipf("MISSING: %s; hint: bash .ci/setup installs it", what)
}

// program returns the path of a command.
func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return path
}

// freePort returns a port of 127.0.0.1 that no program listens on. It is below those that
// systems hand out by themselves, so that no connection made meanwhile has it.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		ln, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(10_000+rand.IntN(20_000)))
		if err == nil {
			defer ln.Close()
			return strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
		}
	}
	t.Fatal("a hundred ports are in use")
	return ""
}

// serve starts cmd, ends it with the test, and waits until it accepts on port.
func serve(t *testing.T, port string, cmd *exec.Cmd) {
	t.Helper()
	var log strings.Builder
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGINT)
		select {
		case <-ended:
		case <-time.After(patience):
			cmd.Process.Kill()
			<-ended
		}
	})
	for until := time.Now().Add(patience); ; {
		conn, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("%v has ended:\n%s", cmd.Args, log.String())
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(until) {
			t.Fatalf("%v does not accept: %v", cmd.Args, err)
		}
	}
}

// startRedis starts a Redis and returns its port.
func startRedis(t *testing.T) string {
	t.Helper()
	port := freePort(t)
	serve(t, port, exec.Command(program(t, "redis-server"), "--port", port, "--bind", "127.0.0.1",
		"--save", "", "--appendonly", "no", "--dir", t.TempDir()))
	return port
}

// nats starts a NATS server and returns its port.
func nats(t *testing.T) string {
	t.Helper()
	port := freePort(t)
	serve(t, port, exec.Command(program(t, "nats-server"), "-a", "127.0.0.1", "-p", port))
	return port
}

// postgres starts a PostgreSQL, whose user ada has the password secret, and returns its
// port. PostgreSQL refuses to run as root, so root runs it as the user postgres.
func postgres(t *testing.T) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		missing(t, "postgresql")
	}
	dir, err := os.MkdirTemp("", "duplex-postgres-") // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	var as []string
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			missing(t, "the user postgres")
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			t.Fatal(err)
		}
		as = []string{program(t, "setpriv"), "--reuid", u.Uid, "--regid", u.Gid, "--clear-groups"}
	}
	run := func(name string, args ...string) *exec.Cmd {
		line := append(append(as[:len(as):len(as)], filepath.Join(filepath.Dir(found[0]), name)), args...)
		cmd := exec.Command(line[0], line[1:]...)
		cmd.Dir = dir
		return cmd
	}
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("secret\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	init := run("initdb", "-D", filepath.Join(dir, "data"), "-U", "ada", "-A", "scram-sha-256", "--pwfile", password, "--no-sync", "--locale", "C", "-E", "UTF8")
	if out, err := init.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	port := freePort(t)
	serve(t, port, run("postgres", "-D", filepath.Join(dir, "data"), "-h", "127.0.0.1", "-p", port, "-k", "", "-F"))
	return port
}
