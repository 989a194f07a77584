// Copyright 2026 The duplex authors. MIT license.

package connect_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/nodetest"
	"github.com/duplex-go/duplex/internal/rig"
)

// A failure is the fields of an error.
type failure struct {
	Syscall, Code string
	Address       string // or a path
	Port          int
	LocalAddress  string
	LocalPort     int
	Errno         int
}

// failureOf reads the fields that an error of Node would have from err.
func failureOf(t *testing.T, err error) (f failure) {
	t.Helper()
	var op *net.OpError
	if !errors.As(err, &op) {
		t.Fatalf("%#v is no *net.OpError", err)
	}
	f.Syscall, f.Code = op.Op, duplex.Code(err)
	f.Address, f.Port = fieldsOf(op.Addr)
	f.LocalAddress, f.LocalPort = fieldsOf(op.Source)
	var errno syscall.Errno
	if errors.As(err, &errno) {
		f.Errno = int(errno)
	}
	return f
}

func fieldsOf(a net.Addr) (address string, port int) {
	switch a := a.(type) {
	case *net.TCPAddr:
		return a.AddrPort().Addr().String(), a.Port
	case *net.UnixAddr:
		return a.Name, 0
	}
	return "", 0
}

// fails returns the error of a connection that cannot be made.
func fails(t *testing.T, c *duplex.Client, network, address string) error {
	t.Helper()
	var r duplextest.Recorder
	s := c.Connect(t.Context(), network, address, r.Handler(nil))
	if events := r.Events(t); len(events) != 2 || events[1] != "close: hadError" {
		t.Errorf("%s: got %q, want an error and close", address, events)
	}
	return s.Err()
}

// TestErrorsThatNodeDoesNotHaveHaveCodes holds that a log or a counter can tell them apart.
func TestErrorsThatNodeDoesNotHaveHaveCodes(t *testing.T) {
	seen := make(map[string]error)
	for err, want := range map[error]string{
		duplex.ErrNotAllowed:       "ERR_IP_NOT_ALLOWED",
		duplex.ErrMaxConns:         "ERR_MAX_CONNS",
		duplex.ErrAcceptRate:       "ERR_ACCEPT_RATE",
		duplex.ErrMaxPerIP:         "ERR_MAX_PER_IP",
		duplex.ErrAcceptRatePerIP:  "ERR_ACCEPT_RATE_PER_IP",
		duplex.ErrMaxHandshakes:    "ERR_MAX_HANDSHAKES",
		duplex.ErrProxyHeader:      "ERR_PROXY_HEADER",
		duplex.ErrProxyTimeout:     "ERR_PROXY_TIMEOUT",
		duplex.ErrHandshakeTimeout: "ERR_TLS_HANDSHAKE_TIMEOUT",
		duplex.ErrFirstByteTimeout: "ERR_FIRST_BYTE_TIMEOUT",
		duplex.ErrFrameTimeout:     "ERR_FRAME_TIMEOUT",
		duplex.ErrMaxAge:           "ERR_MAX_AGE",
		duplex.ErrFrameTooLong:     "ERR_FRAME_TOO_LONG",
		duplex.ErrWriteBufferFull:  "ERR_WRITE_BUFFER_FULL",
		duplex.ErrAlreadySecure:    "ERR_ALREADY_SECURE",
		duplex.ErrTruncated:        "ERR_SSL_UNEXPECTED_EOF_WHILE_READING",
	} {
		for _, err := range []error{err, &net.OpError{Op: "read", Net: "tcp", Err: err}, fmt.Errorf("more: %w", err), &duplex.PanicError{Value: err}} {
			if got := duplex.Code(err); got != want {
				t.Errorf("Code of %v is %q, want %q", err, got, want)
			}
		}
		if seen[want] != nil {
			t.Errorf("%v and %v have one code", err, seen[want])
		}
		seen[want] = err
	}
	_, _, err := duplex.ParseProxyHeader([]byte("GET"))
	if got := duplex.Code(err); got != "ERR_PROXY_HEADER" {
		t.Errorf("Code of %v is %q", err, got)
	}
}

// A situation is one in which something fails, here and in Node.
type situation struct {
	Verb      string // listen or connect
	Path      string
	Host      string
	Port      int
	LocalHost string
	LocalPort int
}

