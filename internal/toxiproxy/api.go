// Copyright 2026 The duplex authors. MIT license.

// Package toxiproxy serves the HTTP interface of Toxiproxy 2, so that its clients can
// create proxies and change their toxics while they run.
//
// The paths, the fields and the texts of errors are those of Toxiproxy. Kinds of toxics
// that it does not have are there under names of their own: limit_time, stall and corrupt.
package toxiproxy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/duplex-go/duplex/internal/relay"
)

// Version is that of the interface.
const Version = "2.12.0"

// An API is an http.Handler. Its exported fields must not change once it serves.
type API struct {
	// Make returns a relay that has not started. Listen and upstream are addresses.
	Make func(name, listen, upstream string) (*relay.Relay, error)

	// Start starts a relay that is new, or that has stopped.
	Start func(*relay.Relay) error

	// Changed is called with what has become of a toxic, for people to read.
	Changed func(r *relay.Relay, what string)

	// Product is the name and the version of the program.
	Product string

	mu      sync.Mutex // held while a request changes things, not while its client sends it
	proxies map[string]*proxy
}

// A proxy is a relay, and what clients know of it.
type proxy struct {
	relay            *relay.Relay
	listen, upstream string
	enabled          bool
	unlisted         bool // several upstreams, which the interface cannot change
}

// A failure is the answer to a request that fails.
type failure struct {
	Message string `json:"error"`
	Status  int    `json:"status"`
}

func (f *failure) Error() string { return f.Message }

var (
	errNoProxy  = &failure{"proxy not found", http.StatusNotFound}
	errNoToxic  = &failure{"toxic not found", http.StatusNotFound}
	errProxy    = &failure{"proxy already exists", http.StatusConflict}
	errToxic    = &failure{"toxic already exists", http.StatusConflict}
	errKind     = &failure{"invalid toxic type", http.StatusBadRequest}
	errStream   = &failure{"stream was invalid, can be either upstream or downstream", http.StatusBadRequest}
	errName     = &failure{"missing required field: name", http.StatusBadRequest}
	errUpstream = &failure{"missing required field: upstream", http.StatusBadRequest}
)

func bad(err error) *failure {
	return &failure{"bad request body: " + err.Error(), http.StatusBadRequest}
}

// Add makes known a relay that has started by itself.
func (a *API) Add(r *relay.Relay) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var upstreams []string
	for _, u := range r.Pool.All() {
		upstreams = append(upstreams, u.Shown)
	}
	a.keep(&proxy{relay: r, listen: r.Addr().String(), upstream: strings.Join(upstreams, ","), enabled: true, unlisted: true})
}

