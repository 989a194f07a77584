// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// escapes is the hint for text with an unknown escape.
const escapes = `there are \n \r \t \\ \x00 to \xff \u0000 to \uffff`

// A flag is a row in the table of a verb.
type flag struct {
	name  string
	short string
	value value
}

// A value takes the text of a flag. It is a Value of package pflag.
type value interface {
	String() string
	Set(text string) error
	Type() string
}

// addFlags gives the flags of a table to cmd.
func addFlags(cmd *cobra.Command, table ...[]flag) {
	for _, row := range slices.Concat(table...) {
		added := cmd.Flags().VarPF(&single{value: row.value}, row.name, row.short, "")
		switch v := row.value.(type) {
		case span, count, perTime, size, bytesPerTime, *pace, *between:
			completeNothing(cmd, row.name)
		case yes:
			added.NoOptDefVal = "true"
		case level:
			added.NoOptDefVal = "true"
		case optional, pattern:
			added.NoOptDefVal = anyNumber
		case text, list:
			if suggest, found := suggestions[row.name]; found {
				completeWith(cmd, row.name, func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
					return suggest(typed)
				})
			} else if !slices.Contains(fileFlags, row.name) {
				completeNothing(cmd, row.name)
			}
		case choice:
			added.NoOptDefVal = v.bare
			completeWith(cmd, row.name, cobra.FixedCompletions(v.words, cobra.ShellCompDirectiveNoFileComp))
		}
	}
}

// fileFlags are the flags that take the name of a file.
var fileFlags = []string{"record", "reply-file", "file", "send-file", "cert", "key", "ca", "keylog", "pcapng", "toxics", "hlog", "html"}

// completeNothing lets a shell offer no files as the value of a flag.
func completeNothing(cmd *cobra.Command, flag string) {
	completeWith(cmd, flag, cobra.NoFileCompletions)
}

// completeWith lets a shell offer what f returns as the value of a flag.
func completeWith(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err)
	}
}

// A single is a value that is given at most once, unless it is a list or a level.
type single struct {
	value
	given bool
}

func (s *single) Set(text string) error {
	switch s.value.(type) {
	case list, level:
	default:
		if s.given {
			return errors.New("it is given twice")
		}
	}
	s.given = true
	return s.value.Set(text)
}

// A yes is a flag without a value.
type yes struct{ *bool }

func (y yes) String() string { return strconv.FormatBool(y.bool != nil && *y.bool) }
func (y yes) Type() string   { return "bool" }

func (y yes) Set(word string) (err error) {
	if *y.bool, err = strconv.ParseBool(word); err != nil {
		return errors.New("it is true or false")
	}
	return nil
}

// A level is a flag without a value that says more if it is given twice.
type level struct{ *int }

func (l level) String() string { return strconv.FormatBool(*l.int > 0) }
func (l level) Type() string   { return "bool" }

func (l level) Set(word string) error {
	on, err := strconv.ParseBool(word)
	if *l.int++; !on {
		*l.int = 0
	}
	return err
}

// A text is a flag whose value is any text, or the name of a file.
type text struct{ *string }

func (t text) String() string { return *t.string }
func (t text) Type() string   { return "text" }

func (t text) Set(s string) error {
	*t.string = s
	return nil
}

// A list is a flag that may be given several times.
type list struct{ items *[]string }

func (l list) String() string { return strings.Join(*l.items, ",") }
func (l list) Type() string   { return "list" }

func (l list) Set(s string) error {
	*l.items = append(*l.items, s)
	return nil
}

// A choice is a flag whose value is one of several words. Without a value it is bare,
// unless that is empty.
type choice struct {
	value *string
	bare  string
	words []string
}

// oneOf is a choice that needs a value.
func oneOf(value *string, words ...string) choice { return choice{value, "", words} }

func (c choice) String() string { return *c.value }
func (c choice) Type() string   { return strings.Join(c.words, "|") }

