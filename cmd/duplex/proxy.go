// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/duplex-go/duplex"
	"github.com/duplex-go/duplex/internal/faults"
	"github.com/duplex-go/duplex/internal/relay"
	"github.com/duplex-go/duplex/internal/toxiproxy"
)

// A proxy is the verb of that name.
type proxy struct {
	display
	limits
	tuning
	local     string
	front     secure // TLS with clients
	back      secure // TLS with upstreams
	headers   string // --proxy-protocol
	timeout   time.Duration
	balance   string
	health    time.Duration
	toxics    []string
	toxicFile string
	seed      uint64
	api       string
	name      string
	stopAfter int
	grace     time.Duration

	given      func(flag string) bool
	own        *relay.Relay // of LISTEN and UPSTREAM; nil if there are none
	printer    *printer
	engine     *duplex.Engine
	frontTLS   *tls.Config
	backTLS    *tls.Config
	pin        string
	pinned     sync.Once // the note of it: all listeners have one certificate
	header     int       // the version of the header that is sent; 0 is none
	numbers    atomic.Int64
	broken     atomic.Int64 // programs that have failed
	unmade     atomic.Int64 // clients that are dropped, as a file cannot be opened or a program not started
	unreadable atomic.Int64 // files that cannot be read to their end
	cutOff     atomic.Int64 // programs that were killed before they had ended
	unread     atomic.Int64 // bytes that programs did not read
	graceOver  atomic.Bool
	door       *http.Server // nil without --api
	interfaces *toxiproxy.API

	mu     sync.Mutex     // guards what follows
	relays []*relay.Relay // also those that the API has made
	failed error          // why listening ended
}

func newProxy() *cobra.Command {
	v := &proxy{timeout: 5 * time.Second, grace: 5 * time.Second, balance: string(relay.RoundRobin), name: "proxy"}
	cmd := &cobra.Command{
		Use:               "proxy LISTEN UPSTREAM...",
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			v.given = cmd.Flags().Changed
			return v.run(args)
		},
	}
	limits := slices.DeleteFunc(v.limits.flags(), func(f flag) bool { return f.name == "proxy-protocol" })
	tuning := slices.DeleteFunc(v.tuning.flags(), func(f flag) bool { return f.name == "send-rate" }) // a toxic does that
	addFlags(cmd, v.display.flags(), v.display.dataFlags(), limits, tuning, v.secureFlags(), []flag{
		{"local", "", text{&v.local}},
		{"proxy-protocol", "", text{&v.headers}},
		{"timeout", "", span{&v.timeout}},
		{"balance", "", oneOf(&v.balance, string(relay.RoundRobin), string(relay.LeastConn), string(relay.Random))},
		{"health", "", span{&v.health}},
		{"toxic", "", list{&v.toxics}},
		{"toxics", "", text{&v.toxicFile}},
		{"seed", "", seed{&v.seed}},
		{"api", "", text{&v.api}},
		{"name", "", text{&v.name}},
		{"stop-after", "", count{&v.stopAfter, "clients"}},
		{"grace", "", span{&v.grace}},
	})
	return cmd
}

// secureFlags returns the table of the flags of TLS.
func (v *proxy) secureFlags() []flag {
	ofClients := slices.DeleteFunc(v.front.flags(), func(f flag) bool { return f.name == "ca" })
	return slices.Concat(ofClients, []flag{{"ca", "", text{&v.back.ca}}}, v.back.clientFlags())
}

// proxyRules are the rules for its flags.
var proxyRules = rules{needs: [][2]string{{"name", "api"}}}

func (v *proxy) run(args []string) error {
	r, err := v.prepare(args)
	if err != nil {
		return err
	}
	signals := catch()
	v.printer = v.newPrinter()
	if err := v.recorder(v.printer); err != nil {
		return err
	}
	v.printer.ids, v.printer.pin = true, v.pin
	v.printer.resumeBy(relay.Resume)
	v.printer.anyPort = strings.HasSuffix(":"+v.api, ":0") || r != nil && strings.HasSuffix(r.Address, ":0")
	v.engine, v.own = new(duplex.Engine), r
	if r != nil && (r.Watched || len(r.Faults.All()) > 0) || v.api != "" {
		// One loop: events come one at a time, and connections are numbered as they come.
		v.engine.Loops = 1
	}
	if v.api != "" {
		if err := v.serveAPI(); err != nil {
			return v.printer.refused(err)
		}
	}
	if r != nil {
		if err := v.start(r); err != nil {
			return v.printer.refused(err)
		}
		if v.interfaces != nil {
			v.interfaces.Add(r)
		}
	}
	return v.await(signals)
}

