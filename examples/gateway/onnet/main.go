// Copyright 2026 The duplex authors. MIT license.

// Onnet is the gateway on package net, for comparison: the same protocol, limits, counters and
// end, without duplex.
package main

import (
	"bytes"
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/binary"
	"errors"
	"expvar"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	_ "modernc.org/sqlite" // the driver
)

var (
	addr    = flag.String("addr", "127.0.0.1:6672", "listen for devices on `HOST:PORT`")
	vars    = flag.String("vars", "127.0.0.1:6673", "serve counters on `HOST:PORT`")
	file    = flag.String("db", "readings.db", "the `FILE` of the database")
	devices = flag.Int("devices", 10_000, "how many devices may be connected")
)

const (
	loginTime    = 5 * time.Second
	readTimeout  = 10 * time.Minute
	writeTimeout = time.Minute
	maxFrame     = 256
)

var (
	accepted = expvar.NewInt("devices.accepted")
	refused  = expvar.NewInt("devices.refused")
	open     = expvar.NewInt("devices.open")
	received = expvar.NewInt("devices.bytesReceived")
	sent     = expvar.NewInt("devices.bytesSent")
	frames   = expvar.NewInt("devices.frames")
	timeouts = expvar.NewInt("devices.timeouts")
	failed   = expvar.NewInt("devices.failed")
	working  = expvar.NewInt("database.running")
	waiting  = expvar.NewInt("database.waiting")
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
	db, err := sql.Open("sqlite", "file:"+*file+"?_pragma=busy_timeout(30000)&_pragma=journal_mode(WAL)")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(`
		CREATE TABLE IF NOT EXISTS devices (id TEXT PRIMARY KEY, secret TEXT NOT NULL);
		CREATE TABLE IF NOT EXISTS readings (device TEXT NOT NULL, at INTEGER NOT NULL, value REAL NOT NULL);`)
	if err != nil {
		return err
	}
	g := &gateway{
		db: db, places: make(chan struct{}, 4), limit: *devices,
		conns: make(map[net.Conn]bool), ending: make(chan struct{}),
	}
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	go http.ListenAndServe(*vars, nil) // until the program ends
	fmt.Println("gateway on", ln.Addr())
	go func() {
		<-ctx.Done()
		ln.Close()
	}()
	g.serve(ln)
	return g.shutdown(10 * time.Second)
}

type gateway struct {
	db     *sql.DB
	places chan struct{} // one for each callback in the database
	limit  int

	all    sync.WaitGroup
	ending chan struct{}
	mu     sync.Mutex // guards conns
	conns  map[net.Conn]bool
}

// serve accepts devices until the listener is closed.
func (g *gateway) serve(ln net.Listener) {
	for pause := time.Duration(0); ; {
		c, err := ln.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // no descriptor is left, perhaps
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			time.Sleep(pause)
			continue
		}
		pause = 0
		if !g.admit(c) {
			refused.Add(1)
			c.Close()
			continue
		}
		accepted.Add(1)
		g.all.Go(func() {
			defer g.leave(c)
			g.talk(c)
		})
	}
}

func (g *gateway) admit(c net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.conns) >= g.limit {
		return false
	}
	g.conns[c] = true
	open.Add(1)
	return true
}

func (g *gateway) leave(c net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.conns, c)
	open.Add(-1)
	c.Close()
}

// talk serves one device.
func (g *gateway) talk(c net.Conn) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // a device that leaves while the database is at work is noticed later
	in := &reader{conn: c}
	c.SetReadDeadline(time.Now().Add(loginTime))
	frame, err := in.frame()
	if err != nil {
		count(err)
		return
	}
	id, secret, _ := bytes.Cut(frame, []byte(" "))
	device := string(id)
	if known, err := g.knows(ctx, device, string(secret)); err != nil || !known {
		answer(c, "refused")
		return
	}
	if !answer(c, "welcome") {
		return
	}
	for {
		select {
		case <-g.ending:
			return
		default:
		}
		c.SetReadDeadline(time.Now().Add(readTimeout))
		frame, err := in.frame()
		if err != nil {
			count(err)
			return
		}
		text := "stored"
		if value, err := strconv.ParseFloat(string(frame), 64); err != nil {
			text = "not a number"
		} else if err := g.add(ctx, device, time.Now(), value); err != nil {
			text = "not stored"
		}
		if !answer(c, text) {
			return
		}
	}
}

// A reader reads frames.
type reader struct {
	conn net.Conn
	buf  [2 + maxFrame]byte
}

func (r *reader) frame() ([]byte, error) {
	if _, err := io.ReadFull(r.conn, r.buf[:2]); err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(r.buf[:]))
	if n > maxFrame {
		return nil, fmt.Errorf("a frame of %d bytes", n)
	}
	if _, err := io.ReadFull(r.conn, r.buf[2:2+n]); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	received.Add(int64(2 + n))
	frames.Add(1)
	return r.buf[2 : 2+n], nil
}

// answer writes a frame, and reports whether it could.
func answer(c net.Conn, text string) bool {
	frame := binary.BigEndian.AppendUint16(nil, uint16(len(text)))
	frame = append(frame, text...)
	c.SetWriteDeadline(time.Now().Add(writeTimeout))
	n, err := c.Write(frame)
	sent.Add(int64(n))
	if err != nil {
		count(err)
	}
	return err == nil
}

func count(err error) {
	switch {
	case err == io.EOF:
	case errors.Is(err, os.ErrDeadlineExceeded):
		timeouts.Add(1)
	default:
		failed.Add(1)
	}
}

// place waits for a place in the database.
func (g *gateway) place() (leave func()) {
	waiting.Add(1)
	g.places <- struct{}{}
	waiting.Add(-1)
	working.Add(1)
	return func() {
		working.Add(-1)
		<-g.places
	}
}

func (g *gateway) knows(ctx context.Context, id, secret string) (bool, error) {
	defer g.place()()
	var want string
	err := g.db.QueryRowContext(ctx, "SELECT secret FROM devices WHERE id = ?", id).Scan(&want)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return subtle.ConstantTimeCompare([]byte(secret), []byte(want)) == 1, err
}

func (g *gateway) add(ctx context.Context, id string, at time.Time, value float64) error {
	defer g.place()()
	_, err := g.db.ExecContext(ctx, "INSERT INTO readings VALUES (?, ?, ?)", id, at.UnixMilli(), value)
	return err
}

// shutdown lets work in progress end, and its answers be sent.
func (g *gateway) shutdown(most time.Duration) error {
	close(g.ending)
	g.mu.Lock()
	for c := range g.conns {
		c.SetReadDeadline(time.Now()) // wakes those that wait for a frame
	}
	g.mu.Unlock()
	done := make(chan struct{})
	go func() {
		g.all.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(most):
		return errors.New("not all devices have ended in time")
	}
}
