// Copyright 2026 The duplex authors. MIT license.

package script_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/duplex-go/duplex/script"
)

// The files of testdata/net are cases that run one after the other; what each tells
// is recorded beside them, as node tells it. DUPLEX_RECORD=1 records anew.
func TestNetIsThatOfNode(t *testing.T) {
	prelude, err := os.ReadFile("testdata/net/prelude.txt")
	if err != nil {
		t.Fatal(err)
	}
	node, _ := exec.LookPath("node")
	if node == "" {
		t.Log("node is missing: what it would say is taken from the records")
	}
	files, _ := filepath.Glob("testdata/net/*.js")
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".js"), func(t *testing.T) {
			t.Parallel()
			skipNative(t, strings.TrimSuffix(filepath.Base(file), ".js"))
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			source := string(prelude) + string(text)
			record := strings.TrimSuffix(file, ".js") + ".out"
			if node != "" && !recorded {
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				asked := exec.CommandContext(ctx, node, "-")
				asked.Stdin = strings.NewReader(source)
				said, err := asked.CombinedOutput()
				if err != nil {
					t.Fatalf("node: %v\n%s", err, said)
				}
				if os.Getenv("DUPLEX_RECORD") != "" {
					if err := os.WriteFile(record, said, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				matches(t, "the record", record, string(said))
			}
			matches(t, "the Runtime", record, told(t, &script.Runtime{}, source))
		})
	}
}

// told returns what a script writes that may do everything but lack what r lacks.
func told(t *testing.T, r *script.Runtime, source string) string {
	t.Helper()
	var out bytes.Buffer
	r.Stdout, r.Stderr, r.Files = &out, &out, script.Allow
	if r.Network == nil {
		r.Network = script.AllowNetwork
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	code, err := r.RunString(ctx, "net.js", source)
	if err != nil || code != 0 {
		t.Fatalf("exit code %d, %v\n%s", code, err, out.String())
	}
	return out.String()
}

// matches compares got with a record, case by case.
func matches(t *testing.T, who, record, got string) {
	t.Helper()
	recorded, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	wants, gots := strings.Split(string(recorded), "== "), strings.Split(got, "== ")
	for i, want := range wants {
		if i >= len(gots) {
			t.Errorf("%s says nothing of\n%s", who, want)
		} else if gots[i] != want {
			t.Errorf("%s says\n%s\nwant\n%s", who, gots[i], want)
		}
	}
}

func TestTheHostGrantsTheNetwork(t *testing.T) {
	var asked []string
	r := &script.Runtime{Network: func(op, network, address string) error {
		asked = append(asked, op+" "+network)
		switch {
		case op == "listen":
			return nil
		case strings.HasSuffix(address, ":7"):
			return syscall.EPERM
		}
		return errors.New("not there")
	}}
	got := told(t, r, `
		const net = require('net');
		net.createServer().listen(0, '127.0.0.1', function () {
			net.connect(7, '127.0.0.1').on('error', (e) => console.log(e.message));
			net.connect(8, '127.0.0.1').on('error', (e) => console.log(e.message));
			this.close();
		});`)
	if want := "connect EPERM 127.0.0.1:7\nconnect EACCES 127.0.0.1:8\n"; got != want {
		t.Errorf("the script says\n%swant\n%s", got, want)
	}
	if want := "listen tcp, connect tcp, connect tcp"; strings.Join(asked, ", ") != want {
		t.Errorf("the host was asked %v, want %s", asked, want)
	}
}

func TestWhatAScriptLeavesOpenIsClosed(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	told(t, &script.Runtime{}, `
		const s = require('net').connect(`+strings.TrimPrefix(ln.Addr().String(), "127.0.0.1:")+`, '127.0.0.1', () => {
			s.write('bye');
			setTimeout(() => process.exit(0), 5);
		});`)
	conn, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(5 * time.Second))
	var all bytes.Buffer
	if _, err := all.ReadFrom(conn); err != nil || all.String() != "bye" {
		t.Errorf("the peer read %q, %v; want bye, nil", all.String(), err)
	}
}

// What is unref'd, paused or ended does not keep a script.
func TestWhatKeepsAScript(t *testing.T) {
	for name, source := range map[string]string{
		"a server that is unref'd": `require('net').createServer().listen(0).unref();`,
		"a socket that is unref'd": `const net = require('net');
			const s = net.createServer((c) => c.unref().resume()).listen(0, '127.0.0.1', () => {
				net.connect(s.address().port, '127.0.0.1', function () { this.unref(); s.unref(); });
			});`,
		"a socket that is paused": `const net = require('net');
			const s = net.createServer({ pauseOnConnect: true }, (c) => { s.unref(); }).listen(0, '127.0.0.1', () => {
				net.connect(s.address().port, '127.0.0.1').unref();
			});`,
		"a socket whose peer has ended, if nobody reads it": `const net = require('net');
			const s = net.createServer((c) => { c.end(); s.unref(); }).listen(0, '127.0.0.1', () => {
				net.connect({ port: s.address().port, host: '127.0.0.1' });
			});`,
	} {
		t.Run(name, func(t *testing.T) { told(t, &script.Runtime{}, source) })
	}
}
