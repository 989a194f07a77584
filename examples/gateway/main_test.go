// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
)

// open opens a gateway that knows n devices, and lets f visit it. A machine that is busy may
// be slower than a device, so a login has as much time as a test.
func open(t *testing.T, n int, f func(t *testing.T, e *duplex.Engine, g *gateway)) {
	openFor(t, n, duplextest.Patience, f)
}

// openFor is open of a gateway with the two limits of a login.
func openFor(t *testing.T, n int, limit time.Duration, f func(t *testing.T, e *duplex.Engine, g *gateway)) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		db, err := openStore(filepath.Join(t.TempDir(), "test.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for i := range n {
			if _, err := db.Exec("INSERT INTO devices VALUES (?, 'secret')", fmt.Sprint("device", i)); err != nil {
				t.Fatal(err)
			}
		}
		g := newGateway(e, db, 1000)
		g.srv.FirstByteTimeout, g.login.FrameTimeout = limit, limit
		if err := g.srv.Listen("tcp", "127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
		f(t, e, g)
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A device is a client of the gateway, and what it was told, frame by frame.
type device struct {
	*duplex.Socket
	duplextest.Recorder
}

// visit connects a device, which says the texts as soon as it is connected.
func visit(t *testing.T, e *duplex.Engine, g *gateway, texts ...string) *device {
	t.Helper()
	d := &device{Recorder: duplextest.Recorder{Pieces: true}}
	client := duplex.Client{Engine: e}
	d.Socket = client.Connect(t.Context(), "tcp", g.srv.Addr().String(), d.Handler(&duplex.Handler{Framing: frames}))
	d.says(texts...)
	d.Expect(t, "connect")
	return d
}

func (d *device) says(texts ...string) {
	var all []byte
	for _, text := range texts {
		all, _ = frames.Append(all, []byte(text))
	}
	d.Write(all)
}

func TestReadingsAreStored(t *testing.T) {
	open(t, 1, func(t *testing.T, e *duplex.Engine, g *gateway) {
		d := visit(t, e, g)
		d.says("device0 secret", "21.5", "warm", "22")
		d.Expect(t, "data: welcome", "data: stored", "data: not a number", "data: stored")
		d.End()
		d.Expect(t, "end", "close")
		var n, sum float64
		if err := g.store.QueryRow("SELECT count(*), sum(value) FROM readings WHERE device = 'device0'").Scan(&n, &sum); err != nil || n != 2 || sum != 43.5 {
			t.Errorf("%v readings, sum %v, %v; want 2 and 43.5", n, sum, err)
		}
	})
}

func TestAWrongLoginIsRefused(t *testing.T) {
	open(t, 1, func(t *testing.T, e *duplex.Engine, g *gateway) {
		for _, login := range []string{"device0 guess", "device1 secret", "device0", ""} {
			d := visit(t, e, g)
			d.says(login, "21.5")
			d.Expect(t, "data: refused", "end", "close")
		}
		var n int
		if err := g.store.QueryRow("SELECT count(*) FROM readings").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d readings were stored, %v", n, err)
		}
	})
}

// A device that sends the start of a login, or nothing, is gone in time. A device that has
// logged in stays.
func TestALoginHasToComeInTime(t *testing.T) {
	openFor(t, 1, time.Second, func(t *testing.T, e *duplex.Engine, g *gateway) {
		good, silent, slow := visit(t, e, g, "device0 secret"), visit(t, e, g), visit(t, e, g)
		good.Expect(t, "data: welcome")
		slow.Write([]byte{0})
		silent.ExpectMatch(t, "end|error: ECONNRESET", "close.*")
		slow.ExpectMatch(t, "end|error: ECONNRESET", "close.*")
		good.ExpectNothing(t, g.login.FrameTimeout/2)
		good.says("1")
		good.Expect(t, "data: stored")
	})
}

// A device that has sent its login in time may wait for the database for as long as that takes.
func TestALoginMayWaitForTheDatabase(t *testing.T) {
	openFor(t, 1, time.Second, func(t *testing.T, e *duplex.Engine, g *gateway) {
		taken, done := make(chan struct{}), make(chan struct{})
		release := sync.OnceFunc(func() { close(done) })
		defer release()
		for range g.workers.Limit {
			busy, _ := duplextest.PipeOf(t, e, nil, &duplex.Handler{
				Blocking: true, Workers: &g.workers,
				OnData: func(*duplex.Socket, []byte) { taken <- struct{}{}; <-done },
			})
			busy.WriteString("a slow query")
			<-taken
		}
		d := visit(t, e, g, "device0 secret", "1")
		d.ExpectNothing(t, g.login.FrameTimeout+g.login.FrameTimeout/2)
		release()
		d.Expect(t, "data: welcome", "data: stored")
	})
}

// Many devices send at the same time. No more than four of them are in the database
// at once, and every reading is stored.
func TestManyDevicesShareTheDatabase(t *testing.T) {
	const devices, readings = 200, 5
	open(t, devices, func(t *testing.T, e *duplex.Engine, g *gateway) {
		var all sync.WaitGroup
		for i := range devices {
			all.Go(func() {
				d := visit(t, e, g)
				d.says(fmt.Sprintf("device%d secret", i))
				d.Expect(t, "data: welcome")
				for range readings {
					d.says("1")
				}
				for range readings {
					d.Expect(t, "data: stored")
				}
			})
		}
		all.Wait()
		var n int
		if err := g.store.QueryRow("SELECT count(*) FROM readings").Scan(&n); err != nil || n != devices*readings {
			t.Errorf("%d readings were stored, %v; want %d", n, err, devices*readings)
		}
		if st := g.workers.Stats(); st.Running > 4 {
			t.Errorf("%+v", st)
		}
	})
}
