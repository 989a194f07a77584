// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// control matches what moves the cursor or colors text.
var control = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)

// On a terminal a line shows how the run does, and pictures follow the report. The line is
// written over itself, and is gone in the end.
func TestBenchOnATerminal(t *testing.T) {
	_, address := startServe(t, "--echo", "-q")
	term := onTerminal(t, command("bench", address, "-c", "3", "-r", "2000", "-d", "1s", "--color=never"))
	term.await(t, `\r +0\.\d+s [▁-█]+ +  [\d.]+k? msg/s  p50 [\d.]+[µm]s  p99 [\d.]+[µm]s  err 0  conns 3\x1b\[K`)
	term.exits(t, 0)
	shown := term.out.String()
	before, report, found := strings.Cut(shown, "target ")
	if !found || !strings.HasSuffix(before, "\r\x1b[K") {
		t.Errorf("before the report, the line is not erased: %q", before)
	}
	if strings.ContainsRune(report, '\x1b') {
		t.Errorf("the report has control characters: %q", report)
	}
	for _, want := range []string{
		`(?m)^latency     p50 .*\(response time, corrected\)\r$`,
		`(?m)^ *[\d.]+(?:µs|ms) - [\d.]+(?:µs|ms) +█* +\d+\.\d\d%\r$`,
		`(?m)^ +msg/s over \d[\d.]*s\r$`,
		`(?m)^ +p99 in (?:µs|ms) over \d[\d.]*s\r$`,
	} {
		if !matches(want, report) {
			t.Errorf("shown:\n%s\nwant %s in it", report, want)
		}
	}
	if bars := len(regexp.MustCompile(`(?m)%\r$`).FindAllString(report, -1)); bars != 10 {
		t.Errorf("%d bars, want 10:\n%s", bars, report)
	}
	for line := range strings.Lines(report) {
		if strings.HasSuffix(line, " \r\n") {
			t.Errorf("a line ends in spaces: %q", line)
		}
	}
}

// The line fits the terminal, however narrow that is.
func TestBenchFitsTheTerminal(t *testing.T) {
	_, address := startServe(t, "--echo", "-q")
	p := command("bench", address, "-d", "700ms", "--json")
	var stdout transcript
	p.Stdout = &stdout
	term := onTerminal(t, p)
	if err := pty.Setsize(term.keys, &pty.Winsize{Rows: 10, Cols: 30}); err != nil {
		t.Fatal(err)
	}
	term.await(t, `\r +0\.[3-7]s `)
	term.exits(t, 0)
	lines := strings.Split(term.out.String(), "\r")
	for _, line := range lines[2:] { // the size may be later than the first
		if n := len([]rune(control.ReplaceAllString(line, ""))); n > 29 {
			t.Errorf("%d characters: %q", n, line)
		}
	}
	if got := stdout.String(); !matches(`^\{"target":.*\}\n$`, got) {
		t.Errorf("stdout is no object: %s", got)
	}
}

// Pictures fit the terminal, too. One that is too narrow gets none.
func TestPicturesFitTheTerminal(t *testing.T) {
	_, address := startServe(t, "--echo", "-q")
	terms := make(map[int]terminal) // by columns
	for _, columns := range []int{30, 40, 60} {
		term := onTerminal(t, command("bench", address, "-c", "1", "-r", "500", "-d", "600ms", "--color=never"))
		if err := pty.Setsize(term.keys, &pty.Winsize{Rows: 10, Cols: uint16(columns)}); err != nil {
			t.Fatal(err)
		}
		terms[columns] = term
	}
	for columns, term := range terms {
		term.exits(t, 0)
		_, pictures, found := strings.Cut(term.out.String(), "\r\n\r\n")
		if found != (columns >= leastWidth) {
			t.Errorf("%d columns: there are pictures: %t", columns, found)
		}
		for line := range strings.SplitSeq(pictures, "\r\n") {
			if n := len([]rune(line)); n > columns {
				t.Errorf("%d columns: %d characters: %q", columns, n, line)
			}
		}
	}
}

// Flags and the environment turn colors on and off. A terminal gets no sequence that it does
// not understand.
func TestBenchColors(t *testing.T) {
	_, address := startServe(t, "--echo", "-q")
	colored := regexp.MustCompile(`\x1b\[\d+m`)
	for _, c := range []struct {
		env         string
		flag        string
		color, line bool
	}{
		{"TERM=xterm", "--color=auto", true, true},
		{"NO_COLOR=1", "--color=auto", false, true},
		{"NO_COLOR=", "--color=auto", true, true},
		{"TERM=dumb", "--color=auto", false, false},
		{"TERM=xterm", "--color=never", false, true},
		{"TERM=xterm", "--quiet", true, false},
	} {
		p := command("bench", address, "-c", "1", "-r", "100", "-d", "600ms", c.flag)
		p.Env = append(p.Env, c.env)
		term := onTerminal(t, p)
		term.exits(t, 0)
		shown := term.out.String()
		if got := colored.MatchString(shown); got != c.color {
			t.Errorf("%s %s: color is %t, want %t", c.env, c.flag, got, c.color)
		}
		if got := strings.Contains(shown, "msg/s  p50"); got != c.line {
			t.Errorf("%s %s: there is a line: %t, want %t", c.env, c.flag, got, c.line)
		}
		if got, want := strings.Contains(shown, "█"), c.flag != "--quiet"; got != want {
			t.Errorf("%s %s: there are pictures: %t, want %t", c.env, c.flag, got, want)
		}
	}
}

// Ctrl-C prints what was measured.
func TestCtrlCEndsBench(t *testing.T) {
	_, address := startServe(t, "--echo", "-q")
	term := onTerminal(t, command("bench", address, "-c", "1", "-r", "100", "-d", "1h", "--color=never"))
	term.await(t, `msg/s  p50`)
	term.press(ctrlC)
	term.exits(t, 130)
	if got := term.out.String(); !matches(`\r\x1b\[Ktarget .*interrupted after `, got) {
		t.Errorf("shown: %q", got)
	}
}

// A report that cannot be written is a failure: a full disk, a reader that is gone.
func TestBenchSaysThatItsReportIsLost(t *testing.T) {
	_, address := startServe(t, "--echo", "-q")
	closed := command("bench", address, "-c", "1", "-d", "50ms")
	pipeOut(t, closed).Close()
	launch(t, closed).exits(t, 141)

	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	defer full.Close()
	p := command("bench", address, "-c", "1", "-d", "50ms")
	p.Stdout = full
	launch(t, p).exits(t, 1)
	if got := p.errOut.String(); !strings.Contains(got, "is the disk full?") {
		t.Errorf("stderr is %s", got)
	}
	for _, flag := range []string{"--hlog=/dev/full", "--html=/dev/full"} {
		p := command("bench", address, "-c", "1", "-d", "50ms", flag)
		launch(t, p).exits(t, 1)
		if got := p.errOut.String(); !matches(`^error      write /dev/full: .*\nhint       is the disk full\?\n$`, got) {
			t.Errorf("%s: stderr is %s", flag, got)
		}
		if !strings.Contains(p.out.String(), "messages ") {
			t.Errorf("%s: no report: %s", flag, p.out.String())
		}
	}
}
