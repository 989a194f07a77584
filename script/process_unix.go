// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package script

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

func kill(pid, number int) error { return syscall.Kill(pid, syscall.Signal(number)) }

func umask(mask int) int { return syscall.Umask(mask) }

// resident returns how much memory the process has, in bytes; otherwise is what to
// say where the system does not.
func resident(otherwise uint64) uint64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return otherwise
	}
	if fields := strings.Fields(string(text)); len(fields) > 1 {
		if pages, err := strconv.ParseUint(fields[1], 10, 64); err == nil {
			return pages * uint64(os.Getpagesize())
		}
	}
	return otherwise
}

// usage returns what the process has used of the system: times in microseconds.
func usage() map[string]int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return nil
	}
	return map[string]int64{
		"userCPUTime":                u.Utime.Nano() / 1000,
		"systemCPUTime":              u.Stime.Nano() / 1000,
		"maxRSS":                     int64(u.Maxrss),
		"minorPageFault":             int64(u.Minflt),
		"majorPageFault":             int64(u.Majflt),
		"fsRead":                     int64(u.Inblock),
		"fsWrite":                    int64(u.Oublock),
		"voluntaryContextSwitches":   int64(u.Nvcsw),
		"involuntaryContextSwitches": int64(u.Nivcsw),
	}
}
