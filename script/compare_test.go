// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/diff"
)

//go:generate go test -run ^(TestScripts|TestTutorialScripts|TestTLSScripts|TestAScriptWhoseReaderHasGone)$ -update .

var update = flag.Bool("update", false, "record what node says to the scripts of testdata anew")

// patience is how long a script may take. They take a moment, but tests of other
// packages run beside them.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	if built.folder != "" {
		os.RemoveAll(built.folder)
	}
	os.Exit(code)
}

// TestScripts runs testdata/scripts/GROUP/NAME.js by the command duplex-run and by
// node: both must print the same and exit with the same code. NAME.js.txt is what node
// said when it was recorded, for where there is no node; where there is one it must
// say so still. A script may begin with lines that say how it is run:
//
//	// Arguments: one two
//	// Input: "a text\n"
func TestScripts(t *testing.T) {
	node := findNode(t)
	duplex := command{"duplex", []string{buildRunner(t)}}
	var scripts []string
	for _, pattern := range []string{"*.js", "*.cjs", "*.mjs"} {
		found, err := filepath.Glob(filepath.Join("testdata", "scripts", "*", pattern))
		if err != nil {
			t.Fatal(err)
		}
		scripts = append(scripts, found...)
	}
	if len(scripts) < 140 {
		t.Errorf("testdata/scripts has %d scripts; it had 140 and more", len(scripts))
	}
	for _, file := range scripts {
		group, name := filepath.Base(filepath.Dir(file)), filepath.Base(file)
		t.Run(group+"/"+strings.TrimSuffix(name, filepath.Ext(name)), func(t *testing.T) {
			t.Parallel()
			skipNative(t, group+"/"+strings.TrimSuffix(name, filepath.Ext(name)))
			want := recording(t, node, file+".txt", func() string { return node.play(t, file) })
			got := duplex.play(t, file)
			for again := 10; portable && got != want && again > 0; again-- {
				got = duplex.play(t, file) // chance may yet choose Node's order
			}
			if got != want {
				t.Errorf("duplex and node differ:\n%s\nby hand: cd script/%s && go run ../../../cmd/duplex-run %s",
					differences("node", want, "duplex", got), filepath.ToSlash(filepath.Dir(file)), name)
			}
		})
	}
}

// portable says that scripts run on the driver portable. It shows no descriptors, and
// which of two ends of a script hears first is chance there.
var portable = runtime.GOOS != "linux" || os.Getenv("DUPLEX_DRIVER") == "portable"

// native are the tests that send descriptors, or see what the kernel says of one or whom
// it wakes first.
var native = []string{
	"child-process/fork-sends-servers-and-sockets", "child-process/sockets-that-were-sent-are-counted", "cluster/a-worker-lives-and-leaves", "cluster/a-worker-waits-for-its-clients",
	"cluster/workers-share-an-address", "net-client/an-address-that-stands-for-all", "net-errors/a-descriptor-has-one-socket",
	"net-errors/a-write-of-nothing-tells-of-the-reset",
	"net-order/a-server-on-a-path-hears-of-its-client-first", "net-order/closes-come-client-by-client",
	"net-order/closes-of-one-turn-come-last-first", "net-order/finish-comes-after-the-events-of-the-turn",
	"net-server/a-client-that-waits-is-reset-by-close", "net-state/a-peer-that-is-gone-has-no-address",
	"connect", "life", "server",
}

// skipNative skips the test name if it asks for what the driver portable cannot do,
// and that is the driver.
func skipNative(t *testing.T, name string) {
	t.Helper()
	if portable && slices.Contains(native, name) {
		t.Skip("the driver portable neither shows descriptors nor keeps the order of two ends")
	}
}

// A command is one that runs scripts.
type command struct {
	name string
	line []string // nothing if it is not there
}

func (c command) there() bool { return len(c.line) > 0 }

// findNode returns the node that is installed, if it is the one whose meaning
// package script has.
func findNode(t *testing.T) command {
	t.Helper()
	version := []byte("none")
	path, err := exec.LookPath("node")
	if err == nil {
		version, err = exec.Command(path, "--version").Output()
	}
	if err == nil && !bytes.HasPrefix(version, []byte("v20.")) {
		err = fmt.Errorf("this is node %s; v20 is wanted", bytes.TrimSpace(version))
	}
	if err == nil {
		t.Logf("compared with node %s, live", bytes.TrimSpace(version))
		return command{"node", []string{path}}
	}
	if os.Getenv("DUPLEX_REQUIRE_NODE") == "1" || *update {
		t.Fatalf("Node is required: %v", err)
	}
	t.Logf("THERE IS NO NODE TO COMPARE WITH (%v): compared with what it said when it was recorded", err)
	return command{name: "node"}
}

// built is the command duplex-run, built once for all tests.
var built struct {
	sync.Once
	folder string
	err    error
}

