// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// asService is the environment variable that makes a process of this program a service.
// Its value is a setup.
const asService = "DUPLEX_TEST_ENDURANCE"

// A setup says what a service serves. Its fields are those of the servers.
type setup struct {
	Driver  string
	Servers []string      // the kinds, in the order of the addresses: see open
	Limit   time.Duration // of a first byte, of a frame, of a PROXY header, of a handshake
	Cap     int           // MaxWriteBuffer
	Sink    string        // where kind "proxy" leads to
}

// A greeting is the first line of a service.
type greeting struct {
	Addrs []string
	Root  []byte // the certificate of the servers with TLS
}

// A report is what a service says of itself.
type report struct {
	Heap, RSS int64         // in bytes; RSS is 0 where the system does not show it
	CPU       time.Duration // of the process, user and system; 0 where the system does not show it
	Tally     testrun.Tally
	Stats     duplex.Stats
	Cut       int64 // sockets and clients that a limit ended
	Lost      int64 // sockets that anything else ended by an error
	Refused   int64 // writes of kind "flood" beyond the cap
}

// A service is a process of its own that runs servers, so that its memory and its CPU time
// are those of the servers alone.
type service struct {
	greeting
	kinds   []string
	in      io.WriteCloser
	out     *bufio.Scanner
	clients *tls.Config
}

// serve starts a service, which ends with the test.
func serve(t testing.TB, s setup) *service {
	t.Helper()
	text, _ := json.Marshal(s)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), asService+"="+string(text))
	cmd.Stderr = os.Stderr
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	err = cmd.Start()
	if errors.Is(err, syscall.ENOEXEC) {
		t.Skip("NOT TESTED: an emulator runs this program, and the kernel cannot start it")
	}
	if err != nil {
		t.Fatal(err)
	}
	v := &service{kinds: s.Servers, in: in, out: bufio.NewScanner(out)}
	t.Cleanup(func() {
		in.Close()
		late := time.AfterFunc(duplextest.Patience, func() { cmd.Process.Kill() })
		defer late.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the service ended with %v", err)
		}
	})
	v.read(t, &v.greeting)
	if r := v.now(t); r.RSS == 0 || r.CPU == 0 {
		t.Logf("NOT TESTED: this system does not show all of RSS (%d bytes) and CPU time (%v)", r.RSS, r.CPU)
	}
	root, err := x509.ParseCertificate(v.Root)
	if err != nil {
		t.Fatal(err)
	}
	v.clients = &tls.Config{RootCAs: x509.NewCertPool(), ServerName: serverName}
	v.clients.RootCAs.AddCert(root)
	return v
}

// read reads a line of the service.
func (v *service) read(t testing.TB, to any) {
	t.Helper()
	if !v.out.Scan() {
		t.Fatalf("the service has ended: %v", v.out.Err())
	}
	if err := json.Unmarshal(v.out.Bytes(), to); err != nil {
		t.Fatalf("%v in %s", err, v.out.Bytes())
	}
}

// now returns how the service is.
func (v *service) now(t testing.TB) (r report) {
	t.Helper()
	io.WriteString(v.in, "now\n")
	v.read(t, &r)
	return r
}

// settled returns how the service is when its garbage is collected, and free memory is
// returned to the system.
func (v *service) settled(t testing.TB) (r report) {
	t.Helper()
	io.WriteString(v.in, "settled\n")
	v.read(t, &r)
	return r
}

// serverName is the name in the certificate of a service.
const serverName = "endurance.test"

// serveSetup is the program of a service. It ends with its standard input.
func serveSetup(text string) {
	p := &program{}
	if err := json.Unmarshal([]byte(text), &p.setup); err != nil {
		panic(err)
	}
	p.engine = &duplex.Engine{Driver: p.Driver}
	cert := certificate()
	p.tls = &tls.Config{Certificates: []tls.Certificate{cert}}
	greet := greeting{Root: cert.Certificate[0]}
	for _, kind := range p.setup.Servers {
		var config net.ListenConfig
		if kind == "flood" {
			config.Control = shortBuffers
		}
		ln, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		srv := p.open(kind)
		if err := srv.ListenOn(ln); err != nil {
			panic(err)
		}
		greet.Addrs = append(greet.Addrs, srv.Addr().String())
	}
	out := json.NewEncoder(os.Stdout)
	out.Encode(greet)
	for scan := bufio.NewScanner(os.Stdin); scan.Scan(); {
		if scan.Text() == "settled" {
			runtime.GC()
			debug.FreeOSMemory()
		}
		out.Encode(p.report())
	}
	p.engine.Close()
}

// certificate returns a certificate that signs itself.
func certificate() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		DNSNames:              []string{serverName},
		NotBefore:             time.Unix(0, 0),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// A program is what runs in the process of a service.
type program struct {
	setup
	engine *duplex.Engine
	tls    *tls.Config

	cut, lost, refused atomic.Int64
}

// open returns the server of a kind, which does not listen yet.
func (p *program) open(kind string) *duplex.Server {
	srv := &duplex.Server{Engine: p.engine, Handler: p.lines()}
	switch kind {
	case "lines": // answers each line with itself
	case "first": // the same, and ends clients that say nothing
		srv.FirstByteTimeout = p.Limit
	case "frames": // the same, and ends clients that do not complete a line
		srv.Handler.FrameTimeout = p.Limit
	case "secure": // the same with TLS
		srv.TLS, srv.HandshakeTimeout = p.tls, p.Limit
	case "proxied": // the same behind a proxy
		srv.TrustedProxies = new(duplex.BlockList)
		srv.TrustedProxies.AddPrefix(netip.MustParsePrefix("127.0.0.0/8"))
		srv.ProxyTimeout = p.Limit
	case "flood":
		srv.Handler = p.flood()
		srv.MaxWriteBuffer = p.Cap
	case "idle": // has the timers of kind "flood", and writes nothing
		srv.Handler = p.clockwork(func(*duplex.Socket) {})
	case "proxy":
		srv.Handler = p.proxy()
		srv.MaxWriteBuffer = p.Cap
	default:
		panic("no kind of server is " + kind)
	}
	srv.OnDrop = func(d duplex.Drop) { p.count(d.Reason) }
	return srv
}

// count counts the reason why a socket or a client has ended.
func (p *program) count(err error) {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		p.cut.Add(1)
	case err != nil && !errors.Is(err, net.ErrClosed):
		p.lost.Add(1)
	}
}

func (p *program) report() report {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	cpu, _ := testrun.CPU()
	rss, _ := resident()
	return report{
		Heap: int64(m.HeapAlloc), RSS: rss, CPU: cpu, Tally: testrun.Count(), Stats: p.engine.Stats(),
		Cut: p.cut.Load(), Lost: p.lost.Load(), Refused: p.refused.Load(),
	}
}

// resident returns how much memory this process has in RAM, in bytes, and whether the
// system shows it. VmRSS of /proc/self/status is off by some hundred KiB on new kernels.
func resident() (int64, bool) {
	if runtime.GOOS != "linux" {
		return 0, false
	}
	text, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "Rss:" {
			kib, err := strconv.ParseInt(f[1], 10, 64)
			return kib << 10, err == nil
		}
	}
	return 0, false
}

// mib shows bytes.
func mib(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
