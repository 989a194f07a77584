// Copyright 2026 The duplex authors. MIT license.

package interop

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"
)

// built is the command duplex, which the first test that needs it builds.
var built = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "duplex")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "duplex")
	build := exec.Command("go", "build", "-o", binary, "./cmd/duplex")
	build.Dir = "../.."
	build.Stderr = os.Stderr
	return binary, build.Run()
})

// startDuplex starts the command, and returns it with what the pattern finds in its output.
func startDuplex(t testing.TB, pattern string, args ...string) (*exec.Cmd, string) {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := regexp.MustCompile(pattern).FindStringSubmatch(lines.Text()); found != nil {
			go io.Copy(io.Discard, out) // until it ends
			return cmd, found[1]
		}
	}
	t.Fatalf("duplex %s does not print %s", strings.Join(args, " "), pattern)
	return nil, ""
}

// echoServer returns the address of a server of package net.
func echoServer(t testing.TB) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() { // until the listener is closed
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				io.Copy(conn, conn)
				conn.Close()
			}()
		}
	}()
	return ln.Addr().String()
}

// roundTrip sends a byte through a proxy and returns how long its echo took.
func roundTrip(t *testing.T, conn net.Conn) time.Duration {
	t.Helper()
	began := time.Now()
	conn.SetDeadline(began.Add(patience))
	io.WriteString(conn, "x")
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return time.Since(began)
}

func dialProxy(t *testing.T, proxy *toxiproxy.Proxy) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", proxy.Listen)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// Toxiproxy's own client creates, changes and deletes proxies and toxics of duplex proxy.
func TestToxiproxysClientWorksWithDuplexProxy(t *testing.T) {
	_, api := startDuplex(t, `listening  (127\.0\.0\.1:\d+)  API`, "proxy", "--api", "127.0.0.1:0")
	client := toxiproxy.NewClient(api)
	if version, err := client.Version(); err != nil || !strings.Contains(string(version), `"version":"2.`) {
		t.Errorf("the version is %s, %v", version, err)
	}
	upstream := echoServer(t)
	proxy, err := client.CreateProxy("echo", "127.0.0.1:0", upstream)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(proxy.Listen, ":0") || !proxy.Enabled {
		t.Errorf("the proxy is %+v", proxy)
	}
	conn := dialProxy(t, proxy)
	roundTrip(t, conn)

	toxic, err := proxy.AddToxic("", "latency", "downstream", 1, toxiproxy.Attributes{"latency": 150, "jitter": 10})
	if err != nil || toxic.Name != "latency_downstream" || toxic.Attributes["latency"] != 150.0 || toxic.Toxicity != 1 {
		t.Fatalf("the toxic is %+v, %v", toxic, err)
	}
	if took := roundTrip(t, conn); took < 140*time.Millisecond {
		t.Errorf("with latency, an echo took %v", took)
	}
	if toxic, err = proxy.UpdateToxic("latency_downstream", -1, toxiproxy.Attributes{"latency": 1, "jitter": 0}); err != nil || toxic.Attributes["latency"] != 1.0 {
		t.Fatalf("the toxic is %+v, %v", toxic, err)
	}
	for name, attributes := range map[string]toxiproxy.Attributes{
		"bandwidth":  {"rate": 1000},
		"slow_close": {"delay": 10},
		"timeout":    {"timeout": 0},
		"reset_peer": {"timeout": 60_000},
		"slicer":     {"average_size": 64, "size_variation": 32, "delay": 10},
		"limit_data": {"bytes": 1_000_000},
	} {
		toxic, err := proxy.AddToxic("my_"+name, name, "upstream", 0.25, attributes)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if toxic.Stream != "upstream" || toxic.Type != name || toxic.Toxicity != 0.25 || len(toxic.Attributes) != len(attributes) {
			t.Errorf("%s is %+v", name, toxic)
		}
	}
	if toxics, err := proxy.Toxics(); err != nil || len(toxics) != 7 {
		t.Errorf("there are %d toxics, %v; want 7", len(toxics), err)
	}
	if _, err := proxy.AddToxic("my_slicer", "slicer", "upstream", 1, nil); err == nil || !strings.Contains(err.Error(), "409: toxic already exists") {
		t.Errorf("a second toxic of a name: %v", err)
	}
	if _, err := proxy.AddToxic("", "noise", "upstream", 1, nil); err == nil || !strings.Contains(err.Error(), "400: invalid toxic type") {
		t.Errorf("an unknown toxic: %v", err)
	}
	if err := proxy.RemoveToxic("my_timeout"); err != nil {
		t.Error(err)
	}

	if err := proxy.Disable(); err != nil {
		t.Fatal(err)
	}
	if _, err := net.Dial("tcp", proxy.Listen); err == nil {
		t.Error("a disabled proxy accepts connections")
	}
	if err := client.ResetState(); err != nil {
		t.Fatal(err)
	}
	again, err := client.Proxy("echo")
	if err != nil || !again.Enabled || len(again.ActiveToxics) != 0 || again.Listen != proxy.Listen {
		t.Fatalf("after a reset the proxy is %+v, %v", again, err)
	}
	roundTrip(t, dialProxy(t, again))

	made, err := client.Populate([]toxiproxy.Proxy{
		{Name: "echo", Listen: again.Listen, Upstream: upstream, Enabled: true},
		{Name: "other", Listen: "127.0.0.1:0", Upstream: upstream, Enabled: true},
	})
	if err != nil || len(made) != 2 {
		t.Fatalf("%d proxies are made, %v", len(made), err)
	}
	roundTrip(t, dialProxy(t, made[1]))
	if all, err := client.Proxies(); err != nil || len(all) != 2 {
		t.Errorf("there are %d proxies, %v", len(all), err)
	}
	if err := again.Delete(); err != nil {
		t.Error(err)
	}
	if _, err := client.Proxy("echo"); err == nil || !strings.Contains(err.Error(), "404: proxy not found") {
		t.Errorf("a proxy that is deleted: %v", err)
	}
}

