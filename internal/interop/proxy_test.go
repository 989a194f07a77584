// Copyright 2026 The duplex authors. MIT license.

package interop

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
)

var drivers = []string{"epoll", "portable"}

// engine returns an engine on a driver.
func engine(t *testing.T, driver string) *duplex.Engine {
	t.Helper()
	e := &duplex.Engine{Driver: driver}
	t.Cleanup(func() { e.Close() })
	return e
}

// listen makes srv listen, and returns its port.
func listen(t *testing.T, srv *duplex.Server) string {
	t.Helper()
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(srv.Addr().String())
	return port
}

// A proxy made of two pipes carries Redis, also many requests at once and long values.
func TestAProxyOfPipesCarriesRedis(t *testing.T) {
	port, cli, load := startRedis(t), program(t, "redis-cli"), program(t, "redis-benchmark")
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			e := engine(t, driver)
			front := listen(t, &duplex.Server{Engine: e, Handler: &duplex.Handler{OnConnect: func(in *duplex.Socket) {
				out := (&duplex.Client{Engine: e}).Connect(context.Background(), "tcp", "127.0.0.1:"+port, &duplex.Handler{
					OnError: func(_ *duplex.Socket, err error) { in.Destroy(err) },
				})
				in.Pipe(out)
				out.Pipe(in)
			}}})
			if out, err := exec.Command(load, "-h", "127.0.0.1", "-p", front, "-n", "5000", "-c", "20", "-P", "8", "-q", "-t", "set,get,lrange_100").CombinedOutput(); err != nil {
				t.Errorf("redis-benchmark: %v\n%s", err, out)
			}
			long := strings.Repeat("value ", 200_000)
			set := exec.Command(cli, "-h", "127.0.0.1", "-p", front, "-x", "SET", "long")
			set.Stdin = strings.NewReader(long)
			if out, err := set.CombinedOutput(); err != nil || string(out) != "OK\n" {
				t.Fatalf("SET: %v\n%s", err, out)
			}
			out, err := exec.Command(cli, "-h", "127.0.0.1", "-p", front, "--raw", "GET", "long").Output()
			if err != nil || string(out) != long+"\n" {
				t.Errorf("GET: %v, %d bytes; want %d", err, len(out), len(long)+1)
			}
		})
	}
}

// HAProxy in TCP mode stands before a server of duplex: bytes, the client's early end and
// the server's reply after it pass, and its health checks, which reset, disturb no client.
func TestAServerBehindHAProxy(t *testing.T) {
	haproxy := program(t, "haproxy")
	for _, driver := range drivers {
		t.Run(driver, func(t *testing.T) {
			srv := &duplex.Server{
				Engine:  engine(t, driver),
				Options: duplex.Options{AllowHalfOpen: true},
				Handler: &duplex.Handler{
					OnData: func(s *duplex.Socket, p []byte) { s.Write(p) },
					OnEnd: func(s *duplex.Socket) {
						io.WriteString(s, " and good bye")
						s.End()
					},
				},
			}
			back, front := listen(t, srv), freePort(t)
			config := filepath.Join(t.TempDir(), "haproxy.cfg")
			text := fmt.Sprintf(`
defaults
	mode tcp
	timeout connect 10s
	timeout client 30s
	timeout server 30s
listen front
	bind 127.0.0.1:%s
	server back 127.0.0.1:%s check inter 50ms
`, front, back)
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			serve(t, front, exec.Command(haproxy, "-db", "-f", config))
			for range 20 {
				conn, err := net.Dial("tcp", "127.0.0.1:"+front)
				if err != nil {
					t.Fatal(err)
				}
				conn.SetDeadline(time.Now().Add(patience))
				sent := bytes.Repeat([]byte("0123456789"), 20_000)
				go func() {
					conn.Write(sent)
					conn.(*net.TCPConn).CloseWrite()
				}()
				got, err := io.ReadAll(conn)
				if want := string(sent) + " and good bye"; string(got) != want || err != nil {
					t.Fatalf("got %d bytes, %v; want %d", len(got), err, len(want))
				}
				conn.Close()
			}
		})
	}
}
