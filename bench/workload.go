// Copyright 2026 The duplex authors. MIT license.

package main

// A workload is something to do with a server, and what to measure of it.
type workload struct {
	name  string
	title string

	mode string // what the server is asked to do
	size int    // bytes of a message
	many bool   // the server has all cores, and shares them with the load
	proc bool   // nothing can be said without /proc

	// metrics are what measure returns, the most telling first.
	metrics []metric
	measure func(p *process, e effort) (sample, error)
}

var workloads = []workload{
	echo("echo-64x1", 64, 1),
	echo("echo-64x100", 64, 100),
	echo("echo-64x1000", 64, 1000),
	onAllCores(echo("echo-64x100", 64, 100)),
	broadcast("broadcast-100x100", 100),
	idle("idle", 10000),
}

// onAllCores is w without a core for the load alone, nor one for the server.
func onAllCores(w workload) workload {
	w.name += "-allcores"
	w.title += "; on all cores"
	w.many = true
	return w
}

// A metric is one figure of a sample.
type metric struct {
	Name string `json:"name"` // with its unit
	Main bool   `json:"main"` // belongs into the summary
}

// A sample is what one measurement found, by the name of the metric. What a
// platform cannot tell is missing.
type sample map[string]float64
