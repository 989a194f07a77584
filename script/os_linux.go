// Copyright 2026 The duplex authors. MIT license.

package script

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// systemNames returns what uname says.
func systemNames() map[string]string {
	var u unix.Utsname
	unix.Uname(&u)
	return map[string]string{
		"type":    unix.ByteSliceToString(u.Sysname[:]),
		"release": unix.ByteSliceToString(u.Release[:]),
		"version": unix.ByteSliceToString(u.Version[:]),
		"machine": unix.ByteSliceToString(u.Machine[:]),
	}
}

// proc returns the words of a file of /proc, by line.
func proc(name string) [][]string {
	text, _ := os.ReadFile("/proc/" + name)
	var lines [][]string
	for line := range strings.Lines(string(text)) {
		lines = append(lines, strings.Fields(line))
	}
	return lines
}

func systemUptime() float64 {
	for _, words := range proc("uptime") {
		seconds, _ := strconv.ParseFloat(words[0], 64)
		return seconds
	}
	return 0
}

func systemLoads() (loads [3]float64) {
	for _, words := range proc("loadavg") {
		for i := range loads {
			loads[i], _ = strconv.ParseFloat(words[i], 64)
		}
	}
	return loads
}

func systemMemory() (total, free int64) {
	for _, words := range proc("meminfo") {
		n, _ := strconv.ParseInt(words[1], 10, 64)
		switch words[0] {
		case "MemTotal:":
			total = n * 1024
		case "MemAvailable:":
			free = n * 1024
		}
	}
	return total, free
}

func systemCPUs() []cpu {
	var models []string
	for _, words := range proc("cpuinfo") {
		if len(words) > 3 && words[0] == "model" && words[1] == "name" {
			models = append(models, strings.Join(words[3:], " "))
		}
	}
	var cpus []cpu
	for _, words := range proc("stat") {
		if len(words) < 7 || !strings.HasPrefix(words[0], "cpu") || words[0] == "cpu" {
			continue
		}
		c := cpu{model: "unknown"}
		if len(cpus) < len(models) {
			c.model = models[len(cpus)]
		}
		khz, _ := os.ReadFile("/sys/devices/system/cpu/" + words[0] + "/cpufreq/scaling_cur_freq")
		hz, _ := strconv.Atoi(strings.TrimSpace(string(khz)))
		c.speed = hz / 1000
		for i, column := range []int{1, 2, 3, 4, 6} {
			ticks, _ := strconv.ParseInt(words[column], 10, 64)
			c.times[i] = ticks * 10
		}
		cpus = append(cpus, c)
	}
	return cpus
}

// priority returns how nice a process is; the kernel counts from 40 down.
func priority(pid int) int {
	n, err := unix.Getpriority(unix.PRIO_PROCESS, pid)
	if err != nil {
		return 0
	}
	return 20 - n
}

func setPriority(pid, nice int) { unix.Setpriority(unix.PRIO_PROCESS, pid, nice) }
