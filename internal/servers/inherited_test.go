// Copyright 2026 The duplex authors. MIT license.

package servers_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/rig"
)

// serveInherited is the process that a test starts with listeners: an echo on each of
// them, on the driver. It prints what it has found.
func serveInherited(driver string) {
	inherited, err := duplex.InheritedListeners()
	if err != nil {
		fmt.Println("error", err)
		return
	}
	for _, name := range []string{"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"} {
		if value, ok := os.LookupEnv(name); ok {
			fmt.Println("error", name, "is still", value)
		}
	}
	if again, err := duplex.InheritedListeners(); len(again) > 0 || err != nil {
		fmt.Println("error", "a second call finds", again, err)
	}
	e := &duplex.Engine{Driver: driver}
	for _, in := range inherited {
		srv := &duplex.Server{Engine: e, Handler: &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) { s.Write(p) }}}
		addr := in.Listener.Addr()
		if err := srv.ListenOn(in.Listener); err != nil {
			fmt.Println("error", err)
			continue
		}
		fmt.Println(in.Name, addr.Network(), addr)
	}
	// The exit code of grep says whether there is any: the number says more.
	grandchild, _ := exec.Command("/bin/sh", "-c", "ls -l /dev/fd/ 2>/dev/null | grep -c socket").Output()
	fmt.Printf("a child has %s sockets\n", strings.TrimSpace(string(grandchild)))
	if err := duplex.Ready(); err != nil {
		fmt.Println("error", err)
	}
	fmt.Println("ready")
	bufio.NewReader(os.Stdin).ReadByte()
}

// activate starts the process of serveInherited as systemd would: with the files as
// descriptors from 3 on, the variables, and its own number as LISTEN_PID. It returns what
// the process prints.
func activate(t *testing.T, driver string, files []*os.File, env ...string) (lines <-chan string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-c", `[ "$LISTEN_PID" = self ] && LISTEN_PID=$$; exec "$0"`, self)
	cmd.Env = append(os.Environ(), "DUPLEX_TEST_INHERITED="+driver)
	cmd.Env = append(cmd.Env, env...)
	cmd.ExtraFiles = files
	cmd.Stderr = os.Stderr
	stdin, _ := cmd.StdinPipe()
	stdout, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	printed := make(chan string, 100)
	go func() { // until the process ends
		defer close(printed)
		for scan := bufio.NewScanner(stdout); scan.Scan(); {
			printed <- scan.Text()
		}
	}()
	t.Cleanup(func() {
		stdin.Close()
		for range printed {
		}
		cmd.Wait()
	})
	return printed
}

// needDescriptors skips the test where a process does not pass descriptors on, and where it
// cannot start another one like itself.
func needDescriptors(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process of Windows does not pass its sockets on")
	}
	if errors.Is(startItself(), syscall.ENOEXEC) {
		t.Skip("NOT TESTED: an emulator runs this program, and the kernel cannot start it")
	}
}

// startItself runs this program, which does nothing.
var startItself = sync.OnceValue(func() error { return exec.Command(os.Args[0], "-test.run=^$").Run() })