// The seven kinds of Toxiproxy, one after the other, on connections of its client's proxy.
func TestToxicsOfToxiproxyTakeEffect(t *testing.T) {
	cmd, api := startDuplex(t, `listening  (127\.0\.0\.1:\d+)  API`, "proxy", "--api", "127.0.0.1:0", "-q")
	client := toxiproxy.NewClient(api)
	proxy, err := client.CreateProxy("echo", "127.0.0.1:0", echoServer(t))
	if err != nil {
		t.Fatal(err)
	}
	with := func(kind string, attributes toxiproxy.Attributes, check func(conn net.Conn, began time.Time)) {
		t.Run(kind, func(t *testing.T) {
			if _, err := proxy.AddToxic("it", kind, "downstream", 1, attributes); err != nil {
				t.Fatal(err)
			}
			defer proxy.RemoveToxic("it")
			conn := dialProxy(t, proxy)
			conn.SetDeadline(time.Now().Add(patience))
			began := time.Now()
			io.WriteString(conn, strings.Repeat("x", 1000))
			check(conn, began)
		})
	}
	whole := make([]byte, 1000)
	with("latency", toxiproxy.Attributes{"latency": 100}, func(conn net.Conn, began time.Time) {
		if _, err := io.ReadFull(conn, whole); err != nil || time.Since(began) < 100*time.Millisecond {
			t.Errorf("latency: %v, %v", time.Since(began), err)
		}
	})
	with("bandwidth", toxiproxy.Attributes{"rate": 10}, func(conn net.Conn, began time.Time) {
		if _, err := io.ReadFull(conn, whole); err != nil || time.Since(began) < 90*time.Millisecond {
			t.Errorf("bandwidth: %v, %v", time.Since(began), err)
		}
	})
	with("slicer", toxiproxy.Attributes{"average_size": 100, "delay": 10_000}, func(conn net.Conn, began time.Time) {
		if _, err := io.ReadFull(conn, whole); err != nil || time.Since(began) < 90*time.Millisecond {
			t.Errorf("slicer: %v, %v", time.Since(began), err)
		}
	})
	with("slow_close", toxiproxy.Attributes{"delay": 100}, func(conn net.Conn, began time.Time) {
		conn.(*net.TCPConn).CloseWrite()
		if n, err := io.Copy(io.Discard, conn); n != 1000 || err != nil || time.Since(began) < 100*time.Millisecond {
			t.Errorf("slow_close: %d bytes, %v, %v", n, time.Since(began), err)
		}
	})
	with("limit_data", toxiproxy.Attributes{"bytes": 300}, func(conn net.Conn, began time.Time) {
		if n, err := io.Copy(io.Discard, conn); n != 300 || err != nil {
			t.Errorf("limit_data: %d bytes, %v", n, err)
		}
	})
	with("timeout", toxiproxy.Attributes{"timeout": 100}, func(conn net.Conn, began time.Time) {
		if n, err := io.Copy(io.Discard, conn); n != 0 || err != nil || time.Since(began) < 90*time.Millisecond {
			t.Errorf("timeout: %d bytes, %v, %v", n, time.Since(began), err)
		}
	})
	with("reset_peer", toxiproxy.Attributes{"timeout": 100}, func(conn net.Conn, began time.Time) {
		if _, err := io.Copy(io.Discard, conn); err == nil || !strings.Contains(err.Error(), "reset by peer") {
			t.Errorf("reset_peer: %v", err)
		}
	})
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("duplex proxy: %v", err)
	}
}
