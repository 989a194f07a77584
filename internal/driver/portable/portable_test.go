// Copyright 2026 The duplex authors. MIT license.

package portable_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/portable"
	"github.com/duplex-go/duplex/internal/testrun"
)

const (
	server driver.ID = iota
	client
	accepted
)

var loopback = driver.Addr{AddrPort: netip.MustParseAddrPort("127.0.0.1:0")}

// A story is a driver and its events so far: one line for each event, except the bytes,
// which are joined.
type story struct {
	driver.Driver
	t     *testing.T
	told  []string
	conns []driver.Conn // accepted and not attached
	bytes map[driver.ID]*bytes.Buffer
	ready func(line string) // called with each line, inside the sink
}

func begin(t *testing.T) *story {
	s := &story{Driver: portable.New(), t: t, bytes: map[driver.ID]*bytes.Buffer{}}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// until waits for a line.
func (s *story) until(line string) {
	s.t.Helper()
	s.while(func() bool { return !slices.Contains(s.told, line) }, line)
}

// while waits until the condition no longer holds.
func (s *story) while(must func() bool, what string) {
	s.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for must() {
		if time.Now().After(deadline) {
			s.t.Fatalf("got:\n\t%s\nwant: %s", strings.Join(s.told, "\n\t"), what)
		}
		s.wait(time.Second)
	}
}

func (s *story) wait(timeout time.Duration) {
	s.t.Helper()
	if err := s.Wait(timeout, s); err != nil {
		s.t.Fatal(err)
	}
}

// quiet posts a Wake after all events, and waits until it takes effect.
func (s *story) quiet() {
	s.t.Helper()
	s.Wake()
	s.wait(-1)
}

func (s *story) tell(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	s.told = append(s.told, line)
	if s.ready != nil {
		s.ready(line)
	}
}

func (s *story) Accepted(_ driver.ID, c driver.Conn) {
	s.conns = append(s.conns, c)
	s.tell("accepted")
}
func (s *story) AcceptFailed(_ driver.ID, err error) { s.tell("accept failed: %v", err) }
func (s *story) Connected(id driver.ID, _ driver.Addr, err error) {
	s.tell("%d connected: %v", id, err)
}
func (s *story) Received(id driver.ID, p []byte) {
	if s.bytes[id] == nil {
		s.bytes[id] = new(bytes.Buffer)
	}
	s.bytes[id].Write(p)
	s.tell("%d received", id)
}
func (s *story) Ended(id driver.ID)             { s.tell("%d ended", id) }
func (s *story) Failed(id driver.ID, err error) { s.tell("%d failed: %v", id, err) }
func (s *story) Sent(id driver.ID, n int, err error) {
	s.tell("%d sent %d: %v", id, n, err)
}
func (s *story) Closed(id driver.ID) { s.tell("%d closed", id) }

// listen serves a listener as server.
func (s *story) listen(addr driver.Addr) driver.Addr {
	s.t.Helper()
	ln, err := s.Bind(addr, driver.ListenOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.Serve(server, ln); err != nil {
		s.t.Fatal(err)
	}
	return ln.Local
}

// pair connects client with accepted; the listener is closed again.
func (s *story) pair() {
	s.t.Helper()
	s.Connect(client, s.listen(loopback), driver.Addr{}, driver.Options{})
	s.until("1 connected: <nil>")
	s.until("accepted")
	if err := s.Attach(accepted, s.conns[0], driver.Options{}); err != nil {
		s.t.Fatal(err)
	}
	s.Close(server, false)
	s.until("0 closed")
	s.told = nil
}

// end closes what is open.
func (s *story) end(ids ...driver.ID) {
	s.t.Helper()
	for _, id := range ids {
		s.Close(id, false)
		s.until(fmt.Sprintf("%d closed", id))
	}
}

// sendAll sends bufs, and notes them down as sent if all bytes are taken at once.
func (s *story) sendAll(id driver.ID, bufs [][]byte) {
	s.t.Helper()
	size := len(bytes.Join(bufs, nil))
	n, err := s.Send(id, bufs)
	if err != nil {
		s.t.Fatal(err)
	}
	if n == size {
		s.tell("%d sent %d: <nil>", id, n)
	}
}

func (s *story) send(id driver.ID, p []byte) {
	s.t.Helper()
	s.sendAll(id, [][]byte{p})
}

func TestAShortSendLeavesTheCallersArrayAlone(t *testing.T) {
	s := begin(t)
	s.pair()
	bufs := [][]byte{make([]byte, 100), make([]byte, 16<<20), make([]byte, 300)}
	n, err := s.Send(client, bufs)
	if err != nil || n >= 16<<20 {
		t.Fatalf("got %d, %v; want less than all, and no error", n, err)
	}
	if len(bufs[0]) != 100 || len(bufs[1]) != 16<<20 || len(bufs[2]) != 300 {
		t.Errorf("the array holds slices of %d, %d and %d bytes afterwards", len(bufs[0]), len(bufs[1]), len(bufs[2]))
	}
	s.end(client, accepted)
}

func TestSendLeavesTheCallersArrayAlone(t *testing.T) {
	s := begin(t)
	s.pair()
	bufs := [][]byte{[]byte("to be "), []byte("or not "), []byte("to be")}
	s.sendAll(client, bufs)
	s.until("1 sent 18: <nil>")
	if got := string(bytes.Join(bufs, nil)); got != "to be or not to be" {
		t.Errorf("the array holds %q afterwards", got)
	}
	s.Receive(accepted, true)
	s.while(func() bool { return s.bytes[accepted] == nil || s.bytes[accepted].Len() < 18 }, "18 bytes")
	if got := s.bytes[accepted].String(); got != "to be or not to be" {
		t.Errorf("received %q", got)
	}
	s.end(client, accepted)
}

func TestASinkThatPanicsLosesOnlyItsOwnEvent(t *testing.T) {
	s := begin(t)
	s.pair()
	s.Receive(accepted, true)
	panicked := false
	s.ready = func(line string) {
		if line == "2 received" && !panicked {
			panicked = true
			panic("mind the gap")
		}
	}
	s.send(client, []byte("first"))
	for !panicked {
		func() {
			defer func() { _ = recover() }()
			s.wait(-1)
		}()
	}
	s.until("1 sent 5: <nil>")
	s.send(client, []byte(", second"))
	s.while(func() bool { return s.bytes[accepted].Len() < 13 }, "the second bytes")
	if got := s.bytes[accepted].String(); got != "first, second" {
		t.Errorf("received %q", got)
	}
	s.end(client, accepted)
}

func TestAStoppedReaderLeavesBytesAndEndForTheNextStart(t *testing.T) {
	s := begin(t)
	s.pair()
	s.Receive(accepted, true)
	s.Receive(accepted, false)
	s.send(client, []byte("patience"))
	s.until("1 sent 8: <nil>")
	if err := s.Shutdown(client); err != nil {
		t.Fatal(err)
	}
	s.quiet()
	if slices.Contains(s.told, "2 ended") {
		t.Errorf("a stopped reader was told: %q", s.told)
	}
	s.Receive(accepted, true)
	s.until("2 ended")
	if got := s.bytes[accepted].String(); got != "patience" {
		t.Errorf("received %q", got)
	}
	s.end(client, accepted)
}

func TestConnectionsAcceptedWhileStoppedAreReportedAtTheResume(t *testing.T) {
	s := begin(t)
	addr := s.listen(loopback)
	s.Accept(server, false)
	s.Connect(client, addr, driver.Addr{}, driver.Options{})
	s.until("1 connected: <nil>")
	s.quiet()
	if slices.Contains(s.told, "accepted") {
		t.Errorf("a stopped listener was told: %q", s.told)
	}
	s.Accept(server, true)
	s.until("accepted")
	s.conns[0].Handle.Close()
	s.end(server, client)
}

func TestALongBacklogIsAcceptedInBursts(t *testing.T) {
	const clients = 200
	s := begin(t)
	addr := s.listen(loopback)
	for i := range clients {
		s.Connect(client+driver.ID(i), addr, driver.Addr{}, driver.Options{})
	}
	s.while(func() bool { return len(s.conns) < clients }, "every client accepted")
	for i := range clients {
		s.until(fmt.Sprintf("%d connected: <nil>", i+1))
		s.conns[i].Handle.Close()
		s.end(client + driver.ID(i))
	}
	s.end(server)
}

func TestCloseRightAfterSendDelivers(t *testing.T) {
	s := begin(t)
	s.pair()
	s.Receive(accepted, true)
	s.send(client, []byte("last words"))
	s.Close(client, false)
	s.until("2 ended")
	if got := s.bytes[accepted].String(); got != "last words" {
		t.Errorf("received %q", got)
	}
	s.until("1 closed")
	s.end(accepted)
}

func TestCloseGivesUpBytesThatThePeerDoesNotRead(t *testing.T) {
	testrun.NotUnderWine(t, testrun.LostResets)
	s := begin(t)
	s.pair()
	s.send(client, make([]byte, 64<<20))
	s.Close(client, true)
	s.until("1 closed")
	if got := s.told[len(s.told)-1]; got != "1 closed" {
		t.Errorf("the last event was %q", got)
	}
	s.Receive(accepted, true)
	s.until("2 failed: connection reset by peer")
	s.end(accepted)
}

func TestAResetIsNoSecretBetweenASendAndAReadUnderWay(t *testing.T) {
	testrun.NotUnderWine(t, testrun.LostResets)
	for range 20 {
		s := begin(t)
		s.pair()
		s.Receive(accepted, true)
		s.send(accepted, make([]byte, 16<<20))
		s.Close(client, true)
		s.until("2 failed: connection reset by peer")
		s.end(accepted)
	}
}

func TestCloseWhileConnectingReportsClosedAlone(t *testing.T) {
	s := begin(t)
	addr := s.listen(loopback)
	s.Accept(server, false)
	s.Connect(client, addr, driver.Addr{}, driver.Options{})
	s.end(client)
	if want := []string{"1 closed"}; !slices.Equal(s.told, want) {
		t.Errorf("got %q, want %q", s.told, want)
	}
	s.end(server)
}

func TestBytesThatThereIsRoomForAreSentAtOnce(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("package net has no way to try on Windows")
	}
	s := begin(t)
	s.pair()
	s.Receive(accepted, true)
	for range 100 {
		if n, err := s.Send(client, [][]byte{[]byte("at "), []byte("once")}); n != 7 || err != nil {
			t.Fatalf("Send = %d, %v; want 7 bytes", n, err)
		}
	}
	s.while(func() bool { return s.bytes[accepted] == nil || s.bytes[accepted].Len() < 700 }, "700 bytes")
	if got, want := s.bytes[accepted].String(), strings.Repeat("at once", 100); got != want {
		t.Errorf("received %q", got)
	}
	s.end(client, accepted)
}
