// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"context"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex/script"
)

// newRun makes the verb that runs scripts. Scripts of one's own machine may do
// what Node's may: everything.
func newRun() *cobra.Command {
	code := ""
	cmd := &cobra.Command{
		Use: "run FILE.js [ARGS...]",
		RunE: func(cmd *cobra.Command, args []string) error {
			r := &script.Runtime{
				Env:     os.Environ(),
				Stdin:   os.Stdin,
				Stdout:  os.Stdout,
				Stderr:  os.Stderr,
				Files:   script.Allow,
				Network: script.AllowNetwork,
				Process: true,
			}
			if os.Getenv("GOGC") == "" {
				debug.SetGCPercent(400) // a script makes much that is gone at once
			}
			ignoreBrokenPipes()
			ctx := context.Background()
			switch {
			case cmd.Flags().Changed("eval"):
				r.Args = args
				return ended(r.RunString(ctx, script.Eval, code))
			case len(args) == 0 && isTerminal(os.Stdin):
				return misuse("see: duplex help run", "run needs a file, - or -e CODE")
			case len(args) == 0 || args[0] == "-":
				text, err := io.ReadAll(os.Stdin)
				if err != nil {
					return fail(err)
				}
				r.Args = args
				return ended(r.RunString(ctx, script.FromStdin, string(text)))
			}
			r.Args = args[1:]
			return ended(r.RunFile(ctx, args[0]))
		},
	}
	cmd.Flags().SetInterspersed(false) // what follows the file is the script's
	cmd.Flags().StringVarP(&code, "eval", "e", "", "")
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
