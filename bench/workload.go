// Copyright 2026 The duplex authors. MIT license.

package main

// A workload is something to do with a server, and what to measure of it.
type workload struct {
	name  string
	title string

	mode   string // what the server is asked to do
	size   int    // bytes of a message
	many   bool   // the server has all cores, and shares them with the load
	proc   bool   // nothing can be said without /proc
	once   bool   // one round says it all
	secure bool   // the server speaks TLS
	among  string // the names of the servers that can; "": all

	// metrics are what measure returns, the most telling first.
	metrics []metric
	measure func(p *process, e effort) (sample, error)
}

var workloads = []workload{
	echo("echo-64x1", 64, 1),
	echo("echo-64x50", 64, 50),
	echo("echo-64x100", 64, 100),
	echo("echo-64x1000", 64, 1000),
	echo("echo-64x10000", 64, 10000),
	pipelined("echo-pipelined-16x100", 64, 16, 100),
	echo("echo-1Kx100", 1<<10, 100),
	echo("echo-16Kx100", 16<<10, 100),
	onAllCores(echo("echo-64x100", 64, 100)),
	visit("connect-echo-close", 64, 50),
	sink("sink", 16),
	source("source", 16),
	broadcast("broadcast-100x100", 100),
	fanout("fanout-1x100", 100),
	idle("idle", 64, 10000),
	onlyOnce(idle("idle-100000", 64, 100000)),
	late("late-half-close", 5_000_000),
	secureEcho("tls-echo-64x100", modeEcho, 64, 100),
	secureEcho("tls-echo-16Kx100", modeEcho, 16<<10, 100),
	secureEcho("tls-gathered-16x64x100", modeScatter, 16*scatterSize, 100),
	handshakes("tls-handshake", 20, false),
	handshakes("tls-resumed", 20, true),
	collected(overTLS(idle("tls-idle", 64, 5000))),
	collected(overTLS(idle("tls-idle-64K", 64<<10, 5000))),
	requests("http-1Kx100", 1<<10, 100),
	overTLS(requests("https-1Kx100", 1<<10, 100)),
	keptAlive("http-idle", 1<<10, 10000),
	fan("fan-1x10000", 10000),
	rooms("rooms-100x10x10000", 10000),
	onAllCores(fan("fan-1x10000", 10000)),
	onAllCores(rooms("rooms-100x10x10000", 10000)),
	members("members-10x10000", 10000),
}

// onAllCores is w without a core for the load alone, nor one for the server.
func onAllCores(w workload) workload {
	w.name += "-allcores"
	w.title += "; on all cores"
	w.many = true
	return w
}

// overTLS is w with TLS.
func overTLS(w workload) workload {
	w.title += "; TLS 1.3"
	w.secure = true
	return w
}

// collected is a w whose servers collect their garbage before they are measured, if they
// can: see settled.
func collected(w workload) workload {
	w.title += "; in Go after a collection of garbage"
	return w
}

// onlyOnce is w in the first round alone.
func onlyOnce(w workload) workload {
	w.title += "; in one round"
	w.once = true
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
