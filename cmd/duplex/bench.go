// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/load"
)

// A bench is the verb of that name.
type bench struct {
	secure
	tuning
	color string
	json  bool
	quiet bool

	conns      int
	rate       float64
	duration   time.Duration
	warmup     time.Duration
	timeout    time.Duration
	grace      time.Duration
	pipeline   int
	mode       string
	payload    string
	until      string
	seed       uint64
	local      string
	thresholds []string
	hlog, html string

	given  func(flag string) bool
	target string           // the address, as it was given
	limits []load.Threshold // of thresholds
	files  benchFiles
}

func newBench() *cobra.Command {
	v := &bench{
		color:    "auto",
		conns:    10,
		duration: 10 * time.Second,
		timeout:  5 * time.Second,
		grace:    time.Second,
		pipeline: 1,
		mode:     string(load.RoundTrip),
		payload:  "size:64",
	}
	cmd := &cobra.Command{
		Use:               "bench ADDR",
		ValidArgsFunction: cobra.NoFileCompletions,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return misuse("as in: duplex bench 127.0.0.1:6666", "bench needs the address of a server")
			}
			return atMostOne(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			v.given = cmd.Flags().Changed
			return v.run(args[0])
		},
	}
	modes := []string{string(load.RoundTrip), string(load.Stream), string(load.Connect)}
	addFlags(cmd, v.secure.flags(), v.secure.clientFlags(), v.tuning.flags(), []flag{
		{"conns", "c", count{&v.conns, "connections"}},
		{"rate", "r", frequency{&v.rate}},
		{"duration", "d", span{&v.duration}},
		{"warmup", "", span{&v.warmup}},
		{"timeout", "", span{&v.timeout}},
		{"grace", "", span{&v.grace}},
		{"pipeline", "", count{&v.pipeline, "messages"}},
		{"mode", "", oneOf(&v.mode, modes...)},
		{"payload", "", text{&v.payload}},
		{"until", "", text{&v.until}},
		{"seed", "", seed{&v.seed}},
		{"local", "", text{&v.local}},
		{"threshold", "", list{&v.thresholds}},
		{"hlog", "", text{&v.hlog}},
		{"html", "", text{&v.html}},
		{"color", "", oneOf(&v.color, "auto", "always", "never")},
		{"json", "", yes{&v.json}},
		{"quiet", "q", yes{&v.quiet}},
	})
	return cmd
}

// patienceWithReplies is how long bench waits for replies after a signal before it says so.
const patienceWithReplies = 300 * time.Millisecond

func (v *bench) run(address string) error {
	plan, err := v.prepare(address)
	if err != nil {
		return err
	}
	if f := wrongDriver(); f != nil {
		return f
	}
	signals := catch()
	if err := v.files.open(v.hlog, v.html); err != nil {
		return err
	}
	plan.Interval = v.files.interval
	live := newLiveLine(v.quiet, v.color)
	plan.Progress = live.show
	run := load.Start(*plan)
	done := make(chan struct{})
	go func() {
		run.Wait()
		close(done)
	}()
	soft := func() {
		run.Stop()
		time.AfterFunc(patienceWithReplies, func() {
			select {
			case <-done:
			default:
				live.erase()
				v.note("waiting for replies; press Ctrl-C again to end at once")
			}
		})
	}
	signal, _ := ending{grace: v.grace + time.Second, soft: soft, hard: run.Abort}.await(done, signals)
	report, err := run.Wait()
	live.erase()
	if err != nil {
		return fail(err)
	}
	if f := v.print(report); f != nil {
		return f
	}
	switch {
	case signal != 0:
		return &failure{code: exitSignal + int(signal)}
	case report.OK == 0:
		return v.nothingSent(report)
	}
	if f := v.verdict(report); f != nil {
		return f
	}
	return nil
}

// print prints the report, and writes the files.
func (v *bench) print(r *load.Report) *failure {
	plain := appendFigures(nil, r, v.target, false)
	out := appendFigures(nil, r, v.target, colorful(os.Stdout, v.color))
	reached := r.OK > 0 || r.Connect.TotalCount() > 0
	switch {
	case v.json:
		out = r.AppendJSON(nil, v.target, v.limits)
	case !reached && !r.Interrupted:
		out = nil // the error says all
	case isTerminal(os.Stdout) && !v.quiet:
		out = appendPictures(out, r, widthOf(os.Stdout))
	}
	if err := tell(string(out)); err != nil {
		return err.(*failure)
	}
	if err := v.files.finish(r, v.target, string(plain)); err != nil {
		return &failure{exitOther, err.Error(), "is the disk full?"}
	}
	return nil
}

// note prints a message on stderr that is not an error.
func (v *bench) note(text string) {
	if !v.quiet && !v.json {
		say("note", text, v.color)
	}
}

