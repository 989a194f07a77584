// Copyright 2026 The duplex authors. MIT license.

//go:build unix

package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// A session is a block of docs/command.md: commands at one terminal, and what they print.
type session struct {
	commands []string
	prints   string
	keys     string // typed when the command asks for it
}

// sessionsOf returns the sessions of a document, by scene: a server and its client, or
// one alone.
func sessionsOf(t *testing.T, document string) (scenes [][]session) {
	t.Helper()
	block := regexp.MustCompile("(?s)(?:<!-- keys: (.*?) -->\n\n)?```console\n(.*?)```\n")
	for _, m := range block.FindAllStringSubmatch(document, -1) {
		var s session
		keys, err := unescape(m[1])
		if err != nil {
			t.Fatal(err)
		}
		s.keys = keys
		for line := range strings.Lines(m[2]) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				s.commands = append(s.commands, strings.TrimSuffix(command, "\n"))
			} else {
				s.prints += line
			}
		}
		if strings.HasPrefix(s.commands[0], "duplex serve") || !strings.Contains(m[2], ":6666") || len(s.keys) > 0 {
			scenes = append(scenes, []session{s})
		} else {
			scenes[len(scenes)-1] = append(scenes[len(scenes)-1], s)
		}
	}
	return scenes
}

// sessionsPin matches the pin of a certificate.
var sessionsPin = regexp.MustCompile(`sha256:[0-9a-f]{64}`)

// play starts a session on a terminal that can do nothing but show text. Its server takes
// any port, and its client that of the server.
func (s session) play(t *testing.T, dir, port, pin string) terminal {
	t.Helper()
	script := strings.Join(s.commands, "\n")
	script = strings.ReplaceAll(script, ":6666", ":"+port)
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
	if problem := differ(got, want, port); problem != "" {
		t.Errorf("%q: %s", s.commands, problem)
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
			for _, s := range scene[1:] {
				client := s.play(t, dir, port, pin)
				<-client.done
				s.compare(t, client, port)
			}
			if strings.Contains(first.prints, "^C") {
				server.await(t, "drop ")
				server.press(ctrlC)
			}
			<-server.done
			first.compare(t, server, port)
		})
	}
}
