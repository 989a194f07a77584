// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/netconn"
)

// The workloads of net/http: over package netconn, and over package net. Their load is a
// goroutine for each connection, as that with TLS.

const modeHTTP = "http" // each request is answered by size bytes

// withHTTP are the servers that have net/http.
const withHTTP = "duplex std"

// serveHTTP serves net/http on ln.
func serveHTTP(ln net.Listener, size int, config *tls.Config) (net.Addr, error) {
	if config != nil {
		ln = tls.NewListener(ln, config)
	}
	answer := pattern[:size]
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(size))
		w.Write(answer)
	})}
	go srv.Serve(ln) // until the process ends
	return ln.Addr(), nil
}

func serveNetconn(size int, config *tls.Config) (net.Addr, error) {
	ln, err := netconn.Listen(new(duplex.Server), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return serveHTTP(ln, size, config)
}

// A visitorHTTP is a connection that is kept alive.
type visitorHTTP struct {
	c      net.Conn
	r      *bufio.Reader
	answer []byte
}

func (p *process) visitHTTP() (*visitorHTTP, error) {
	c, err := p.dial()
	if err != nil {
		return nil, err
	}
	return &visitorHTTP{c, bufio.NewReaderSize(c, 1<<10), make([]byte, p.workload.size)}, nil
}

// get makes a request, and reads the answer.
func (v *visitorHTTP) get() error {
	if _, err := io.WriteString(v.c, "GET / HTTP/1.1\r\nHost: bench\r\n\r\n"); err != nil {
		return err
	}
	res, err := http.ReadResponse(v.r, nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.ReadFull(res.Body, v.answer); err != nil {
		return err
	}
	if string(v.answer) != string(pattern[:len(v.answer)]) {
		return fmt.Errorf("got other bytes than the answer's")
	}
	return nil
}

// requests is clients that make one request after another, each on its connection.
func requests(name string, size, conns int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("net/http over netconn and over package net: requests, answered by %d B; connections, kept alive: %d", size, conns),
		mode:    modeHTTP,
		size:    size,
		among:   withHTTP,
		metrics: secureMetrics,
		measure: func(p *process, e effort) (sample, error) {
			return driveMany(p, e, min(conns, e.busy), func(int) (func() error, error) {
				v, err := p.visitHTTP()
				if err != nil {
					return nil, err
				}
				return v.get, nil
			})
		},
	}
}

// keptAlive is connections that wait for their next request.
func keptAlive(name string, size, most int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("net/http over netconn and over package net: resident memory of a connection that is kept alive, before and after a request of %d B", size),
		mode:    modeHTTP,
		size:    size,
		proc:    true,
		among:   withHTTP,
		metrics: []metric{{bareMetric, true}, {usedMetric, true}, {countMetric, false}},
		measure: func(p *process, e effort) (sample, error) {
			c := &crowd{servers: []*process{p}}
			for range 16 { // what the server needs once
				v, err := p.visitHTTP()
				if err != nil {
					return nil, err
				}
				err = v.get()
				v.c.Close()
				if err != nil {
					return nil, err
				}
			}
			before, err := c.settled()
			if err != nil {
				return nil, err
			}
			all := make([]*visitorHTTP, min(most, e.idle, affordable(), descriptors()-100))
			for i := range all {
				if all[i], err = p.visitHTTP(); err != nil {
					return nil, err
				}
				defer all[i].c.Close()
			}
			bare, err := c.settled()
			if err != nil {
				return nil, err
			}
			for _, v := range all {
				if err := v.get(); err != nil {
					return nil, err
				}
			}
			used, err := c.settled()
			made := float64(len(all))
			return sample{bareMetric: float64(bare-before) / made, usedMetric: float64(used-before) / made, countMetric: made}, err
		},
	}
}
