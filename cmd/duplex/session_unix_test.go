// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A session is a block of docs/command.md: commands at one terminal, and what they print.
type session struct {
	commands []string
	prints   string
	keys     string // typed when the command asks for it
	varies   bool   // its figures are others each time
}

// sessionsOf returns the sessions of a document, by scene: a server and its client, or
// one alone.
func sessionsOf(t *testing.T, document string) (scenes [][]session) {
	t.Helper()
	block := regexp.MustCompile("(?s)(?:<!-- keys: ([^\n]*?) -->\n\n|<!-- the (figures) vary -->\n\n)?```console\n(.*?)```\n")
	for _, m := range block.FindAllStringSubmatch(document, -1) {
		var s session
		keys, err := unescape(m[1])
		if err != nil {
			t.Fatal(err)
		}
		s.keys = keys
		s.varies = m[2] != ""
		for line := range strings.Lines(m[3]) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				s.commands = append(s.commands, strings.TrimSuffix(command, "\n"))
			} else {
				s.prints += line
			}
		}
		alone := !strings.Contains(m[3], ":6666") && !strings.Contains(m[3], ":7000")
		if strings.HasPrefix(s.commands[0], "duplex serve") || alone || len(s.keys) > 0 {
			scenes = append(scenes, []session{s})
		} else {
			scenes[len(scenes)-1] = append(scenes[len(scenes)-1], s)
		}
	}
	return scenes
}

// A figure is a measured number, with its unit.
var figure = regexp.MustCompile(`\b[\d.]+(?:µs|ms|s|[kM]?/s| [KMG]iB| B|%)?`)

// withoutFigures returns a text without its figures, but for lines that are a number alone:
// exit codes.
func withoutFigures(text string) (out string) {
	for line := range strings.Lines(text) {
		if !isNumber(strings.TrimSpace(line)) {
			line = figure.ReplaceAllString(line, "N")
		}
		out += line
	}
	return out
}

// sessionsPin matches the pin of a certificate.
var sessionsPin = regexp.MustCompile(`sha256:[0-9a-f]{64}`)

// isProxy reports whether s is a proxy, which listens on port 7000.
func (s session) isProxy() bool { return strings.HasPrefix(s.commands[0], "duplex proxy") }

// play starts a session on a terminal that can do nothing but show text. Its server takes
// any port, and its client that of the server. A proxy stands for the server from there
// on, with port 7000.
func (s session) play(t *testing.T, dir, port, pin string) terminal {
	t.Helper()
	script := strings.Join(s.commands, "\n")
	script = strings.ReplaceAll(script, ":6666", ":"+port)
	if s.isProxy() {
		script = strings.ReplaceAll(script, ":7000", ":0")
	} else {
		script = strings.ReplaceAll(script, ":7000", ":"+port)
	}
	if pin != "" {
		script = sessionsPin.ReplaceAllString(script, pin)
	}
	p := command()
	environment := p.Env
	p.Cmd = exec.Command("/bin/sh", "-c", script)
	p.Env = append(environment, "TERM=dumb")
	p.Dir = dir
	return onTerminal(t, p)
}

// compare fails the test unless the terminal shows what the document has.
func (s session) compare(t *testing.T, term terminal, port string) {
	t.Helper()
	got := strings.ReplaceAll(term.out.String(), "\r\n", "\n")
	got = sessionsPin.ReplaceAllString(got, "PIN")
	want := sessionsPin.ReplaceAllString(s.prints, "PIN")
	if strings.HasSuffix(want, "^C\n") {
		want = strings.TrimSuffix(want, "\n") // the key ends no line
	}
	if s.varies {
		got, want = withoutFigures(strings.ReplaceAll(got, ":"+port, ":6666")), withoutFigures(want)
	}
	if problem := differ(got, want, port); problem != "" {
		t.Errorf("%q: %s", s.commands, problem)
	}
}

// Each session of a translation is one of the original, in the same order, so all are
// played. A translation may lack whole sections, and no session of a section that it has.
func TestTranslatedSessionsAreThoseOfTheOriginal(t *testing.T) {
	var sections [2][]string // the sessions of each
	for i, name := range []string{"command.md", "command.zh-CN.md"} {
		document, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for section := range strings.SplitSeq(string(document), "\n## ") {
			found := regexp.MustCompile("(?s)```console\n.*?```\n|<!-- keys: .*? -->").FindAllString(section, -1)
			if len(found) > 0 {
				sections[i] = append(sections[i], strings.Join(found, ""))
			}
		}
	}
	rest := sections[0]
	for _, translated := range sections[1] {
		at := slices.Index(rest, translated)
		if at < 0 {
			t.Fatalf("no section of the original has these sessions, or not in this order:\n%s", translated)
		}
		rest = rest[at+1:]
	}
	if len(sections[1]) < 9 {
		t.Errorf("only %d sections with sessions", len(sections[1]))
	}
}

// The sessions of docs/command.md are what the command prints.
func TestDocumentedSessions(t *testing.T) {
	document, err := os.ReadFile("../../docs/command.md")
	if err != nil {
		t.Fatal(err)
	}
	scenes := sessionsOf(t, string(document))
	if len(scenes) < 8 {
		t.Fatalf("only %d scenes", len(scenes))
	}
	for _, scene := range scenes {
		t.Run(strings.Join(strings.Fields(scene[0].commands[0]), " "), func(t *testing.T) {
			dir, first := t.TempDir(), scene[0]
			if first.keys != "" { // its server is not in the document
				_, address := startServe(t, "--echo", "--once", "-q")
				_, port, _ := strings.Cut(address, ":")
				term := first.play(t, dir, port, "")
				term.await(t, "Ctrl-D")
				answers := "(?s)"
				for key := range strings.SplitAfterSeq(first.keys, "\n") {
					term.press(key)
					if key != ctrlD {
						answers += `data .*?\n.*?`
						term.await(t, answers)
					}
				}
				term.exits(t, 0)
				first.compare(t, term, port)
				return
			}
			server := first.play(t, dir, "0", "")
			port, pin := "0", ""
			if len(scene) > 1 {
				port = server.await(t, `(?:listening  |"srv":")127\.0\.0\.1:(\d+)`)[1]
				if sessionsPin.MatchString(first.prints) {
					pin = server.await(t, sessionsPin.String())[0]
				}
			}
			upstream := port
			for _, s := range scene[1:] {
				if s.isProxy() {
					proxy := s.play(t, dir, upstream, pin)
					port = proxy.await(t, `listening  127\.0\.0\.1:(\d+) -> `)[1]
					proxyPort := port
					defer func() {
						<-proxy.done
						s.prints = strings.ReplaceAll(s.prints, ":7000", ":"+proxyPort)
						s.compare(t, proxy, upstream)
					}()
					continue
				}
				client := s.play(t, dir, port, pin)
				<-client.done
				s.prints = strings.ReplaceAll(s.prints, ":7000", ":"+port)
				s.compare(t, client, port)
			}
			if strings.Contains(first.prints, "^C") {
				if strings.Contains(first.prints, "drop ") {
					server.await(t, "drop ")
				}
				server.press(ctrlC)
			}
			<-server.done
			first.compare(t, server, upstream)
		})
	}
}
