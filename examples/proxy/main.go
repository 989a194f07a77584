// Copyright 2026 The duplex authors. MIT license.

// Proxy passes connections on to the first of several servers that accepts one. Each side
// may end its direction while the other goes on, a slow side slows down the fast one, and a
// reset is passed on as a reset.
//
//	proxy -addr 127.0.0.1:8080 127.0.0.1:8081 127.0.0.1:8082
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

var addr = flag.String("addr", "127.0.0.1:8080", "listen on `HOST:PORT`")

func main() {
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "proxy: no server; say proxy HOST:PORT ...")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	p := newProxy(nil, flag.Args())
	if err := p.srv.Listen("tcp", *addr); err != nil {
		fmt.Fprintln(os.Stderr, "proxy:", err)
		os.Exit(1)
	}
	fmt.Println("proxy on", p.srv.Addr())
	<-ctx.Done()
	p.stop(10 * time.Second)
}
