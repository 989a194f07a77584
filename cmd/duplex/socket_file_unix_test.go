// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// serveUnix starts duplex serve on a path.
func serveUnix(t *testing.T, path string, args ...string) *process {
	t.Helper()
	server := launch(t, command(append([]string{"serve", "unix:" + path}, args...)...))
	server.await(t, "listening  unix:")
	return server
}

// echoes fails the test unless an echo server serves path.
func echoes(t *testing.T, path string) {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	io.WriteString(conn, "hello")
	got := make([]byte, 5)
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != "hello" {
		t.Fatalf("the server answers %q, %v", got, err)
	}
}

// abandon makes the file of a socket that no process has open.
func abandon(t *testing.T, path string) {
	t.Helper()
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	ln.(*net.UnixListener).SetUnlinkOnClose(false)
	ln.Close()
}

func isGone(path string) bool {
	_, err := os.Lstat(path)
	return os.IsNotExist(err)
}

// Each signal that asks a server to end lets it remove its socket's file.
func TestSignalRemovesTheSocketFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for _, signal := range []string{"HUP", "INT", "TERM"} {
		server := serveUnix(t, path, "--echo")
		echoes(t, path)
		if err := sendSignal(server.Process, signal); err != nil {
			t.Fatal(err)
		}
		server.exits(t, 0)
		if !isGone(path) {
			t.Errorf("SIG%s does not remove the file", signal)
		}
	}
}

// A second SIGHUP drops connections, as a second SIGTERM does.
func TestSecondHangupDropsConnections(t *testing.T) {
	server, address := startServe(t, "--grace=1h")
	conn := dial(t, address)
	server.await(t, "connection #1")
	sendSignal(server.Process, "HUP")
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("the client reads %d, %v; want the server's end", n, err)
	}
	sendSignal(server.Process, "HUP")
	server.exits(t, 129)
}

// nohup asks that SIGHUP be ignored.
func TestHangupIsIgnoredUnderNohup(t *testing.T) {
	if _, err := exec.LookPath("nohup"); err != nil {
		t.Skip("there is no nohup here")
	}
	path := filepath.Join(t.TempDir(), "s")
	server := command("serve", "unix:"+path, "--echo")
	duplex := server.Path
	server.Path, _ = exec.LookPath("nohup")
	server.Args = append([]string{"nohup", duplex}, server.Args[1:]...)
	launch(t, server)
	server.await(t, "listening  unix:")
	sendSignal(server.Process, "HUP")
	echoes(t, path)
	sendSignal(server.Process, "TERM")
	server.exits(t, 0)
}

// When the reader of its log goes away, a server ends and cleans up.
func TestClosedStdoutRemovesTheSocketFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	server := command("serve", "unix:"+path, "--echo")
	stdout := pipeOut(t, server)
	launch(t, server)
	if _, err := io.ReadFull(stdout, make([]byte, len("listening"))); err != nil {
		t.Fatal(err)
	}
	stdout.Close()
	conn, err := net.Dial("unix", path) // an event to print
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	server.exits(t, 141)
	if !isGone(path) {
		t.Error("the file is not removed")
	}
	if server.errOut.String() != "" {
		t.Errorf("stderr: %s", server.errOut.String())
	}
}

// The file of a server that was killed is replaced.
func TestAbandonedSocketIsReplaced(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"s", "socket", strings.Repeat("x", max(1, 100-len(folder)))} {
		path := filepath.Join(folder, name)
		first := serveUnix(t, path, "--echo")
		sendSignal(first.Process, "KILL")
		first.exits(t, 137)
		if isGone(path) {
			t.Fatal("a killed server removes its file")
		}
		second := serveUnix(t, path, "--echo")
		echoes(t, path)
		sendSignal(second.Process, "TERM")
		second.exits(t, 0)
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Errorf("the folder still has %v", left)
		}
	}
}

// A socket that a process has open is not replaced, and its server does not take the
// look for a client.
func TestSocketInUseIsNotReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	server := serveUnix(t, path, "--echo", "--once")
	second := launch(t, command("serve", "unix:"+path, "--echo"))
	second.exits(t, 45)
	want := "error      listen EADDRINUSE: address already in use unix:" + path + "\nhint       another program has it; try another path\n"
	if got := second.errOut.String(); got != want {
		t.Errorf("stderr: %s, want %s", got, want)
	}
	echoes(t, path)
	server.exits(t, 0)
	if got := server.out.String(); strings.Contains(got, "#2") || !strings.Contains(got, "in 5 B, out 5 B") {
		t.Errorf("the server shows %s", got)
	}
}

