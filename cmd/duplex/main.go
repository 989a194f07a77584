// Copyright 2026 The duplex authors. MIT license.

// Command duplex serves, connects to and shows TCP conversations.
package main

import (
	"cmp"
	"errors"
	"os"
	"regexp"
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
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		describeFlags(root)
		completeAddresses(root)
	}
	var unshown error
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { unshown = tell(usage[cmd.Name()]) })
	root.SetArgs(args)
	cmd, err := root.ExecuteC()
	err = cmp.Or(err, unshown)
	closeEditor()
	if err == nil && unsaid.Load() {
		return exitOther
	}
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
	asVersion := false
	root := &cobra.Command{
		Use:                "duplex",
		SilenceErrors:      true,
		SilenceUsage:       true,
		DisableSuggestions: true,
		CompletionOptions:  cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE: func(*cobra.Command, []string) error {
			if asVersion {
				return tell("duplex " + version() + "\n")
			}
			return tell(usage["duplex"])
		},
	}
	// Cobra's own flag of this name would say nothing of a stdout that cannot be written.
	root.Flags().BoolVarP(&asVersion, "version", "v", false, "")
	root.AddCommand(newDemo(), newServe(), newConnect(), newProxy(), newBench(), newReplay(), newDump(), newRun(), newVersion(), newCompletion(), newMan())
	root.SetHelpCommand(newHelp())
	return root
}

// wrongLine returns the misuse that cobra found: an unknown command or flag.
func wrongLine(cmd *cobra.Command, args []string, err error) *failure {
	hint := "see: duplex help"
	switch foreign := foreignWord(cmd.Name(), args); {
	case foreign != "":
		hint = foreign
	case nearestFlag(cmd, err) != "":
		hint = "did you mean: " + nearestFlag(cmd, err)
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

// nearestFlag returns the flag of cmd that an unknown one of err resembles, "" if none
// does.
func nearestFlag(cmd *cobra.Command, err error) string {
	_, unknown, found := strings.Cut(err.Error(), "unknown flag: --")
	if !found || cmd.LocalFlags().Lookup(unknown) != nil {
		return ""
	}
	best, least := "", 3
	for _, m := range regexp.MustCompile(`--([a-z-]+)`).FindAllStringSubmatch(cmd.LocalFlags().FlagUsages(), -1) {
		if d := distance(unknown, m[1]); d < least {
			best, least = "--"+m[1], d
		}
	}
	return best
}

// distance returns how many letters have to be added, removed or changed to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
