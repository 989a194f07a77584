// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"golang.org/x/term"

	"github.com/duplex-go/duplex"
)

func isTerminal(f *os.File) (is bool) {
	raw, err := f.SyscallConn() // f.Fd would change the mode of a file that others share
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) { is = term.IsTerminal(int(fd)) })
	return err == nil && is
}

// isSameFile reports whether two files are one, such as one terminal.
func isSameFile(a, b *os.File) bool {
	one, err := a.Stat()
	two, failed := b.Stat()
	return err == nil && failed == nil && os.SameFile(one, two)
}

// widthOf returns how many columns a terminal has, 80 if it does not say.
func widthOf(f *os.File) int {
	width := 0
	if raw, err := f.SyscallConn(); err == nil { // as in isTerminal
		_ = raw.Control(func(fd uintptr) { width, _, _ = term.GetSize(int(fd)) })
	}
	if width <= 0 {
		return 80
	}
	return width
}

// isPiped reports whether f is a pipe or a file, so that no person is at it.
func isPiped(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&(os.ModeDevice|os.ModeCharDevice) == 0
}

// colorful reports whether to write to f in color. --color decides first, then the
// environment, then whether f is a terminal that shows colors.
func colorful(f *os.File, mode string) bool {
	switch {
	case mode != "auto":
		return mode == "always"
	case os.Getenv("NO_COLOR") != "":
		return false
	case os.Getenv("FORCE_COLOR") != "" || os.Getenv("CLICOLOR_FORCE") != "":
		return true
	}
	return os.Getenv("TERM") != "dumb" && isTerminal(f) && understandsANSI(f)
}

// tell writes a text to stdout.
func tell(text string) error {
	if _, err := os.Stdout.WriteString(text); err != nil {
		return cannotPrint(err)
	}
	return nil
}

// say writes an error, a hint or a note to stderr, as one line.
func say(word, text, color string) {
	line := appendWord(nil, word, colorful(os.Stderr, color))
	to := io.Writer(os.Stderr)
	if e := screen.Load(); e != nil && isTerminal(os.Stderr) {
		to = e
	}
	_, err := fmt.Fprintf(to, "%s %s\n", line, appendText(nil, []byte(text)))
	missSaid(err)
}

// unsaid is set when something could not be written to stderr. Then the exit code is not 0.
var unsaid atomic.Bool

// missSaid sets unsaid because of an error of stderr. A terminal that is gone, and a stderr that
// was never there, have no reader who misses anything.
func missSaid(err error) {
	if code := duplex.Code(err); err != nil && code != "EIO" && code != "EBADF" {
		unsaid.Store(true)
	}
}

// colors are the colors of the words that begin a line.
var colors = map[string]int{
	"listening":  32,
	"connection": 32,
	"connect":    32,
	"secure":     32,
	"data":       36,
	"write":      35,
	"error":      31,
	"drop":       31,
	"ready":      32,
	"toxic":      33,
	"hint":       33,
	"note":       33,
	"server":     35,
	"client":     34,
}

const faint = 2

// appendWord appends the word that begins a line.
func appendWord(dst []byte, word string, color bool) []byte {
	return appendPadded(dst, word, 10, color)
}

// appendPadded appends a word in a column of some width, in its color if color is
// set.
func appendPadded(dst []byte, word string, width int, color bool) []byte {
	if !color {
		return fmt.Appendf(dst, "%-*s", width, word)
	}
	code, ok := colors[word]
	if !ok {
		code = faint
	}
	return appendColored(dst, word, width, code)
}

// appendFaint appends a word that is no event, faint if color is set.
func appendFaint(dst []byte, word string, width int, color bool) []byte {
	if !color {
		return appendPadded(dst, word, width, false)
	}
	return appendColored(dst, word, width, faint)
}

func appendColored(dst []byte, word string, width, code int) []byte {
	return fmt.Appendf(dst, "\x1b[%dm%s\x1b[0m%*s", code, word, width-len(word), "")
}
