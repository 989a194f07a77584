// Copyright 2026 The duplex authors. MIT license.

package secure_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"io"
	"net"
	"regexp"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/driver/memory"
	"github.com/duplex-go/duplex/internal/rig"
)

// A sealer makes records of TLS 1.3 with the traffic secret of one side (RFC 8446, section
// 7), among them those that crypto/tls does not send.
type sealer struct {
	hash   func() hash.Hash
	key    int // its length
	secret []byte
	aead   cipher.AEAD
	iv     []byte
	seq    uint64
}

// newSealer returns a sealer with the secret of that name in a log of keys. The first
// record that it makes is the first one after the handshake.
func newSealer(t *testing.T, suite uint16, log []byte, name string) *sealer {
	t.Helper()
	s := &sealer{hash: sha256.New, key: 16}
	switch suite {
	case tls.TLS_AES_128_GCM_SHA256:
	case tls.TLS_AES_256_GCM_SHA384:
		s.hash, s.key = sha512.New384, 32
	default:
		t.Skipf("NOT TESTED: the standard library exports no cipher of %s, which is agreed on without instructions for AES", tls.CipherSuiteName(suite))
	}
	found := regexp.MustCompile(`(?m)^` + name + ` \S+ (\S+)$`).FindSubmatch(log)
	if found == nil {
		t.Fatalf("no %s in %q", name, log)
	}
	s.secret, _ = hex.DecodeString(string(found[1]))
	s.rekey()
	return s
}

// expand is HKDF-Expand-Label without a context.
func (s *sealer) expand(label string, n int) []byte {
	info := binary.BigEndian.AppendUint16(nil, uint16(n))
	info = append(info, byte(len("tls13 "+label)))
	info = append(info, "tls13 "+label...)
	p, err := hkdf.Expand(s.hash, s.secret, string(append(info, 0)), n)
	if err != nil {
		panic(err)
	}
	return p
}

func (s *sealer) rekey() {
	block, err := aes.NewCipher(s.expand("key", s.key))
	if err != nil {
		panic(err)
	}
	if s.aead, err = cipher.NewGCM(block); err != nil {
		panic(err)
	}
	s.iv, s.seq = s.expand("iv", 12), 0
}

// seal appends a record of that type.
func (s *sealer) seal(dst []byte, kind byte, body []byte) []byte {
	inner := append(bytes.Clone(body), kind)
	header := []byte{23, 3, 3, 0, 0}
	binary.BigEndian.PutUint16(header[3:], uint16(len(inner)+s.aead.Overhead()))
	nonce := bytes.Clone(s.iv)
	for i := range 8 {
		nonce[4+i] ^= byte(s.seq >> (56 - 8*i))
	}
	s.seq++
	return s.aead.Seal(append(dst, header...), nonce, inner, header)
}

// update appends a KeyUpdate that asks for an answer, and goes on with the next secret.
func (s *sealer) update(dst []byte) []byte {
	dst = s.seal(dst, 22, []byte{24, 0, 0, 1, 1})
	s.secret = s.expand("traffic upd", len(s.secret))
	s.rekey()
	return dst
}

// A lender is a plain socket as a net.Conn, for the handshake of crypto/tls. Then what
// arrives is counted, while the socket is not paused.
type lender struct {
	*duplex.Socket
	in   *io.PipeReader
	over atomic.Bool
	read atomic.Int64
}

// lend connects to the address.
func lend(t *testing.T, e *duplex.Engine, address string) *lender {
	t.Helper()
	l := &lender{}
	r, w := io.Pipe()
	l.in = r
	l.Socket = (&duplex.Client{Engine: e, Options: duplex.Options{MaxWriteBuffer: -1}}).Connect(t.Context(), "tcp", address, &duplex.Handler{
		Blocking: true,
		OnData: func(_ *duplex.Socket, p []byte) {
			if l.over.Load() {
				l.read.Add(int64(len(p)))
			} else {
				w.Write(p)
			}
		},
		OnClose: func(*duplex.Socket) { w.Close() },
	})
	return l
}

func (l *lender) Read(p []byte) (int, error)       { return l.in.Read(p) }
func (l *lender) SetDeadline(time.Time) error      { return nil }
func (l *lender) SetReadDeadline(time.Time) error  { return nil }
func (l *lender) SetWriteDeadline(time.Time) error { return nil }

var _ net.Conn = (*lender)(nil)

// sharedDriver returns the name of a driver whose engines reach each other. Each engine of the
// driver "memory" has a network of its own; that of the name ends with the test.
func sharedDriver(t *testing.T, driver string) string {
	if driver != "memory" {
		return driver
	}
	t.Cleanup(func() { memory.Forget(t.Name()) })
	return "memory:" + t.Name()
}

