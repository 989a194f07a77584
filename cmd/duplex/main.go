// Copyright 2026 The duplex authors. MIT license.

// Command duplex serves, connects to and shows TCP conversations.
package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run(os.Args[1:])) }

// run runs the command line and returns the exit code.
func run(args []string) int {
	root := newRoot()
	args, misread := fromNetcat(args)
	if misread != nil {
		say("error", misread.message, "auto")
		say("hint", misread.hint, "auto")
		return misread.code
	}
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	closeEditor()
	if err == nil {
		return exitDone
	}
	var f *failure
	if !errors.As(err, &f) {
		f = wrongLine(cmd, args, err)
	}
	color := "auto"
	if flag := cmd.Flags().Lookup("color"); flag != nil {
		color = flag.Value.String()
	}
	if f.message != "" {
		say("error", f.message, color)
	}
	if f.hint != "" {
		say("hint", f.hint, color)
	}
	return f.code
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:                "duplex",
		Version:            version(),
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true,
		CompletionOptions:  cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE:               func(*cobra.Command, []string) error { return tell(usage["duplex"]) },
	}
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { tell(usage[cmd.Name()]) })
	root.SetVersionTemplate("duplex {{.Version}}\n")
	root.AddCommand(newDemo(), newServe(), newConnect(), newRun(), newVersion(), newCompletion())
	root.SetHelpCommand(newHelp())
	return root
}

// wrongLine returns the misuse that cobra found: an unknown command or flag.
func wrongLine(cmd *cobra.Command, args []string, err error) *failure {
	hint := "see: duplex help"
	switch foreign := foreignWord(cmd.Name(), args); {
	case foreign != "":
		hint = foreign
	case cmd.HasParent():
		hint += " " + cmd.Name()
	case len(args) > 0:
		cmd.SuggestionsMinimumDistance = 2
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			hint = "did you mean: duplex " + near[0]
		}
	}
	message, _, _ := strings.Cut(err.Error(), "\n")
	return misuse(hint, "%s", message)
}
