// Copyright 2026 The duplex authors. MIT license.

package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

//go:embed epoll/load.c
var loadSource string

// BenchmarkGenerator is what a message costs duplex bench, beside a plain loop around epoll
// in C that sends the same: the CPU time of the generator alone, for messages of 64 B that a
// server in C sends back, one at a time on each connection. Each round has both, one after
// the other.
//
//	go test -run '^$' -bench Generator -benchtime 10x
func BenchmarkGenerator(b *testing.B) {
	cc, err := compiler()
	if err != nil {
		b.Skip("NOT MEASURED: ", err)
	}
	dir := b.TempDir()
	loop, command := filepath.Join(dir, "load"), filepath.Join(dir, "duplex")
	for _, build := range []*exec.Cmd{
		exec.Command(cc, "-x", "c", "-O2", "-Wall", "-Wextra", "-o", loop, "-"),
		exec.Command("go", "build", "-o", command, "../cmd/duplex"),
	} {
		build.Stdin = strings.NewReader(loadSource)
		if out, err := build.CombinedOutput(); err != nil {
			b.Fatalf("%v: %v\n%s", build.Args, err, out)
		}
	}
	b.Cleanup(clean)
	for _, conns := range []string{"1", "100", "1000"} {
		b.Run(conns+"conns", func(b *testing.B) {
			w := workload{mode: modeEcho, size: 64}
			at := place(w)
			p, err := start(epollServer, w, at)
			if err != nil {
				b.Fatal(err)
			}
			defer p.stop()
			port := strconv.Itoa(int(p.addr.Port()))
			run := func(args ...string) string {
				cmd := exec.Command(args[0], args[1:]...)
				cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
				var out strings.Builder
				cmd.Stdout, cmd.Stderr = &out, os.Stderr
				err := startOn(at.generator, cmd)
				if err == nil {
					err = cmd.Wait()
				}
				if err != nil {
					b.Fatalf("%v: %v", args, err)
				}
				return out.String()
			}
			const slice = 500 * time.Millisecond
			var plain, ours, ratios []float64
			for range b.N {
				var messages, cpu float64
				if _, err := fmt.Sscan(run(loop, port, conns, "64", strconv.Itoa(int(slice.Milliseconds()))), &messages, &cpu); err != nil {
					b.Fatal(err)
				}
				var report struct{ OwnCPUUs float64 }
				if err := json.Unmarshal([]byte(run(command, "bench", port, "-c", conns, "-d", slice.String(), "--json")), &report); err != nil {
					b.Fatal(err)
				}
				plain = append(plain, cpu/messages/1e3)
				ours = append(ours, report.OwnCPUUs)
				ratios = append(ratios, report.OwnCPUUs/(cpu/messages/1e3))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(plain), "C-us/message")
			b.ReportMetric(median(ours), "duplex-us/message")
			b.ReportMetric(median(ratios), "ratio")
		})
	}
}
