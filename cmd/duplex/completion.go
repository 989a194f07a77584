// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	_ "embed"
	"strings"

	"github.com/spf13/cobra"
)

var shells = []string{"bash", "zsh", "fish", "powershell"}

// Cobra's scripts for these shells give the line that is being typed to eval. TAB then runs
// what $(…) has, and a redirection cuts a file off.
var (
	//go:embed shells/duplex.bash
	bashScript string
	//go:embed shells/duplex.zsh
	zshScript string
	//go:embed shells/duplex.fish
	fishScript string
)

func newCompletion() *cobra.Command {
	return &cobra.Command{
		Use:       "completion SHELL",
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			shell := ""
			if len(args) == 1 {
				shell = args[0]
			}
			switch shell {
			case "bash":
				return tell(bashScript)
			case "zsh":
				return tell(zshScript)
			case "fish":
				return tell(fishScript)
			case "powershell":
				var script bytes.Buffer
				cmd.Root().GenPowerShellCompletionWithDesc(&script)
				return tell(strings.Replace(script.String(), invoke, guardedInvoke, 1))
			default:
				return misuse("bash, zsh, fish or powershell, as in: duplex completion bash", "completion for which shell?")
			}
		},
	}
}

// invoke is the line of PowerShell's script that runs what was typed, and guardedInvoke does
// not where that has a parenthesis. Redirections are no part of it.
const (
	invoke        = "    Invoke-Expression "
	guardedInvoke = `    # What stands in parentheses would run.
    if ($Command.Contains('(')) { return }
` + invoke
)

// describeFlags gives each flag the words that help has for it, for shells that show them
// beside it. It also lets each flag be given twice: cobra parses the flags before the cursor
// twice when it completes a word, and completes nothing after an error.
func describeFlags(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		for block := range strings.SplitSeq(usage[cmd.Name()], "\n\n") {
			_, body, _ := strings.Cut(block, "\n")
			for _, f := range readFlags(body) {
				_, name, _ := strings.Cut(f.name, "--")
				name = strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '=' || r == '[' })[0]
				if flag := cmd.Flags().Lookup(name); flag != nil {
					flag.Usage, _, _ = strings.Cut(f.text, "; ")
					if once, ok := flag.Value.(*single); ok {
						flag.Value = once.value
					}
				}
			}
		}
	}
}
