// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Sessions of the tutorial: what the server is told, and how the two come to an end.
var sessions = []struct {
	name   string
	words  []string
	leaves bool // the client is killed once it has its answer
	stays  bool // the server is killed once the client is gone
}{
	{"the client leaves", nil, true, true},
	{"hex", []string{"hex"}, true, true},
	{"bytes", []string{"bytes"}, true, true},
	{"the server ends", []string{"end"}, false, true},
	{"the server ends and closes", []string{"end", "close"}, false, false},
	{"the server closes and the client leaves", []string{"close"}, true, false},
}

// TestTutorialScripts runs the tutorial's server and client, each by duplex and by
// node: all four pairs must say the same, to the byte, the ports aside.
func TestTutorialScripts(t *testing.T) {
	node := findNode(t)
	duplex := command{"duplex", []string{buildRunner(t)}}
	programs := []command{duplex}
	if node.there() {
		programs = append(programs, node)
	}
	for _, s := range sessions {
		file := filepath.Join("testdata", "tutorial", strings.ReplaceAll(s.name, " ", "-")+".txt")
		t.Run(s.name, func(t *testing.T) {
			want := recording(t, node, file, func() string { return pair(t, node, node, s.words, s.leaves, s.stays) })
			for _, server := range programs {
				for _, client := range programs {
					got := pair(t, server, client, s.words, s.leaves, s.stays)
					if got != want {
						t.Errorf("a server of %s and a client of %s:\n%s", server.name, client.name, differences("node", want, "here", got))
					}
				}
			}
		})
	}
	t.Run("unref", func(t *testing.T) {
		for _, c := range programs {
			server := c.start(t, "tcpserver.js", "0", "unref")
			server.reads(t, "server listening ")
			if rest := server.ends(t); rest != "" {
				t.Errorf("a server of %s, unref'd, went on: %s", c.name, rest)
			}
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		for _, c := range programs {
			got := c.start(t, "tcpclient.js", "1").ends(t)
			if want := "error connect ECONNREFUSED 127.0.0.1:1\nclose true\n"; got != want {
				t.Errorf("a client of %s said\n%swant\n%s", c.name, got, want)
			}
		}
	})
	t.Run("the address is in use", func(t *testing.T) {
		for _, first := range programs {
			server := first.start(t, "tcpserver.js", "0")
			port := server.port(t)
			for _, second := range programs {
				got := second.start(t, "tcpserver.js", port).ends(t)
				if want := "server error listen EADDRINUSE: address already in use 127.0.0.1:" + port + "\n"; got != want {
					t.Errorf("a server of %s beside one of %s said\n%swant\n%s", second.name, first.name, got, want)
				}
			}
			server.kill(t)
		}
	})
}

// pair returns what a server and its client say, once both are gone.
func pair(t *testing.T, server, client command, words []string, leaves, stays bool) string {
	t.Helper()
	s := server.start(t, "tcpserver.js", "0", words...)
	c := client.start(t, "tcpclient.js", s.port(t))
	if leaves {
		c.reads(t, "text ")
		c.kill(t)
	} else {
		c.ends(t)
	}
	if stays {
		s.reads(t, "client close")
		s.kill(t)
	} else {
		s.ends(t)
	}
	return nameless("server:\n" + s.said.String() + "client:\n" + c.said.String())
}

var ports = regexp.MustCompile(`(127\.0\.0\.1[: ])\d+`)

// nameless is text with ports that have names in place of numbers.
func nameless(text string) string {
	names := make(map[string]string)
	return ports.ReplaceAllStringFunc(text, func(address string) string {
		host, port := address[:len("127.0.0.1:")], address[len("127.0.0.1:"):]
		if names[port] == "" {
			names[port] = fmt.Sprintf("PORT%d", len(names)+1)
		}
		return host + names[port]
	})
}

// A process runs a script of the tutorial.
type process struct {
	name string
	cmd  *exec.Cmd
	out  *bufio.Reader
	said strings.Builder // what was read of out
}

// start runs a script of the tutorial with a port, by its environment, and words.
func (c command) start(t *testing.T, name, port string, words ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	p := &process{name: c.name + " " + name}
	p.cmd = exec.CommandContext(ctx, c.line[0], append(append(c.line[1:len(c.line):len(c.line)], name), words...)...)
	p.cmd.Dir = filepath.Join("testdata", "tutorial")
	p.cmd.Env = append(environment(), "PORT="+port)
	p.cmd.Stderr = os.Stderr
	p.cmd.WaitDelay = time.Second
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewReader(out)
	return p
}

// reads takes lines up to one that begins with want, and returns that.
func (p *process) reads(t *testing.T, want string) string {
	t.Helper()
	for {
		line, err := p.out.ReadString('\n')
		p.said.WriteString(line)
		if strings.HasPrefix(line, want) {
			return strings.TrimSuffix(line, "\n")
		}
		if err != nil {
			t.Fatalf("%s: %v; it said\n%swant %s", p.name, err, p.said.String(), want)
		}
	}
}

// port returns where a server listens.
func (p *process) port(t *testing.T) string {
	t.Helper()
	line := p.reads(t, "server listening ")
	return line[strings.LastIndex(line, ":")+1:]
}

// ends waits until the process is gone, and returns what it said since the last
// line that was read.
func (p *process) ends(t *testing.T) string {
	t.Helper()
	rest, err := io.ReadAll(p.out)
	p.said.Write(rest)
	if err == nil {
		err = p.cmd.Wait()
	}
	if err != nil {
		t.Errorf("%s: %v; it said\n%s", p.name, err, p.said.String())
	}
	return string(rest)
}

// kill ends the process from outside.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	rest, _ := io.ReadAll(p.out)
	p.said.Write(rest)
	p.cmd.Wait()
}
