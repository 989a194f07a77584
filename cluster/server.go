// Copyright 2026 The duplex authors. MIT license.

package cluster

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// starting is how long the server may take to start.
const starting = 10 * time.Second

// retries is how often, once a second, a node tries to reach one that it has lost, and that is not
// among its Peers. NATS would not, and two nodes that both reach a third would stay apart.
const retries = 3600

// serve starts the NATS server of this node. Its only client has the token.
func (n *Node) serve(token string) error {
	host, portText, err := net.SplitHostPort(n.Listen)
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return fmt.Errorf("cluster: the port of %s is no number", n.Listen)
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	user := &url.Userinfo{}
	cluster := server.ClusterOpts{
		Name:      strings.TrimSuffix(n.prefix, "."),
		Host:      host,
		Port:      port,
		Advertise: n.Advertise,
		PoolSize:  -1, // one connection to each node: messages of all subjects stay in order
		// For a node that others have told of: those in Peers are tried for ever.
		ConnectRetries: retries,
	}
	if n.Secret != "" {
		// Not the secret itself: one that looks like a hash would be taken for one.
		sum := sha256.Sum256([]byte("duplex cluster\n" + n.Secret))
		cluster.Username, cluster.Password = "duplex", hex.EncodeToString(sum[:])
		user = url.UserPassword(cluster.Username, cluster.Password)
	}
	if n.TLS != nil {
		cluster.TLSConfig = n.TLS.Clone()
		cluster.TLSTimeout = server.DEFAULT_ROUTE_CONNECT.Seconds()
	}
	options := &server.Options{
		ServerName:    url.QueryEscape(n.Node()), // NATS takes no spaces, and its protocol is one of lines
		Host:          "127.0.0.1",               // a server that does not listen does not cluster, either
		Port:          server.RANDOM_PORT,
		Authorization: token,
		Cluster:       cluster,
		MaxPending:    n.MaxPending,
		NoSigs:        true,
		NoLog:         true,
	}
	if options.MaxPending == 0 {
		options.MaxPending = 512 << 20
	}
	for _, peer := range n.Peers {
		if _, _, err := net.SplitHostPort(peer); err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		route := &url.URL{Scheme: "nats-route", Host: peer}
		if n.Secret != "" {
			route.User = user
		}
		options.Routes = append(options.Routes, route)
	}
	s, err := server.NewServer(options)
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	log := &serverLog{log: n.log(), fatal: make(chan string, 1)}
	s.SetLoggerV2(log, false, false, false)
	s.Start()
	ready := make(chan bool, 1)
	go func() { ready <- s.ReadyForConnections(starting) }() // ends after that time
	select {
	case text := <-log.fatal:
		err = errors.New("cluster: " + text)
	case ok := <-ready:
		if !ok {
			err = errors.New("cluster: the NATS server did not start")
		}
	}
	if err != nil {
		s.Shutdown()
		s.WaitForShutdown()
		return err
	}
	n.server = s
	return nil
}

// halt ends the server.
func (n *Node) halt() {
	if n.server != nil {
		n.server.Shutdown()
		n.server.WaitForShutdown()
	}
}

// A serverLog passes on what the server logs as a warning or worse. It implements
// server.Logger.
type serverLog struct {
	log   *slog.Logger
	fatal chan string // why the server cannot start
}

func (l *serverLog) Noticef(string, ...any) {}
func (l *serverLog) Debugf(string, ...any)  {}
func (l *serverLog) Tracef(string, ...any)  {}

func (l *serverLog) Warnf(format string, v ...any) {
	// The password is made here, and is in no file.
	if text := fmt.Sprintf(format, v...); !strings.Contains(text, "Plaintext passwords") {
		l.log.Warn("cluster: " + text)
	}
}

func (l *serverLog) Errorf(format string, v ...any) {
	level, text := slog.LevelError, fmt.Sprintf(format, v...)
	if strings.Contains(text, "duplicate name") {
		text += "; hint: another node has the name of one that is here; it stays out"
	}
	if comesAndGoes(text) {
		level = slog.LevelDebug
	}
	l.log.Log(context.Background(), level, "cluster: "+text)
}

// comesAndGoes reports whether the server logs only that another node does not run yet, or
// no more. Package room reports that where it matters, by OnNode.
func comesAndGoes(text string) bool {
	for _, sign := range []string{"trying to connect to route", "broken pipe", "connection reset"} {
		if strings.Contains(text, sign) {
			return true
		}
	}
	return false
}

func (l *serverLog) Fatalf(format string, v ...any) {
	select {
	case l.fatal <- fmt.Sprintf(format, v...):
	default:
	}
}
