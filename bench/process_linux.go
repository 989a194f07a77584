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
	// The clock of another process is named by its id: clock_getcpuclockid(3).
	const scheduled = 2
	return clock(^int32(p.pid)<<3 | scheduled)
}

// threadCPU is cpu for the thread that calls it.
func threadCPU() (time.Duration, bool) { return clock(unix.CLOCK_THREAD_CPUTIME_ID) }

// ownCPU is cpu for this process.
func ownCPU() (time.Duration, bool) { return clock(unix.CLOCK_PROCESS_CPUTIME_ID) }

func clock(id int32) (time.Duration, bool) {
	var t unix.Timespec
	err := unix.ClockGettime(id, &t)
	return time.Duration(t.Nano()), err == nil
}

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

// affordable returns for how many idle connections, of any server and with what
// the kernel has for both ends, there is memory.
func affordable() int {
	const each = 32 << 10
	for line := range strings.Lines(read("/proc/meminfo")) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "MemAvailable:" {
			kib, _ := strconv.Atoi(f[1])
			return kib << 10 / each
		}
	}
	return 1000
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
	const tick = time.Second / 100 // USER_HZ, on every architecture that Go knows
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
