// Copyright 2026 The duplex authors. MIT license.

// Scripts may have RSA keys as short as Node lets them.
//go:debug rsa1024min=0

// Command duplex-run runs a script that was written for Node.js, without Node.js. Its
// command line is node's own.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"golang.org/x/term"

	"github.com/duplex-go/duplex/script"
)

const usage = `duplex-run FILE.js [ARGS...]: a script written for Node.js, without Node.js

The script finds Node's modules net, stream, events, buffer, timers, fs and what
belongs to them. duplex-run exits with the script's exit code when nothing keeps
the script alive any more. The words after FILE.js are the script's. With - or
without a FILE.js, the script is read from stdin.

  duplex-run server.js 6666
  duplex-run -e 'console.log(process.argv)' a b
  echo 'console.log(1)' | duplex-run -

Flags
  -e, --eval CODE        run CODE instead of a file
  -p, --print CODE       the same, and print its result
  -r, --require MODULE   require MODULE first
  -v, --version          print the version of Node whose meaning scripts get

Other options of node may stand before FILE.js, too. Options that change what a
script sees are followed, such as --no-warnings and --expose-gc. Options that
tune Node's engine do nothing.
`

// Exit codes of node for its own failures.
const (
	exitDone     = 0
	exitFault    = 1
	exitBadUsage = 9
)

func main() { os.Exit(run(os.Args[1:])) }

// run runs the command line and returns the exit code.
func run(args []string) int {
	line, err := readLine(args)
	switch {
	case err != nil:
		return fail(exitBadUsage, err)
	case line.help:
		return show(usage)
	case line.version:
		return show(script.NodeVersion + "\n")
	case len(line.args) == 0 && !line.eval && isTerminal(os.Stdin):
		return fail(exitBadUsage, fmt.Errorf("a file, - or -e CODE is required; there is no prompt (see: duplex-run --help)"))
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // a script allocates much that is garbage at once
	}
	ignoreBrokenPipes()
	code, err := play(line)
	if err != nil {
		return fail(exitFault, err)
	}
	return code
}

// play runs the script of a command line. A script of this machine's user may do
// everything that node's scripts may.
func play(line line) (code int, err error) {
	r := &script.Runtime{
		Args:    line.args,
		Options: line.options,
		Env:     os.Environ(),
		Stdin:   os.Stdin,
		Stdout:  os.Stdout,
		Stderr:  os.Stderr,
		Files:   script.Allow,
		Network: script.AllowNetwork,
		Process: true,
	}
	ctx := context.Background()
	switch {
	case line.eval:
		return r.RunString(ctx, script.Eval, line.code)
	case len(line.args) == 0 || line.args[0] == "-":
		text, err := io.ReadAll(os.Stdin)
		if err != nil {
			return exitFault, err
		}
		return r.RunString(ctx, script.FromStdin, string(text))
	}
	r.Args = line.args[1:]
	return r.RunFile(ctx, line.args[0])
}

// fail prints why the command itself failed.
func fail(code int, err error) int {
	fmt.Fprintf(os.Stderr, "duplex-run: %v\n", err)
	return code
}

// show prints a text on stdout.
func show(text string) int {
	if _, err := os.Stdout.WriteString(text); err != nil {
		return fail(exitFault, err)
	}
	return exitDone
}

func isTerminal(f *os.File) (is bool) {
	raw, err := f.SyscallConn() // Fd would change the mode of a file that others share
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) { is = term.IsTerminal(int(fd)) })
	return err == nil && is
}