func (s situation) fails(t *testing.T, e *duplex.Engine) error {
	network, address := "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	if s.Path != "" {
		network, address = "unix", s.Path
	}
	if s.Verb == "listen" {
		return (&duplex.Server{Engine: e}).Listen(network, address)
	}
	c := &duplex.Client{Engine: e, LocalAddr: s.LocalHost}
	if s.LocalPort != 0 {
		c.LocalAddr = net.JoinHostPort(s.LocalHost, strconv.Itoa(s.LocalPort))
	}
	return fails(t, c, network, address)
}

// failInNode returns the fields of Node's errors in the situations.
func failInNode(t *testing.T, situations []situation) []failure {
	return nodetest.Ask[situation, failure](t, `
		const { Verb: verb, Path: path, Host: host, Port: port, LocalHost, LocalPort } = question;
		const where = path ? { path } : { host, port };
		if (LocalHost) where.localAddress = LocalHost;
		if (LocalPort) where.localPort = LocalPort;
		const end = verb === 'listen' ? net.createServer().listen(where) : net.connect(where);
		const [err] = await require('events').once(end, 'error').catch((err) => [err]);
		return {
			Syscall: err.syscall, Code: err.code, Errno: -err.errno,
			Address: err.address, Port: Math.max(0, err.port || 0), // -1 for a path
			LocalAddress: err.localAddress || '', LocalPort: err.localPort || 0,
		};`, situations)
}

// portOf returns the port of an address.
func portOf(t *testing.T, address string) int {
	t.Helper()
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return int(a.Port())
}

func TestErrorsHaveTheFieldsOfNodesErrors(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		busy, nobody, local := portOf(t, rig.Listen(t, e, nil, duplex.Options{})), portOf(t, rig.FreeAddr(t)), portOf(t, rig.FreeAddr(t))
		path := rig.SocketPath(t, e)
		if err := (&duplex.Server{Engine: e}).Listen("unix", path); err != nil {
			t.Fatal(err)
		}
		cases := []struct {
			situation
			want failure
		}{
			{
				situation{Verb: "connect", Host: "127.0.0.1", Port: nobody},
				failure{Syscall: "connect", Code: "ECONNREFUSED", Errno: int(syscall.ECONNREFUSED), Address: "127.0.0.1", Port: nobody},
			},
			{
				situation{Verb: "connect", Host: "127.0.0.1", Port: nobody, LocalHost: "127.0.0.1", LocalPort: local},
				failure{Syscall: "connect", Code: "ECONNREFUSED", Errno: int(syscall.ECONNREFUSED), Address: "127.0.0.1", Port: nobody, LocalAddress: "127.0.0.1", LocalPort: local},
			},
			{
				situation{Verb: "connect", Path: path + "2"},
				failure{Syscall: "connect", Code: "ENOENT", Errno: int(syscall.ENOENT), Address: path + "2"},
			},
			{
				situation{Verb: "listen", Host: "127.0.0.1", Port: busy},
				failure{Syscall: "listen", Code: "EADDRINUSE", Errno: int(syscall.EADDRINUSE), Address: "127.0.0.1", Port: busy},
			},
			{
				situation{Verb: "listen", Path: path},
				failure{Syscall: "listen", Code: "EADDRINUSE", Errno: int(syscall.EADDRINUSE), Address: path},
			},
			{
				situation{Verb: "listen", Host: "192.0.2.1", Port: nobody},
				failure{Syscall: "listen", Code: "EADDRNOTAVAIL", Errno: int(syscall.EADDRNOTAVAIL), Address: "192.0.2.1", Port: nobody},
			},
		}
		var situations []situation
		for _, c := range cases {
			if rig.OnMemory(e) && c.want.Code == "EADDRNOTAVAIL" {
				t.Logf("%+v: every address is at home in memory", c.situation)
				continue
			}
			err := c.situation.fails(t, e)
			if got := failureOf(t, err); got != c.want {
				t.Errorf("%+v: the error has\n%+v, want\n%+v", c.situation, got, c.want)
			}
			if errno := syscall.Errno(c.want.Errno); !errors.Is(err, errno) {
				t.Errorf("%+v: errors.Is(%v, %v) is false", c.situation, err, errno)
			}
			if want := c.want.Syscall + " "; !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), c.want.Address) {
				t.Errorf("%+v: the message is %q, want %s and %s in it", c.situation, err, want, c.want.Address)
			}
			situations = append(situations, c.situation)
		}
		if rig.OnMemory(e) {
			return // Node does not meet these
		}
		for i, node := range failInNode(t, situations) {
			if want := cases[i].want; node != want {
				t.Errorf("%+v: Node's error has\n%+v, want\n%+v", situations[i], node, want)
			}
		}
	})
}

