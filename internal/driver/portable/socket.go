// Copyright 2026 The duplex authors. MIT license.

package portable

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/sys"
)

// grace is how long Close lets the send under way try to reach the kernel. The send takes
// microseconds if there is room. If there is none, the peer is not likely to make any.
const grace = 50 * time.Millisecond

type phase uint8

const (
	connecting phase = iota // or the connect failed
	open
	closing
)

type reading uint8

const (
	idle    reading = iota // no read is under way
	busy                   // a goroutine reads, or its result is in the queue
	holding                // its result waits for Receive, or for a Send to end
	over                   // FIN or an error was reported
)

// A socket is a connection.
type socket struct {
	// Constant.
	driver *portable
	id     driver.ID

	// Written before the socket is open, constant since.
	conn net.Conn
	raw  syscall.RawConn

	// Owned by the loop.
	phase   phase
	reading reading
	cancel  context.CancelFunc // gives up connecting; nil for an accepted connection
	lost    error              // the error by which a Send found the connection lost
	release *driver.Released   // gets the connection; nil unless Release was called

	// Owned by the goroutine that reads, until it ends.
	got input

	on      atomic.Bool    // the loop wants the peer's bytes
	sending atomic.Bool    // from Send until Sent, if there is one
	taking  atomic.Bool    // a read takes bytes from the kernel, and then sets unread
	unread  atomic.Int64   // bytes of a read whose result is in the queue, 1 for an end
	room    atomic.Bool    // Sent is in the queue
	held    atomic.Bool    // an end has waited for a Send
	work    sync.WaitGroup // the goroutines that connect, read and send
}

func (d *portable) Connect(id driver.ID, remote, local driver.Addr, o driver.Options) {
	ctx, cancel := context.WithCancel(context.Background())
	s := &socket{driver: d, id: id, cancel: cancel}
	d.add(s)
	s.work.Go(func() { // until the connection is made, fails or is given up
		err := s.dial(ctx, remote, local, o)
		d.post(func(sink driver.Sink) { s.connected(sink, err) })
	})
}

func (s *socket) dial(ctx context.Context, remote, local driver.Addr, o driver.Options) error {
	if strings.Contains(remote.Path, "\x00") { // package syscall would cut the path there
		return syscall.EINVAL
	}
	dialer := net.Dialer{LocalAddr: source(local), KeepAlive: -1}
	dialer.SetMultipathTCP(false)
	if local.Port() != 0 {
		dialer.Control = func(_, _ string, raw syscall.RawConn) error { return control(raw, sys.Reuse) }
	}
	c, err := dialer.DialContext(ctx, network(remote), text(remote))
	if err == nil {
		err = s.adopt(c, o)
	}
	return sys.Errno(err)
}

func (s *socket) connected(sink driver.Sink, err error) {
	if s.phase == closing {
		return
	}
	s.cancel()
	if err != nil {
		sink.Connected(s.id, driver.Addr{}, err)
		return
	}
	s.phase = open
	s.next()
	sink.Connected(s.id, address(s.conn.LocalAddr()), nil)
}

func (d *portable) Attach(id driver.ID, c driver.Conn, o driver.Options) error {
	accepted, ok := c.Handle.(net.Conn)
	if !ok {
		c.Handle.Close()
		return syscall.EINVAL
	}
	s := &socket{driver: d, id: id, phase: open}
	if err := s.adopt(accepted, o); err != nil {
		return sys.Errno(err)
	}
	d.add(s)
	return nil
}

// adopt makes c the connection of s, or closes it.
func (s *socket) adopt(c net.Conn, o driver.Options) error {
	raw, err := descriptor(c)
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		err = set(tcp, o)
	}
	if err != nil {
		c.Close()
		return err
	}
	s.conn, s.raw = c, raw
	return nil
}

// set sets the options that package net does not: it turns TCP_NODELAY on by itself.
func set(c *net.TCPConn, o driver.Options) error {
	if o.Nagle {
		if err := c.SetNoDelay(false); err != nil {
			return err
		}
	}
	if o.TypeOfService != 0 || o.UserTimeout > 0 {
		if err := setRaw(c, o); err != nil {
			return err
		}
	}
	if o.KeepAlive.Enable {
		return c.SetKeepAliveConfig(o.KeepAlive)
	}
	return nil
}

