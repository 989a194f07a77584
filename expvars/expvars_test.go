// Copyright 2026 The duplex authors. MIT license.

package expvars_test

import (
	"encoding/json"
	"expvar"
	"fmt"
	"io"
	"net/http/httptest"
	"testing"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/expvars"
	"github.com/duplex-go/duplex/room"
)

func TestTheCountersAreAtDebugVars(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		w := &duplex.Workers{Limit: 3}
		a, b := duplextest.PipeOf(t, e, nil, &duplex.Handler{Blocking: true, Workers: w})
		io.WriteString(a, "hello")
		b.Expect(t, "data: hello")
		expvars.Publish("engine on "+e.Driver, e)
		expvars.PublishServer("server on "+e.Driver, b.Server())
		expvars.PublishWorkers("workers on "+e.Driver, w)
		hub := new(room.Hub)
		hub.Join(b.Socket, "lobby", "game")
		expvars.PublishHub("hub on "+e.Driver, hub)

		answer := httptest.NewRecorder()
		expvar.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/debug/vars", nil))
		var all map[string]json.RawMessage
		if err := json.Unmarshal(answer.Body.Bytes(), &all); err != nil {
			t.Fatal(err)
		}
		var engine struct {
			Engine duplex.Stats
			Loops  []duplex.LoopStats
		}
		var server duplex.ServerStats
		var workers duplex.WorkersStats
		var rooms room.Stats
		for name, v := range map[string]any{"engine": &engine, "server": &server, "workers": &workers, "hub": &rooms} {
			if err := json.Unmarshal(all[name+" on "+e.Driver], v); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if engine.Engine.Accepted != 1 || engine.Engine.Driver != e.Stats().Driver || len(engine.Loops) != 2 {
			t.Errorf("the engine shows %+v", engine)
		}
		if server.Accepted != 1 || server.BytesReceived != 5 || workers.Limit != 3 {
			t.Errorf("the server shows %+v, and the workers %+v", server, workers)
		}
		if rooms.Sockets != 1 || rooms.Rooms != 2 {
			t.Errorf("the hub shows %+v", rooms)
		}
	})
}

func Example() {
	srv := new(duplex.Server)
	expvars.PublishServer("idle server", srv)
	var st duplex.ServerStats
	json.Unmarshal([]byte(expvar.Get("idle server").String()), &st)
	fmt.Println("sockets:", st.Sockets)
	// Output: sockets: 0
}
