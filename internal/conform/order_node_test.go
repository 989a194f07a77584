// Copyright 2026 The duplex authors. MIT license.

package conform_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/duplex-go/duplex/duplextest"
	"github.com/duplex-go/duplex/internal/nodetest"
)

// A nodePlayer plays ends with Node. It runs testdata/order.js in a process of its
// own.
type nodePlayer struct {
	version string
	stdin   io.Writer
	answers chan error // one for each command; closed when the process has ended

	mu   sync.Mutex
	tell func(happening)
}

// startNode starts Node, which ends with the test. It returns nil if there is no node, or
// if it shall not play.
func startNode(t *testing.T) *nodePlayer {
	path := nodetest.Path(t)
	if path == "" || nodetest.Recorded() && !*update {
		if *update {
			t.Fatal("there is no node to record from")
		}
		return nil
	}
	version, err := exec.Command(path, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "testdata/order.js")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &nodePlayer{
		version: strings.TrimSpace(string(version)),
		stdin:   stdin,
		answers: make(chan error, 1),
		tell:    func(happening) {},
	}
	heard := make(chan struct{})
	go func() { // until stdout ends
		p.hear(stdout)
		close(heard)
	}()
	t.Cleanup(func() {
		stdin.Close()
		<-heard
		if err := cmd.Wait(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	})
	return p
}

// An utterance is a line of Node's output.
type utterance struct {
	Done bool

	End, Event    string
	Text          text
	Code, Message string
	HadError      bool
	In, Out       int64
	Port          int
	Local, Remote string
	State         string
	Count         int
	Waiting       int
	Paused        bool
}

// hear reads Node's output until it ends.
func (p *nodePlayer) hear(stdout io.Reader) {
	defer close(p.answers)
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var u utterance
		if err := json.Unmarshal(lines.Bytes(), &u); err != nil {
			p.answers <- fmt.Errorf("node said %q: %w", lines.Text(), err)
			return
		}
		if u.Done {
			p.answers <- nil
			continue
		}
		p.mu.Lock()
		p.tell(u.happening())
		p.mu.Unlock()
	}
}

func (u utterance) happening() happening {
	h := happening{end: u.End, event: u.Event, text: u.Text, port: u.Port}
	switch u.Event {
	case "error":
		h.details = errorText(u.Code, u.Message)
	case "close":
		if !strings.HasPrefix(u.End, "server") {
			h.details = closing(u.In, u.Out, u.HadError)
		}
	case "written", "unwritten":
		h.details = u.Text.String()
	case "address":
		h.details = addresses(u.Local, u.Remote)
	case "count":
		h.details = fmt.Sprint(u.Count)
	case "state":
		h.details = state(u.State, u.In, u.Out, u.Waiting, u.Paused)
	}
	return h
}

func (p *nodePlayer) begin(tell func(happening)) error {
	if err := p.command(map[string]any{"forget": true}); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tell = tell
	return nil
}

func (p *nodePlayer) carryOut(l line) error {
	return p.command(map[string]any{"end": l.end, "on": l.on, "verbs": l.verbs})
}

// command sends a command to Node and waits for the answer.
func (p *nodePlayer) command(c map[string]any) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if _, err := p.stdin.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("node does not listen: %w", err)
	}
	select {
	case err, living := <-p.answers:
		if !living {
			return errors.New("node has ended")
		}
		return err
	case <-time.After(duplextest.Patience):
		return errors.New("node does not answer")
	}
}