// fileOf returns the descriptor of a listener, which stays open beside it.
func fileOf(t *testing.T, ln any) *os.File {
	t.Helper()
	f, err := ln.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// listenPlain returns a listener of package net.
func listenPlain(t *testing.T, network, addr string) net.Listener {
	t.Helper()
	ln, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

func TestListenersOfSocketActivationAreInherited(t *testing.T) {
	needDescriptors(t)
	for _, driver := range duplextest.Drivers() {
		if driver == "memory" {
			continue
		}
		t.Run(driver, func(t *testing.T) {
			listeners := []net.Listener{
				listenPlain(t, "tcp4", "127.0.0.1:0"),
				listenPlain(t, "tcp6", "[::1]:0"),
				listenPlain(t, "unix", duplextest.SocketPath(t)),
			}
			var files []*os.File
			for _, ln := range listeners {
				files = append(files, fileOf(t, ln))
			}
			lines := activate(t, driver, files, "LISTEN_PID=self", "LISTEN_FDS=3", "LISTEN_FDNAMES=web:web six:local")
			for i, name := range []string{"web", "web six", "local"} {
				addr := listeners[i].Addr()
				if got, want := rig.Wait(t, lines), fmt.Sprint(name, " ", addr.Network(), " ", addr); got != want {
					t.Fatalf("the process printed %q, want %q", got, want)
				}
			}
			if got := rig.Wait(t, lines); got != "a child has 0 sockets" {
				t.Errorf("the process printed %q", got)
			}
			if got := rig.Wait(t, lines); got != "ready" {
				t.Fatalf("the process printed %q", got)
			}
			for _, ln := range listeners {
				c, err := net.Dial(ln.Addr().Network(), ln.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				rig.ExpectEcho(t, c)
				c.Close()
			}
		})
	}
}

func TestWhatIsWrongWithInheritedListenersIsSaid(t *testing.T) {
	needDescriptors(t)
	tcp := fileOf(t, listenPlain(t, "tcp", "127.0.0.1:0"))
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer packets.Close()
	conn, err := net.Dial("udp", packets.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for name, c := range map[string]struct {
		files []*os.File
		env   []string
		want  string
	}{
		"no variables":              {[]*os.File{tcp}, nil, "a child has"},
		"no listeners":              {nil, []string{"LISTEN_PID=self", "LISTEN_FDS=0"}, "a child has"},
		"no names":                  {[]*os.File{tcp}, []string{"LISTEN_PID=self", "LISTEN_FDS=1"}, "unknown tcp"},
		"another process":           {[]*os.File{tcp}, []string{"LISTEN_PID=1", "LISTEN_FDS=1"}, "error duplex: LISTEN_PID is 1, and this process is "},
		"no process":                {[]*os.File{tcp}, []string{"LISTEN_PID=one", "LISTEN_FDS=1"}, `error duplex: LISTEN_PID is "one", which is no process`},
		"no LISTEN_PID":             {[]*os.File{tcp}, []string{"LISTEN_FDS=1"}, "error duplex: LISTEN_FDS is set, and LISTEN_PID is not"},
		"no number":                 {[]*os.File{tcp}, []string{"LISTEN_PID=self", "LISTEN_FDS=one"}, `error duplex: LISTEN_FDS is "one", which is no number of descriptors`},
		"a negative number":         {[]*os.File{tcp}, []string{"LISTEN_PID=self", "LISTEN_FDS=-1"}, `error duplex: LISTEN_FDS is "-1", which is no number of descriptors`},
		"more than there are":       {[]*os.File{tcp}, []string{"LISTEN_PID=self", "LISTEN_FDS=100"}, "error duplex: descriptor "},
		"more than any process has": {[]*os.File{tcp}, []string{"LISTEN_PID=self", "LISTEN_FDS=99999999"}, `error duplex: LISTEN_FDS is "99999999", which`},
		"too few names":             {[]*os.File{tcp, tcp}, []string{"LISTEN_PID=self", "LISTEN_FDS=2", "LISTEN_FDNAMES=a"}, "error duplex: LISTEN_FDNAMES has 1 names, and LISTEN_FDS is 2"},
		"a file":                    {[]*os.File{tcp, file}, []string{"LISTEN_PID=self", "LISTEN_FDS=2", "LISTEN_FDNAMES=a:b"}, "error duplex: descriptor 4 of LISTEN_FDS (b): it is not a socket: "},
		"a socket of packets":       {[]*os.File{fileOf(t, packets)}, []string{"LISTEN_PID=self", "LISTEN_FDS=1", "LISTEN_FDNAMES=a"}, "error duplex: descriptor 3 of LISTEN_FDS (a): the socket is not a stream: "},
		"no successor":              {[]*os.File{tcp}, []string{"LISTEN_FDS=1", "DUPLEX_HANDOVER=99"}, `error duplex: DUPLEX_HANDOVER is "99", which names no descriptors`},
	} {
		t.Run(name, func(t *testing.T) {
			lines := activate(t, "portable", c.files, c.env...)
			if got := rig.Wait(t, lines); !strings.HasPrefix(got, c.want) {
				t.Errorf("the process printed %q, want %q", got, c.want)
			}
		})
	}
}
