// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex/internal/recording"
)

// A dump is the verb of that name: it shows a recording, or converts it.
type dump struct {
	display
	id        int
	from      string
	pcapng    string
	text2pcap bool

	printer *printer
	peers   map[int]*peer
	joiner  recording.Joiner
	only    *recording.Conversation // the one that --from or --text2pcap has found
}

func newDump() *cobra.Command {
	v := &dump{peers: make(map[int]*peer)}
	cmd := &cobra.Command{
		Use:  "dump FILE",
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, r := range []rules{displayRules, dumpRules} {
				if err := r.check(cmd.Flags().Changed); err != nil {
					return err
				}
			}
			return v.run(args[0])
		},
	}
	shown := slices.DeleteFunc(v.display.flags(), func(f flag) bool { return f.name == "quiet" || f.name == "verbose" })
	addFlags(cmd, shown, []flag{
		{"as", "", oneOf(&v.as, viewNames()...)},
		{"id", "", count{&v.id, "a connection"}},
		{"from", "", oneOf(&v.from, "client", "server")},
		{"pcapng", "", text{&v.pcapng}},
		{"text2pcap", "", yes{&v.text2pcap}},
	})
	return cmd
}

// dumpRules are the rules for the flags of dump.
var dumpRules = rules{exclusive: []string{
	"pcapng text2pcap json from",
	"pcapng as", "pcapng time", "pcapng full",
	"text2pcap as", "text2pcap time", "text2pcap full",
	"from time",
}}

// oneFile allows one argument, a file.
func oneFile(cmd *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return misuse("write a file that --record has made, or - for stdin", "%s which recording?", cmd.Name())
	case 1:
		return nil
	}
	return misuse("see: duplex help "+cmd.Name(), "one file is enough, %s is one more", args[1])
}

// takesRecording is the hint for a file that cannot be read at all.
const takesRecording = "it takes a file that --record has made"

// openRecording opens a file; - is stdin.
func openRecording(name string) (*os.File, error) {
	if name == "-" {
		return os.Stdin, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, &failure{exitOther, err.Error(), takesRecording}
	}
	return f, nil
}

// damaged returns the failure of a file that cannot be read as a recording.
func damaged(name string, err error, hint string) *failure {
	var fault *recording.Error
	if errors.As(err, &fault) {
		return &failure{exitOther, name + ", " + err.Error(), hint}
	}
	return &failure{exitOther, err.Error(), takesRecording}
}

func (v *dump) run(name string) error {
	f, err := openRecording(name)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := recording.NewReader(f)
	if err != nil {
		return damaged(name, err, "a recording is a file that --record has made")
	}
	did := "converted"
	switch {
	case v.pcapng != "":
		err = v.toPcapng(r, f)
	case v.text2pcap:
		err = v.toText2pcap(r)
	default:
		did = "shown"
		err = v.show(r)
	}
	var fault *recording.Error
	if errors.As(err, &fault) {
		return damaged(name, err, "only what stands before that line is "+did)
	}
	return err
}

// each calls do with each event that --id chooses, and with its conversation and step, if
// it has them.
func (v *dump) each(r *recording.Reader, do func(*recording.Event, *recording.Conversation, *recording.Step) error) error {
	found := v.id == 0
	for {
		e, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		c, step, err := v.joiner.Join(e)
		if err != nil {
			return err
		}
		if v.id > 0 && e.ID != v.id {
			continue
		}
		found = true
		if err := do(e, c, step); err != nil {
			return err
		}
	}
	if !found {
		return &failure{exitOther, "the recording has no connection of that id", "without --id all are shown"}
	}
	return nil
}

// single returns the failure of a conversion that takes one connection, if c is a second
// one.
func (v *dump) single(c *recording.Conversation) error {
	if v.only == nil {
		v.only = c
	}
	if c != nil && c != v.only {
		return misuse("--id N chooses one", "the recording has several connections")
	}
	return nil
}

