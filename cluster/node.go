// Copyright 2026 The duplex authors. MIT license.

package cluster

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/duplex-go/duplex/room"
)

var _ room.Bus = (*Node)(nil)

// A Node is a [room.Bus] over NATS. It needs Listen or URL. The fields must not change after the first
// call of a method. Package room calls the methods; a program calls Addr at most.
type Node struct {
	// Name is the name of this node, which no other has. Empty is the name of the host and
	// something random.
	Name string

	// Listen is the address, with a port, at which other nodes reach this one: a TCP address of
	// this host. Port 0 is any free port: see Addr.
	Listen string

	// Advertise is the address that other nodes are told instead of Listen, if that is behind
	// an address translation, or if it is an address of all interfaces.
	Advertise string

	// Peers are addresses of other nodes. Those that do not answer are tried again for
	// ever. This node itself may be among them. Nodes tell each other of nodes that are not
	// among them; one that is lost is tried again for an hour.
	Peers []string

	// Secret is the same for all nodes. It must not be empty, unless Listen and Peers are
	// on the loopback interface.
	Secret string

	// TLS encrypts the connections between nodes, or that to URL. Between nodes each is a server and a
	// client, and needs a certificate that the others trust. Nil is no encryption,
	// unless URL asks for it.
	TLS *tls.Config

	// URL is that of the operator's NATS servers, several separated by commas. It may have a
	// user and a password. The fields above, but Name and TLS, must be empty then.
	URL string

	// Credentials is a file with the credentials for URL.
	Credentials string

	// Prefix begins every subject. Nodes with different prefixes do not hear each other. Empty is "duplex". It has
	// letters, digits, '-' and '_'.
	Prefix string

	// MaxPending is how many bytes the server of this node holds for one connection that does not keep up,
	// before it ends it. 0 is 512 MiB.
	MaxPending int64

	// Logger logs what goes wrong between nodes. Nil is [slog.Default].
	Logger *slog.Logger

	once sync.Once
	name string

	server  *server.Server // nil with URL
	conn    *nats.Conn
	prefix  string
	receive func(string, []byte)
	lost    func(int)

	messages chan *nats.Msg // of all subscriptions
	changed  chan struct{}  // has room for one: a connection was lost or made

	mu     sync.Mutex
	subs   map[string]*nats.Subscription
	slow   map[*nats.Subscription]int // that have dropped messages, and how many of them lost has reported
	closed bool

	stop    chan struct{} // closed by Close
	workers sync.WaitGroup
}

// Errors of Start.
var (
	ErrSecret = errors.New("cluster: beyond the loopback interface a Secret is needed")
	ErrFields = errors.New("cluster: a Node needs Listen or URL, and with URL neither Listen, Advertise, Peers nor Secret")
	ErrPrefix = errors.New("cluster: a Prefix has letters, digits, '-' and '_'")
)

// backlog is how many messages may wait for the Hub.
const backlog = 64 << 10

// poll is the time between two looks at the number of other servers: NATS reports no
// loss of one.
const poll = 50 * time.Millisecond

// flushing is how long Close waits until what was published has left.
const flushing = 2 * time.Second

// Node returns the name of this node.
func (n *Node) Node() string {
	n.once.Do(func() {
		if n.name = n.Name; n.name == "" {
			host, err := os.Hostname()
			if err != nil {
				host = "node"
			}
			n.name = host[:min(len(host), 200)] + "-" + rand.Text()[:8]
		}
	})
	return n.name
}

// Addr returns the address at which other nodes reach this one, once Start has returned. It is nil with URL.
func (n *Node) Addr() net.Addr {
	if n.server == nil {
		return nil
	}
	return n.server.ClusterAddr()
}

// Start connects to NATS. With Listen it returns when this node can be reached; Peers that
// do not run yet are no error. With URL, NATS has to answer.
func (n *Node) Start(receive func(subject string, p []byte), lost func(n int)) error {
	if err := n.check(); err != nil {
		return err
	}
	n.receive, n.lost = receive, lost
	n.subs = make(map[string]*nats.Subscription)
	n.slow = make(map[*nats.Subscription]int)
	n.messages = make(chan *nats.Msg, backlog)
	n.changed = make(chan struct{}, 1)
	n.stop = make(chan struct{})

	url, options := n.URL, []nats.Option{
		nats.Name(n.Node()),
		nats.NoEcho(),
		nats.ReconnectBufSize(-1), // what is published meanwhile would arrive late
		nats.MaxReconnects(-1),
		nats.ReconnectWait(250 * time.Millisecond),
		nats.ErrorHandler(n.failed),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { n.disconnected(err) }),
		nats.ReconnectHandler(func(*nats.Conn) { n.disconnected(nil) }),
	}
	if n.Listen != "" {
		token := rand.Text()
		if err := n.serve(token); err != nil {
			return err
		}
		options = append(options, nats.InProcessServer(n.server), nats.Token(token), nats.Timeout(starting))
	}
	if n.URL != "" && n.TLS != nil {
		options = append(options, nats.Secure(n.TLS))
	}
	if n.Credentials != "" {
		options = append(options, nats.UserCredentials(n.Credentials))
	}
	conn, err := nats.Connect(url, options...)
	if err != nil {
		n.halt()
		return fmt.Errorf("cluster: cannot connect to NATS: %w", err)
	}
	n.conn = conn
	n.workers.Go(n.deliver) // until Close
	n.workers.Go(n.watch)   // until Close
	return nil
}

