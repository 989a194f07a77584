// Copyright 2026 The duplex authors. MIT license.

package metrics_test

import (
	"fmt"
	"log"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/metrics"
)

// A server with a name is registered; promhttp.Handler of client_golang then serves its
// counters.
func ExampleCollector() {
	srv := &duplex.Server{MaxConns: 1000}
	registry := prometheus.NewRegistry()
	registry.MustRegister(&metrics.Collector{Servers: map[string]*duplex.Server{"echo": srv}})
	if err := srv.Listen("tcp", "127.0.0.1:0"); err != nil {
		log.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "duplex_server_sockets" {
			m := f.GetMetric()[0]
			fmt.Println(f.GetName(), m.GetLabel()[0].GetValue(), m.GetGauge().GetValue())
		}
	}
	srv.Close()
	duplex.Wait()
	// Output: duplex_server_sockets echo 0
}
