// Copyright 2026 The duplex authors. MIT license.

package metrics_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/metrics"
	"github.com/duplex-go/duplex/room"
	"github.com/duplex-go/duplex/room/roomtest"
)

// scrape returns what Prometheus reads.
func scrape(t testing.TB, c prometheus.Collector) string {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(c); err != nil {
		t.Fatal(err)
	}
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}).
		ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if answer.Code != 200 {
		t.Fatalf("the answer is %d: %s", answer.Code, answer.Body)
	}
	return answer.Body.String()
}

// played returns a Collector of an engine on which a line came in and a client was refused.
func played(t *testing.T, e *duplex.Engine) *metrics.Collector {
	w := &duplex.Workers{Limit: 7}
	srv := &duplex.Server{Engine: e, MaxConns: 1, Handler: &duplex.Handler{
		Blocking: true, Workers: w, Framing: codec.Lines,
		OnData: func(s *duplex.Socket, p []byte) { s.Write(p) },
	}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var first, second duplextest.Recorder
	client := &duplex.Client{Engine: e}
	s := client.Connect(context.Background(), "tcp", srv.Addr().String(), first.Handler(nil))
	first.Expect(t, "connect")
	io.WriteString(s, "a line\n")
	first.Expect(t, "data: a line")
	client.Connect(context.Background(), "tcp", srv.Addr().String(), second.Handler(nil))
	second.Expect(t, "connect", "end", "close")
	return &metrics.Collector{
		Engine:  e,
		Servers: map[string]*duplex.Server{"lines": srv},
		Workers: map[string]*duplex.Workers{"database": w},
		Hubs:    map[string]*room.Hub{"chat": met(t, s)},
	}
}

// met returns a Hub that s is in, and that has received one message of another node and lost another.
func met(t *testing.T, s *duplex.Socket) *room.Hub {
	t.Helper()
	network := new(roomtest.Network)
	a, b := &room.Hub{Bus: network.Bus("a")}, &room.Hub{Bus: network.Bus("b")}
	for _, h := range []*room.Hub{a, b} {
		if err := h.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close(context.Background()) })
	}
	for began := time.Now(); a.Stats().Nodes+b.Stats().Nodes < 2; time.Sleep(time.Millisecond) {
		if time.Since(began) > duplextest.Patience {
			t.Fatal("the nodes do not know each other")
		}
	}
	if err := errors.Join(a.Join(s, "x", "y"), a.Bind(s, "ann"), a.Sync(t.Context())); err != nil {
		t.Fatal(err)
	}
	network.Drop(func(m roomtest.Message) bool { return strings.Contains(string(m.Data), "lost") })
	for _, name := range []string{"lost", "y"} {
		if err := b.Room("x").Join(name); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func TestACollectorShowsTheCounters(t *testing.T) {
	duplextest.Run(t, func(t *testing.T, e *duplex.Engine) {
		e.Budget = &duplex.Budget{Limit: 1 << 20}
		c := played(t, e)
		want := []string{
			fmt.Sprintf(`duplex_info{driver=%q} 1`, e.Stats().Driver),
			`duplex_servers 1`,
			`duplex_dropped_total{reason="max_conns"} 1`,
			`duplex_dropped_total{reason="blocked"} 0`,
			`duplex_budget_limit_bytes 1.048576e+06`,
			`duplex_budget_queued_bytes{direction="out"} 0`,
			`duplex_server_sockets{server="lines"} 1`,
			`duplex_server_accepted_total{server="lines"} 1`,
			`duplex_server_received_bytes_total{server="lines"} 7`,
			`duplex_server_sent_bytes_total{server="lines"} 6`,
			`duplex_server_frames_total{server="lines"} 1`,
			`duplex_server_dropped_total{reason="max_conns",server="lines"} 1`,
			`duplex_server_queued_bytes{direction="in",server="lines"} 0`,
			`duplex_workers_limit{workers="database"} 7`,
			`duplex_workers_waiting{workers="database"} 0`,
			`duplex_hub_sockets{hub="chat"} 1`,
			`duplex_hub_rooms{hub="chat"} 2`,
			`duplex_hub_users{hub="chat"} 1`,
			`duplex_hub_nodes{hub="chat"} 1`,
			`duplex_hub_received_total{hub="chat"} 1`,
			`duplex_hub_lost_total{hub="chat"} 1`,
			`duplex_hub_panics_total{hub="chat"} 0`,
		}
		var missing []string
		for began := time.Now(); time.Since(began) < duplextest.Patience; time.Sleep(time.Millisecond) {
			missing = nil
			text := scrape(t, c)
			for _, line := range want {
				if !strings.Contains("\n"+text, "\n"+line+"\n") {
					missing = append(missing, line)
				}
			}
			for _, name := range []string{"duplex_loop_lag_seconds", "duplex_loop_delay_seconds", "duplex_received_bytes_total"} {
				for _, loop := range []string{"0", "1"} {
					if line := fmt.Sprintf("\n%s{loop=%q} ", name, loop); !strings.Contains(text, line) {
						missing = append(missing, line)
					}
				}
			}
			if missing == nil {
				return
			}
		}
		t.Errorf("not shown:\n%s\nof\n%s", strings.Join(missing, "\n"), scrape(t, c))
	})
}

func TestNamesAreAsPrometheusRecommends(t *testing.T) {
	e := duplextest.Engine(t, "memory")
	e.Budget = new(duplex.Budget)
	problems, err := testutil.CollectAndLint(played(t, e))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestTheZeroCollectorIsThatOfTheSharedEngine(t *testing.T) {
	if text := scrape(t, new(metrics.Collector)); !strings.Contains(text, "\nduplex_servers 0\n") || strings.Contains(text, "duplex_budget") {
		t.Errorf("it shows\n%s", text)
	}
}

// TestEveryReasonIsShown fails if Drops has one that the Collector has not.
func TestEveryReasonIsShown(t *testing.T) {
	shown := strings.Count(scrape(t, new(metrics.Collector)), "\nduplex_dropped_total{")
	if fields := reflect.TypeFor[duplex.Drops]().NumField(); shown != fields {
		t.Errorf("%d reasons are shown, and Drops has %d", shown, fields)
	}
}

// TestEveryCounterOfAHubIsShown fails if room.Stats has one that the Collector has not.
func TestEveryCounterOfAHubIsShown(t *testing.T) {
	c := &metrics.Collector{Hubs: map[string]*room.Hub{"chat": new(room.Hub)}}
	shown := strings.Count(scrape(t, c), "{hub=\"chat\"}")
	if fields := reflect.TypeFor[room.Stats]().NumField(); shown != fields {
		t.Errorf("%d are shown, and room.Stats has %d", shown, fields)
	}
}

var name = regexp.MustCompile(`\bduplex_\w+`)

// names returns the names of all series.
func names(t *testing.T) map[string]bool {
	e := duplextest.Engine(t, "memory")
	e.Budget = new(duplex.Budget)
	all := make(map[string]bool)
	for line := range strings.Lines(scrape(t, played(t, e))) {
		if !strings.HasPrefix(line, "#") {
			all[name.FindString(line)] = true
		}
	}
	return all
}

func TestTheDashboardAsksForWhatThereIs(t *testing.T) {
	text, err := os.ReadFile("dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		Title  string
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	there, asked := names(t), 0
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			for _, n := range name.FindAllString(target.Expr, -1) {
				if asked++; !there[n] {
					t.Errorf("the panel %q asks for %s, which the Collector has not", p.Title, n)
				}
			}
		}
	}
	if board.Title == "" || asked < 15 {
		t.Errorf("the dashboard %q asks for %d series", board.Title, asked)
	}
}

func TestTheDocumentHasEveryName(t *testing.T) {
	text, err := os.ReadFile("../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	there := names(t)
	for n := range there {
		if !strings.Contains(string(text), "`"+n+"`") {
			t.Errorf("docs/metrics.md lacks %s", n)
		}
	}
	for _, n := range name.FindAllString(string(text), -1) {
		if !there[n] {
			t.Errorf("docs/metrics.md speaks of %s, which the Collector has not", n)
		}
	}
}

// A collection runs on a goroutine of the registry, where a panic ends the program.
func TestANameThatIsNoUTF8IsAnErrorOfTheCollection(t *testing.T) {
	e := duplextest.Engine(t, "memory")
	for kind, c := range map[string]*metrics.Collector{
		"server":  {Engine: e, Servers: map[string]*duplex.Server{"a\xff": {}}},
		"workers": {Engine: e, Workers: map[string]*duplex.Workers{"a\xff": {}}},
		"hub":     {Engine: e, Hubs: map[string]*room.Hub{"a\xff": {}}},
	} {
		registry := prometheus.NewRegistry()
		registry.MustRegister(c)
		families, err := registry.Gather()
		if err == nil || !strings.Contains(err.Error(), "UTF-8") {
			t.Errorf("%s: the error is %v", kind, err)
		}
		if len(families) == 0 {
			t.Errorf("%s: nothing else is shown", kind)
		}
	}
}

// A name may have any other character.
func TestNamesAreEscaped(t *testing.T) {
	c := &metrics.Collector{Engine: duplextest.Engine(t, "memory"), Servers: map[string]*duplex.Server{"a \"b\"\\\n": {}, "": {}, "名": {}}}
	text := scrape(t, c)
	for _, line := range []string{`duplex_server_sockets{server="a \"b\"\\\n"} 0`, `duplex_server_sockets{server=""} 0`, `duplex_server_sockets{server="名"} 0`} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("%s is not shown", line)
		}
	}
}

