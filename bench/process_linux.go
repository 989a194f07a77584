// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// hasProc says that /proc tells of other processes.
const hasProc = true

// cpu returns the time that the process has spent on CPUs, user and system, and
// whether the platform can tell.
func (p *process) cpu() (time.Duration, bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
	if err != nil {
		return 0, false
	}
	// The second field is the name in brackets, which may hold anything.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, err1 == nil && err2 == nil
}

// tick is what /proc counts in: USER_HZ, on every architecture that Go knows.
const tick = time.Second / 100

// resident returns how much memory the process has, in bytes. The VmRSS of
// /proc/PID/status is off by some hundred KiB on new kernels, so it is but the
// second choice.
func (p *process) resident() (int64, error) {
	for _, source := range []struct{ file, name string }{{"smaps_rollup", "Rss:"}, {"status", "VmRSS:"}} {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.pid, source.file))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); len(f) == 3 && f[0] == source.name {
				kib, err := strconv.ParseInt(f[1], 10, 64)
				return kib << 10, err
			}
		}
	}
	return 0, fmt.Errorf("/proc/%d does not tell the resident memory", p.pid)
}

// descriptors returns how many files a process may have open. Go and Node raise
// their soft limit to the hard one by themselves.
func descriptors() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 1024
	}
	return int(min(limit.Max, 1<<30))
}

// cpus returns those that this program may use.
func cpus() (list []int) {
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil {
		return nil
	}
	for i := range len(set) * strconv.IntSize {
		if set.IsSet(i) {
			list = append(list, i)
		}
	}
	return list
}

// stay keeps this program, all its threads, on some CPUs.
func stay(on []int) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, task := range tasks {
		if id, err := strconv.Atoi(task.Name()); err == nil {
			_ = affinity(id, on) // threads come and go
		}
	}
}

// startOn starts cmd on some CPUs: a child inherits those of the thread that
// starts it.
func startOn(on []int, cmd *exec.Cmd) error {
	if len(on) == 0 {
		return cmd.Start()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var mine unix.CPUSet
	if err := unix.SchedGetaffinity(0, &mine); err != nil {
		return fmt.Errorf("sched_getaffinity: %w", err)
	}
	if err := affinity(0, on); err != nil {
		return err
	}
	defer unix.SchedSetaffinity(0, &mine)
	return cmd.Start()
}

// A strain is CPU time up to some moment.
type strain struct {
	ours time.Duration // of this program and of its servers that have ended
	all  time.Duration // of everyone, what the host took away included
	most time.Duration // there was, on all CPUs
}

// strained reads the strain, and reports whether the platform can tell.
func strained() (s strain, ok bool) {
	for _, who := range []int{unix.RUSAGE_SELF, unix.RUSAGE_CHILDREN} {
		var used unix.Rusage
		if err := unix.Getrusage(who, &used); err != nil {
			return s, false
		}
		s.ours += time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	line, _, _ := strings.Cut(read("/proc/stat"), "\n")
	fields := strings.Fields(line) // cpu user nice system idle iowait irq softirq steal guest guest_nice
	if len(fields) < 9 {
		return s, false
	}
	for i, field := range fields[1:9] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return s, false
		}
		s.most += time.Duration(ticks) * tick
		if i != 3 && i != 4 {
			s.all += time.Duration(ticks) * tick
		}
	}
	return s, true
}

func affinity(thread int, on []int) error {
	var set unix.CPUSet
	for _, i := range on {
		set.Set(i)
	}
	if err := unix.SchedSetaffinity(thread, &set); err != nil {
		return fmt.Errorf("sched_setaffinity: %w", err)
	}
	return nil
}
