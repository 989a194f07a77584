// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func matches(pattern, text string) bool { return regexp.MustCompile(pattern).MatchString(text) }

// The demo prints the same lines each time, except for the ports. All lines fit a
// terminal of 80 columns.
func TestDemoIsAlwaysTheSame(t *testing.T) {
	want, err := os.ReadFile("testdata/demo.golden")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(want)) {
		if len(line) > len("\n")+80 {
			t.Errorf("too long: %s", line)
		}
	}
	for range 5 {
		p := launch(t, command("demo"))
		p.exits(t, 0)
		got := p.out.String()
		_, taken, _ := strings.Cut(got, "(Port 6666 is taken")
		if taken != "" {
			port := regexp.MustCompile(`listening  127.0.0.1:(\d+)`).FindStringSubmatch(got)[1]
			got = regexp.MustCompile(`(?s)\(Port 6666 is taken.*?\n\n`).ReplaceAllString(got, "")
			got = strings.ReplaceAll(got, ":"+port, ":6666")
		}
		ports := regexp.MustCompile(`(?:connect    127.0.0.1:|Port )(\d+)`).FindAllStringSubmatch(got, -1)
		if len(ports) != 3 || ports[0][1] != ports[1][1] {
			t.Fatalf("the demo shows ports %q:\n%s", ports, got)
		}
		got = strings.NewReplacer(ports[0][1], "35890", ports[2][1], "35898").Replace(got)
		if got != string(want) {
			t.Fatalf("demo:\n%s\nwant:\n%s", got, want)
		}
		if p.errOut.String() != "" {
			t.Errorf("stderr: %s", p.errOut.String())
		}
	}
}

// Output that cannot be written is a failure.
func TestFullDiskIsAnError(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full here")
	}
	defer full.Close()
	for _, args := range [][]string{{"demo"}, {"completion", "bash"}, {"help", "serve"}, {"version"}, {}} {
		p := command(args...)
		p.Stdout = full
		launch(t, p).exits(t, 1)
		if want := `^error      write /dev/stdout: .+\nhint       stdout cannot be written; is the disk full\?\n$`; !matches(want, p.errOut.String()) {
			t.Errorf("%q: stderr is %q, want %s", args, p.errOut.String(), want)
		}
	}
}

func TestDemoAsJSON(t *testing.T) {
	p := launch(t, command("demo", "--json"))
	p.exits(t, 0)
	lines := strings.Split(strings.TrimSpace(p.out.String()), "\n")
	if len(lines) != 18 {
		t.Errorf("%d lines, want 18", len(lines))
	}
	for _, line := range lines {
		if !matches(`^\{"ev":"[a-z]+","side":"(server|client)",.*\}$`, line) {
			t.Errorf("not an event of one side: %s", line)
		}
	}
}

// A conversation has the same number in text and in JSON, on both sides.
func TestDemoNumbersAgree(t *testing.T) {
	p := launch(t, command("demo", "--json"))
	p.exits(t, 0)
	for _, want := range []string{
		`"ev":"connection","side":"server","id":1,`, `"ev":"connect","side":"client","id":1,`,
		`"ev":"connection","side":"server","id":2,`, `"ev":"connect","side":"client","id":2,`,
	} {
		if !strings.Contains(p.out.String(), want) {
			t.Errorf("the demo prints\n%s\nwant %s in it", p.out.String(), want)
		}
	}
}
