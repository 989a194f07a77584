// Copyright 2026 The duplex authors. MIT license.

// Https is a web server whose connections are sockets of duplex: net/http does the rest. No
// address may have more than a hundred connections, and a client that says nothing is gone
// after ten seconds. Try it with
//
//	curl --insecure https://localhost:8443/
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/netconn"
)

var (
	addr = flag.String("addr", "127.0.0.1:8443", "listen on `HOST:PORT`")
	cert = flag.String("cert", "", "the `FILE` of the certificate; without one a new one is made")
	key  = flag.String("key", "", "the `FILE` of its key")
)

func main() {
	flag.Parse()
	certificate, err := load(*cert, *key)
	if err != nil {
		log.Fatal(err)
	}
	srv := &duplex.Server{
		MaxConns: 10_000,
		MaxPerIP: 100,
		Options:  duplex.Options{FirstByteTimeout: 10 * time.Second, WriteTimeout: time.Minute},
	}
	ln, err := netconn.Listen(srv, "tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("https on", ln.Addr())
	site := &http.Server{
		Handler:     http.HandlerFunc(hello),
		TLSConfig:   &tls.Config{Certificates: []tls.Certificate{certificate}},
		IdleTimeout: time.Minute,
	}
	log.Fatal(site.ServeTLS(ln, "", "")) // HTTP/1.1 and HTTP/2
}

func hello(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, "hello over", r.Proto)
}
