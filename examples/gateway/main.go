// Copyright 2026 The duplex authors. MIT license.

// Gateway takes readings from devices and keeps them in a SQLite database. Frames begin with
// a length of two bytes. A device has five seconds for its first frame, which is a login; each
// later frame is a reading, and is answered when the database has it. Counters are served as
// JSON at http://127.0.0.1:6673/debug/vars.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/expvars"
)

var (
	addr    = flag.String("addr", "127.0.0.1:6672", "listen for devices on `HOST:PORT`")
	vars    = flag.String("vars", "127.0.0.1:6673", "serve counters on `HOST:PORT`")
	file    = flag.String("db", "readings.db", "the `FILE` of the database")
	devices = flag.Int("devices", 10_000, "how many devices may be connected")
)

func main() {
	flag.Parse()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	db, err := openStore(*file)
	if err != nil {
		return err
	}
	defer db.Close()
	g := newGateway(nil, db, *devices)
	if err := g.srv.Listen("tcp", *addr); err != nil {
		return err
	}
	expvars.PublishServer("devices", &g.srv)
	expvars.PublishWorkers("database", &g.workers)
	go http.ListenAndServe(*vars, nil) // until the program ends
	fmt.Println("gateway on", g.srv.Addr())
	<-ctx.Done()
	patience, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return g.srv.Shutdown(patience) // stores and answers all that has come
}
