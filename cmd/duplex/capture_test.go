// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// foreign returns the path of a program of another project. In CI it has to be there.
func foreign(t *testing.T, name, group string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("there is no %s; hint: as root, bash .ci/setup %s", name, group)
	default:
		t.Skipf("NOT TESTED: there is no %s; hint: as root, bash .ci/setup %s", name, group)
	}
	return path
}

// output runs a program and returns what it prints.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, problems.String())
	}
	return string(out)
}

// followed returns what tshark finds that each side of a TCP stream has sent.
func followed(t *testing.T, tshark, file string, stream int) (client, server string) {
	t.Helper()
	out := output(t, tshark, "-r", file, "-q", "-z", fmt.Sprintf("follow,tcp,raw,%d", stream))
	for line := range strings.Lines(out) {
		line, fromServer := strings.CutPrefix(strings.TrimRight(line, "\n"), "\t")
		data, err := hex.DecodeString(line)
		switch {
		case err != nil || len(data) == 0: // a frame around it
		case fromServer:
			server += string(data)
		default:
			client += string(data)
		}
	}
	return client, server
}

// Dump writes a server's recording in two forms for Wireshark. Tshark reads the same bytes
// back from both.
func TestCapturesAreReadByWireshark(t *testing.T) {
	tshark, text2pcap := foreign(t, "tshark", "tshark"), foreign(t, "text2pcap", "tshark")
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	big := strings.Repeat("0123456789abcdef\xff\x00", 20<<10)
	if err := os.WriteFile(file("big"), []byte(big), 0o666); err != nil {
		t.Fatal(err)
	}
	server, address := startServe(t, "--reply", `pong\x00\xff`, "--per", "line", "--stop-after", "2", "--record", file("talk"), "-q")
	one := launch(t, command("connect", address, "--send-file", file("big"), "-q"))
	one.stdin.Close()
	one.exits(t, 0)
	two := launch(t, command("connect", address, "--send", `ping\n`, "-q"))
	two.stdin.Close()
	two.exits(t, 0)
	server.exits(t, 0)

	output(t, "duplex", "dump", file("talk"), "--pcapng", file("talk.pcapng"))
	if problems := output(t, tshark, "-r", file("talk.pcapng"), "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
		"-Y", "tcp.analysis.flags || _ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0"); problems != "" {
		t.Errorf("tshark finds fault with:\n%s", problems)
	}
	client, reply := followed(t, tshark, file("talk.pcapng"), 0)
	if client != big || reply != strings.Repeat("pong\x00\xff", strings.Count(reply, "p")) || reply == "" {
		t.Errorf("the first stream has %d B and %d B, want %d B and some pongs", len(client), len(reply), len(big))
	}
	client, reply = followed(t, tshark, file("talk.pcapng"), 1)
	if client != "ping\n" || reply != "pong\x00\xff" {
		t.Errorf("the second stream has %q and %q", client, reply)
	}

	text := output(t, "duplex", "dump", file("talk"), "--text2pcap", "--id", "2")
	line, _, _ := strings.Cut(text, "\n")
	if err := os.WriteFile(file("talk.txt"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	args := regexp.MustCompile(`'[^']*'|\S+`).FindAllString(strings.TrimPrefix(line, "# text2pcap "), -1)
	for i, arg := range args {
		args[i] = strings.Trim(arg, "'")
	}
	args = append(args[:len(args)-2], file("talk.txt"), file("text.pcapng"))
	output(t, text2pcap, append([]string{"-q"}, args...)...)
	// The recorder is the server, so its bytes come from the side that tshark calls first
	// or second, by the direction of the first packet.
	client, reply = followed(t, tshark, file("text.pcapng"), 0)
	if client != "ping\n" || reply != "pong\x00\xff" {
		t.Errorf("text2pcap: the stream has %q and %q", client, reply)
	}
}