// await waits until the proxy has ended, and returns how.
func (v *proxy) await(signals <-chan os.Signal) error {
	stopped := make(chan struct{})
	if v.api == "" {
		close(stopped) // it ends with the last of its connections
	}
	done := make(chan struct{})
	go func() {
		<-stopped
		v.engine.Wait()
		v.printer.flush()
		close(done)
	}()
	var once sync.Once
	end := func(how func(*relay.Relay)) {
		once.Do(func() {
			if v.api != "" {
				v.endAPI()
				defer close(stopped)
			}
		})
		for _, r := range v.all() {
			how(r)
		}
	}
	go func() {
		v.printer.awaitFailure() // or the process ends
		end(func(r *relay.Relay) { r.Drop(nil) })
	}()
	ending := ending{
		grace: v.grace,
		soft: func() {
			n := 0
			for _, r := range v.all() {
				n += r.Len()
			}
			if n > 0 {
				v.note("stopping; press Ctrl-C again to drop %s", plural(n, "connection"))
			}
			end((*relay.Relay).Stop)
		},
		hard: func() {
			v.graceOver.Store(true)
			end(func(r *relay.Relay) { r.Drop(errCut) })
		},
	}
	first, second := ending.await(done, signals)
	unsent := v.unsent()
	switch failed := v.failure(); {
	case second != 0:
		return &failure{code: exitSignal + int(second)}
	case v.printer.broken() != nil && first == syscall.SIGHUP:
		// The terminal is gone, and the log with it.
	case v.printer.broken() != nil:
		return cannotPrint(v.printer.broken())
	case unsent > 0 && v.graceOver.Load():
		why, hint := "their readers did not read", "--grace says how long to wait for connections"
		if len(v.toxics) > 0 || v.api != "" {
			why, hint = "the grace was over", "toxics hold bytes back, or a reader that does not read; "+hint
		}
		return &failure{exitSendFailed, fmt.Sprintf("%d B were not passed on: %s", unsent, why), hint}
	case v.cutOff.Load() > 0:
		return cutOff(int(v.cutOff.Load()), v.graceOver.Load(), v.ofTime())
	case unsent > 0:
		return &failure{exitSendFailed, fmt.Sprintf("%d B were not passed on: a limit has cut their connections", unsent),
			"the log says which one"}
	case v.unread.Load() > 0:
		return leftUnread(v.unread.Load())
	case failed != nil:
		return &failure{code: exitCannotBind}
	case v.broken.Load() > 0:
		return &failure{exitOther, plural(int(v.broken.Load()), "program") + " failed", "the log says why"}
	case v.unmade.Load() > 0:
		return &failure{exitOther, plural(int(v.unmade.Load()), "client") + " had no upstream: a file cannot be opened, or a program not started", "the log says why"}
	case v.unreadable.Load() > 0:
		return &failure{exitOther, plural(int(v.unreadable.Load()), "file") + " could not be read to the end", "the log says why"}
	}
	return nil
}

// unsent returns how many bytes were lost on their way, because of a limit or a signal.
func (v *proxy) unsent() (n int64) {
	for _, r := range v.all() {
		n += r.Unsent()
	}
	return n
}