// setRaw sets the options for which package net has no method.
func setRaw(c *net.TCPConn, o driver.Options) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	return control(raw, func(fd uintptr) error {
		if err := sys.TypeOfService(fd, o.TypeOfService); err != nil {
			return err
		}
		return sys.UserTimeout(fd, o.UserTimeout)
	})
}

func (d *portable) Configure(id driver.ID, o driver.Options) error {
	s := d.sockets[id]
	if s == nil || s.phase == closing {
		return syscall.EBADF
	}
	tcp, ok := s.conn.(*net.TCPConn)
	if !ok {
		return syscall.EOPNOTSUPP
	}
	if err := tcp.SetNoDelay(!o.Nagle); err != nil {
		return sys.Errno(err)
	}
	if err := setRaw(tcp, o); err != nil {
		return sys.Errno(err)
	}
	if err := tcp.SetKeepAliveConfig(o.KeepAlive); err != nil {
		return sys.Errno(err)
	}
	return nil
}

// add registers s under its ID, until closed.
func (d *portable) add(s *socket) {
	d.mu.Lock()
	d.sockets[s.id] = s
	d.mu.Unlock()
}

func (d *portable) Receive(id driver.ID, on bool) {
	s := d.sockets[id]
	if s == nil || s.phase == closing {
		return
	}
	s.on.Store(on)
	s.next()
}

// next goes on reading, if the loop wants bytes and no read is under way.
func (s *socket) next() {
	if s.phase != open || !s.on.Load() {
		return
	}
	switch s.reading {
	case idle:
		s.reading = busy
		s.work.Go(s.read) // until the peer sends, the connection ends or is closed
	case holding:
		s.reading = busy
		s.driver.post(s.received)
	}
}

func (s *socket) read() {
	s.got = s.await()
	if s.got.n > 0 || s.got.err != nil {
		s.unread.Store(int64(max(1, s.got.n)))
	}
	s.taking.Store(false)
	s.driver.post(s.received)
}

// received reports the result of a read and begins the next. The kernel reports a reset
// once: if a Send has received it, the read has got an end instead.
func (s *socket) received(sink driver.Sink) {
	got := &s.got
	s.unread.Store(0)
	switch {
	case s.phase == closing:
		s.drop()
	case got.buf == nil && got.err == nil:
		s.reading = idle
		s.next()
	case !s.on.Load():
		s.reading = holding
	case got.err == io.EOF && s.lost != nil:
		s.reading = over
		sink.Failed(s.id, s.lost)
	case got.err == io.EOF && s.sending.Load() && s.dead():
		s.reading = holding // until that Send reports its error
		s.held.Store(true)
		if !s.sending.Load() { // it has just ended
			s.next()
		}
	case got.err == io.EOF:
		s.reading = over
		s.watch()
		sink.Ended(s.id)
	case got.err != nil:
		s.reading = over
		sink.Failed(s.id, sys.Errno(got.err))
	default:
		defer func() { // even if the sink panics
			got.release()
			s.reading = idle
			s.next()
		}()
		sink.Received(s.id, got.buf[:got.n])
	}
}

func (d *portable) Send(id driver.ID, bufs [][]byte) (int, error) {
	d.mu.Lock()
	s := d.sockets[id]
	d.mu.Unlock()
	if s == nil || s.conn == nil {
		return 0, syscall.ENOTCONN
	}
	s.sending.Store(true)
	n, rest, err := s.try(bufs)
	if len(rest) == 0 && err == nil {
		s.sending.Store(false)
		if s.held.Load() {
			d.post(func(driver.Sink) { s.next() })
		}
		return n, nil
	}
	if err != nil {
		s.room.Store(true)
		d.post(func(sink driver.Sink) { s.sent(sink, 0, err) }) // the loop keeps it for the reader
		return n, nil
	}

	// The goroutine ends when the kernel has all bytes, or the connection is lost or
	// closed.
	s.work.Go(func() {
		n, err := persist(func() (int, error) { return s.write(&rest) })
		s.room.Store(true)
		d.post(func(sink driver.Sink) { s.sent(sink, n, err) })
	})
	return n, nil
}