func buildRunner(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		if built.folder, built.err = os.MkdirTemp("", "duplex-scripts-"); built.err != nil {
			return
		}
		out, err := exec.Command("go", "build", "-o", built.folder+string(filepath.Separator), "./cmd/duplex-run").CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("go build: %w\n%s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.folder, "duplex-run")
}

// recorded has tests believe what is recorded of Node, and not ask it whether it says so
// still: the steps of CI that play them another time set it.
var recorded = os.Getenv("DUPLEX_NODE") == "recorded"

// recording returns what node says, which is in file as well. Where it says something
// else it is asked again: the meaning of Node does not change, but a machine may be out of
// time, or another program may have a port, for a moment.
func recording(t *testing.T, node command, file string, ask func() string) string {
	t.Helper()
	if node.there() && (!recorded || *update) {
		said := ask()
		for again := 2; !*update && again > 0 && !isRecorded(file, said); again-- {
			t.Logf("asked node again; it said\n%s", said)
			said = ask()
		}
		if *update {
			if err := os.WriteFile(file, []byte(said), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if !isRecorded(file, said) {
			had, _ := os.ReadFile(file)
			t.Errorf("%s is not what node says; record it with go generate ./script\n%s",
				file, differences("recorded", string(had), "node", said))
		}
		return said
	}
	said, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("node is not asked, and there is no recording: %v", err)
	}
	return string(said)
}

// isRecorded reports whether file has what node said.
func isRecorded(file, said string) bool {
	had, err := os.ReadFile(file)
	return err == nil && string(had) == said
}

// Lines at the beginning of a script that say how it is run.
var (
	arguments = regexp.MustCompile(`(?m)^// Arguments: (.*)$`)
	input     = regexp.MustCompile(`(?m)^// Input: (.*)$`)
)

// play runs a script in its folder and returns its exit code and what it printed.
func (c command) play(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	line := append(c.line[1:len(c.line):len(c.line)], filepath.Base(file))
	if m := arguments.FindSubmatch(text); m != nil {
		line = append(line, strings.Fields(string(m[1]))...)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.line[0], line...)
	cmd.Dir = filepath.Dir(file)
	cmd.Env = environment()
	cmd.WaitDelay = time.Second
	if m := input.FindSubmatch(text); m != nil {
		stdin, err := strconv.Unquote(string(m[1]))
		if err != nil {
			t.Fatalf("%s: %s: %v", file, m[0], err)
		}
		cmd.Stdin = strings.NewReader(stdin)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if ctx.Err() != nil {
		t.Fatalf("%s does not end; so far it printed\n%s%s", c.name, &stdout, &stderr)
	}
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	folder, err := filepath.Abs(cmd.Dir)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("code %d\n%s%s", cmd.ProcessState.ExitCode(),
		section("stdout", unplaced(stdout.String(), folder)), section("stderr", unplaced(stderr.String(), folder)))
}

// environment is that of the tests without what changes how a script prints.
func environment() (env []string) {
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "NODE") && name != "TZ" && !slices.Contains(coloring, name) {
			env = append(env, e)
		}
	}
	return append(env, "TZ=UTC")
}

// coloring are the variables by which Node chooses how many colors a terminal has.
var coloring = strings.Fields(`NO_COLOR FORCE_COLOR CLICOLOR_FORCE COLORTERM TERM TERM_PROGRAM TERM_PROGRAM_VERSION
	TMUX CI TF_BUILD AGENT_NAME TEAMCITY_VERSION TRAVIS CIRCLECI APPVEYOR GITLAB_CI GITHUB_ACTIONS GITEA_ACTIONS
	BUILDKITE DRONE CODESHIP CI_NAME`)

func section(name, text string) string {
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n\\ no newline at the end\n"
	}
	return "-- " + name + " --\n" + text
}

var (
	frames  = regexp.MustCompile(`(?m)^( {4,})at .*(?:\n +(?:at |\.\.\. \d+ lines matching cause ).*)*$`)
	warning = regexp.MustCompile(`(?m)^\(node:\d+\)`)
	inside  = regexp.MustCompile(`(?m)^node:[\w/]+:\d+\n.*\n *\^+$`)
)

// unplaced is what a script printed without what differs from machine to machine:
// where its folder is, and the id of its process. Of a stack it only keeps that
// there is one, and so of the line that threw, if that is the library's.
func unplaced(text, folder string) string {
	text = strings.ReplaceAll(text, "file://"+folder+"/", "")
	text = strings.ReplaceAll(text, folder+string(filepath.Separator), "")
	text = warning.ReplaceAllString(text, "(node:PID)")
	text = inside.ReplaceAllString(text, "node:…")
	return frames.ReplaceAllStringFunc(text, func(stack string) string {
		indent, _, _ := strings.Cut(stack, "at ")
		end := ""
		if strings.HasSuffix(stack, " {") { // the error's own properties follow
			end = " {"
		}
		return indent + "at …" + end
	})
}

// differences shows two texts line by line.
func differences(wantName, want, gotName, got string) string {
	return string(diff.Diff(wantName, []byte(want), gotName, []byte(got)))
}