// A peer asks for new keys again and again, and does not read the answers. (A byte of data
// now and then keeps crypto/tls from ending the connection.) The server stops reading
// before the answers fill its memory, and goes on when the peer reads them.
func TestTLSFloodOfKeyUpdatesStopsReading(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		if e.Driver != "memory" && !*rig.Long {
			t.Skip("only with -long: the kernel's buffers hold the answers to 300,000 updates")
		}
		e.Loops = 1
		if e.Driver == "memory" {
			memory.Named(t.Name()).SetBuffer(16 << 10)
		}
		e.Driver = sharedDriver(t, e.Driver)
		clients := &duplex.Engine{Loops: 2, Driver: e.Driver}
		defer clients.Close()
		server, client := rig.Configs(tls.VersionTLS13)
		server.SessionTicketsDisabled = true
		var log bytes.Buffer
		client.KeyLogWriter = &log
		var heard atomic.Int64
		flooded := make(chan *duplex.Socket, 1)
		address := rig.ListenTLS(t, e, server, &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { flooded <- s },
			OnData:    func(_ *duplex.Socket, p []byte) { heard.Add(int64(len(p))) },
		})
		echoes := rig.ListenTLS(t, e, server, rig.Echo)
		words := make(chan string, 1)
		other := (&duplex.Client{Engine: clients, TLS: client}).Connect(t.Context(), "tcp", echoes, &duplex.Handler{
			OnData: func(_ *duplex.Socket, p []byte) { words <- string(p) },
		})
		ask := func() {
			t.Helper()
			other.WriteString("alive")
			if word := rig.Wait(t, words); word != "alive" {
				t.Errorf("another socket got %q", word)
			}
		}
		ask()
		log.Reset()
		peer := lend(t, clients, address)
		c := tls.Client(peer, client)
		if err := c.Handshake(); err != nil {
			t.Fatal(err)
		}
		peer.over.Store(true)
		peer.Pause()
		s := rig.Wait(t, flooded)
		seal := newSealer(t, c.ConnectionState().CipherSuite, log.Bytes(), "CLIENT_TRAFFIC_SECRET_0")
		before := rig.InUse()
		updates, data := 0, 0
		stopped := func() bool { // the peer's bytes are not taken any more
			for range 200 {
				n := peer.Buffered()
				rig.Turn(t, peer.Socket)
				rig.Turn(t, s)
				if n == 0 || n != peer.Buffered() {
					return false
				}
			}
			return true
		}
		for !stopped() {
			if updates > 2_000_000 {
				t.Fatalf("the server reads on after %d updates", updates)
			}
			var p []byte
			for range 100 {
				for range 15 {
					p = seal.update(p)
					updates++
				}
				p = seal.seal(p, 23, []byte("x"))
				data++
			}
			peer.Write(p)
			rig.Until(t, "the flood is taken, or is not any more", func() bool {
				rig.Turn(t, s)
				return peer.Buffered() < 1<<20
			})
		}
		read := e.Stats().BytesReceived
		t.Logf("the server stopped reading after %d updates; the heap grew by %d KB", updates, (rig.InUse()-before)>>10)
		if grown := rig.InUse() - before; grown > 4<<20 { // the peer has the rest of its flood
			t.Errorf("the heap grew by %d bytes", grown)
		}
		ask()
		if n := e.Stats().BytesReceived - read; n > 1000 {
			t.Errorf("%d bytes more were received from a peer that does not read", n)
		}
		peer.Resume()
		rig.Until(t, "the server has all of the flood", func() bool { return heard.Load() == int64(data) })
		rig.Until(t, "the peer has an answer to each update", func() bool { runtime.Gosched(); return peer.read.Load() >= int64(27*updates) })
		rig.Turn(t, s)
		if n := peer.read.Load(); n != int64(27*updates) {
			t.Errorf("the peer received %d bytes for %d updates, want 27 for each", n, updates)
		}
		ask()
		peer.Destroy(nil)
		other.Destroy(nil)
	})
}

// A goroutine writes records to the kernel while the loop, which reads, answers updates of
// keys: record by record they stay in their order, or the peer could not open them.
func TestTLSAnswersToKeyUpdatesComeBetweenRecords(t *testing.T) {
	rig.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Driver = sharedDriver(t, e.Driver)
		clients := &duplex.Engine{Loops: 1, Driver: e.Driver}
		defer clients.Close()
		server, client := rig.Configs(tls.VersionTLS13)
		server.SessionTicketsDisabled = true
		var log bytes.Buffer
		client.KeyLogWriter = &log
		opened := make(chan *duplex.Socket, 1)
		var answered atomic.Int64
		address := rig.ListenTLS(t, e, server, &duplex.Handler{
			OnConnect: func(s *duplex.Socket) { opened <- s },
			OnData:    func(*duplex.Socket, []byte) { answered.Add(1) },
		})
		peer := lend(t, clients, address)
		defer peer.in.Close() // its callback may wait for a reader
		c := tls.Client(peer, client)
		if err := c.Handshake(); err != nil {
			t.Fatal(err)
		}
		s := rig.Wait(t, opened)
		seal := newSealer(t, c.ConnectionState().CipherSuite, log.Bytes(), "CLIENT_TRAFFIC_SECRET_0")
		const frames, size, ahead = 400, 16 << 10, 4
		window := make(chan bool, ahead)
		go func() {
			for i := range frames {
				select {
				case window <- true:
				case <-t.Context().Done():
					return
				}
				s.Write(bytes.Repeat([]byte{byte(i)}, size))
			}
		}()
		p, asked := make([]byte, size), int64(0)
		for i := range frames {
			if _, err := io.ReadFull(c, p); err != nil || !bytes.Equal(p, bytes.Repeat([]byte{byte(i)}, size)) {
				t.Fatalf("frame %d: got %x…, %v", i, p[:4], err)
			}
			<-window
			if answered.Load() == asked { // crypto/tls does not take many answers in a row
				peer.Write(seal.seal(seal.update(nil), 23, []byte("x")))
				asked++
			}
		}
		peer.Destroy(nil)
	})
}