// show prints the events, as lines of text or of JSON, or the bytes of --from alone.
func (v *dump) show(r *recording.Reader) error {
	p := v.newPrinter()
	v.printer = p
	p.verbose, p.events = true, v.from == ""
	p.clock.start = r.Header.Started
	if v.from != "" && v.as == "" && !isTerminal(os.Stdout) {
		p.view = viewNamed("raw")
	}
	if v.from == "" && !v.json {
		said := " duplex " + oneLine(strings.Join(r.Header.Args, " "))
		if v.time != "" {
			said = " " + timeOf(r.Header.Started) + said
		}
		p.show(event{name: "recorded", when: r.Header.Started, said: said})
	}
	err := v.each(r, func(e *recording.Event, c *recording.Conversation, step *recording.Step) error {
		if p.outbox.waits() {
			p.flush()
		}
		if err := p.broken(); err != nil {
			return err
		}
		switch {
		case v.from != "":
			return v.showBytes(c, step)
		case v.json:
			line := withoutTime(e.Text, v.time != "")
			if isTerminal(os.Stdout) {
				line = appendText(nil, line)
			}
			p.Write(append(line, '\n'))
		default:
			p.emit(v.recorded(e))
		}
		return nil
	})
	v.finish()
	if broken := p.flush(); broken != nil {
		return cannotPrint(broken)
	}
	return err
}

// showBytes prints the bytes of a step, if they are from the side that --from names.
func (v *dump) showBytes(c *recording.Conversation, step *recording.Step) error {
	if c == nil {
		return nil
	}
	if err := v.single(c); err != nil {
		return err
	}
	if step != nil && step.Kind == recording.Data && step.From.String() == v.from {
		v.printer.emit(event{name: "data", id: c.ID, peer: v.peer(c.ID), data: step.Data})
	}
	return nil
}

// finish prints what is left of characters that no byte completes.
func (v *dump) finish() {
	for _, id := range slices.Sorted(maps.Keys(v.peers)) {
		peer := v.peers[id]
		e := event{id: id, peer: peer}
		v.printer.showRest(&peer.in, e, "data")
		v.printer.endText(&peer.in)
		v.printer.showRest(&peer.out, e, "write")
	}
}

// peer returns the state of the printer for a connection.
func (v *dump) peer(id int) *peer {
	if v.peers[id] == nil {
		v.peers[id] = &peer{id: id}
	}
	return v.peers[id]
}

// recorded returns an event of a recording as one that can be printed.
func (v *dump) recorded(r *recording.Event) event {
	e := event{name: oneLine(r.Name), id: r.ID, when: r.Time, data: r.Data, local: oneLine(r.Local), remote: oneLine(r.Remote),
		hadError: r.HadError, in: r.In, out: r.Out}
	if r.ID > 0 {
		e.peer = v.peer(r.ID)
	}
	switch r.Name {
	case "listening":
		v.printer.srv, v.printer.ids = oneLine(r.Srv), true
		e.route = routeIn(r.Text)
	case "connection":
		v.printer.ids = true
	case "error", "drop":
		e.err = errors.New(oneLine(r.Message))
	case "reconnect":
		e.pause, _ = time.ParseDuration(r.Pause)
	case "secure":
		for _, part := range [][2]string{{" ", r.Version}, {" ", r.Cipher}, {", alpn ", r.ALPN}, {", pin ", r.Pin}} {
			if part[1] != "" {
				e.said += part[0] + oneLine(part[1])
			}
		}
	case "toxic":
		e.toxic = oneLine(r.Toxic)
	case "info":
		if e.said = " " + factsOf(r.Text).String(); e.said == " " {
			e.said = detailsOf(r)
		}
	case "connect", "data", "write", "end", "drain", "finish", "close", "ready":
	default:
		e.said = detailsOf(r)
	}
	return e
}

// detailsOf returns an event that is not known as it stands in the recording.
func detailsOf(r *recording.Event) string {
	return " " + string(appendText(nil, withoutTime(r.Text, false)))
}

// factsOf returns what an event of a recording says that the kernel knew.
func factsOf(line []byte) (known facts) {
	var keys map[string]any
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	if decoder.Decode(&keys) != nil {
		return nil
	}
	for _, kind := range factKinds {
		number, _ := keys[kind.key].(json.Number)
		if value, err := strconv.ParseUint(number.String(), 10, 64); err == nil {
			known = append(known, fact{kind, value})
		}
	}
	return known
}