// nothingSent is the failure of a run in which no message had its reply.
func (v *bench) nothingSent(r *load.Report) *failure {
	if len(r.Failures) == 0 {
		return &failure{exitOther, "no message was sent", "-d says how long it runs, and -r how many there are in a second"}
	}
	f := v.failureOf(r)
	if f.code == exitTimeout && r.Connect.TotalCount() > 0 {
		f.message = "no message had a reply in " + r.Plan.Timeout.String()
		f.hint = "--until says what completes a reply, and --mode stream awaits none"
		if !v.secure.tls { // a server with TLS may wait for more than the message
			f.hint = "is it TLS? Then --tls. --until says what completes a reply, and --mode stream awaits none"
		}
		if m := r.Plan.Payload.Messages; v.until == "line" && len(m) > 0 && !bytes.HasSuffix(m[0], []byte{'\n'}) {
			f.hint = "the message ends no line; write its end, as in --payload 'text:ping\\n'"
		}
	}
	return f
}

// Hints that are more use than one about thresholds.
const (
	hintOfTLS   = "does it speak TLS? Then write tls:// before the address"
	hintOfPorts = "no local port is left for another connection; -r makes fewer of them"
)

// failureOf is fail for the most frequent error of messages. A server that was reached, and
// refuses connections later, has gone away. That is another failure than one that was never there.
func (v *bench) failureOf(r *load.Report) *failure {
	err := r.Failures[0].Err
	f := fail(err)
	switch {
	case errors.Is(err, load.ErrEnded):
		f.message, f.hint = load.ErrEnded.Error(), "--mode connect makes a connection for each message, if that is what it serves"
		if !v.secure.tls {
			f.hint = "is it TLS? Then --tls. One message a connection? Then --mode connect"
		}
		if r.Plan.Mode == load.Stream { // awaits no reply
			f.message, f.hint = "the server ended the connection", ""
			if !v.secure.tls {
				f.hint = hintOfTLS
			}
		}
	case r.Connect.TotalCount()+r.OK == 0 || f.code != exitUnreachable:
	case duplex.Code(err) == "EADDRNOTAVAIL":
		f.hint = hintOfPorts // the address was there before
	case isAbsent(err):
		f.code, f.message, f.hint = exitReset, "the server has gone away: "+f.message, "it was reached before: has it crashed, or was it stopped?"
	}
	return f
}

// verdict returns the failure of a run that did not meet a threshold, or in which
// messages failed though no threshold says how many may. Thresholds are for the load that
// was asked for, so they are missed if the rate was, too, unless one says which is enough.
// Without thresholds the rate that was reached is a figure, and no failure.
func (v *bench) verdict(r *load.Report) *failure {
	var missed []string
	for _, t := range v.limits {
		if !t.Met(r) {
			missed = append(missed, fmt.Sprintf("%s is %s", t.Text, shownValue(t, r)))
		}
	}
	hint := "the report above has all figures"
	if len(v.limits) > 0 && !r.Reached() && !slices.ContainsFunc(v.limits, load.Threshold.OfRate) {
		missed = append(missed, "the rate was not reached: "+sentOfRate(r))
		hint = "--threshold 'rate>900' or 'unsent<100' says how much of the rate is enough"
	}
	if len(missed) > 0 {
		return &failure{exitThreshold, "threshold: " + strings.Join(missed, "; "), hint}
	}
	if r.Errors == 0 || slices.ContainsFunc(v.limits, load.Threshold.OfErrors) {
		return nil
	}
	f := v.failureOf(r)
	f.message = fmt.Sprintf("%d of %d messages failed: %s", r.Errors, r.OK+r.Errors, f.message)
	if f.hint != hintOfTLS && f.hint != hintOfPorts {
		f.hint = "--threshold 'errors<1%' says how many may fail"
	}
	f.code = cmp.Or(f.code, exitOther)
	return f
}

// shownValue returns what r has for t, which is missed. A time is as the report shows it,
// unless that would meet t.
func shownValue(t load.Threshold, r *load.Report) string {
	v, value := t.Value(r)
	if t.OfTime() {
		short := formatTime(time.Duration(v))
		if shown, err := time.ParseDuration(short); err == nil && !t.Holds(float64(shown)) {
			return short
		}
	}
	return value
}

// Limits of the flags, so that no sum overflows and the memory is enough.
const (
	mostTime     = 10000 * time.Hour
	mostUnderWay = 1 << 24
)

