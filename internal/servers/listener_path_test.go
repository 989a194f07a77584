// Copyright 2026 The duplex authors. MIT license.

package servers_test

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

func TestAUnixSocketIsAsGood(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		path := rig.SocketPath(t, e)
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
			OnData: func(s *duplex.Socket, p []byte) { s.Write(p); s.End() },
		}}
		if err := srv.Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "unix", path, r.Handler(nil))
		io.WriteString(s, "hello")
		r.Expect(t, "connect", "data: hello", "end", "close")
		if s.RemoteAddr().Network() != "unix" || s.RemoteAddr().String() != path {
			t.Errorf("RemoteAddr is %v, want %s", s.RemoteAddr(), path)
		}
		r = duplextest.Recorder{}
		(&duplex.Client{Engine: e}).Connect(t.Context(), "unix", path+"2", r.Handler(nil))
		r.Expect(t, "error: ENOENT", "close: hadError")
	})
}

func TestFileModeIsThatOfAUnixSocket(t *testing.T) {
	rig.RunOnSystem(t, func(t *testing.T, e *duplex.Engine) {
		if runtime.GOOS == "windows" {
			t.Skip("its files have other permissions")
		}
		for _, mode := range []fs.FileMode{0o600, 0o666} {
			path := t.TempDir() + "/socket"
			srv := &duplex.Server{Engine: e, FileMode: mode}
			if err := srv.Listen("unix", path); err != nil {
				t.Fatal(err)
			}
			if file, err := os.Stat(path); err != nil || file.Mode().Perm() != mode {
				t.Errorf("the file has %v, %v; want %v", file.Mode(), err, mode)
			}
			rig.CloseServer(t, srv)
			if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the file stays after the server's close: %v", err)
			}
		}
	})
}

func TestTheFileOfAServerGoesWithIt(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if rig.OnMemory(e) {
			t.Skip("the paths of memory are no files")
		}
		path := rig.SocketPath(t, e)
		srv := &duplex.Server{Engine: e, Options: duplex.Options{AllowHalfOpen: true}}
		if err := srv.Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("while the server listens: %v", err)
		}
		var r duplextest.Recorder
		s := (&duplex.Client{Engine: e}).Connect(t.Context(), "unix", path, r.Handler(nil))
		r.Expect(t, "connect")
		srv.Unlisten() // its socket stays, its file does not
		rig.Until(t, "the file is gone", func() bool {
			_, err := os.Lstat(path)
			return os.IsNotExist(err)
		})
		s.Destroy(nil)
	})
}

func TestASocketFileWithoutAListenerIsEADDRINUSE(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if rig.OnMemory(e) {
			t.Skip("the paths of memory are no files")
		}
		path := rig.SocketPath(t, e)
		lost, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
		if err != nil {
			t.Fatal(err)
		}
		lost.SetUnlinkOnClose(false)
		lost.Close()
		if got := rig.Reach(t, e, "unix", path); got != "ECONNREFUSED" {
			t.Errorf("a client got %s, want ECONNREFUSED", got)
		}
		err = (&duplex.Server{Engine: e}).Listen("unix", path)
		if !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("Listen: %v, want EADDRINUSE", err)
		}
		if _, err := os.Lstat(path); err != nil {
			t.Errorf("the file was touched: %v", err)
		}
	})
}

// TestAPathThatIsTooLongIsEINVAL holds a difference: Node v20 cuts the path and listens
// elsewhere.
func TestAPathThatIsTooLongIsEINVAL(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if rig.OnMemory(e) {
			t.Skip("the paths of memory have no end")
		}
		path := filepath.Join(filepath.Dir(rig.SocketPath(t, e)), strings.Repeat("x", 120))
		err := (&duplex.Server{Engine: e}).Listen("unix", path)
		if !errors.Is(err, syscall.EINVAL) {
			t.Errorf("Listen: %v, want EINVAL", err)
		}
		if got := rig.Reach(t, e, "unix", path); got != "EINVAL" {
			t.Errorf("a client got %s, want EINVAL", got)
		}
		if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 0 {
			t.Errorf("it left %v", files)
		}
	})
}

func TestANameThatBeginsWithAtIsNoFile(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if runtime.GOOS != "linux" {
			t.Skip("abstract names are Linux's own")
		}
		name := "@duplex test of " + e.Stats().Driver + filepath.Base(filepath.Dir(rig.SocketPath(t, e)))
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { io.WriteString(s, "hello"); s.End() },
		}}
		if err := srv.Listen("unix", name); err != nil {
			t.Fatal(err)
		}
		if got := srv.Addr().String(); got != name {
			t.Errorf("Addr is %s, want %s", got, name)
		}
		if err := (&duplex.Server{Engine: e}).Listen("unix", name); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("a second server: %v, want EADDRINUSE", err)
		}
		var r duplextest.Recorder
		(&duplex.Client{Engine: e}).Connect(t.Context(), "unix", name, r.Handler(nil))
		r.Expect(t, "connect", "data: hello", "end", "close")
		if _, err := os.Lstat(name); !os.IsNotExist(err) {
			t.Errorf("there is a file of that name: %v", err)
		}
		if rig.OnMemory(e) {
			return // no other engine reaches its network
		}
		c, err := net.Dial("unix", name) // a client that is not duplex
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if got, err := io.ReadAll(c); string(got) != "hello" || err != nil {
			t.Errorf("package net's client received %q, %v; want hello", got, err)
		}
	})
}