// TestErrorsThatNodeReportsOtherwise holds the few that differ. For a local address that
// is not ours, Node reports the call bind; here every error of an attempt is connect. For
// a path whose folder is missing, Node reports EACCES, as libuv does; the system's error
// is ENOENT.
func TestErrorsThatNodeReportsOtherwise(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if rig.OnMemory(e) {
			t.Skip("every address is at home in memory, and no path needs a folder")
		}
		nobody := portOf(t, rig.FreeAddr(t))
		lost := filepath.Join(filepath.Dir(rig.SocketPath(t, e)), "no", "socket")
		cases := []struct {
			situation
			want, node failure
		}{
			{
				situation{Verb: "connect", Host: "127.0.0.1", Port: nobody, LocalHost: "192.0.2.1"},
				failure{Syscall: "connect", Code: "EADDRNOTAVAIL", Errno: int(syscall.EADDRNOTAVAIL), Address: "127.0.0.1", Port: nobody, LocalAddress: "192.0.2.1"},
				failure{Syscall: "bind", Code: "EADDRNOTAVAIL", Errno: int(syscall.EADDRNOTAVAIL), Address: "192.0.2.1"},
			},
			{
				situation{Verb: "listen", Path: lost},
				failure{Syscall: "listen", Code: "ENOENT", Errno: int(syscall.ENOENT), Address: lost},
				failure{Syscall: "listen", Code: "EACCES", Errno: int(syscall.EACCES), Address: lost},
			},
		}
		var situations []situation
		for _, c := range cases {
			if got := failureOf(t, c.situation.fails(t, e)); got != c.want {
				t.Errorf("%+v: the error has\n%+v, want\n%+v", c.situation, got, c.want)
			}
			situations = append(situations, c.situation)
		}
		for i, node := range failInNode(t, situations) {
			if want := cases[i].node; node != want {
				t.Errorf("%+v: Node's error has\n%+v, want\n%+v", situations[i], node, want)
			}
		}
	})
}

func TestAFolderThatIsNotOursIsEACCES(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if rig.OnMemory(e) {
			t.Skip("memory knows no permissions")
		}
		if os.Geteuid() <= 0 {
			t.Skip("NOT TESTED: to root, or on Windows, every folder is open")
		}
		path := rig.SocketPath(t, e)
		if err := os.Chmod(filepath.Dir(path), 0); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(filepath.Dir(path), 0o700)
		for _, verb := range []string{"listen", "connect"} {
			err := situation{Verb: verb, Path: path}.fails(t, e)
			want := failure{Syscall: verb, Code: "EACCES", Errno: int(syscall.EACCES), Address: path}
			if got := failureOf(t, err); got != want || !errors.Is(err, os.ErrPermission) {
				t.Errorf("the error has\n%+v, want\n%+v", got, want)
			}
		}
	})
}

func TestAnUnknownHostIsENOTFOUND(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		for _, err := range []error{
			fails(t, &duplex.Client{Engine: e, Resolver: duplextest.Hosts{}}, "tcp", "nosuchhost.invalid:80"),
			(&duplex.Server{Engine: e, Resolver: duplextest.Hosts{}}).Listen("tcp", "nosuchhost.invalid:80"),
		} {
			var dns *net.DNSError
			if got := failureOf(t, err); got.Syscall != "getaddrinfo" || got.Code != "ENOTFOUND" || !errors.As(err, &dns) || dns.Name != "nosuchhost.invalid" {
				t.Errorf("%v: want getaddrinfo ENOTFOUND nosuchhost.invalid", err)
			}
		}
	})
}

func TestErrorsOfAConnectionNameBothEnds(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		a, b := duplextest.Pipe(t, e)
		a.Pause()
		rig.Turn(t, a.Socket)
		b.Reset()
		b.Expect(t, "close")
		rig.Until(t, "a write fails", func() bool {
			_, err := io.WriteString(a, "into the void")
			return err != nil
		})
		_, err := io.WriteString(a, "into the void")
		a.Resume()
		a.Events(t)
		for _, err := range []error{err, a.Err()} {
			var op *net.OpError
			if !errors.As(err, &op) || op.Op != "write" && op.Op != "read" ||
				op.Source.String() != a.LocalAddr().String() || op.Addr.String() != a.RemoteAddr().String() {
				t.Errorf("the error is %#v, want one of a read or write from %v to %v", err, a.LocalAddr(), a.RemoteAddr())
			}
			if code := duplex.Code(err); code != "ECONNRESET" && code != "EPIPE" {
				t.Errorf("its code is %q, want ECONNRESET or EPIPE", code)
			}
		}
		if duplex.Code(err) == "" || !strings.HasPrefix(err.Error(), "write ") {
			t.Errorf("Write returned %v, want write …", err)
		}
	})
}

