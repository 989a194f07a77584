// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A server is a program under test. It runs in a process of its own, listens on a
// port of 127.0.0.1 that it chooses, prints "127.0.0.1:PORT", and ends when its
// standard input does.
type server struct {
	name  string
	title string

	// plain says that it has no TLS.
	plain bool

	// single says that it has one thread for its traffic, whatever it is given.
	single bool

	// collects says that a line of its standard input makes it collect its garbage and give
	// the memory back, and answer by a line.
	collects bool

	// only are the names of the workloads that it is measured in; "": all.
	only string

	// command returns the program and its first arguments; a mode, the size of a
	// message and, for TLS, a file with a certificate and its key follow. The error says why there is none, and the remedy.
	command func() ([]string, error)

	// version is for the report.
	version func() string
}

// servers are compared with each other, and all of them with bases: the limit, and
// what Go has.
var servers = append([]server{epollServer, duplexServer, stdServer, netpollServer, nodeServer, scriptServer}, halls...)

var bases = []string{"epoll", "std"}

// What a server is asked to do.
const (
	modeEcho      = "echo"      // whatever comes goes back
	modeBroadcast = "broadcast" // whatever comes goes to every connection there is
	modeSink      = "sink"      // whatever comes is discarded; each whole message is answered by one byte
	modeScatter   = "scatter"   // whatever comes goes back in writes of scatterSize bytes
	modeSource    = "source"    // when something comes, a stream flows until the client is gone; a message is a write
)

const scatterSize = 64

// roles are the servers that this program plays itself. Those that are plain are given no
// configuration.
var roles = map[string]func(mode string, size int, config *tls.Config) (net.Addr, error){
	"duplex":    serveDuplex,
	"std":       serveStd,
	"group":     serveHall("group"),
	"room":      serveHall("room"),
	"broadcast": serveHall("broadcast"),
	"writes":    serveHall("writes"),
}

// figures returns what a role has measured itself; nil if it measures nothing.
var figures func() sample

// itself returns the command that plays a role.
func itself(role string) ([]string, error) {
	exe, err := os.Executable()
	return []string{exe, "serve", role}, err
}

// serve plays a role: ROLE MODE SIZE [KEYFILE]. It returns when the standard input ends.
func serve(args []string) error {
	if len(args) == 3 {
		args = append(args, "")
	}
	if len(args) != 4 || roles[args[0]] == nil {
		return fmt.Errorf("serve %s: no such role", strings.Join(args, " "))
	}
	size, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	config, err := serverConfig(args[3])
	if err != nil {
		return err
	}
	stop, err := profile(strings.Join(args[:3], "-"))
	if err != nil {
		return err
	}
	defer stop()
	addr, err := roles[args[0]](args[1], size, config)
	if err != nil {
		return err
	}
	fmt.Println(addr)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if lines.Text() == "figures" {
			if err := json.NewEncoder(os.Stdout).Encode(figures()); err != nil {
				return err
			}
			continue
		}
		debug.FreeOSMemory() // the line asks for a collection
		fmt.Println("collected")
	}
	return nil
}

// profiles is the environment variable that names a folder for CPU profiles.
const profiles = "DUPLEX_BENCH_PROFILES"

// profile begins a CPU profile of this process if there is a folder for it.
func profile(name string) (stop func(), err error) {
	dir := os.Getenv(profiles)
	if dir == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%s-%d.pprof", name, os.Getpid())))
	if err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, pprof.StartCPUProfile(f)
}

// play lets this program be what another copy of it has started, and reports
// whether it was that.
func play(args []string) (bool, error) {
	switch {
	case len(args) > 0 && args[0] == "serve":
		return true, serve(args[1:])
	case len(args) > 0 && args[0] == "hold":
		return true, holding(args[1:])
	}
	return false, nil
}

// fits reports whether s is measured in w.
func (s server) fits(w workload) bool {
	return !(w.many && s.single) && !(w.secure && s.plain) && (s.only == "" || slices.Contains(strings.Fields(s.only), w.name)) &&
		(w.among == "" || slices.Contains(strings.Fields(w.among), s.name))
}

// A process is a server that runs.
type process struct {
	server   server
	workload workload
	at       placement

	addr  netip.AddrPort
	pid   int
	cmd   *exec.Cmd
	stdin io.WriteCloser
	said  *bufio.Reader // its standard output
}

// start starts s for w, where at says.
func start(s server, w workload, at placement) (*process, error) {
	argv, err := s.command()
	if err != nil {
		return nil, err
	}
	argv = append(argv, w.mode, strconv.Itoa(w.size))
	if w.secure {
		path, err := keyFile()
		if err != nil {
			return nil, err
		}
		argv = append(argv, path)
	}
	p := &process{server: s, workload: w, at: at, cmd: exec.Command(argv[0], argv[1:]...)}
	p.cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(at.threads))
	p.cmd.Stderr = os.Stderr
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := startOn(at.server, p.cmd); err != nil {
		return nil, err
	}
	p.pid = p.cmd.Process.Pid
	late := time.AfterFunc(10*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	p.said = bufio.NewReader(out)
	line, err := p.said.ReadString('\n')
	if err == nil {
		p.addr, err = netip.ParseAddrPort(strings.TrimSpace(line))
	}
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("%s did not say where it listens: %w", s.name, err)
	}
	return p, nil
}

// twin starts another of the same kind.
func (p *process) twin() (*process, error) { return start(p.server, p.workload, p.at) }

// collect makes the process give back the memory that is garbage.
func (p *process) collect() error {
	if !p.server.collects {
		return nil
	}
	if _, err := io.WriteString(p.stdin, "collect\n"); err != nil {
		return err
	}
	_, err := p.said.ReadString('\n')
	return err
}

// figures adds to s what the process has measured itself.
func (p *process) figures(s sample) error {
	if _, err := io.WriteString(p.stdin, "figures\n"); err != nil {
		return err
	}
	line, err := p.said.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, &s)
}

// stop ends the process.
func (p *process) stop() {
	_ = p.stdin.Close()
	late := time.AfterFunc(2*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	_ = p.cmd.Wait()
}

// knock makes a connection, has one byte echoed and resets it. A server accepts in
// the order of arrival: those that came before have been accepted as well.
func (p *process) knock() error {
	c, err := p.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	return errors.Join(c.SetDeadline(time.Now().Add(patience)), echoByte(c))
}

func echoByte(c io.ReadWriter) error {
	var b [1]byte
	if _, err := c.Write(b[:]); err != nil {
		return err
	}
	_, err := io.ReadFull(c, b[:])
	return err
}

// patience is how long nothing may happen before a server counts as hung.
const patience = 5 * time.Second