// routeIn returns what an event of a recording says that a proxy does with its clients;
// nil if it is no proxy's.
func routeIn(line []byte) *route {
	var keys struct {
		Upstreams, Toxics []string
		Seed              *uint64
		API               bool
	}
	if json.Unmarshal(line, &keys) != nil || len(keys.Upstreams) == 0 && !keys.API {
		return nil
	}
	r := &route{api: keys.API, seeded: keys.Seed != nil}
	if r.seeded {
		r.seed = *keys.Seed
	}
	for _, u := range keys.Upstreams {
		r.upstreams = append(r.upstreams, oneLine(u))
	}
	for _, t := range keys.Toxics {
		r.toxics = append(r.toxics, oneLine(t))
	}
	return r
}

// oneLine returns a text of a recording, which may be of anyone, as one line that a
// terminal does not obey.
func oneLine(text string) string {
	var b strings.Builder
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteString(`\n`)
		}
		b.Write(appendText(nil, []byte(line)))
	}
	return b.String()
}

// withoutTime returns a line of JSON without its time, unless that is wanted.
func withoutTime(line []byte, timed bool) []byte {
	rest, found := bytes.CutPrefix(line, []byte(`{"t":"`))
	_, rest, ends := bytes.Cut(rest, []byte(`",`))
	if timed || !found || !ends {
		return bytes.Clone(line)
	}
	return append([]byte{'{'}, rest...)
}

// create makes the file that --pcapng names; - is stdout. It is not the recording.
func create(name string, recording *os.File) (*os.File, error) {
	one, _ := recording.Stat()
	if two, err := os.Stat(name); err == nil && os.SameFile(one, two) {
		return nil, misuse("write another name", "--pcapng would replace the recording %s", name)
	}
	if name == "-" {
		if isTerminal(os.Stdout) {
			return nil, misuse("write a file, or a pipe: duplex dump FILE --pcapng - | tshark -r -", "--pcapng is not for a terminal")
		}
		return os.Stdout, nil
	}
	return createFor("pcapng", name)
}

// toPcapng writes the file of --pcapng.
func (v *dump) toPcapng(r *recording.Reader, from *os.File) error {
	f, err := create(v.pcapng, from)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 64<<10)
	p, err := recording.NewPcapng(out, "duplex "+version(), strings.Join(r.Header.Args, " "))
	if err == nil {
		err = v.each(r, func(_ *recording.Event, c *recording.Conversation, step *recording.Step) error {
			switch {
			case c == nil:
				return nil
			case !p.Has(c):
				if err := p.Begin(c); err != nil {
					return v.cannotWrite(err)
				}
			}
			if step != nil {
				if err := p.Write(c, step); err != nil {
					return v.cannotWrite(err)
				}
			}
			if c.Closed {
				p.End(c)
			}
			return nil
		})
	}
	if written := cmp.Or(out.Flush(), f.Close()); written != nil {
		return v.cannotWrite(written)
	}
	return err
}

// cannotWrite is the failure of a conversion whose file cannot be written.
func (v *dump) cannotWrite(err error) *failure {
	f := cannotPrint(err)
	if v.pcapng != "-" && f.hint != "" {
		f.hint = "is the disk full?"
	}
	return f
}

// toText2pcap writes what text2pcap reads.
func (v *dump) toText2pcap(r *recording.Reader) error {
	out := bufio.NewWriterSize(os.Stdout, 64<<10)
	t := recording.NewText2pcap(out)
	err := v.each(r, func(_ *recording.Event, c *recording.Conversation, step *recording.Step) error {
		if c == nil {
			return nil
		}
		if err := v.single(c); err != nil {
			return err
		}
		if step == nil {
			return nil
		}
		if err := t.Write(c, step); err != nil {
			return cannotPrint(err)
		}
		return nil
	})
	if written := out.Flush(); written != nil {
		return cannotPrint(written)
	}
	return err
}
