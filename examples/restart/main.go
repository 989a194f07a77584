// Copyright 2026 The duplex authors. MIT license.

// Restart is an echo that is replaced without refusing a client. On SIGHUP it starts the
// program anew, which may be a newer version by then, and hands its listener over. It ends
// its own clients over some seconds, so that they do not all come back at once.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/duplex-go/duplex"
)

var (
	addr   = flag.String("addr", "127.0.0.1:6666", "listen on `HOST:PORT`; port 0 is any free one")
	window = flag.Duration("window", 10*time.Second, "end the clients over `DURATION`")
)

func main() {
	flag.Parse()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGTERM, os.Interrupt)
	srv := &duplex.Server{Handler: &duplex.Handler{
		OnData: func(s *duplex.Socket, p []byte) { s.Write(p) },
	}}
	if err := listen(srv); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("process", os.Getpid(), "listens on", srv.Addr())
	duplex.Ready() // a process that this one replaces may stop now

	for s := range signals {
		if s != syscall.SIGHUP {
			break
		}
		err := replace(srv)
		if err == nil {
			break
		}
		fmt.Println("process", os.Getpid(), "goes on:", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), *window+5*time.Second)
	defer cancel()
	srv.ShutdownOver(ctx, *window)
	fmt.Println("process", os.Getpid(), "ends")
}

// listen takes the listener over from the process before, or from systemd, or makes one.
func listen(srv *duplex.Server) error {
	inherited, err := duplex.InheritedListeners()
	if err != nil {
		return err
	}
	for _, in := range inherited {
		return srv.ListenOn(in.Listener)
	}
	return srv.Listen("tcp", *addr)
}

// replace starts the successor, and returns when it serves the clients.
func replace(srv *duplex.Server) error {
	cmd := exec.Command(os.Args[0], os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return duplex.HandOver(ctx, cmd, map[string]*duplex.Server{"echo": srv})
}
