// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"testing"
)

func TestRatiosAreToTheBaseline(t *testing.T) {
	m := metric{Name: "us"}
	o := outcome{Servers: []series{
		{Server: "duplex", Samples: []sample{{"us": 2.5}, {"us": 8}, nil, {"us": 3.75}}},
		{Server: baseline, Samples: []sample{{"us": 5}, {"us": 5}, {"us": 6}, {"us": 5}}},
		{Server: "node"},
	}}
	for server, want := range map[string]string{"duplex": "3.75 (0.75)", baseline: "5", "node": "-"} {
		if got := o.compared(server, m); got != want {
			t.Errorf("%s: got %q, want %q", server, got, want)
		}
	}
}
