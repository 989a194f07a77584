// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// The workloads with TLS. Their load is a goroutine for each connection, with crypto/tls:
// what it costs does not count, since only the server's CPU does.

// secureEcho is an echo over TLS 1.3. In modeScatter the answer comes in writes of
// scatterSize bytes.
func secureEcho(name, mode string, size, conns int) workload {
	title := fmt.Sprintf("TLS 1.3: messages of %d B to and fro, one at a time on each connection; connections: %d", size, conns)
	if mode == modeScatter {
		title += fmt.Sprintf("; answered in writes of %d B", scatterSize)
	}
	return workload{
		name:    name,
		title:   title,
		mode:    mode,
		size:    size,
		secure:  true,
		metrics: secureMetrics,
		measure: func(p *process, e effort) (sample, error) {
			return driveMany(p, e, min(conns, e.busy), func(i int) (func() error, error) {
				c, err := p.dial()
				if err != nil {
					return nil, err
				}
				at, answer := 7919*i%period, make([]byte, size)
				return func() error {
					defer func() { at = (at + size) % period }()
					return exchange(c, pattern[at:at+size], answer)
				}, nil
			})
		},
	}
}

// handshakes is clients that connect, have one message echoed and end. If they are
// resumed, each takes up the session of its last connection.
func handshakes(name string, clients int, resumed bool) workload {
	title := "TLS 1.3: connections made, with one message of 64 B to and fro, and ended; at a time: %d"
	if resumed {
		title += "; sessions are resumed"
	}
	return workload{
		name:    name,
		title:   fmt.Sprintf(title, clients),
		mode:    modeEcho,
		size:    64,
		secure:  true,
		metrics: secureMetrics,
		measure: func(p *process, e effort) (sample, error) {
			return driveMany(p, e, min(clients, e.busy), func(i int) (func() error, error) {
				config := insecure.Clone()
				if resumed {
					config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
				}
				made, answer := 0, make([]byte, 64)
				return func() error {
					c, err := p.dialWith(config)
					if err != nil {
						return err
					}
					defer c.Close()
					at := 7919 * (i + made) % period
					if err := exchange(c, pattern[at:at+64], answer); err != nil {
						return err
					}
					if did := c.(*tls.Conn).ConnectionState().DidResume; resumed && made > 0 && !did {
						return errors.New("the server did not resume the session")
					}
					made++
					return nil
				}, nil
			})
		},
	}
}

// exchange sends p and checks that it comes back.
func exchange(c net.Conn, p, answer []byte) error {
	if _, err := c.Write(p); err != nil {
		return err
	}
	if _, err := io.ReadFull(c, answer); err != nil {
		return err
	}
	if !bytes.Equal(answer, p) {
		return errors.New("got other bytes than were sent")
	}
	return nil
}

var secureMetrics = []metric{{cpuMetric, true}, {rateMetric, true}, {p50Metric, false}, {p99Metric, false}, {busyMetric, false}}

// driveMany measures the server while n goroutines each repeat what begin returns, after
// a time to warm up.
func driveMany(p *process, e effort, n int, begin func(i int) (func() error, error)) (sample, error) {
	repeats := make([]func() error, n)
	for i := range repeats {
		var err error
		if repeats[i], err = begin(i); err != nil {
			return nil, err
		}
	}
	var (
		mu     sync.Mutex // protects m
		m      = &meter{epoch: time.Now(), latencies: make([]time.Duration, 0, 1<<16)}
		stop   atomic.Bool
		failed = make(chan error, n) // nil of one that was stopped
	)
	for _, repeat := range repeats {
		go func() { // until stop, or an error
			for !stop.Load() {
				sent := m.now()
				if err := repeat(); err != nil {
					failed <- err
					return
				}
				mu.Lock()
				m.done(sent)
				mu.Unlock()
			}
			failed <- nil
		}()
	}
	left := n
	defer func() {
		stop.Store(true)
		for range left {
			<-failed
		}
	}()
	// pass lets the time pass, and waits until a message has come back.
	pass := func(d time.Duration) error {
		for began := time.Now(); ; d = 10 * time.Millisecond {
			select {
			case err := <-failed:
				left--
				return err
			case <-time.After(d):
			}
			mu.Lock()
			messages := m.messages
			mu.Unlock()
			if messages > 0 || time.Since(began) > patience {
				return nil
			}
		}
	}
	if err := pass(e.warm); err != nil {
		return nil, err
	}
	mu.Lock()
	m.reset()
	mu.Unlock()
	before, known := p.cpu()
	began := time.Now()
	if err := pass(e.measure); err != nil {
		return nil, err
	}
	took := time.Since(began)
	after, _ := p.cpu()
	mu.Lock()
	defer mu.Unlock()
	return m.sample(took, after-before, known)
}

// insecure is the configuration of clients: the certificate is the run's own, and to
// check it costs the server nothing.
var insecure = &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}

// dial makes a connection to p, with TLS if the workload wants it.
func (p *process) dial() (net.Conn, error) {
	if p.workload.secure {
		return p.dialWith(insecure)
	}
	return p.dialTCP(net.Dialer{})
}

// dialWith makes a connection with TLS.
func (p *process) dialWith(config *tls.Config) (net.Conn, error) {
	c, err := p.dialTCP(net.Dialer{})
	if err != nil {
		return nil, err
	}
	return secured(c, config)
}

// dialTCP makes a connection that resets at its end, so that it leaves no TIME_WAIT, of
// which there would be thousands. It fails when it takes longer than any sample.
func (p *process) dialTCP(d net.Dialer) (net.Conn, error) {
	c, err := d.Dial("tcp", p.addr.String())
	if err != nil {
		return nil, err
	}
	return c, errors.Join(c.(*net.TCPConn).SetLinger(0), c.SetDeadline(time.Now().Add(time.Minute)))
}

// secured returns c with TLS, after its handshake.
func secured(c net.Conn, config *tls.Config) (net.Conn, error) {
	t := tls.Client(c, config)
	if err := t.Handshake(); err != nil {
		c.Close()
		return nil, err
	}
	return t, nil
}

// keyFile returns the path of a file with a certificate and its key, which is made for
// this run.
var keyFile = sync.OnceValues(func() (string, error) {
	dir, err := workshop()
	if err != nil {
		return "", err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour), DNSNames: []string{"localhost"}}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return "", err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	path := filepath.Join(dir, "key.pem")
	return path, os.WriteFile(path, text, 0o600)
})

// serverConfig returns the configuration of a server that is started with a key file, and
// nil without one.
func serverConfig(keyFile string) (*tls.Config, error) {
	if keyFile == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(keyFile, keyFile)
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13}, err
}
