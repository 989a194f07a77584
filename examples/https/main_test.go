// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"crypto/tls"
	"io"
	"net/http"
	"testing"

	"github.com/duplex-go/duplex/examples/internal/program"
)

// TestMain is the example itself where a test has started it as one.
func TestMain(m *testing.M) { program.Main(m, main) }

func TestBothVersionsOfHTTPAreServed(t *testing.T) {
	p := program.Start(t, "-addr", "127.0.0.1:0")
	addr := p.Address(t, "https on ")
	for _, newer := range []bool{false, true} {
		transport := &http.Transport{
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // its certificate is its own
			ForceAttemptHTTP2: newer,
			DialContext:       program.DialContext,
		}
		client := &http.Client{Transport: transport, Timeout: program.Patience}
		resp, err := client.Get("https://" + addr)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		transport.CloseIdleConnections()
		want := "hello over HTTP/1.1\n"
		if newer {
			want = "hello over HTTP/2.0\n"
		}
		if string(text) != want || err != nil {
			t.Errorf("got %q, %v, want %q", text, err, want)
		}
	}
}

func TestACertificateThatIsMissingIsAnError(t *testing.T) {
	if _, err := load("nowhere.pem", "nowhere.pem"); err == nil {
		t.Error("no error")
	}
}
