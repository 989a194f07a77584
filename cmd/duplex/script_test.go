// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs testdata/*.txtar. Beside testscript's own, there are commands
// for processes that run side by side:
//
//	start NAME ARGS...    starts duplex; its stdin stays open
//	run NAME CODE ARGS... the same without stdin, and finish
//	type NAME TEXT        writes to its stdin
//	eof NAME              closes its stdin
//	await NAME PATTERN    waits for output; groups (?P<x>…) set $x
//	awaiterr NAME PATTERN the same for stderr
//	signal NAME SIGNAL    sends INT, TERM, HUP or KILL
//	finish NAME CODE      waits for its exit with that code; $NAME.out and
//	                      $NAME.err are files then
//	bytes FILE TEXT       compares a file with text to the byte
//	same FILE WANT        compares a file with WANT. There, port 6666 stands for
//	                      $port, each port 35xxx for one port that may be any,
//	                      and pid 4242 for any pid
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata",
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Values[key{}] = make(processes)
			env.Vars = append(env.Vars, goRace, "DUPLEX_DRIVER="+os.Getenv("DUPLEX_DRIVER"))
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"start":    scriptStart,
			"run":      scriptRun,
			"type":     scriptType,
			"eof":      scriptEOF,
			"await":    scriptAwait,
			"awaiterr": scriptAwaitErr,
			"signal":   scriptSignal,
			"finish":   scriptFinish,
			"bytes":    scriptBytes,
			"same":     scriptSame,
		},
	})
}

// processes are those of one script, by name.
type processes map[string]*process

// key is the key of a script's processes.
type key struct{}

func processOf(ts *testscript.TestScript, args []string, atLeast int) *process {
	if len(args) < atLeast {
		ts.Fatalf("too few arguments")
	}
	p, ok := ts.Value(key{}).(processes)[args[0]]
	if !ok {
		ts.Fatalf("no process is called %s", args[0])
	}
	return p
}

func scriptStart(ts *testscript.TestScript, _ bool, args []string) {
	p := command(args[1:]...)
	p.Dir = ts.Getenv("WORK")
	p.Env = append(p.Env, "DUPLEX_TEST_TUTORIAL="+ts.Getenv("DUPLEX_TEST_TUTORIAL"))
	ts.Check(p.start())
	ts.Value(key{}).(processes)[args[0]] = p
	ts.Defer(func() {
		p.Process.Kill()
		<-p.done
	})
}

func scriptRun(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: run NAME CODE ARGS...")
	}
	scriptStart(ts, neg, append([]string{args[0]}, args[2:]...))
	scriptEOF(ts, neg, args[:1])
	scriptFinish(ts, neg, args[:2])
}

func scriptType(ts *testscript.TestScript, _ bool, args []string) {
	text, err := unescape(strings.Join(args[1:], " "))
	ts.Check(err)
	_, err = processOf(ts, args, 2).stdin.Write([]byte(text))
	ts.Check(err)
}

func scriptEOF(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(processOf(ts, args, 1).stdin.Close())
}

func scriptAwait(ts *testscript.TestScript, _ bool, args []string) {
	awaitOutput(ts, args, &processOf(ts, args, 2).out)
}

func scriptAwaitErr(ts *testscript.TestScript, _ bool, args []string) {
	awaitOutput(ts, args, &processOf(ts, args, 2).errOut)
}

func awaitOutput(ts *testscript.TestScript, args []string, output *transcript) {
	found, err := output.await(args[1])
	if err != nil {
		ts.Fatalf("%v\nstderr:\n%s", err, processOf(ts, args, 2).errOut.String())
	}
	for i, name := range regexp.MustCompile(args[1]).SubexpNames() {
		if name != "" {
			ts.Setenv(name, found[i])
		}
	}
}

func scriptSignal(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(sendSignal(processOf(ts, args, 2).Process, args[1]))
}

func scriptFinish(ts *testscript.TestScript, _ bool, args []string) {
	p := processOf(ts, args, 2)
	code, err := p.finish()
	ts.Check(err)
	out, errOut := p.out.String(), p.errOut.String()
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".out"), []byte(out), 0o666))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".err"), []byte(errOut), 0o666))
	if want, err := strconv.Atoi(args[1]); err != nil || code != want {
		ts.Fatalf("%s: exit code is %d, want %s; stdout:\n%s\nstderr:\n%s", args[0], code, args[1], out, errOut)
	}
}

func scriptBytes(ts *testscript.TestScript, _ bool, args []string) {
	want, err := unescape(args[1])
	ts.Check(err)
	if got := ts.ReadFile(args[0]); got != want {
		ts.Fatalf("%s has %q, want %q", args[0], got, want)
	}
}

// stands matches the ports and pids of WANT that stand for others.
var stands = regexp.MustCompile(`:6666\b|:35\d\d\d\b|pid 4242`)

func scriptSame(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: same FILE WANT")
	}
	if problem := differ(ts.ReadFile(args[0]), ts.ReadFile(args[1]), ts.Getenv("port")); problem != "" {
		ts.Fatalf("%s: %s", args[0], problem)
	}
}

// differ returns both texts if they are not the same, with what stands for other ports
// and pids in want; else "".
func differ(got, want, port string) (problem string) {
	problem = "got:\n" + got + "\nwant:\n" + want
	ports := make(map[string]string) // by what stands for them
	pattern, end := "^", 0
	for _, at := range stands.FindAllStringIndex(want, -1) {
		pattern += regexp.QuoteMeta(want[end:at[0]])
		switch what := want[at[0]:at[1]]; what {
		case ":6666":
			pattern += ":" + port
		case "pid 4242":
			pattern += `pid \d+`
		default:
			if _, known := ports[what]; !known {
				soFar := regexp.MustCompile(pattern + `:(\d+)`).FindStringSubmatch(got)
				if soFar == nil {
					return problem
				}
				ports[what] = soFar[1]
			}
			pattern += ":" + ports[what]
		}
		end = at[1]
	}
	pattern += regexp.QuoteMeta(want[end:]) + "$"
	if !regexp.MustCompile(pattern).MatchString(got) {
		return problem
	}
	return ""
}