func (c choice) Set(word string) error {
	if !slices.Contains(c.words, word) {
		return fmt.Errorf("it is one of %s", strings.Join(c.words, ", "))
	}
	*c.value = word
	return nil
}

// A span is a flag whose value is a length of time.
type span struct{ *time.Duration }

func (s span) String() string { return s.Duration.String() }
func (s span) Type() string   { return "time" }

func (s span) Set(text string) error {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil || text == "0":
		return errors.New("a time has its unit behind it, as in 500ms, 5s or 2m")
	case d < 0:
		return errors.New("0s is the shortest time")
	}
	*s.Duration = d
	return nil
}

// A between is a flag whose value is two lengths of time, as in 200ms..10s.
type between struct{ least, most time.Duration }

func (b *between) String() string { return b.least.String() + ".." + b.most.String() }
func (b *between) Type() string   { return "times" }

func (b *between) Set(text string) error {
	first, last, _ := strings.Cut(text, "..")
	err := errors.Join(span{&b.least}.Set(first), span{&b.most}.Set(last))
	if err != nil || b.least == 0 || b.most < b.least {
		return errors.New("it is two times, as in 200ms..10s")
	}
	return nil
}

// An optional is a flag whose value is a number of things, or any number if it is left
// away.
type optional struct {
	count
	given *bool
}

// anyNumber is the value of an optional that is left away.
const anyNumber = "any"

func (o optional) Set(text string) error {
	*o.given = true
	if text == anyNumber {
		return nil
	}
	return o.count.Set(text)
}

// A count is a flag whose value is a number of things, 1 or more.
type count struct {
	*int
	things string
}

func (c count) String() string { return strconv.Itoa(*c.int) }
func (c count) Type() string   { return "number" }

func (c count) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		return fmt.Errorf("it is a number of %s, 1 or more", c.things)
	}
	*c.int = n
	return nil
}

// A perTime is a flag whose value is how often something may happen in a second.
type perTime struct{ *float64 }

func (p perTime) String() string { return strconv.FormatFloat(*p.float64, 'g', -1, 64) }
func (p perTime) Type() string   { return "rate" }

func (p perTime) Set(text string) error {
	number, unit, _ := strings.Cut(text, "/")
	n, err := strconv.ParseFloat(number, 64)
	seconds, known := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	if err != nil || !known || !(n > 0) || n > 1e9 {
		return errors.New("a rate has its unit behind it, as in 10/s or 5/m")
	}
	*p.float64 = n / seconds
	return nil
}

// atMostOne allows one argument, the address.
func atMostOne(cmd *cobra.Command, args []string) error {
	if len(args) == 2 {
		if form := args[0]; cmd.Flags().Changed("time") && slices.Contains(timeForms, form) {
			return misuse("write --time="+form, "--time takes its form behind an =, not %s", form)
		}
		host, port := args[0], args[1]
		if first, last, _ := strings.Cut(port, "-"); isNumber(first) && isNumber(cmp.Or(last, first)) && !strings.Contains(host, ":") {
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

// rules say which flags of a verb go together. Each string has names of flags.
type rules struct {
	exclusive []string    // at most one of them may be given
	needs     [][2]string // if one of the first is given, one of the second has to be
}

// check returns a misuse if the given flags break a rule.
func (r rules) check(given func(flag string) bool) error {
	among := func(flags string) []string {
		return slices.DeleteFunc(strings.Fields(flags), func(flag string) bool { return !given(flag) })
	}
	for _, flags := range r.exclusive {
		if both := among(flags); len(both) > 1 {
			return misuse("choose one", "--%s and --%s exclude each other", both[0], both[1])
		}
	}
	for _, need := range r.needs {
		if some := among(need[0]); len(some) > 0 && len(among(need[1])) == 0 {
			return misuse("add it, or leave --"+some[0]+" away", "--%s needs --%s",
				some[0], strings.Join(strings.Fields(need[1]), " or --"))
		}
	}
	return nil
}
