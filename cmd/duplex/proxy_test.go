// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/faults"
	"github.com/duplex-go/duplex/internal/relay"
)

// startProxy starts duplex proxy to an address, and returns it with its own.
func startProxy(t *testing.T, upstream string, args ...string) (proxy *process, address string) {
	t.Helper()
	proxy = launch(t, command(append([]string{"proxy", "127.0.0.1:0", upstream}, args...)...))
	address = proxy.await(t, `listening  (127.0.0.1:\d+) ->`)[1]
	return proxy, address
}

// ask sends a request to the API, and returns the status and the answer.
func ask(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, strings.TrimSpace(string(text))
}

// exchange sends a byte, and returns how long its echo took.
func exchange(t *testing.T, conn *net.TCPConn) time.Duration {
	t.Helper()
	began := time.Now()
	conn.SetDeadline(began.Add(patience))
	io.WriteString(conn, "x")
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return time.Since(began)
}

// A toxic that the API adds reaches a connection that exists, in every mode, and the log
// says so.
func TestTheAPIChangesToxics(t *testing.T) {
	for _, mode := range []string{"--time", "--quiet"} {
		t.Run(mode, func(t *testing.T) {
			_, upstream := startServe(t, "--echo")
			proxy := launch(t, command("proxy", "127.0.0.1:0", upstream, mode, "--api", "127.0.0.1:0", "--name", "redis"))
			address := proxy.await(t, `listening  (127.0.0.1:\d+) ->`)[1]
			api := "http://" + proxy.await(t, `listening  (127.0.0.1:\d+)  API`)[1]
			conn := dial(t, address)
			exchange(t, conn)

			status, text := ask(t, "POST", api+"/proxies/redis/toxics", `{"type":"latency","attributes":{"latency":200}}`)
			if want := `{"attributes":{"jitter":0,"latency":200},"name":"latency_downstream","type":"latency","stream":"downstream","toxicity":1}`; status != 200 || text != want {
				t.Errorf("%d %s, want %s", status, text, want)
			}
			if took := exchange(t, conn); took < 200*time.Millisecond {
				t.Errorf("an echo took %v", took)
			}
			if mode != "--quiet" {
				proxy.await(t, `toxic +redis: latency_downstream latency:200ms@down\n`)
				proxy.await(t, `data +#1 < 1 B "x"  \+200ms latency\n`)
			}
			if status, text := ask(t, "DELETE", api+"/proxies/redis/toxics/latency_downstream", ""); status != 204 || text != "" {
				t.Errorf("%d %s", status, text)
			}
			if took := exchange(t, conn); took > 150*time.Millisecond && !testing.Short() {
				t.Logf("an echo without a toxic took %v", took)
			}
			if status, _ := ask(t, "POST", api+"/proxies/redis", `{"enabled":false}`); status != 200 {
				t.Errorf("%d", status)
			}
			conn.SetDeadline(time.Now().Add(patience))
			if _, err := conn.Read(make([]byte, 1)); err == nil {
				t.Error("a proxy that is disabled keeps its connections")
			}
			if c, err := net.Dial("tcp", address); err == nil {
				c.Close()
				t.Error("a proxy that is disabled listens")
			}
			ask(t, "POST", api+"/reset", "")
			exchange(t, dial(t, address))
			if runtime.GOOS != "windows" {
				sendSignal(proxy.Process, "INT")
				proxy.exits(t, 0)
			}
		})
	}
}