// prepare reads the flags and returns what to do.
func (v *bench) prepare(address string) (*load.Plan, error) {
	rest, err := v.secure.prepare(address, v.given)
	if err != nil {
		return nil, err
	}
	p := &load.Plan{
		Mode:     load.Mode(v.mode),
		Conns:    v.conns,
		Rate:     v.rate,
		Pipeline: v.pipeline,
		Warmup:   v.warmup,
		Duration: v.duration,
		Timeout:  v.timeout,
		Grace:    v.grace,
		Resolver: resolver,
		Client:   duplex.Client{LocalAddr: v.local},
	}
	if p.Network, p.Address, err = parseRemote(rest, "server"); err != nil {
		return nil, err
	}
	if v.target = p.Address; p.Network == "unix" {
		v.target = "unix:" + p.Address
	}
	if v.secure.tls {
		v.target = "tls://" + v.target
	}
	if err := cmp.Or(checkLocal(v.local), v.tuning.check()); err != nil {
		return nil, err
	}
	if _, port, err := net.SplitHostPort(v.local); err == nil && port != "0" && (v.conns > 1 || p.Mode == load.Connect) {
		return nil, misuse("leave the port away, or add -c 1", "--local %s is the port of one connection, and there are more", v.local)
	}
	v.tuning.options(&p.Client.Options)
	if v.rcvbuf > 0 || v.sndbuf > 0 {
		p.Tune = v.tuning.set
	}
	for _, d := range []struct {
		flag  string
		span  time.Duration
		least time.Duration
	}{{"duration", v.duration, 1}, {"timeout", v.timeout, 1}, {"warmup", v.warmup, 0}, {"grace", v.grace, 0}} {
		if d.span < d.least || d.span > mostTime {
			return nil, misuse("as in 10s", "--%s is longer than 0s, and %s at most", d.flag, mostTime)
		}
	}
	if v.conns > mostUnderWay/v.pipeline {
		return nil, misuse("-c says how many connections there are, --pipeline how many messages on each",
			"more than %d messages at a time", mostUnderWay)
	}
	p.Client.HandshakeTimeout = v.secure.handshake
	if p.Client.TLS, err = v.secure.client(); err != nil {
		return nil, err
	}
	for _, text := range v.thresholds {
		t, err := load.ParseThreshold(text)
		if err != nil {
			return nil, misuse("as in --threshold 'p99<5ms' --threshold 'errors<0.1%'", "--threshold %s: %v", text, err)
		}
		v.limits = append(v.limits, t)
	}
	return p, v.prepareMessages(p)
}

// prepareMessages reads the flags that say what is sent, and what is awaited.
func (v *bench) prepareMessages(p *load.Plan) (err error) {
	switch p.Mode {
	case load.Stream:
		if v.given("until") || v.given("pipeline") {
			return misuse("leave it away", "--mode stream awaits no replies, so --until and --pipeline do not go with it")
		}
	case load.Connect:
		if v.given("pipeline") {
			return misuse("leave it away", "--mode connect sends one message on each connection, so --pipeline does not go with it")
		}
		p.Bare = !v.given("payload") && !v.given("until")
	}
	if p.Payload, err = parsePayload(v.payload); err != nil {
		return err
	}
	lines := strings.HasPrefix(v.payload, "lines:")
	if v.given("seed") {
		switch size, sized := strings.CutPrefix(v.payload, "size:"); {
		case lines:
			p.Payload = p.Payload.Shuffled(v.seed)
		case sized && !p.Bare:
			n, _ := parseLength(size) // parsePayload has read it
			p.Payload = load.RandomFiller(n, v.seed)
		default:
			return misuse("it decides on the bytes of size: and on the order of lines:", "--seed has nothing to decide here")
		}
		p.Seed = &v.seed
	}
	p.Reply, err = parseUntil(v.until, v.given("until"), lines)
	return err
}

// benchFiles are the files of --hlog and --html.
type benchFiles struct {
	log     *os.File // nil without --hlog
	page    *os.File // nil without --html
	history *load.Log
	err     error // of the log
}

// open makes the files, so that a path that is wrong is said before the load.
func (f *benchFiles) open(log, page string) (err error) {
	if log != "" {
		if f.log, err = createFor("hlog", log); err != nil {
			return err
		}
	}
	if page != "" {
		f.page, err = createFor("html", page)
	}
	return err
}

// interval writes the times of a part of the run to the log.
func (f *benchFiles) interval(p load.Point, h *hdrhistogram.Histogram) {
	if f.log == nil || f.err != nil {
		return
	}
	if f.history == nil {
		start := time.Now().Add(-p.At - p.Length)
		if f.history, f.err = load.NewLog(f.log, start); f.err != nil {
			return
		}
	}
	f.err = f.history.Write(p, h)
}

// finish completes the files.
func (f *benchFiles) finish(r *load.Report, target, figures string) error {
	if f.log != nil {
		f.err = cmp.Or(f.err, f.log.Close())
	}
	if f.err != nil || f.page == nil {
		return f.err
	}
	_, err := f.page.WriteString(r.HTML("duplex bench "+target, figures))
	return cmp.Or(err, f.page.Close())
}
