// Copyright 2026 The duplex authors. MIT license.

package main

import (
	"testing"
)

func TestFigures(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 50: "50", .0824: "0.082", 5.678: "5.68", 24.56: "24.6", 512.4: "512", 3712: "3,712", 12345678: "12,345,678", -1234: "-1,234",
	} {
		if got := figure(v); got != want {
			t.Errorf("figure(%v) = %q, want %q", v, got, want)
		}
	}
	for _, c := range []struct {
		values []float64
		want   float64
	}{{[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 2, 3}, 2.5}, {[]float64{7}, 7}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.values, got, c.want)
		}
	}
}
