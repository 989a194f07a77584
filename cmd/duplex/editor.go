// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"unicode"

	"golang.org/x/term"
)

// An editor lets a person edit the line that is typed on a terminal. What is printed
// meanwhile goes above that line.
type editor struct {
	term    *term.Terminal
	partial []byte // of a sequence of keys whose rest has not come
	keys    []byte // not yet taken by term
	lines   []byte // complete, and not yet read
	mode    *mode  // of the terminal, as it was

	columns atomic.Int64 // of the terminal

	empty  bool // the line is, if the last key was keyRedraw
	warned bool // the line is too long, and the person knows
	full   bool // the line is too long, and no key came since that changes it
	begun  bool // keys were read
}

// screen is the editor that has the terminal; nil if none has.
var screen atomic.Pointer[editor]

// errNoKeys says that the keys so far do not end a line.
var errNoKeys = errors.New("no more keys")

// startEditor gives the terminal to an editor, if stdin and stdout are one that it
// understands. closeEditor takes it back.
func startEditor() *editor {
	if !isTerminal(os.Stdin) || !isTerminal(os.Stdout) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	mode := editingMode()
	if mode == nil {
		return nil
	}
	e := &editor{mode: mode}
	e.columns.Store(80) // until resize, as for the Terminal
	e.term = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{readerOf(e.nextKeys), writerOf(e.show)}, "")
	e.term.History = laidHistory{newHistory(), e}
	e.term.AutoCompleteCallback = e.insert
	screen.Store(e)
	e.mode.watch(e.resize)
	return e
}

// closeEditor gives the terminal back.
func closeEditor() {
	if e := screen.Swap(nil); e != nil {
		e.mode.restore()
	}
}

type readerOf func(p []byte) (int, error)

func (r readerOf) Read(p []byte) (int, error) { return r(p) }

type writerOf func(p []byte) (int, error)

func (w writerOf) Write(p []byte) (int, error) { return w(p) }

// nextKeys gives the Terminal the keys that were typed.
func (e *editor) nextKeys(p []byte) (int, error) {
	if e.full { // the Terminal would draw the whole line again for each
		e.keys = bytes.TrimLeftFunc(e.keys, isTyped)
		e.full = len(e.keys) == 0
	}
	if len(e.keys) == 0 {
		return 0, errNoKeys
	}
	n := copy(p, e.keys)
	e.keys = e.keys[n:]
	return n, nil
}

// show writes to the terminal, which makes \r\n of \n itself.
func (e *editor) show(p []byte) (int, error) {
	if _, err := os.Stdout.Write(onScreen(bytes.ReplaceAll(p, []byte("\r\n"), []byte("\n")))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// longest is the most bytes of a line. The Terminal takes no more, nor do systems.
const longest = 4096

// insert is called for each key that is not a command of the Terminal. That ignores tabs,
// and what does not fit into a line, and it takes every character for one column.
func (e *editor) insert(line string, pos int, key rune) (string, int, bool) {
	before, after := unlaid(line[:pos]), unlaid(line[pos:])
	typed := isTyped(key)
	switch {
	case typed && len(before)+len(after) >= longest:
		e.full = true
		if !e.warned {
			e.warned = true
			say("note", "the line is too long: of what is typed on, nothing is taken; /file NAME sends a file", "auto")
		}
		return line, pos, true
	case typed && !isLaid(key) && before == line[:pos] && after == line[pos:]:
		return "", 0, false // the Terminal is right
	case typed:
		before += string(key)
	default:
		var known bool
		if before, after, known = edited(before, after, key); !known {
			return "", 0, false
		}
	}
	e.empty = before+after == ""
	columns := int(e.columns.Load())
	return laid(before+after, columns), len(laid(before, columns)), true
}

// isTyped reports whether a key becomes a part of the line.
func isTyped(key rune) bool {
	return unicode.IsPrint(key) || key == '\t' || isMark(key) || isCluster(key)
}

// A laidHistory is a history whose lines have marks.
type laidHistory struct {
	*history
	editor *editor
}

func (h laidHistory) Add(line string) { h.history.Add(unlaid(line)) }
func (h laidHistory) At(i int) string { return laid(h.history.At(i), int(h.editor.columns.Load())) }

// edit takes keys, and adds the lines that they end to lines. The error is io.EOF at
// Ctrl-D, which ends no line.
func (e *editor) edit(keys []byte) error {
	if !e.begun {
		// A Ctrl-D that was typed before the editor had the terminal comes as a NUL.
		e.begun = true
		keys = bytes.ReplaceAll(keys, []byte{0}, []byte{4})
	}
	whole, rest := byCharacter(append(e.partial, keys...))
	e.partial = rest
	for i, part := range bytes.Split(whole, []byte{4}) {
		if i > 0 {
			if err := e.enter([]byte(string(keyRedraw))); err != nil || e.empty {
				return cmp.Or(err, io.EOF)
			}
			part = append([]byte(string(keyDelete)), part...)
		}
		if err := e.enter(part); err != nil {
			return err
		}
	}
	return nil
}

// enter gives keys to the Terminal, and adds the lines that they end to lines.
func (e *editor) enter(keys []byte) error {
	e.keys = append(e.keys, keys...)
	for {
		line, err := e.term.ReadLine()
		switch {
		case err == errNoKeys:
			return nil
		case err != nil:
			return err
		}
		e.warned, e.full = false, false
		e.lines = append(append(e.lines, unlaid(line)...), '\n')
	}
}

// Write prints above the line that is typed.
func (e *editor) Write(p []byte) (int, error) {
	if _, err := e.term.Write(withoutMarks(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (e *editor) resize() {
	if width, height, err := term.GetSize(e.mode.fd); err == nil && width > 0 {
		e.columns.Store(int64(width))
		e.term.SetSize(width, height)
	}
}
