// Copyright 2026 The duplex authors. MIT license.

package cluster_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"github.com/duplex-go/duplex/cluster"
	"github.com/duplex-go/duplex/room"
)

// An authority signs certificates for 127.0.0.1.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{key: must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "the authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der := must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key))
	a.cert = must[*x509.Certificate](t)(x509.ParseCertificate(der))
	return a
}

// config returns a configuration for a node or an operator's server: it has a certificate of the
// authority, and wants one.
func (a *authority) config(t *testing.T) *tls.Config {
	t.Helper()
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	der := must[[]byte](t)(x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "a node"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}, a.cert, key.Public(), a.key))
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		RootCAs:      pool, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
	}
}

// talk holds that a message comes from one node to another.
func talk(t *testing.T, from, to *room.Hub) {
	t.Helper()
	meet(t, from, to)
	client := member(t, to, "x")
	if err := to.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := from.Room("x").Send([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	client.Expect(t, "data: hello")
}

func TestNodesSpeakTLS(t *testing.T) {
	trusted := newAuthority(t)
	nodes := embedded(t, "a", "b")
	w := newWeb(t)
	for i, n := range nodes {
		n.TLS = trusted.config(t)
		n.Advertise = w.relay(t, n.Name, n.Listen)
		n.Peers = []string{nodes[0].Advertise}[:i]
	}
	a, b := start(t, nodes[0]), start(t, nodes[1])
	talk(t, a, b)
	if read := w.read(); !strings.HasPrefix(read, "\x16\x03") || strings.Contains(read, "hello") || strings.Contains(read, "duplex.room") {
		t.Errorf("the network shows %.200q", read)
	}
}

func TestANodeThatIsNotTrustedStaysOut(t *testing.T) {
	trusted := newAuthority(t)
	for name, config := range map[string]*tls.Config{"no TLS": nil, "another authority": newAuthority(t).config(t)} {
		t.Run(name, func(t *testing.T) {
			nodes := embedded(t, "a", "b", "stranger")
			nodes[0].TLS, nodes[1].TLS, nodes[2].TLS = trusted.config(t), trusted.config(t), config
			stranger := start(t, nodes[2])
			a, b := start(t, nodes[0]), start(t, nodes[1])
			talk(t, a, b)
			time.Sleep(300 * time.Millisecond) // it is tried all the time
			known := append(a.Nodes(), b.Nodes()...)
			if len(stranger.Nodes()) > 0 || slices.ContainsFunc(known, func(n room.Node) bool { return n.Name == "stranger" }) {
				t.Errorf("the stranger knows %v, and the others %v", stranger.Nodes(), known)
			}
		})
	}
}

func TestTLSIsNoSecret(t *testing.T) {
	n := &cluster.Node{Listen: "0.0.0.0:0", TLS: newAuthority(t).config(t), Logger: quiet}
	if err := (&room.Hub{Bus: n}).Start(); !errors.Is(err, cluster.ErrSecret) {
		t.Errorf("got %v", err)
	}
}

// operate starts the NATS server of an operator, and returns its address.
func operate(t *testing.T, options *server.Options) string {
	t.Helper()
	options.Host, options.Port, options.NoSigs, options.NoLog = "127.0.0.1", server.RANDOM_PORT, true, true
	s := must[*server.Server](t)(server.NewServer(options))
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s.Addr().String()
}

// credentials returns the options of a server of an operator, and the file of a user.
func credentials(t *testing.T) (options *server.Options, file string) {
	t.Helper()
	pair := func(kind nkeys.PrefixByte) (key nkeys.KeyPair, public string) {
		key = must[nkeys.KeyPair](t)(nkeys.CreatePair(kind))
		return key, must[string](t)(key.PublicKey())
	}
	encode := must[string](t)
	operator, operatorName := pair(nkeys.PrefixByteOperator)
	account, accountName := pair(nkeys.PrefixByteAccount)
	user, userName := pair(nkeys.PrefixByteUser)
	claims := jwt.NewAccountClaims(accountName)
	resolver := &server.MemAccResolver{}
	if err := resolver.Store(accountName, encode(claims.Encode(operator))); err != nil {
		t.Fatal(err)
	}
	of := must[[]byte](t)(jwt.FormatUserConfig(encode(jwt.NewUserClaims(userName).Encode(account)), must[[]byte](t)(user.Seed())))
	file = filepath.Join(t.TempDir(), "game.creds")
	if err := os.WriteFile(file, of, 0o600); err != nil {
		t.Fatal(err)
	}
	return &server.Options{TrustedOperators: []*jwt.OperatorClaims{jwt.NewOperatorClaims(operatorName)}, AccountResolver: resolver}, file
}

func TestTheOperatorsNATSKnowsItsUsers(t *testing.T) {
	trusted := newAuthority(t)
	withCredentials, file := credentials(t)
	_, strange := credentials(t)
	password := &server.Options{Username: "game", Password: "of the tests"}
	encrypted := &server.Options{TLS: true, TLSConfig: trusted.config(t), TLSTimeout: 5, Username: "game", Password: "of the tests"}
	for name, c := range map[string]struct {
		options *server.Options
		good    *cluster.Node
		bad     map[string]*cluster.Node
	}{
		"password": {password, &cluster.Node{URL: "nats://game:of%20the%20tests@"}, map[string]*cluster.Node{
			"wrong": {URL: "nats://game:guess@"}, "none": {URL: "nats://"},
		}},
		"credentials": {withCredentials, &cluster.Node{URL: "nats://", Credentials: file}, map[string]*cluster.Node{
			"none": {URL: "nats://"}, "of another operator": {URL: "nats://", Credentials: strange}, "no file": {URL: "nats://", Credentials: file + "x"},
		}},
		"TLS": {encrypted, &cluster.Node{URL: "tls://game:of%20the%20tests@", TLS: trusted.config(t)}, map[string]*cluster.Node{
			"wrong":                       {URL: "tls://game:guess@", TLS: trusted.config(t)},
			"a server that is not known":  {URL: "tls://game:of%20the%20tests@", TLS: &tls.Config{}},
			"a client that is not known":  {URL: "tls://game:of%20the%20tests@", TLS: &tls.Config{RootCAs: trusted.config(t).RootCAs}},
			"a client of another's trust": {URL: "tls://game:of%20the%20tests@", TLS: newAuthority(t).config(t)},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			addr := operate(t, c.options)
			node := func(name string, with *cluster.Node) *cluster.Node {
				return &cluster.Node{Name: name, URL: with.URL + addr, Credentials: with.Credentials, TLS: with.TLS, Logger: quiet}
			}
			talk(t, start(t, node("a", c.good)), start(t, node("b", c.good)))
			for why, with := range c.bad {
				h := &room.Hub{Bus: node("stranger", with)}
				if err := h.Start(); err == nil {
					t.Errorf("%s: it was let in", why)
					h.Close(t.Context())
				} else {
					t.Logf("%s: %v", why, err)
				}
			}
		})
	}
}
