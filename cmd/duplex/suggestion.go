// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex/internal/faults"
)

// A suggestion is how a word may begin that a shell completes, with what it stands for.
type suggestion struct{ begin, meaning string }

// suggestions are those of flags whose values have a form of their own.
var suggestions = map[string]func(typed string) ([]cobra.Completion, cobra.ShellCompDirective){
	"toxic": suggestToxics,
	"threshold": func(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return begun(typed, []suggestion{
			{"p50<", "the median of the response times, as in p50<1ms"},
			{"p90<", "90 of 100 are shorter, as in p90<2ms"},
			{"p99<", "99 of 100 are shorter, as in p99<5ms"},
			{"p99.9<", "999 of 1000 are shorter, as in p99.9<20ms"},
			{"max<", "the longest one, as in max<1s"},
			{"service.p99<", "of the service times, as in service.p99<1ms"},
			{"connect.p99<", "of the times to connect, as in connect.p99<10ms"},
			{"errors<", "how many messages fail, as in errors<0.1%"},
			{"rate>", "messages in a second, as in rate>10000"},
			{"unsent<", "messages that were due and not sent, as in unsent<1"},
		})
	},
	"payload": func(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return begunOrFile(typed, fs.FileMode.IsRegular, []string{"file:", "lines:"}, []suggestion{
			{"text:", "a text, as in text:ping"},
			{"size:", "so many bytes, as in size:1KiB"},
			{"file:", "the content of a file"},
			{"lines:", "the lines of a file, in turn"},
		})
	},
	"until": func(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return begun(typed, []suggestion{{"line", "the end of a line"}, {"bytes:", "so many bytes, as in bytes:4"}})
	},
	"via": func(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return begun(typed, []suggestion{{"socks5://", "as in socks5://HOST:1080"}, {"http://", "as in http://HOST:3128"}})
	},
	"serve": func(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return suggestAddress("replay", typed)
	},
}

// suggestToxics suggests the kinds, and after an @ the ways.
func suggestToxics(typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if at := strings.LastIndex(typed, "@") + 1; at > 0 {
		return begun(typed, []suggestion{{typed[:at] + "up", "to the upstream"}, {typed[:at] + "down", "to the client"}})
	}
	var kinds []suggestion
	for _, example := range faults.Examples() {
		kind, _, valued := strings.Cut(example, ":")
		if valued {
			kind += ":"
		}
		kinds = append(kinds, suggestion{kind, "as in " + example})
	}
	return begun(typed, kinds)
}

// addresses is how many addresses a verb takes, and after how many other arguments.
var addresses = map[string]struct{ first, most int }{
	"serve": {0, 1}, "connect": {0, 1}, "bench": {0, 1}, "replay": {1, 1}, "proxy": {0, 1000},
}

// completeAddresses lets a shell complete the addresses of the verbs.
func completeAddresses(root *cobra.Command) {
	for _, cmd := range root.Commands() {
		if where, found := addresses[cmd.Name()]; found {
			cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
				switch {
				case len(args) < where.first:
					return nil, cobra.ShellCompDirectiveDefault // a file
				case len(args) >= where.first+where.most:
					return nil, cobra.ShellCompDirectiveNoFileComp
				}
				return suggestAddress(cmd.Name(), typed)
			}
		}
	}
}

// suggestAddress suggests how an address of a verb begins that is no host, and the Unix sockets
// that there are.
func suggestAddress(verb, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	begins := []suggestion{{"unix:", "a Unix socket, as in unix:/tmp/x.sock"}, {"tls://", "with TLS"}, {"tcp://", "without"}}
	if verb == "proxy" {
		begins = append(begins, suggestion{"exec:", "an upstream: a program for each client"}, suggestion{"file:", "an upstream: a file"})
		if strings.HasPrefix(typed, "file:") {
			return begunOrFile(typed, fs.FileMode.IsRegular, []string{"file:"}, nil)
		}
	}
	return begunOrFile(typed, func(mode fs.FileMode) bool { return mode.Type() == fs.ModeSocket }, []string{"unix:"}, begins)
}

// begun returns the suggestions that begin with what is typed. A shell adds no space to them if
// something follows one of them.
func begun(typed string, all []suggestion) (words []cobra.Completion, directive cobra.ShellCompDirective) {
	directive = cobra.ShellCompDirectiveNoFileComp
	for _, s := range all {
		if !strings.HasPrefix(s.begin, typed) {
			continue
		}
		words = append(words, cobra.CompletionWithDesc(s.begin, s.meaning))
		if last := s.begin[len(s.begin)-1]; strings.ContainsRune(":/<>", rune(last)) {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
	}
	return words, directive
}

// begunOrFile is begun, or after one of the prefixes the files of a kind, and folders.
func begunOrFile(typed string, kind func(fs.FileMode) bool, prefixes []string, all []suggestion) (words []cobra.Completion, directive cobra.ShellCompDirective) {
	for _, prefix := range prefixes {
		path, found := strings.CutPrefix(typed, prefix)
		if !found {
			continue
		}
		folder, name := filepath.Split(path)
		entries, _ := os.ReadDir(filepath.Clean(folder + "."))
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), name) || name == "" && e.Name()[0] == '.' {
				continue
			}
			info, err := os.Stat(folder + e.Name())
			switch {
			case err != nil:
			case info.IsDir():
				words = append(words, prefix+folder+e.Name()+"/")
			case kind(info.Mode()):
				words = append(words, prefix+folder+e.Name())
			}
		}
		if len(words) == 1 && strings.HasSuffix(words[0], "/") {
			directive = cobra.ShellCompDirectiveNoSpace
		}
		return words, directive | cobra.ShellCompDirectiveNoFileComp
	}
	return begun(typed, all)
}
