// Copyright 2026 The duplex authors. MIT license.

// Shutdown is a server that ends as a service manager wants it. At SIGTERM it accepts no
// more clients, finishes the work that it has begun, sends the answers, and ends its clients
// over two seconds, so that they do not all come back at the same moment. After ten seconds,
// or at a second signal, it ends at once.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
)

var (
	addr   = flag.String("addr", "127.0.0.1:6669", "listen on `HOST:PORT`")
	work   = flag.Duration("work", 100*time.Millisecond, "how long the work for a line takes")
	window = flag.Duration("window", 2*time.Second, "how long the ends of all clients are spread over")
	most   = flag.Duration("most", 10*time.Second, "how long the end may take")
)

func main() {
	flag.Parse()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	srv := &duplex.Server{Handler: &duplex.Handler{
		Framing:  codec.Lines,
		Blocking: true, // the work below may wait, for a database perhaps
		OnData: func(s *duplex.Socket, line []byte) {
			time.Sleep(*work)
			fmt.Fprintf(s, "done %s\n", line)
		},
	}}
	if err := srv.Listen("tcp", *addr); err != nil {
		fmt.Fprintln(os.Stderr, "shutdown:", err)
		os.Exit(1)
	}
	fmt.Println("serving on", srv.Addr())
	<-signals
	fmt.Println("ending", srv.Len(), "clients")
	ctx, cancel := context.WithTimeout(context.Background(), *most)
	defer cancel()
	go func() { // until the second signal, or the end of the program
		<-signals
		cancel()
	}()
	if err := srv.ShutdownOver(ctx, *window); err != nil {
		fmt.Println("ended", srv.Len(), "clients at once:", err)
		srv.Close()
		os.Exit(1)
	}
	fmt.Println("ended")
}