// Without addresses, all proxies come from the API.
func TestTheAPIMakesProxies(t *testing.T) {
	_, upstream := startServe(t, "--echo")
	proxy := launch(t, command("proxy", "--api", "127.0.0.1:0"))
	api := "http://" + proxy.await(t, `listening  (127.0.0.1:\d+)  API`)[1]
	status, text := ask(t, "POST", api+"/populate", `[{"name":"a","listen":"127.0.0.1:0","upstream":"`+upstream+`"},{"name":"b","listen":"127.0.0.1:0","upstream":"`+upstream+`","enabled":false}]`)
	if status != 201 || !strings.Contains(text, `"name":"b","listen":"127.0.0.1:0","upstream":"`+upstream+`","enabled":false`) {
		t.Errorf("%d %s", status, text)
	}
	address := proxy.await(t, `listening  (127.0.0.1:\d+) -> `+upstream)[1]
	exchange(t, dial(t, address))
	for _, c := range []struct {
		method, path, body string
		status             int
		text               string
	}{
		{"GET", "/version", "", 200, `"version":"2.`},
		{"GET", "/proxies/a", "", 200, `{"name":"a","listen":"` + address + `","upstream":"` + upstream + `","enabled":true,"toxics":[]}`},
		{"GET", "/proxies", "", 200, `{"a":{"name":"a",`},
		{"POST", "/proxies", `{"name":"a","listen":"","upstream":"x:1"}`, 409, `{"error":"proxy already exists","status":409}`},
		{"POST", "/proxies", `{"listen":"","upstream":"x:1"}`, 400, "missing required field: name"},
		{"POST", "/proxies", `{"name":"c"}`, 400, "missing required field: upstream"},
		{"POST", "/proxies", `{"name":"c","listen":"127.0.0.1:0","upstream":"nowhere"}`, 400, "no port in"},
		{"POST", "/proxies", `{`, 400, "bad request body"},
		{"POST", "/proxies", `{"name":"c","listen":"` + address + `","upstream":"` + upstream + `"}`, 500, "address already in use"},
		{"GET", "/proxies/c", "", 404, `{"error":"proxy not found","status":404}`},
		{"POST", "/proxies/a/toxics", `{"type":"lag"}`, 400, "invalid toxic type"},
		{"POST", "/proxies/a/toxics", `{"type":"latency","stream":"sideways"}`, 400, "stream was invalid"},
		{"POST", "/proxies/a/toxics", `{"type":"latency","toxicity":2}`, 400, "toxicity"},
		{"POST", "/proxies/a/toxics", `{"type":"latency","attributes":{"latency":1e11}}`, 400, "a time of more than"},
		{"POST", "/proxies/a/toxics", `{"type":"latency","attributes":{"latency":-1}}`, 400, "latency is -1"},
		{"POST", "/proxies/a/toxics", `{"type":"latency","attributes":{"latency":"1"}}`, 400, "bad request body"},
		{"POST", "/proxies/a/toxics", `{"type":"bandwidth"}`, 400, "rate"},
		{"POST", "/proxies/a/toxics", `{"type":"slicer","attributes":{"average_size":3,"size_variation":4}}`, 400, "average_size"},
		{"POST", "/proxies/a/toxics", `{"type":"slicer","stream":"upstream","attributes":{"average_size":30,"size_variation":10,"delay":50}}`, 200, `"attributes":{"average_size":30,"delay":50,"size_variation":10},"name":"slicer_upstream"`},
		{"POST", "/proxies/a/toxics", `{"type":"slicer","stream":"upstream","attributes":{"average_size":30}}`, 409, "toxic already exists"},
		{"POST", "/proxies/a/toxics", `{"type":"latency","name":"capitals","stream":"UPSTREAM"}`, 200, `"stream":"upstream"`},
		{"DELETE", "/proxies/a/toxics/capitals", "", 204, ""},
		{"PATCH", "/proxies/a/toxics/slicer_upstream", `{"toxicity":0.5}`, 200, `"toxicity":0.5`},
		{"GET", "/proxies/a/toxics", "", 200, `[{"attributes":{"average_size":30,`},
		{"DELETE", "/proxies/a/toxics/none", "", 404, "toxic not found"},
		{"PUT", "/proxies/a", "", 405, "method not allowed"},
		{"GET", "/nothing", "", 404, "no such path"},
		{"DELETE", "/proxies/b", "", 204, ""},
	} {
		if status, text := ask(t, c.method, api+c.path, c.body); status != c.status || !strings.Contains(text, c.text) {
			t.Errorf("%s %s %s: %d %s, want %d %s", c.method, c.path, c.body, status, text, c.status, c.text)
		}
	}
	request, _ := http.NewRequest("POST", api+"/reset", nil)
	request.Header.Set("Origin", "https://example.com")
	if answer, err := http.DefaultClient.Do(request); err != nil || answer.StatusCode != 403 {
		t.Errorf("a page of a browser is answered: %v, %v", answer, err)
	}
}

