// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// pipePatience is how long a pipe may give nothing after the peer has ended.
const pipePatience = 500 * time.Millisecond

// A reason is why the input has to end before its own end. A later one is stricter.
type reason uint8

const (
	noReason    reason = iota
	peerEnded          // the peer sends no more
	replied            // --once: the first reply came
	interrupted        // by a signal
)

// An input is what connect sends: the text of --send, then the file of --send-file,
// then stdin. One goroutine reads it.
type input struct {
	parts []part
	whole bool // -N or --send-only: the peer's end does not end it

	bell *bell // rung when why changes

	ofStdin bool    // what next has read last; owned by its caller
	editor  *editor // has the keyboard; nil if lines come from the system

	mu        sync.Mutex // guards what follows
	why       reason
	taken     int64  // bytes read
	err       error  // why reading failed
	stillOpen string // names the part that was not read to its end
	rest      int64  // bytes of texts and files that a signal has left unread
}

// A kind says when a part of the input may end before its own end.
type kind uint8

const (
	textOrFile kind = iota // has an end
	aTerminal
	otherPipe // may stay open and silent
)

// A part of an input.
type part struct {
	name   string
	kind   kind
	text   *strings.Reader // of a text
	source *source         // of a file
	last   bool            // one more read, then it ends
}

func newInput() *input { return &input{bell: newBell()} }

// addText lets the input go on with text.
func (in *input) addText(text string) {
	if text != "" {
		in.parts = append(in.parts, part{kind: textOrFile, text: strings.NewReader(text)})
	}
}

// addFile lets the input go on with f.
func (in *input) addFile(name string, f *os.File) {
	kind := otherPipe
	if info, err := f.Stat(); err == nil && (info.Mode().IsRegular() || info.IsDir()) {
		kind = textOrFile
	} else if isTerminal(f) {
		kind = aTerminal
	}
	in.parts = append(in.parts, part{name: name, kind: kind, source: newSource(f, in.bell)})
}

// end lets the input end early because of why, as soon as the rules for its parts
// allow that.
func (in *input) end(why reason) {
	in.mu.Lock()
	in.why = max(in.why, why)
	in.mu.Unlock()
	in.bell.ring()
}

// state returns how many bytes were read, the name of a part that was not read to its
// end, and why reading failed.
func (in *input) state() (taken int64, stillOpen string, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.taken, in.stillOpen, in.err
}

// next reads the next bytes into p. It returns 0 when the input is over.
func (in *input) next(p []byte) int {
	for len(in.parts) > 0 {
		if n := in.edited(p); n > 0 {
			return n
		}
		first := &in.parts[0]
		if !in.await(first) {
			in.parts = nil
			break
		}
		in.ofStdin = first.source != nil && first.source.File == os.Stdin
		n, err := first.read(p)
		if in.ofStdin && in.editor != nil && n > 0 {
			n, err = 0, in.editor.edit(p[:n])
		}
		in.mu.Lock()
		in.taken += int64(n)
		if err != nil && err != io.EOF {
			in.err = err
		}
		in.mu.Unlock()
		switch {
		case err == io.EOF:
			in.parts = in.parts[1:]
		case err != nil:
			in.parts = nil
		}
		if n > 0 {
			return n
		}
	}
	return in.edited(p)
}

// edited moves lines that the editor has completed into p, and returns their length.
func (in *input) edited(p []byte) int {
	if in.editor == nil || len(in.editor.lines) == 0 {
		return 0
	}
	n := copy(p, in.editor.lines)
	in.editor.lines = in.editor.lines[n:]
	in.mu.Lock()
	in.taken += int64(n)
	in.mu.Unlock()
	return n
}

// await waits until p can be read, and reports false if the input has to end first.
func (in *input) await(p *part) bool {
	for {
		in.mu.Lock()
		why := in.why
		in.mu.Unlock()
		wait := p.wait(why, in.whole)
		if wait == noTime && (why != replied || p.kind != otherPipe) {
			in.abandon()
			return false
		}
		switch {
		case p.source == nil:
			return true
		case p.last:
			in.leave(p)
			return false
		}
		switch p.source.await(wait) {
		case readable:
			p.last = wait == noTime
			return true
		case timedOut:
			if wait != noTime {
				in.leave(p)
			}
			return false
		case rung:
		}
	}
}

// abandon records how much of the texts and files that are left is not read.
func (in *input) abandon() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for i := range in.parts {
		in.rest += in.parts[i].unread()
	}
}

// unread returns how many bytes of texts and files a signal has left unread.
func (in *input) unread() int64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.rest
}

// leave records that p is not read to its end.
func (in *input) leave(p *part) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.stillOpen = p.name
}

// What wait returns besides a time.
const (
	noTime  time.Duration = 0
	forever time.Duration = -1
)

// wait returns how long p may give nothing before the input ends because of why.
func (p *part) wait(why reason, whole bool) time.Duration {
	switch {
	case why == noReason, why != interrupted && p.kind == textOrFile, why == peerEnded && whole:
		return forever
	case why == peerEnded && p.kind == otherPipe:
		return pipePatience
	}
	return noTime
}

// unread returns how many bytes of p are not read, 0 if it has no end.
func (p *part) unread() int64 {
	switch {
	case p.source == nil:
		return int64(p.text.Len())
	case p.kind != textOrFile:
		return 0
	}
	info, err := p.source.Stat()
	at, failed := p.source.Seek(0, io.SeekCurrent)
	if err != nil || failed != nil {
		return 0
	}
	return max(0, info.Size()-at)
}

func (p *part) read(b []byte) (int, error) {
	if p.source == nil {
		return p.text.Read(b)
	}
	return p.source.Read(b)
}
