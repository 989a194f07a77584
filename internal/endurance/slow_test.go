// Copyright 2026 The duplex authors. MIT license.

package endurance_test

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/testrun"
)

// TestSlowReadersCostTheirCapAndNoMore has a server write without end to clients that do not
// read, with 1 MiB of MaxWriteBuffer, and measures its memory and the latency of others. The
// producer is a timer for each client, so the latency is compared with that beside as many
// clients for whom the same timers do nothing.
func TestSlowReadersCostTheirCapAndNoMore(t *testing.T) {
	const most, perSocket = 1 << 20, 64 << 10
	readers := form(60, 1000)
	system(t, func(t *testing.T, driver string) {
		v := serve(t, setup{Driver: driver, Servers: []string{"flood", "lines", "idle"}, Cap: most})
		asking := form(300*time.Millisecond, 10*time.Second)
		other := newVisitor(t, v, 1, "")
		other.ask(t, asking/2) // what is needed once
		empty := v.settled(t)
		alone := other.ask(t, asking)

		var conns []net.Conn
		defer func() { closeAll(conns) }()
		dial := func(nth int) {
			for range readers {
				c, err := net.Dial("tcp", v.Addrs[nth])
				if err != nil {
					t.Fatal(err)
				}
				c.(*net.TCPConn).SetReadBuffer(32 << 10) // see shortBuffers
				conns = append(conns, c)
			}
		}
		leave := func() {
			closeAll(conns)
			conns = nil
			until(t, "they are gone", duplextest.Patience, func() bool { return v.now(t).Stats.Sockets == 1 })
		}
		dial(2)
		until(t, "all are there", duplextest.Patience, func() bool { return v.now(t).Stats.Sockets == readers+1 })
		baseline := other.ask(t, asking)
		leave()

		dial(0)
		until(t, "every queue is full", 3*duplextest.Patience, func() bool {
			time.Sleep(100 * time.Millisecond)
			return v.now(t).Refused >= int64(2*readers)
		})
		latency := other.ask(t, asking)
		peak := v.now(t)
		full := v.settled(t)
		leave()
		after := v.settled(t)

		allowed := int64(readers) * (most + perSocket)
		t.Logf("%d readers: heap +%s, RSS +%s (+%s with garbage) of %s allowed; afterwards heap %+d bytes, RSS +%s",
			readers, mib(full.Heap-empty.Heap), mib(full.RSS-empty.RSS), mib(peak.RSS-empty.RSS), mib(allowed), after.Heap-empty.Heap, mib(after.RSS-empty.RSS))
		t.Logf("another client alone: %v", alone)
		t.Logf("beside as many timers that do nothing: %v", baseline)
		t.Logf("beside the slow readers: %v", latency)
		if got := full.Heap - empty.Heap; got > allowed || got < int64(readers)*most/2 {
			t.Errorf("the heap grew by %s, want at most %s, and at least half of the caps", mib(got), mib(allowed))
		}
		if got := peak.RSS - empty.RSS; !testrun.Race() && got > allowed+64<<20 {
			t.Errorf("RSS grew by %s, want at most %s and some for the collector", mib(got), mib(allowed))
		}
		if got := after.Heap - empty.Heap; got > int64(readers)*1000+4<<20 {
			t.Errorf("when the readers were gone, %s of heap was left", mib(got))
		}
		// The wide bound is for machines that are busy with something else. The detector looks at
		// each byte of a write that is refused, and has the producer need more than its share.
		if before, beside := baseline.at(0.5), latency.at(0.5); !testrun.Race() && beside > 2*before+50*time.Millisecond {
			t.Errorf("the median of others rose from %v to %v", before, beside)
		}
		if before, beside := baseline.at(0.99), latency.at(0.99); *long && !testrun.Race() && beside > max(2*before, before+5*time.Millisecond) {
			t.Errorf("p99 of others rose from %v to %v", before, beside)
		}
	})
}

// TestAProxyToASlowSinkHoldsItsSourceBack has a proxy between a source that sends as fast as
// it can and a sink that takes 1 MB/s. The memory of the proxy stays, and the source waits.
func TestAProxyToASlowSinkHoldsItsSourceBack(t *testing.T) {
	const rate, flat = 1 << 20, 16 << 20
	span := form(2*time.Second, time.Minute)
	system(t, func(t *testing.T, driver string) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		v := serve(t, setup{Driver: driver, Servers: []string{"proxy"}, Cap: 1 << 20, Sink: ln.Addr().String()})
		var sent, taken atomic.Int64
		var group sync.WaitGroup
		source, err := net.Dial("tcp", v.Addrs[0])
		if err != nil {
			t.Fatal(err)
		}
		sink, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			closeAll([]net.Conn{source, sink})
			group.Wait()
		}()
		group.Go(func() { // until source is closed
			for err := error(nil); err == nil; {
				var n int
				n, err = source.Write(content[:64<<10])
				sent.Add(int64(n))
			}
		})
		group.Go(func() { // until sink is closed
			p := make([]byte, rate/20)
			for began, err := time.Now(), error(nil); err == nil; {
				_, err = io.ReadFull(sink, p)
				n := taken.Add(int64(len(p)))
				time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / rate)))
			}
		})
		time.Sleep(span / 4) // buffers fill
		first := v.now(t)
		low, high, stalled, samples := first.RSS, first.RSS, 0, 0
		sentAt, takenAt := sent.Load(), taken.Load()
		for began := time.Now(); time.Since(began) < span; time.Sleep(50 * time.Millisecond) {
			r := v.now(t)
			low, high = min(low, r.RSS), max(high, r.RSS)
			samples++
			if r.Stats.Unread > 0 {
				stalled++
			}
		}
		through, held := taken.Load()-takenAt, sent.Load()-taken.Load()
		t.Logf("in %v the source sent %s and the sink took %s; %s were under way; RSS between %s and %s; the source was not read in %d of %d samples",
			span, mib(sent.Load()-sentAt), mib(through), mib(held), mib(low), mib(high), stalled, samples)
		if high-low > flat && !testrun.Race() {
			t.Errorf("RSS was between %s and %s", mib(low), mib(high))
		}
		if stalled < samples/2 {
			t.Errorf("the source was not held back in %d of %d samples", samples-stalled, samples)
		}
		const kernels = 48 << 20 // what the buffers of four sockets come to at most
		if held > kernels {
			t.Errorf("%s were under way between the source and the sink", mib(held))
		}
		if through < rate/4 {
			t.Errorf("the sink took %s in %v", mib(through), span)
		}
	})
}

func closeAll(conns []net.Conn) {
	for _, c := range conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		c.Close()
	}
}