// A disk that is full ends the proxy, and so does a reader that goes away.
func TestAProxyThatCannotPrintEnds(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("there is no /dev/full here")
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	p := command("proxy", "127.0.0.1:0", "127.0.0.1:1")
	p.Stdout = full
	launch(t, p).exits(t, 1)
	if got := p.errOut.String(); !strings.Contains(got, "is the disk full?") {
		t.Errorf("stderr: %s", got)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	p = command("proxy", "127.0.0.1:0", "127.0.0.1:1")
	p.Stdout = w
	launch(t, p)
	w.Close()
	p.exits(t, 141)
}

// A slow reader of the log makes both sides wait, and loses nothing.
func TestASlowLogMakesBothSidesWait(t *testing.T) {
	const size = 4 << 20
	_, upstream := startServe(t, "--echo", "-q")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := command("proxy", "127.0.0.1:0", upstream, "--stop-after=1", "--as=hex")
	p.Stdout = w
	launch(t, p)
	w.Close()
	head := make([]byte, 256)
	n, err := r.Read(head)
	if err != nil {
		t.Fatal(err)
	}
	conn := dial(t, strings.Fields(string(head[:n]))[1])
	conn.SetDeadline(time.Now().Add(patience))
	go func() {
		conn.Write(make([]byte, size))
		conn.CloseWrite()
	}()
	time.Sleep(100 * time.Millisecond) // the log is full long before
	log := make(chan []byte, 1)
	go func() {
		all, _ := io.ReadAll(r)
		log <- all
	}()
	if n, err := io.Copy(io.Discard, conn); n != size || err != nil {
		t.Errorf("%d bytes came back, %v", n, err)
	}
	p.exits(t, 0)
	if got := bytes.Count(<-log, []byte("00")); got < 2*size {
		t.Errorf("the log has %d bytes of the two ways, want %d", got, 2*size)
	}
}

// On the first signal, the upstream can still answer. On the second, all is over.
func TestSignalsStopAProxy(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no signals")
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for _, twice := range []bool{false, true} {
		proxy, address := startProxy(t, ln.Addr().String(), "--grace=1h")
		conn := dial(t, address)
		conn.SetDeadline(time.Now().Add(patience))
		io.WriteString(conn, "question")
		upstream, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer upstream.Close()
		upstream.SetDeadline(time.Now().Add(patience))
		proxy.await(t, "question")
		sendSignal(proxy.Process, "TERM")
		if got, err := io.ReadAll(upstream); string(got) != "question" || err != nil {
			t.Errorf("the upstream got %q, %v", got, err)
		}
		if _, err := proxy.errOut.await("note       stopping; press Ctrl-C again to drop 1 connection\n"); err != nil {
			t.Error(err)
		}
		if twice {
			sendSignal(proxy.Process, "INT")
			proxy.exits(t, 130)
			continue
		}
		io.WriteString(upstream, "answer")
		upstream.Close()
		if got, err := io.ReadAll(conn); string(got) != "answer" || err != nil {
			t.Errorf("the client got %q, %v", got, err)
		}
		conn.Close()
		proxy.exits(t, 0)
	}
}

// What did not reach a reader when the grace is over is said.
func TestAProxySaysWhatItDropped(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no signals")
	}
	_, upstream := startServe(t, "--chargen", "-q")
	proxy, address := startProxy(t, upstream, "--grace=10ms", "--as=none")
	dial(t, address) // and does not read
	proxy.await(t, "data .*<")
	for shown := ""; shown != proxy.out.String(); time.Sleep(300 * time.Millisecond) {
		shown = proxy.out.String() // until the kernel takes no more
	}
	sendSignal(proxy.Process, "TERM")
	proxy.exits(t, 55)
	if got := proxy.errOut.String(); !strings.Contains(got, " B were not passed on: their readers did not read\n") {
		t.Errorf("stderr: %s", got)
	}
}

// A quiet proxy carries a long stream both ways, and prints its address alone.
func TestAQuietProxyCarriesALot(t *testing.T) {
	const size = 64 << 20
	_, upstream := startServe(t, "--echo", "-q")
	proxy, address := startProxy(t, upstream, "-q", "--stop-after=1")
	conn := dial(t, address)
	conn.SetDeadline(time.Now().Add(patience))
	go func() {
		conn.ReadFrom(io.LimitReader(zeros{}, size))
		conn.CloseWrite()
	}()
	if n, err := io.Copy(io.Discard, conn); n != size || err != nil {
		t.Errorf("%d bytes came back, %v", n, err)
	}
	proxy.exits(t, 0)
	if got := strings.Count(proxy.out.String(), "\n"); got != 1 {
		t.Errorf("a quiet proxy prints %d lines, want the address alone:\n%s", got, proxy.out.String())
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// The limits of a relay are there before it starts, and stay: connections of an earlier life
// of it read them while it starts again.
func TestARelayHasItsLimitsFromTheStart(t *testing.T) {
	want := relay.Limits{Idle: 1, FirstByte: 2, Read: 3, MaxAge: 4}
	v := &proxy{limits: limits{idle: 1, firstByte: 2, read: 3, maxAge: 4}}
	r := v.newRelay("p", new(faults.Set))
	r.Pool = relay.NewPool(relay.RoundRobin, 1, &relay.Upstream{Open: func(*relay.Pair) (net.Conn, error) { return nil, nil }})
	read := make(chan relay.Limits, 1)
	go func() { read <- r.Limits }() // with -race a write is found
	v.newServer(r)
	if got := <-read; got != want {
		t.Errorf("limits are %v, want %v", got, want)
	}
}
