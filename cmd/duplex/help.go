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
			if alias, ok := otherNames[topic]; ok {
				topic = alias
			}
			text, ok := usage[topic]
			if !ok {
				return misuse(nearestTopic(topic), "no help on %q", topic)
			}
			return tell(text)
		},
	}
}

// otherNames are other names of topics.
var otherNames = map[string]string{
	"nc": "coming-from", "ncat": "coming-from", "netcat": "coming-from", "socat": "coming-from",
	"coming-from netcat": "coming-from", "coming-from socat": "coming-from", "coming-from toxiproxy": "coming-from",
	"as": "views", "eof": "end-of-input", "recordings": "json", "listen": "serve",
}

// nearestTopic returns the hint for a topic that does not exist.
func nearestTopic(topic string) string {
	singular := func(s string) string { return strings.TrimSuffix(strings.ReplaceAll(s, "_", "-"), "s") }
	for name := range usage {
		wanted := singular(strings.ToLower(topic))
		if wanted != "" && (strings.HasPrefix(name, wanted) || strings.HasPrefix(wanted, singular(name))) {
			return "did you mean: duplex help " + name
		}
	}
	return "see: duplex help"
}
