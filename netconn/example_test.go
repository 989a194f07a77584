// Copyright 2026 The duplex authors. MIT license.

package netconn_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/netconn"
)

// A server and a client of net/http. The limits are those of a duplex.Server.
func Example() {
	ln, err := netconn.Listen(&duplex.Server{MaxPerIP: 100}, "tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "you asked for %s", r.URL.Path)
	})}
	go srv.Serve(ln)
	defer srv.Close()

	transport := &http.Transport{DialContext: new(netconn.Dialer).DialContext}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	res, err := client.Get("http://" + ln.Addr().String() + "/news")
	if err != nil {
		log.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", body)
	// Output: you asked for /news
}

// One port for HTTP and for a protocol of one's own: the first bytes decide. HTTP runs on
// goroutines, and the other protocol on the loop.
func ExampleNew() {
	conns := make(chan net.Conn)
	srv := &duplex.Server{
		Options: duplex.Options{AllowHalfOpen: true},
		Handler: &duplex.Handler{OnData: func(s *duplex.Socket, p []byte) {
			if bytes.HasPrefix(p, []byte("GET ")) {
				c := netconn.New(s, p)
				go func() { conns <- c }()
				return
			}
			fmt.Fprintf(s, "an event: %s", p)
			s.End()
		}},
	}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	defer srv.Close()
	go func() {
		for c := range conns {
			request := make([]byte, 100)
			n, _ := c.Read(request)
			fmt.Fprintf(c, "a conn: %s", request[:n])
			c.Close()
		}
	}()
	defer close(conns)

	for _, request := range []string{"GET /", "hello"} {
		c, err := netconn.Dial(context.Background(), "tcp", srv.Addr().String())
		if err != nil {
			log.Fatal(err)
		}
		io.WriteString(c, request)
		answer, err := io.ReadAll(c)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s\n", answer)
		c.Close()
	}
	// Output:
	// a conn: GET /
	// an event: hello
}
