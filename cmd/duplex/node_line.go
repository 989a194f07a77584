// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"os"
	"slices"
	"strings"
)

// asNode is set for a child of a script's that is told of process.execPath, or is
// it: what it is called with is a command line of node's, unless that begins with a
// verb.
const asNode = "DUPLEX_RUN"

// A nodeLine is what node may be called with, read.
type nodeLine struct {
	options []string // all of them
	code    string   // of -e or -p
	eval    bool     // there is code
	version bool
	help    bool
	args    []string // the file, and what is its own
}

// Options of node's that are followed by a value, which may stand behind a = instead.
var nodeValues = map[string]bool{
	"-e": true, "--eval": true, "-p": true, "--print": true, "-pe": true, "-r": true, "--require": true,
	"--unhandled-rejections": true, "--title": true, "--dns-result-order": true, "--input-type": true,
	"--stack-trace-limit": true, "--max-http-header-size": true, "--icu-data-dir": true, "--disable-warning": true,
	"--conditions": true, "-C": true, "--trace-event-categories": true, "--secure-heap": true,
}

// rejections are the values of --unhandled-rejections.
var rejections = []string{"strict", "warn", "none", "throw", "warn-with-error-code"}

// Options that are accepted by what they begin with. They tune an engine that is not
// here, or ask for what is the case anyway.
var nodePrefixes = []string{
	"--no-", "--trace-", "--throw-", "--pending-", "--expose-gc", "--expose_gc", "--max-", "--max_", "--stack-size", "--stack_size",
	"--harmony", "--experimental-", "--enable-", "--disable-", "--abort-on-uncaught-exception", "--preserve-symlinks",
	"--use-strict", "--optimize", "--jitless", "--network-family-", "--verify-", "--report-", "--force-context-aware",
	"--frozen-intrinsics", "--insecure-http-parser", "--interpreted-frames", "--zero-fill-buffers", "--track-heap-objects",
	"--warnings", "--deprecation", "--huge-max", "--v8-pool-size", "--gc-interval", "--allow-natives-syntax", "--async-stack-traces",
}

// readNodeLine reads a command line as node does: options stand in front of the file.
func readNodeLine(args []string) (line nodeLine, err error) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "-" || !strings.HasPrefix(arg, "-") {
			line.args = args[i:]
			return line, nil
		}
		if arg == "--" {
			line.args = args[i+1:]
			return line, nil
		}
		name, value, has := strings.Cut(arg, "=")
		switch {
		case name == "-h" || name == "--help":
			line.help = true
			return line, nil
		case name == "-v" || name == "--version":
			line.version = true
			return line, nil
		case nodeValues[name]:
			line.options = append(line.options, arg)
			if !has {
				if i++; i == len(args) {
					return line, misuse("see: duplex help run", "%s wants a value", name)
				}
				value = args[i]
				line.options = append(line.options, value)
			}
			if name == "--unhandled-rejections" && !slices.Contains(rejections, value) {
				return line, misuse(strings.Join(rejections, ", "), "invalid value for --unhandled-rejections: %s", value)
			}
			if slices.Contains([]string{"-e", "--eval", "-p", "--print", "-pe"}, name) {
				line.code, line.eval = value, true
			}
		case slices.ContainsFunc(nodePrefixes, func(p string) bool { return strings.HasPrefix(name, p) }):
			line.options = append(line.options, arg)
		default:
			return line, misuse("see: duplex help run", "unknown flag: %s", name)
		}
	}
	return line, nil
}

// asNodeWould returns the arguments with run in front, if they are node's.
func asNodeWould(args []string) []string {
	if os.Getenv(asNode) == "" {
		return args
	}
	if len(args) > 0 {
		for _, cmd := range newRoot().Commands() {
			if cmd.Name() == args[0] {
				return args
			}
		}
	}
	return append([]string{"run"}, args...)
}
