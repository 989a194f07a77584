// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

const backMetric = "bytes back"

// late is a client that sends much, ends its side, and reads only some time after
// that. It counts what comes back.
func late(name string, size int) workload {
	return workload{
		name:    name,
		title:   fmt.Sprintf("bytes that come back of %d when the client ends its side first and reads a second later", size),
		mode:    modeEcho,
		size:    64,
		once:    true,
		metrics: []metric{{backMetric, true}},
		measure: func(p *process, e effort) (sample, error) {
			c, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(p.addr))
			if err != nil {
				return nil, err
			}
			defer c.Close()
			if err := c.SetDeadline(time.Now().Add(e.late + 2*patience)); err != nil {
				return nil, err
			}
			whole := bytes.Repeat(pattern[:1000], size/1000)
			sent := make(chan struct{})
			go func() { // until all is sent, or the connection is closed
				defer close(sent)
				if _, err := c.Write(whole); err == nil {
					_ = c.CloseWrite()
				}
			}()
			// A server that takes no more than it has given back waits for the reader.
			select {
			case <-sent:
			case <-time.After(patience / 5):
			}
			time.Sleep(e.late)
			// What cuts it short is no failure of the measurement: it is the figure.
			back, _ := io.ReadAll(io.LimitReader(c, int64(size)+1))
			if !bytes.HasPrefix(whole, back) {
				return nil, errors.New("got other bytes than were sent")
			}
			return sample{backMetric: float64(len(back))}, nil
		},
	}
}