// keep makes known a proxy. The caller holds mu.
func (a *API) keep(p *proxy) {
	if a.proxies == nil {
		a.proxies = make(map[string]*proxy)
	}
	a.proxies[p.relay.Name] = p
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if fromBrowser(r) {
		http.Error(w, "no requests of browsers", http.StatusForbidden)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	var status int
	var answer any
	if err != nil {
		err = bad(err)
	} else {
		status, answer, err = a.route(r.Method, strings.Split(strings.Trim(r.URL.Path, "/"), "/"), bytes.NewReader(body))
	}
	if err != nil {
		var f *failure
		if !errors.As(err, &f) {
			f = &failure{err.Error(), http.StatusInternalServerError}
		}
		status, answer = f.Status, f
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if answer != nil && status != http.StatusNoContent {
		json.NewEncoder(w).Encode(answer)
	}
}

// fromBrowser reports whether a page of the web may have sent the request: it has an
// Origin, or it has reached this machine by a name that the page has chosen.
func fromBrowser(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	_, err = netip.ParseAddr(strings.Trim(host, "[]"))
	named := err != nil && host != "localhost" && strings.Contains(host, ".")
	return r.Header.Get("Origin") != "" || named || strings.HasPrefix(r.UserAgent(), "Mozilla/")
}

// route does what a request asks for.
func (a *API) route(method string, path []string, body io.Reader) (status int, answer any, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	updates := method == http.MethodPost || method == http.MethodPatch
	switch at := path[0]; {
	case at == "version" && len(path) == 1 && method == http.MethodGet:
		return http.StatusOK, map[string]string{"version": Version, "server": a.Product}, nil
	case at == "reset" && len(path) == 1 && method == http.MethodPost:
		return http.StatusNoContent, nil, a.reset()
	case at == "populate" && len(path) == 1 && method == http.MethodPost:
		return a.populate(body)
	case at != "proxies" || len(path) > 4 || len(path) > 2 && path[2] != "toxics":
		return 0, nil, &failure{"no such path", http.StatusNotFound}
	case len(path) == 1 && method == http.MethodGet:
		all := make(map[string]any)
		for name, p := range a.proxies {
			all[name] = p.show()
		}
		return http.StatusOK, all, nil
	case len(path) == 1 && method == http.MethodPost:
		return a.create(body)
	case len(path) == 1:
		return 0, nil, errMethod
	}
	p := a.proxies[path[1]]
	switch {
	case p == nil:
		return 0, nil, errNoProxy
	case len(path) == 2 && method == http.MethodGet:
		return http.StatusOK, p.show(), nil
	case len(path) == 2 && updates:
		err := a.update(p, body)
		return http.StatusOK, p.show(), err
	case len(path) == 2 && method == http.MethodDelete:
		p.disable()
		delete(a.proxies, path[1])
		return http.StatusNoContent, nil, nil
	case len(path) == 3 && method == http.MethodGet:
		return http.StatusOK, p.toxics(), nil
	case len(path) == 3 && method == http.MethodPost:
		return a.addToxic(p, body)
	case len(path) == 4 && method == http.MethodGet:
		t, err := p.relay.Faults.Get(path[3])
		return http.StatusOK, showToxic(t), missing(err)
	case len(path) == 4 && updates:
		return a.changeToxic(p, path[3], body)
	case len(path) == 4 && method == http.MethodDelete:
		if err := p.relay.Faults.Remove(path[3]); err != nil {
			return 0, nil, missing(err)
		}
		a.changed(p, path[3]+" removed")
		return http.StatusNoContent, nil, nil
	}
	return 0, nil, errMethod
}

var errMethod = &failure{"method not allowed", http.StatusMethodNotAllowed}

func missing(err error) error {
	if err == nil {
		return nil
	}
	return errNoToxic
}

// changed lets connections follow a change of the toxics of p.
func (a *API) changed(p *proxy, what string) {
	p.relay.Refit()
	a.Changed(p.relay, what)
}

// A proxyForm is a proxy in a request or an answer.
type proxyForm struct {
	Name     string      `json:"name"`
	Listen   string      `json:"listen"`
	Upstream string      `json:"upstream"`
	Enabled  *bool       `json:"enabled"`
	Toxics   []toxicForm `json:"toxics"`
}

// show returns p as clients see it.
func (p *proxy) show() proxyForm {
	enabled := p.enabled
	return proxyForm{p.relay.Name, p.listen, p.upstream, &enabled, p.toxics()}
}

// toxics returns the toxics of p as clients see them.
func (p *proxy) toxics() []toxicForm {
	forms := []toxicForm{}
	for _, t := range p.relay.Faults.All() {
		forms = append(forms, showToxic(t))
	}
	return forms
}

// create makes a proxy.
func (a *API) create(body io.Reader) (int, any, error) {
	var form proxyForm
	if err := json.NewDecoder(body).Decode(&form); err != nil {
		return 0, nil, bad(err)
	}
	p, err := a.add(form)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, p.show(), nil
}

// add makes a proxy of a form.
func (a *API) add(form proxyForm) (*proxy, error) {
	switch {
	case form.Name == "":
		return nil, errName
	case form.Upstream == "":
		return nil, errUpstream
	case a.proxies[form.Name] != nil:
		return nil, errProxy
	}
	r, err := a.Make(form.Name, form.Listen, form.Upstream)
	if err != nil {
		return nil, &failure{err.Error(), http.StatusBadRequest}
	}
	p := &proxy{relay: r, listen: form.Listen, upstream: form.Upstream}
	if form.Enabled == nil || *form.Enabled {
		if err := a.enable(p); err != nil {
			return nil, err
		}
	}
	a.keep(p)
	return p, nil
}

// enable lets p listen.
func (a *API) enable(p *proxy) error {
	if p.enabled {
		return nil
	}
	if err := a.Start(p.relay); err != nil {
		return &failure{err.Error(), http.StatusInternalServerError}
	}
	p.enabled, p.listen = true, p.relay.Addr().String()
	return nil
}

// disable lets p listen no more, and drops its connections.
func (p *proxy) disable() {
	if p.enabled {
		p.enabled = false
		p.relay.Drop(nil)
	}
}

// update changes the fields of p that a request has. Other addresses make another relay,
// with the same toxics.
func (a *API) update(p *proxy, body io.Reader) error {
	form := proxyForm{Listen: p.listen, Upstream: p.upstream, Enabled: &p.enabled}
	enabled := p.enabled
	form.Enabled = &enabled
	if err := json.NewDecoder(body).Decode(&form); err != nil {
		return bad(err)
	}
	if form.Listen != p.listen || form.Upstream != p.upstream {
		if p.unlisted && form.Upstream != p.upstream {
			return &failure{"the upstreams of this proxy are those of the command line", http.StatusBadRequest}
		}
		r, err := a.Make(p.relay.Name, form.Listen, form.Upstream)
		if err != nil {
			return &failure{err.Error(), http.StatusBadRequest}
		}
		if p.unlisted {
			r.Pool = p.relay.Pool
		}
		r.Faults = p.relay.Faults
		p.disable()
		p.relay, p.listen, p.upstream = r, form.Listen, form.Upstream
	}
	if form.Enabled != nil && *form.Enabled {
		return a.enable(p)
	}
	p.disable()
	return nil
}

// populate makes the proxies of a list, and replaces those with other addresses.
func (a *API) populate(body io.Reader) (int, any, error) {
	var forms []proxyForm
	if err := json.NewDecoder(body).Decode(&forms); err != nil {
		return 0, nil, bad(err)
	}
	for _, form := range forms {
		if form.Name == "" {
			return 0, nil, errName
		}
		if form.Upstream == "" {
			return 0, nil, errUpstream
		}
	}
	made := []proxyForm{}
	for _, form := range forms {
		if old := a.proxies[form.Name]; old != nil {
			if old.listen == form.Listen && old.upstream == form.Upstream {
				made = append(made, old.show())
				continue
			}
			old.disable()
			delete(a.proxies, form.Name)
		}
		p, err := a.add(form)
		if err != nil {
			return 0, nil, err
		}
		made = append(made, p.show())
	}
	return http.StatusCreated, map[string]any{"proxies": made}, nil
}

// reset enables all proxies and removes all toxics.
func (a *API) reset() error {
	for _, name := range slices.Sorted(maps.Keys(a.proxies)) {
		p := a.proxies[name]
		if err := a.enable(p); err != nil {
			return err
		}
		if len(p.relay.Faults.All()) > 0 {
			p.relay.Faults.Clear()
			a.changed(p, "all removed")
		}
	}
	return nil
}