// prepare reads the flags, and returns the relay of LISTEN and UPSTREAM, nil if the API
// makes all of them.
func (v *proxy) prepare(args []string) (*relay.Relay, error) {
	for _, r := range []rules{displayRules, proxyRules} {
		if err := r.check(v.given); err != nil {
			return nil, err
		}
	}
	switch {
	case len(args) == 1:
		return nil, misuse("write: duplex proxy "+args[0]+" HOST:PORT", "no upstream to pass connections on to")
	case len(args) == 0 && v.api == "":
		return nil, misuse("write: duplex proxy 127.0.0.1:7000 HOST:PORT", "where does it listen, and where do connections go?")
	}
	if err := cmp.Or(v.limits.prepare(), v.tuning.check(), checkLocal(v.local)); err != nil {
		return nil, err
	}
	if err := v.prepareHeaders(); err != nil {
		return nil, err
	}
	if !v.given("seed") {
		v.seed = uint64(rand.Uint32()) // short enough to be typed
	}
	set, err := v.faults()
	if err != nil {
		return nil, err
	}
	v.back.alpn, v.back.keylog = v.front.alpn, v.front.keylog
	if len(args) == 0 {
		if len(set.All()) > 0 {
			return nil, misuse("give LISTEN and UPSTREAM, too", "no proxy for the toxics")
		}
		v.back.tls = true // the API may name upstreams that speak TLS
		return nil, v.prepareTLS()
	}
	if args[0] == "-" {
		return nil, misuse("write: duplex connect "+args[1], "stdin and stdout are no place to listen")
	}
	listen, ok := strings.CutPrefix(args[0], "tls://")
	v.front.tls = v.front.tls || ok
	r := v.newRelay(v.name, set)
	if r.Network, r.Address, err = parseAddress(listen); err != nil {
		return nil, err
	}
	var upstreams []*relay.Upstream
	for _, arg := range args[1:] {
		u, err := v.parseUpstream(arg, false)
		if err != nil {
			return nil, err
		}
		v.back.tls = v.back.tls || u.Secure
		upstreams = append(upstreams, u)
	}
	r.Pool = relay.NewPool(relay.Policy(v.balance), v.seed, upstreams...)
	r.StopAfter = v.stopAfter
	err = v.prepareTLS()
	r.Dialer.TLS = v.backTLS
	return r, err
}

// prepareTLS reads the certificates of both sides.
func (v *proxy) prepareTLS() (err error) {
	check := rules{needs: [][2]string{{"cert key", "tls"}, {"key", "cert"}, {"alpn keylog handshake-timeout", "tls upstream"}}, exclusive: []string{"pin insecure ca"}}
	err = check.check(func(flag string) bool {
		return v.given(flag) || flag == "tls" && v.front.tls || flag == "upstream" && v.back.tls
	})
	if err != nil {
		return err
	}
	for _, flag := range []string{"ca", "pin", "insecure", "servername"} {
		if v.given(flag) && !v.back.tls {
			return misuse("write tls:// before its address", "--%s is for an upstream with TLS", flag)
		}
	}
	v.front.prepareTimeout(v.given)
	if v.frontTLS, v.pin, err = v.front.server(v.note); err != nil {
		return err
	}
	v.backTLS, err = v.back.client()
	return err
}

// prepareHeaders reads --proxy-protocol.
func (v *proxy) prepareHeaders() error {
	if !v.given("proxy-protocol") {
		return nil
	}
	for word := range strings.SplitSeq(v.headers, ",") {
		switch word {
		case "in":
			v.limits.proxies = word
		case "out", "v2":
			v.header = 2
		case "v1":
			v.header = 1
		default:
			return misuse("write in, v1 or v2, or both ways as in,v2", "--proxy-protocol: no such form: %s", word)
		}
	}
	return nil
}

// faults returns the toxics of the flags and of the file.
func (v *proxy) faults() (*faults.Set, error) {
	texts := v.toxics
	if v.toxicFile != "" {
		more, err := readToxics(v.toxicFile)
		if err != nil {
			return nil, err
		}
		texts = slices.Concat(texts, more)
	}
	v.toxics = texts
	set := &faults.Set{Seed: v.seed}
	for i, text := range texts {
		parsed, err := faults.Parse(text, i+1)
		if err != nil {
			return nil, misuse(toxicHint(), "--toxic: %v", err)
		}
		for _, t := range parsed {
			if _, err := set.Add(t); err != nil {
				return nil, misuse(toxicHint(), "--toxic %s: %v", text, err)
			}
		}
	}
	return set, nil
}
