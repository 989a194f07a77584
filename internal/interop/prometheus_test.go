// Copyright 2026 The duplex authors. MIT license.

package interop

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	prom "github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/codec"
	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/metrics"
	"github.com/duplex-go/duplex/room"
)

// A query is one of the dashboard, and the panel that shows it.
type query struct{ panel, expr string }

// queries returns those of the dashboard. Grafana's schema of dashboards, panels and queries
// has every field of the file.
func queries(t *testing.T) (all []query) {
	t.Helper()
	text, err := os.ReadFile("../../metrics/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	cog.NewRuntime().RegisterPanelcfgVariant(timeseries.VariantConfig())
	cog.NewRuntime().RegisterDataqueryVariant(prom.VariantConfig())
	var strict, board dashboard.Dashboard
	if err := strict.UnmarshalJSONStrict(text); err != nil && err.Error() != "" { // a list of none is no nil
		t.Errorf("the dashboard is not what Grafana reads: %v", err)
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	if err := board.Validate(); err != nil {
		t.Errorf("the dashboard is not valid: %v", err)
	}
	for _, p := range board.Panels {
		for _, target := range p.Panel.Targets {
			q, ok := target.(*prom.Dataquery)
			if !ok {
				t.Fatalf("a query of %q is a %T", *p.Panel.Title, target)
			}
			all = append(all, query{*p.Panel.Title, q.Expr})
		}
	}
	return all
}

// Prometheus reads the collector, and answers every query of the dashboard: with at least
// one series, unless the query asks for those above 0.
func TestPrometheusAnswersTheDashboard(t *testing.T) {
	all := queries(t)
	if len(all) < 15 {
		t.Fatalf("the dashboard has %d queries", len(all))
	}
	e := &duplex.Engine{Loops: 2, Budget: &duplex.Budget{Limit: 1 << 20}}
	t.Cleanup(func() { e.Close() })
	workers := &duplex.Workers{Limit: 4}
	srv := &duplex.Server{Engine: e, MaxConns: 1, Handler: &duplex.Handler{
		Blocking: true, Workers: workers, Framing: codec.Lines,
		OnData: func(s *duplex.Socket, line []byte) { s.Write(line) },
	}}
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	var told duplextest.Recorder
	client := &duplex.Client{Engine: e}
	s := client.Connect(t.Context(), "tcp", srv.Addr().String(), told.Handler(nil))
	io.WriteString(s, "a line\n")
	told.Expect(t, "connect", "data: a line")

	hub := new(room.Hub)
	if err := hub.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hub.Close(context.Background()) })
	if err := hub.Join(s, "lobby"); err != nil {
		t.Fatal(err)
	}

	registry := prometheus.NewRegistry()
	registry.MustRegister(&metrics.Collector{
		Engine:  e,
		Servers: map[string]*duplex.Server{"lines": srv},
		Workers: map[string]*duplex.Workers{"database": workers},
		Hubs:    map[string]*room.Hub{"lobby": hub},
	})
	page := httptest.NewServer(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	defer page.Close()

	dir, port := t.TempDir(), freePort(t)
	config := filepath.Join(dir, "prometheus.yml")
	target := strings.TrimPrefix(page.URL, "http://")
	text := fmt.Sprintf("scrape_configs:\n- job_name: duplex\n  scrape_interval: 200ms\n  scrape_timeout: 200ms\n  static_configs:\n  - targets: [%q]\n", target)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	serve(t, port, exec.Command(program(t, "prometheus"), "--config.file="+config, "--storage.tsdb.path="+dir,
		"--web.listen-address=127.0.0.1:"+port))

	// What Grafana puts in for a dashboard's variables.
	variables := strings.NewReplacer("$instance", ".*", "$__rate_interval", "30s")
	until := time.Now().Add(patience)
	for _, q := range all {
		expr := variables.Replace(q.expr)
		for ; ; time.Sleep(100 * time.Millisecond) {
			series, err := ask(t.Context(), port, expr)
			if err == nil && (series > 0 || strings.Contains(expr, "> 0")) {
				break
			}
			if time.Now().After(until) || err != nil && strings.Contains(err.Error(), "bad_data") {
				t.Errorf("the panel %q asks %s: %d series, %v", q.panel, expr, series, err)
				break
			}
		}
	}
}

// ask asks Prometheus, and returns the number of series in the answer.
func ask(ctx context.Context, port, expr string) (series int, err error) {
	req, err := http.NewRequestWithContext(ctx, "GET", "http://127.0.0.1:"+port+"/api/v1/query?query="+url.QueryEscape(expr), nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	var answer struct {
		Status, ErrorType, Error string
		Data                     struct{ Result []json.RawMessage }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return 0, err
	}
	if answer.Status != "success" {
		return 0, fmt.Errorf("%s: %s", answer.ErrorType, answer.Error)
	}
	return len(answer.Data.Result), nil
}
