// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"strings"

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
				return tell(strings.Replace(script.String(), bashWords, bashWordsAlone, 1))
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

// bashWords is the line of the script that needs the package bash-completion, and
// bashWordsAlone what does without: it splits the line at spaces, so that a colon or an
// equals sign does not end a word.
const (
	bashWords      = `    _get_comp_words_by_ref "$@" cur prev words cword` + "\n"
	bashWordsAlone = `    if declare -F _get_comp_words_by_ref >/dev/null 2>&1; then
    ` + bashWords + `        return
    fi
    local line="${COMP_LINE:0:COMP_POINT}"
    read -ra words <<<"$line"
    if [[ $line == *[[:space:]] ]]; then
        words+=("")
    fi
    cword=$((${#words[@]} - 1))
    cur=${words[cword]}
    if ((cword > 0)); then
        prev=${words[cword - 1]}
    fi
`
)

// describeFlags gives each flag the words that help has for it, for shells that show them
// beside it.
func describeFlags(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		for block := range strings.SplitSeq(usage[cmd.Name()], "\n\n") {
			_, body, _ := strings.Cut(block, "\n")
			for _, f := range readFlags(body) {
				_, name, _ := strings.Cut(f.name, "--")
				name = strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '=' || r == '[' })[0]
				if flag := cmd.Flags().Lookup(name); flag != nil {
					flag.Usage, _, _ = strings.Cut(f.text, "; ")
				}
			}
		}
	}
}
