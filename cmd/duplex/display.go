// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"os"
	"time"
)

// A display holds the flags for output, which all verbs have.
type display struct {
	as       string
	recordTo string
	time     string
	color    string
	json     bool
	full     string // true or false; "" depends on where it goes
	quiet    bool
	verbose  int // how often -v is given
}

// timeForms are the values of --time; the first is the default.
var timeForms = []string{"rel", "abs", "unix"}

// flags returns the table of its flags.
func (d *display) flags() []flag {
	d.color = "auto"
	return []flag{
		{"color", "", oneOf(&d.color, "auto", "always", "never")},
		{"time", "", choice{&d.time, timeForms[0], timeForms}},
		{"json", "", yes{&d.json}},
		{"full", "", choice{&d.full, "true", []string{"true", "false"}}},
		{"quiet", "q", yes{&d.quiet}},
		{"verbose", "v", level{&d.verbose}},
	}
}

// dataFlags returns the table of the flags that verbs with data of others have.
func (d *display) dataFlags() []flag {
	return []flag{
		{"as", "", oneOf(&d.as, viewNames()...)},
		{"record", "", text{&d.recordTo}},
	}
}

// displayRules are the rules for its flags.
var displayRules = rules{exclusive: []string{"quiet verbose", "json as"}}

// newPrinter returns a printer of events to stdout.
func (d *display) newPrinter() *printer {
	p := &printer{
		outbox:  newOutbox(os.Stdout),
		events:  true,
		view:    viewNamed("utf8"),
		json:    d.json,
		quiet:   d.quiet,
		verbose: d.verbose > 0,
		details: d.verbose > 1,
		clock:   clock{form: d.time, start: time.Now()},
		color:   colorful(os.Stdout, d.color),
	}
	if d.as != "" {
		p.view = viewNamed(d.as)
	}
	if d.full == "false" || d.full == "" && isTerminal(os.Stdout) {
		p.most = 256
	}
	return p
}

// recorder lets p record what it prints, if --record asks for that.
func (d *display) recorder(p *printer) (err error) {
	if d.recordTo != "" {
		p.record, err = newTape(d.recordTo)
	}
	return err
}

// remark prints a message on stderr that a person at the keyboard has asked for, or has
// to know.
func (d *display) remark(format string, args ...any) {
	say("note", fmt.Sprintf(format, args...), d.color)
}

// notePin prints the pin of a certificate that was made for this process, also with --quiet:
// without it no client can tell who answers. Of --json it is a key.
func (d *display) notePin(pin string) {
	if !d.json {
		say("note", "its certificate was made just now; connect with --pin "+pin, d.color)
	}
}

// note prints a message on stderr that is not an error.
func (d *display) note(format string, args ...any) {
	if !d.quiet && !d.json {
		say("note", fmt.Sprintf(format, args...), d.color)
	}
}
