// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"

	"github.com/spf13/cobra"
)

var shells = []string{"bash", "zsh", "fish", "powershell"}

func newCompletion() *cobra.Command {
	return &cobra.Command{
		Use:       "completion SHELL",
		ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			shell := ""
			if len(args) == 1 {
				shell = args[0]
			}
			var script bytes.Buffer
			switch root := cmd.Root(); shell {
			case "bash":
				root.GenBashCompletionV2(&script, true)
			case "zsh":
				root.GenZshCompletion(&script)
			case "fish":
				root.GenFishCompletion(&script, true)
			case "powershell":
				root.GenPowerShellCompletionWithDesc(&script)
			default:
				return misuse("bash, zsh, fish or powershell, as in: duplex completion bash", "completion for which shell?")
			}
			return tell(script.String())
		},
	}
}
