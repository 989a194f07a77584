// Copyright 2026 The duplex authors. MIT license.

package toxiproxy

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// request returns the status and the text of an answer.
func request(a *API, method, path string, body io.Reader) (int, string) {
	w := httptest.NewRecorder()
	a.ServeHTTP(w, httptest.NewRequest(method, "http://127.0.0.1:8474"+path, body))
	return w.Code, strings.TrimSpace(w.Body.String())
}

func TestASlowClientHoldsUpNoOther(t *testing.T) {
	a := new(API)
	body, rest := io.Pipe()
	answered := make(chan int)
	go func() {
		status, _ := request(a, http.MethodPost, "/proxies", body)
		answered <- status
	}()
	rest.Write([]byte("{"))
	if status, text := request(a, http.MethodGet, "/proxies", nil); status != http.StatusOK || text != "{}" {
		t.Errorf("got %d %s", status, text)
	}
	rest.Close()
	if status := <-answered; status != http.StatusBadRequest {
		t.Errorf("got %d for a part of a request", status)
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"POST", "/proxies", "", 400, "bad request body: EOF"},
		{"POST", "/proxies", "[]", 400, "bad request body: json: cannot unmarshal array"},
		{"POST", "/proxies", strings.Repeat(" ", 2<<20), 400, "bad request body: http: request body too large"},
		{"POST", "/proxies", `{"upstream":"127.0.0.1:1"}`, 400, "missing required field: name"},
		{"POST", "/proxies", `{"name":"a"}`, 400, "missing required field: upstream"},
		{"POST", "/populate", `[{"name":"a"}]`, 400, "missing required field: upstream"},
		{"GET", "/proxies/none", "", 404, "proxy not found"},
		{"GET", "/proxies/none/toxics", "", 404, "proxy not found"},
		{"GET", "/nothing", "", 404, "no such path"},
		{"PUT", "/proxies", "", 405, "method not allowed"},
	} {
		status, text := request(new(API), c.method, c.path, strings.NewReader(c.body))
		if status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s %s %.40s: got %d %s, want %d %s", c.method, c.path, c.body, status, text, c.status, c.says)
		}
	}
}