// A process that has bound a path is about to listen on it. A socket of another type
// is in use, too.
func TestBoundSocketIsNotReplaced(t *testing.T) {
	for _, kind := range []int{unix.SOCK_STREAM, unix.SOCK_DGRAM} {
		path := filepath.Join(t.TempDir(), "s")
		fd, err := unix.Socket(unix.AF_UNIX, kind, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := unix.Bind(fd, &unix.SockaddrUnix{Name: path}); err != nil {
			t.Fatal(err)
		}
		launch(t, command("serve", "unix:"+path, "--echo")).exits(t, 45)
		if isGone(path) {
			t.Error("the socket is removed")
		}
		unix.Close(fd)
		server := serveUnix(t, path, "--echo")
		echoes(t, path)
		sendSignal(server.Process, "TERM")
		server.exits(t, 0)
	}
}

// Only sockets are replaced, and no hint proposes to remove another file.
func TestOtherFilesAreNotReplaced(t *testing.T) {
	folder := t.TempDir()
	in := func(name string) string { return filepath.Join(folder, name) }
	content := bytes.Repeat([]byte("precious"), 1000)
	if err := os.WriteFile(in("file"), content, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(in("folder"), 0o777); err != nil {
		t.Fatal(err)
	}
	abandon(t, in("abandoned"))
	for link, target := range map[string]string{"link": "file", "link_to_socket": "abandoned", "link_to_nothing": "nothing"} {
		if err := os.Symlink(in(target), in(link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := unix.Mkfifo(in("fifo"), 0o666); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadDir(folder)
	for _, name := range []string{"file", "folder", "link", "link_to_socket", "link_to_nothing", "fifo"} {
		server := launch(t, command("serve", "unix:"+in(name), "--echo"))
		server.exits(t, 45)
		want := "hint       the file there is not a socket; try another path\n"
		if got := server.errOut.String(); !strings.HasSuffix(got, want) || strings.Contains(got, "remove") {
			t.Errorf("%s: stderr is %s, want %s at its end", name, got, want)
		}
	}
	client := launch(t, command("connect", "unix:"+in("file")))
	client.exits(t, 7)
	if want := "hint       the file there is not a socket: is it the right path?\n"; !strings.HasSuffix(client.errOut.String(), want) {
		t.Errorf("stderr: %s, want %s at its end", client.errOut.String(), want)
	}
	after, _ := os.ReadDir(folder)
	if fmt.Sprint(before) != fmt.Sprint(after) {
		t.Errorf("the folder has %v, had %v", after, before)
	}
	if got, err := os.ReadFile(in("file")); err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file has %d bytes, %v; want %d", len(got), err, len(content))
	}
}

// Of several servers that find an abandoned socket at once, one replaces it and is
// reachable.
func TestOneOfManyReplacesAnAbandonedSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for range 4 {
		abandon(t, path)
		var servers [6]*process
		var started sync.WaitGroup
		for i := range servers {
			servers[i] = command("serve", "unix:"+path, "--echo", "--once")
			started.Go(func() { servers[i].start() })
		}
		started.Wait()
		var winner *process
		for _, server := range servers {
			t.Cleanup(func() {
				server.Process.Kill()
				<-server.done
			})
			if _, err := server.out.await("listening"); err != nil {
				server.exits(t, 45)
			} else if winner != nil {
				t.Error("two servers listen")
			} else {
				winner = server
			}
		}
		if winner == nil {
			t.Fatal("no server listens")
		}
		echoes(t, path)
		winner.exits(t, 0)
	}
}

// The hint for an abstract name speaks of a name, not of a path.
func TestAbstractNameInUseHasAHint(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has abstract names")
	}
	name := fmt.Sprintf("@duplex-test-%d", os.Getpid())
	ln, err := net.Listen("unix", name)
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	server := launch(t, command("serve", "unix:"+name, "--echo"))
	server.exits(t, 45)
	if want := "hint       another program has it; try another name\n"; !strings.HasSuffix(server.errOut.String(), want) {
		t.Errorf("stderr: %s, want %s at its end", server.errOut.String(), want)
	}
}
