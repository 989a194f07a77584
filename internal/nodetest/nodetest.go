// Copyright 2026 The duplex authors. MIT license.

// Package nodetest asks Node.js, which is the oracle of some tests.
package nodetest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

// Path returns the path of the node command, or "" if there is none. The test
// fails if there is none and DUPLEX_REQUIRE_NODE=1.
func Path(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil && os.Getenv("DUPLEX_REQUIRE_NODE") == "1" {
		t.Fatalf("Node is required, but there is no node: %v", err)
	}
	return path
}

// Recorded reports whether tests shall believe what is recorded of Node, and not have it
// play (DUPLEX_NODE=recorded). CI says so where it plays the same scenarios another time.
func Recorded() bool { return os.Getenv("DUPLEX_NODE") == "recorded" }

// Ask has Node answer questions, one line of JSON for each. The script is the body
// of an async function of the question, in which net is Node's module. Ask skips
// the test if there is no node.
func Ask[Q, A any](t *testing.T, script string, questions []Q) []A {
	t.Helper()
	path := Path(t)
	if path == "" {
		t.Skip("NOT COMPARED WITH A LIVING NODE, which is the judge here: there is no node command")
	}
	var stdin bytes.Buffer
	for _, q := range questions {
		line, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		stdin.Write(append(line, '\n'))
	}
	cmd := exec.CommandContext(t.Context(), path, "-e", `
const net = require('net');
const answer = async (question) => {`+script+`};
(async () => {
  for await (const line of require('readline').createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await answer(JSON.parse(line))));
  }
})();`)
	cmd.Stdin = &stdin
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	var answers []A
	for lines.Scan() {
		var a A
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			t.Fatalf("node said %q: %v", lines.Text(), err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(questions) {
		t.Fatalf("node answered %d of %d questions", len(answers), len(questions))
	}
	return answers
}
