// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"crypto/tls"
	"net"
	"runtime/debug"
	"sync"

	"github.com/cloudwego/netpoll"
)

func init() { roles["netpoll"] = serveNetpoll }

var netpollServer = server{
	name:    "netpoll",
	title:   "CloudWeGo's netpoll, with its defaults",
	command: func() ([]string, error) { return itself("netpoll") },
	plain:   true,
	version: func() string {
		info, _ := debug.ReadBuildInfo()
		for _, dep := range info.Deps {
			if dep.Path == "github.com/cloudwego/netpoll" {
				return "netpoll " + dep.Version
			}
		}
		return ""
	},
}

// serveNetpoll reads and writes without copies, as netpoll's own examples do.
func serveNetpoll(mode string, size int, _ *tls.Config) (net.Addr, error) {
	var everyone room
	answers := map[string]netpoll.OnRequest{
		modeEcho: func(_ context.Context, c netpoll.Connection) error {
			p, err := c.Reader().Next(c.Reader().Len())
			if err != nil {
				return err
			}
			defer c.Reader().Release()
			return send(c, p)
		},
		modeBroadcast: func(_ context.Context, c netpoll.Connection) error {
			p, err := c.Reader().Next(c.Reader().Len())
			if err != nil {
				return err
			}
			defer c.Reader().Release()
			everyone.write(p)
			return nil
		},
		modeSink: func(ctx context.Context, c netpoll.Connection) error {
			n := c.Reader().Len()
			if err := c.Reader().Skip(n); err != nil {
				return err
			}
			if err := c.Reader().Release(); err != nil {
				return err
			}
			return send(c, ctx.Value(tallyKey{}).(*tally).add(n, size))
		},
		modeSource: func(_ context.Context, c netpoll.Connection) error {
			if err := c.Reader().Skip(c.Reader().Len()); err != nil {
				return err
			}
			for p := stream(size); ; {
				if err := send(c, p); err != nil {
					return nil // the client has gone
				}
			}
		},
	}
	loop, err := netpoll.NewEventLoop(answers[mode], netpoll.WithOnPrepare(func(c netpoll.Connection) context.Context {
		switch mode {
		case modeBroadcast:
			m := &locked{conn: c}
			everyone.join(m)
			_ = c.AddCloseCallback(func(netpoll.Connection) error { everyone.leave(m); return nil })
		case modeSink:
			return context.WithValue(context.Background(), tallyKey{}, new(tally))
		}
		return context.Background()
	}))
	if err != nil {
		return nil, err
	}
	ln, err := netpoll.CreateListener("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go loop.Serve(ln) // until the process ends
	return ln.Addr(), nil
}

func send(c netpoll.Connection, p []byte) error {
	if len(p) == 0 {
		return nil
	}
	if _, err := c.Writer().WriteBinary(p); err != nil {
		return err
	}
	return c.Writer().Flush()
}

// A locked is a member of a room: a connection of netpoll has one writer at a time.
type locked struct {
	mu   sync.Mutex
	conn netpoll.Connection
}

func (m *locked) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.conn.Write(p)
}

// tallyKey finds the tally of a connection.
type tallyKey struct{}
