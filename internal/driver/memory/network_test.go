// Copyright 2026 The duplex authors. MIT license.

package memory_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/duplex-go/duplex/internal/driver"
	"github.com/duplex-go/duplex/internal/driver/memory"
)

func TestPortsAreTheLowestNeverUsed(t *testing.T) {
	d := newDesk(t)
	d.listen("127.0.0.1:49154", driver.ListenOptions{})
	var got []uint16
	for range 3 {
		ln, err := d.Bind(tcp("127.0.0.1:0"), driver.ListenOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, ln.Local.Port())
		ln.Handle.Close()
	}
	if want := []uint16{49152, 49153, 49155}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPortsOfConnectionsAreUsedAgainWhenAllWereUsed(t *testing.T) {
	d := newDesk(t)
	_, addr := d.listen("127.0.0.1:80", driver.ListenOptions{})
	for i := range 40_000 {
		client := d.connect(addr)
		for len(d.log) < 2 {
			d.turn()
		}
		if want := fmt.Sprintf("%d connected", client.Slot()); !slices.Contains(d.log, want) {
			t.Fatalf("connection %d: got %q", i, d.log)
		}
		d.Close(client, false)
		d.accepted[len(d.accepted)-1].Handle.Close()
		d.log, d.accepted = nil, nil
		for len(d.log) < 1 {
			d.turn()
		}
		d.log = nil
	}
}

func TestAResetIsReportedToTheSenderOnce(t *testing.T) {
	d := newDesk(t)
	client, server := d.pair()
	d.Receive(client, false)
	d.Close(server, true)
	for _, want := range []error{syscall.ECONNRESET, syscall.EPIPE, syscall.EPIPE} {
		if _, err := d.Send(client, [][]byte{{1}}); err != want {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

func TestPortsAreUsedAgainWhenAllWereUsed(t *testing.T) {
	d := newDesk(t)
	kept, err := d.Bind(tcp("127.0.0.1:0"), driver.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40_000 {
		ln, err := d.Bind(tcp("127.0.0.1:0"), driver.ListenOptions{})
		if err != nil || ln.Local == kept.Local {
			t.Fatalf("listener %d: got %v, %v", i, ln.Local, err)
		}
		ln.Handle.Close()
	}
}

func TestAConnectionGivesItsPortBack(t *testing.T) {
	d := newDesk(t)
	_, addr := d.listen("127.0.0.1:80", driver.ListenOptions{})
	local := tcp("127.0.0.1:5000")
	for round := range 3 {
		client := d.id()
		d.Connect(client, addr, local, driver.Options{})
		name := client.Slot()
		d.want(fmt.Sprintf("%d connected", name), "0 accepted")
		again := d.id()
		d.Connect(again, addr, local, driver.Options{})
		d.want(fmt.Sprintf("%d not connected: address already in use", again.Slot()))
		d.Close(client, false)
		d.accepted[round].Handle.Close()
		d.want(fmt.Sprintf("%d closed", name))
	}
}

func TestAddressesConflictAsOnLinux(t *testing.T) {
	for _, test := range []struct {
		a, b     string
		v6only   bool
		conflict bool
	}{
		{"127.0.0.1:80", "127.0.0.1:80", false, true},
		{"127.0.0.1:80", "127.0.0.1:81", false, false},
		{"127.0.0.1:80", "127.0.0.2:80", false, false},
		{"0.0.0.0:80", "127.0.0.1:80", false, true},
		{"127.0.0.1:80", "0.0.0.0:80", false, true},
		{"[::]:80", "0.0.0.0:80", false, true},
		{"0.0.0.0:80", "[::]:80", false, true},
		{"[::]:80", "127.0.0.1:80", false, true},
		{"127.0.0.1:80", "[::]:80", false, true},
		{"[::]:80", "0.0.0.0:80", true, false},
		{"127.0.0.1:80", "[::]:80", true, false},
		{"[::]:80", "[::1]:80", true, true},
		{"[::1]:80", "0.0.0.0:80", false, false},
		{"[::1]:80", "127.0.0.1:80", false, false},
		{"[::ffff:127.0.0.1]:80", "127.0.0.1:80", false, true},
	} {
		d := newDesk(t)
		o := driver.ListenOptions{V6Only: test.v6only}
		d.listen(test.a, o)
		_, err := d.Bind(tcp(test.b), o)
		if got := errors.Is(err, syscall.EADDRINUSE); got != test.conflict || !got && err != nil {
			t.Errorf("%s then %s, V6Only %v: got %v, want a conflict: %v", test.a, test.b, test.v6only, err, test.conflict)
		}
	}
}

func TestSharersOfAnAddressAreServedInTurn(t *testing.T) {
	d := newDesk(t)
	shared := driver.ListenOptions{ReusePort: true}
	_, addr := d.listen("127.0.0.1:80", shared)
	d.listen("127.0.0.1:80", shared)
	for range 4 {
		d.connect(addr)
	}
	d.turn()
	d.turn()
	accepted := 0
	for _, event := range d.log {
		if event == "0 accepted" {
			accepted++
		}
	}
	if accepted != 2 {
		t.Errorf("the first listener got %d of 4 clients, want 2: %q", accepted, d.log)
	}
}

func TestConnectWaitsForRoomInTheBacklog(t *testing.T) {
	d := newDesk(t)
	ln, addr := d.listen("127.0.0.1:80", driver.ListenOptions{Backlog: 2})
	d.Accept(ln, false)
	for range 4 {
		d.connect(addr)
	}
	d.want("1 connected", "2 connected")
	d.Accept(ln, true)
	d.want("0 accepted", "3 connected", "0 accepted", "4 connected", "0 accepted", "0 accepted")
}

func TestAClientMayTireOfTheBacklog(t *testing.T) {
	d := newDesk(t)
	ln, addr := d.listen("127.0.0.1:80", driver.ListenOptions{Backlog: 1})
	d.Accept(ln, false)
	d.connect(addr)
	impatient := d.connect(addr)
	d.connect(addr)
	d.want("1 connected")
	d.Close(impatient, false)
	d.want("2 closed")
	d.Accept(ln, true)
	d.want("0 accepted", "3 connected", "0 accepted")
}

func TestAListenerThatClosesTurnsItsClientsAway(t *testing.T) {
	d := newDesk(t)
	ln, addr := d.listen("127.0.0.1:80", driver.ListenOptions{Backlog: 1})
	d.Accept(ln, false)
	first := d.connect(addr)
	d.connect(addr)
	d.want("1 connected")
	d.Receive(first, true)
	d.Close(ln, false)
	d.want("1 failed: connection reset by peer", "2 not connected: connection refused", "0 closed")
}

func TestTheUnspecifiedAddressIsThisHost(t *testing.T) {
	d := newDesk(t)
	d.listen("[::]:80", driver.ListenOptions{})
	d.connect(tcp("0.0.0.0:80"))
	d.connect(tcp("[::]:80"))
	d.want("1 connected", "0 accepted", "2 connected", "0 accepted")
	for i, want := range []string{"127.0.0.1:80", "[::1]:80"} {
		if got := d.accepted[i].Local.String(); got != want {
			t.Errorf("client %d: got %s, want %s", i, got, want)
		}
	}
}

func TestADirectionHoldsSoManyBytes(t *testing.T) {
	d := newDesk(t)
	d.network.SetBuffer(4)
	client, server := d.pair()
	d.Receive(server, false)
	if n := d.send(client, "abcdef"); n != 4 {
		t.Fatalf("Send took %d of 6 bytes, want 4", n)
	}
	d.want()
	d.Receive(server, true)
	d.want("2 received abcd", "1 sent 0 <nil>")
}

func TestASocketReceivesAtMost64KiBInATurn(t *testing.T) {
	d := newDesk(t)
	d.network.SetBuffer(1 << 20)
	client, _ := d.pair()
	d.send(client, strings.Repeat("x", 100_000))
	d.turn()
	d.turn()
	if len(d.log) != 2 || len(d.log[0]) != len("2 received ")+64<<10 || len(d.log[1]) != len("2 received ")+100_000-64<<10 {
		t.Errorf("got %d events, want 64 KiB and the rest", len(d.log))
	}
}

func TestReceivedBytesAreTheDriversOwnAfterTheCall(t *testing.T) {
	d := newDesk(t)
	client, _ := d.pair()
	d.send(client, "secret")
	keeper := &keeper{desk: d}
	d.Wait(-1, keeper)
	if string(keeper.kept) == "secret" {
		t.Error("the bytes are as they were")
	}
}

// A keeper keeps the slice of Received, which it must not.
type keeper struct {
	*desk
	kept []byte
}

func (k *keeper) Received(_ driver.ID, p []byte) { k.kept = p }

func TestEventsAreReportedInTheOrderTheyArose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // all at the same time
		d := newDesk(t)
		client, server := d.pair()
		d.send(server, "a")
		d.send(client, "b")
		d.Wait(0, d)
		d.send(client, "c")
		d.send(server, "d")
		d.Shutdown(client)
		d.want("1 received a", "2 received b", "2 received c", "1 received d", "2 ended")
	})
}

func TestNothingIsReceivedOnceReceiveHasStopped(t *testing.T) {
	d := newDesk(t)
	client, server := d.pair()
	d.send(client, "a")
	d.Receive(server, false)
	d.Wait(0, d)
	if len(d.log) > 0 {
		t.Errorf("got %q, want nothing", d.log)
	}
	d.Receive(server, true)
	d.want("2 received a")
}

func TestTheFirstSendToAPeerThatClosedIsTakenAndReset(t *testing.T) {
	d := newDesk(t)
	client, server := d.pair()
	d.Close(client, false)
	d.want("2 ended", "1 closed")
	if n := d.send(server, "anyone?"); n != len("anyone?") {
		t.Errorf("Send took %d bytes", n)
	}
	if _, err := d.Send(server, [][]byte{[]byte("anyone?")}); err != syscall.EPIPE {
		t.Errorf("the second Send: got %v, want EPIPE", err)
	}
	d.want()
}

func TestClosingWithUnreadInputResets(t *testing.T) {
	d := newDesk(t)
	client, server := d.pair()
	d.Receive(client, false)
	d.send(server, "unread")
	d.Close(client, false)
	d.want("2 failed: connection reset by peer", "1 closed")
}

func TestClosingAfterBothHaveEndedResetsNothing(t *testing.T) {
	d := newDesk(t)
	client, server := d.pair()
	d.Shutdown(client)
	d.Shutdown(server)
	d.Close(client, true)
	d.want("2 ended", "1 closed")
}

func TestNamedNetworksAreShared(t *testing.T) {
	defer memory.Forget(t.Name())
	n := memory.Named(t.Name())
	if memory.Named(t.Name()) != n {
		t.Error("the same name gave another network")
	}
	memory.Forget(t.Name())
	if memory.Named(t.Name()) == n {
		t.Error("a forgotten name gave the same network")
	}
}

func TestMisuseMeetsAPanic(t *testing.T) {
	for name, misuse := range map[string]func(d *desk, client driver.ID){
		"Send while lent":     func(d *desk, client driver.ID) { d.send(client, "again") },
		"Shutdown while lent": func(d *desk, client driver.ID) { d.Shutdown(client) },
		"an ID in use": func(d *desk, client driver.ID) {
			d.Connect(client, tcp("127.0.0.1:80"), driver.Addr{}, driver.Options{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.network.SetFaults(memory.Faults{Take: memory.AtMost(1)})
			client, _ := d.pair()
			d.send(client, "lent")
			defer func() {
				if recover() == nil {
					t.Error("it was let pass")
				}
			}()
			misuse(d, client)
		})
	}
}

func TestStopRefusesWhileASocketIsInUse(t *testing.T) {
	d := newDesk(t)
	ln, _ := d.listen("127.0.0.1:80", driver.ListenOptions{})
	if d.Stop() == nil {
		t.Error("Stop returned no error though there is a listener")
	}
	d.Close(ln, false)
	d.want("0 closed")
	if err := d.Stop(); err != nil {
		t.Errorf("Stop: %v", err)
	}
}

func TestTheSameStepsGiveTheSameEvents(t *testing.T) {
	for seed := range uint64(20) {
		first := ramble(t, seed)
		if second := ramble(t, seed); !slices.Equal(first, second) {
			t.Fatalf("seed %d: got\n%q\nand then\n%q", seed, first, second)
		}
	}
}

// ramble takes random steps and returns the events.
func ramble(t *testing.T, seed uint64) []string {
	random := rand.New(rand.NewPCG(seed, seed))
	d := newDesk(t)
	d.network.SetBuffer(8)
	d.network.SetFaults(memory.Faults{
		Take:   func(n int) int { return random.IntN(n + 1) },
		Accept: func() error { return []error{nil, nil, nil, syscall.EMFILE}[random.IntN(4)] },
	})
	ln, addr := d.listen("127.0.0.1:0", driver.ListenOptions{Backlog: 3})
	var open []driver.ID
	for range 1000 {
		switch random.IntN(8) {
		case 0:
			open = append(open, d.connect(addr))
		case 1:
			if len(d.accepted) > 0 {
				open = append(open, d.attach())
			}
		case 2:
			d.Accept(ln, random.IntN(4) > 0)
		case 3, 4:
			d.Wait(0, d)
		default:
			if len(open) == 0 {
				break
			}
			i := random.IntN(len(open))
			id := open[i]
			switch random.IntN(10) {
			case 0:
				d.Close(id, random.IntN(2) == 0)
				open = slices.Delete(open, i, i+1)
			case 1:
				if !d.lent[id] {
					d.Shutdown(id)
				}
			case 2:
				d.Receive(id, false)
			case 3, 4, 5:
				d.Receive(id, true)
			default:
				if !d.lent[id] {
					n, err := d.Send(id, [][]byte{[]byte("letters")})
					d.lent[id] = n < len("letters") && err == nil
				}
			}
		}
	}
	d.Wait(0, d)
	return d.log
}
