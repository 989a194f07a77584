// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex/script"
)

// newRun makes the verb that runs scripts. Scripts of one's own machine may do
// what Node's may: everything.
func newRun() *cobra.Command {
	cmd := &cobra.Command{
		Use:                "run FILE.js [ARGS...]",
		DisableFlagParsing: true, // the line is read as node reads its own
		RunE: func(cmd *cobra.Command, args []string) error {
			line, err := readNodeLine(args)
			switch {
			case err != nil:
				return err
			case line.help:
				return cmd.Help()
			case line.version:
				fmt.Println(script.NodeVersion)
				return nil
			}
			r := &script.Runtime{
				Options:  line.options,
				Env:      slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, asNode+"=") }),
				Stdin:    os.Stdin,
				Stdout:   os.Stdout,
				Stderr:   os.Stderr,
				Files:    script.Allow,
				Network:  script.AllowNetwork,
				Process:  true,
				ChildEnv: []string{asNode + "=1"},
			}
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(400) // a script makes much that is gone at once
			}
			ignoreBrokenPipes()
			ctx := context.Background()
			switch {
			case line.eval:
				r.Args = line.args
				return ended(r.RunString(ctx, script.Eval, line.code))
			case len(line.args) == 0 && isTerminal(os.Stdin):
				return misuse("see: duplex help run", "run needs a file, - or -e CODE")
			case len(line.args) == 0 || line.args[0] == "-":
				text, err := io.ReadAll(os.Stdin)
				if err != nil {
					return fail(err)
				}
				r.Args = line.args
				return ended(r.RunString(ctx, script.FromStdin, string(text)))
			}
			r.Args = line.args[1:]
			return ended(r.RunFile(ctx, line.args[0]))
		},
	}
	cmd.Flags().StringP("eval", "e", "", "")
	cmd.Flags().StringP("print", "p", "", "")
	cmd.Flags().StringP("require", "r", "", "")
	return cmd
}

// ended returns the failure that the end of a script is: of its own, it has told
// already.
func ended(code int, err error) error {
	switch {
	case err != nil:
		if f := wrongDriver(); f != nil {
			return f
		}
		return &failure{exitOther, err.Error(), "this is a fault of duplex, not of the script"}
	case code != 0:
		return &failure{code: code}
	}
	return nil
}