// A test of internal/conform holds that Code knows every number that Node knows.

// vague is an error that equals another only by its Is method.
type vague struct{ error }

func (v vague) Is(target error) bool { return target == v.error }

func TestErrorsHaveNodesCodes(t *testing.T) {
	plain := errors.New("whatever")
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{plain, ""},
		{io.EOF, ""},
		{syscall.Errno(0), ""},
		{syscall.ECONNRESET, "ECONNRESET"},
		{syscall.EOPNOTSUPP, "EOPNOTSUPP"},
		{syscall.EWOULDBLOCK, "EAGAIN"},
		{os.ErrDeadlineExceeded, "ETIMEDOUT"},
		{context.DeadlineExceeded, "ETIMEDOUT"},
		{context.Canceled, "ABORT_ERR"},
		{errors.ErrUnsupported, "ENOTSUP"},
		{net.ErrClosed, "ERR_SOCKET_CLOSED"},
		{duplex.ErrBlocked, "ERR_IP_BLOCKED"},
		{duplex.ErrAlreadyListening, "ERR_SERVER_ALREADY_LISTEN"},
		{&net.DNSError{IsNotFound: true}, "ENOTFOUND"},
		{&net.DNSError{IsTemporary: true}, "EAI_AGAIN"},
		{&net.DNSError{IsTimeout: true}, "EAI_AGAIN"},
		{&net.DNSError{}, "EAI_FAIL"},
		{vague{net.ErrClosed}, "ERR_SOCKET_CLOSED"},
		{&duplex.PanicError{Value: syscall.EPIPE}, "EPIPE"},
		{&duplex.PanicError{Value: "EPIPE"}, ""},

		// An error has the code of the error that it wraps.
		{os.NewSyscallError("read", syscall.EPROTO), "EPROTO"},
		{&os.PathError{Op: "open", Path: "/", Err: syscall.EROFS}, "EROFS"},
		{&net.OpError{Op: "listen", Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}, "EADDRINUSE"},
		{fmt.Errorf("it failed: %w", &net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}), "ENOTFOUND"},

		// The first of several errors that has a code counts.
		{errors.Join(syscall.ECONNREFUSED, &net.DNSError{IsNotFound: true}), "ECONNREFUSED"},
		{fmt.Errorf("all failed: %w", errors.Join(syscall.EPIPE, syscall.EACCES)), "EPIPE"},
		{fmt.Errorf("%w: %w", plain, syscall.EHOSTDOWN), "EHOSTDOWN"},
		{errors.Join(plain, plain), ""},
	} {
		if got := duplex.Code(c.err); got != c.want {
			t.Errorf("Code(%v) = %q, want %q", c.err, got, c.want)
		}
	}
}

func TestTheCodeOfSeveralErrorsIsTheFirstOnes(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		first, second := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")
		nobody := portOf(t, rig.FreeAddr(t))
		list := new(duplex.BlockList)
		list.Add(second)
		for _, c := range []struct {
			addrs []netip.Addr
			want  string
		}{
			{[]netip.Addr{first, second}, "ECONNREFUSED"},
			{[]netip.Addr{second, first}, "ERR_IP_BLOCKED"},
		} {
			client := &duplex.Client{Engine: e, Resolver: duplextest.Hosts{"two.test": c.addrs}, Options: duplex.Options{BlockList: list}}
			err := fails(t, client, "tcp", fmt.Sprintf("two.test:%d", nobody))
			joined, ok := err.(interface{ Unwrap() []error })
			if !ok || len(joined.Unwrap()) != 2 || !errors.Is(err, syscall.ECONNREFUSED) || !errors.Is(err, duplex.ErrBlocked) {
				t.Errorf("%v: %v, want both errors", c.addrs, err)
			}
			if got := duplex.Code(err); got != c.want {
				t.Errorf("%v: Code is %s, want %s", c.addrs, got, c.want)
			}
		}
	})
}