var prefixes = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// check returns what is wrong with the fields.
func (n *Node) check() error {
	if (n.Listen == "") == (n.URL == "") || n.URL != "" && (n.Advertise != "" || len(n.Peers) > 0 || n.Secret != "") {
		return ErrFields
	}
	if n.prefix = n.Prefix; n.prefix == "" {
		n.prefix = "duplex"
	}
	if !prefixes.MatchString(n.prefix) {
		return ErrPrefix
	}
	n.prefix += "."
	if n.Secret != "" || n.URL != "" {
		return nil
	}
	for _, address := range append([]string{n.Listen}, n.Peers...) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return fmt.Errorf("cluster: %w", err)
		}
		if ip := net.ParseIP(host); host != "localhost" && !ip.IsLoopback() {
			return fmt.Errorf("%w: %s", ErrSecret, address)
		}
	}
	return nil
}

// Subscribe asks for the messages of a subject.
func (n *Node) Subscribe(subject string) error {
	// One channel for all: a subscription with a function has a goroutine.
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return net.ErrClosed
	}
	sub, err := n.conn.ChanSubscribe(n.prefix+subject, n.messages)
	if err == nil {
		n.subs[subject] = sub
	}
	return err
}

// Unsubscribe ends a subscription.
func (n *Node) Unsubscribe(subject string) error {
	n.mu.Lock()
	sub := n.subs[subject]
	delete(n.subs, subject)
	delete(n.slow, sub)
	n.mu.Unlock()
	if sub == nil {
		return nil
	}
	return sub.Unsubscribe()
}

// Publish sends p to the nodes that have subscribed to the subject.
func (n *Node) Publish(subject string, p []byte) error { return n.conn.Publish(n.prefix+subject, p) }

// deliver gives what arrives to the Hub.
func (n *Node) deliver() {
	for {
		select {
		case m := <-n.messages:
			n.receive(strings.TrimPrefix(m.Subject, n.prefix), m.Data)
		case <-n.stop:
			return
		}
	}
}

// watch reports that a server or the connection was lost, and how many messages NATS has
// dropped here.
func (n *Node) watch() {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	remotes := 0
	for {
		select {
		case <-n.stop:
			return
		case <-n.changed:
			n.lost(0)
		case <-tick.C:
			if n.server != nil {
				now := n.server.NumRemotes()
				if now < remotes {
					n.lost(0)
				}
				remotes = now
			}
			if dropped := n.dropped(); dropped > 0 {
				n.lost(dropped)
			}
		}
	}
}

// failed is called by NATS, for example when messages were dropped here.
func (n *Node) failed(_ *nats.Conn, sub *nats.Subscription, err error) {
	if sub != nil && errors.Is(err, nats.ErrSlowConsumer) {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.slow[sub] += 0
		return
	}
	n.log().Warn("cluster: " + err.Error())
}

// dropped returns how many messages were dropped since the last call.
func (n *Node) dropped() (sum int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for sub, reported := range n.slow {
		if all, err := sub.Dropped(); err == nil {
			sum += all - reported
			n.slow[sub] = all
		}
	}
	return sum
}

// disconnected is called when the connection to NATS was lost or is there again.
func (n *Node) disconnected(err error) {
	if err != nil {
		n.log().Warn("cluster: the connection to NATS was lost", "err", err)
	}
	select {
	case n.changed <- struct{}{}:
	default:
	}
}

// Close sends what was published, and ends the connection and the server. It receives nothing more, so
// the confirmation of NATS need not wait for messages of others. If that has not come after two seconds, Close says so: the last
// messages of this node may be lost then.
func (n *Node) Close() error {
	n.mu.Lock()
	if n.closed || n.conn == nil {
		n.mu.Unlock()
		return net.ErrClosed
	}
	n.closed = true
	subs := n.subs
	n.subs = nil
	n.mu.Unlock()
	for _, sub := range subs {
		_ = sub.Unsubscribe() // an error says that the connection is lost, as that of the flush does
	}
	err := n.conn.FlushTimeout(flushing)
	if err != nil {
		err = fmt.Errorf("cluster: NATS has not confirmed what was published last: %w", err)
	}
	n.conn.Close()
	close(n.stop)
	n.workers.Wait()
	n.halt()
	return err
}

func (n *Node) log() *slog.Logger {
	if n.Logger != nil {
		return n.Logger
	}
	return slog.Default()
}
