// Copyright 2026 The duplex authors. MIT license.

package memory_test

import (
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
)

func TestAtMostMakesShortWrites(t *testing.T) {
	d := newDesk(t)
	client, _ := d.pair()
	d.network.SetFaults(memory.Faults{Take: memory.AtMost(2)})
	if n := d.send(client, "abcde"); n != 2 {
		t.Errorf("Send took %d bytes, want 2", n)
	}
	d.want("2 received ab", "1 sent 0 <nil>")
	if n := d.send(client, "cde"); n != 2 {
		t.Errorf("Send took %d bytes, want 2", n)
	}
	d.want("2 received cd", "1 sent 0 <nil>")
	if n := d.send(client, "e"); n != 1 {
		t.Errorf("Send took %d bytes, want 1", n)
	}
	d.want("2 received e")
}

func TestAgainTakesNothingThoughThereIsRoom(t *testing.T) {
	d := newDesk(t)
	client, _ := d.pair()
	d.network.SetFaults(memory.Faults{Take: memory.Again(2)})
	for range 2 {
		if n := d.send(client, "abc"); n != 0 {
			t.Errorf("Send took %d bytes, want 0", n)
		}
		d.want("1 sent 0 <nil>")
	}
	d.send(client, "abc")
	d.want("2 received abc")
}

func TestReadsAreAsShortAsAsked(t *testing.T) {
	d := newDesk(t)
	client, _ := d.pair()
	d.network.SetFaults(memory.Faults{Read: 2})
	d.send(client, "abcde")
	d.Shutdown(client)
	d.want("2 received ab", "2 received cd", "2 received e", "2 ended")
}

func TestResetAfterSoManyBytes(t *testing.T) {
	d := newDesk(t)
	client, server := d.pair()
	d.network.SetFaults(memory.Faults{ResetAfter: 5})
	d.send(client, "abc")
	d.want("2 received abc")
	if n := d.send(client, "defg"); n != 2 {
		t.Errorf("Send took %d bytes, want 2", n)
	}
	d.want("2 received de", "1 failed: connection reset by peer",
		"1 sent 0 broken pipe", "2 failed: connection reset by peer")
	if _, err := d.Send(server, [][]byte{[]byte("x")}); err != syscall.EPIPE {
		t.Errorf("Send: got %v, want EPIPE", err)
	}
}

func TestResetOnCommand(t *testing.T) {
	d := newDesk(t)
	client, server := d.pair()
	d.send(server, "before")
	d.network.Reset(tcp("127.0.0.1:80"))
	d.want("1 received before", "2 failed: connection reset by peer", "1 failed: connection reset by peer")
	d.Close(client, false)
	d.Close(server, false)
	d.want("1 closed", "2 closed")
}

func TestAcceptFailsAsOftenAsAsked(t *testing.T) {
	d := newDesk(t)
	ln, addr := d.listen("127.0.0.1:80", driver.ListenOptions{})
	d.network.SetFaults(memory.Faults{Accept: memory.Times(2, syscall.EMFILE)})
	d.connect(addr)
	d.want("1 connected", "0 accept failed: too many open files")
	d.Accept(ln, true)
	d.want("0 accept failed: too many open files")
	d.Accept(ln, true)
	d.want("0 accepted")
}

func TestAttachFails(t *testing.T) {
	d := newDesk(t)
	_, addr := d.listen("127.0.0.1:80", driver.ListenOptions{})
	client := d.connect(addr)
	d.want("1 connected", "0 accepted")
	d.network.SetFaultsAt(addr, memory.Faults{Attach: memory.Times(1, syscall.EINVAL)})
	if err := d.Attach(d.id(), d.accepted[0], driver.Options{}); err != syscall.EINVAL {
		t.Errorf("got %v, want EINVAL", err)
	}
	d.Receive(client, true)
	d.want("1 ended")
}

func TestConnectFails(t *testing.T) {
	d := newDesk(t)
	_, addr := d.listen("127.0.0.1:80", driver.ListenOptions{})
	d.network.SetFaultsAt(addr, memory.Faults{Connect: memory.Times(-1, syscall.EHOSTUNREACH)})
	d.connect(addr)
	d.want("1 not connected: " + syscall.EHOSTUNREACH.Error())
}

func TestFaultsOfAnAddressSpareTheOthers(t *testing.T) {
	d := newDesk(t)
	_, addr := d.listen("127.0.0.1:80", driver.ListenOptions{})
	_, other := d.listen("127.0.0.1:81", driver.ListenOptions{})
	d.network.SetFaultsAt(addr, memory.Faults{Blackhole: true})
	d.connect(addr)
	d.connect(other)
	d.want("3 connected", "1 accepted")
}

func TestABlackholeNeverAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		_, addr := d.listen("127.0.0.1:80", driver.ListenOptions{})
		d.network.SetFaults(memory.Faults{Blackhole: true})
		client := d.connect(addr)
		d.Wait(24*time.Hour, d)
		d.want()
		d.Close(client, false)
		d.want("1 closed")
	})
}

func TestDelayIsExact(t *testing.T) {
	const delay = 70 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.network.SetFaults(memory.Faults{Delay: delay})
		start := time.Now()
		client, server := d.pair()
		after := func(want time.Duration) {
			t.Helper()
			if got := time.Since(start); got != want {
				t.Errorf("after %v, want %v", got, want)
			}
			start = time.Now()
		}
		after(delay)

		d.send(client, "one")
		d.Wait(delay/2, d)
		d.send(client, "two")
		d.want("2 received one")
		after(delay)
		d.want("2 received two")
		after(delay / 2)

		d.Shutdown(client)
		d.want("2 ended")
		after(delay)

		d.send(server, "answer")
		d.Close(server, false)
		d.want("2 closed", "1 received answer", "1 ended")
		after(delay)
	})
}

func TestAResetDoesNotOvertakeBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		client, server := d.pair()
		d.network.SetFaults(memory.Faults{Delay: time.Second})
		d.send(client, "slow")
		d.network.SetFaults(memory.Faults{})
		d.Close(client, true)
		if _, err := d.Send(server, [][]byte{{1}}); err != nil {
			t.Errorf("before the bytes have arrived, Send returned %v", err)
		}
		d.want("1 closed", "2 received slow", "2 failed: connection reset by peer")
	})
}

func TestBytesDoNotOvertakeOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		client, _ := d.pair()
		d.network.SetFaults(memory.Faults{Delay: time.Second})
		d.send(client, "slow")
		d.network.SetFaults(memory.Faults{})
		d.send(client, "fast")
		d.want("2 received slowfast")
	})
}

func TestAnAnswerByResetTakesTheDelayTwice(t *testing.T) {
	const delay = time.Second
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.network.SetFaults(memory.Faults{Delay: delay})
		client, server := d.pair()
		d.Receive(server, false)
		d.Close(client, false)
		d.want("1 closed")
		start := time.Now()
		for sent := 0; ; sent++ {
			if _, err := d.Send(server, [][]byte{[]byte("x")}); err != nil {
				break
			}
			d.Wait(delay/10, d)
		}
		if got := time.Since(start); got != 2*delay {
			t.Errorf("Send failed after %v, want %v", got, 2*delay)
		}
	})
}

func TestBytesUnderWayMeetAClosedSocket(t *testing.T) {
	const delay = time.Second
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.network.SetFaults(memory.Faults{Delay: delay})
		client, server := d.pair()
		d.send(server, "under way")
		d.Close(client, false)
		d.want("1 closed", "2 ended")
		d.Wait(2*delay, d)
		if _, err := d.Send(server, [][]byte{[]byte("x")}); err != syscall.EPIPE {
			t.Errorf("got %v, want EPIPE", err)
		}
	})
}

func TestWaitIsExactAndWakeEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		start := time.Now()
		d.Wait(time.Hour, d)
		if got := time.Since(start); got != time.Hour {
			t.Errorf("Wait(1h) took %v", got)
		}
		start = time.Now()
		time.AfterFunc(time.Minute, d.Wake)
		d.Wait(-1, d)
		if got := time.Since(start); got != time.Minute {
			t.Errorf("Wait took %v until Wake, want 1m", got)
		}
		d.Wake()
		d.Wait(-1, d)
	})
}

func TestASendWithoutMemoryIsTriedAgainAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		client, _ := d.pair()
		for _, shortage := range []error{syscall.ENOBUFS, syscall.ENOMEM} {
			d.network.SetFaults(memory.Faults{Send: memory.Times(1, shortage)})
			start := time.Now()
			if n := d.send(client, "abc"); n != 0 {
				t.Errorf("Send took %d bytes, want 0", n)
			}
			d.want("1 sent 0 <nil>")
			if took := time.Since(start); took < 10*time.Millisecond {
				t.Errorf("Sent came after %v, want a pause", took)
			}
			d.send(client, "abc")
			d.want("2 received abc")
		}
	})
}

func TestASendMayFailThoughTheWayInGoesOn(t *testing.T) {
	d := newDesk(t)
	client, server := d.pair()
	d.network.SetFaults(memory.Faults{Send: memory.Times(1, syscall.EHOSTUNREACH)})
	if _, err := d.Send(client, [][]byte{[]byte("x")}); err != syscall.EHOSTUNREACH {
		t.Errorf("Send: got %v, want EHOSTUNREACH", err)
	}
	d.send(server, "still here")
	d.want("1 received still here")
}
