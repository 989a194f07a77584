// Copyright 2026 The duplex authors. MIT license.

package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
)

// needs are the services of this machine that conversations talk to, by the environment
// variable with the port.
var needs = map[string]map[string]func(*testing.T) string{
	"redis":    {"REDIS_PORT": startRedis},
	"postgres": {"POSTGRES_PORT": postgres},
	"nats":     {"NATS_PORT": nats},

	"secure-redis":    {"REDIS_PORT": startRedis},
	"secure-postgres": {"POSTGRES_PORT": postgres},
}

// TestConversations plays each script of conversations/ by node and by duplex-run: both
// must print the same, and exit with the same code. The packages are those of
// package-lock.json.
func TestConversations(t *testing.T) {
	node := node20(t)
	if _, err := os.Stat("node_modules"); err != nil {
		missing(t, "internal/interop/node_modules")
	}
	runner := filepath.Join(t.TempDir(), "duplex-run")
	build := exec.Command("go", "build", "-o", runner, "./script/cmd/duplex-run")
	build.Dir = "../.."
	build.Env = append(os.Environ(), "GOWORK=") // the checkout's own
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	scripts, err := filepath.Glob("conversations/*.js")
	if err != nil || len(scripts) < 18 {
		t.Fatalf("there are %d conversations, %v", len(scripts), err)
	}
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".js")
		t.Run(name, func(t *testing.T) {
			env := os.Environ()
			for variable, start := range needs[name] {
				env = append(env, variable+"="+start(t))
			}
			want, got := play(t, env, node, script), play(t, env, runner, script)
			if want != got {
				t.Errorf("duplex-run and node differ:\n%s", diff.Diff("node", []byte(want), "duplex-run", []byte(got)))
			}
			if !strings.Contains(want, "\nexit 0\n") {
				t.Errorf("node itself fails:\n%s", want)
			}
		})
	}
}

// play runs a script, and returns what it printed and its exit code.
func play(t *testing.T, env []string, runtime, script string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, runtime, script)
	cmd.Env = env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdout, err := cmd.Output()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Errorf("%s does not end in %v", filepath.Base(runtime), patience)
	}
	return fmt.Sprintf("%s\nexit %d\n%s", stdout, cmd.ProcessState.ExitCode(), stderr.Bytes())
}
