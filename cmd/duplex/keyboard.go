// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// A keyboard is where lines are typed. It returns the bytes that they mean: a line is
// sent, and one that begins with a slash is a command.
type keyboard struct {
	mark   string // ends a line that is sent
	pieces bool   // what comes is whole lines, but for the end of a Ctrl-D
	begun  []byte // of a line that is not ended
	typed  int    // the length of the line that take is at
	orders map[string]order
	note   func(format string, args ...any)
}

// An order does what a line that begins with a slash says. It may return bytes to send.
type order struct {
	usage string
	run   func(argument string) ([]byte, error)
}

// newKeyboard returns a keyboard with the commands that all verbs have, and more.
func newKeyboard(note func(format string, args ...any), more map[string]order) *keyboard {
	k := &keyboard{mark: "\n", pieces: isTerminal(os.Stdin), note: note}
	k.orders = map[string]order{
		"hex":  {"/hex 0d 0a: sends bytes", bytesOf},
		"file": {"/file NAME: sends a file", os.ReadFile},
		"help": {"/help: lists these; //x sends /x", k.help},
	}
	maps.Copy(k.orders, more)
	return k
}

func bytesOf(digits string) ([]byte, error) {
	p, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
	if err != nil || len(p) == 0 {
		return nil, fmt.Errorf("/hex takes bytes in hex, as in /hex 0d 0a, not %s", digits)
	}
	return p, nil
}

func (k *keyboard) help(string) ([]byte, error) {
	for _, name := range slices.Sorted(maps.Keys(k.orders)) {
		k.note("%s", k.orders[name].usage)
	}
	return nil, nil
}

// take calls send with the bytes that each line of p means, which may be none, and the
// length of the line. A line that is not ended waits for its end, unless final is set.
func (k *keyboard) take(p []byte, final bool, send func(data []byte, line int)) {
	k.begun = append(k.begun, p...)
	for len(k.begun) > 0 {
		line, rest, ended := bytes.Cut(k.begun, []byte("\n"))
		if !ended && !final && !k.pieces {
			return
		}
		k.typed = len(k.begun) - len(rest)
		k.begun = rest
		send(k.meaning(line, ended), k.typed)
	}
}

// meaning returns the bytes to send for a line.
func (k *keyboard) meaning(line []byte, ended bool) []byte {
	text, slash := bytes.CutPrefix(line, []byte("/"))
	if slash && ended && !bytes.HasPrefix(text, []byte("/")) {
		return k.obey(strings.TrimSuffix(string(text), "\r"))
	}
	if slash && ended {
		line = text
	}
	if ended {
		line = append(bytes.Clone(bytes.TrimSuffix(line, []byte("\r"))), k.mark...)
	}
	return line
}

// obey runs a command.
func (k *keyboard) obey(text string) []byte {
	name, argument, _ := strings.Cut(text, " ")
	order, known := k.orders[name]
	if !known {
		k.note("not sent: no command is /%s; /help lists them, and //%s sends it as text", name, text)
		return nil
	}
	data, err := order.run(strings.TrimSpace(argument))
	if err != nil {
		k.note("not sent: %v", err)
		return nil
	}
	return data
}

// viewOrder returns the order that changes how p shows data.
func viewOrder(p *printer) order {
	return order{"/as FORM: shows data as " + strings.Join(viewNames(), ", "), func(form string) ([]byte, error) {
		if !slices.Contains(viewNames(), form) || form == "raw" {
			return nil, fmt.Errorf("/as takes one of %s", strings.Join(slices.DeleteFunc(viewNames(), func(v string) bool { return v == "raw" }), ", "))
		}
		p.showAs(viewNamed(form))
		return nil, nil
	}}
}
