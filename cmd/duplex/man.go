// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// newMan makes the verb that writes the manual pages. Packages call it when they are made.
func newMan() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return misuse("write a folder, as in: duplex man /tmp/pages", "the manual pages go into which folder?")
			}
			for _, name := range slices.Sorted(maps.Keys(usage)) {
				if name == "man" || name == "help" {
					continue
				}
				if err := os.WriteFile(filepath.Join(args[0], manName(name)), []byte(manPage(name)), 0o644); err != nil {
					return &failure{exitOther, err.Error(), "it takes a folder that is there"}
				}
			}
			return nil
		},
	}
}

// manTitle returns the name of a page and its section: 1 for commands, 7 for topics.
func manTitle(name string) (title, section string) {
	section = "1"
	if topics[name] != "" {
		section = "7"
	}
	if name == "duplex" {
		return name, section
	}
	return "duplex-" + name, section
}

func manName(name string) string {
	title, section := manTitle(name)
	return title + "." + section
}

// roff escapes a text for the language of manual pages.
var roff = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", "\\(ga", "^", `\(ha`, "~", `\(ti`)

// roffLines escapes lines of which none may be taken for a request.
func roffLines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, ".") {
			b.WriteString(`\&`)
		}
		b.WriteString(roff.Replace(line))
	}
	return b.String()
}

// A usageFlag is a flag in the help of a verb.
type usageFlag struct {
	name string // as it is written: -q, --quiet
	text string // what it does
}

// flagLine matches the first line of a flag.
var flagLine = regexp.MustCompile(`^ {2,6}((?:-\w, )?--[a-z-]+\S*(?: [A-Z]\S*| in)?)(?:  +(.*))?$`)

// readFlags returns the flags of a block of help.
func readFlags(block string) (flags []usageFlag) {
	for line := range strings.Lines(block) {
		line = strings.TrimRight(line, "\n")
		switch m := flagLine.FindStringSubmatch(line); {
		case m != nil:
			flags = append(flags, usageFlag{m[1], strings.TrimSpace(m[2])})
		case len(flags) > 0:
			last := &flags[len(flags)-1]
			last.text = strings.TrimSpace(last.text + " " + strings.TrimSpace(line))
		}
	}
	return flags
}

// manPage returns the manual page for a verb or a topic, made from its help.
func manPage(name string) string {
	title, section := manTitle(name)
	first, rest, _ := strings.Cut(usage[name], "\n")
	synopsis, does, found := strings.Cut(first, ": ")
	if !found {
		does = first
	}
	var b strings.Builder
	b.WriteString(".TH " + strings.ToUpper(roff.Replace(title)) + " " + section + " \"\" \"duplex\" \"duplex\"\n")
	b.WriteString(".SH NAME\n" + roff.Replace(title) + ` \- ` + roff.Replace(does) + "\n")
	if section == "1" {
		words := strings.SplitN(synopsis, " ", 3)
		b.WriteString(".SH SYNOPSIS\n.B " + roff.Replace(strings.Join(words[:min(2, len(words))], " ")) + "\n")
		if len(words) == 3 {
			b.WriteString(roff.Replace(words[2]) + "\n")
		}
		if name != "duplex" && strings.Contains(rest, "  --") {
			b.WriteString("[FLAGS]\n")
		}
	}
	b.WriteString(".SH DESCRIPTION\n")
	options := false
	for i, block := range strings.Split(strings.Trim(rest, "\n"), "\n\n") {
		head, body, several := strings.Cut(block, "\n")
		hasBody := several && strings.HasPrefix(body, "  ") && !strings.HasPrefix(head, " ")
		switch flags := readFlags(body); {
		case hasBody && len(flags) > 0:
			if !options {
				options = true
				b.WriteString(".SH OPTIONS\n")
			}
			b.WriteString(".SS " + roff.Replace(head) + "\n")
			for _, f := range flags {
				b.WriteString(".TP\n.B " + roff.Replace(f.name) + "\n" + roffLines(f.text) + "\n")
			}
		case hasBody && section == "1" && strings.Count(head, " ") < 3:
			b.WriteString(".SS " + roff.Replace(head) + "\n.nf\n" + roffLines(body) + "\n.fi\n")
		case strings.HasPrefix(block, " "), several && strings.Contains(block, "\n  "), section == "7" && strings.Contains(head, "  "):
			b.WriteString(".PP\n.nf\n" + roffLines(block) + "\n.fi\n")
		default:
			if i > 0 {
				b.WriteString(".PP\n")
			}
			b.WriteString(roffLines(block) + "\n")
		}
	}
	b.WriteString(".SH SEE ALSO\n" + seeAlso(name) + "\n")
	return b.String()
}

// seeAlso returns the references of a page: all others.
func seeAlso(name string) string {
	var refs []string
	for _, other := range slices.Sorted(maps.Keys(usage)) {
		if other != name && other != "man" && other != "help" {
			title, section := manTitle(other)
			refs = append(refs, ".BR "+roff.Replace(title)+" ("+section+")")
		}
	}
	return strings.Join(refs, " ,\n")
}
