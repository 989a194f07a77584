// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// escapes is the hint for text with an unknown escape.
const escapes = `there are \n \r \t \\ \x00 to \xff \u0000 to \uffff`

// A choice is a flag whose value is one of several words.
type choice struct {
	value *string
	words []string
}

func (c choice) String() string { return *c.value }
func (c choice) Type() string   { return strings.Join(c.words, "|") }

func (c choice) Set(word string) error {
	if !slices.Contains(c.words, word) {
		return fmt.Errorf("it is one of %s", strings.Join(c.words, ", "))
	}
	*c.value = word
	return nil
}

// enum adds a flag to cmd whose value is one of several words.
func enum(cmd *cobra.Command, value *string, name string, words ...string) {
	cmd.Flags().Var(choice{value, words}, name, "")
	complete := cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
		panic(err)
	}
}

// atMostOne allows one argument, the address.
func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) == 2 {
		if form := args[0]; cmd.Flags().Changed("time") && slices.Contains(timeForms, form) {
			return misuse("write --time="+form, "--time takes its form behind an =, not %s", form)
		}
		if host, port := args[0], args[1]; isNumber(port) && !strings.Contains(host, ":") {
			return misuse("write "+host+":"+port, "host and port are one argument, not %s and %s", host, port)
		}
	}
	if len(args) > 1 {
		return misuse("see: duplex help "+cmd.Name(), "one address is enough, %s is one more", args[1])
	}
	return nil
}

// none allows no argument.
func none(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return misuse("see: duplex help "+cmd.Name(), "%s takes no argument, not %s", cmd.Name(), args[0])
	}
	return nil
}

// exclusive returns a misuse if more than one of the flags is given.
func exclusive(given func(flag string) bool, flags ...string) error {
	flags = slices.DeleteFunc(flags, func(flag string) bool { return !given(flag) })
	if len(flags) > 1 {
		return misuse("choose one", "--%s and --%s exclude each other", flags[0], flags[1])
	}
	return nil
}

// span adds a flag to cmd whose value is a length of time.
func span(cmd *cobra.Command, value *time.Duration, name string) {
	cmd.Flags().Func(name, "", func(text string) error {
		d, err := time.ParseDuration(text)
		switch {
		case err != nil:
			return errors.New("a time has its unit behind it, as in 500ms, 5s or 2m")
		case d < 0:
			return errors.New("0s is the shortest time")
		}
		*value = d
		return nil
	})
}
