// Copyright 2026 The duplex authors. MIT license.

package program

import (
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// driver is the environment variable that names the default driver.
const driver = "DUPLEX_DRIVER"

// alone is the environment variable of a process that runs one test on the driver
// "memory": the example has the flags and the output of that process.
const alone = "EXAMPLE_ALONE"

// example is the example's main.
var example func()

// onMemory reports whether the default driver is "memory".
func onMemory() bool {
	name, _, _ := strings.Cut(os.Getenv(driver), ":")
	return name == "memory"
}

// NeedProcess skips a test on the driver "memory" if it is about the process of the
// example, for the reason.
func NeedProcess(t *testing.T, reason string) {
	t.Helper()
	if onMemory() {
		t.Skip("on the driver memory the example runs in the process of its test: " + reason)
	}
}

// runEachAlone runs each test in a process of its own, whose engines share a network, and
// returns the exit code. The process keeps no log of what it reads for the go command,
// which therefore does not cache the result.
func runEachAlone() (code int) {
	flag.Parse()
	value := func(name string) string { return flag.Lookup("test." + name).Value.String() }
	pattern, _, _ := strings.Cut(value("run"), "/")
	if pattern == "" {
		pattern = "."
	}
	self, err := os.Executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	list, err := single(self, "-test.list="+pattern).Output()
	count, _ := strconv.Atoi(value("count"))
	if err != nil || count < 1 {
		fmt.Fprintln(os.Stderr, "the tests cannot be listed:", err, value("count"))
		return 1
	}
	for _, name := range strings.Fields(string(list)) {
		for range count {
			code = max(code, runAlone(self, name, value))
		}
	}
	return code
}

// runAlone runs a test in a process, and returns its exit code.
func runAlone(self, name string, value func(flag string) string) (code int) {
	run := "^" + name + "$"
	if _, rest, ok := strings.Cut(value("run"), "/"); ok {
		run += "/" + rest
	}
	args := []string{"-test.run=" + run}
	for _, f := range []string{"v", "timeout", "skip", "short"} {
		args = append(args, "-test."+f+"="+value(f))
	}
	out, err := single(self, args...).CombinedOutput()
	if err != nil || testing.Verbose() {
		os.Stdout.Write(out)
	}
	if err == nil {
		return 0
	}
	fmt.Println(name, "on the driver memory:", err)
	return 1
}

// single returns the command of a process that is alone.
func single(self string, args ...string) *exec.Cmd {
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), alone+"=1", driver+"=memory:examples")
	return cmd
}

// startHere runs the example in this process, until it ends.
func (p *Program) startHere(t *testing.T, args []string) (stdout io.Reader) {
	t.Helper()
	if example == nil {
		t.Fatal("the example was started before, or the test has no TestMain")
	}
	main := example
	example = nil
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = w // the output of the test has the one before
	os.Args = append(os.Args[:1:1], args...)
	go func() { // until main returns, or the process ends
		defer w.Close()
		main()
	}()
	return r
}