// Collectors come and go while others are collected.
func TestCollectorsAreRegisteredWhileOthersAreCollected(t *testing.T) {
	e := duplextest.Engine(t, "memory")
	registry := prometheus.NewPedanticRegistry()
	var work sync.WaitGroup
	for i := range 4 {
		labeled := prometheus.WrapRegistererWith(prometheus.Labels{"engine": fmt.Sprint(i)}, registry)
		c := &metrics.Collector{Engine: e, Servers: map[string]*duplex.Server{"s": {Engine: e}}}
		work.Go(func() {
			for range 10 {
				if err := labeled.Register(c); err != nil {
					t.Error(err)
				}
				if err := labeled.Register(c); !errors.As(err, new(prometheus.AlreadyRegisteredError)) {
					t.Errorf("a second registration returned %v", err)
				}
				if _, err := registry.Gather(); err != nil {
					t.Error(err)
				}
				if !labeled.Unregister(c) {
					t.Error("it was not registered")
				}
			}
		})
	}
	work.Wait()
}

// TestEntriesThatAreNilAreLeftOut collects from a program that has left some of its servers
// unmade: the others are shown, and the collection does not panic.
func TestEntriesThatAreNilAreLeftOut(t *testing.T) {
	c := &metrics.Collector{
		Engine:  &duplex.Engine{},
		Servers: map[string]*duplex.Server{"made": {}, "unmade": nil},
		Workers: map[string]*duplex.Workers{"made": {}, "unmade": nil},
		Hubs:    map[string]*room.Hub{"made": {}, "unmade": nil},
	}
	shown := scrape(t, c)
	if made := strings.Count(shown, `="made"`); made == 0 || strings.Contains(shown, "unmade") {
		t.Errorf("%d series are of what was made, and the rest is not left out:\n%s", made, shown)
	}
}
