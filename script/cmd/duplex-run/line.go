// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"slices"
	"strings"
)

// A line is a command line of node.
type line struct {
	options []string // all of them, as process.execArgv has them
	code    string   // the value of -e or -p
	eval    bool     // -e or -p was given
	version bool
	help    bool
	args    []string // the file and its arguments
}

// valued are the options that take a value, as the next word or after a "=".
var valued = map[string]bool{
	"-e": true, "--eval": true, "-p": true, "--print": true, "-pe": true, "-r": true, "--require": true,
	"--unhandled-rejections": true, "--title": true, "--dns-result-order": true, "--input-type": true,
	"--stack-trace-limit": true, "--max-http-header-size": true, "--icu-data-dir": true, "--disable-warning": true,
	"--conditions": true, "-C": true, "--trace-event-categories": true, "--secure-heap": true,
	"--tls-cipher-list": true,
}

// rejections are the values of --unhandled-rejections.
var rejections = []string{"strict", "warn", "none", "throw", "warn-with-error-code"}

// accepted are the beginnings of options that do nothing. They tune an engine that is
// not here, or ask for what is the case anyway.
var accepted = []string{
	"--no-", "--trace-", "--throw-", "--pending-", "--expose-gc", "--expose_gc", "--max-", "--max_", "--stack-size", "--stack_size",
	"--harmony", "--experimental-", "--enable-", "--disable-", "--abort-on-uncaught-exception", "--preserve-symlinks",
	"--use-strict", "--optimize", "--jitless", "--network-family-", "--verify-", "--report-", "--force-context-aware",
	"--frozen-intrinsics", "--insecure-http-parser", "--interpreted-frames", "--zero-fill-buffers", "--track-heap-objects",
	"--tls-min-v1.", "--tls-max-v1.", "--warnings", "--deprecation", "--huge-max", "--v8-pool-size", "--gc-interval", "--allow-natives-syntax", "--async-stack-traces",
}

// readLine reads a command line as node does: options stand before the file.
func readLine(args []string) (line line, err error) {
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
		case valued[name]:
			line.options = append(line.options, arg)
			if !has {
				if i++; i == len(args) {
					return line, fmt.Errorf("%s requires an argument", name)
				}
				value = args[i]
				line.options = append(line.options, value)
			}
			if name == "--unhandled-rejections" && !slices.Contains(rejections, value) {
				return line, fmt.Errorf("invalid value for --unhandled-rejections: %s (want %s)", value, strings.Join(rejections, ", "))
			}
			if slices.Contains([]string{"-e", "--eval", "-p", "--print", "-pe"}, name) {
				line.code, line.eval = value, true
			}
		case slices.ContainsFunc(accepted, func(p string) bool { return strings.HasPrefix(name, p) }):
			line.options = append(line.options, arg)
		default:
			return line, fmt.Errorf("bad option: %s", name)
		}
	}
	return line, nil
}
