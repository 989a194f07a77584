// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:       "help [TOPIC]",
		ValidArgs: slices.Sorted(maps.Keys(usage)),
		RunE: func(_ *cobra.Command, args []string) error {
			topic := "duplex"
			if len(args) > 0 {
				topic = strings.Join(args, " ")
			}
			text, ok := usage[topic]
			if !ok {
				return misuse("see: duplex help", "no help on %q", topic)
			}
			return tell(text)
		},
	}
}
