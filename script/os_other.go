// Copyright 2026 The duplex authors. MIT license.

//go:build !linux

package script

import (
	"runtime"
	"time"
)

var systemStart = time.Now()

// systemNames returns what can be known without asking the system.
func systemNames() map[string]string {
	types := map[string]string{"darwin": "Darwin", "windows": "Windows_NT", "freebsd": "FreeBSD", "openbsd": "OpenBSD", "netbsd": "NetBSD"}
	machines := map[string]string{"amd64": "x86_64", "386": "i686"}
	machine := runtime.GOARCH
	if name, ok := machines[machine]; ok {
		machine = name
	}
	return map[string]string{"type": types[runtime.GOOS], "release": "", "version": runtime.GOOS, "machine": machine}
}

func systemUptime() float64 { return time.Since(systemStart).Seconds() }

func systemLoads() [3]float64 { return [3]float64{} }

func systemMemory() (total, free int64) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys), int64(m.HeapIdle)
}

func systemCPUs() []cpu {
	cpus := make([]cpu, runtime.NumCPU())
	for i := range cpus {
		cpus[i].model = "unknown"
	}
	return cpus
}

func priority(int) int { return 0 }

func setPriority(int, int) {}