func (s *socket) sent(sink driver.Sink, n int, err error) {
	s.room.Store(false)
	if s.phase == closing {
		return
	}
	s.sending.Store(false)
	err = sys.Errno(err)
	if err != nil && err != syscall.EPIPE && s.lost == nil { // EPIPE takes no error away from the reader
		s.lost = err
	}
	s.next()
	sink.Sent(s.id, n, err)
}

// Probe implements driver.Prober. It asks the kernel, too, as the goroutine that reads
// takes one buffer at a time. Bytes move from the kernel to that goroutine and from there to
// the queue, so Probe looks in this order, and misses none. It may count some twice.
func (d *portable) Probe(id driver.ID) (unread int, room bool) {
	s := d.sockets[id]
	if s == nil || s.phase != open {
		return 0, false
	}
	if s.on.Load() && s.reading != over {
		_ = s.raw.Control(func(fd uintptr) { unread = sys.Unread(fd) })
	}
	if s.taking.Load() {
		unread += len(buffer{})
	}
	return unread + int(s.unread.Load()), s.room.Load()
}

var _ driver.Prober = (*portable)(nil)

// Tries is false: Send tries once, but the goroutine sends the lent bytes.
func (d *portable) Tries() bool { return false }

func (d *portable) Shutdown(id driver.ID) error {
	s := d.sockets[id]
	if s == nil || s.phase != open {
		return syscall.ENOTCONN
	}
	return sys.Errno(s.conn.(interface{ CloseWrite() error }).CloseWrite())
}

var _ driver.Confirmer = (*portable)(nil)

// Unacked implements driver.Confirmer.
func (d *portable) Unacked(id driver.ID) (n int) {
	if s := d.sockets[id]; s != nil && s.phase == open {
		_ = control(s.raw, func(fd uintptr) error {
			n = sys.Unacked(fd)
			return nil
		})
	}
	return n
}

var _ driver.Releaser = (*portable)(nil)

// Release implements driver.Releaser.
func (d *portable) Release(id driver.ID, r *driver.Released) {
	s := d.sockets[id]
	if s == nil || s.phase != open {
		r.Err = syscall.ENOTCONN
		return
	}
	s.release = r
	s.close(false)
}

// drop forgets the result of a read, as the socket closes, or gives it to the holder of the
// connection. A FIN stays with the kernel, and so does the end of a read by its deadline.
func (s *socket) drop() {
	if r := s.release; r != nil {
		if s.got.n > 0 {
			r.Unread = append(r.Unread, s.got.buf[:s.got.n]...)
		} else if err := s.got.err; err != io.EOF && !errors.Is(err, os.ErrDeadlineExceeded) {
			r.Err = err
		}
	}
	s.got.release()
}

// close begins to close the socket; closed follows.
func (s *socket) close(reset bool) {
	if s.phase == closing {
		return
	}
	if s.reading == holding {
		s.drop()
	}
	if s.cancel != nil {
		s.cancel()
	}
	connected := s.phase == open
	s.phase = closing
	go s.finish(connected, reset) // until the descriptor is closed
}

// finish closes the descriptor once no goroutine uses it.
func (s *socket) finish(connected, reset bool) {
	if connected {
		s.conn.SetReadDeadline(time.Unix(1, 0)) // long ago
		s.conn.SetWriteDeadline(time.Now().Add(grace))
	}
	s.work.Wait()
	if s.conn != nil && s.release == nil { // it may be there though the connect was given up
		if tcp, ok := s.conn.(*net.TCPConn); ok && reset {
			tcp.SetLinger(0)
		}
		s.conn.Close()
	}
	s.driver.post(s.closed)
}

func (s *socket) closed(sink driver.Sink) {
	if r := s.release; r != nil {
		if r.Err == nil {
			r.Err = s.conn.SetDeadline(time.Time{})
		}
		if r.Err != nil {
			s.conn.Close()
			r.Err = sys.Errno(r.Err)
		} else {
			r.Conn = s.conn
		}
	}
	s.driver.mu.Lock()
	delete(s.driver.sockets, s.id)
	s.driver.mu.Unlock()
	sink.Closed(s.id)
}
