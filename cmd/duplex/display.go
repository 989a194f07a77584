// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// A display holds the flags for output, which all verbs have.
type display struct {
	as      string
	time    string
	color   string
	json    bool
	full    bool
	quiet   bool
	verbose bool
}

// timeForms are the values of --time; the first is the default.
var timeForms = []string{"rel", "abs", "unix"}

// add gives the flags to cmd.
func (d *display) add(cmd *cobra.Command, views ...string) {
	flags := cmd.Flags()
	d.color = "auto"
	if len(views) > 0 {
		enum(cmd, &d.as, "as", views...)
	}
	enum(cmd, &d.color, "color", "auto", "always", "never")
	enum(cmd, &d.time, "time", timeForms...)
	flags.Lookup("time").NoOptDefVal = timeForms[0]
	flags.BoolVar(&d.json, "json", false, "")
	flags.BoolVar(&d.full, "full", false, "")
	flags.BoolVarP(&d.quiet, "quiet", "q", false, "")
	flags.BoolVarP(&d.verbose, "verbose", "v", false, "")
}

// printer returns a printer of events to stdout.
func (d *display) printer() *printer {
	p := &printer{
		outbox:  newOutbox(os.Stdout),
		events:  true,
		view:    viewNamed("utf8"),
		json:    d.json,
		quiet:   d.quiet,
		verbose: d.verbose,
		clock:   clock{form: d.time, start: time.Now()},
		color:   colorful(os.Stdout, d.color),
	}
	if d.as != "" {
		p.view = viewNamed(d.as)
	}
	if !d.full && isTerminal(os.Stdout) {
		p.most = 256
	}
	return p
}

// note prints a message on stderr that is not an error.
func (d *display) note(format string, args ...any) {
	if !d.quiet && !d.json {
		say("note", fmt.Sprintf(format, args...), d.color)
	}
}
